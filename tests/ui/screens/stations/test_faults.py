"""A fault stays on the panel until it was acknowledged, and nothing green covers it."""

from typing import Any

import pytest
from PySide6.QtCore import Qt

from merchant_desk.stations.journal import unfinished
from merchant_desk.ui.widgets.last_scan import ScanState
from tests.ui.screens.stations.conftest import Stages
from tests.ui.screens.stations.stage import Floor, Stage


@pytest.fixture
def failed(stage: Stages, floor: Floor, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """A receipt where the first of two scans met a full disk."""
    here = stage("inbound").scan("PO-2611-0457", floor.codes["OIL-5"])
    runtime = here.desk.runtime
    real = runtime.do_here

    def full(*args: Any, **options: Any) -> Any:
        monkeypatch.setattr(runtime, "do_here", real)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(runtime, "do_here", full)
    here.burst(floor.codes["SOY-19"], floor.codes["OIL-5"])
    here.settle(200)
    return here


def test_the_next_scan_does_not_cover_a_fault(failed: Stage) -> None:
    assert failed.state == ScanState.BLOCKED
    assert failed.screen.sheets.held.isHidden(), "first the fault is seen, then what waits is listed"
    failed.press(Qt.Key.Key_Return)
    failed.settle(200)
    assert not failed.screen.sheets.held.isHidden()
    failed.press(Qt.Key.Key_Return)
    failed.settle(200)
    assert (failed.done("SOY-19"), failed.done("OIL-5")) == (1, 2)
    assert not failed.screen.control.situation.stopped


def test_a_document_cannot_end_while_a_fault_is_unseen(failed: Stage) -> None:
    head = failed.screen.sheet
    assert head is not None
    failed.press(Qt.Key.Key_F12)
    failed.settle(300)
    failed.press(Qt.Key.Key_Return)
    failed.settle(300)
    assert failed.screen.sheet == head
    lines = failed.desk.ask(lambda connection: unfinished(connection, "inbound", head.document_id))
    assert len(lines) == 2
