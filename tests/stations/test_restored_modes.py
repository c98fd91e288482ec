"""Floor 4: after a restart the mode and the quantity that were journaled are in force, and shown."""

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.stations.scans import Situation
from tests.helpers.shop import Shop
from tests.stations.conftest import RICE, Floor, Floors, restarted


@pytest.fixture
def receipt(floor: Floors) -> Floor:
    here = floor("inbound")
    here.scan("PO-1", RICE, RICE)
    return here


def again(floor: Floors, shop: Shop, here: Floor) -> tuple[Floor, Situation]:
    """Let the power go; return the station, and what it shows of itself."""
    found = floor("inbound", restarted(shop, here.desk))
    return found, found.do(lambda session: session.resume_last()).situation


@pytest.mark.parametrize("key", [True, False])
def test_minus_mode(floor: Floors, receipt: Floor, shop: Shop, *, key: bool) -> None:
    if key:
        receipt.do(lambda session: session.turn_minus())
    else:
        receipt.scan("MD:MINUS")
    here, situation = again(floor, shop, receipt)
    assert situation.minus
    assert here.scan(RICE).done == MICRO
    here, situation = again(floor, shop, here)
    assert situation.minus, "it holds until it is turned off"
    here.do(lambda session: session.turn_minus())
    here, situation = again(floor, shop, here)
    assert not situation.minus
    assert here.scan(RICE).done == 2 * MICRO


@pytest.mark.parametrize("key", [True, False])
@pytest.mark.parametrize("between", ["", "L:A-02", "MD:UNDO", "MD:MINUS", "MD:QTY:0"])
def test_a_quantity_that_was_set(
    floor: Floors, receipt: Floor, shop: Shop, between: str, *, key: bool
) -> None:
    if key:
        receipt.do(lambda session: session.set_quantity(2 * MICRO))
    else:
        receipt.scan("MD:QTY:2")
    if between:
        receipt.scan(between)
    if between == "MD:MINUS":
        receipt.scan(between)
    here, situation = again(floor, shop, receipt)
    assert situation.quantity == 2 * MICRO
    assert here.scan(RICE).quantity == 2 * MICRO
    assert again(floor, shop, here)[1].quantity is None


@pytest.mark.parametrize("goods", [RICE, "mystery-1", "declined", "minus"])
def test_a_quantity_that_goods_came_for_is_over(
    floor: Floors, receipt: Floor, shop: Shop, goods: str
) -> None:
    receipt.scan("MD:MINUS" if goods == "minus" else "L:A-02")
    if goods == "declined":
        receipt.scan("MD:QTY:10000", RICE, "MD:UNDO")
    else:
        receipt.scan("MD:QTY:1", RICE if goods == "minus" else goods)
    assert receipt.do(lambda session: session.look()).situation.quantity is None
    assert again(floor, shop, receipt)[1].quantity is None
