"""The history of a document whose journal is read more slowly than its first scans come."""

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt

from merchant_desk.stations.outcomes import HistoryLine
from merchant_desk.stations.scans import Tone
from merchant_desk.ui.screens.stations.history_panel import HistoryPanel
from tests.ui.screens.stations.conftest import Stages
from tests.ui.screens.stations.stage import Floor
from tests.ui.screens.stations.test_lookup_order import Holdup, wait


def line(n: int, code: str = "received", **facts: object) -> HistoryLine:
    return HistoryLine(n, n, f"code {n}", "done", Tone.ACCEPTED, code, facts, quantity=1)


def test_the_first_scan_of_a_new_document_stays_when_its_journal_is_read_late(
    stage: Stages, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = stage("inbound")
    slow = Holdup(here, monkeypatch)
    slow.on = True
    here.burst("PO-2611-0457")
    wait(lambda: here.document)
    slow.on = False
    here.burst(floor.codes["OIL-5"])
    wait(lambda: here.screen.history.lines)
    slow.release()
    here.settle(200)
    assert [one.code for one in here.screen.history.lines] == ["accepted"]
    here.press(Qt.Key.Key_F10)
    assert not here.screen.history.lines


def test_results_are_newer_than_a_reading_that_arrives_after_them(stage: Stages) -> None:
    panel = HistoryPanel(stage("inbound").look, "inbound")
    panel.add([line(7), line(8, "undone", undoes=6)])
    panel.show_history([replace(line(7), code="not_applied"), line(6), line(5)], 3)
    assert [(one.n, one.code, one.undone) for one in panel.lines] == [
        (8, "undone", False),
        (7, "received", False),
        (6, "received", True),
        (5, "received", False),
    ]
    panel.clear()
    assert not panel.lines
    panel.deleteLater()
