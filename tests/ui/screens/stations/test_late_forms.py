"""What becomes of one code of the tray is told of that code, and touches no form that asks about another."""

import pytest
from PySide6.QtCore import Qt

from merchant_desk.ui.theme.tokens import Tone
from tests.ui.screens.stations.conftest import Stages
from tests.ui.screens.stations.stage import Floor
from tests.ui.screens.stations.test_lookup_order import Holdup, wait
from tests.ui.screens.stations.test_meant_for import strike

Key = Qt.Key


def test_a_draft_that_is_saved_late_closes_no_form_for_another_code(
    stage: Stages, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = stage("inbound").scan("PO-2611-0457", "HX-1", "HX-2").press(Key.Key_F6)
    sheets = here.screen.sheets
    first, second = sheets.tray.entries
    slow = Holdup(here, monkeypatch)
    sheets.tray.draft(first)
    sheets.draft.name.setText("new tea")
    slow.on = True
    strike(here, Key.Key_Return)
    wait(lambda: slow.held)
    slow.on = False
    sheets.draft.close_sheet()
    sheets.tray.draft(second)
    slow.release()
    wait(here.window.notices.notices)
    here.settle(100)
    assert (here.asking(), sheets.draft.code) == (sheets.draft, second.code)


@pytest.mark.parametrize("then", ["another", "the same", "none"])
def test_what_failed_after_its_form_was_closed_is_told_by_its_code(
    stage: Stages, floor: Floor, monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    here = stage("inbound").scan("PO-2611-0457", "HX-1", "HX-2").press(Key.Key_F6)
    sheets = here.screen.sheets
    first, second = sheets.tray.entries
    slow = Holdup(here, monkeypatch)
    sheets.tray.draft(first)
    sheets.draft.name.setText("new tea")
    here.desk.sign_out()
    slow.on = True
    strike(here, Key.Key_Return)
    wait(lambda: slow.held)
    slow.on = False
    sheets.draft.close_sheet()
    if then != "none":
        sheets.tray.draft(second if then == "another" else first)
    if then == "the same":
        sheets.draft.close_sheet()
    slow.release()
    wait(here.window.notices.notices)
    (notice,) = here.window.notices.notices()
    assert (notice.text.startswith(f"{first.code} 没有保存："), notice.tone) == (True, Tone.REFUSED)
    assert sheets.draft.error == ""
