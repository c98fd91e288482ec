"""The page of a list: head with coverage, tabs and table, and a side panel where there is room for one."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QWidget

from merchant_desk.ui.screens.lists.list_pane import ListPane
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space
from merchant_desk.ui.widgets.first_focus import lead_focus
from merchant_desk.ui.widgets.labels import restyle
from merchant_desk.ui.widgets.panel import PageHead, Panel, page_column

ROOM_FOR_SIDE = 860
"""Below this width (device-independent pixels) of the page the side panel gives its room to the table."""

LEAST_SIDE, MOST_SIDE, SIDE_PERCENT = 360, 430, 30


class ListPage(QWidget):
    """Puts a list and its side panel on a page; `title` is a key of the catalogue."""

    def __init__(self, look: Look, title: str, pane: ListPane, side: Panel | None = None) -> None:
        super().__init__()
        self._look = look
        self._title = title
        self._coverage = ""
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.head = PageHead(look)
        self._side: QWidget | None = None
        column = page_column(self)
        column.addWidget(self.head)
        column.addWidget(pane.top)
        row = QHBoxLayout()
        row.setSpacing(Space.MEDIUM + 2)
        row.addWidget(pane, 1)
        if side is not None:
            self._side = side
            row.addWidget(side, 0)
        column.addLayout(row, 1)
        lead_focus(self, pane.table.view)
        pane.covered.connect(self._cover)
        pane.tell_coverage()
        look.language.follow(self, self._write)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._side is not None:
            room = event.size().width()
            self._side.setVisible(room >= ROOM_FOR_SIDE)
            self._side.setFixedWidth(max(LEAST_SIDE, min(MOST_SIDE, room * SIDE_PERCENT // 100)))

    def _cover(self, text: str) -> None:
        self._coverage = text
        self._write()

    def _write(self) -> None:
        self.head.set_texts(self._look.text(self._title), self._coverage)


class Scrolled(QScrollArea):
    """Scrolls its widget up and down; Tab reaches it while there is something to scroll."""

    def __init__(self, inside: QWidget) -> None:
        super().__init__()
        self.setProperty("look", "clear")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setWidget(inside)
        self.verticalScrollBar().rangeChanged.connect(self._fit)
        self._fit(0, 0)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        restyle(self.verticalScrollBar(), "held", "true")

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        restyle(self.verticalScrollBar(), "held", "")

    def _fit(self, _: int, most: int) -> None:
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if most else Qt.FocusPolicy.NoFocus)
        self.setViewportMargins(0, 0, Space.SMALL if most else 0, 0)


def scrolled(inside: QWidget) -> QScrollArea:
    """Return an area that scrolls `inside` up and down, without a frame."""
    return Scrolled(inside)
