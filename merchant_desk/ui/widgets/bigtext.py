"""Very large text that is read from two metres: as large as its room allows, never cut."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from merchant_desk.ui.theme.fonts import font
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Type, TypeStyle

OVERHANG = 0.22
"""What descenders need below the last line, as a share of the type's size."""


def _line_height(pixels: int, style: TypeStyle) -> float:
    return pixels * style.line / style.pixels


class Headline(QWidget):
    """A name on one or two lines in the last-scan size, smaller and on more lines if it must be.

    A sentence that says what to do keeps its end: it ends in … only where not even the smallest type fits.
    """

    SMALLEST = 20
    """Of names, in pixels; what its room is planned for."""

    FINEST = 14
    """Of sentences that would lose their end."""

    def __init__(self, look: Look, style: TypeStyle = Type.LAST_SCAN, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._style = style
        self._text = ""
        self._quiet = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def show_text(self, text: str, *, quiet: bool = False) -> None:
        """Show another text; `quiet` in the third ink, for an idle station."""
        if (text, quiet) == (self._text, self._quiet):
            return
        before = self.sizeHint()
        self._text, self._quiet = text, quiet
        self.setAccessibleName(text)
        if self.sizeHint() != before:
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        wide = QFontMetricsF(font(self._style)).horizontalAdvance(self._text)
        lines = 2 if wide > self.width() > self.minimumSizeHint().width() else 1
        return QSize(
            240, int(lines * _line_height(self._style.pixels, self._style) + OVERHANG * self._style.pixels)
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()

    def minimumSizeHint(self) -> QSize:
        return QSize(80, int(_line_height(self.SMALLEST, self._style) + OVERHANG * self.SMALLEST) + 1)

    def paintEvent(self, event: QPaintEvent) -> None:
        if not self._text:
            return
        painter = QPainter(self)
        colours = self._look.colours
        painter.setPen(QColor(colours.ink_third if self._quiet else colours.ink))
        face, lines = self.layout_text(float(self.width()), float(self.height()))
        painter.setFont(face)
        step = _line_height(face.pixelSize(), self._style)
        top = (self.height() - OVERHANG * face.pixelSize() - step * len(lines)) / 2
        top = max(0.0, top)
        for i, line in enumerate(lines):
            area = QRectF(0, top + i * step, self.width(), step)
            painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip), line)

    def layout_text(self, width: float, height: float) -> tuple[QFont, list[str]]:
        """Return font and lines with which the text fits a room of this size: two, in small type more."""
        face = font(self._style)
        for pixels in range(self._style.pixels, self.FINEST - 1, -2):
            face.setPixelSize(pixels)
            metrics = QFontMetricsF(face)
            room = height + 1 - OVERHANG * pixels
            most = max(int(room / _line_height(pixels, self._style)), 1 if pixels <= self.SMALLEST else 0)
            if pixels > self.SMALLEST:
                most = min(most, 2)
            lines = wrapped(self._text, metrics, width, most)
            if lines and all(metrics.horizontalAdvance(line) <= width for line in lines):
                return face, lines
        lines = wrapped(self._text, metrics, width, max(most, 1))
        return face, [metrics.elidedText(line, Qt.TextElideMode.ElideRight, width) for line in lines]


def wrapped(text: str, metrics: QFontMetricsF, width: float, most: int) -> list[str]:
    """Break a text into at most so many lines; what is too much stands in the last one."""
    lines: list[str] = []
    while text and len(lines) < most:
        if len(lines) == most - 1 or metrics.horizontalAdvance(text) <= width:
            return [*lines, text]
        first, *rest = two_lines(text, metrics, width)
        lines.append(first)
        text = "".join(rest)
    return lines


def two_lines(text: str, metrics: QFontMetricsF, width: float) -> list[str]:
    """Break a text once: at the last space, or between Chinese characters, before `width`."""
    end = len(text)
    while end > 1 and metrics.horizontalAdvance(text[:end]) > width:
        end -= 1
    at = end
    while at > 1 and not breakable(text, at):
        at -= 1
    at = at if at > 1 else end
    return [text[:at].rstrip(), text[at:].lstrip()] if at < len(text) else [text]


def breakable(text: str, at: int) -> bool:
    """Whether a line may end before `text[at]`."""
    if at >= len(text):
        return True
    before, after = text[at - 1], text[at]
    if after in "，。、；：！？）》」』%" or before in "（《「『":
        return False
    return before == " " or after == " " or before > "\u2e7f" or after > "\u2e7f"


class BigCount(QWidget):
    """The running count and what was expected, right-aligned on one baseline, as large as fits."""

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._count = ""
        self._expected = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_count(self, count: str, expected: str = "") -> None:
        """Show other figures; both are already written out."""
        before = self._count, self._expected
        self._count, self._expected = count, f"/{expected}" if expected else ""
        if (self._count, self._expected) == before:
            return
        self.setAccessibleName(f"{count}{self._expected}")
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(220, 112)

    def minimumSizeHint(self) -> QSize:
        return QSize(90, 34)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        large, small = font(Type.COUNT), font(Type.COUNT_OF)
        gap = 8.0
        wide = QFontMetricsF(large).horizontalAdvance(self._count)
        wide += QFontMetricsF(small).horizontalAdvance(self._expected) + gap if self._expected else 0
        room = QFontMetricsF(large).capHeight() * 1.12
        factor = min(1.0, self.width() / max(wide, 1.0), self.height() / room)
        large.setPixelSize(max(14, int(Type.COUNT.pixels * factor)))
        small.setPixelSize(max(12, int(Type.COUNT_OF.pixels * factor)))
        baseline = (self.height() + QFontMetricsF(large).capHeight()) / 2
        right = float(self.width())
        if self._expected:
            right -= QFontMetricsF(small).horizontalAdvance(self._expected)
            painter.setFont(small)
            painter.setPen(QColor(self._look.colours.ink_third))
            painter.drawText(int(right), int(baseline), self._expected)
            right -= gap * factor
        right -= QFontMetricsF(large).horizontalAdvance(self._count)
        painter.setFont(large)
        painter.setPen(QColor(self._look.colours.ink))
        painter.drawText(int(right), int(baseline), self._count)
