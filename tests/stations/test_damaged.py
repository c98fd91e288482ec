"""Floor 6: an element of a GS1 message that cannot be read is told, whatever was asked in between."""

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.products import AddProduct, Barcode, NewSku
from merchant_desk.stations.scans import Ask, ScanResult, Tone
from tests.helpers.shop import Shop
from tests.stations.conftest import RICE, Floor, Floors

NO_DAY = "(01)09520000000028(17)271399"
"""Rice with an expiry in the thirteenth month: rice has none, so that nothing is missing."""
NO_DAY_OF_A_LOT = "(01)09520000000011(17)271399(10)L5"


@pytest.fixture
def receipt(floor: Floors) -> Floor:
    here = floor("inbound")
    here.step("PO-1")
    return here


def told(result: ScanResult) -> tuple[str, Tone, list[str]]:
    return result.code, result.tone, [problem.split(":")[0] for problem in result.facts["problems"]]


def test_without_a_question(receipt: Floor) -> None:
    assert told(receipt.scan(NO_DAY)) == ("damaged_element", Tone.ATTENTION, ["17"])


def test_after_a_choice(floor: Floors, shop: Shop) -> None:
    twin = NewSku(
        shop.world.chance.new_id(), "RICE-OLD", "大米（旧）", "Old rice", "", "袋", MICRO, False, False, 0, 0,
        (Barcode(RICE, f"0{RICE}", MICRO, "袋"),),
    )  # fmt: skip
    shop.world.server.house.do(shop.world.merchant_id, AddProduct(twin))
    here = floor("inbound")
    here.do(lambda session: session.open_blind())
    assert here.scan(NO_DAY).ask is Ask.CHOOSE
    chosen = here.do(lambda session: session.choose(0)).results[0]
    assert told(chosen) == ("damaged_element", Tone.ATTENTION, ["17"])


def test_after_a_lot_was_given_in_parts(receipt: Floor) -> None:
    assert receipt.scan(NO_DAY_OF_A_LOT).ask is Ask.LOT
    assert receipt.do(lambda session: session.give_lot("L6", None, "")).results[0].ask is Ask.LOT
    filled = receipt.do(lambda session: session.give_lot("", 20271231, "")).results[0]
    assert told(filled) == ("damaged_element", Tone.ATTENTION, ["17"])


@pytest.mark.parametrize(("had", "code"), [(1, "undone"), (5, "damaged_element")])
def test_in_minus_mode(receipt: Floor, had: int, code: str) -> None:
    """Of one that stood for one, and of one that stood for more."""
    receipt.scan(f"MD:QTY:{had}", RICE)
    receipt.do(lambda session: session.turn_minus())
    taken = receipt.scan(NO_DAY)
    assert told(taken) == (code, Tone.ATTENTION, ["17"])
    assert taken.done == (had - 1) * MICRO


def test_in_minus_mode_after_a_lot_was_given(receipt: Floor) -> None:
    for lot in ("L5", "L6"):
        receipt.scan(f"(01)09520000000011(17)271231(10){lot}")
    receipt.do(lambda session: session.forget_lots())
    receipt.do(lambda session: session.turn_minus())
    asked = receipt.scan("(01)09520000000011(17)271399")
    assert (asked.ask, told(asked)) == (Ask.LOT, ("lot_needed", Tone.ATTENTION, ["17"]))
    taken = receipt.do(lambda session: session.give_lot("L5", None, "")).results[0]
    assert (taken.lot, told(taken)) == ("L5", ("undone", Tone.ATTENTION, ["17"]))


def test_after_a_yes(receipt: Floor) -> None:
    receipt.scan("MD:QTY:10000")
    asked = receipt.scan(NO_DAY)
    assert (asked.code, asked.ask) == ("absurd_quantity", Ask.CONFIRM)
    yes = receipt.do(lambda session: session.acknowledge(accept=True, of=asked.n)).results[0]
    assert yes.quantity == 10_000 * MICRO
    assert told(yes)[2] == ["17"]
