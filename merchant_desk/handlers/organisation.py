"""Handlers: merchant, outlets, people, desks."""

from uuid import UUID

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.currencies import check_currency
from merchant_desk.domain.naming import check_name
from merchant_desk.domain.organisation import (
    AddOutlet,
    AddPerson,
    ArchivePerson,
    EnrolDevice,
    FoundMerchant,
    GiveBadge,
    GrantRole,
    RenameOutlet,
    RestorePerson,
    RetireDevice,
    RevokeRole,
    check_badge,
    check_login,
    check_outlet_code,
    check_reason,
    check_role,
)
from merchant_desk.domain.outlet_closing import check_open
from merchant_desk.domain.permissions import may, roles_with
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.settings_known import DAY_START, ZONE
from merchant_desk.handlers.context import Context, grants_of, handles
from merchant_desk.handlers.records import note_change, rename_record
from merchant_desk.handlers.settings import write_own
from merchant_desk.handlers.warehouses import first_warehouse, insert_warehouse, place_codes

LOOKS_AFTER = "people"
"""The right, held for all outlets, that somebody who is here has to have."""


@handles(FoundMerchant)
def found_merchant(context: Context, op: FoundMerchant) -> None:
    """Write the merchant's row and its first manager."""
    check_currency(op.currency)
    check_name(op.name)
    check_name(op.manager_name)
    merchant_id = context.envelope.merchant_id
    if context.unit.get("merchants", merchant_id) is not None:
        raise Refusal("merchant_exists", name=op.name)
    context.unit.insert(
        "merchants", {"id": merchant_id, "name": op.name, "currency": op.currency, "rights_version": 1}
    )
    _insert_person(context, op.manager_id, "manager", op.manager_name, "")
    _insert_role(context, op.manager_id, "manager", None, 1)


@handles(AddOutlet)
def add_outlet(context: Context, op: AddOutlet) -> None:
    """Write the outlet, its warehouse, and that one's receiving and staging locations."""
    check_outlet_code(op.code)
    check_name(op.name)
    place_codes(context, op.code).check_outlet(op.code)
    outlet = {"id": op.outlet_id, "code": op.code, "code_key": sku_key(op.code), "name": op.name}
    context.create("outlets", {**outlet, "archived": 0})
    write_own(context, ZONE, op.outlet_id, op.zone)
    write_own(context, DAY_START, op.outlet_id, op.day_start)
    insert_warehouse(context, op.outlet_id, op.warehouse_id, op.code, op.name)
    note_change(context, ("outlets", op.outlet_id), "added", "", op.name)


@handles(RenameOutlet)
def rename_outlet(context: Context, op: RenameOutlet) -> None:
    """Write the names of the outlet and of its first warehouse, which need not be the same."""
    rename_record(context, "outlets", op.outlet_id, op.name)
    warehouse = first_warehouse(context, context.get("outlets", op.outlet_id))
    if warehouse is not None:
        rename_record(context, "warehouses", warehouse["id"], op.warehouse_name)


@handles(AddPerson)
def add_person(context: Context, op: AddPerson) -> None:
    """Write the person; logins and badges are unique."""
    check_login(op.login)
    check_name(op.name)
    check_badge(op.badge)
    if context.unit.find("persons", login=op.login):
        raise Refusal("login_taken", login=op.login)
    if op.badge and context.unit.find("persons", badge=op.badge):
        raise Refusal("badge_taken")
    _insert_person(context, op.person_id, op.login, op.name, op.badge)


@handles(GiveBadge)
def give_badge(context: Context, op: GiveBadge) -> None:
    """Write the badge; it is nobody else's, and who left has none: nobody could use it then."""
    check_badge(op.badge)
    person = context.get("persons", op.person_id)
    if op.badge and person["archived"]:
        raise Refusal("person_archived", name=person["name"])
    if op.badge and any(row["id"] != op.person_id for row in context.unit.find("persons", badge=op.badge)):
        raise Refusal("badge_taken")
    context.unit.update("persons", op.person_id, badge=op.badge)


@handles(GrantRole)
def grant_role(context: Context, op: GrantRole) -> None:
    """Write the grant under the next rights version; nobody holds a role twice at one place."""
    check_role(op.role)
    context.get("persons", op.person_id)
    if op.role_outlet_id is not None:
        context.get("outlets", op.role_outlet_id)
    held = context.unit.find("roles", person_id=op.person_id)
    if any((r["role"], r["outlet_id"], r["to_version"]) == (op.role, op.role_outlet_id, None) for r in held):
        raise Refusal("role_held", role=op.role)
    version = _next_rights_version(context)
    _insert_role(context, op.person_id, op.role, op.role_outlet_id, version)


@handles(RevokeRole)
def revoke_role(context: Context, op: RevokeRole) -> None:
    """End the grant at the next rights version; who does it keeps the right to do so, so that one is left."""
    grant = context.get("roles", op.grant_id)
    own = grant["person_id"] == context.envelope.person_id
    if own and grant["role"] == "manager" and grant["outlet_id"] is None:
        raise Refusal("own_manager_role")
    if grant["to_version"] is None:
        context.unit.update("roles", op.grant_id, to_version=_next_rights_version(context))


@handles(EnrolDevice)
def enrol_device(context: Context, op: EnrolDevice) -> None:
    """Write the device; its code is never used again."""
    if context.unit.find("devices", code=op.code):
        raise Refusal("device_code_taken", code=op.code)
    outlet = context.get("outlets", op.home_outlet_id)
    check_open(outlet["code"], outlet["archived"])
    context.create(
        "devices",
        {
            "id": op.new_device_id,
            "outlet_id": op.home_outlet_id,
            "code": op.code,
            "name": op.name,
            "verify_key": op.verify_key,
            "seal_key": op.seal_key,
            "enrolled_at": context.envelope.time,
            "retired_at": None,
            "retired_reason": "",
            "former_id": op.former_id,
            "former_seq": op.former_seq,
        },
    )


@handles(ArchivePerson)
def archive_person(context: Context, op: ArchivePerson) -> None:
    """Archive the person and take the badge back; not oneself, and not the last who looks after people."""
    if context.get("persons", op.person_id)["archived"]:
        return
    if op.person_id == context.envelope.person_id:
        raise Refusal("own_archive")
    _check_somebody_stays(context, op.person_id)
    context.unit.update("persons", op.person_id, archived=1, badge="")


@handles(RestorePerson)
def restore_person(context: Context, op: RestorePerson) -> None:
    """Let the person in again."""
    if context.get("persons", op.person_id)["archived"]:
        context.unit.update("persons", op.person_id, archived=0)


@handles(RetireDevice)
def retire_device(context: Context, op: RetireDevice) -> None:
    """Retire the desk; one that asks for its own end is told about where it stood."""
    check_reason(op.reason)
    device = context.get("devices", op.device_id)
    if device["retired_at"] is not None:
        return
    reason, now = op.reason.strip(), context.envelope.time
    context.unit.update("devices", op.device_id, retired_at=now, retired_reason=reason)
    if op.device_id == context.envelope.device_id:
        about = ("devices", op.device_id)
        context.flag("retired_itself", device["outlet_id"], about, code=device["code"], reason=reason)


def _check_somebody_stays(context: Context, leaving: UUID) -> None:
    """Refuse (`last_manager`) if nobody else who is here looks after people in the whole merchant."""
    merchant = context.get("merchants", context.envelope.merchant_id)
    for role in roles_with(LOOKS_AFTER):
        for grant in context.unit.find("roles", role=role):
            person = context.unit.get("persons", grant["person_id"])
            stays = person is not None and not person["archived"] and person["id"] != leaving
            grants = grants_of(context.unit, grant["person_id"]) if stays else []
            if may(grants, LOOKS_AFTER, None, merchant["rights_version"]):
                return
    raise Refusal("last_manager")


def _next_rights_version(context: Context) -> int:
    merchant = context.get("merchants", context.envelope.merchant_id)
    version: int = merchant["rights_version"] + 1
    context.unit.update("merchants", merchant["id"], rights_version=version)
    return version


def _insert_person(context: Context, person_id: UUID, login: str, name: str, badge: str) -> None:
    context.create("persons", {"id": person_id, "login": login, "name": name, "badge": badge, "archived": 0})


def _insert_role(context: Context, person_id: UUID, role: str, outlet_id: UUID | None, version: int) -> None:
    context.unit.insert(
        "roles",
        {
            "id": context.new_id("roles", f"{person_id.hex}/{role}/{outlet_id.hex if outlet_id else ''}"),
            "person_id": person_id,
            "outlet_id": outlet_id,
            "role": role,
            "from_version": version,
            "to_version": None,
        },
    )
