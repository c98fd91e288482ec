"""A corrected file brought in again: what differs is updated, told row by row, and taken back by an undo."""

from pathlib import Path
from uuid import UUID

import pytest

from merchant_desk.desk import Desk
from merchant_desk.documents.mapping import suggested_mapping
from merchant_desk.documents.tabular import open_table
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.ids import id_of
from merchant_desk.domain.imports import Effect, FaultCode
from merchant_desk.domain.imports_corrections import FieldChange
from merchant_desk.domain.organisation import GrantRole
from merchant_desk.domain.products import ChangePrice, ChangeProduct, MergeProducts
from merchant_desk.domain.refusals import Refusal
from merchant_desk.jobs.account import Account, State
from merchant_desk.jobs.import_job import ImportJob
from merchant_desk.jobs.plan import Choices
from merchant_desk.jobs.report import notice_text
from merchant_desk.jobs.undo_job import UndoJob, Undone
from tests.helpers.shop import Shop
from tests.jobs.imports import on_desk, on_server

HEADING = "sku,name,english name,price,category,unit,track lot,track serial,min days left"
FIRST = (
    "C1,醋,Vinegar,5.00,Food,瓶,,,",
    "C2,茶,Tea,3.00,Food,盒,yes,,30",
    "C3,盐,Salt,1.00,Food,袋,,,",
)
WORDS = (
    "SELECT sku, name, name_en, price, category, base_unit, track_lot, track_serial, min_days_left"
    " FROM skus WHERE sku LIKE 'C_' ORDER BY sku"
)
CORRECT, ADD = Choices(correct=True), Choices()


def job(
    desk: Desk, folder: Path, *rows: str, choices: Choices = CORRECT, heading: str = HEADING
) -> ImportJob:
    path = folder / "goods.csv"
    text = "\n".join((heading, *rows)) + "\n"
    if not path.exists() or path.read_text(encoding="utf-8") != text:
        path.write_text(text, encoding="utf-8")
    headers = open_table(path).headers
    mapping = suggested_mapping("products", headers, "goods")
    assert set(mapping.columns.values()) == set(headers)
    return ImportJob(desk.runtime, lambda: desk.person.id, path, mapping, choices)


def bring_in(
    desk: Desk, folder: Path, *rows: str, choices: Choices = CORRECT, heading: str = HEADING
) -> Account:
    """Import; what a check tells before is what is done."""
    found = job(desk, folder, *rows, choices=choices, heading=heading).dry_run()
    account = job(desk, folder, *rows, choices=choices, heading=heading).run()
    told = (found.new, found.corrected, found.standing, found.changes, found.refusals)
    assert (account.new, account.corrected, account.standing, account.changes, account.refusals) == told
    parts = (account.written_rows, account.corrected_rows, account.unchanged_rows, account.refused_rows)
    assert sum(parts) + account.rows_of(Effect.NOTHING) == account.rows
    return account


def undo(desk: Desk, account: Account) -> Undone:
    assert account.job_id is not None
    undone = UndoJob(desk.runtime, lambda: desk.person.id, account.job_id).run()
    desk.sync()
    assert desk.refused() == []
    return undone


def words(desk: Desk, sku: str) -> tuple[object, ...]:
    return next(tuple(row[1:]) for row in on_desk(desk, WORDS) if row[0] == sku)


def sku_id(desk: Desk, sku: str) -> UUID:
    return id_of(on_desk(desk, "SELECT id FROM skus WHERE sku = ?", sku)[0])


@pytest.fixture
def stocked(desk: Desk, tmp_path: Path) -> Desk:
    """A desk that brought the file in before it was put right."""
    assert bring_in(desk, tmp_path, *FIRST, choices=ADD).new == 3
    desk.sync()
    return desk


PUT_RIGHT = ("C1,陈醋,Aged vinegar,6.50,Sauce,桶,1,1,10", *FIRST[1:], "C4,糖,Sugar,2.00,Food,袋,,,")


def test_each_field_that_differs_is_corrected_and_told(shop: Shop, stocked: Desk, tmp_path: Path) -> None:
    account = bring_in(stocked, tmp_path, *PUT_RIGHT)
    assert (account.new, account.corrected, account.standing) == (1, 1, 2)
    assert (account.written_rows, account.corrected_rows, account.unchanged_rows) == (1, 1, 2)
    assert account.changes == {
        2: (
            FieldChange("name", "醋", "陈醋"),
            FieldChange("name_en", "Vinegar", "Aged vinegar"),
            FieldChange("category", "Food", "Sauce"),
            FieldChange("unit", "瓶", "桶"),
            FieldChange("price", "5", "6.5"),
            FieldChange("track_lot", was=False, now=True),
            FieldChange("track_serial", was=False, now=True),
            FieldChange("min_days_left", 0, 10),
        )
    }
    assert [account.results.of(row).effect for row in (2, 3, 5)] == [  # type: ignore[union-attr]
        Effect.CORRECTED,
        Effect.UNCHANGED,
        Effect.WRITTEN,
    ]
    assert "售价 5 → 6.5" in notice_text(account, 2, "zh")
    assert "track lot no → yes" in notice_text(account, 2, "en")
    now = ("陈醋", "Aged vinegar", 6_500_000, "Sauce", "桶", 1, 1, 10)
    assert words(stocked, "C1") == now
    stocked.sync()
    assert stocked.refused() == []
    server = on_server(shop.world.server.engine, WORDS)
    assert [tuple(row) for row in server] == [tuple(row) for row in on_desk(stocked, WORDS)]


def test_the_same_file_a_second_time_changes_nothing(stocked: Desk, tmp_path: Path) -> None:
    bring_in(stocked, tmp_path, *PUT_RIGHT)
    again = bring_in(stocked, tmp_path, *PUT_RIGHT)
    assert (again.new, again.corrected, again.operations, again.repeated) == (0, 0, 0, True)
    assert (again.corrected_rows, again.unchanged_rows) == (0, 4)


def test_an_import_that_only_adds_tells_what_differs_and_leaves_it(stocked: Desk, tmp_path: Path) -> None:
    before = on_desk(stocked, WORDS)
    account = bring_in(stocked, tmp_path, *PUT_RIGHT[:3], choices=ADD)
    assert (account.new, account.corrected, account.standing) == (0, 0, 3)
    assert account.noticed == {2: ("differs_here",)}
    assert FieldChange("price", "5", "6.5") in account.changes[2]
    assert on_desk(stocked, WORDS) == before


def test_an_empty_cell_never_erases(stocked: Desk, tmp_path: Path) -> None:
    before = on_desk(stocked, WORDS)
    account = bring_in(stocked, tmp_path, "C1,,,,,,,,", "C2,,,,,,,,", "C3,,,,,,,,")
    assert (account.corrected, account.standing, account.operations) == (0, 3, 0)
    assert on_desk(stocked, WORDS) == before


def test_a_plain_no_is_no_empty_cell(stocked: Desk, tmp_path: Path) -> None:
    account = bring_in(stocked, tmp_path, "C2,,,0,,,no,,0")
    assert account.corrected == 1
    assert words(stocked, "C2") == ("茶", "Tea", 0, "Food", "盒", 0, 0, 0)


def test_lot_serial_and_unit_stay_while_there_is_stock_and_the_row_says_so(
    shop: Shop, stocked: Desk, tmp_path: Path
) -> None:
    shop.stock(sku_id(stocked, "C1"), 5)
    stocked.sync()
    before = words(stocked, "C1")
    account = bring_in(stocked, tmp_path, *PUT_RIGHT)
    assert {row: fault.code for row, fault in account.refusals.items()} == {2: FaultCode.STOCK_ON_HAND}
    assert (account.refused_rows, account.new, account.standing) == (1, 1, 2)
    assert words(stocked, "C1") == before
    prices = bring_in(stocked, tmp_path, "C1,陈醋,,6.50,,,,,30")
    assert (prices.refused_rows, prices.corrected) == (0, 1)


def test_a_row_that_gains_a_code_and_is_corrected_is_counted_once(stocked: Desk, tmp_path: Path) -> None:
    row = "C1,6901234567892,,9.00"
    account = bring_in(stocked, tmp_path, row, heading="sku,barcode,name,price")
    assert (account.new, account.corrected, account.written_rows, account.corrected_rows) == (1, 0, 1, 0)
    assert account.changes == {2: (FieldChange("price", "5", "9"),)}
    assert "corrected_here" in account.noticed[2]
    assert words(stocked, "C1")[2] == 9 * MICRO


def test_a_product_that_was_merged_is_not_corrected_by_its_old_code(stocked: Desk, tmp_path: Path) -> None:
    ids = [sku_id(stocked, sku) for sku in ("C1", "C3")]
    stocked.do(ChangeProduct(ids[1], base_unit="瓶"))
    stocked.do(MergeProducts(*ids))
    account = bring_in(stocked, tmp_path, "C3,粗盐,,8.00,,,,,")
    assert (account.corrected, account.changes) == (0, {})
    assert words(stocked, "C1")[2] == 5 * MICRO


# ---------------------------------------------------------------- undo


def test_an_undo_puts_back_what_stood(shop: Shop, stocked: Desk, tmp_path: Path) -> None:
    before = [tuple(row) for row in on_desk(stocked, WORDS)]
    for _ in range(2):
        account = bring_in(stocked, tmp_path, *PUT_RIGHT)
        assert account.corrected == 1
        undone = undo(stocked, account)
        assert (undone.taken_back, undone.left) == (2, ())
        assert [tuple(row) for row in on_desk(stocked, WORDS)] == before
        assert [tuple(row) for row in on_server(shop.world.server.engine, WORDS)] == before


def test_an_undo_leaves_alone_what_somebody_changed_since_and_says_so(stocked: Desk, tmp_path: Path) -> None:
    account = bring_in(stocked, tmp_path, *PUT_RIGHT)
    stocked.do(ChangePrice(sku_id(stocked, "C1"), 7 * MICRO))
    undone = undo(stocked, account)
    assert undone.left == (("C1", FieldChange("price", "7", "5")),)
    assert words(stocked, "C1") == ("醋", "Vinegar", 7 * MICRO, "Food", "瓶", 0, 0, 0)


def test_an_undo_of_two_rounds_ends_where_the_first_began(stocked: Desk, tmp_path: Path) -> None:
    row = "C1,,,6.50,,,,,"
    first = bring_in(stocked, tmp_path, row)
    stocked.do(ChangePrice(sku_id(stocked, "C1"), 7 * MICRO))
    second = bring_in(stocked, tmp_path, row)
    assert (first.job_id, second.corrected) == (second.job_id, 1)
    undo(stocked, second)
    assert words(stocked, "C1")[2] == 7 * MICRO, "what stood before the last round; 6.50 before is not back"


# ---------------------------------------------------------------- desks


def test_what_another_desk_changed_meanwhile_stands_and_a_task_says_so(
    shop: Shop, stocked: Desk, tmp_path: Path
) -> None:
    other = shop.desk("manager")
    shop.fetch.down = True
    other.do(ChangePrice(sku_id(other, "C1"), 7 * MICRO))
    bring_in(stocked, tmp_path, *PUT_RIGHT)
    assert words(stocked, "C1")[2] == 6_500_000
    shop.fetch.down = False
    for one in (other, stocked, other, stocked):
        one.sync()
    assert stocked.refused() == other.refused() == []
    for one in (stocked, other):
        assert words(one, "C1") == ("陈醋", "Aged vinegar", 7 * MICRO, "Sauce", "桶", 1, 1, 10)
        assert [task.code for task in one.tasks()] == ["corrections_left_out"]


def test_two_desks_that_bring_in_the_same_correction_raise_no_task(
    shop: Shop, stocked: Desk, tmp_path: Path
) -> None:
    other = shop.desk("manager")
    shop.fetch.down = True
    for one in (stocked, other):
        assert bring_in(one, tmp_path, *PUT_RIGHT[:3]).corrected == 1
    shop.fetch.down = False
    for one in (stocked, other, stocked, other):
        one.sync()
    for one in (stocked, other):
        assert (one.refused(), one.tasks()) == ([], [])
        assert words(one, "C1")[2] == 6_500_000


def test_stock_that_only_the_server_sees_keeps_lots_as_they_are(
    shop: Shop, stocked: Desk, tmp_path: Path
) -> None:
    other = shop.desk("manager")
    shop.fetch.down = True
    shop.stock(sku_id(other, "C1"), 5)
    bring_in(stocked, tmp_path, *PUT_RIGHT[:2], "C3,粗盐,,,,,,,")
    shop.fetch.down = False
    for one in (other, stocked, other, stocked):
        one.sync()
    assert stocked.refused() == []
    for one in (stocked, other):
        assert words(one, "C1")[0] == "醋", "refused whole, as by hand"
        assert words(one, "C3")[0] == "粗盐", "its neighbour is corrected all the same"
        assert [task.code for task in one.tasks()] == ["corrections_left_out"]


def test_an_import_that_was_stopped_goes_on_where_it_was(stocked: Desk, tmp_path: Path) -> None:
    rows = [f"D{n},货 {n},,1.00,,,,," for n in range(450)]
    bring_in(stocked, tmp_path, *rows, choices=ADD)
    dearer = [row.replace("1.00", "2.00") for row in rows]
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > 7  # five chunks are looked through, then two are written

    stopped = job(stocked, tmp_path, *dearer).run(cancelled=stop)
    assert (stopped.state, stopped.corrected_rows) == (State.CANCELLED, 200)
    account = job(stocked, tmp_path, *dearer).run()
    assert (account.state, account.corrected, account.corrected_rows) == (State.FINISHED, 250, 450)
    assert on_desk(stocked, "SELECT count(*) FROM skus WHERE sku LIKE 'D%' AND price = 2000000") == [450]
    assert account.job_id is not None
    kept = on_desk(stocked, "SELECT written, unchanged FROM jobs WHERE id = ?", account.job_id.bytes)
    assert kept == [(450, 0)]


def test_who_may_not_change_products_corrects_none(shop: Shop, stocked: Desk, tmp_path: Path) -> None:
    world = shop.world
    world.server.house.do(world.merchant_id, GrantRole(world.worker, "manager", world.outlet))
    outlet_desk = shop.desk("worker")
    with pytest.raises(Refusal) as refusal:
        job(outlet_desk, tmp_path, "C1,,,6.50,,,,,").run()
    assert refusal.value.code == "not_allowed"
    assert words(outlet_desk, "C1")[2] == 5 * MICRO
