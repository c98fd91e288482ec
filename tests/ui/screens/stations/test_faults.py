"""A fault stays on the panel until it was acknowledged, and nothing green covers it."""

from typing import Any

import pytest
from PySide6.QtCore import Qt

from merchant_desk.stations.journal import Journal, unfinished
from merchant_desk.ui.theme.tokens import Tone
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


def shown(here: Stage) -> Tone:
    return here.state.tone


def breaks(here: Stage, monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    """Let the disk refuse the journal itself for so many scans."""
    journal = Journal.record
    left = [times]

    def full(self: Journal, *args: Any, **options: Any) -> Any:
        left[0] -= 1
        if left[0] >= 0:
            raise OSError(28, "No space left on device")
        return journal(self, *args, **options)

    monkeypatch.setattr(Journal, "record", full)


def test_a_scan_that_no_disk_took_is_said_not_saved_until_the_next(
    stage: Stages, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = stage("inbound").scan("PO-2611-0457", floor.codes["OIL-5"])
    breaks(here, monkeypatch, 1)
    here.scan(floor.codes["OIL-5"])
    assert shown(here) is Tone.REFUSED
    here.press(Qt.Key.Key_F2)
    here.settle(100)
    assert here.state == ScanState.REFUSED, "nothing green of the scan before"
    assert "再扫一次" in here.headline
    assert floor.codes["OIL-5"] in here.words()
    first = here.screen.history.lines[0]
    assert (first.code, first.text) == ("scan_not_saved", floor.codes["OIL-5"])
    assert here.done("OIL-5") == 1
    here.screen.data.follow(here.screen.sheet)
    here.settle(100)
    assert here.screen.history.lines[0] == first, "read again, the list still has it"
    assert here.scan(floor.codes["OIL-5"]).done("OIL-5") == 2
    assert shown(here) is Tone.OK
    assert [line.code for line in here.screen.history.lines[:2]] == ["accepted", "scan_not_saved"]


def test_what_waits_after_a_fault_is_said_so_and_nothing_green(failed: Stage) -> None:
    failed.press(Qt.Key.Key_F2)
    failed.settle(200)
    assert failed.state is ScanState.ATTENTION
    assert "2 次扫描还没有执行" in failed.headline
    assert not [line for line in failed.screen.history.lines if line.code == "scan_not_saved"]


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
