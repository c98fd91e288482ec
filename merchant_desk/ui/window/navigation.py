"""The navigation: screens in groups, each with icon and badge; narrow windows keep the icons."""

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QAbstractButton, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from merchant_desk.ui.theme.fonts import font
from merchant_desk.ui.theme.icons import paint_icon
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Radius, Size, Space, Tone, Type
from merchant_desk.ui.widgets.buttons import paint_focus
from merchant_desk.ui.widgets.labels import label
from merchant_desk.ui.window.screens import GROUPS, Badge, ScreenSpec


class NavigationItem(QAbstractButton):
    """One screen in the navigation."""

    def __init__(self, look: Look, spec: ScreenSpec, number: int) -> None:
        super().__init__()
        self._look = look
        self.spec = spec
        self._number = number
        self._badge: Badge | None = None
        self._narrow = False
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        look.language.follow(self, self._write)

    def show_badge(self, badge: Badge | None) -> None:
        """Show a number, or none."""
        self._badge = badge if badge and badge.count else None
        self.update()

    def set_narrow(self, narrow: bool) -> None:
        """Show only the icon."""
        self._narrow = narrow
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(80, max(Size.NAVIGATION_ROW, int(QFontMetricsF(font(Type.TEXT)).height()) + 8))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._look.colours
        rect = QRectF(self.rect())
        chosen, hover = self.isChecked(), self.underMouse()
        if chosen or hover:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(colours.accent_tint if chosen else colours.neutral_tint))
            painter.drawRoundedRect(rect, Radius.CONTROL - 1, Radius.CONTROL - 1)
        ink = colours.accent if chosen else colours.ink if hover else colours.ink_second
        middle = rect.height() / 2
        left = (rect.width() - 18) / 2 if self._narrow else 10.0
        paint_icon(painter, QRectF(left, middle - 9, 18, 18), self.spec.icon, ink)
        if self._narrow:
            self._paint_dot(painter, left + 18)
        else:
            self._paint_words(painter, ink)
        if self.hasFocus():
            paint_focus(painter, rect, colours)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
            return
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
            return
        super().keyPressEvent(event)

    def _paint_words(self, painter: QPainter, ink: str) -> None:
        right = self.width() - 10.0
        if self._badge is not None:
            right = self._paint_badge(painter, self._badge, right) - 6
        face = font(Type.STRONG if self.isChecked() else Type.TEXT)
        painter.setFont(face)
        painter.setPen(QColor(ink))
        area = QRectF(38, 0, right - 38, self.height())
        words = QFontMetricsF(face).elidedText(self.text(), Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, int(Qt.AlignmentFlag.AlignVCenter), words)

    def _paint_badge(self, painter: QPainter, badge: Badge, right: float) -> float:
        """Draw the number; return where it begins."""
        colours = self._look.colours
        words = f"{badge.count:,}" if badge.count < 100_000 else "99,999+"
        face = font(Type.SMALL_STRONG)
        metrics = QFontMetricsF(face)
        height = metrics.height() + 1
        width = max(metrics.horizontalAdvance(words) + 13, height)
        box = QRectF(right - width, (self.height() - height) / 2, width, height)
        ground = (
            colours.panel if self.isChecked() and badge.tone is Tone.NEUTRAL else colours.tint_of(badge.tone)
        )
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(ground))
        painter.drawRoundedRect(box, height / 2, height / 2)
        painter.setPen(QColor(colours.ink_of(badge.tone)))
        painter.setFont(face)
        painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), words)
        return box.left()

    def _paint_dot(self, painter: QPainter, right: float) -> None:
        if self._badge is None:
            return
        painter.setPen(Qt.PenStyle.NoPen)
        tone = Tone.ACCENT if self._badge.tone is Tone.NEUTRAL else self._badge.tone
        painter.setBrush(QColor(self._look.colours.ink_of(tone)))
        painter.drawEllipse(QRectF(right - 3, 5, 8, 8))

    def _write(self) -> None:
        self.setText(self._look.text(self.spec.title_key))
        key = f"　Alt+{self._number}" if self._number else ""
        self.setToolTip(f"{self.text()}{key}")
        self.setAccessibleName(self.text())
        self.update()


class Navigation(QScrollArea):
    """All screens; `chosen(id)` asks for one. Up and Down move, Enter opens."""

    chosen = Signal(str)

    def __init__(self, look: Look, specs: Sequence[ScreenSpec]) -> None:
        super().__init__()
        self._look = look
        self.setProperty("look", "navigation")
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._items: dict[str, NavigationItem] = {}
        self._titles: list[QWidget] = []
        inside = QWidget()
        inside.setProperty("look", "clear")
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(Space.SMALL, Space.MEDIUM, Space.SMALL, Space.MEDIUM)
        self._column.setSpacing(0)
        for group in ordered_groups(specs):
            self._add_group(group, [spec for spec in specs if spec.group == group])
        self._column.addStretch(1)
        self.setWidget(inside)
        self.set_narrow(False)

    def order(self) -> list[str]:
        """Return the screens' ids from top to bottom."""
        return list(self._items)

    def show_current(self, name: str) -> None:
        """Mark a screen as the one in front."""
        for item in self._items.values():
            item.setChecked(item.spec.id == name)
        if name in self._items:
            self.ensureWidgetVisible(self._items[name], 0, 24)

    def show_badges(self, badges: Mapping[str, Badge | None]) -> None:
        """Show the numbers; screens not named keep theirs."""
        for name, badge in badges.items():
            if name in self._items:
                self._items[name].show_badge(badge)

    def set_narrow(self, narrow: bool) -> None:
        """Show icons only."""
        self.setFixedWidth(Size.NAVIGATION_NARROW if narrow else Size.NAVIGATION)
        # A narrow window is a low one too: every screen is to be seen without scrolling.
        ends = Space.HAIR if narrow else Space.MEDIUM
        self._column.setContentsMargins(Space.SMALL, ends, Space.SMALL, ends)
        for title in self._titles:
            title.setHidden(narrow)
        for item in self._items.values():
            item.set_narrow(narrow)

    def set_permitted(self, names: set[str]) -> None:
        """Show only these screens: those that the person may use."""
        for name, item in self._items.items():
            item.setHidden(name not in names)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        shown = [item for item in self._items.values() if not item.isHidden()]
        here = next((i for i, item in enumerate(shown) if item.hasFocus()), None)
        if step is None or here is None:
            super().keyPressEvent(event)
            return
        there = shown[max(0, min(len(shown) - 1, here + step))]
        there.setFocus(Qt.FocusReason.OtherFocusReason)
        self.ensureWidgetVisible(there, 0, 24)

    def _add_group(self, group: str, specs: Sequence[ScreenSpec]) -> None:
        title = label("", "cap")
        title.setContentsMargins(10, Space.SMALL, 0, Space.HAIR)
        self._look.language.follow(title, lambda: title.setText(self._look.text(group)))
        self._titles.append(title)
        self._column.addWidget(title)
        for spec in specs:
            number = len(self._items) + 1
            item = NavigationItem(self._look, spec, number if number <= 9 else 0)
            item.clicked.connect(lambda _=False, name=spec.id: self.chosen.emit(name))
            self._items[spec.id] = item
            self._column.addWidget(item)


def ordered_groups(specs: Sequence[ScreenSpec]) -> list[str]:
    """Return the groups that have screens: the known ones in their order, then others as they come."""
    used = list(dict.fromkeys(spec.group for spec in specs))
    return [group for group in GROUPS if group in used] + [group for group in used if group not in GROUPS]
