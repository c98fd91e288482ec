"""How the look-up station is laid out, and what it shows of a product, a location, or nothing."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.codes import visible
from merchant_desk.stations.scans import Product
from merchant_desk.ui.screens.lookup.product_page import ProductPage
from merchant_desk.ui.screens.lookup.reading import LocationReading, ProductReading
from merchant_desk.ui.screens.lookup.tables import Reading, contents_panel, readings_panel
from merchant_desk.ui.screens.stations.latency import ScanLatency
from merchant_desk.ui.screens.stations.panel import TimedPanel
from merchant_desk.ui.screens.stations.words import expiry_text, name_of, unit_name
from merchant_desk.ui.texts.formats import quantity
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.keys import KeyHint
from merchant_desk.ui.widgets.last_scan import LastScan, RunningCount, ScanState
from merchant_desk.ui.widgets.panel import PageHead, page_column

PACK_CHIPS = 2
"""Packs that stand as chips on the panel; the rest is in the product list."""


class LookUpView(QWidget):
    """Head with search field, the large panel, and below it one of four pages."""

    def __init__(self, look: Look, latency: ScanLatency) -> None:
        super().__init__()
        self._look = look
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.head = PageHead(look)
        self.search = QLineEdit()
        self.search.setProperty("look", "search")
        self.search.setFixedWidth(300)
        self.head.add_button(self.search)
        self.panel = TimedPanel(look, latency)
        self.page = ProductPage(look)
        self.contents = contents_panel(look)
        self.readings = readings_panel(look)
        self.empty = EmptyState(look, "scan-barcode")
        self.host = QWidget()
        self._stack = QStackedWidget()
        for part in (self.empty, self.page, self.contents, self.readings):
            self._stack.addWidget(part)
        column = page_column(self)
        column.addWidget(self.head)
        column.addWidget(self.panel)
        inside = QVBoxLayout(self.host)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(Space.MEDIUM)
        inside.addWidget(self._stack)
        column.addWidget(self.host, 1)
        look.language.follow(self, self.write)

    @property
    def shown(self) -> QWidget | None:
        """The page that is shown."""
        return self._stack.currentWidget()

    def say(self, state: ScanState, headline: str, detail: str = "", chips: Sequence[ChipText] = ()) -> None:
        """Say something on the large panel."""
        found = self._look.text("lookup.found") if state is ScanState.ACCEPTED else ""
        self.panel.show_scan(LastScan(state, headline, detail, tuple(chips), found))
        self.panel.show_count(None)

    def show_product(
        self, reading: ProductReading, scanned: Product | None, code: str, coverage: str, today: int
    ) -> None:
        """Show a product; `scanned` is what the scan said besides (lot, pack), `code` the scan's text."""
        language, row = self._look.language, reading.row
        self.page.show_product(reading, coverage)
        self._stack.setCurrentWidget(self.page)
        parts = [visible(code) or " · ".join(one.code for one in reading.codes[:3])]
        if scanned is not None and scanned.lot:
            parts.append(language.text("station.lot_of", lot=scanned.lot))
        if scanned is not None:
            parts.append(expiry_text(scanned.expiry, today, language))
        detail = " · ".join(part for part in parts if part)
        self.say(ScanState.ACCEPTED, name_of(row.name, row.name_en, language), detail, self._chips(reading))
        rest = language.text("lookup.reserved_note", n=row.reserved)
        unit = unit_name(row.base_unit, language)
        caption = language.text("lookup.available_of", unit=unit)
        self.panel.show_count(RunningCount(caption, quantity(row.available), remainder=rest))

    def show_location(self, reading: LocationReading, coverage: str) -> None:
        """Show what stands at a location."""
        self.contents.show_rows(reading.stock, coverage)
        self._stack.setCurrentWidget(self.contents)
        place, said = reading.location, self._look.language.word(reading.location.kind)
        if place.closed:
            said = self._look.text("lookup.location_closed", warehouse=place.closed)
        self.say(ScanState.ATTENTION if place.closed else ScanState.ACCEPTED, place.code, said)

    def show_readings(self, rows: Sequence[Reading], *, focus: bool) -> None:
        """Show what a code can be, or what was found by name."""
        self.readings.show_rows(rows)
        self._stack.setCurrentWidget(self.readings)
        if rows:
            self.readings.view.choose(rows[0].id)
            if focus:
                self.readings.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def show_unknown(self, code: str, put_aside: Callable[[], None]) -> None:
        """Say that nothing goes by a code, and offer the tray."""
        text = self._look.text
        self.say(ScanState.ATTENTION, text("lookup.unknown"), visible(code))
        self.empty.set_texts(
            text("lookup.unknown"),
            text("lookup.unknown_hint"),
            icon="circle-question-mark",
            tone=Tone.WARNING,
            action=text("lookup.put_aside"),
            run=put_aside,
        )
        self._stack.setCurrentWidget(self.empty)

    def say_idle(self) -> None:
        """Say on the large panel what can be scanned."""
        self.say(ScanState.IDLE, self._look.text("lookup.idle"), self._look.text("lookup.idle_hint"))

    def show_idle(self) -> None:
        """Say what can be scanned, and show nothing else."""
        text = self._look.text
        self.say_idle()
        self.empty.set_texts(text("lookup.empty"), text("lookup.empty_hint"), icon="scan-barcode")
        self._stack.setCurrentWidget(self.empty)

    def write(self) -> None:
        """Write the fixed texts in the language in force."""
        text = self._look.text
        self.head.set_texts(text("station.lookup"))
        self.search.setPlaceholderText(text("lookup.search"))
        self.search.setAccessibleName(text("lookup.search"))
        self.panel.set_hints(
            [
                KeyHint(text("lookup.find"), "Ctrl+F"),
                KeyHint(text("lookup.put_aside"), "F6"),
                KeyHint(text("station.help"), "F1"),
            ]
        )

    def _chips(self, reading: ProductReading) -> list[ChipText]:
        language, row = self._look.language, reading.row
        unit = unit_name(row.base_unit, language)
        chips = [ChipText(row.sku)]
        packs = [code for code in reading.codes if code.quantity != MICRO]
        chips += [
            ChipText(f"1 {unit_name(code.unit, language)} = {quantity(code.quantity)} {unit}")
            for code in packs[:PACK_CHIPS]
        ]
        if row.draft:
            chips.append(ChipText(language.text("lookup.draft"), Tone.WARNING, marked=True))
        return chips
