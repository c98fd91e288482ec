"""The opening books as one: all of it is taken back until the shop goes live, nothing after."""

from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from merchant_desk.documents.column_names import ImportKind
from merchant_desk.documents.mapping import suggested_mapping
from merchant_desk.documents.tabular import open_table
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.go_live import (
    Check,
    GoLive,
    GoLiveFacts,
    PlanGoLive,
    check_can_go_live,
    checklist,
)
from merchant_desk.domain.jobs import FinishImport, StartImport
from merchant_desk.domain.refusals import Refusal
from merchant_desk.jobs.account import Account
from merchant_desk.jobs.import_job import ImportJob
from merchant_desk.jobs.opening_undo import OpeningUndo
from merchant_desk.models.queries.go_live import go_live_facts
from tests.helpers.shop import Shop
from tests.jobs.imports import on_desk, on_server

FILES: dict[ImportKind, str] = {
    "suppliers": "供应商编码,供应商名称\nN-1,南关粮油\n",
    "buyers": "客户编号,姓名\nK-1,王小明\nK-2,李红\n",
    "products": "货号,条码,商品名称,售价\nTEA,9520000000035,茶,12\nSALT,9520000000042,盐,\n",
    "opening_stock": "货号,库位,数量,单位成本\nTEA,A-01,10,6\nSALT,A-01,5,\nRICE-10,A-02,3,50\n",
    "open_orders": "销售订单号,客户编码,货号,数量,订单日期\nSO-1,K-1,TEA,2,2025-11-20\n",
    "purchase_orders": "采购单号,供应商,货号,数量,进价,到货日期,已发出\nPO-9,N-1,TEA,5,6,2025-12-01,是\n",
}


def bring_in(desk: Desk, folder: Path, kind: ImportKind) -> Account:
    path = folder / f"{kind}.csv"
    path.write_text(FILES[kind], encoding="utf-8")
    mapping = suggested_mapping(kind, open_table(path).headers, "import")
    account = ImportJob(desk.runtime, lambda: desk.person.id, path, mapping, wanted=kind).run()
    assert account.refused_rows == 0, account.refusals
    return account


def facts_of(shop: Shop, desk: Desk) -> GoLiveFacts:
    return desk.ask(lambda connection: go_live_facts(connection, shop.world.outlet))


def undo_all(desk: Desk, confirmed: int = 0) -> tuple[int, int, int]:
    done = OpeningUndo(desk.runtime, lambda: desk.person.id, confirmed).run()
    return done.taken_back, done.kept, done.counts


def standing(desk: Desk) -> dict[str, int]:
    counts = {
        "suppliers": "suppliers WHERE archived = 0",
        "buyers": "buyers WHERE erased_at IS NULL",
        "skus": "skus WHERE archived = 0",
        "stock": "stock_balances WHERE on_hand <> 0",
        "orders": "orders WHERE status <> 'cancelled'",
        "purchases": "purchase_orders WHERE status <> 'closed'",
    }
    return {name: on_desk(desk, f"SELECT count(*) FROM {rest}")[0] for name, rest in counts.items()}


@pytest.fixture
def manager(shop: Shop) -> Desk:
    return shop.desk("manager", ("cost", "personal"))


def test_all_of_it_goes_and_comes_again(shop: Shop, manager: Desk, tmp_path: Path) -> None:
    desk, before = manager, standing(manager)
    for kind in FILES:
        bring_in(desk, tmp_path, kind)
    count = desk.count("A-03")
    assert count.scan("9520000000028").code == "accepted"
    count.finish()
    desk.sync()
    states = {state.check: state for state in checklist(facts_of(shop, desk))}
    assert (states[Check.STOCK].count, states[Check.COSTS].count, states[Check.PRICES].count) == (4, 1, 1)
    full = standing(desk)
    assert full != before
    assert undo_all(desk) == (1 + 2 + 2 + 3 + 1 + 1, 0, 1)
    desk.sync()
    assert (desk.refused(), standing(desk)) == ([], before)
    assert standing(shop.desk("manager", ("cost", "personal"))) == before
    stock = "SELECT coalesce(sum(quantity), 0) FROM ledger"
    assert on_server(shop.world.server.engine, stock) == [0]
    assert undo_all(desk) == (0, 0, 0)
    for kind in FILES:
        assert bring_in(desk, tmp_path, kind).new
    desk.sync()
    assert desk.refused() == []
    assert standing(desk) == {**full, "stock": full["stock"] - 1}


def test_what_was_used_stays_with_what_it_stands_on(shop: Shop, manager: Desk, tmp_path: Path) -> None:
    desk = manager
    for kind in FILES:
        bring_in(desk, tmp_path, kind)
    desk.sync()
    receipt = desk.receive("PO-9")
    assert receipt.scan("9520000000035").code == "accepted"
    receipt.finish()
    taken_back, kept, _ = undo_all(desk)
    # The purchase order, its supplier, and the tea stay.
    assert (taken_back, kept) == (10 - 3, 3)
    assert on_desk(desk, "SELECT sku FROM skus WHERE archived = 0 AND sku IN ('TEA', 'SALT')") == ["TEA"]
    desk.sync()
    assert desk.refused() == []


def test_what_a_desk_that_is_gone_brought_in_is_taken_back_by_another(
    shop: Shop, manager: Desk, tmp_path: Path
) -> None:
    desk, other = manager, shop.desk("manager", ("cost", "personal"))
    before = standing(desk)
    for kind in FILES:
        bring_in(desk, tmp_path, kind)
    for one in (desk, desk, other):
        one.sync()
    count = other.count("A-03")
    assert count.scan("9520000000028").code == "accepted"
    count.finish()
    assert undo_all(other) == (10, 0, 1)
    for _ in range(2):
        other.sync()
    assert (other.refused(), other.tasks()) == ([], [])
    assert standing(other) == before
    assert standing(shop.desk("manager", ("cost", "personal"))) == before


def test_it_is_refused_once_live(shop: Shop, manager: Desk, tmp_path: Path) -> None:
    desk, other = manager, shop.desk("manager", ("cost", "personal"))
    bring_in(desk, tmp_path, "products")
    bring_in(desk, tmp_path, "opening_stock")
    desk.sync()
    other.sync()
    facts = facts_of(shop, other)
    assert (facts.day, facts.live_at, facts.stated, facts.unfinished) == (None, None, 3, 0)
    check_can_go_live(facts)
    other.do(PlanGoLive(shop.world.outlet, 20261201))
    other.do(GoLive(shop.world.outlet))
    for one in (other, desk):
        one.sync()
    assert facts_of(shop, desk).day == 20261201
    with pytest.raises(Refusal) as closed:
        undo_all(desk)
    assert closed.value.code == "books_closed"
    with pytest.raises(Refusal):
        desk.do(PlanGoLive(shop.world.outlet, 20261202))
    assert on_desk(desk, "SELECT sum(on_hand) FROM stock_balances") == [18 * MICRO]


def test_nobody_goes_live_over_books_that_are_half_written(shop: Shop, manager: Desk) -> None:
    desk, other, outlet = manager, shop.desk("manager"), shop.world.outlet
    job_id = shop.world.chance.new_id()
    desk.do(StartImport(job_id, outlet, "opening_stock", "f.csv", "0" * 64, "0" * 64, "0" * 64, 5))
    with pytest.raises(Refusal) as refused:
        desk.do(GoLive(outlet))
    assert refused.value.code == "not_ready_to_go_live"
    desk.sync()
    shop.fetch.down = True
    other.do(GoLive(outlet))
    shop.fetch.down = False
    other.sync()
    assert ([one.code for one in other.refused()], facts_of(shop, other).live_at) == (
        ["not_ready_to_go_live"],
        None,
    )
    desk.do(FinishImport(job_id, outlet, 0, 5, 0, 0))
    count = desk.count("A-02")
    with pytest.raises(Refusal):
        desk.do(GoLive(outlet))
    assert count.scan("9520000000028").code == "accepted"
    count.finish()
    desk.do(GoLive(outlet))
    desk.sync()
    assert (desk.refused(), facts_of(shop, desk).live_at is None) == ([], False)


def test_an_undo_that_came_too_late_leaves_the_import_as_it_was(
    shop: Shop, manager: Desk, tmp_path: Path
) -> None:
    desk, other = manager, shop.desk("manager")
    bring_in(desk, tmp_path, "products")
    bring_in(desk, tmp_path, "opening_stock")
    desk.sync()
    shop.fetch.down = True
    assert undo_all(desk)[0] == 5
    shop.fetch.down = False
    other.do(GoLive(shop.world.outlet))
    for one in (other, desk, other, desk):
        one.sync()
    assert {one.code for one in desk.refused()} == {"books_closed"}
    for one in (desk, other):
        assert on_desk(one, "SELECT sum(on_hand) FROM stock_balances") == [18 * MICRO]
        assert on_desk(one, "SELECT status FROM jobs WHERE kind = 'opening_stock'") == ["finished"]


def test_a_pick_that_was_undone_is_no_use_of_the_books(shop: Shop, manager: Desk, tmp_path: Path) -> None:
    desk = manager
    bring_in(desk, tmp_path, "products")
    bring_in(desk, tmp_path, "opening_stock")
    desk.sync()
    shop.order("SO-7", (shop.rice, 1))
    desk.sync()
    shipment = desk.ship("SO-7")
    assert shipment.scan("9520000000028").code == "accepted"
    assert facts_of(shop, desk).shipped
    shipment.scan("MD:UNDO")
    assert facts_of(shop, desk).shipped == 0
    OpeningUndo(desk.runtime, lambda: desk.person.id)
