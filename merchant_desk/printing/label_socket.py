"""A label printer at a socket: is it able to print, and labels handed over one by one.

Printers that speak ZPL II both ways answer ~HS with three lines between STX and ETX (Zebra, ZPL II
Programming Guide: ~HS). Those that answer nothing are believed to print.
"""

import errno
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from threading import Event

from merchant_desk.printing.outcomes import Outcome, Report

CONNECT_SECONDS = 5
SEND_SECONDS = 30
"""A printer whose buffer is full takes the next label when it has printed one."""
ANSWER_SECONDS = 1.5
PRINT_SECONDS = 20
"""So long a printer that tells how it is is asked whether everything is on paper."""
ASK_AGAIN_SECONDS = 0.2
STATUS = b"~HS\r\n"
ETX = b"\x03"
_LINES = 3
_MOST_ANSWER = 1_024


@dataclass(frozen=True, slots=True)
class HostStatus:
    """What a printer says of itself; `waiting` are formats in its buffer and labels not printed yet."""

    paper_out: bool
    paused: bool
    head_open: bool
    ribbon_out: bool
    waiting: int

    @property
    def hindrance(self) -> Outcome | None:
        """Why it would not print now."""
        if self.paper_out or self.ribbon_out:
            return Outcome.PAPER_OUT
        if self.head_open:
            return Outcome.HEAD_OPEN
        return Outcome.PAUSED if self.paused else None


def read_status(answer: bytes) -> HostStatus | None:
    """Return what an answer to ~HS says; None where it is none."""
    lines = [part.partition(b"\x02")[2].decode("ascii", "replace") for part in answer.split(ETX)]
    fields = [line.split(",") for line in lines[:2]]
    if len(lines) <= _LINES or len(fields[0]) < 12 or len(fields[1]) < 9:
        return None
    first, second = fields
    try:
        waiting = int(first[4]) + int(second[8])
    except ValueError:
        return None
    return HostStatus(first[1] == "1", first[2] == "1", second[2] == "1", second[3] == "1", waiting)


def send_labels(
    address: tuple[str, int],
    labels: Sequence[bytes],
    stop: Event,
    told: Callable[[int], None] = lambda _: None,
) -> Report:
    """Hand labels to a printer, and ask it whether they are on paper; never raises for what the net does.

    Args:
        address: host and port.
        labels: each a whole format.
        stop: set to leave off between two labels.
        told: hears how many are handed over.
    """
    done = 0
    limit = CONNECT_SECONDS
    try:
        with socket.create_connection(address, timeout=CONNECT_SECONDS) as link:
            status = _status(link)
            hindrance = status.hindrance if status is not None else None
            if hindrance is not None or not labels:
                return Report(hindrance or Outcome.SENT, 0, len(labels))
            limit = SEND_SECONDS
            link.settimeout(SEND_SECONDS)
            for label in labels:
                if stop.is_set():
                    return Report(Outcome.CALLED_OFF, done, len(labels))
                link.sendall(label)
                done += 1
                told(done)
            outcome = _printed(link, stop) if status is not None else _ended(link)
            return Report(outcome, done, len(labels))
    except TimeoutError:
        return Report(Outcome.TIMED_OUT, done, len(labels), limit)
    except OSError as error:
        return Report(_outcome_of(error), done, len(labels))


def look_at(address: tuple[str, int]) -> Report:
    """Tell whether a printer is there and could print, and print nothing."""
    return send_labels(address, (), Event())


def _outcome_of(error: OSError) -> Outcome:
    broken = isinstance(error, ConnectionRefusedError | ConnectionResetError | BrokenPipeError)
    if error.errno == errno.ETIMEDOUT:
        return Outcome.TIMED_OUT
    return Outcome.REFUSED if broken else Outcome.UNREACHABLE


def _status(link: socket.socket) -> HostStatus | None:
    """Ask how the printer is; None where it does not say."""
    link.settimeout(ANSWER_SECONDS)
    link.sendall(STATUS)
    answer = b""
    with suppress(TimeoutError):
        while answer.count(ETX) < _LINES and len(answer) < _MOST_ANSWER:
            part = link.recv(_MOST_ANSWER)
            if not part:
                break
            answer += part
    return read_status(answer)


def _printed(link: socket.socket, stop: Event) -> Outcome:
    """Ask until nothing waits in the printer; what it took it prints by itself later."""
    for _ in range(int(PRINT_SECONDS / ASK_AGAIN_SECONDS)):
        status = _status(link)
        if status is None:
            return Outcome.SENT
        if not status.waiting:
            return Outcome.PRINTED
        if status.hindrance is not None or stop.wait(ASK_AGAIN_SECONDS):
            return Outcome.SENT
    return Outcome.SENT


def _ended(link: socket.socket) -> Outcome:
    """Wait until a printer that says nothing has taken everything: it closes, or keeps still."""
    link.shutdown(socket.SHUT_WR)
    link.settimeout(ANSWER_SECONDS)
    with suppress(TimeoutError):
        while link.recv(_MOST_ANSWER):
            pass
    return Outcome.SENT
