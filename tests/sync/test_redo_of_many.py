"""What waits against one document, when another desk's work meets it: carried out anew once, not more."""

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.purchasing import (
    ClosePurchaseOrder,
    PlacePurchaseOrder,
    PurchaseLine,
    SendPurchaseOrder,
)
from merchant_desk.domain.receiving import OpenReceipt, ReceiveGoods
from merchant_desk.domain.suppliers import AddSupplier
from merchant_desk.sync.replay import Rework
from tests.helpers.lone_desk import LoneDesk, assert_agrees, enrol
from tests.helpers.shop import Shop

SCANS = 120
"""Some rows more than a slice of the feed holds."""


def test_scans_against_an_order_that_was_closed_are_done_anew_once(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thousand take a quarter of a second so; anew for each slice that brings some, many times that."""
    world = shop.world
    supplier, order, line, receipt = (world.chance.new_id() for _ in range(4))
    other = enrol(shop, "other")
    other.do(AddSupplier(supplier, "S-77", "粮油批发"))
    lines = (PurchaseLine(line, shop.rice, 5_000 * MICRO, MICRO),)
    other.do(PlacePurchaseOrder(order, "PO-77", world.outlet, world.warehouse, supplier, 20261201, lines))
    other.do(SendPurchaseOrder(order, world.outlet))
    other.sync()
    desk.sync()
    desk.do(OpenReceipt(receipt, "RC-77", world.outlet, world.warehouse, order, supplier))
    scan = ReceiveGoods(
        receipt, world.outlet, world.warehouse, world.shelves[0], shop.rice, line, MICRO, MICRO, "", None, "",
        "sellable", "9520000000028",
    )  # fmt: skip
    for _ in range(SCANS):
        desk.do(scan)
    other.do(ClosePurchaseOrder(order, world.outlet, "rest is not coming"))
    other.sync()
    redone: list[int] = []
    run = Rework.run

    def counted(rework: Rework, undone: set[int], *rest: object) -> None:
        redone.append(len(undone))
        run(rework, undone, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(Rework, "run", counted)
    desk.sync()
    other.sync()
    assert sum(redone) <= SCANS + 1
    assert [status for _, status in desk.outbox()] == ["applied"] * (SCANS + 1)
    assert_agrees(desk)
    assert_agrees(other)
    other.close()
