"""The main job on real data: two public files imported on one desk, worked with on two, equal on all sides.

The short form takes the first lines of each file, `--long` all of them. What is stored is compared with the
files by plain SQL and the standard library, never by the product's own reading of either.
"""

import csv
import gzip
import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
from sqlcipher3 import dbapi2

from merchant_desk.cli.shift.equality import Book, compare
from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.house_codes import Command, CommandKind, command_code
from merchant_desk.domain.orders import AcceptOrder
from merchant_desk.jobs.account import Account
from merchant_desk.jobs.plan import Choices
from merchant_desk.stations.counter import Sheet
from tests.helpers.shop import Shop
from tests.helpers.world import KEY
from tests.jobs.imports import (
    FOOD,
    ORDERS,
    PRODUCTS,
    RETAIL,
    bring_in,
    feed_rows,
    on_desk,
    slice_of,
)

pytestmark = pytest.mark.timeout(5_400)

CODES = 10_000
INVOICES = 1_000
TABLES = {
    "skus": "hex(id), sku, name, sort_key, price, archived",
    "barcodes": "hex(id), code, gtin, hex(sku_id), quantity",
    "orders": (
        "hex(id), kind, number, status, goods, freight, discount, charges, total, hex(buyer_id), placed_at"
    ),
    "order_lines": "hex(id), hex(order_id), position, hex(sku_id), rule, quantity, unit_price, amount",
    "order_charges": "hex(id), hex(order_id), code, service, rule, quantity, unit_price, amount",
    "buyers": "hex(id), code",
    "jobs": "hex(id), status, rows, written, unchanged, ineffective, refused",
    "job_chunks": "hex(id), hex(job_id), number, created, rows",
}
EXACT = (
    "SELECT quantity, unit_price FROM order_lines UNION ALL SELECT quantity, unit_price FROM order_charges"
)
RULES = (
    "SELECT rule, count(*), sum(amount) FROM (SELECT rule, amount FROM order_lines"
    " UNION ALL SELECT rule, amount FROM order_charges) GROUP BY rule"
)
PRODUCT_SKUS = "FROM barcodes b JOIN skus s ON s.id = b.sku_id WHERE s.sku = b.code"


@dataclass
class Morning:
    """A shop whose office has imported both files; `since` is when orders began to be open."""

    shop: Shop
    office: Desk
    floor: Desk
    food: Path
    retail: Path
    since: int
    products: Account
    orders: Account


def retail_lines(path: Path) -> list[dict[str, str]]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def food_codes(path: Path) -> list[str]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as stream:
        return [row[0] for row in csv.reader(stream)][1:]


def up_to_invoice(lines: Sequence[str]) -> int:
    """Return how many lines the first invoices take."""
    seen: dict[str, None] = {}
    for n, text in enumerate(lines[1:], 1):
        seen[text.partition(",")[0]] = None
        if len(seen) > INVOICES:
            return n
    return len(lines)


@pytest.fixture(scope="module")
def morning(data_dir: Path, tmp_path_factory: pytest.TempPathFactory, long_run: bool) -> Iterator[Morning]:
    folder = tmp_path_factory.mktemp("real")
    food, retail = data_dir / FOOD, data_dir / RETAIL
    if not long_run:
        food = slice_of(data_dir, FOOD, folder, lambda lines: CODES + 1)
        retail = slice_of(data_dir, RETAIL, folder, up_to_invoice)
    shop = Shop(folder)
    office = shop.desk("manager")
    products = bring_in(office, food, PRODUCTS)
    # The last hundred sales of the file are still to be shipped.
    history = bring_in_orders(office, retail)
    yield Morning(shop, office, shop.desk("worker"), food, retail, history[0], products, history[1])
    shop.close()


def bring_in_orders(office: Desk, retail: Path) -> tuple[int, Account]:
    """Import the orders as on the day of a change-over: the last hour's sales are still to be shipped."""
    times = sorted({line["InvoiceDate"] for line in retail_lines(retail)})
    last = datetime.fromisoformat(times[-60]).replace(tzinfo=ZoneInfo("Europe/London"))
    since = int(last.timestamp()) * MICRO
    return since, bring_in(office, retail, ORDERS, Choices("retail", open_from=since))


def test_every_line_of_the_orders_is_in_the_books(morning: Morning) -> None:
    lines = retail_lines(morning.retail)
    exact = sum(int(line["Quantity"]) * Decimal(line["UnitPrice"]) for line in lines)
    tally = morning.orders.tally
    assert tally.rows == len(lines)
    assert Decimal(tally.amount_pico).scaleb(-12) == exact
    assert sum(total.rows for total in tally.by_rule.values()) == len(lines)
    stored = sum(quantity * price for quantity, price in on_desk(morning.office, EXACT))
    assert Decimal(stored).scaleb(-12) == exact
    found = {rule: (rows, amount) for rule, rows, amount in on_desk(morning.office, RULES)}
    ineffective = tally.by_rule["no_effect"].rows if "no_effect" in tally.by_rule else 0
    assert found == {r: (t.rows, t.amount) for r, t in tally.by_rule.items() if r != "no_effect"}
    assert sum(rows for rows, _ in found.values()) + ineffective == len(lines)
    assert (morning.orders.refused_rows, morning.orders.written_rows) == (0, len(lines) - ineffective)
    numbers = {line["InvoiceNo"] for line in lines}
    assert set(on_desk(morning.office, "SELECT number FROM orders")) <= numbers
    assert len(numbers) - on_desk(morning.office, "SELECT count(*) FROM orders")[0] <= ineffective


def test_every_code_is_in_the_range(morning: Morning) -> None:
    codes = food_codes(morning.food)
    assert morning.products.rows == len(codes)
    assert morning.products.written_rows + morning.products.unchanged_rows == len(codes)
    assert morning.products.refused_rows == 0
    imported = on_desk(morning.office, f"SELECT b.code {PRODUCT_SKUS}")
    assert len(imported) == len(set(imported)) == morning.products.written_rows
    # A full-width digit or a blank that nobody sees is made plain; everything else stays to the letter.
    assert len(set(imported) - set(codes)) <= len(codes) // 10_000


def test_history_moved_no_stock(morning: Morning) -> None:
    for table in ("ledger", "reservations"):
        assert on_desk(morning.office, f"SELECT count(*) FROM {table}") == [0]
    sql = "SELECT kind, status, count(*) FROM orders GROUP BY kind, status"
    found = {(kind, status): count for kind, status, count in on_desk(morning.office, sql)}
    assert {status for kind, status in found if kind != "sale"} == {"completed"}
    assert {status for _, status in found} == {"completed", "review"}
    assert (
        on_desk(morning.office, "SELECT min(placed_at) FROM orders WHERE status = 'review'")[0]
        >= morning.since
    )


def test_a_second_import_changes_nothing(morning: Morning) -> None:
    morning.office.sync()
    before = feed_rows(morning.shop), on_desk(morning.office, "SELECT count(*) FROM outbox")
    products = bring_in(morning.office, morning.food, PRODUCTS)
    orders = bring_in(morning.office, morning.retail, ORDERS, Choices("retail", open_from=morning.since))
    morning.office.sync()
    assert (products.operations, products.new, orders.operations, orders.new) == (0, 0, 0, 0)
    assert products.standing == morning.products.new
    assert orders.standing == morning.orders.new
    assert (feed_rows(morning.shop), on_desk(morning.office, "SELECT count(*) FROM outbox")) == before


def test_another_desk_and_the_server_hold_the_same(morning: Morning) -> None:
    morning.office.sync()
    morning.floor.sync()
    assert morning.office.refused() == []
    books = books_of(morning)
    for table, columns in TABLES.items():
        office, floor, server = (digest(book, table, columns) for book in books)
        assert office == floor == server, table


def test_real_codes_that_scan_alike_are_asked_about(morning: Morning) -> None:
    morning.floor.sync()
    clashing = on_desk(
        morning.floor,
        f"SELECT min(b.code) {PRODUCT_SKUS} AND b.gtin IS NOT NULL GROUP BY b.gtin"
        " HAVING count(DISTINCT b.sku_id) > 1",
    )
    assert len(clashing) == ambiguous_gtins(morning)
    receipt = morning.floor.receive()
    for code in clashing[:10]:
        assert receipt.scan(code).code == "ambiguous", code
        receipt.choose(0)
    receipt.finish()


def test_the_main_job_runs_on_it(morning: Morning) -> None:
    """Receive by real codes, ship a real order, count a shelf, sync; then everything is equal."""
    office, floor, shop = morning.office, morning.floor, morning.shop
    floor.sync()
    codes = real_codes(floor)
    receipt = floor.receive(location="A-01")
    for code in codes:
        assert receipt.scan(code).code == "accepted", code
    receipt.finish()
    order, number, lines = order_to_ship(floor)
    delivery = floor.receive(location="A-02")
    pick(delivery, lines)
    delivery.finish()
    shop.fetch.down = True
    count = floor.count("A-01")
    for code in codes[1:]:
        assert count.scan(code).code == "accepted", code
    count.finish(gone=[one.stock_key_id for one in count.uncounted()])
    shop.fetch.down = False
    floor.sync()
    office.sync()
    office.do(AcceptOrder(order, shop.world.outlet))
    office.sync()
    floor.sync()
    shipment = floor.ship(number)
    pick(shipment, lines)
    shipment.finish()
    for desk in (floor, office, floor):
        desk.sync()
    assert on_desk(office, "SELECT status FROM orders WHERE id = ?", order.bytes) == ["shipped"]
    assert on_desk(office, "SELECT sum(variance) FROM count_lines") == [-MICRO]
    assert {task.code for task in office.tasks()} <= {"code_clash"}
    assert office.refused() == floor.refused() == []
    verdict = compare(list(books_of(morning)), shop.world.outlet.bytes)
    assert verdict.differences == ()
    assert verdict.rows["ledger"] >= len(codes) + 3 * len(lines)
    for table, columns in TABLES.items():
        assert len({digest(book, table, columns) for book in books_of(morning)}) == 1, table


# ---------------------------------------------------------------- what the tests ask


def books_of(morning: Morning) -> tuple[Book, Book, Book]:
    desks = [
        Book(
            desk.identity.code, desk.runtime.profile.folder / "desk.db", desk.runtime.profile.vault.key, True
        )
        for desk in (morning.office, morning.floor)
    ]
    server = Book("server", morning.shop.world.folder / "server.db", KEY, False)
    return desks[0], desks[1], server


def digest(book: Book, table: str, columns: str) -> tuple[int, str]:
    """Return how many rows a table has, and a hash of them all."""
    connection = dbapi2.connect(f"file:{book.path}?mode=ro", uri=True)
    try:
        connection.execute(f"PRAGMA key = \"x'{book.key.hex()}'\"")
        found = hashlib.sha256()
        count = 0
        for row in connection.execute(f"SELECT {columns} FROM {table} ORDER BY 1"):
            found.update(repr(row).encode())
            count += 1
        return count, found.hexdigest()
    finally:
        connection.close()


def ambiguous_gtins(morning: Morning) -> int:
    """Count, from the file alone, GTINs that stand in it written in more than one way."""
    ways: dict[str, set[str]] = {}
    for code in food_codes(morning.food):
        if is_gtin(code):
            ways.setdefault(code.zfill(14), set()).add(code)
    return sum(len(written) > 1 for written in ways.values())


def is_gtin(code: str) -> bool:
    """Judge length and check digit by the GS1 General Specifications 7.9.1, without our own code."""
    if len(code) not in (8, 12, 13, 14) or not (code.isascii() and code.isdigit()):
        return False
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(code[:-1])))
    return (10 - total % 10) % 10 == int(code[-1])


def real_codes(desk: Desk) -> list[str]:
    """Return real codes that stand for one product: good ones, and some with a wrong check digit."""
    good = (
        f"SELECT b.code {PRODUCT_SKUS} AND length(b.code) = 13 AND b.gtin IS NOT NULL"
        " AND b.code NOT LIKE '2%'"
        " AND b.code NOT LIKE '02%' AND (SELECT count(*) FROM barcodes o WHERE o.gtin = b.gtin) = 1"
        " ORDER BY b.rowid LIMIT 40"
    )
    wrong = (
        f"SELECT b.code {PRODUCT_SKUS} AND length(b.code) = 13 AND b.gtin IS NULL AND b.code NOT LIKE '2%'"
        " ORDER BY b.rowid LIMIT 3"
    )
    found = on_desk(desk, good) + on_desk(desk, wrong)
    assert len(found) == 43
    return found


def order_to_ship(desk: Desk) -> tuple[UUID, str, list[tuple[str, int]]]:
    """Return an open order of a few goods: id, number, and (stock code, pieces) by SKU."""
    sql = (
        "SELECT o.id, o.number FROM orders o JOIN order_lines l ON l.order_id = o.id"
        " WHERE o.status = 'review' GROUP BY o.id"
        " HAVING count(*) BETWEEN 2 AND 12 AND count(DISTINCT l.sku_id) = count(*)"
        " ORDER BY o.placed_at, o.number LIMIT 1"
    )
    ((order, number),) = on_desk(desk, sql)
    lines = (
        "SELECT s.sku, l.quantity FROM order_lines l JOIN skus s ON s.id = l.sku_id WHERE l.order_id = ?"
        " ORDER BY l.position"
    )
    found: list[Any] = on_desk(desk, lines, order)
    return UUID(bytes=order), number, [(sku, quantity // MICRO) for sku, quantity in found]


def pick(sheet: Sheet, lines: Sequence[tuple[str, int]]) -> None:
    """Scan the stock codes of an order's goods, with a quantity card before each."""
    for code, pieces in lines:
        card = command_code(Command(CommandKind.QUANTITY, pieces * MICRO))
        assert sheet.scan(card).code == "next_quantity"
        assert sheet.scan(code).code == "accepted", code
