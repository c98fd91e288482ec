"""Purchase orders from a file: found, placed, refused by row, taken back, and received against."""

from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from merchant_desk.documents.mapping import suggested_mapping
from merchant_desk.documents.tabular import open_table
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.imports import FaultCode
from merchant_desk.domain.imports_purchases import purchase_id
from merchant_desk.domain.purchasing import SendPurchaseOrder
from merchant_desk.domain.suppliers import AddSupplier
from merchant_desk.jobs.account import Account, State
from merchant_desk.jobs.import_job import ImportJob
from merchant_desk.jobs.passes import Progress
from merchant_desk.jobs.undo_job import UndoJob
from tests.helpers.shop import Shop
from tests.jobs.imports import feed_rows, on_desk, on_server

CHINESE = "采购单号,供应商,货号,条码,数量,进价,到货日期"
ENGLISH = "PO number,Supplier,SKU,Barcode,Quantity,Unit cost,Due date"
LINES = (
    "PO-7,S1,beer-500,,24,3.20,2025-12-01",
    "PO-8,鲁北粮油批发,,9520000000028,5,¥60,2025/12/2",
    "PO-7,s1,,19520000000018,2,38.40,2025-12-01",
)


def file_of(folder: Path, *lines: str, heading: str = CHINESE, name: str = "orders.csv") -> Path:
    path = folder / name
    path.write_text("\n".join((heading, *lines)) + "\n", encoding="utf-8")
    return path


def job(desk: Desk, path: Path) -> ImportJob:
    mapping = suggested_mapping("purchase_orders", open_table(path).headers, "import")
    return ImportJob(desk.runtime, lambda: desk.person.id, path, mapping, wanted="purchase_orders")


def bring_in(desk: Desk, path: Path) -> Account:
    return job(desk, path).run()


def codes(account: Account) -> dict[int, FaultCode]:
    return {row: fault.code for row, fault in account.refusals.items()}


def purchases(desk: Desk) -> list[tuple[str, str, int]]:
    return on_desk(desk, "SELECT number, status, due_day FROM purchase_orders ORDER BY number")


@pytest.mark.parametrize("heading", [CHINESE, ENGLISH])
def test_orders_come_in_as_drafts(shop: Shop, desk: Desk, tmp_path: Path, heading: str) -> None:
    account = bring_in(desk, file_of(tmp_path, *LINES, heading=heading))
    assert (account.state, account.new, account.written_rows, account.refused_rows) == (
        State.FINISHED,
        2,
        3,
        0,
    )
    assert account.tally.amount == 24 * 320 + 5 * 6_000 + 2 * 3_840
    assert purchases(desk)[1:] == [("PO-7", "draft", 20251201), ("PO-8", "draft", 20251202)]
    sql = (
        "SELECT l.position, s.sku, l.quantity, c.unit_cost FROM purchase_lines l"
        " JOIN purchase_orders o ON o.id = l.order_id JOIN skus s ON s.id = l.sku_id"
        " JOIN purchase_line_costs c ON c.id = l.id WHERE o.number = 'PO-7' ORDER BY l.position"
    )
    # Two cartons of twelve, 38.40 each: 24 bottles at 3.20.
    assert on_desk(desk, sql) == [
        (0, "BEER-500", 24 * MICRO, 3_200_000),
        (1, "BEER-500", 24 * MICRO, 3_200_000),
    ]
    assert account.tally.by_note["pack_counted"].rows == 1
    desk.sync()
    assert desk.refused() == []
    assert on_server(shop.world.server.engine, "SELECT count(*) FROM purchase_lines") == [5]


def test_an_imported_order_is_sent_and_received_against(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    bring_in(desk, file_of(tmp_path, *LINES))
    id = purchase_id(shop.world.merchant_id, "PO-8")
    desk.do(SendPurchaseOrder(id, shop.world.outlet))
    receipt = desk.receive("PO-8")
    for _ in range(5):
        assert receipt.scan("9520000000028").code == "accepted"
    receipt.finish()
    desk.sync()
    assert dict(on_desk(desk, "SELECT number, status FROM purchase_orders"))["PO-8"] == "closed"
    assert desk.refused() == []


def test_a_second_import_changes_nothing(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    path = file_of(tmp_path, *LINES)
    first = bring_in(desk, path)
    desk.sync()
    before = feed_rows(shop), on_desk(desk, "SELECT count(*) FROM outbox")
    again = bring_in(desk, path)
    other = bring_in(desk, file_of(tmp_path, *reversed(LINES), name="turned.csv"))
    assert (again.job_id, again.operations, again.new, again.standing) == (first.job_id, 0, 0, 2)
    assert (again.written_rows, again.unchanged_rows, again.repeated) == (0, 3, True)
    assert (other.operations, other.new, other.standing, other.refused_rows) == (0, 0, 2, 0)
    desk.sync()
    assert (feed_rows(shop), on_desk(desk, "SELECT count(*) FROM outbox")) == before


def test_two_desks_with_other_orders_of_one_number_lose_none_in_silence(
    shop: Shop, desk: Desk, tmp_path: Path
) -> None:
    other = shop.desk("manager")
    shop.fetch.down = True
    bring_in(desk, file_of(tmp_path, *LINES))
    bring_in(other, file_of(tmp_path, LINES[0].replace("24", "100"), LINES[1], name="other.csv"))
    shop.fetch.down = False
    for one in (desk, other, desk):
        one.sync()
    assert purchases(other) == purchases(desk)
    for one in (desk, other):
        assert [task.code for task in one.tasks()] == ["purchase_order_left_out"]


def test_a_dry_run_writes_nothing(desk: Desk, tmp_path: Path) -> None:
    work = job(desk, file_of(tmp_path, *LINES))
    found = work.dry_run()
    assert (found.state, found.new, len(purchases(desk))) == (State.CHECKED, 2, 1)
    assert work.run().tally.digest == found.tally.digest


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("PO-9,S9,beer-500,,1,1,2025-12-01", FaultCode.UNKNOWN_SUPPLIER),
        ("PO-9,S1,NONE,,1,1,2025-12-01", FaultCode.UNKNOWN_PRODUCT),
        ("PO-9,S1,,123456,1,1,2025-12-01", FaultCode.UNKNOWN_PRODUCT),
        ("PO-9,S1,beer-500,9520000000028,1,1,2025-12-01", FaultCode.CODES_DISAGREE),
        ("PO-9,S1,beer-500,,0,1,2025-12-01", FaultCode.QUANTITY_NOT_POSITIVE),
        ("PO-9,S1,beer-500,,-2,1,2025-12-01", FaultCode.QUANTITY_NOT_POSITIVE),
        ("PO-9,S1,,19520000000018,0.3,1,2025-12-01", FaultCode.QUANTITY_NOT_WHOLE),
        ("PO-9,S1,beer-500,,9520000000028,1,2025-12-01", FaultCode.NUMBER_TOO_LARGE),
        ("PO-9,S1,,19520000000018,9000000,1,2025-12-01", FaultCode.NUMBER_TOO_LARGE),
        ("PO-9,S1,beer-500,,1,-1,2025-12-01", FaultCode.NEGATIVE_COST),
        ("PO-9,S1,beer-500,,1,,2025-12-01", FaultCode.MISSING_VALUE),
        ("PO-9,S1,beer-500,,1,1,soon", FaultCode.DATE_NOT_READ),
        ("PO-9,S1,,,1,1,2025-12-01", FaultCode.MISSING_VALUE),
        ("PO-1,S1,beer-500,,1,1,2025-12-01", FaultCode.NUMBER_TAKEN),
        ("PO-8,S1,beer-500,,1,1,2026-12-01", FaultCode.ORDER_OF_TWO_DAYS),
    ],
)
def test_what_is_wrong_is_named_by_row(desk: Desk, tmp_path: Path, line: str, code: FaultCode) -> None:
    account = bring_in(desk, file_of(tmp_path, LINES[0], LINES[2], LINES[1], line))
    found = codes(account)
    assert found[5] is code
    wrong_order = code is FaultCode.ORDER_OF_TWO_DAYS
    assert found.get(4) == (code if wrong_order else None)
    assert (account.new, account.refused_rows) == ((1, 2) if wrong_order else (2, 1))
    assert account.written_rows + account.refused_rows == account.rows == 4


def test_half_an_order_is_not_placed(desk: Desk, tmp_path: Path) -> None:
    account = bring_in(desk, file_of(tmp_path, LINES[0], "po-7,S1,NONE,,1,1,2025-12-01"))
    assert codes(account) == {2: FaultCode.ORDER_INCOMPLETE, 3: FaultCode.UNKNOWN_PRODUCT}
    assert (account.new, account.operations, len(purchases(desk))) == (0, 0, 1)


def test_two_suppliers_of_one_name_are_asked_about(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    desk.do(AddSupplier(shop.world.chance.new_id(), "S2", "鲁北粮油批发"))
    account = bring_in(desk, file_of(tmp_path, *LINES))
    assert codes(account) == {3: FaultCode.AMBIGUOUS_SUPPLIER}
    assert account.new == 1


def test_a_cancelled_job_goes_on_and_is_taken_back(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    path = file_of(tmp_path, *(f"N-{n},S1,rice-10,,{n + 1},2.5,2025-12-01" for n in range(250)))
    seen: list[Progress] = []
    stopped = job(desk, path)
    stopped.dry_run()
    first = stopped.run(seen.append, lambda: len(seen) >= 1)
    assert (first.state, first.written_rows) == (State.CANCELLED, 100)
    second = bring_in(desk, path)
    assert (second.state, second.new, second.standing, second.written_rows) == (State.FINISHED, 150, 100, 250)
    assert second.job_id is not None
    id = purchase_id(shop.world.merchant_id, "N-3")
    desk.do(SendPurchaseOrder(id, shop.world.outlet))
    desk.receive("N-3")
    undone = UndoJob(desk.runtime, lambda: desk.person.id, second.job_id).run()
    assert (undone.taken_back, undone.kept) == (249, 1)
    assert dict(on_desk(desk, "SELECT status, count(*) FROM purchase_orders GROUP BY status")) == {
        "sent": 2,
        "closed": 249,
    }
    again = bring_in(desk, path)
    assert (again.new, again.standing) == (249, 1)
    desk.sync()
    assert desk.refused() == []
    expected = "SELECT coalesce(sum(expected), 0) FROM availability"
    assert on_desk(desk, expected) == on_server(shop.world.server.engine, expected)
