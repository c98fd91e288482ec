"""The quantity of the last scan or of the next one, typed."""

from collections.abc import Callable

from PySide6.QtWidgets import QLineEdit, QWidget

from merchant_desk.domain.amounts import MAX_QUANTITY
from merchant_desk.stations.outcomes import HistoryLine
from merchant_desk.ui.screens.stations.sheets import StationSheet
from merchant_desk.ui.screens.stations.typed import read_quantity
from merchant_desk.ui.screens.stations.words import name_of
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.widgets.tabs import FilterTabs, Tab

LAST, NEXT = "last", "next"


class QuantitySheet(StationSheet):
    """Asks how many units a scan stands for.

    `give(quantity, of)` is called with 10^-6 units and the number of the scan that is named in the sheet, or
    None for the next one.
    """

    def __init__(self, look: Look, host: QWidget, give: Callable[[int, int | None], None]) -> None:
        super().__init__(look, host, width=460)
        self._give = give
        self._line: HistoryLine | None = None
        self.which = FilterTabs(look)
        self.editor = QLineEdit()
        self.body.addWidget(self.which)
        self.body.addWidget(self.editor)
        self._look.language.follow(self, self._write)

    def ask(self, line: HistoryLine | None, *, last: bool) -> None:
        """Ask; `line` is the last scan that stands, if there is one, and `last` proposes to correct it."""
        self._line = line
        self.editor.clear()
        self._write()
        self.which.show_tabs(self._tabs(), LAST if last and line is not None else NEXT)
        self.open(self.editor)

    def accept(self) -> None:
        """Hand over what was typed."""
        quantity = read_quantity(self.editor.text())
        if quantity is None:
            self.show_error(self._look.text("station.quantity.wrong", most=MAX_QUANTITY))
            self.editor.selectAll()
            return
        of = self._line.n if self._line is not None and self.which.current == LAST else None
        self.close_sheet()
        self._give(quantity, of)

    def _tabs(self) -> list[Tab]:
        text, line = self._look.text, self._line
        tabs = [Tab(NEXT, text("station.quantity.next"))]
        if line is not None:
            name = name_of(line.name, line.name_en, self._look.language)
            tabs.insert(0, Tab(LAST, text("station.quantity.last", name=name)))
        return tabs

    def _write(self) -> None:
        text = self._look.text
        self.set_texts(
            text("station.quantity.title"),
            text("station.quantity.note"),
            yes=text("scan.ok"),
            no=text("form.cancel"),
        )
        self.editor.setAccessibleName(text("station.quantity.field"))
        self.editor.setPlaceholderText(text("station.quantity.field"))
        self.which.show_tabs(self._tabs())
