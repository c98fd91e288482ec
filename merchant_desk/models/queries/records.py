"""Suppliers, carriers, taxes and outlets, as lists and panels show them, and who changed them.

Days yyyymmdd, times microseconds UTC, rates parts per million.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.models.queries.lists import Listing, Order
from merchant_desk.models.queries.rows import fetch, fetch_one, marks

_CODE = {"code": Order("t.code_key", "code_key"), "name": Order("t.name", "name")}


@dataclass(frozen=True, slots=True)
class SupplierRow:
    """Somebody we buy from; `waiting` are purchase orders whose goods are to come."""

    id: UUID
    code: str
    code_key: str
    name: str
    archived: int
    orders: int
    waiting: int
    last: int | None


SUPPLIERS = Listing(
    SupplierRow,
    "t.id, t.code, t.code_key, t.name, t.archived,"
    " (SELECT count(*) FROM purchase_orders o WHERE o.supplier_id = t.id),"
    " (SELECT count(*) FROM purchase_orders o WHERE o.supplier_id = t.id AND o.status = 'sent'),"
    " (SELECT max(o.placed_at) FROM purchase_orders o WHERE o.supplier_id = t.id)",
    "FROM suppliers t",
    _CODE,
)


@dataclass(frozen=True, slots=True)
class CarrierRow:
    """Somebody who takes parcels; `parcels` are shipments that this desk has."""

    id: UUID
    code: str
    code_key: str
    name: str
    tracking_url: str
    archived: int
    parcels: int


CARRIERS = Listing(
    CarrierRow,
    "t.id, t.code, t.code_key, t.name, t.tracking_url, t.archived,"
    " (SELECT count(*) FROM shipments s WHERE s.carrier_id = t.id)",
    "FROM carriers t",
    _CODE,
)


@dataclass(frozen=True, slots=True)
class TaxRow:
    """A tax; `rates` are "day:rate" with blanks between, `products` those that have it by choice."""

    id: UUID
    code: str
    code_key: str
    name: str
    archived: int
    rates: str
    products: int


TAXES = Listing(
    TaxRow,
    "t.id, t.code, t.code_key, t.name, t.archived,"
    " coalesce((SELECT group_concat(r.from_day || ':' || r.rate, ' ') FROM tax_rates r"
    " WHERE r.tax_id = t.id), ''), (SELECT count(*) FROM sku_taxes s WHERE s.tax_id = t.id)",
    "FROM taxes t",
    _CODE,
)


@dataclass(frozen=True, slots=True)
class OutletRow:
    """An outlet with its first warehouse; `desks` work there, `people` have a role there alone.

    `others` are its further warehouses that are open.
    """

    id: UUID
    code: str
    code_key: str
    name: str
    archived: int
    warehouse_id: UUID | None
    warehouse: str
    desks: int
    people: int
    others: int


@dataclass(frozen=True, slots=True)
class WarehouseRow:
    """A warehouse of an outlet; `archived` is 1 for a closed one, `first` for the one that came with it."""

    id: UUID
    outlet_id: UUID
    code: str
    name: str
    archived: int
    first: int
    locations: int


_FIRST = "FROM warehouses w WHERE w.outlet_id = t.id ORDER BY w.code <> t.code, w.code LIMIT 1"
"""The warehouse that an outlet was opened with has its code."""

OUTLETS = Listing(
    OutletRow,
    "t.id, t.code, t.code_key, t.name, t.archived,"
    f" (SELECT w.id {_FIRST}) AS warehouse_id, coalesce((SELECT w.name {_FIRST}), ''),"
    " (SELECT count(*) FROM devices d WHERE d.outlet_id = t.id AND d.retired_at IS NULL),"
    " (SELECT count(DISTINCT r.person_id) FROM roles r JOIN persons p ON p.id = r.person_id"
    "  WHERE r.outlet_id = t.id AND r.to_version IS NULL AND p.archived = 0),"
    " max(0, (SELECT count(*) FROM warehouses w WHERE w.outlet_id = t.id AND w.archived = 0) - 1)",
    "FROM outlets t",
    _CODE,
)


def warehouses_in(connection: Connection, outlet_id: UUID) -> list[WarehouseRow]:
    """Return the warehouses of an outlet, its first before the others, closed ones too."""
    sql = (
        "SELECT w.id, w.outlet_id, w.code, w.name, w.archived, w.code = t.code,"
        " (SELECT count(*) FROM locations p WHERE p.warehouse_id = w.id AND p.archived = 0)"
        " FROM warehouses w JOIN outlets t ON t.id = w.outlet_id"
        " WHERE w.outlet_id = ? ORDER BY w.code <> t.code, w.code"
    )
    return fetch(connection, WarehouseRow, sql, [outlet_id])


def archived_counts(connection: Connection, table: str) -> dict[str, int]:
    """Return how many records of a table are used, and how many are archived."""
    sql = f"SELECT count(*) - coalesce(sum(archived), 0), coalesce(sum(archived), 0) FROM {table}"
    used, archived = connection.exec_driver_sql(sql).one()
    return {"used": int(used), "archived": int(archived)}


def record(connection: Connection, listing: Listing[Any], id: UUID) -> Any | None:
    """Return one record as its list shows it, or None."""
    sql = f"SELECT {listing.columns} {listing.source} WHERE t.id = ?"
    return fetch_one(connection, listing.view, sql, [id])


def records(connection: Connection, listing: Listing[Any]) -> list[Any]:
    """Return all records of a list by code."""
    sql = f"SELECT {listing.columns} {listing.source} ORDER BY t.code_key"
    return fetch(connection, listing.view, sql)


@dataclass(frozen=True, slots=True)
class ChangeRow:
    """Something that was changed of a record: what it was, what it is since then, who, when."""

    id: UUID
    event: str
    was: str
    now: str
    time: int
    person: str


def changes_of(connection: Connection, ids: Sequence[UUID], most: int = 50) -> list[ChangeRow]:
    """Return what was changed of records that belong together, the latest first."""
    sql = (
        "SELECT c.id, c.event, c.was, c.now, c.time, coalesce(p.name, '') FROM record_changes c"
        f" LEFT JOIN persons p ON p.id = c.person_id WHERE c.about_id IN ({marks(ids)})"
        " ORDER BY c.time DESC LIMIT ?"
    )
    return fetch(connection, ChangeRow, sql, [*ids, most])


@dataclass(frozen=True, slots=True)
class OutletStaff:
    """Who works at an outlet: codes and names of its desks, names of people with a role there."""

    desks: tuple[str, ...]
    people: tuple[str, ...]


def staff_of(connection: Connection, outlet_id: UUID) -> OutletStaff:
    """Return the desks of an outlet, and the people who hold a role there or everywhere."""
    desks = connection.exec_driver_sql(
        "SELECT code || ' ' || name FROM devices WHERE outlet_id = ? AND retired_at IS NULL ORDER BY code",
        (outlet_id.bytes,),
    )
    people = connection.exec_driver_sql(
        "SELECT DISTINCT p.name FROM persons p JOIN roles r ON r.person_id = p.id WHERE p.archived = 0"
        " AND r.to_version IS NULL AND (r.outlet_id = ? OR r.outlet_id IS NULL) ORDER BY p.name",
        (outlet_id.bytes,),
    )
    return OutletStaff(tuple(str(one) for (one,) in desks), tuple(str(one) for (one,) in people))
