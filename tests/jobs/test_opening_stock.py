"""Opening stock from a file: stated once, corrected by a corrected file, refused by row, taken back."""

from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from merchant_desk.documents.mapping import likely_kind, suggested_mapping
from merchant_desk.documents.tabular import open_table
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.go_live import GoLive
from merchant_desk.domain.imports import FaultCode
from merchant_desk.domain.refusals import Refusal
from merchant_desk.jobs.account import Account, State
from merchant_desk.jobs.import_job import ImportJob
from merchant_desk.jobs.undo_job import UndoJob
from tests.helpers.shop import Shop
from tests.jobs.imports import feed_rows, on_desk, on_server

CHINESE = "货号,条码,库位,批号,有效期至,状态,期初数量,单位成本"
ENGLISH = "SKU,Barcode,Location,Lot,Expiry,Status,On hand,Unit cost"
ROWS = (
    "beer-500,,A-01,L1,2027-01-31,,24,3.20",
    ",19520000000018,A-01,L2,2027/2/28,可售,2,38.40",
    "RICE-10,,a-02,,,damaged,5,",
)
STOCK = (
    "SELECT s.sku, l.code, b.status, b.on_hand FROM stock_balances b JOIN skus s ON s.id = b.sku_id"
    " JOIN locations l ON l.id = b.location_id WHERE b.on_hand <> 0 ORDER BY 1, 2, 3, 4"
)
COSTS = (
    "SELECT s.sku, c.unit_cost FROM openings o JOIN skus s ON s.id = o.sku_id"
    " JOIN ledger_costs c ON c.id = o.ledger_id ORDER BY 1, 2"
)
BROUGHT_IN = [
    ("BEER-500", "A-01", "sellable", 24 * MICRO),
    ("BEER-500", "A-01", "sellable", 24 * MICRO),
    ("RICE-10", "A-02", "damaged", 5 * MICRO),
]


def file_of(folder: Path, *rows: str, heading: str = CHINESE, name: str = "stock.csv") -> Path:
    path = folder / name
    path.write_text("\n".join((heading, *rows)) + "\n", encoding="utf-8")
    return path


def job(desk: Desk, path: Path) -> ImportJob:
    headers = open_table(path).headers
    assert likely_kind(headers) == "opening_stock"
    mapping = suggested_mapping("opening_stock", headers, "import")
    return ImportJob(desk.runtime, lambda: desk.person.id, path, mapping, wanted="opening_stock")


def bring_in(desk: Desk, path: Path) -> Account:
    return job(desk, path).run()


def codes(account: Account) -> dict[int, FaultCode]:
    return {row: fault.code for row, fault in account.refusals.items()}


def undo(desk: Desk, account: Account) -> tuple[int, int]:
    assert account.job_id is not None
    undone = UndoJob(desk.runtime, lambda: desk.person.id, account.job_id).run()
    return undone.taken_back, undone.kept


@pytest.mark.parametrize("heading", [CHINESE, ENGLISH])
def test_stock_stands_with_lot_and_cost(shop: Shop, desk: Desk, tmp_path: Path, heading: str) -> None:
    work = job(desk, file_of(tmp_path, *ROWS, heading=heading))
    found = work.dry_run()
    assert (found.state, found.new, on_desk(desk, STOCK)) == (State.CHECKED, 3, [])
    account = work.run()
    assert (account.state, account.new, account.written_rows, account.refused_rows) == (
        State.FINISHED,
        3,
        3,
        0,
    )
    assert account.tally.amount == 24 * 320 + 2 * 3_840
    assert on_desk(desk, STOCK) == BROUGHT_IN
    assert on_desk(desk, COSTS) == [("BEER-500", 3_200_000), ("BEER-500", 3_200_000)]
    assert on_desk(desk, "SELECT code, expiry FROM lots ORDER BY 1") == [("L1", 20270131), ("L2", 20270228)]
    assert set(on_desk(desk, "SELECT kind, reason FROM ledger")) == {("opening", "opening")}
    assert account.noticed == {4: ("no_cost",)}
    desk.sync()
    assert desk.refused() == []
    assert on_server(shop.world.server.engine, COSTS) == on_desk(desk, COSTS)
    other = shop.desk("worker")
    assert on_desk(other, STOCK) == BROUGHT_IN


def test_a_second_import_changes_nothing_and_a_corrected_file_adjusts(
    shop: Shop, desk: Desk, tmp_path: Path
) -> None:
    bring_in(desk, file_of(tmp_path, *ROWS))
    desk.sync()
    before = feed_rows(shop)
    turned = bring_in(desk, file_of(tmp_path, *reversed(ROWS), name="turned.csv"))
    again = bring_in(desk, file_of(tmp_path, *ROWS))
    assert (turned.operations, turned.new, turned.standing) == (0, 0, 3)
    assert (again.operations, again.repeated, again.unchanged_rows) == (0, True, 3)
    desk.sync()
    assert feed_rows(shop) == before
    corrected = bring_in(
        desk,
        file_of(tmp_path, ROWS[0].replace("24", "20"), ROWS[1].replace("38.40", "36"),
                ROWS[2].replace(",5,", ",0,"), name="right.csv"),
    )  # fmt: skip
    assert (corrected.new, corrected.standing, corrected.written_rows) == (3, 0, 3)
    desk.sync()
    assert desk.refused() == []
    for engine_or_desk in (desk, shop.desk("worker")):
        assert [row[3] for row in on_desk(engine_or_desk, STOCK)] == [20 * MICRO, 24 * MICRO]
    assert on_desk(desk, COSTS) == [("BEER-500", 3_000_000), ("BEER-500", 3_200_000)]


def test_a_desk_without_costs_finds_the_same_file_the_same(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    path = file_of(tmp_path, *ROWS)
    bring_in(desk, path)
    desk.sync()
    other = shop.desk("manager", ())
    again = bring_in(other, path)
    assert (again.operations, again.new, again.standing) == (0, 0, 3)
    assert (on_desk(other, COSTS), on_desk(other, "SELECT sum(costed) FROM openings")) == ([], [2])
    fewer = bring_in(other, file_of(tmp_path, ROWS[0].replace("24", "20"), *ROWS[1:], name="fewer.csv"))
    assert (fewer.new, fewer.standing) == (1, 2)
    for one in (other, desk):
        one.sync()
    assert (other.refused(), on_desk(other, STOCK)) == ([], on_desk(desk, STOCK))
    assert on_desk(desk, STOCK)[0][3] == 20 * MICRO
    assert on_desk(desk, COSTS) == [("BEER-500", 3_200_000), ("BEER-500", 3_200_000)]


def test_two_desks_that_bring_in_one_file_offline_state_it_once(
    shop: Shop, desk: Desk, tmp_path: Path
) -> None:
    other = shop.desk("manager")
    shop.fetch.down = True
    path = file_of(tmp_path, *ROWS)
    assert (bring_in(desk, path).new, bring_in(other, path).new) == (3, 3)
    shop.fetch.down = False
    for one in (desk, other, desk):
        one.sync()
    for one in (desk, other):
        assert on_desk(one, STOCK) == BROUGHT_IN
        assert (one.refused(), one.tasks()) == ([], [])


WRONG = {
    "NONE,,A-01,L1,,,1,1": FaultCode.UNKNOWN_PRODUCT,
    "BEER-500,9520000000028,A-01,L1,2027-01-01,,1,1": FaultCode.CODES_DISAGREE,
    "RICE-10,,Z-99,,,,1,1": FaultCode.UNKNOWN_LOCATION,
    "RICE-10,,,,,,1,1": FaultCode.MISSING_VALUE,
    "RICE-10,,A-01,,,,-1,1": FaultCode.QUANTITY_NEGATIVE,
    "RICE-10,,A-01,,,,1,-1": FaultCode.NEGATIVE_COST,
    "RICE-10,,A-01,,,mouldy,1,1": FaultCode.STATUS_NOT_READ,
    "BEER-500,,A-01,,,,1,1": FaultCode.LOT_MISSING,
    "BEER-500,,A-01,L9,,,1,1": FaultCode.EXPIRY_MISSING,
    "RICE-10,,A-01,,2027-01-01,,1,1": FaultCode.EXPIRY_WITHOUT_LOT,
    "BEER-500,,A-01,L1,2027-13-31,,1,1": FaultCode.DATE_NOT_READ,
    "RICE-10,,A-01,,,,some,1": FaultCode.NUMBER_NOT_READ,
    "RICE-10,,A-04,,,,7,1": FaultCode.STOCK_TWICE,
    "rice-10,9520000000028,a-04,,,可售,8,1": FaultCode.STOCK_TWICE,
    "RICE-10,,A-03,,,,2.5,1": FaultCode.QUANTITY_NOT_WHOLE,
}


def test_what_is_wrong_is_named_by_row(desk: Desk, tmp_path: Path) -> None:
    account = bring_in(desk, file_of(tmp_path, *ROWS, *WRONG))
    assert codes(account) == dict(enumerate(WRONG.values(), 5))
    assert (account.written_rows, account.refused_rows, account.rows) == (3, len(WRONG), 3 + len(WRONG))
    assert [account.refusals[row].text for row in (17, 18)] == ["18", "17"]


def test_what_was_counted_since_stands(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    path = file_of(tmp_path, *ROWS)
    bring_in(desk, path)
    count = desk.count("A-02")
    for _ in range(4):
        assert count.scan("9520000000028").code == "accepted"
    count.finish()
    plain = "RICE-10,,A-02,,,,{},70"
    account = bring_in(desk, file_of(tmp_path, plain.format(9), name="late.csv"))
    assert codes(account) == {2: FaultCode.COUNTED_HERE}
    assert bring_in(desk, path).standing == 3
    desk.sync()
    assert desk.refused() == []
    assert ("RICE-10", "A-02", "sellable", 4 * MICRO) in on_desk(desk, STOCK)


def test_it_is_taken_back_where_nothing_was_moved(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    account = bring_in(desk, file_of(tmp_path, *ROWS))
    desk.sync()
    count = desk.count("A-01")
    assert count.scan("(01)09520000000011(17)270131(10)L1").code == "accepted"
    count.finish()
    assert undo(desk, account) == (2, 1)
    assert [row[3] for row in on_desk(desk, STOCK)] == [1 * MICRO]
    desk.sync()
    assert (desk.refused(), on_desk(shop.desk("worker"), STOCK)) == ([], on_desk(desk, STOCK))
    again = bring_in(desk, file_of(tmp_path, *ROWS))
    assert (again.new, again.standing) == (2, 1)


def test_once_live_the_books_stay(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    account = bring_in(desk, file_of(tmp_path, *ROWS))
    desk.do(GoLive(shop.world.outlet))
    other = job(desk, file_of(tmp_path, ROWS[2].replace(",5,", ",6,"), name="late.csv"))
    for work in (other.dry_run, other.run, lambda: undo(desk, account)):
        with pytest.raises(Refusal) as refused:
            work()
        assert refused.value.code == "books_closed"
    assert on_desk(desk, STOCK) == BROUGHT_IN
    desk.sync()
    assert desk.refused() == []


def test_a_desk_that_did_not_hear_is_refused_at_the_server(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    other = shop.desk("manager")
    shop.fetch.down = True
    desk.do(GoLive(shop.world.outlet))
    bring_in(other, file_of(tmp_path, *ROWS))
    shop.fetch.down = False
    for one in (desk, other, desk):
        one.sync()
    assert {one.code for one in other.refused()} == {"books_closed"}
    assert (on_desk(other, STOCK), on_desk(desk, STOCK)) == ([], [])
