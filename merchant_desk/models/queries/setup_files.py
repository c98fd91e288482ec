"""What an import of carriers, taxes, locations and people asks: what stands here under a code or a login."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.ids import id_of
from merchant_desk.models.queries.imports import rows_by


@dataclass(frozen=True, slots=True)
class StandingCarrier:
    """A carrier, in use or archived."""

    id: UUID
    name: str
    tracking_url: str
    archived: bool


def carriers_by_codes(connection: Connection, codes: Iterable[str]) -> dict[str, StandingCarrier]:
    """Return carriers by the key of their code."""
    keys = {sku_key(code) for code in codes}
    rows = rows_by(connection, "carriers", "code_key", "code_key, id, name, tracking_url, archived", keys)
    return {
        str(row[0]): StandingCarrier(id_of(row[1]), str(row[2]), str(row[3]), bool(row[4])) for row in rows
    }


@dataclass(frozen=True, slots=True)
class StandingTax:
    """A tax with its rates (parts per million) by the day (yyyymmdd) from which each holds."""

    id: UUID
    name: str
    rates: dict[int, int]
    archived: bool


def taxes_by_codes(connection: Connection, codes: Iterable[str]) -> dict[str, StandingTax]:
    """Return taxes by the key of their code."""
    keys = {sku_key(code) for code in codes}
    rows = rows_by(connection, "taxes", "code_key", "code_key, id, name, archived", keys)
    found = {str(row[0]): StandingTax(id_of(row[1]), str(row[2]), {}, bool(row[3])) for row in rows}
    of_id = {one.id: one for one in found.values()}
    for row in rows_by(
        connection, "tax_rates", "tax_id", "tax_id, from_day, rate", (id.bytes for id in of_id)
    ):
        of_id[id_of(row[0])].rates[int(row[1])] = int(row[2])
    return found


def taxes_chosen(connection: Connection, sku_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return the taxes that were chosen for products, those that bear another than the usual one."""
    rows = rows_by(connection, "sku_taxes", "id", "id, tax_id", (id.bytes for id in sku_ids))
    return {id_of(row[0]): id_of(row[1]) for row in rows if row[1] is not None}


def tax_codes(connection: Connection, ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the codes of taxes."""
    rows = rows_by(connection, "taxes", "id", "id, code", (id.bytes for id in ids))
    return {id_of(row[0]): str(row[1]) for row in rows}


def location_kinds(
    connection: Connection, warehouse_id: UUID, codes: Iterable[str]
) -> dict[str, tuple[str, bool]]:
    """Return the kind of a warehouse's locations and whether each is archived, by the key of their code."""
    keys = {sku_key(code) for code in codes}
    rows = rows_by(connection, "locations", "code_key", "code_key, kind, warehouse_id, archived", keys)
    return {str(row[0]): (str(row[1]), bool(row[3])) for row in rows if id_of(row[2]) == warehouse_id}


@dataclass(frozen=True, slots=True)
class StandingOutlet:
    """An outlet, open or closed."""

    id: UUID
    code: str
    name: str
    archived: bool


def standing_outlets(connection: Connection) -> dict[str, StandingOutlet]:
    """Return all outlets by the key of their code."""
    rows = connection.exec_driver_sql("SELECT code_key, id, code, name, archived FROM outlets")
    return {
        str(key): StandingOutlet(id_of(id), str(code), str(name), bool(end))
        for key, id, code, name, end in rows
    }


def standing_warehouses(connection: Connection) -> dict[str, tuple[UUID, str]]:
    """Return the outlet and the name of each warehouse, closed ones too, by the key of its code."""
    rows = connection.exec_driver_sql("SELECT code_key, outlet_id, name FROM warehouses")
    return {str(key): (id_of(outlet), str(name)) for key, outlet, name in rows}


@dataclass(frozen=True, slots=True)
class StandingPerson:
    """A person, here or gone (`archived`), with the roles held: (role, outlet or None for all of them)."""

    id: UUID
    name: str
    roles: set[tuple[str, UUID | None]]
    archived: bool


def people_by_logins(connection: Connection, logins: Iterable[str]) -> dict[str, StandingPerson]:
    """Return people by their login."""
    rows = rows_by(connection, "persons", "login", "login, id, name, archived", logins)
    found = {str(row[0]): StandingPerson(id_of(row[1]), str(row[2]), set(), bool(row[3])) for row in rows}
    of_id = {one.id: one for one in found.values()}
    wanted = "person_id, role, outlet_id, to_version"
    for row in rows_by(connection, "roles", "person_id", wanted, (id.bytes for id in of_id)):
        if row[3] is None:
            of_id[id_of(row[0])].roles.add((str(row[1]), None if row[2] is None else id_of(row[2])))
    return found


def outlets_by_code(connection: Connection) -> dict[str, UUID]:
    """Return the outlets that are open by the key of their code."""
    rows = connection.exec_driver_sql("SELECT code_key, id FROM outlets WHERE archived = 0")
    return {str(key): id_of(id) for key, id in rows}
