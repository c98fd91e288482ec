"""A complete order at two desks, and cards that were scanned while the station stood still."""

import pytest
from PySide6.QtCore import Qt

from merchant_desk.desk import Desk
from merchant_desk.stations.counter import Sheet
from tests.ui.screens.stations.conftest import Stages
from tests.ui.screens.stations.stage import Floor, Stage

Key = Qt.Key
Two = tuple[Stage, Desk, Sheet]


@pytest.fixture
def two(stage: Stages, floor: Floor) -> Two:
    """The window at an order of two cans of oil, one of which another desk packs."""
    floor.stock(floor.skus["OIL-5"], 9)
    floor.sale("SO-1", "a", 3, ("OIL-5", 2))
    floor.sale("SO-2", "b", 4, ("OIL-5", 1))
    other, here = floor.desk("manager"), stage("outbound")
    there = other.ship("SO-1")
    there.scan(floor.codes["OIL-5"])
    exchange(here, other)
    here.scan("SO-1")
    return here, other, there


def exchange(here: Stage, other: Desk) -> None:
    for desk in (other, here.desk, other, here.desk):
        desk.sync()
    here.settle(100)


def complete(here: Stage) -> bool:
    return here.screen.control.situation.complete


def test_goods_that_another_desk_takes_back_take_the_green_bar_with_them(two: Two, floor: Floor) -> None:
    here, other, there = two
    here.scan(floor.codes["OIL-5"])
    assert complete(here)
    there.undo()
    exchange(here, other)
    assert not complete(here)
    here.press(Key.Key_Return)
    assert here.document == "SO-1"


def test_goods_that_another_desk_brings_complete_the_order_here(two: Two, floor: Floor) -> None:
    here, other, there = two
    there.scan(floor.codes["OIL-5"])
    exchange(here, other)
    assert complete(here)
    here.press(Key.Key_Return)
    here.settle()
    assert here.document == ""


def test_enter_before_anybody_has_looked_shows_what_is_missing(two: Two, floor: Floor) -> None:
    here, other, there = two
    here.scan(floor.codes["OIL-5"])
    here.screen.data.sheet_read.disconnect(here.screen._show_sheet_reading)
    there.undo()
    exchange(here, other)
    assert complete(here), "the lines were not read again"
    here.press(Key.Key_Return)
    here.settle()
    assert here.asking() is here.screen.sheets.finish
    assert here.document == "SO-1"
    told = [notice.text for notice in here.window.notices.notices()]
    assert told == ["别的工作台撤回了货，这一单还没齐"]


def test_a_quantity_card_among_held_scans_asks_for_the_quantity(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", "PO-1", "MD:QTY", floor.codes["OIL-5"])
    here.press(Key.Key_Return)
    here.settle()
    here.press(Key.Key_Return)
    here.settle()
    sheets = here.screen.sheets
    assert here.asking() is sheets.quantity
    assert sheets.held.isHidden()
    here.type("5").press(Key.Key_Return)
    here.settle(100)
    assert here.asking() is sheets.held
    here.press(Key.Key_Return)
    here.settle(100)
    assert here.done("OIL-5") == 5


def test_a_finish_card_among_held_scans_shows_what_differs(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", "PO-1", floor.codes["OIL-5"], "MD:FINISH")
    here.press(Key.Key_Return)
    here.settle()
    here.press(Key.Key_Return)
    here.settle()
    assert here.asking() is here.screen.sheets.finish
    assert here.done("OIL-5") == 1
    here.press(Key.Key_Return)
    here.settle()
    assert here.document == ""
