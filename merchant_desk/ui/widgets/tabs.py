"""A row of filters with their counts, one of them chosen."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from merchant_desk.ui.theme.fonts import font
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Radius, Size, Tone, Type
from merchant_desk.ui.widgets.buttons import paint_focus

PADDING = 12.0
GAP = 6.0


@dataclass(frozen=True, slots=True)
class Tab:
    """One filter: its id, its name, its count written out, and a tone if the count is urgent."""

    id: str
    text: str
    count: str = ""
    tone: Tone = Tone.NEUTRAL


class FilterTabs(QWidget):
    """Filters side by side; Left and Right move, `chosen(id)` tells; keys reach those without room."""

    chosen = Signal(str)

    def __init__(self, look: Look, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._look = look
        self._tabs: tuple[Tab, ...] = ()
        self._current = 0
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    @property
    def current(self) -> str:
        """The chosen filter's id; empty if there is none."""
        return self._tabs[self._current].id if self._tabs else ""

    def show_tabs(self, tabs: Sequence[Tab], current: str | None = None) -> None:
        """Show filters; keeps the choice unless `current` names another."""
        wanted = current or self.current
        self._tabs = tuple(tabs)
        self._current = next((i for i, tab in enumerate(tabs) if tab.id == wanted), 0)
        self.updateGeometry()
        self.update()

    def choose(self, name: str) -> None:
        """Choose a filter by id, as a click would."""
        for i, tab in enumerate(self._tabs):
            if tab.id == name:
                self._choose(i)

    def sizeHint(self) -> QSize:
        return QSize(200, Size.CONTROL)

    def minimumSizeHint(self) -> QSize:
        return QSize(80, Size.CONTROL)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Right: 1, Qt.Key.Key_Left: -1}.get(Qt.Key(event.key()))
        if step is None or not self._tabs:
            super().keyPressEvent(event)
            return
        self._choose(max(0, min(len(self._tabs) - 1, self._current + step)))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        for i, area in enumerate(self._areas()):
            if area.contains(event.position()):
                self._choose(i)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for i, (tab, area) in enumerate(zip(self._tabs, self._areas(), strict=True)):
            self._paint(painter, tab, area, chosen=i == self._current)

    def _choose(self, i: int) -> None:
        if i == self._current:
            return
        self._current = i
        self.update()
        self.chosen.emit(self.current)

    def _areas(self) -> list[QRectF]:
        """Return each filter's place, moved left as far as it takes to show the chosen one."""
        strong, small = QFontMetricsF(font(Type.STRONG)), QFontMetricsF(font(Type.SMALL_STRONG))
        areas, left = [], 0.0
        for tab in self._tabs:
            count = small.horizontalAdvance(tab.count) + GAP if tab.count else 0.0
            width = strong.horizontalAdvance(tab.text) + count + 2 * PADDING
            areas.append(QRectF(left, 0, width, self.height()))
            left += width + 4
        over = areas[self._current].right() - self.width() if areas else 0.0
        return [area.translated(-max(0.0, over), 0) for area in areas]

    def _paint(self, painter: QPainter, tab: Tab, area: QRectF, *, chosen: bool) -> None:
        colours = self._look.colours
        if chosen:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.accent_tint))
            painter.drawRoundedRect(area, Radius.CONTROL, Radius.CONTROL)
            if self.hasFocus():
                paint_focus(painter, area, colours)
        face = font(Type.STRONG if chosen else Type.TEXT)
        painter.setFont(face)
        painter.setPen(QColor(colours.accent if chosen else colours.ink_second))
        flags = int(Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip)
        inner = area.adjusted(PADDING, 0, -PADDING, 0)
        painter.drawText(inner, flags, tab.text)
        if tab.count:
            inner.adjust(QFontMetricsF(face).horizontalAdvance(tab.text) + GAP, 0, 0, 0)
            painter.setFont(font(Type.SMALL_STRONG))
            if not chosen:
                painter.setPen(QColor(colours.ink_of(tab.tone)))
            painter.drawText(inner, flags, tab.count)
