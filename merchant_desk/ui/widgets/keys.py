"""Keys as they are shown: key caps, alone, in buttons and in lines of hints."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QKeySequence, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from merchant_desk.ui.theme.fonts import font
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space, Type

KEY_PADDING = 6.0
SIGNS = {"Return": "⏎", "Enter": "⏎", "Up": "↑", "Down": "↓", "Left": "←", "Right": "→", "…": "…"}


def key_text(shortcut: str) -> str:
    """Return a portable shortcut ("Ctrl+K") as it stands on a key cap ("Ctrl K", "⌘ K" on macOS).

    Several keys are separated by spaces: "Up Down", "Alt+1 … Alt+9".
    """
    return " ".join(_one_key(part) for part in shortcut.split(" "))


def _one_key(shortcut: str) -> str:
    if shortcut in SIGNS:
        return SIGNS[shortcut]
    native = QKeySequence(shortcut).toString(QKeySequence.SequenceFormat.NativeText)
    return native.replace("+", " ") if native != "+" else native


def key_cap_size(text: str) -> QSize:
    """Return the room that a key cap needs."""
    metrics = QFontMetricsF(font(Type.CAP))
    height = metrics.height() + 3
    return QSize(
        int(max(metrics.horizontalAdvance(text) + 2 * KEY_PADDING, height) + 0.999), int(height + 0.999)
    )


def paint_key_cap(painter: QPainter, rect: QRectF, text: str, ink: str, line: str, ground: str = "") -> None:
    """Draw a key cap: a rounded box with the key's name."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    edge = QColor(line)
    if line == ink:
        edge.setAlphaF(0.55)
    painter.setPen(QPen(edge, 1))
    painter.setBrush(QColor(ground) if ground else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    painter.setPen(QColor(ink))
    painter.setFont(font(Type.CAP))
    painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()


class KeyCap(QWidget):
    """A key cap standing alone, in a line of hints."""

    def __init__(self, look: Look, shortcut: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._text = key_text(shortcut)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def sizeHint(self) -> QSize:
        return key_cap_size(self._text)

    def paintEvent(self, event: QPaintEvent) -> None:
        colours = self._look.colours
        rect = QRectF(self.rect())
        paint_key_cap(QPainter(self), rect, self._text, colours.ink_second, colours.line, colours.panel)


@dataclass(frozen=True, slots=True)
class KeyHint:
    """What a key does here: the text, and a portable shortcut."""

    text: str
    key: str


class HintRow(QWidget):
    """A line of hints, drawn in one go: text and key cap, as many as fit."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._hints: tuple[KeyHint, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_hints(self, hints: Sequence[KeyHint]) -> None:
        """Show other hints, the most useful first."""
        if tuple(hints) == self._hints:
            return
        self._hints = tuple(hints)
        self.setAccessibleName("; ".join(f"{hint.text}: {key_text(hint.key)}" for hint in hints))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(160, int(QFontMetricsF(font(Type.TEXT)).height()) + 4)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        colours = self._look.colours
        face = font(Type.TEXT)
        metrics = QFontMetricsF(face)
        left = 0.0
        for hint in self._hints:
            cap = key_text(hint.key)
            size = key_cap_size(cap)
            wide = metrics.horizontalAdvance(hint.text)
            if left + wide + Space.HAIR + size.width() > self.width():
                return
            painter.setFont(face)
            painter.setPen(QColor(colours.ink_second))
            area = QRectF(left, 0, wide + 2, self.height())
            painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), hint.text)
            left += wide + Space.HAIR + 2
            box = QRectF(left, (self.height() - size.height()) / 2, size.width(), size.height())
            paint_key_cap(painter, box, cap, colours.ink_second, colours.field_line, colours.panel)
            left += size.width() + Space.PAGE
