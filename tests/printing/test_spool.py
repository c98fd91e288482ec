"""Is every label printed once, and is what became of it told as it is?"""

import socket
import struct
from collections.abc import Iterator
from queue import Queue
from threading import Event

import pytest

from merchant_desk.documents.zpl import Bitmap, label_zpl
from merchant_desk.domain.printers import LABEL, Printer, Reach
from merchant_desk.printing import label_socket
from merchant_desk.printing.label_socket import look_at, read_status, send_labels
from merchant_desk.printing.outcomes import Outcome, Report
from merchant_desk.printing.spool import Job, Spool
from tests.helpers.zpl_printer import ZplPrinter

WAIT = 30


def labels(count: int) -> tuple[bytes, ...]:
    """Labels that differ: each has its number of dark rows."""
    return tuple(label_zpl(Bitmap(16, 40, b"\xff\xff" * n + b"\0\0" * (40 - n))) for n in range(1, count + 1))


def numbers(printer: ZplPrinter) -> list[int]:
    return [int(label.dots[:, 0].sum()) for label in printer.labels]


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait as long as a test can."""
    monkeypatch.setattr(label_socket, "ANSWER_SECONDS", 0.1)


@pytest.fixture
def heard() -> "Queue[Job]":
    return Queue()


@pytest.fixture
def spool(heard: "Queue[Job]") -> Iterator[Spool]:
    made = Spool(heard.put, retry_seconds=3_600)
    yield made
    made.close()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


def test_a_printer_that_tells_how_it_is_says_printed() -> None:
    with ZplPrinter() as printer:
        assert send_labels(("127.0.0.1", printer.port), labels(3), Event()) == Report(Outcome.PRINTED, 3, 3)
        assert numbers(printer) == [1, 2, 3]


def test_one_that_says_nothing_has_been_sent_to(short: None) -> None:
    with ZplPrinter(silent=True) as printer:
        assert send_labels(("127.0.0.1", printer.port), labels(2), Event()) == Report(Outcome.SENT, 2, 2)
        assert numbers(printer) == [1, 2]


def test_no_paper_is_said_before_anything_is_sent() -> None:
    with ZplPrinter(paper_out=True) as printer:
        assert look_at(("127.0.0.1", printer.port)).outcome is Outcome.PAPER_OUT
        assert send_labels(("127.0.0.1", printer.port), labels(2), Event()) == Report(Outcome.PAPER_OUT, 0, 2)
        assert printer.labels == []


def test_nobody_there_is_said() -> None:
    assert look_at(("127.0.0.1", free_port())).outcome is Outcome.REFUSED
    assert look_at(("printer.invalid", 9100)).outcome is Outcome.UNREACHABLE


def test_a_printer_that_takes_nothing_times_out_with_its_limit(
    short: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(label_socket, "SEND_SECONDS", 1)
    full = b"^XA" + b" " * 40_000_000 + b"^XZ\n"
    with socket.create_server(("127.0.0.1", 0)) as deaf:  # accepts by its backlog and reads nothing
        report = send_labels(("127.0.0.1", deaf.getsockname()[1]), (full,), Event())
    assert report == Report(Outcome.TIMED_OUT, 0, 1, 1)


def test_one_that_breaks_off_is_told_as_refusing(short: None) -> None:
    with socket.create_server(("127.0.0.1", 0)) as rude:

        def broken(done: int) -> None:
            link, _ = rude.accept()
            link.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            link.close()

        big = b"^XA" + b" " * 40_000_000 + b"^XZ\n"
        port = rude.getsockname()[1]
        report = send_labels(("127.0.0.1", port), (labels(1)[0], big), Event(), broken)
    assert report.outcome is Outcome.REFUSED
    assert report.done == 1


@pytest.mark.parametrize(
    "answer", [b"", b"hello", b"\x02a\x03\x02b\x03\x02c\x03", b"\x02" + b"x," * 12 + b"\x03" * 4]
)
def test_what_is_no_answer_is_none(answer: bytes) -> None:
    assert read_status(answer) is None


def test_a_job_waits_while_the_printer_is_away_and_is_printed_when_it_is_back(
    spool: Spool, heard: "Queue[Job]"
) -> None:
    port = free_port()
    printer = Printer("L", Reach.ZPL, f"127.0.0.1:{port}", LABEL)
    spool.add(printer, "shelves", labels(3))
    waiting = heard.get(timeout=WAIT)
    assert waiting.waits
    assert waiting.report == Report(Outcome.REFUSED, 0, 3)
    spool.add(printer, "more", labels(1))
    assert [job.title for job in spool.jobs] == ["shelves", "more"]
    with ZplPrinter(port) as back:
        spool.try_again()
        assert [heard.get(timeout=WAIT).title for _ in range(2)] == ["shelves", "more"]
        assert numbers(back) == [1, 2, 3, 1]
    assert spool.jobs == ()


def test_a_job_that_was_cut_off_goes_on_where_it_was(spool: Spool, heard: "Queue[Job]", short: None) -> None:
    with ZplPrinter(breaks_after=2) as printer:
        spool.add(Printer("L", Reach.ZPL, printer.where, LABEL), "shelves", labels(5))
        last = heard.get(timeout=WAIT)
        while not last.is_over:
            spool.try_again()
            last = heard.get(timeout=WAIT)
        # What was on its way when the line broke may be lost, as with every raw printer; nothing is doubled.
        assert numbers(printer) == sorted(set(numbers(printer)))
        assert last.done == 5


def test_a_job_that_was_called_off_prints_nothing_more(spool: Spool, heard: "Queue[Job]") -> None:
    with ZplPrinter(paper_out=True) as printer:
        job = spool.add(Printer("L", Reach.ZPL, printer.where, LABEL), "shelves", labels(2))
        assert heard.get(timeout=WAIT).waits
        spool.call_off(job.number)
        last = heard.get(timeout=WAIT)
        assert last.report is not None
        assert last.report.outcome is Outcome.CALLED_OFF
        assert spool.jobs == ()
        printer.paper_out = False
        spool.add(Printer("L", Reach.ZPL, printer.where, LABEL), "other", labels(1))
        assert heard.get(timeout=WAIT).title == "other"
        assert numbers(printer) == [1]
