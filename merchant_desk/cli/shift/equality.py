"""Do server and desks agree? Asked by plain SQL of the files themselves.

Nothing of the product's own code is used here: only the driver and the standard library, so that a
fault in the Store, the sync or the queries cannot hide itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlcipher3 import dbapi2

QUESTIONS: Mapping[str, str] = {
    "ledger": (
        "SELECT hex(id), hex(op_id), hex(device_id), device_seq, kind, hex(document_id), hex(line_id),"
        " hex(stock_key), hex(location_id), hex(sku_id), hex(lot_id), status, quantity, time, reason"
        " FROM ledger WHERE outlet_id = :outlet ORDER BY 1"
    ),
    "stock balances": (
        "SELECT hex(id), hex(location_id), hex(sku_id), hex(lot_id), status, on_hand FROM stock_balances"
        " WHERE outlet_id = :outlet AND on_hand <> 0 ORDER BY 1"
    ),
    "availability": (
        "SELECT hex(id), on_hand, reserved, expected FROM availability WHERE outlet_id = :outlet"
        " AND (on_hand <> 0 OR reserved <> 0 OR expected <> 0) ORDER BY 1"
    ),
    "receipts": (
        "SELECT hex(id), number, status, opened_at, closed_at FROM receipts"
        " WHERE outlet_id = :outlet ORDER BY 1"
    ),
    "shipments": (
        "SELECT hex(id), number, status, hex(order_id), opened_at, closed_at FROM shipments"
        " WHERE outlet_id = :outlet ORDER BY 1"
    ),
    "orders": "SELECT hex(id), number, status, ended_at FROM orders WHERE outlet_id = :outlet ORDER BY 1",
    "purchase orders": (
        "SELECT hex(id), number, status FROM purchase_orders WHERE outlet_id = :outlet ORDER BY 1"
    ),
    "counts": ("SELECT hex(id), number, status, closed_at FROM counts WHERE outlet_id = :outlet ORDER BY 1"),
    "count entries": (
        "SELECT hex(id), hex(document_id), hex(stock_key), quantity, time FROM count_entries"
        " WHERE outlet_id = :outlet ORDER BY 1"
    ),
    "count lines": (
        "SELECT hex(id), hex(count_id), hex(stock_key), counted, book, variance FROM count_lines"
        " WHERE outlet_id = :outlet ORDER BY 1"
    ),
    "unknown codes": ("SELECT hex(id), code, status FROM unknown_codes WHERE outlet_id = :outlet ORDER BY 1"),
    "tasks": "SELECT hex(id), kind, code, facts, status FROM tasks WHERE outlet_id = :outlet ORDER BY 1",
    "lots": "SELECT hex(id), hex(sku_id), code, expiry FROM lots ORDER BY 1",
}
"""What is compared, with the question that is put to each database.

A total that is zero may be a row in one database and none in another: both say the same.
"""

LEDGER_SUM = (
    "SELECT count(*) FROM (SELECT stock_key, sum(quantity) AS total FROM ledger"
    " WHERE outlet_id = :outlet GROUP BY stock_key) l"
    " LEFT JOIN stock_balances b ON b.id = l.stock_key WHERE coalesce(b.on_hand, 0) <> l.total"
)

UNSENT = "SELECT count(*) FROM outbox WHERE status = 'pending' OR settled_at IS NULL"


@dataclass(frozen=True, slots=True)
class Book:
    """One database file with its raw key."""

    name: str
    path: Path
    key: bytes
    is_desk: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the comparison found. `rows` counts what was compared, by subject; `differences` are words."""

    rows: Mapping[str, int]
    differences: tuple[str, ...]

    @property
    def equal(self) -> bool:
        """Tell whether everything agreed."""
        return not self.differences


def compare(books: list[Book], outlet: bytes) -> Verdict:
    """Compare the databases with the first one, within one outlet; nobody may be writing them."""
    differences: list[str] = []
    rows: dict[str, int] = {}
    first: dict[str, list[Any]] = {}
    for book in books:
        connection = _open(book)
        try:
            for subject, question in QUESTIONS.items():
                found = connection.execute(question, {"outlet": outlet}).fetchall()
                if subject not in first:
                    first[subject], rows[subject] = found, len(found)
                elif found != first[subject]:
                    differences.append(_difference(subject, books[0].name, first[subject], book.name, found))
            (wrong,) = connection.execute(LEDGER_SUM, {"outlet": outlet}).fetchone()
            if wrong:
                differences.append(f"{book.name}: {wrong} balances are not the sum of their ledger")
            if book.is_desk:
                (unsent,) = connection.execute(UNSENT).fetchone()
                if unsent:
                    differences.append(f"{book.name}: {unsent} operations are not settled")
        finally:
            connection.close()
    return Verdict(rows, tuple(differences))


def outlet_of(book: Book, code: str) -> bytes:
    """Return the id of the outlet with a code."""
    connection = _open(book)
    try:
        row = connection.execute("SELECT id FROM outlets WHERE code = ?", (code,)).fetchone()
    finally:
        connection.close()
    return bytes(row[0])


def _open(book: Book) -> Any:
    connection = dbapi2.connect(f"file:{book.path}?mode=ro", uri=True)
    connection.execute(f"PRAGMA key = \"x'{book.key.hex()}'\"")
    return connection


def _difference(subject: str, name: str, expected: list[Any], other: str, found: list[Any]) -> str:
    missing = [row for row in expected if row not in found]
    extra = [row for row in found if row not in expected]
    sample = (missing or extra)[0]
    return (
        f"{subject}: {name} has {len(missing)} that {other} lacks, {other} {len(extra)} more; e.g. {sample}"
    )
