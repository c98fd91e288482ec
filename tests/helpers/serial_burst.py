"""A serial scanner that sends codes faster than any hand."""

import time
from collections.abc import Sequence

from PySide6.QtCore import QObject, Qt, QTimer

from tests.helpers.scanner_wedge import SerialLine


class SerialBurst(QObject):
    """Sends codes on a serial line, `rate` a second, and moves on with the clock; begins at once."""

    def __init__(self, line: SerialLine, codes: Sequence[str], rate: int) -> None:
        super().__init__()
        self.codes = list(codes)
        self._line = line
        self._rate = rate
        self._sent = 0
        self._begun = time.monotonic()
        self._timer = QTimer(self, interval=4, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._send)
        self._timer.start()

    @property
    def done(self) -> bool:
        """Whether all was sent."""
        return self._sent == len(self.codes)

    def _send(self) -> None:
        due = min(int((time.monotonic() - self._begun) * self._rate), len(self.codes))
        for code in self.codes[self._sent : due]:
            self._line.send(code.encode() + b"\r")
        self._sent = due
        if self.done:
            self._timer.stop()
