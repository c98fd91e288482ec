"""How a document station is laid out: head, panel, and below either the list to begin from or the tables."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFocusEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from merchant_desk.stations.scans import SheetHead
from merchant_desk.ui.actions import Actions
from merchant_desk.ui.screens.stations.history_panel import HistoryPanel
from merchant_desk.ui.screens.stations.kind import StartRow, StationKind
from merchant_desk.ui.screens.stations.latency import ScanLatency
from merchant_desk.ui.screens.stations.lines_panel import LinesPanel
from merchant_desk.ui.screens.stations.panel import StationPanel
from merchant_desk.ui.screens.stations.sheets import resting
from merchant_desk.ui.screens.stations.start_list import StartList
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space
from merchant_desk.ui.widgets.buttons import Kind
from merchant_desk.ui.widgets.panel import PageHead, page_column

NARROW = 860
"""Below this width (device-independent pixels) the tables stand one above the other, the history lower."""

LOW = 560
"""Below this height the history makes room for the lines."""


LINES, HISTORY = 3, 2
"""How lines and history share the width."""

SHEET_HINTS = (
    ("station.undo", "Ctrl+Z"),
    ("station.minus", "F9"),
    ("station.quantity", "F4"),
    ("station.lot", "F3"),
    ("station.leave", "F10"),
)
START_HINTS = (("station.open_it", "Return"), ("station.tray", "F6"), ("station.help", "F1"))


class StationView(QWidget):
    """The parts of a station. `host` is what sheets lie over: everything below the panel."""

    def __init__(self, look: Look, kind: StationKind, latency: ScanLatency) -> None:
        super().__init__()
        self._look = look
        self._kind = kind
        self._sheet: SheetHead | None = None
        self._totals = (0, 0)
        self._place_name = ""
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.head = PageHead(look)
        self.panel = StationPanel(look, kind.id, latency)
        self.start = StartList(look, kind)
        self.lines = LinesPanel(look, kind.id)
        self.history = HistoryPanel(look, kind.id)
        self.host = QWidget()
        self._stack = QStackedWidget()
        self._start_buttons, self._sheet_buttons = QWidget(), QWidget()
        self._lay_out()
        look.language.follow(self, self._write)

    @property
    def sheet(self) -> SheetHead | None:
        """The document that is shown, or None at the list."""
        return self._sheet

    def add_buttons(self, actions: Actions) -> None:
        """Put the buttons of the station's actions into the head."""
        station = self._kind.id
        row = _row(self._sheet_buttons)
        for name in ("tray", "print_label", "differences"):
            row.addWidget(actions.button(f"{station}.{name}"))
        row.addWidget(actions.button(f"{station}.finish", Kind.PRIMARY))
        first = _row(self._start_buttons)
        first.addWidget(actions.button(f"{station}.cards", with_icon=True))
        if self._kind.begins_alone:
            first.addWidget(actions.button(f"{station}.begin"))
        self.head.add_button(self._start_buttons)
        self.head.add_button(self._sheet_buttons)
        self.show_sheet(None)

    def show_sheet(self, head: SheetHead | None) -> None:
        """Show a document, or the list to begin from."""
        self._sheet = head
        self.history.clear()
        self._start_buttons.setVisible(head is None)
        self._sheet_buttons.setVisible(head is not None)
        self._stack.setCurrentIndex(0 if head is None else 1)
        key = f"station.idle.{self._kind.id}" if head is None else "station.idle.sheet"
        self.panel.set_idle(key, f"{key}.hint")
        self.panel.set_hints(START_HINTS if head is None else SHEET_HINTS)
        self._write()

    def show_place(self, place: str) -> None:
        """Say in the head in which warehouse this is; empty where there is only one."""
        if place != self._place_name:
            self._place_name = place
            self._write()

    def show_start(self, rows: Sequence[StartRow], place: str = "") -> None:
        """Show what there is to begin from; the focus goes into the list unless it is somewhere else."""
        self.show_place(place)
        self.start.show_rows(rows)
        if self.hasFocus():
            self._pass_focus()

    def event(self, event: QEvent) -> bool:
        """Answer nothing with a key that a finger rests on."""
        return resting(event) or super().event(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self._pass_focus()

    def _pass_focus(self) -> None:
        if self._sheet is None and self.start.rows:
            self.start.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_totals(self, kinds: int, pieces: int) -> None:
        """Say in the head how many products and pieces (10^-6) the document is about."""
        if (kinds, pieces) != self._totals:
            self._totals = (kinds, pieces)
            self._write()

    def paint_tables(self) -> None:
        """Paint what is due now, while no hand waits: else it is painted with the panel of the next scan."""
        if self.host.isVisible():
            self.host.repaint(0, 0, 1, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = event.size().width() < NARROW
        way = self._tables.Direction.TopToBottom if narrow else self._tables.Direction.LeftToRight
        self._tables.setDirection(way)
        self.history.setHidden(narrow and event.size().height() < 2 * LOW)

    def _lay_out(self) -> None:
        column = page_column(self)
        column.addWidget(self.head)
        column.addWidget(self.panel)
        tables = QWidget()
        self._tables = QHBoxLayout(tables)
        self._tables.setContentsMargins(0, 0, 0, 0)
        self._tables.setSpacing(Space.MEDIUM + 2)
        self._tables.addWidget(self.lines, LINES)
        self._tables.addWidget(self.history, HISTORY)
        self._stack.addWidget(self.start)
        self._stack.addWidget(tables)
        inside = QVBoxLayout(self.host)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.addWidget(self._stack)
        column.addWidget(self.host, 1)

    def _write(self) -> None:
        text, head, station = self._look.text, self._sheet, self._kind.id
        if head is None:
            self.head.set_texts(text(f"station.{station}"), self._in_warehouse())
            return
        self.head.set_texts(text(self._title_key(head)), " · ".join(self._about(head)), head.number)

    def _in_warehouse(self) -> str:
        place = self._place_name
        return self._look.text("station.in_warehouse", name=place) if place else ""

    def _title_key(self, head: SheetHead) -> str:
        if head.kind == "counts":
            return "station.stocktake.blind" if head.blind else "station.stocktake.open"
        if head.kind == "receipts" and head.about_id is None:
            return "station.inbound.blind"
        return f"station.{self._kind.id}.ordered"

    def _about(self, head: SheetHead) -> list[str]:
        text = self._look.text
        parts = []
        if head.party:
            key = "station.supplier" if head.kind == "receipts" else "station.buyer"
            parts.append(text(key, name=head.party))
        if head.about:
            keys = {
                "receipts": "station.purchase_order",
                "shipments": "station.order",
                "counts": "station.location",
            }
            name = "name" if head.kind == "counts" else "number"
            parts.append(text(keys[head.kind], **{name: head.about}))
        kinds, pieces = self._totals
        if kinds and head.kind != "counts" and head.about_id is not None:
            parts.append(text("station.kinds_pieces", n=kinds, pieces=pieces))
        elif kinds:
            parts.append(text("station.kinds", n=kinds))
        if self._place_name:
            parts.append(self._in_warehouse())
        return parts


def _row(inside: QWidget) -> QHBoxLayout:
    row = QHBoxLayout(inside)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(Space.MEDIUM)
    return row
