"""Handlers: what a shop is set up with comes in by file; whatever stands already stays as it is."""

from merchant_desk.domain.carriers import AddCarrier
from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.imports_setup import ImportOutlets, ImportPeople, ImportRecords
from merchant_desk.domain.locations import AddLocations, location_id
from merchant_desk.domain.organisation import AddOutlet, AddPerson, GrantRole
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.taxes import AddTax, SetTaxRate, rate_id
from merchant_desk.domain.warehouses import AddWarehouse
from merchant_desk.handlers.carriers import add_carrier
from merchant_desk.handlers.context import Context, handles
from merchant_desk.handlers.job_chunks import note_chunk
from merchant_desk.handlers.locations import add_locations
from merchant_desk.handlers.organisation import add_outlet, add_person, grant_role
from merchant_desk.handlers.records import is_taken
from merchant_desk.handlers.taxes import add_tax, set_tax_rate
from merchant_desk.handlers.warehouses import add_warehouse


@handles(
    ImportRecords,
    reads=lambda op: [
        *(("carriers", one.carrier_id) for one in op.carriers),
        *(("taxes", one.tax_id) for one in op.taxes),
        *(("tax_rates", rate_id(one.tax_id, one.from_day)) for one in op.taxes),
        *(("locations", location_id(one.warehouse_id, code)) for one in op.locations for code in one.codes),
    ],
    look_ups=lambda op: [
        *(("carriers", "code_key", sku_key(one.code)) for one in op.carriers),
        *(("taxes", "code_key", sku_key(one.code)) for one in op.taxes),
    ],
)
def import_records(context: Context, op: ImportRecords) -> None:
    """Write the records whose code nobody has, and the rates of days that have none.

    Raises:
        Refusal: `not_allowed`: carriers and taxes are the whole merchant's, whatever outlet the job is of;
            `other_outlet`: the right was judged at the job's.
    """
    if (op.carriers or op.taxes) and not context.may("organise", None):
        raise Refusal("not_allowed", right="organise")
    for one in op.locations:
        if one.outlet_id != op.outlet_id:
            raise Refusal("other_outlet", table="warehouses", id=one.warehouse_id)
    created = sum(_add_carrier(context, one) for one in op.carriers)
    created += sum(_add_tax(context, one) for one in op.taxes)
    created += sum(_add_locations(context, one) for one in op.locations)
    count = len(op.carriers) + len(op.taxes) + sum(len(one.codes) for one in op.locations)
    note_chunk(context, op.job_id, op.kind, op.chunk, (created, count - created, created))


@handles(
    ImportPeople,
    reads=lambda op: [("persons", one.person_id) for one in (*op.people, *op.roles)],
    look_ups=lambda op: [
        *(("persons", "login", one.login) for one in op.people),
        *(("roles", "person_id", one.person_id) for one in op.roles),
    ],
)
def import_people(context: Context, op: ImportPeople) -> None:
    """Write the people whose login nobody has, and the roles that are not held.

    Raises:
        Refusal: `badge_in_file`: what opens a sign-in is given to one person, on the screen of people.
    """
    if any(one.badge for one in op.people):
        raise Refusal("badge_in_file")
    added = sum(_add_person(context, one) for one in op.people)
    given = sum(_grant_role(context, one) for one in op.roles)
    count = len(op.people) + len(op.roles)
    note_chunk(context, op.job_id, "people", op.chunk, (added, count - added - given, 0))


@handles(
    ImportOutlets,
    look_ups=lambda op: [
        (table, "code_key", sku_key(one.code))
        for table in ("outlets", "warehouses")
        for one in (*op.outlets, *op.warehouses)
    ],
)
def import_outlets(context: Context, op: ImportOutlets) -> None:
    """Write the outlets whose code nobody has, and the warehouses that are not there yet."""
    added = sum(_add_outlet(context, one) for one in op.outlets)
    added += sum(_add_warehouse(context, one) for one in op.warehouses)
    count = len(op.outlets) + len(op.warehouses)
    note_chunk(context, op.job_id, "outlets", op.chunk, (added, count - added, 0))


def _add_outlet(context: Context, one: AddOutlet) -> bool:
    if is_taken(context, "outlets", one.code):
        return False
    add_outlet(context, one)
    return True


def _add_warehouse(context: Context, one: AddWarehouse) -> bool:
    """Add a warehouse unless its outlet has it; a code that another outlet has is refused by the rule."""
    there = context.unit.find("warehouses", code_key=sku_key(one.code))
    if any(row["outlet_id"] == one.outlet_id for row in there):
        return False
    add_warehouse(context, one)
    return True


def _add_carrier(context: Context, one: AddCarrier) -> bool:
    if is_taken(context, "carriers", one.code):
        return False
    add_carrier(context, one)
    return True


def _add_tax(context: Context, one: AddTax) -> bool:
    """Add a tax, or the rate of a day to the one that stands under its code."""
    found = context.unit.find("taxes", code_key=sku_key(one.code))
    if not found:
        add_tax(context, one)
        return True
    tax_id = found[0]["id"]
    if context.unit.get("tax_rates", rate_id(tax_id, one.from_day)) is not None:
        return False
    set_tax_rate(context, SetTaxRate(tax_id, one.rate, one.from_day))
    return True


def _add_locations(context: Context, one: AddLocations) -> int:
    unit, warehouse = context.unit, one.warehouse_id
    standing = [unit.find("locations", warehouse_id=warehouse, code_key=sku_key(code)) for code in one.codes]
    add_locations(context, one)
    return sum(not there or bool(there[0]["archived"]) for there in standing)


def _add_person(context: Context, one: AddPerson) -> bool:
    if context.unit.find("persons", login=one.login):
        return False
    add_person(context, one)
    return True


def _grant_role(context: Context, one: GrantRole) -> bool:
    """Give a role; to nobody who came under another id or left meanwhile, and not twice."""
    person = context.unit.get("persons", one.person_id)
    if person is None or person["archived"]:
        return False
    held = context.unit.find("roles", person_id=one.person_id)
    if any(
        (r["role"], r["outlet_id"], r["to_version"]) == (one.role, one.role_outlet_id, None) for r in held
    ):
        return False
    grant_role(context, one)
    return True
