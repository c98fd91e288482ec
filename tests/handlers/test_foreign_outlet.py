"""Can a fact that names one outlet move, close or take back what is another's, unseen?"""

from dataclasses import replace
from uuid import UUID

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.counting import CloseCount, ReverseCount
from merchant_desk.domain.locations import AddLocations, location_id
from merchant_desk.domain.organisation import AddPerson, GrantRole
from merchant_desk.domain.purchasing import SendPurchaseOrder
from merchant_desk.domain.receiving import CloseReceipt, OpenReceipt, ReverseReceipt
from merchant_desk.domain.shipping import CloseShipment, OpenShipment, ReverseShipment
from merchant_desk.domain.stock import AdjustStock, StockKey, availability_id
from merchant_desk.domain.tasks import DismissUnknownCode, ReportUnknownCode
from merchant_desk.server.house import House
from tests.helpers.floor import (
    BEER,
    DESK_B,
    OTHER_OUTLET,
    OTHER_WAREHOUSE,
    OUTLET,
    SHELF,
    START,
    WAREHOUSE,
    Floor,
    adjusted,
    count,
    counted,
    end_count,
    named,
    order,
    picked,
    purchase,
    receipt,
    received,
    shipment,
)

BOSS = named("boss of the other outlet")
OTHER_SHELF = location_id(OTHER_WAREHOUSE, "Z-01")


@pytest.fixture
def two(floor: Floor) -> Floor:
    """Both outlets have a shelf, and the other one a manager who is nothing here."""
    ids = iter(range(1, 1 << 20))
    house = House(floor.store, lambda: START, lambda: named(f"house op {floor.merchant} {next(ids)}"))
    house.do(
        floor.merchant,
        AddPerson(BOSS, "boss", "别店店长", ""),
        GrantRole(BOSS, "manager", OTHER_OUTLET),
        AddLocations(OTHER_OUTLET, OTHER_WAREHOUSE, "storage", ("Z-01",)),
    )
    return floor


def flagged(floor: Floor) -> set[tuple[str, bool]]:
    """Return the tasks' codes, each with whether it stands in the outlet that is concerned."""
    return {(row["code"], row["outlet_id"] == OUTLET) for row in floor.rows("tasks")}


TOLD = {("foreign_outlet", True), ("lost_right", True)}


@pytest.mark.parametrize("of", ["receipt", "shipment", "count"])
def test_who_takes_back_another_outlets_document_is_told_there_with_the_right_that_lacked(
    two: Floor, of: str
) -> None:
    two.send(adjusted(9))
    taken_back: object
    if of == "receipt":
        two.send(receipt())
        two.send(received(5))
        two.send(CloseReceipt(named("receipt"), OUTLET))
        taken_back = ReverseReceipt(named("receipt"), OTHER_OUTLET, (), "x")
    elif of == "shipment":
        two.send(order(5))
        two.send(shipment())
        two.send(picked(5))
        two.send(CloseShipment(named("shipment"), OUTLET, "", ""))
        taken_back = ReverseShipment(named("shipment"), OTHER_OUTLET, (), "x")
    else:
        two.send(count())
        two.send(counted(7))
        two.send(end_count())
        taken_back = ReverseCount(named("count"), OTHER_OUTLET, (), "x")
    assert two.flags() == []
    assert two.send(taken_back, by=BOSS, device=DESK_B).status == "applied"
    assert flagged(two) == TOLD
    two.assert_conserved()


@pytest.mark.parametrize("of", ["receipt", "shipment", "count"])
def test_who_scans_into_or_ends_another_outlets_document_is_told_there(two: Floor, of: str) -> None:
    two.send(adjusted(9))
    opened = {"receipt": receipt(), "shipment": shipment(), "count": count()}[of]
    two.send(order(5))
    two.send(opened)
    if of == "shipment":
        two.send(picked(5))
    closing = {
        "receipt": CloseReceipt(named(of), OTHER_OUTLET),
        "shipment": CloseShipment(named(of), OTHER_OUTLET, "", ""),
        "count": CloseCount(named(of), OTHER_OUTLET, ()),
    }[of]
    two.send(closing, by=BOSS, device=DESK_B)
    assert flagged(two) == TOLD


def test_a_row_of_the_ledger_belongs_to_the_outlet_of_its_location(two: Floor) -> None:
    found = AdjustStock(OUTLET, OTHER_WAREHOUSE, OTHER_SHELF, BEER, None, "sellable", 5 * MICRO, "found", "")
    assert two.send(found).status == "applied"
    row = two.one("ledger")
    assert (row["outlet_id"], row["warehouse_id"]) == (OTHER_OUTLET, OTHER_WAREHOUSE)
    assert [task["outlet_id"] for task in two.rows("tasks")] == [OTHER_OUTLET, OTHER_OUTLET]
    assert set(two.flags()) == {"foreign_outlet"}


@pytest.mark.parametrize(
    ("warehouse", "location"),
    [(OTHER_WAREHOUSE, SHELF), (WAREHOUSE, OTHER_SHELF)],
    ids=["warehouse", "shelf"],
)
def test_a_location_is_counted_in_its_own_warehouse_whatever_is_said(
    two: Floor, warehouse: UUID, location: UUID
) -> None:
    two.send(AdjustStock(OUTLET, warehouse, location, BEER, None, "sellable", 5 * MICRO, "found", ""))
    home = (OUTLET, WAREHOUSE) if location == SHELF else (OTHER_OUTLET, OTHER_WAREHOUSE)
    row = two.one("ledger")
    assert (row["outlet_id"], row["warehouse_id"]) == home
    assert row["availability_id"] == availability_id(home[1], BEER)
    assert two.flags() == ["foreign_outlet"]


def test_scans_of_another_outlets_document_count_in_neither_its_sums_nor_its_lines(two: Floor) -> None:
    two.send(purchase(10))
    two.send(SendPurchaseOrder(named("po"), OUTLET))
    two.send(receipt(order=named("po")))
    theirs = OpenReceipt(named("theirs"), "RC-theirs", OTHER_OUTLET, OTHER_WAREHOUSE, named("po"), None)
    two.send(theirs, by=BOSS, device=DESK_B)
    assert flagged(two) == TOLD
    body = received(4, line=named("po line"), location=OTHER_SHELF)
    two.send(replace(body, outlet_id=OTHER_OUTLET, warehouse_id=OTHER_WAREHOUSE), by=BOSS, device=DESK_B)
    assert two.rows("tallies") == []
    assert two.rows("line_totals", id=named("po line")) == []
    assert two.available()[2] == 10
    assert two.on_hand(location=OTHER_SHELF) == 4


def test_nothing_is_said_of_a_balance_that_is_stated_gone_elsewhere_without_telling_it(two: Floor) -> None:
    there = AdjustStock(
        OTHER_OUTLET, OTHER_WAREHOUSE, OTHER_SHELF, BEER, None, "sellable", 5 * MICRO, "found", ""
    )
    two.send(there, by=BOSS)
    two.send(count())
    two.send(end_count("count", StockKey(OTHER_SHELF, BEER).id))
    line = two.one("count_lines")
    assert (line["outlet_id"], line["variance"]) == (OTHER_OUTLET, -5 * MICRO)
    assert {(row["code"], row["outlet_id"]) for row in two.rows("tasks")} == {
        ("foreign_outlet", OTHER_OUTLET)
    }
    assert {row["outlet_id"] for row in two.rows("ledger")} == {OTHER_OUTLET}


def test_an_order_or_tray_of_another_outlet_is_told_there(two: Floor) -> None:
    two.send(order(5))
    two.send(OpenShipment(named("s"), "S", named("order"), OTHER_OUTLET, OTHER_WAREHOUSE), by=BOSS)
    assert flagged(two) == TOLD
    two.send(ReportUnknownCode(named("tray"), OUTLET, "?", None, None, "", "inbound"))
    two.send(DismissUnknownCode(named("tray"), OTHER_OUTLET), by=BOSS)
    about = [row["about_table"] for row in two.rows("tasks", code="foreign_outlet")]
    assert sorted(about) == ["orders", "unknown_codes"]


def test_at_home_nothing_is_said(two: Floor) -> None:
    for body in (adjusted(9), order(5), shipment(), picked(5), receipt(), received(1), count(), counted(5)):
        two.send(body)
    two.send(CloseShipment(named("shipment"), OUTLET, "", ""))
    two.send(CloseReceipt(named("receipt"), OUTLET))
    two.send(end_count())
    assert two.flags() == []
