"""Two warehouses of one outlet: is stock of one never offered in the other, how does one begin and end?"""

from dataclasses import replace
from uuid import UUID

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.locations import AddLocations, ArchiveLocation, location_id
from merchant_desk.domain.orders import AcceptOrder, CancelOrder
from merchant_desk.domain.organisation import AddOutlet, RenameOutlet
from merchant_desk.domain.purchasing import SendPurchaseOrder
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.stock import AdjustStock, UndoScan, availability_id
from merchant_desk.domain.tasks import WITHDRAWN, SettleTask
from merchant_desk.domain.warehouses import (
    AddWarehouse,
    CloseWarehouse,
    RenameWarehouse,
    ReopenWarehouse,
    after_closing_task,
    working_in,
)
from merchant_desk.models import outlet_work
from merchant_desk.models.queries.floor import WarehouseView
from tests.helpers.floor import (
    BEER,
    OTHER_OUTLET,
    OTHER_WAREHOUSE,
    OUTLET,
    WAREHOUSE,
    WORKER,
    Floor,
    adjusted,
    named,
    order,
    purchase,
)

SECOND = named("second warehouse")
SHELF_THERE = location_id(SECOND, "B-01")
ADDED = AddWarehouse(OUTLET, SECOND, "CG2", "后仓")


@pytest.fixture
def two(floor: Floor) -> Floor:
    floor.do(ADDED)
    floor.do(AddLocations(OUTLET, SECOND, "storage", ("B-01",)))
    return floor


def there(units: int) -> AdjustStock:
    return replace(adjusted(units, location=SHELF_THERE), warehouse_id=SECOND)


def available(floor: Floor, warehouse: UUID) -> tuple[int, int, int]:
    rows = floor.rows("availability", id=availability_id(warehouse, BEER))
    row = rows[0] if rows else {"on_hand": 0, "reserved": 0, "expected": 0}
    return row["on_hand"] // MICRO, row["reserved"] // MICRO, row["expected"] // MICRO


def refusal(floor: Floor, body: object) -> Refusal:
    with pytest.raises(Refusal) as refused:
        floor.do(body)
    return refused.value


def test_one_comes_with_its_own_places(two: Floor) -> None:
    row = two.one("warehouses", id=SECOND)
    assert (row["code"], row["name"], row["outlet_id"], row["archived"]) == ("CG2", "后仓", OUTLET, 0)
    places = {one["code"]: one["kind"] for one in two.rows("locations", warehouse_id=SECOND)}
    assert places == {"CG2-IN": "receiving", "CG2-OUT": "staging", "B-01": "storage"}
    assert two.one("locations", id=row["receiving_id"])["code"] == "CG2-IN"
    assert two.one("record_changes", about_id=SECOND)["event"] == "added"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (replace(ADDED, warehouse_id=named("x"), code="cg2"), "warehouse_code_taken"),
        (replace(ADDED, warehouse_id=named("x"), code="ZH"), "warehouse_code_taken"),
        (replace(ADDED, warehouse_id=named("x"), code="后仓"), "outlet_code_unreadable"),
        (replace(ADDED, warehouse_id=named("x"), code="C3", name=" "), "name_unreadable"),
        (replace(ADDED, outlet_id=named("none"), code="C3"), "not_here"),
        (AddOutlet(named("new"), "CG2", "新", "Asia/Shanghai", 0, named("w")), "outlet_code_taken"),
        (RenameWarehouse(OTHER_OUTLET, SECOND, "x"), "other_outlet"),
        (CloseWarehouse(OTHER_OUTLET, OTHER_WAREHOUSE, "x"), "last_warehouse"),
        (CloseWarehouse(OUTLET, SECOND, " "), "reason_unreadable"),
        (AddLocations(OUTLET, SECOND, "storage", ("a-01",)), "location_code_elsewhere"),
    ],
)
def test_what_makes_no_sense_is_refused(two: Floor, body: object, code: str) -> None:
    assert refusal(two, body).code == code


def test_only_who_organises_may(floor: Floor) -> None:
    with pytest.raises(Refusal, match="not_allowed"):
        floor.do(ADDED, by=WORKER)


def test_names_of_outlet_and_warehouses_stay_apart(two: Floor) -> None:
    two.do(RenameOutlet(OUTLET, "城关总店", "前仓"))
    assert (two.one("warehouses", id=WAREHOUSE)["name"], two.one("warehouses", id=SECOND)["name"]) == (
        "前仓",
        "后仓",
    )
    two.do(RenameWarehouse(OUTLET, SECOND, " 冷库 "))
    assert two.one("warehouses", id=SECOND)["name"] == "冷库"


def test_stock_of_one_is_not_offered_in_the_other(two: Floor) -> None:
    two.do(adjusted(5))
    two.do(there(20))
    assert (available(two, WAREHOUSE), available(two, SECOND)) == ((5, 0, 0), (20, 0, 0))
    two.do(order(8))
    said = refusal(two, AcceptOrder(named("order"), OUTLET))
    assert (said.code, said.facts["available"]) == ("stock_short", 5 * MICRO)
    elsewhere = order(8, "there")
    two.do(replace(elsewhere, order=replace(elsewhere.order, warehouse_id=SECOND)))
    two.do(AcceptOrder(named("there"), OUTLET))
    assert (available(two, WAREHOUSE), available(two, SECOND)) == ((5, 0, 0), (20, 8, 0))
    bought = replace(purchase(30), warehouse_id=SECOND)
    two.do(bought)
    two.do(SendPurchaseOrder(bought.order_id, OUTLET))
    assert (available(two, WAREHOUSE), available(two, SECOND)) == ((5, 0, 0), (20, 8, 30))
    two.assert_conserved()


def test_one_closes_when_nothing_is_left_there_and_opens_again(two: Floor) -> None:
    close = CloseWarehouse(OUTLET, SECOND, "租约到期")
    two.do(there(3))
    elsewhere = order(2, "there")
    two.do(replace(elsewhere, order=replace(elsewhere.order, warehouse_id=SECOND)))
    said = refusal(two, close)
    assert (said.code, said.facts["stock"], said.facts["orders"]) == ("warehouse_in_use", 1, 1)
    assert "tasks" not in said.facts
    two.do(CancelOrder(named("there"), OUTLET, "x"))
    two.do(there(-3))
    two.do(order(1, "here"))  # what is open in the other warehouse keeps none from closing
    two.do(close)
    two.do(close)
    assert two.one("warehouses", id=SECOND)["archived"] == 1
    late = order(2, "late")
    assert refusal(two, replace(late, order=replace(late.order, warehouse_id=SECOND))).code == (
        "warehouse_closed"
    )
    assert refusal(two, AddLocations(OUTLET, SECOND, "storage", ("B-02",))).code == "warehouse_closed"
    assert refusal(two, CloseWarehouse(OUTLET, WAREHOUSE, "x")).code == "last_warehouse"
    two.do(ReopenWarehouse(OUTLET, SECOND))
    two.do(AddLocations(OUTLET, SECOND, "storage", ("B-02",)))
    events = [row["event"] for row in two.rows("record_changes", about_id=SECOND)]
    assert sorted(events) == ["added", "archived", "restored"]


def test_facts_that_come_after_its_closing_stand_and_are_told_once(two: Floor) -> None:
    two.do(CloseWarehouse(OUTLET, SECOND, "x"))
    for units in (4, 5):
        assert two.send(there(units)).status == "applied"
    assert available(two, SECOND) == (9, 0, 0)
    told = two.one("tasks", code="warehouse_after_closing")
    assert (told["outlet_id"], told["about_id"]) == (OUTLET, SECOND)
    assert two.send(adjusted(1)).status == "applied"
    assert two.flags().count("warehouse_after_closing") == 1


def view(code: str) -> WarehouseView:
    return WarehouseView(named(code), OUTLET, code, code, named("in"), named("out"))


def test_which_one_a_desk_works_in() -> None:
    one, other = view("CG"), view("CG2")
    assert working_in([one], "ZZ") is one
    assert working_in([one, other], "cg2") is other
    with pytest.raises(Refusal, match="no_warehouse"):
        working_in([], "CG")
    with pytest.raises(Refusal) as refused:
        working_in([one, other], "")
    assert (refused.value.code, refused.value.facts["warehouses"]) == ("warehouse_not_chosen", "CG, CG2")


def test_a_code_is_looked_up_and_not_read_through(two: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    def whole(*_: object, **__: object) -> None:
        raise AssertionError("every warehouse is read")

    monkeypatch.setattr(outlet_work, "_rows", whole)
    two.do(replace(ADDED, warehouse_id=named("third"), code="CG3"))
    two.do(AddOutlet(named("new"), "NEW", "新", "Asia/Shanghai", 0, named("w")))
    assert refusal(two, replace(ADDED, warehouse_id=named("x"), code="cg3")).code == "warehouse_code_taken"


def test_its_own_places_take_no_code_that_a_shelf_has(floor: Floor) -> None:
    floor.do(AddLocations(OUTLET, WAREHOUSE, "storage", ("cg2-out",)))
    said = refusal(floor, ADDED)
    assert (said.code, said.facts["code"], said.facts["warehouse"]) == (
        "location_code_elsewhere",
        "CG2-OUT",
        "CG",
    )
    floor.do(ArchiveLocation(OUTLET, location_id(WAREHOUSE, "cg2-out")))
    floor.do(ADDED)
    assert refusal(floor, AddLocations(OUTLET, WAREHOUSE, "storage", ("cg2-out",))).code == said.code


def test_what_is_used_no_more_keeps_its_code_from_nobody(two: Floor) -> None:
    two.do(ArchiveLocation(OUTLET, SHELF_THERE))
    two.do(AddLocations(OUTLET, WAREHOUSE, "storage", ("B-01",)))
    assert refusal(two, AddLocations(OUTLET, SECOND, "storage", ("B-01",))).code == "location_code_elsewhere"


def test_a_closed_warehouse_gives_its_codes_free_and_reopens_only_without_clashes(two: Floor) -> None:
    two.do(AddLocations(OUTLET, SECOND, "storage", ("B-02",)))
    two.do(CloseWarehouse(OUTLET, SECOND, "x"))
    two.do(AddLocations(OUTLET, WAREHOUSE, "storage", ("b-01", "B-02", "CG2-IN")))
    said = refusal(two, ReopenWarehouse(OUTLET, SECOND))
    assert (said.code, said.facts) == (
        "warehouse_codes_taken",
        {"warehouse": "CG2", "n": 3, "codes": "B-01, B-02, CG2-IN", "others": "CG"},
    )
    two.do(ArchiveLocation(OUTLET, SHELF_THERE))
    for code in ("B-02", "CG2-IN"):
        two.do(ArchiveLocation(OUTLET, location_id(WAREHOUSE, code)))
    two.do(ReopenWarehouse(OUTLET, SECOND))
    two.do(ReopenWarehouse(OUTLET, SECOND))
    assert two.one("warehouses", id=SECOND)["archived"] == 0


def told_of_closing(floor: Floor) -> tuple[str, str]:
    task = floor.one("tasks", code="warehouse_after_closing")
    return task["status"], task["op_kind"]


def test_goods_that_an_undo_or_a_reversal_puts_there_are_told(two: Floor) -> None:
    two.do(there(3))
    taken = two.do(there(-3))
    two.do(CloseWarehouse(OUTLET, SECOND, "x"))
    assert two.send(UndoScan(OUTLET, named("document"), taken)).status == "applied"
    assert available(two, SECOND) == (3, 0, 0)
    assert told_of_closing(two) == ("open", "undo_scan")


def test_it_is_told_anew_after_it_was_settled_and_ends_with_the_reopening(two: Floor) -> None:
    two.do(CloseWarehouse(OUTLET, SECOND, "x"))
    task = after_closing_task(SECOND)
    for _ in range(3):
        assert two.send(there(4)).status == "applied"
        assert told_of_closing(two)[0] == "open"
        two.do(SettleTask(task, OUTLET, "seen", ""))
        assert told_of_closing(two)[0] == "settled"
    assert two.send(there(-12)).status == "applied"
    two.do(ReopenWarehouse(OUTLET, SECOND))
    assert two.one("tasks", id=task)["resolution"] == WITHDRAWN
    two.do(CloseWarehouse(OUTLET, SECOND, "x"))
    assert told_of_closing(two)[0] == "settled", "closing it is no work there"
    assert two.send(there(1)).status == "applied"
    assert told_of_closing(two)[0] == "open"
