"""What a hurried hand takes back at once does not come afterwards; what was left says so."""

import pytest
from PySide6.QtCore import Qt

from tests.ui.screens.stations.conftest import Stages
from tests.ui.screens.stations.stage import Floor
from tests.ui.screens.stations.test_lookup_order import Holdup, wait
from tests.ui.screens.stations.test_meant_for import strike

Key = Qt.Key
ORDER = "PO-2611-0457"


def test_esc_right_after_the_key_closes_the_differences(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan(ORDER, floor.codes["OIL-5"])
    strike(here, Key.Key_F8)
    strike(here, Key.Key_Escape)
    here.settle(300)
    assert here.asking() is None
    here.scan(floor.codes["OIL-5"])
    assert here.done("OIL-5") == 2, "nothing is held back"


def test_esc_before_the_end_is_asked_for_takes_the_asking_back(
    stage: Stages, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = stage("inbound").scan(ORDER, floor.codes["OIL-5"])
    slow = Holdup(here, monkeypatch)
    slow.on = True
    strike(here, Key.Key_F12)
    wait(lambda: slow.held)
    slow.on = False
    strike(here, Key.Key_Escape)
    slow.release()
    here.settle(200)
    assert here.asking() is None


@pytest.mark.parametrize(
    ("station", "code", "may"), [("stocktake", "L:B-01", False), ("inbound", ORDER, True)]
)
def test_differences_are_offered_where_there_is_something_to_differ_from(
    stage: Stages, floor: Floor, station: str, code: str, *, may: bool
) -> None:
    here = stage(station).scan(code, floor.codes["OIL-5"])
    here.press(Key.Key_F8)
    assert (here.asking() is here.screen.sheets.finish) is may


def test_a_finish_card_that_bounced_is_over_with_its_form(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan(ORDER, floor.codes["OIL-5"], "MD:FINISH", "MD:FINISH")
    assert here.asking() is here.screen.sheets.finish
    here.scan("MD:UNDO")
    assert here.asking() is None
    here.scan(floor.codes["OIL-5"])
    assert here.done("OIL-5") == 2


def test_scans_that_were_discarded_wait_no_more_in_the_history(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan(ORDER, "PO-2611-0460", floor.codes["OIL-5"], "MD:UNDO")
    assert here.asking() is here.screen.sheets.held
    here.press(Key.Key_Escape)
    here.scan(floor.codes["OIL-5"])
    assert [line.code for line in here.screen.history.lines][:2] == ["accepted", "discarded"]


def test_a_lot_that_is_proposed_is_shown_as_such(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan(ORDER, floor.codes["MILK-250"])
    here.screen.control.give_lot("L7", 20271231, "")
    here.settle(100)
    assert "沿用上一扫" not in here.words()
    here.scan(floor.codes["MILK-250"])
    assert "批次 L7（沿用上一扫）" in here.words()
    assert "批次沿用上一扫" in [chip.text for chip in here.screen.panel.large.scan.chips]


def test_a_mode_is_shown_again_where_a_document_is_opened_again(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan(ORDER, floor.codes["OIL-5"], "MD:MINUS", "MD:QTY:2")
    desk = here.desk
    here.close()
    again = stage("inbound", desk=desk)
    chips = [chip.text for chip in again.screen.panel.large.scan.chips]
    assert {"减数模式", "下一扫 × 2"} <= set(chips)
