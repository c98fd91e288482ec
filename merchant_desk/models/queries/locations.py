"""Locations of this desk's outlet, as lists and labels show them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.warehouses import holds_code
from merchant_desk.models.queries.lists import Filter, Listing, Order, Window, count, window
from merchant_desk.models.queries.rows import marks

IN_LIST = 500
_CLOSED = "t.warehouse_id IN (SELECT w.id FROM warehouses w WHERE w.archived = 1)"
USED = f"t.archived = 0 AND NOT {_CLOSED}"
"""Condition of a location that goods are put to: used still, in a warehouse that is open."""


@dataclass(frozen=True, slots=True)
class LocationRow:
    """A location; `skus` is how many products stand there. `archived` is 1 for one that is used no more.

    `warehouse` is the code of its warehouse, `closed` 1 if that is closed.
    """

    id: UUID
    code: str
    code_key: str
    kind: str
    outlet_id: UUID
    warehouse_id: UUID
    is_own: int
    skus: int
    archived: int
    warehouse: str
    closed: int


LOCATIONS = Listing(
    LocationRow,
    "t.id, t.code, t.code_key, t.kind, t.outlet_id, t.warehouse_id,"
    " EXISTS (SELECT 1 FROM warehouses w WHERE w.id = t.warehouse_id"
    " AND t.id IN (w.receiving_id, w.staging_id)),"
    " (SELECT count(DISTINCT b.sku_id) FROM stock_balances b WHERE b.location_id = t.id AND b.on_hand <> 0),"
    " t.archived, coalesce((SELECT w.code FROM warehouses w WHERE w.id = t.warehouse_id), ''),"
    f" {_CLOSED}",
    "FROM locations t",
    {"code": Order("t.code_key", "code_key")},
)


def location_counts(connection: Connection) -> dict[str, int]:
    """Return how many locations are used, and how many are not, as their warehouse's end has it."""
    sql = f"SELECT count(*), coalesce(sum({USED}), 0) FROM locations t"
    total, used = connection.exec_driver_sql(sql).one()
    return {"used": int(used), "archived": int(total) - int(used)}


def storage_count(connection: Connection) -> int:
    """Return how many locations this desk's outlet keeps goods at."""
    sql = f"SELECT count(*) FROM locations t WHERE {USED} AND t.kind = 'storage'"
    return int(connection.exec_driver_sql(sql).scalar() or 0)


def codes_shown(connection: Connection, wanted: Filter, most: int) -> tuple[list[str], int]:
    """Return the codes of a list in its order, at most so many, and how many there are."""
    rows = window(connection, LOCATIONS, wanted, Window("code", limit=most))
    return [row.code for row in rows], count(connection, LOCATIONS, wanted)[0]


def codes_elsewhere(
    connection: Connection, outlet_id: UUID, warehouse_id: UUID | None, codes: Iterable[str]
) -> dict[str, str]:
    """Return which of these codes warehouses of an outlet but one hold, by key, with the warehouse's code."""
    found: dict[str, str] = {}
    keys = list({sku_key(code) for code in codes})
    for start in range(0, len(keys), IN_LIST):
        part = keys[start : start + IN_LIST]
        sql = (
            "SELECT p.code_key, w.code, p.archived, w.archived FROM locations p"
            " JOIN warehouses w ON w.id = p.warehouse_id"
            f" WHERE p.code_key IN ({marks(part)}) AND w.outlet_id = ? AND w.id IS NOT ?"
        )
        other = None if warehouse_id is None else warehouse_id.bytes
        rows = connection.exec_driver_sql(sql, (*part, outlet_id.bytes, other))
        found.update({str(key): str(code) for key, code, *ends in rows if holds_code(*map(int, ends))})
    return found


def keys_there(connection: Connection, warehouse_id: UUID, keys: Sequence[str]) -> set[str]:
    """Return which of these (case-folded) codes are used in a warehouse."""
    found: set[str] = set()
    for start in range(0, len(keys), IN_LIST):
        part = keys[start : start + IN_LIST]
        sql = (
            "SELECT code_key FROM locations WHERE warehouse_id = ? AND archived = 0"
            f" AND code_key IN ({marks(part)})"
        )
        found.update(connection.exec_driver_sql(sql, (warehouse_id.bytes, *part)).scalars())
    return found
