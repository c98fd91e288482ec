"""Products, codes, prices, suppliers, people, places, tasks."""

import dataclasses
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

import merchant_desk.handlers
from merchant_desk.domain.amounts import MAX_PRICE, MICRO
from merchant_desk.domain.organisation import (
    AddOutlet,
    AddPerson,
    EnrolDevice,
    FoundMerchant,
    GrantRole,
    RevokeRole,
)
from merchant_desk.domain.products import (
    AddProduct,
    Barcode,
    ChangePrice,
    DraftProduct,
    ImportProducts,
    LearnBarcode,
    SetCost,
)
from merchant_desk.domain.purchasing import ClosePurchaseOrder, SendPurchaseOrder
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.suppliers import AddSupplier
from merchant_desk.domain.tasks import DismissUnknownCode, ReportUnknownCode, SettleTask
from merchant_desk.handlers.context import carry_out
from tests.helpers.floor import (
    BEER,
    MANAGER,
    OTHER_OUTLET,
    OUTLET,
    RICE,
    SUPPLIER,
    VIEWER,
    WORKER,
    Floor,
    adjusted,
    item,
    named,
    purchase,
)


def learn(code: str, sku: UUID = BEER, units: int = 1, unknown: UUID | None = None) -> LearnBarcode:
    return LearnBarcode(sku, Barcode(code, None, units * MICRO, "each"), OUTLET, unknown)


def test_a_sku_is_taken_once_whatever_its_case(floor: Floor) -> None:
    floor.do(AddProduct(item(named("new"), "NEW-1", "N1")))
    row = floor.one("skus", id=named("new"))
    assert (row["sku_key"], row["sort_key"], row["draft"]) == ("new-1", "shang pin  new-1", 0)
    with pytest.raises(Refusal, match="sku_taken"):
        floor.do(AddProduct(item(named("newer"), "new-1")))
    with pytest.raises(Refusal, match="id_taken"):
        floor.do(AddProduct(item(named("new"), "OTHER")))
    with pytest.raises(Refusal, match="not_allowed"):
        floor.do(AddProduct(item(named("x"), "X")), by=WORKER)


def test_a_draft_stands_beside_a_product_with_its_code(floor: Floor) -> None:
    report = ReportUnknownCode(named("tray"), OUTLET, "???", None, None, "B1", "inbound")
    floor.do(report, by=WORKER)
    floor.send(DraftProduct(item(named("draft"), "beer"), OUTLET, named("tray")), by=WORKER)
    assert floor.one("skus", id=named("draft"))["draft"] == 1
    assert floor.flags() == ["sku_taken_by_draft"]
    tray = floor.one("unknown_codes")
    assert (tray["status"], tray["sku_id"]) == ("draft", named("draft"))
    floor.do(DismissUnknownCode(named("tray"), OUTLET))
    assert floor.one("unknown_codes")["status"] == "draft", "what a colleague resolved stays resolved"


def test_a_code_that_is_known_now_waits_nowhere_in_the_tray(floor: Floor) -> None:
    """Two desks met it, and somebody a third time; what was a mis-scan, or is another code, stays."""
    for name, code in (("one", "NEW"), ("two", "NEW"), ("gone", "NEW"), ("other", "X")):
        floor.do(ReportUnknownCode(named(name), OUTLET, code, None, None, "", "inbound"), by=WORKER)
    floor.do(DismissUnknownCode(named("gone"), OUTLET))
    floor.do(dataclasses.replace(learn("NEW"), unknown_code_id=named("one")), by=WORKER)
    states = {
        name: floor.one("unknown_codes", id=named(name))["status"] for name in ("one", "two", "gone", "other")
    }
    assert states == {"one": "learned", "two": "learned", "gone": "misscan", "other": "open"}
    floor.do(ReportUnknownCode(named("draft"), OUTLET, "X", None, None, "", "inbound"), by=WORKER)
    packs = (Barcode("X", None, MICRO, "袋"),)
    new = dataclasses.replace(item(named("new"), "D-1"), barcodes=packs)
    floor.do(DraftProduct(new, OUTLET, named("draft")), by=WORKER)
    assert floor.one("unknown_codes", id=named("other"))["status"] == "draft"


def test_learning_a_new_code_is_everybodys_and_repointing_the_managers(floor: Floor) -> None:
    floor.do(learn("NEW"), by=WORKER)
    assert floor.one("barcodes", code="NEW")["sku_id"] == BEER
    floor.do(learn("NEW"), by=WORKER)
    with pytest.raises(Refusal, match="code_known") as known:
        floor.do(learn("NEW", RICE), by=WORKER)
    assert known.value.facts == {"code": "NEW", "sku": "BEER"}
    with pytest.raises(Refusal, match="code_known"):
        floor.do(learn("NEW", units=6), by=WORKER)
    floor.do(learn("NEW", units=6), by=MANAGER)
    assert floor.one("barcodes", code="NEW")["quantity"] == 6 * MICRO
    floor.do(learn("NEW", RICE), by=MANAGER)
    assert floor.one("barcodes", code="NEW")["sku_id"] == RICE
    with pytest.raises(Refusal, match="not_here"):
        floor.do(learn("OTHER", named("no product")))


def test_an_import_adds_what_is_new_and_codes_that_lack(floor: Floor) -> None:
    job = named("job")
    items = (
        item(named("i1"), "I1", "C1"),
        item(named("i2"), "beer", "B1", "B2"),
        item(named("i3"), "I1", "C3"),
    )
    floor.do(ImportProducts(job, 0, items))
    row = floor.one("job_chunks")
    assert (row["number"], row["created"], row["unchanged"]) == (0, 3, 0)
    assert {r["code"] for r in floor.rows("barcodes", sku_id=BEER)} == {"B1", "B2"}
    assert {r["code"] for r in floor.rows("barcodes", sku_id=named("i1"))} == {"C1", "C3"}
    floor.do(ImportProducts(job, 0, items))
    assert sorted(row["created"] for row in floor.rows("job_chunks")) == [0, 3]


def test_prices_and_costs(floor: Floor) -> None:
    floor.do(ChangePrice(BEER, 7 * MICRO))
    assert floor.one("skus", id=BEER)["price"] == 7 * MICRO
    for price, code in ((-1, "price_negative"), (MAX_PRICE + 1, "price_absurd")):
        with pytest.raises(Refusal, match=code):
            floor.do(ChangePrice(BEER, price))
    for cost in (2 * MICRO, 3 * MICRO):
        floor.do(SetCost(BEER, cost))
        assert floor.one("sku_costs")["cost"] == cost
    with pytest.raises(Refusal, match="cost_negative"):
        floor.do(SetCost(BEER, -1))
    with pytest.raises(Refusal, match="not_here"):
        floor.do(SetCost(named("nothing"), 1))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (AddSupplier(named("s"), "s1", "again"), "supplier_code_taken"),
        (AddSupplier(SUPPLIER, "S2", "again"), "id_taken"),
    ],
)
def test_what_a_manager_may_not_add(floor: Floor, body: Any, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        floor.do(body)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (FoundMerchant("twice", "CNY", named("m"), "x"), "merchant_exists"),
        (AddOutlet(named("o"), "cg", "x", "Asia/Shanghai", 0, named("w")), "outlet_code_taken"),
        (AddOutlet(OUTLET, "XX", "x", "Asia/Shanghai", 0, named("w")), "id_taken"),
        (AddPerson(named("p"), "worker", "x", ""), "login_taken"),
        (AddPerson(named("p"), "new", "x", "P:1"), "badge_taken"),
        (AddPerson(WORKER, "new", "x", ""), "id_taken"),
        (GrantRole(WORKER, "emperor", OUTLET), "unknown_role"),
        (GrantRole(named("nobody"), "clerk", OUTLET), "not_here"),
        (RevokeRole(named("nothing")), "not_here"),
        (EnrolDevice(named("d"), named("no outlet"), "01", "x", b"", b""), "not_here"),
    ],
)
def test_what_the_house_may_not_add(floor: Floor, body: Any, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        floor.do(body, device=floor.house)


def test_a_desk_code_is_never_used_again(floor: Floor) -> None:
    floor.do(EnrolDevice(named("d1"), OUTLET, "01", "desk", b"v", b"s"), device=floor.house)
    with pytest.raises(Refusal, match="device_code_taken"):
        floor.do(EnrolDevice(named("d2"), OUTLET, "01", "desk", b"v", b"s"), device=floor.house)
    with pytest.raises(Refusal, match="not_allowed"):
        floor.do(EnrolDevice(named("d3"), OUTLET, "03", "desk", b"v", b"s"))


def test_decisions_are_judged_by_todays_rights_and_facts_by_those_of_their_day(floor: Floor) -> None:
    old = floor.one("merchants")["rights_version"]
    role = next(row for row in floor.rows("roles") if row["person_id"] == WORKER)
    floor.do(RevokeRole(role["id"]), device=floor.house)
    assert floor.one("merchants")["rights_version"] == old + 1
    floor.do(RevokeRole(role["id"]), device=floor.house)
    assert floor.one("merchants")["rights_version"] == old + 1, "ended once"
    with pytest.raises(Refusal, match="not_allowed"):
        floor.do(learn("NEW"), by=WORKER)
    floor.send(adjusted(1), by=WORKER)
    assert floor.flags() == ["lost_right"], "the desk knew of it"
    assert floor.on_hand() == 1


def test_a_fact_from_a_desk_that_did_not_know_of_the_revocation_is_simply_true(floor: Floor) -> None:
    role = next(row for row in floor.rows("roles") if row["person_id"] == WORKER)
    floor.do(RevokeRole(role["id"]), device=floor.house)
    body, version = adjusted(1), floor.one("merchants")["rights_version"] - 1
    envelope = floor.envelope(body, WORKER, named("desk a"), None, 0)
    with floor.store.unit(floor.merchant) as unit:
        carry_out(unit, dataclasses.replace(envelope, rights_version=version), body)
    assert floor.flags() == []
    assert floor.on_hand() == 1


def test_a_task_is_settled_once_and_at_its_own_outlet(floor: Floor) -> None:
    floor.send(adjusted(-1))
    task = floor.one("tasks")
    with pytest.raises(Refusal, match="unknown_resolution"):
        floor.do(SettleTask(task["id"], OUTLET, "shrug", ""))
    with pytest.raises(Refusal, match="other_outlet"):
        floor.do(SettleTask(task["id"], OTHER_OUTLET, "seen", ""))
    with pytest.raises(Refusal, match="not_allowed"):
        floor.do(SettleTask(task["id"], OUTLET, "seen", ""), by=VIEWER)
    floor.do(SettleTask(task["id"], OUTLET, "seen", "noted"))
    settled = floor.one("tasks")
    assert (settled["status"], settled["settled_by"], settled["note"]) == ("settled", MANAGER, "noted")
    with pytest.raises(Refusal, match="task_settled"):
        floor.do(SettleTask(task["id"], OUTLET, "seen", ""))


def test_purchase_orders_go_one_way(floor: Floor) -> None:
    floor.do(purchase(10))
    with pytest.raises(Refusal, match="number_taken"):
        floor.do(purchase(1))
    assert floor.one("purchase_line_costs")["unit_cost"] == MICRO
    assert floor.available() == (0, 0, 0)
    floor.do(SendPurchaseOrder(named("po"), OUTLET))
    with pytest.raises(Refusal, match="purchase_order_not_draft"):
        floor.do(SendPurchaseOrder(named("po"), OUTLET))
    floor.do(ClosePurchaseOrder(named("po"), OUTLET, "x"))
    with pytest.raises(Refusal, match="purchase_order_closed"):
        floor.do(ClosePurchaseOrder(named("po"), OUTLET, "x"))
    assert floor.available() == (0, 0, 0)
    floor.do(purchase(10, "draft"))
    floor.do(ClosePurchaseOrder(named("draft"), OUTLET, "never sent"))
    assert floor.available() == (0, 0, 0)
    for body in (
        SendPurchaseOrder(named("po"), OTHER_OUTLET),
        ClosePurchaseOrder(named("po"), OTHER_OUTLET, ""),
    ):
        with pytest.raises(Refusal, match="other_outlet"):
            floor.do(body)
    with pytest.raises(Refusal, match="not_here"):
        floor.do(dataclasses.replace(purchase(1, "third"), supplier_id=named("nobody")))
    floor.assert_conserved()


OURS = ("MD:OK", "MD:QTY:12", "MD:NONSENSE", "L:A-01", "L:NOWHERE-9", "P:0042")


@pytest.mark.parametrize("code", OURS)
def test_no_product_learns_a_code_that_we_print_ourselves(floor: Floor, code: str) -> None:
    for body in (
        learn(code),
        AddProduct(dataclasses.replace(item(named("new"), "NEW-1", "N1"), barcodes=(learn(code).barcode,))),
    ):
        with pytest.raises(Refusal) as refused:
            floor.do(body)
        assert (refused.value.code, refused.value.facts) == ("code_reserved", {"code": code})
    assert floor.rows("barcodes", code=code) == []


@pytest.mark.parametrize("code", OURS)
def test_a_draft_stands_without_a_code_of_our_own_and_somebody_is_told(floor: Floor, code: str) -> None:
    kept = Barcode("4711", None, MICRO, "each")
    draft = dataclasses.replace(
        item(named("new"), "D-1", "N1"), barcodes=(kept, Barcode(code, None, MICRO, "each"))
    )
    floor.do(DraftProduct(draft, OUTLET, None))
    assert floor.one("skus", id=named("new"))["draft"] == 1
    assert [row["code"] for row in floor.rows("barcodes", sku_id=named("new"))] == ["4711"]
    assert floor.flags() == ["code_left_out"]


def test_numbers_and_codes_compare_as_one_rule_says(floor: Floor) -> None:
    """Decomposed letters, another case, blanks at the edges: the same number, by `domain.codes.sku_key`."""
    floor.do(purchase(1, "café-1"))
    with pytest.raises(Refusal, match="number_taken"):
        floor.do(purchase(1, " cafe\u0301-1 "))
    floor.do(AddSupplier(named("one"), "CAFÉ", "一"))
    with pytest.raises(Refusal, match="supplier_code_taken"):
        floor.do(AddSupplier(named("two"), "cafe\u0301", "二"))


def test_no_handler_folds_codes_by_a_rule_of_its_own() -> None:
    folder = Path(merchant_desk.handlers.__path__[0])
    assert [path.name for path in sorted(folder.glob("*.py")) if "casefold" in path.read_text("utf-8")] == []
