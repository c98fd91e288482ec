"""What an import asks: what stands already, by many keys at once, and how far a job has come."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.ids import id_of
from merchant_desk.models.queries.rows import marks

MOST: Final = 500
"""Values in one statement."""


Lines = Counter[tuple[str, int, int]]
"""How often an order has a line: key of its code, 10^-6 base units, 10^-6 major units for one."""


class StandingOrder(NamedTuple):
    """An order that is here; `placed_at` in microseconds UTC, `buyer_id` None for a walk-in.

    `lines` are its goods and charges; those of a product that was merged have the key of the one kept.
    """

    order_id: UUID
    channel: str
    kind: str
    placed_at: int
    buyer_id: UUID | None
    lines: Lines


class StandingProduct(NamedTuple):
    """A product that is here, by its columns; `price` is 10^-6 major units for one base unit.

    `merged`: another product was kept in its stead, so that its own words say nothing any more.
    """

    sku_id: UUID
    merged: bool
    sku: str
    name: str
    name_en: str
    category: str
    base_unit: str
    price: int
    track_lot: int
    track_expiry: int
    track_serial: int
    min_days_left: int
    archived: int


def skus_by_keys(connection: Connection, keys: Iterable[str]) -> dict[str, UUID]:
    """Return the ids of SKUs by their (case-folded) code; for one that was merged, that of the one kept."""
    source = "skus s LEFT JOIN sku_merges g ON g.id = s.id"
    found = rows_by(connection, source, "s.sku_key", "s.sku_key, coalesce(g.kept_id, s.id)", keys)
    return {key: id_of(id) for key, id in found}


def products_by_keys(connection: Connection, keys: Iterable[str]) -> dict[str, StandingProduct]:
    """Return products by their (case-folded) code; for one that was merged, the id of the one kept."""
    source = "skus s LEFT JOIN sku_merges g ON g.id = s.id"
    columns = ", ".join(f"s.{name}" for name in StandingProduct._fields[2:])
    wanted = f"s.sku_key, coalesce(g.kept_id, s.id), g.id IS NOT NULL, {columns}"
    found = rows_by(connection, source, "s.sku_key", wanted, keys)
    return {key: StandingProduct(id_of(id), bool(merged), *words) for key, id, merged, *words in found}


def product_words(connection: Connection, skus: Iterable[UUID]) -> dict[UUID, StandingProduct]:
    """Return products by their own id; `merged` as in `StandingProduct`."""
    source = "skus s LEFT JOIN sku_merges g ON g.id = s.id"
    columns = ", ".join(f"s.{name}" for name in StandingProduct._fields[2:])
    wanted = f"s.id, g.id IS NOT NULL, {columns}"
    found = rows_by(connection, source, "s.id", wanted, (id.bytes for id in skus))
    return {id_of(id): StandingProduct(id_of(id), bool(merged), *words) for id, merged, *words in found}


def stock_keys(connection: Connection, skus: Iterable[UUID]) -> dict[UUID, int]:
    """Return at how many stock keys of each product something stands here, more or less than nothing."""
    source = "stock_balances b"
    found = rows_by(connection, source, "b.on_hand <> 0 AND b.sku_id", "b.sku_id", (id.bytes for id in skus))
    return Counter(id_of(row[0]) for row in found)


class Bearer(NamedTuple):
    """A product that has a barcode; `gtin` is its GTIN-14, None where the check digit is wrong."""

    code: str
    gtin: str | None
    sku_id: UUID


def bearers(connection: Connection, codes: Sequence[str]) -> list[Bearer]:
    """Return which products have these barcodes, in one statement; as at a scan, archived ones do not count.

    Args:
        connection: the desk's.
        codes: a chunk's, a few hundred at the most: each barcode's text, and its GTIN-14 if it has one.
    """
    sql = (
        "SELECT b.code, b.gtin, b.sku_id FROM barcodes b JOIN skus s ON s.id = b.sku_id AND s.archived = 0"
        f" WHERE b.code IN ({marks(codes)}) OR b.gtin IN ({marks(codes)})"
    )
    found = connection.exec_driver_sql(sql, (*codes, *codes))
    return [Bearer(str(code), gtin, id_of(id)) for code, gtin, id in found]


def kept_keys(connection: Connection, keys: Iterable[str]) -> dict[str, str]:
    """Return, for those of these codes whose product was merged, the code of the one kept."""
    source = "skus s JOIN sku_merges g ON g.id = s.id JOIN skus k ON k.id = g.kept_id"
    found = rows_by(connection, source, "s.sku_key", "s.sku_key, k.sku_key", keys)
    return {str(merged): str(kept) for merged, kept in found}


def orders_by_keys(connection: Connection, keys: Iterable[str]) -> dict[str, StandingOrder]:
    """Return orders, with what they hold, by their (case-folded) number."""
    wanted = "number_key, id, channel, kind, placed_at, buyer_id"
    heads = rows_by(connection, "orders", "number_key", wanted, keys)
    lines = _lines_of(connection, [head[1] for head in heads])
    return {
        key: StandingOrder(
            id_of(id), channel, kind, placed_at, id_of(buyer) if buyer else None, lines[bytes(id)]
        )
        for key, id, channel, kind, placed_at, buyer in heads
    }


def _lines_of(connection: Connection, orders: Sequence[bytes]) -> dict[bytes, Lines]:
    found: dict[bytes, Lines] = defaultdict(Counter)
    goods = (
        "order_lines l JOIN skus s ON s.id = l.sku_id"
        " LEFT JOIN sku_merges g ON g.id = s.id LEFT JOIN skus k ON k.id = g.kept_id"
    )
    wanted = "l.order_id, coalesce(k.sku_key, s.sku_key), l.quantity, l.unit_price"
    for order_id, key, quantity, price in rows_by(connection, goods, "l.order_id", wanted, orders):
        found[bytes(order_id)][key, quantity, price] += 1
    wanted = "order_id, code, quantity, unit_price"
    for order_id, code, quantity, price in rows_by(connection, "order_charges", "order_id", wanted, orders):
        found[bytes(order_id)][sku_key(code), quantity, price] += 1
    return found


def known_ids(connection: Connection, table: str, ids: Iterable[UUID]) -> set[UUID]:
    """Return those of these ids that a table has."""
    return {id_of(row[0]) for row in rows_by(connection, table, "id", "id", (id.bytes for id in ids))}


def has_rows(connection: Connection, table: str) -> bool:
    """Tell whether a table has any row."""
    return connection.exec_driver_sql(f"SELECT 1 FROM {table} LIMIT 1").first() is not None


def has_undone_jobs(connection: Connection) -> bool:
    """Tell whether any import was undone here."""
    sql = "SELECT 1 FROM jobs WHERE status = 'undone' LIMIT 1"
    return connection.exec_driver_sql(sql).first() is not None


def rows_written(connection: Connection, job_id: UUID, kind: str) -> int:
    """Return how many rows of its file a job has written, in this run and in earlier ones since an undo."""
    sql = (
        "SELECT coalesce(sum(rows), 0) FROM job_chunks WHERE job_id = ? AND kind = ? AND rowid > coalesce("
        "(SELECT max(rowid) FROM job_chunks WHERE job_id = ? AND kind = 'undo'), 0)"
    )
    values = (job_id.bytes, kind, job_id.bytes)
    return int(connection.exec_driver_sql(sql, values).scalar() or 0)


def job_status(connection: Connection, job_id: UUID) -> str:
    """Return a job's status, "" where there is no such job."""
    sql = "SELECT status FROM jobs WHERE id = ?"
    return str(connection.exec_driver_sql(sql, (job_id.bytes,)).scalar() or "")


def skus_in_use(connection: Connection) -> set[UUID]:
    """Return the SKUs that stock, counts, or orders and purchase orders know.

    Opening stock and counts that were taken back are no use of a SKU, nor are orders that ended without any.
    """
    sql = (
        "SELECT sku_id FROM ledger WHERE kind NOT IN ('opening', 'count') OR (reverses_id IS NULL AND id"
        " NOT IN (SELECT reverses_id FROM ledger WHERE reverses_id IS NOT NULL))"
        " UNION SELECT e.sku_id FROM count_entries e JOIN counts c ON c.id = e.document_id"
        " WHERE c.status <> 'reversed'"
        " UNION SELECT l.sku_id FROM purchase_lines l JOIN purchase_orders o ON o.id = l.order_id"
        " WHERE o.status <> 'closed'"
        " UNION SELECT l.sku_id FROM order_lines l JOIN orders o ON o.id = l.order_id"
        " WHERE o.status <> 'cancelled'"
    )
    return {id_of(row[0]) for row in connection.exec_driver_sql(sql)}


def barcodes_of(connection: Connection, skus: Iterable[UUID], ids: Iterable[UUID]) -> set[UUID]:
    """Return the barcodes of these SKUs, and those of these ids that there are."""
    found = rows_by(connection, "barcodes", "sku_id", "id", [id.bytes for id in skus])
    found += rows_by(connection, "barcodes", "id", "id", [id.bytes for id in ids])
    return {id_of(row[0]) for row in found}


def count_barcodes(connection: Connection) -> int:
    """Return how many barcodes there are."""
    return int(connection.exec_driver_sql("SELECT count(*) FROM barcodes").scalar_one())


def taken_back(connection: Connection, job_id: UUID) -> int:
    """Return how many orders, SKUs, barcodes and so on were taken back of a job since it last brought any."""
    sql = (
        "SELECT coalesce(sum(created), 0) FROM job_chunks WHERE job_id = ? AND kind = 'undo' AND rowid >"
        " coalesce((SELECT max(rowid) FROM job_chunks WHERE job_id = ? AND kind <> 'undo'), 0)"
    )
    return int(connection.exec_driver_sql(sql, (job_id.bytes, job_id.bytes)).scalar_one())


def rows_by(
    connection: Connection, table: str, column: str, wanted: str, values: Iterable[Any]
) -> list[Sequence[Any]]:
    """Return the `wanted` columns of rows whose `column` is one of `values`, a few hundred at a time."""
    asked = list(dict.fromkeys(values))
    found: list[Sequence[Any]] = []
    for start in range(0, len(asked), MOST):
        part = asked[start : start + MOST]
        sql = f"SELECT {wanted} FROM {table} WHERE {column} IN ({marks(part)})"
        found += connection.exec_driver_sql(sql, tuple(part)).fetchall()
    return found
