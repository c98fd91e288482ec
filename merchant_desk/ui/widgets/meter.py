"""A bar that fills: how far a document or a task has come."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Tone

WHOLE = 1000


class Meter(QWidget):
    """A progress bar in 10^-3; above 1000 it is full and in the refused colour (more than expected)."""

    def __init__(self, look: Look, tone: Tone = Tone.OK, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._tone = tone
        self._value = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def value(self) -> int:
        """How full, in 10^-3."""
        return self._value

    def show_value(self, value: int, tone: Tone | None = None) -> None:
        """Fill to `value` x 10^-3."""
        if (value, tone or self._tone) == (self._value, self._tone):
            return
        self._value = value
        self._tone = tone or self._tone
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, 9)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        rect = QRectF(self.rect())
        radius = rect.height() / 2
        painter.setBrush(QColor(self._look.colours.neutral_tint))
        painter.drawRoundedRect(rect, radius, radius)
        if self._value <= 0:
            return
        tone = Tone.REFUSED if self._value > WHOLE else self._tone
        width = max(rect.height(), rect.width() * min(self._value, WHOLE) / WHOLE)
        painter.setBrush(QColor(self._look.colours.ink_of(tone)))
        painter.drawRoundedRect(QRectF(0, 0, width, rect.height()), radius, radius)
