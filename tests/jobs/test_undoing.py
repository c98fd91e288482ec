"""An import that was a mistake: taken back where nobody has used it, and brought in again, corrected."""

from pathlib import Path
from uuid import UUID

import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.gtins import check_digit
from merchant_desk.domain.products import AddProduct, NewSku
from merchant_desk.domain.refusals import Refusal
from merchant_desk.jobs.account import State
from merchant_desk.jobs.faults import NoSuchJob
from merchant_desk.jobs.undo_job import UndoJob, Undone
from tests.helpers.shop import Shop
from tests.jobs.imports import (
    ORDERS,
    PRODUCTS,
    bring_in,
    job,
    line,
    on_desk,
    on_server,
    order_file,
    product_file,
)

GOODS = (("9520000000035", "Tea"), ("9520000000042", "Salt"), ("ABC-1", "Sugar"))


def undo(desk: Desk, job_id: UUID | None, confirmed: int = 0) -> Undone:
    assert job_id is not None
    return UndoJob(desk.runtime, lambda: desk.person.id, job_id, confirmed).run()


def active(desk: Desk) -> list[str]:
    return on_desk(desk, "SELECT name FROM skus WHERE archived = 0 AND draft = 0 ORDER BY rowid")[2:]


def test_products_that_nobody_used_are_archived_and_scan_no_more(
    desk: Desk, shop: Shop, tmp_path: Path
) -> None:
    account = bring_in(desk, product_file(tmp_path, *GOODS), PRODUCTS)
    desk.sync()
    receipt = desk.receive()
    assert receipt.scan("9520000000042").code == "accepted"
    receipt.finish()
    undone = undo(desk, account.job_id)
    assert (undone.taken_back, undone.kept) == (2, 1)
    assert active(desk) == ["Salt"]
    again = desk.receive()
    assert again.scan("9520000000035").code == "unknown_code"
    desk.sync()
    assert desk.refused() == []
    assert on_desk(desk, "SELECT status FROM jobs") == ["undone"]
    archived = "SELECT sku FROM skus WHERE archived = 1 ORDER BY sku"
    assert (
        on_server(shop.world.server.engine, archived)
        == on_desk(desk, archived)
        == ["9520000000035~1", "ABC-1~1"]
    )


def test_a_corrected_file_comes_in_after_an_undo(desk: Desk, tmp_path: Path) -> None:
    wrong = bring_in(desk, product_file(tmp_path, *GOODS), PRODUCTS)
    undo(desk, wrong.job_id)
    right = product_file(tmp_path, *((code, f"{name}, fine") for code, name in GOODS), name="right.csv")
    right.write_text(right.read_text(encoding="utf-8").replace(", fine", " fine"), encoding="utf-8")
    account = bring_in(desk, right, PRODUCTS)
    assert (account.new, account.standing) == (3, 0)
    assert active(desk) == ["Tea fine", "Salt fine", "Sugar fine"]
    undo(desk, account.job_id)
    again = bring_in(desk, product_file(tmp_path, *GOODS), PRODUCTS)
    assert again.new == 3
    for _ in range(2):
        undone = undo(desk, again.job_id)
        assert (undone.taken_back, undone.kept) == (3, 0), "of this round, not of the one before"
    assert bring_in(desk, product_file(tmp_path, *GOODS), PRODUCTS).new == 3
    assert active(desk) == ["Tea", "Salt", "Sugar"]
    desk.sync()
    assert desk.refused() == []


def test_orders_are_cancelled_and_come_in_again(desk: Desk, shop: Shop, tmp_path: Path) -> None:
    path = order_file(tmp_path, line("1", "TEA", 2, "5.00"), line("C2", "TEA", -1, "5.00"))
    account = bring_in(desk, path, ORDERS)
    undone = undo(desk, account.job_id)
    assert (undone.taken_back, undone.kept) == (3, 0)
    assert dict(on_desk(desk, "SELECT number, status FROM orders")) == {
        "1~1": "cancelled",
        "C2~1": "cancelled",
    }
    assert on_desk(desk, "SELECT note FROM order_events WHERE event = 'import_undone' ORDER BY note") == [
        "1",
        "C2",
    ]
    again = bring_in(desk, path, ORDERS)
    assert (again.new, again.standing) == (2, 0)
    desk.sync()
    assert desk.refused() == []
    sql = "SELECT number, status FROM orders ORDER BY number"
    assert on_server(shop.world.server.engine, sql) == [
        ("1", "completed"),
        ("1~1", "cancelled"),
        ("C2", "completed"),
        ("C2~1", "cancelled"),
    ]
    assert on_desk(desk, "SELECT count(*) FROM order_lines") == [4]


def test_a_barcode_that_was_gained_is_taken_off_and_its_product_stays(
    desk: Desk, shop: Shop, tmp_path: Path
) -> None:
    made = shop.world.chance.new_id()
    desk.do(AddProduct(NewSku(made, "9520000000035", "Old tea", "", "", "袋", 0, False, False, 0, 0, ())))
    account = bring_in(desk, product_file(tmp_path, GOODS[0]), PRODUCTS)
    assert on_desk(desk, "SELECT count(*) FROM barcodes WHERE sku_id = ?", made.bytes) == [1]
    assert undo(desk, account.job_id).taken_back == 1
    assert on_desk(desk, "SELECT count(*) FROM barcodes WHERE sku_id = ?", made.bytes) == [0]
    assert active(desk) == ["Old tea"]


def test_an_undo_that_was_interrupted_goes_on(desk: Desk, tmp_path: Path) -> None:
    path = product_file(tmp_path, *((f"{n:06d}", f"Thing {n}") for n in range(180)))
    account = bring_in(desk, path, PRODUCTS)
    assert account.job_id is not None
    asked = iter([False, False, True])
    UndoJob(desk.runtime, lambda: desk.person.id, account.job_id, 180).run(lambda: next(asked))
    assert on_desk(desk, "SELECT status FROM jobs") == ["finished"]
    assert len(active(desk)) == 80
    assert undo(desk, account.job_id, confirmed=180).taken_back == 180
    assert active(desk) == []


def test_many_barcodes_go_only_when_their_number_was_confirmed(
    desk: Desk, shop: Shop, tmp_path: Path
) -> None:
    codes = [f"95200000{n:04d}" for n in range(60)]
    goods = [(f"{code}{check_digit(code)}", f"Thing {code}") for code in codes]
    account = bring_in(desk, product_file(tmp_path, *goods), PRODUCTS)
    desk.sync()
    count = "SELECT count(*) FROM barcodes"
    (held,) = on_desk(desk, count)
    with pytest.raises(Refusal) as refused:
        undo(desk, account.job_id)
    assert refused.value.code == "deletes_much"
    assert refused.value.facts == {"table": "barcodes", "rows": 60, "held": held}
    assert (on_desk(desk, count), len(active(desk))) == ([held], 60)
    assert undo(desk, account.job_id, confirmed=60).taken_back == 60
    desk.sync()
    assert desk.refused() == []
    assert on_desk(desk, count) == on_server(shop.world.server.engine, count) == [held - 60]


def test_a_job_that_is_not_known_is_told_so(desk: Desk, shop: Shop, tmp_path: Path) -> None:
    account = bring_in(desk, product_file(tmp_path, *GOODS), PRODUCTS)
    other = shop.desk("manager")
    assert account.job_id is not None
    with pytest.raises(NoSuchJob):
        UndoJob(other.runtime, lambda: other.person.id, account.job_id)
    with pytest.raises(NoSuchJob):
        UndoJob(desk.runtime, lambda: desk.person.id, shop.world.chance.new_id())


def test_an_import_after_a_check_that_was_stopped_looks_at_the_file_itself(
    desk: Desk, tmp_path: Path
) -> None:
    work = job(desk, product_file(tmp_path, *GOODS), PRODUCTS)
    work.dry_run()
    assert work.dry_run(cancelled=lambda: True).state is State.CANCELLED
    done = work.run()
    assert (done.state, done.new) == (State.FINISHED, 3)


def test_a_dry_run_tells_the_job_that_is_to_be_undone(desk: Desk, tmp_path: Path) -> None:
    path = product_file(tmp_path, *GOODS)
    done = bring_in(desk, path, PRODUCTS)
    assert job(desk, path, PRODUCTS).dry_run().job_id == done.job_id
