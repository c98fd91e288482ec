"""The window's header: the brand, the way into search and commands, sync, language, light, person."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QWidget

from merchant_desk.ui.actions import Actions
from merchant_desk.ui.theme.fonts import font
from merchant_desk.ui.theme.icons import paint_icon
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Radius, Scheme, Size, Space, Type
from merchant_desk.ui.widgets.buttons import paint_focus
from merchant_desk.ui.widgets.keys import key_cap_size, key_text, paint_key_cap
from merchant_desk.ui.widgets.labels import label
from merchant_desk.ui.window.sync_indicator import SyncIndicator


class Brand(QWidget):
    """The mark: three bars of a code on the accent."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setFixedSize(22, 22)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._look.colours.accent))
        painter.drawRoundedRect(QRectF(0, 0, 22, 22), 6, 6)
        painter.setBrush(QColor("#FFFFFF"))
        for left, width in ((5.5, 2.4), (9.4, 3.6), (14.6, 2.0)):
            painter.drawRect(QRectF(left, 6, width, 10))


class HeaderButton(QAbstractButton):
    """A control of the header that draws itself; it takes no input method."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)


class SearchBox(HeaderButton):
    """Looks like a search field; opens search and commands, so that no text field waits for stray keys."""

    KEY = "Ctrl+K"

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMaximumWidth(460)
        self.setCursor(Qt.CursorShape.IBeamCursor)
        look.language.follow(self, lambda: self.setText(look.text("window.search")))

    def sizeHint(self) -> QSize:
        return QSize(460, 32)

    def minimumSizeHint(self) -> QSize:
        return QSize(96, 32)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._look.colours
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.setPen(QPen(QColor(colours.ink_third if self.underMouse() else colours.field_line), 1))
        painter.setBrush(QColor(colours.field))
        painter.drawRoundedRect(rect, Radius.CONTROL, Radius.CONTROL)
        middle = self.height() / 2
        paint_icon(painter, QRectF(10, middle - 7.5, 15, 15), "search", colours.ink_third)
        cap = key_text(self.KEY)
        size = key_cap_size(cap)
        right = self.width() - size.width() - 10.0
        painter.setFont(font(Type.TEXT))
        painter.setPen(QColor(colours.placeholder))
        room = right - 33 - 8
        words = QFontMetricsF(painter.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
        painter.drawText(QRectF(33, 0, room, self.height()), int(Qt.AlignmentFlag.AlignVCenter), words)
        box = QRectF(right, middle - size.height() / 2, size.width(), size.height())
        paint_key_cap(painter, box, cap, colours.ink_second, colours.field_line, colours.panel)
        if self.hasFocus():
            paint_focus(painter, QRectF(self.rect()), colours)


class PersonButton(HeaderButton):
    """Who is signed in: the first character in a disc, and the name; opens the person's menu."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._name = ""
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        look.language.follow(self, self._write)

    def show_person(self, name: str) -> None:
        """Show a person's name; empty if nobody is signed in."""
        self._name = name
        self._write()

    def sizeHint(self) -> QSize:
        words = QFontMetricsF(font(Type.SMALL)).horizontalAdvance(self.text())
        return QSize(int(28 + 8 + words + 10), 34)

    def minimumSizeHint(self) -> QSize:
        return QSize(34, 34)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._look.colours
        disc = QRectF(3, (self.height() - 28) / 2, 28, 28)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.accent if self._name else colours.neutral_tint))
        painter.drawEllipse(disc)
        if self._name:
            painter.setFont(font(Type.SMALL_STRONG))
            painter.setPen(QColor(colours.on_accent))
            painter.drawText(disc, int(Qt.AlignmentFlag.AlignCenter), self._name[0].upper())
        else:
            paint_icon(painter, disc.adjusted(6, 6, -6, -6), "user", colours.ink_second)
        painter.setFont(font(Type.SMALL))
        painter.setPen(QColor(colours.ink if self.underMouse() else colours.ink_second))
        room = self.width() - 39.0
        if room > 30:
            words = QFontMetricsF(painter.font()).elidedText(self.text(), Qt.TextElideMode.ElideRight, room)
            painter.drawText(QRectF(39, 0, room, self.height()), int(Qt.AlignmentFlag.AlignVCenter), words)
        if self.hasFocus():
            paint_focus(painter, QRectF(self.rect()), colours, radius=17)

    def _write(self) -> None:
        name = self._name
        words = (
            self._look.text("window.signed_in", name=name) if name else self._look.text("window.signed_out")
        )
        self.setText(words)
        self.setAccessibleName(words)
        self.updateGeometry()
        self.update()


class Pill(HeaderButton):
    """A quiet round button with a word or an icon."""

    def __init__(self, look: Look, icon: str = "") -> None:
        super().__init__(look)
        self._icon = icon
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def show_icon(self, icon: str) -> None:
        """Show another icon."""
        self._icon = icon
        self.update()

    def sizeHint(self) -> QSize:
        metrics = QFontMetricsF(font(Type.SMALL))
        words = metrics.horizontalAdvance(self.text()) if self.text() else 16.0
        return QSize(int(words + (22 if self.text() else 14)), int(metrics.height() + 10))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colours = self._look.colours
        rect = QRectF(self.rect())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colours.neutral_tint))
        painter.drawRoundedRect(rect, rect.height() / 2, rect.height() / 2)
        ink = colours.ink if self.underMouse() else colours.ink_second
        if self._icon:
            centre = rect.center() - QPointF(8, 8)
            paint_icon(painter, QRectF(centre.x(), centre.y(), 16, 16), self._icon, ink)
        else:
            painter.setFont(font(Type.SMALL))
            painter.setPen(QColor(ink))
            painter.drawText(rect, int(Qt.AlignmentFlag.AlignCenter), self.text())
        if self.hasFocus():
            paint_focus(painter, rect, colours, radius=rect.height() / 2)


class Header(QWidget):
    """The line on top of the window."""

    def __init__(
        self, look: Look, actions: Actions, person_menu: Sequence[str], now: Callable[[], int]
    ) -> None:
        super().__init__()
        self._look = look
        self._actions = actions
        self._person_menu = tuple(person_menu)
        self.setProperty("look", "header")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.search = SearchBox(look)
        self.sync = SyncIndicator(look, now)
        self.language = Pill(look)
        self.light = Pill(look)
        self.person = PersonButton(look)
        self._name = label(look.text("window.brand"), "brand")
        self._brand = QWidget()
        brand = QHBoxLayout(self._brand)
        brand.setContentsMargins(0, 0, 0, 0)
        brand.setSpacing(Space.SMALL + 2)
        brand.addWidget(Brand(look))
        brand.addWidget(self._name)
        brand.addStretch(1)
        self._brand.setFixedWidth(Size.NAVIGATION - Space.LARGE - Space.MEDIUM)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.LARGE, 6, Space.MEDIUM, 7)
        row.setSpacing(Space.MEDIUM)
        row.addWidget(self._brand)
        row.addWidget(self.search, 3)
        row.addStretch(1)
        for part in (self.sync, self.language, self.light, self.person):
            row.addWidget(part)
        self.setMinimumHeight(Size.HEADER)
        self.language.setText(look.text("window.language"))
        self.language.clicked.connect(look.language.toggle)
        self.light.clicked.connect(look.theme.toggle)
        self.person.clicked.connect(self._open_person_menu)
        look.theme.changed.connect(self._write)
        look.language.follow(self, self._write)

    def set_narrow(self, narrow: bool) -> None:
        """Give up the brand's name where there is little room."""
        self._name.setHidden(narrow)
        self._brand.setFixedWidth(22 if narrow else Size.NAVIGATION - Space.LARGE - Space.MEDIUM)

    def _open_person_menu(self) -> None:
        if not self._person_menu:
            return
        menu = self._actions.menu(self._person_menu, self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.person.mapToGlobal(QPoint(0, self.person.height() + 4)))

    def _write(self) -> None:
        dark = self._look.theme.scheme is Scheme.DARK
        self.light.show_icon("sun" if dark else "moon")
        tip = self._look.text("window.theme_to_light" if dark else "window.theme_to_dark")
        self.light.setToolTip(tip)
        self.light.setAccessibleName(tip)
        self.language.setToolTip(self._look.text("actions.language"))
        self.language.setAccessibleName(self._look.text("actions.language"))
