"""This desk's own operations as a list, and the people and places that the window names."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.permissions import Grant
from merchant_desk.domain.settings import Decisions
from merchant_desk.domain.settings_known import KNOWN, ZONE
from merchant_desk.models.queries.lists import Listing, Order
from merchant_desk.models.queries.rows import fetch, fetch_one
from merchant_desk.models.queries.settings import Whose, decided

_NUMBER = "(SELECT d.number FROM {0} d WHERE d.id = t.about_id)"


@dataclass(frozen=True, slots=True)
class OperationRow:
    """An operation of this desk; `about` is the number of its document, `facts` JSON of a refusal.

    `status` is pending, applied, refused, held or parked; `last_seq` the server's number, or 0.
    """

    id: UUID
    device_seq: int
    kind: str
    person: str
    time: int
    about: str
    status: str
    last_seq: int
    code: str
    facts: str


OPERATIONS = Listing(
    OperationRow,
    "t.op_id, t.device_seq, t.kind, coalesce((SELECT p.name FROM persons p WHERE p.id = t.person_id), ''),"
    f" t.time, coalesce({', '.join(_NUMBER.format(kind) for kind in ('receipts', 'shipments', 'counts'))},"
    " ''), t.status, t.last_seq, t.code, t.facts",
    "FROM outbox t",
    {"time": Order("t.device_seq", "device_seq")},
    id="t.op_id",
)


def operation_counts(connection: Connection) -> dict[str, int]:
    """Return how many of this desk's operations are in each state."""
    sql = "SELECT status, count(*) FROM outbox GROUP BY status"
    return {status: int(number) for status, number in connection.exec_driver_sql(sql)}


@dataclass(frozen=True, slots=True)
class OwnBody:
    """An operation as it stands in the outbox: header and body as bytes."""

    header: bytes
    body: bytes


def own_body(connection: Connection, op_id: UUID) -> OwnBody | None:
    """Return an operation that was made at this desk, or None: another desk's is not here."""
    return fetch_one(connection, OwnBody, "SELECT header, body FROM outbox WHERE op_id = ?", [op_id])


def grants(connection: Connection, person_id: UUID) -> tuple[list[Grant], int]:
    """Return the roles that a person holds or held, and the rights version now."""
    sql = "SELECT role, outlet_id, from_version, to_version FROM roles WHERE person_id = ?"
    found = fetch(connection, Grant, sql, [person_id])
    version = connection.exec_driver_sql("SELECT coalesce(max(rights_version), 0) FROM merchants").scalar()
    return found, int(version or 0)


@dataclass(frozen=True, slots=True)
class Place:
    """Whose desk this is: merchant and outlet by name, the merchant's currency, the outlet's zone."""

    merchant: str
    currency: str
    outlet: str
    zone: str


def place(connection: Connection, outlet_id: UUID) -> Place | None:
    """Return whose desk this is, or None while nothing was pulled yet."""
    sql = "SELECT m.id, m.name, m.currency, o.name FROM merchants m, outlets o WHERE o.id = ?"
    found = fetch_one(connection, _Named, sql, [outlet_id])
    if found is None:
        return None
    decisions = Decisions.of(KNOWN, decided(connection, Whose(found.merchant_id, outlet_id)))
    return Place(found.merchant, found.currency, found.outlet, decisions.value(ZONE))


@dataclass(frozen=True, slots=True)
class _Named:
    merchant_id: UUID
    merchant: str
    currency: str
    outlet: str


NAMES = {
    "sku_id": ("skus", "name"),
    "location_id": ("locations", "code"),
    "receipt_id": ("receipts", "number"),
    "shipment_id": ("shipments", "number"),
    "count_id": ("counts", "number"),
    "order_id": ("orders", "number"),
    "purchase_order_id": ("purchase_orders", "number"),
    "supplier_id": ("suppliers", "name"),
    "person_id": ("persons", "name"),
    "lot_id": ("lots", "code"),
    "document_id": ("receipts", "number"),
}
"""Facts that are ids, and where their names stand."""


def name_of(connection: Connection, fact: str, value: str) -> str:
    """Return the name that an id in a task's facts stands for; empty if it is not known here."""
    known = NAMES.get(fact)
    try:
        id = UUID(value)
    except ValueError:
        return ""
    if known is None:
        return ""
    table, column = known
    sql = f"SELECT {column} FROM {table} WHERE id = ?"
    return str(connection.exec_driver_sql(sql, (id.bytes,)).scalar() or "")


ABOUT = {
    "skus": "name",
    "locations": "code",
    "lots": "code",
    "receipts": "number",
    "shipments": "number",
    "counts": "number",
    "orders": "number",
    "purchase_orders": "number",
}


def about_name(connection: Connection, table: str, row_id: UUID | None) -> str:
    """Return the name or number of the row that a task is about; empty if it is not known here."""
    column = ABOUT.get(table)
    if column is None or row_id is None:
        return ""
    sql = f"SELECT {column} FROM {table} WHERE id = ?"
    return str(connection.exec_driver_sql(sql, (row_id.bytes,)).scalar() or "")


def ledger_place(connection: Connection, ledger_id: UUID) -> tuple[UUID | None, str]:
    """Return (SKU, location code) of a movement; nothing if it is not known here."""
    sql = "SELECT g.sku_id, p.code FROM ledger g JOIN locations p ON p.id = g.location_id WHERE g.id = ?"
    row = connection.exec_driver_sql(sql, (ledger_id.bytes,)).one_or_none()
    return (None, "") if row is None else (UUID(bytes=row[0]), row[1])


def product_names(connection: Connection, sku_id: UUID) -> tuple[str, str]:
    """Return a product's name and its English name; empty if it is not known here."""
    row = connection.exec_driver_sql(
        "SELECT name, name_en FROM skus WHERE id = ?", (sku_id.bytes,)
    ).one_or_none()
    return ("", "") if row is None else (row[0], row[1])
