"""Does a printer that hangs hold up no other one, nor the end of the window?"""

import socket
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from threading import Event, Thread

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_desk.domain.printers import LABEL, Printer, Reach
from merchant_desk.models.local_settings import LocalSettings
from merchant_desk.printing.outcomes import Outcome, Report
from merchant_desk.ui.printing.service import PrintService
from merchant_desk.ui.screens.locations.label_paper import LocationLabels
from merchant_desk.ui.theme.look import Look
from tests.helpers.print_server import PrintServer
from tests.helpers.zpl_printer import ZplPrinter
from tests.ui.printing.test_queues import LASER

PAGES = LocationLabels("labels", ("A-01",))
AT_ONCE = 1.0
"""Seconds; each wait for a printer is longer."""
SOON = 5.0


class BusyPrinter:
    """A label printer that says for ever that something is still to be printed; counts who is with it."""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.where = f"127.0.0.1:{self._listening.getsockname()[1]}"
        self.came, self.left = Event(), Event()
        self._thread = Thread(target=self._serve)
        self._thread.start()

    def close(self) -> None:
        """Wait until whoever came has left."""
        self._thread.join()
        self._listening.close()

    def _serve(self) -> None:
        link, _ = self._listening.accept()
        with link, suppress(ConnectionError):
            while asked := link.recv(65_536):
                if b"^XZ" in asked:
                    self.came.set()
                if b"~HS" in asked:
                    first = b"\x02030,0,0,0592,001,0,0,0,000,0,0,0\x03\r\n"
                    link.sendall(first + b"\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n")
        self.left.set()


@pytest.fixture
def service(qapp: QApplication, look: Look) -> Iterator[PrintService]:
    made = PrintService(LocalSettings, look)
    yield made
    made.close()


def label_printer(where: str) -> Printer:
    return Printer("L", Reach.ZPL, where, LABEL)


@pytest.mark.parametrize("tried", [True, False], ids=["a test page", "labels"])
def test_the_end_waits_for_no_label_printer(service: PrintService, tried: bool) -> None:
    with closing(BusyPrinter()) as busy:
        printer = label_printer(busy.where)
        if tried:
            service.try_out(printer, PAGES, lambda _: None)
        else:
            service.print(PAGES, printer)
        assert busy.came.wait(SOON)
        began = time.monotonic()
        service.close()
        assert time.monotonic() - began < AT_ONCE
        assert busy.left.wait(SOON), "what waited for the printer goes on behind the window's end"


def test_the_end_waits_for_no_label_printer_that_does_not_answer(service: PrintService) -> None:
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        deaf.settimeout(SOON)
        service.print(PAGES, label_printer(f"127.0.0.1:{deaf.getsockname()[1]}"))
        link, _ = deaf.accept()
        with link:
            began = time.monotonic()
            service.close()
            assert time.monotonic() - began < AT_ONCE


def test_queues_that_hang_hold_up_no_label_printer(
    service: PrintService, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    found: list[Report] = []
    with PrintServer(silent=True) as server, ZplPrinter() as labels:
        monkeypatch.setenv("CUPS_SERVER", server.address)
        for _ in range(2):
            service.print(PAGES, LASER)
        beside = Thread(target=lambda: found.append(service.print_now(LASER, PAGES)))
        beside.start()
        service.print(PAGES, label_printer(labels.where))
        qtbot.waitUntil(lambda: len(labels.labels) == 1)
        began = time.monotonic()
        service.close()
        assert time.monotonic() - began < AT_ONCE
        beside.join(SOON)
    assert [report.outcome for report in found] == [Outcome.CALLED_OFF]
    assert service.print_now(LASER, PAGES).outcome is Outcome.CALLED_OFF
