"""Floor 12, 13: minus mode takes back what is in the hand, so much as was said, by scans made in it."""

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.products import AddProduct, Barcode, NewSku
from merchant_desk.stations.scans import Ask
from tests.helpers.shop import Shop
from tests.stations.conftest import BOTTLE, RICE, Floor, Floors, restarted

LA = "(01)09520000000011(17)271231(10)LA"
LB = "(01)09520000000011(17)281231(10)LB"


@pytest.fixture
def receipt(floor: Floors) -> Floor:
    here = floor("inbound")
    here.step("PO-1")
    return here


def minus(here: Floor) -> None:
    here.do(lambda session: session.turn_minus())


def on_hand(here: Floor) -> dict[str, int]:
    sql = "SELECT l.code, b.on_hand FROM stock_balances b JOIN lots l ON l.id = b.lot_id WHERE b.on_hand <> 0"
    rows = here.desk.ask(lambda connection: connection.exec_driver_sql(sql).fetchall())
    return {str(lot): int(count) // MICRO for lot, count in rows}


def test_the_lot_in_the_hand_is_taken_back_and_no_other(receipt: Floor) -> None:
    receipt.scan(LB, LA)
    minus(receipt)
    taken = receipt.scan(LB)
    assert (taken.code, taken.lot) == ("undone", "LB")
    assert on_hand(receipt) == {"LA": 1}
    assert receipt.scan(LB).code == "nothing_to_take_back"


def test_goods_that_do_not_say_which_lot_they_are_of_ask(receipt: Floor) -> None:
    receipt.scan(LB, LA)
    receipt.do(lambda session: session.forget_lots())
    minus(receipt)
    asked = receipt.scan(BOTTLE)
    assert (asked.code, asked.ask) == ("lot_needed", Ask.LOT)
    taken = receipt.do(lambda session: session.give_lot("LB", None, "")).results[0]
    assert (taken.code, taken.lot) == ("undone", "LB")
    receipt.do(lambda session: session.forget_lots())
    assert receipt.scan(BOTTLE).lot == "LA", "one lot is left: nothing to ask"


def test_the_serial_number_in_the_hand_is_taken_back(floor: Floors, shop: Shop) -> None:
    kettle = NewSku(
        shop.world.chance.new_id(), "KETTLE", "电水壶", "Kettle", "", "台", MICRO, False, False, 0, 0,
        (Barcode("9520000000035", "09520000000035", MICRO, "台"),), None, True,
    )  # fmt: skip
    shop.world.server.house.do(shop.world.merchant_id, AddProduct(kettle))
    here = floor("inbound")
    here.do(lambda session: session.open_blind())
    here.scan("(01)09520000000035(21)SN1", "(01)09520000000035(21)SN2")
    minus(here)
    assert here.scan("(01)09520000000035(21)SN1").serial == "SN1"
    assert here.scan("(01)09520000000035(21)SN1").code == "nothing_to_take_back"


def test_one_is_taken_off_a_scan_that_stood_for_more(receipt: Floor) -> None:
    receipt.scan("MD:QTY:5", RICE)
    minus(receipt)
    assert receipt.scan(RICE).done == 4 * MICRO
    receipt.scan("MD:QTY:2")
    assert receipt.scan(RICE).done == 2 * MICRO
    receipt.scan("MD:QTY:2")
    taken = receipt.scan(RICE)
    assert (taken.code, taken.done) == ("undone", 0)
    assert receipt.scan(RICE).code == "nothing_to_take_back"


def test_a_scan_of_as_much_goes_before_one_of_more(receipt: Floor) -> None:
    receipt.scan(RICE, "MD:QTY:5", RICE)
    minus(receipt)
    taken = receipt.scan(RICE)
    assert (taken.code, taken.quantity, taken.done) == ("undone", -MICRO, 5 * MICRO)


def test_a_quantity_ends_with_the_scan_that_takes_back(receipt: Floor) -> None:
    receipt.scan("MD:QTY:4", RICE)
    minus(receipt)
    receipt.scan("MD:QTY:4")
    assert receipt.scan(RICE).done == 0
    minus(receipt)
    assert receipt.scan(RICE).quantity == MICRO


def test_a_quantity_ends_with_an_unknown_code(receipt: Floor) -> None:
    receipt.scan("MD:QTY:5")
    step = receipt.step("mystery-1")
    assert (step.results[0].code, step.results[0].facts["quantity"]) == ("unknown_code", 5 * MICRO)
    assert step.situation.quantity is None
    assert receipt.scan(RICE).quantity == MICRO


def test_the_mode_does_not_change_over_scans_that_wait(receipt: Floor) -> None:
    receipt.scan(RICE, RICE)
    asked = receipt.scan("PO-1")
    receipt.scan(RICE)
    step = receipt.do(lambda session: session.turn_minus())
    assert (step.results[0].code, step.situation.minus) == ("scans_wait", False)
    receipt.do(lambda session: session.acknowledge(accept=False, of=asked.n))
    assert receipt.do(lambda session: session.turn_minus()).results[0].code == "scans_wait"
    assert receipt.do(lambda session: session.apply_held()).results[-1].done == 3 * MICRO


def test_a_card_among_held_scans_turns_the_mode_in_its_turn(receipt: Floor) -> None:
    receipt.scan(RICE, RICE)
    asked = receipt.scan("PO-1")
    receipt.scan(RICE, "MD:MINUS", RICE)
    receipt.do(lambda session: session.acknowledge(accept=False, of=asked.n))
    step = receipt.do(lambda session: session.apply_held())
    assert [result.code for result in step.results] == ["accepted", "minus_on", "undone"]


def test_a_scan_made_in_minus_mode_takes_back_after_a_restart_too(
    floor: Floors, receipt: Floor, shop: Shop
) -> None:
    receipt.scan(RICE, RICE)
    minus(receipt)
    receipt.scan("PO-1")
    receipt.scan(RICE)
    here = floor("inbound", restarted(shop, receipt.desk))
    step = here.do(lambda session: session.resume_last())
    assert (step.situation.minus, len(step.situation.held)) == (True, 1)
    applied = here.do(lambda session: session.apply_held()).results[-1]
    assert (applied.code, applied.done) == ("undone", MICRO)


def test_one_taken_off_more_is_finished_after_a_restart(
    floor: Floors, receipt: Floor, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Power goes between the undo of five and the record of four."""
    receipt.scan("MD:QTY:5", RICE)
    minus(receipt)

    def die(*args: object) -> None:
        raise SystemExit("power")

    with monkeypatch.context() as patch:
        patch.setattr("merchant_desk.stations.judging.recorded", die)
        with pytest.raises(SystemExit):
            receipt.scan(RICE)
    here = floor("inbound", restarted(shop, receipt.desk))
    here.do(lambda session: session.resume_last())
    assert here.do(lambda session: session.apply_held()).results[-1].done == 4 * MICRO


def test_a_lot_that_was_scanned_is_proposed_for_no_other_goods(receipt: Floor) -> None:
    receipt.scan(LA, "MD:QTY:10000")
    asked = receipt.scan(LB)
    assert asked.ask is Ask.CONFIRM
    receipt.do(lambda session: session.acknowledge(accept=False, of=asked.n))
    assert receipt.scan(BOTTLE).code == "lot_needed", "neither lot was typed"
