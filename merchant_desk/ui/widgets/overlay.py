"""What lies over the window: a veil with one sheet. It is no window of its own, so scans still arrive."""

from PySide6.QtCore import QEvent, QObject, QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout, QWidget
from shiboken6 import isValid

from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.widgets.toast import SHEET, Notices

MARGIN = 24
"""Device-independent pixels of veil around the sheet, at least."""


class Overlay(QWidget):
    """A veil over `host` with a sheet; Esc or a click beside the sheet closes it if `dismissable`.

    While it is open it covers its host, and the focus stays inside; closing gives the focus back.
    """

    closed = Signal()

    def __init__(
        self, look: Look, host: QWidget, *, width: int = 640, top: int = 0, dismissable: bool = True
    ) -> None:
        super().__init__(host)
        self._look = look
        self._host = host
        self._dismissable = dismissable
        self._return_to: QWidget | None = None
        self.sheet = QFrame(self)
        self.sheet.setObjectName(SHEET)
        self.sheet.setProperty("look", "panel")
        self._width = width
        self._top = top
        self.column = QVBoxLayout(self.sheet)
        self.column.setContentsMargins(1, 1, 1, 1)
        self.column.setSpacing(0)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        host.installEventFilter(self)
        self.hide()

    def open(self, focus: QWidget | None = None) -> None:
        """Show the sheet over the host and move the focus into it."""
        # Nothing has the focus yet in a window that is just coming up; what will get it is known.
        focused: QWidget | None = QApplication.focusWidget()
        before: QWidget | None = self.window().focusWidget() if focused is None else focused
        if before is None or not self.isAncestorOf(before):
            self._return_to = before
        self._place()
        self.show()
        self.raise_()
        self._make_room()
        (focus or self).setFocus(Qt.FocusReason.PopupFocusReason)

    def close_sheet(self) -> None:
        """Take the sheet away and give the focus back."""
        if self.isHidden():
            return
        self.hide()
        self._make_room()
        back = self._return_to
        # What had the focus may have gone meanwhile: a task that was settled elsewhere, a form that closed.
        if back is not None and isValid(back):
            _in_sight(back).setFocus(Qt.FocusReason.PopupFocusReason)
        self._return_to = None
        self.closed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._host and event.type() == QEvent.Type.Resize and self.isVisible():
            self.fit()
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._dismissable:
            self.close_sheet()
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._dismissable and not self.sheet.geometry().contains(event.position().toPoint()):
            self.close_sheet()
        event.accept()

    def focusNextPrevChild(self, forward: bool) -> bool:
        inside = [w for w in self.sheet.findChildren(QWidget) if _takes_tab(w)]
        if not inside:
            return True
        now = QApplication.focusWidget()
        at = inside.index(now) if now in inside else -1
        inside[(at + (1 if forward else -1)) % len(inside)].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        veil = QColor(self._look.colours.overlay)
        veil.setAlphaF(0.45)
        QPainter(self).fillRect(self.rect(), veil)

    def fit(self) -> None:
        """Give the sheet the size of its content again."""
        self._place()
        self._make_room()

    def _make_room(self) -> None:
        """Let notices stand where they do not hide the sheet, or where they belong once it is gone."""
        for notices in self.window().findChildren(Notices):
            notices.place()

    def area(self) -> QRect:
        """Return what the veil covers, in the host's coordinates."""
        return self._host.rect()

    def wanted_height(self, width: int) -> int:
        """Return how high the sheet would be at this width, in device-independent pixels."""
        wanted = self.column.totalHeightForWidth(width) if self.column.hasHeightForWidth() else -1
        return max(wanted, self.sheet.sizeHint().height())

    def _place(self) -> None:
        self.setGeometry(self.area())
        room = self.rect().adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN)
        width = min(self._width, room.width())
        least = min(self.sheet.minimumSizeHint().height(), self.height())
        height = max(min(self.wanted_height(width), room.height()), least)
        top = self._top or max(0, (self.height() - height) // 2)
        height = min(height, max(self.height() - top - MARGIN, least))
        self.sheet.setGeometry((self.width() - width) // 2, top, width, height)


def _in_sight(widget: QWidget) -> QWidget:
    """Return the widget, or the nearest around it that is shown: keys typed into what is hidden are lost."""
    around = widget.parentWidget()
    return widget if widget.isVisible() or around is None else _in_sight(around)


def _takes_tab(widget: QWidget) -> bool:
    policy = widget.focusPolicy().value & Qt.FocusPolicy.TabFocus.value
    return bool(policy) and widget.isVisible() and widget.isEnabled()
