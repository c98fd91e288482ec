"""Do pages reach a queue of the system, and does a print server that is dead hold up nobody?"""

import threading
import time
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from merchant_desk.domain.printers import A4, LABEL, Printer, Purpose, Reach
from merchant_desk.printing.outcomes import Outcome, Report
from merchant_desk.ui.background import Progress
from merchant_desk.ui.printing import queues
from merchant_desk.ui.printing.trial_page import TrialPage, trial_code
from merchant_desk.ui.texts.speech import FixedSpeech
from tests.helpers.print_server import QUEUE, PrintServer
from tests.ui.printing.test_drawing import read_pdf

LASER = Printer("激光", Reach.QUEUE, QUEUE, A4, purposes=(Purpose.DOCUMENTS,))


def test_a_page_reaches_the_queue_and_is_read_from_its_paper(
    qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with PrintServer() as server:
        monkeypatch.setenv("CUPS_SERVER", server.address)
        assert queues.system_queues() == [queues.Queue(QUEUE, "Laser in the front office", is_default=True)]
        labels = Printer("x", Reach.QUEUE, "", LABEL)  # the system's default
        assert queues.look_at_queue(labels).outcome is Outcome.PAPER_UNKNOWN
        report = queues.print_on_queue(LASER, TrialPage(LASER, FixedSpeech(), "11-22"), Progress())
        assert report == Report(Outcome.SENT, 1, 1)
        (printed,) = server.documents
    path = tmp_path / "printed.pdf"
    path.write_bytes(printed)
    assert read_pdf(path, 0) == [trial_code(LASER)]


def test_a_dead_print_server_is_given_up_while_others_work(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queues, "PRINT_SECONDS", 2)
    beats: list[float] = []
    found: list[Report] = []
    with PrintServer(silent=True) as server:
        monkeypatch.setenv("CUPS_SERVER", server.address)
        page = TrialPage(LASER, FixedSpeech(), "11-22")
        work = threading.Thread(target=lambda: found.append(queues.print_on_queue(LASER, page, Progress())))
        work.start()
        while work.is_alive():
            beats.append(time.monotonic())
            work.join(0.01)
        monkeypatch.setattr(queues, "PRINT_SECONDS", 3_600)
        progress = Progress(lambda *_: progress.cancel())  # as soon as its page is drawn
        found.append(queues.print_on_queue(LASER, page, progress))
    assert found == [Report(Outcome.TIMED_OUT, 0, 1, 2), Report(Outcome.CALLED_OFF, 0, 1)]
    assert len(beats) > 20, "this thread stood still while the system was asked"
