"""Suppliers and customers from a file: each once, by code; what is personal is sealed."""

from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from merchant_desk.documents.column_names import ImportKind
from merchant_desk.documents.mapping import likely_kind, suggested_mapping
from merchant_desk.documents.tabular import open_table
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.buyers import AddBuyer, BuyerDetails
from merchant_desk.domain.ids import id_of
from merchant_desk.domain.imports import FaultCode
from merchant_desk.domain.orders import ImportOrders, NewOrder, OrderLine, PlaceOrder
from merchant_desk.domain.purchasing import PlacePurchaseOrder, PurchaseLine
from merchant_desk.domain.refusals import Refusal
from merchant_desk.jobs.account import Account
from merchant_desk.jobs.import_job import ImportJob
from merchant_desk.jobs.undo_job import UndoJob
from merchant_desk.sync.personal import Withheld
from tests.helpers.shop import Shop
from tests.jobs.imports import on_desk, on_server

SUPPLIERS = (
    "供应商编码,供应商名称",
    "N-1,南关粮油",
    "s1,鲁北",
    "N-2,北关酒业",
    "N-2,北关酒业",
    "N-3,一家",
    "n-3,另一家",
    ",无编码商行",
)
CUSTOMERS = (
    "客户编号,姓名,手机号,地址,会员等级",
    "K-1,王小明,13800001234,城关路 1 号,金卡",
    "K-2,李红,,,",
    "K-3,,,,",
    "K-3,,,,银卡",
)
WANG = BuyerDetails("王小明", "13800001234", "城关路 1 号")
ALL = ("cost", "personal")


def bring_in(desk: Desk, folder: Path, kind: ImportKind, lines: tuple[str, ...]) -> Account:
    path = folder / f"{kind}-{len(lines)}.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    headers = open_table(path).headers
    assert likely_kind(headers) == kind
    job = ImportJob(desk.runtime, lambda: desk.person.id, path, suggested_mapping(kind, headers, "import"))
    found = job.dry_run()
    account = job.run()
    assert (account.new, account.standing, account.refusals) == (found.new, found.standing, found.refusals)
    return account


def undo(desk: Desk, account: Account) -> tuple[int, int]:
    assert account.job_id is not None
    undone = UndoJob(desk.runtime, lambda: desk.person.id, account.job_id).run()
    return undone.taken_back, undone.kept


def names(desk: Desk) -> dict[str, str]:
    return dict(on_desk(desk, "SELECT code, name FROM suppliers WHERE archived = 0 ORDER BY code"))


def test_suppliers_come_in_once_and_go_where_nobody_ordered(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    account = bring_in(desk, tmp_path, "suppliers", SUPPLIERS)
    assert (account.new, account.standing, account.written_rows) == (3, 1, 3)
    assert {row: (fault.code, fault.text) for row, fault in account.refusals.items()} == {
        6: (FaultCode.PARTY_TWICE, "7"),
        7: (FaultCode.PARTY_TWICE, "6"),
    }
    assert account.noticed == {3: ("differs_here",)}
    here = {"S1": "鲁北粮油批发", "N-1": "南关粮油", "N-2": "北关酒业", "无编码商行": "无编码商行"}
    assert names(desk) == here
    again = bring_in(desk, tmp_path, "suppliers", SUPPLIERS)
    assert (again.operations, again.new, again.standing, again.repeated) == (0, 0, 4, True)
    desk.sync()
    assert (desk.refused(), names(shop.desk("worker"))) == ([], here)
    assert undo(desk, account) == (3, 0)
    assert names(desk) == {"S1": "鲁北粮油批发"}
    assert bring_in(desk, tmp_path, "suppliers", SUPPLIERS).new == 3
    desk.sync()
    assert (desk.refused(), names(desk)) == ([], here)


def test_customers_are_sealed_before_they_are_written(shop: Shop, tmp_path: Path) -> None:
    desk = shop.desk("manager", ALL)
    account = bring_in(desk, tmp_path, "buyers", CUSTOMERS)
    assert (account.new, account.written_rows, account.refused_rows) == (2, 2, 2)
    secret = WANG.name.encode(), WANG.phone.encode(), WANG.address.encode()
    for body in on_desk(desk, "SELECT body FROM outbox"):
        assert not any(text in bytes(body) for text in secret)
    desk.sync()
    other = shop.desk("manager", ALL)
    other.sync()
    found = "SELECT id, code, tail, level FROM buyers ORDER BY code"
    (first, *wang), (second, *_) = on_desk(other, found)
    assert wang == ["K-1", "1234", "金卡"]
    assert other.buyer_details(id_of(first)) == WANG
    assert other.buyer_details(id_of(second)) == BuyerDetails("李红")
    again = bring_in(other, tmp_path, "buyers", CUSTOMERS)
    assert (again.operations, again.new, again.standing) == (0, 0, 2)
    assert undo(desk, account) == (2, 0)
    for one in (desk, other):
        one.sync()
    assert [one.refused() for one in (desk, other)] == [[], []]
    assert on_desk(other, found)[0][1:] == ("K-1~1", "", "金卡")
    assert other.buyer_details(id_of(first)) is Withheld.ERASED
    for keys in (on_desk(desk, "SELECT 1 FROM buyer_keys"), on_desk(other, "SELECT 1 FROM buyer_keys")):
        assert keys == []
    assert on_server(shop.world.server.engine, "SELECT count(*) FROM buyer_keys") == [0]


def test_customers_of_two_desks_offline_are_taken_note_of_once(shop: Shop, tmp_path: Path) -> None:
    desk, other = shop.desk("manager", ALL), shop.desk("manager", ALL)
    shop.fetch.down = True
    for one in (desk, other):
        assert bring_in(one, tmp_path, "buyers", CUSTOMERS).new == 2
    unsent = undo(other, bring_in(other, tmp_path, "buyers", (*CUSTOMERS, "K-9,赵,,,")))
    assert unsent == (0, 1)
    shop.fetch.down = False
    for one in (desk, other, desk, other):
        one.sync()
    for one in (desk, other):
        assert one.refused() == []
        assert on_desk(one, "SELECT code FROM buyers ORDER BY code") == ["K-1", "K-2", "K-9"]
        (wang,) = on_desk(one, "SELECT id FROM buyers WHERE code = 'K-1'")
        assert one.buyer_details(id_of(wang)) == WANG
        assert on_desk(one, "SELECT count(*), sum(shared) FROM buyer_keys") == [(3, 3)]


def test_whom_another_desks_order_names_stays(shop: Shop, tmp_path: Path) -> None:
    desk = shop.desk("manager", ALL)
    suppliers = bring_in(desk, tmp_path, "suppliers", SUPPLIERS)
    customers = bring_in(desk, tmp_path, "buyers", CUSTOMERS)
    desk.sync()
    other = shop.desk("manager", ALL)
    (first,) = on_desk(other, "SELECT id FROM suppliers WHERE code = 'N-1'")
    (wang,) = on_desk(other, "SELECT id FROM buyers WHERE code = 'K-1'")
    world, new_id = shop.world, shop.world.chance.new_id
    bought = PurchaseLine(new_id(), shop.rice, MICRO, MICRO)
    other.do(
        PlacePurchaseOrder(new_id(), "PO-5", world.outlet, world.warehouse, id_of(first), 20260101, (bought,))
    )
    sold = OrderLine(new_id(), shop.rice, MICRO, MICRO, 100)
    order = NewOrder(
        new_id(), "SO-5", "x", world.warehouse, id_of(wang), "", "review", 5, None, 0, 0, (sold,)
    )
    other.do(PlaceOrder(world.outlet, order))
    other.sync()
    # This desk has not heard of either.
    assert (undo(desk, suppliers), undo(desk, customers)) == ((3, 0), (2, 0))
    desk.sync()
    other.sync()
    for one in (desk, other):
        assert one.refused() == []
        assert names(one) == {"S1": "鲁北粮油批发", "N-1": "南关粮油"}
        assert on_desk(one, "SELECT code FROM buyers WHERE erased_at IS NULL") == ["K-1"]
    assert other.buyer_details(id_of(wang)) == WANG


def test_two_desks_offline_mean_one_supplier_and_one_customer(shop: Shop, tmp_path: Path) -> None:
    desk, other = shop.desk("manager", ALL), shop.desk("manager", ALL)
    shop.fetch.down = True
    for one in (desk, other):
        bring_in(one, tmp_path, "suppliers", ("供应商编码,供应商名称", "N-1,南关粮油"))
        bring_in(one, tmp_path, "buyers", ("客户编号,姓名,手机号", "K-1,王小明,"))
    heading = "采购单号,供应商,货号,数量,进价,到货日期,已发出"
    bring_in(other, tmp_path, "purchase_orders", (heading, "PO-9,N-1,RICE-10,5,6,2025-12-01,是"))
    heading = "销售订单号,客户编码,货号,数量,订单日期"
    bring_in(other, tmp_path, "open_orders", (heading, "SO-1,k-1,RICE-10,2,2025-11-20"))
    shop.fetch.down = False
    for one in (desk, other, desk, other):
        one.sync()
    bought = (
        "SELECT s.code FROM purchase_orders o JOIN suppliers s ON s.id = o.supplier_id WHERE number = 'PO-9'"
    )
    sold = "SELECT b.code FROM orders o JOIN buyers b ON b.id = o.buyer_id"
    for one in (desk, other):
        assert (one.refused(), one.tasks()) == ([], [])
        assert (on_desk(one, bought), on_desk(one, sold)) == (["N-1"], ["K-1"])


def test_an_order_whose_customer_is_not_here_says_so(shop: Shop, desk: Desk) -> None:
    world, new_id = shop.world, shop.world.chance.new_id
    sold = OrderLine(new_id(), shop.rice, MICRO, MICRO, 100)
    order = NewOrder(
        new_id(), "SO-5", "x", world.warehouse, new_id(), "K-9", "review", 5, None, 0, 0, (sold,)
    )
    desk.do(ImportOrders(new_id(), 1, world.outlet, (order,)))
    desk.sync()
    assert on_desk(desk, "SELECT buyer, buyer_id FROM orders") == [("K-9", None)]
    assert [task.code for task in desk.tasks()] == ["order_buyer_unknown"]


def test_a_customers_code_is_one_however_its_letters_are_written(shop: Shop, tmp_path: Path) -> None:
    desk = shop.desk("manager", ALL)
    assert bring_in(desk, tmp_path, "buyers", ("客户编号,姓名", "k-1,王小明")).new == 1
    again = bring_in(desk, tmp_path, "buyers", ("客户编号,姓名", "K-1,王小明", "K-2,李红"))
    assert (again.new, again.standing) == (1, 1)
    with pytest.raises(Refusal) as refused:
        desk.do(AddBuyer(shop.world.chance.new_id(), "K-2 ", "", "", b""))
    assert refused.value.code == "buyer_code_taken"
