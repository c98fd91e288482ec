"""A serial scanner that is pulled out in mid-scan, at a station in a real window on a real desk."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from merchant_desk.stations.scans import Tone
from merchant_desk.ui.scanner.serial_port import SerialSettings
from merchant_desk.ui.scanner.settings import ScannerSettings, Terminator
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.tones import Sound
from merchant_desk.ui.widgets.last_scan import ScanState
from tests.helpers.scanner_wedge import SerialLine
from tests.ui.screens.stations.conftest import Stages
from tests.ui.screens.stations.stage import Floor, Stage

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals for a port")

SAID = {
    LanguageCode.CHINESE: ("扫描中途扫描枪断开", "请重新扫描"),
    LanguageCode.ENGLISH: ("scanner went away in mid-scan", "scan again"),
}


def wait(here: Stage, sure: Callable[[], object], what: str) -> None:
    for _ in range(300):
        here.settle(20)
        if sure():
            return
    raise AssertionError(f"never: {what}; the panel says {here.words()}")


@pytest.mark.parametrize("language", list(LanguageCode))
def test_a_scanner_pulled_out_in_mid_scan_costs_the_half_scan_and_says_so(
    stage: Stages, floor: Floor, tmp_path: Path, language: LanguageCode
) -> None:
    here = stage("inbound", language=language).scan("PO-2611-0457")
    line, oil = SerialLine(tmp_path / "ttyS"), floor.codes["OIL-5"]
    try:
        by_enter = ScannerSettings(terminators=frozenset({Terminator.ENTER}))
        here.hub.attach(SerialSettings(str(line.path), retry_ms=50), by_enter)
        line.send(f"{oil}\r{oil}\r".encode())
        wait(here, lambda: here.done("OIL-5") == 2, "two whole scans count")
        line.send(oil[:7].encode())
        here.settle(10)
        line.unplug()
        wait(here, lambda: here.state is ScanState.BLOCKED, "the half one is refused aloud")
        assert all(word in here.words() for word in SAID[language])
        assert here.tones.heard[-1] is Sound.REFUSED
        assert here.done("OIL-5") == 2, "half a code is no scan"
        last = here.screen.history.lines[0]
        assert (last.code, last.tone, last.text) == ("unreadable_burst", Tone.REFUSED, oil[:7])
        line.plug()
        wait(here, lambda: here.hub.sources()[str(line.path)], "the port is read again")
        line.send(f"{oil}\r".encode())
        wait(here, lambda: len(here.screen.control.situation.held) == 1, "a scan while stopped is kept")
        here.scan("MD:OK")
        assert here.asking() is not None, "what was scanned meanwhile is listed"
        here.press(Qt.Key.Key_Return)
        wait(here, lambda: here.done("OIL-5") == 3, "and applied in order")
    finally:
        line.unplug()
    assert {row.sku: row.on_hand for row in here.desk.stock()}["OIL-5"] == 3_000_000
