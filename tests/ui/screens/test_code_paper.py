"""Before there is a desk: is a code printed on a queue of the system, and does a dead one stop nobody?"""

import time
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QMenu
from pytestqt.qtbot import QtBot

from merchant_desk.ui.printing import queues
from merchant_desk.ui.printing.queues import Queue
from merchant_desk.ui.screens import code_paper
from merchant_desk.ui.screens.code_paper import CodePaper, PaperOutlet
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Tone
from tests.helpers.print_server import QUEUE, PrintServer
from tests.ui.printing.test_drawing import read_pdf

PAPER = CodePaper("恢复密钥", "K1-ABCDE-FGHIJ", ("一行",))
WAIT_MS = 20_000


@pytest.fixture
def window(qapp: QApplication, look: Look, qtbot: QtBot) -> QDialog:
    made = QDialog()
    qtbot.addWidget(made)
    made.show()
    return made


def told_by(outlet: PaperOutlet) -> list[tuple[str, Tone]]:
    told: list[tuple[str, Tone]] = []
    outlet.told.connect(lambda words, tone: told.append((words, tone)))
    return told


def test_a_dead_print_server_does_not_stop_the_window(
    window: QDialog, look: Look, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "LOOK_SECONDS", 3)
    outlet = PaperOutlet(look, window)
    told = told_by(outlet)
    beats = [time.monotonic()]
    beat = QTimer()
    beat.timeout.connect(lambda: beats.append(time.monotonic()))
    beat.start(10)
    with PrintServer(silent=True) as server:
        monkeypatch.setenv("CUPS_SERVER", server.address)
        outlet.print_out(PAPER)
        outlet.print_out(PAPER)  # again in vain: it is under way
        qtbot.waitUntil(lambda: len(told) == 2, timeout=WAIT_MS)
    beats.append(time.monotonic())
    assert max(after - before for before, after in pairwise(beats)) < 2
    assert [tone for _, tone in told] == [Tone.NEUTRAL, Tone.REFUSED]
    assert told[1][0] == look.text("code_paper.no_printer")


@pytest.mark.qt_log_ignore("does not support (raise|grabbing the keyboard)")
def test_a_code_is_printed_on_the_printer_that_was_chosen(
    window: QDialog, look: Look, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    found = [Queue("other", "Store room", is_default=True), Queue(QUEUE, "Front office", is_default=False)]
    monkeypatch.setattr(code_paper, "system_queues", lambda: found)  # of another process
    outlet = PaperOutlet(look, window)
    told = told_by(outlet)
    with PrintServer() as server:
        monkeypatch.setenv("CUPS_SERVER", server.address)
        outlet.print_out(PAPER)
        qtbot.waitUntil(lambda: bool(window.findChildren(QMenu)), timeout=WAIT_MS)
        (menu,) = window.findChildren(QMenu)
        assert [action.text() for action in menu.actions()] == ["Store room", "Front office"]
        menu.actions()[1].trigger()
        menu.close()
        qtbot.waitUntil(lambda: told[-1][1] is Tone.OK, timeout=WAIT_MS)
        (printed,) = server.documents
    assert "Front office" in told[-1][0]
    path = tmp_path / "printed.pdf"
    path.write_bytes(printed)
    assert read_pdf(path, 0) == [PAPER.code]
