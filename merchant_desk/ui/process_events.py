"""What comes to the window from the process around it: the system's wish to end, and errors nobody caught."""

import contextlib
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from types import FrameType, TracebackType

from PySide6.QtCore import QSocketNotifier


@contextlib.contextmanager
def ending_by_signal(end: Callable[[], object]) -> Iterator[None]:
    """Call `end` when the system asks the process to end, in the event loop and not in between."""
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    theirs.setblocking(False)
    notifier = QSocketNotifier(theirs.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(end)
    before = signal.set_wakeup_fd(ours.fileno())
    handlers = {}
    for name in ("SIGINT", "SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None:
            handlers[number] = signal.signal(number, _note)
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(before)
        notifier.setEnabled(False)
        notifier.deleteLater()
        ours.close()
        theirs.close()


def _note(number: int, frame: FrameType | None) -> None:
    """Let the wake-up socket do the work."""


@contextlib.contextmanager
def telling_errors(tell: Callable[[Exception], None]) -> Iterator[None]:
    """Show an error of the window's own code to the person, not on a terminal that nobody sees."""
    before = sys.excepthook

    def hook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if isinstance(error, Exception):
            tell(error.with_traceback(trace))
        else:
            before(kind, error, trace)

    sys.excepthook = hook
    try:
        yield
    finally:
        sys.excepthook = before
