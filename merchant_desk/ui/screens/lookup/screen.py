"""Look-up: any code, or a name; says what it is and all that is known of it. It moves nothing."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent

from merchant_desk.domain.codes import visible
from merchant_desk.domain.tasks import ReportUnknownCode
from merchant_desk.models.queries.floor import LocationView
from merchant_desk.models.queries.goods_lists import ProductRow
from merchant_desk.models.queries.lookup import Standing, Unfinished
from merchant_desk.stations.lookup import Found
from merchant_desk.stations.outcomes import shown
from merchant_desk.stations.scans import Product, ScanResult, Tone
from merchant_desk.ui.actions import Action
from merchant_desk.ui.latest_reading import LatestReading
from merchant_desk.ui.scanner.source import CapturedScan, RejectedScan
from merchant_desk.ui.screens.coverage import coverage
from merchant_desk.ui.screens.lookup.control import LookUpControl
from merchant_desk.ui.screens.lookup.reading import (
    LocationReading,
    ProductReading,
    read_location,
    read_product,
)
from merchant_desk.ui.screens.lookup.tables import Reading
from merchant_desk.ui.screens.lookup.view import LookUpView
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.stations.document_sheet import DocumentSheet
from merchant_desk.ui.screens.stations.learn_sheet import products_like
from merchant_desk.ui.screens.stations.words import said
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.tokens import Tone as Colour
from merchant_desk.ui.tones import Sound
from merchant_desk.ui.widgets.last_scan import ScanState
from merchant_desk.ui.window.screens import ScreenContext

PAUSE_MS = 150
TABLES = frozenset({"ledger", "availability", "skus", "barcodes", "purchase_orders", "orders", "tallies"})
GO = {"orders": "orders", "purchase_orders": "purchasing"}
"""Documents without goods of their own, and the screens that show them."""

SOUNDS = {Tone.ACCEPTED: Sound.ACCEPTED, Tone.ATTENTION: Sound.ATTENTION, Tone.REFUSED: Sound.REFUSED}


class LookUpScreen(LookUpView):
    """The look-up station. Takes scans like every station; Ctrl+F finds by name."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        control = LookUpControl(parts.desk)
        super().__init__(context.look, control.latency)
        control.setParent(self)
        self.control = control
        self._parts, self._context = parts, context
        self._found: Found | None = None
        self._unknown = ""
        self._product: UUID | None = None
        self._location: LocationView | None = None
        self._latest = LatestReading(context.runner, self)
        self.document = DocumentSheet(context.look, self, parts.desk, context.runner, parts.permitted)
        self.document.told = context.notices.tell
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(PAUSE_MS)
        self._connect()
        context.actions.add(self._actions())
        self.head.add_button(context.actions.button("lookup.put_aside"))
        self.show_idle()
        context.look.language.changed.connect(self._speak)

    # -- what the window asks --------------------------------------------------------------------

    def take_scan(self, scan: CapturedScan) -> None:
        """Take one scan, in order."""
        self.control.take(scan)

    def reject_scan(self, scan: RejectedScan) -> None:
        """Say that a burst could not be trusted."""
        self.control.reject(scan)

    def show_target(self, target: object) -> None:
        """Show a product (its id), or look a text up."""
        if isinstance(target, UUID):
            self._open_product(target, None)
        elif isinstance(target, str):
            self.control.look_up(target)

    def player_state(self) -> dict[str, Any]:
        """Return how the station is, JSON-ready."""
        return {
            "last_result": self._found.result.code if self._found else "",
            "waiting": "",
            "held": 0,
            "busy": self.control.queue > 0,
            "scans": self.control.latency.count,
            "scan_p50_ms": self.control.latency.p50,
            "scan_p99_ms": self.control.latency.p99,
        }

    # -- what was found --------------------------------------------------------------------------

    def _take_answer(self, answer: Found | ScanResult, stamps: Sequence[int]) -> None:
        self._typing.stop()
        self.document.close_sheet()
        if isinstance(answer, Found):
            self._parts.sounds.play(SOUNDS[answer.result.tone])
            self._found = answer
            self._show_found(answer)
            self._context.actions.refresh()
        else:
            self._parts.sounds.play(Sound.REFUSED)
            self._about()
            self.show_idle()
            self.say(ScanState.REFUSED, said(shown(answer), self._look.language), visible(answer.text))
        self.panel.measure(stamps)

    def _show_found(self, found: Found) -> None:
        meaning, text = found.meaning, found.result.text
        if meaning.command is not None:
            self._obey(text)
            return
        self._about()
        if found.readings > 1:
            self.say(
                ScanState.ATTENTION, self._look.text("lookup.ambiguous", n=found.readings), visible(text)
            )
            self.show_readings(readings_of(found), focus=True)
        elif meaning.products:
            self._open_product(meaning.products[0].item.sku_id, meaning.products[0])
        elif meaning.location is not None:
            self._open_location(meaning.location)
        elif meaning.documents:
            self.show_idle()
            self.say(ScanState.ACCEPTED, meaning.documents[0].number)
            self._open_document(meaning.documents[0].kind, meaning.documents[0].id)
        else:
            self._unknown = text
            self.show_unknown(text, self._put_aside)

    def _open_reading(self, row: Reading) -> None:
        kind, target = row.target
        if isinstance(target, LocationView):
            self._open_location(target)
        elif kind == "skus" and isinstance(target, UUID):
            self._open_product(target, None)
        elif isinstance(target, UUID):
            self._open_document(kind, target)

    def _open_product(self, sku_id: UUID, scanned: Product | None) -> None:
        self._about(sku_id)
        code = self._found.result.text if scanned is not None and self._found else ""

        def take(reading: ProductReading | None) -> None:
            if reading is not None:
                today = self._parts.desk.calendar()
                self.show_product(reading, scanned, code, self._coverage(), today)

        self._latest.ask(lambda: read_product(self._parts.desk, sku_id), take, self._fail)

    def _open_location(self, location: LocationView) -> None:
        self._about(location=location)

        def take(reading: LocationReading) -> None:
            self.show_location(reading, self._coverage())

        self._latest.ask(lambda: read_location(self._parts.desk, location), take, self._fail)

    def _open_document(self, kind: str, id: UUID) -> None:
        if kind in GO:
            self._context.go(GO[kind], id)
        else:
            self.document.ask(kind, id)

    def _refresh(self) -> None:
        """Read again what is shown, unless something else is about to be."""
        if self._latest.searching:
            return
        if self._product is not None and self.shown is self.page:
            self._open_product(self._product, None)
        elif self._location is not None and self.shown is self.contents:
            self._open_location(self._location)

    def _speak(self) -> None:
        """Say again what is shown, in the language that is in force now."""
        if self._unknown:
            self.show_unknown(self._unknown, self._put_aside)
        elif self.shown is self.empty:
            self.show_idle()
        elif self.shown is self.readings and self.search.text().strip():
            self._find()
        else:
            self._refresh()

    def _coverage(self) -> str:
        return coverage(self._parts.desk.runtime.status, self._look.language, self._parts.now())

    # -- by name, and acting ---------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        if self.search.hasFocus() and key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
            if self._typing.isActive():
                self._typing.stop()
                self._find()
            self.readings.view.setFocus(Qt.FocusReason.TabFocusReason)
        elif self.search.hasFocus() and key == Qt.Key.Key_Escape:
            self.search.clear()
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)

    def _find(self) -> None:
        typed = self.search.text().strip()
        if typed:
            desk = self._parts.desk
            self._latest.ask(lambda: products_like(desk, typed), self._show_hits, self._fail, searching=True)

    def _show_hits(self, rows: Sequence[ProductRow]) -> None:
        hits = [
            Reading(row.id, "word.product", row.name, row.name_en, row.sku, ("skus", row.id)) for row in rows
        ]
        self._about()
        self.say_idle()  # what was scanned before is not what these answer
        self.show_readings(hits, focus=False)

    def _put_aside(self) -> None:
        code, desk = self._unknown, self._parts.desk
        if not code:
            return
        body = ReportUnknownCode(
            desk.runtime.new_id(), desk.identity.outlet_id, code, None, None, "", "lookup"
        )

        def done(_: object) -> None:
            if self._unknown == code:
                self._unknown = ""
            self._context.actions.refresh()
            words = self._look.text("lookup.put_aside.done", code=visible(code))
            self._context.notices.tell(words, Colour.OK)

        self._context.runner.run_in_order(lambda: desk.do(body), done, failed=self._fail, owner=self)

    def _obey(self, card: str) -> None:
        """Command cards have little to do here: OK opens what is chosen."""
        row = self.readings.row(self.readings.view.current_id)
        if card == "MD:OK" and self.shown is self.readings and row is not None:
            self._open_reading(row)

    def _fail(self, error: Exception) -> None:
        self._parts.sounds.play(Sound.REFUSED)
        self.say(ScanState.REFUSED, describe(error, self._look.language))

    def _about(self, product: UUID | None = None, location: LocationView | None = None) -> None:
        """Note what is shown from now on: what was there before is neither read again nor put aside."""
        self._latest.forget()
        self._product, self._location = product, location
        if self._unknown:
            self._unknown = ""
            self._context.actions.refresh()

    # -- putting together ------------------------------------------------------------------------

    def _actions(self) -> list[Action]:
        def focus() -> None:
            self.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
            self.search.selectAll()

        group, screen = "actions.station", "lookup"
        return [
            Action("lookup.find", "lookup.find", focus, "Ctrl+F", "search", group, screen),
            Action(
                "lookup.put_aside",
                "lookup.put_aside",
                self._put_aside,
                "F6",
                "inbox",
                group,
                screen,
                lambda: bool(self._unknown),
            ),
        ]

    def _connect(self) -> None:
        self.control.answered.connect(self._take_answer)
        self.control.failed.connect(self._fail)
        self.readings.opened.connect(self._open_reading)
        self.page.documents.opened.connect(self._open_unfinished)
        self.page.stock.opened.connect(self._open_place)
        self.contents.opened.connect(lambda row: self._open_product(row.sku_id, None))
        self._typing.timeout.connect(self._find)
        self.search.textChanged.connect(lambda _: self._typing.start())
        self._parts.changes.watch(self, TABLES, self._refresh)

    def _open_unfinished(self, row: Unfinished) -> None:
        self._open_document(row.kind, row.id)

    def _open_place(self, row: Standing) -> None:
        self.control.look_up(f"L:{row.location}")


def readings_of(found: Found) -> list[Reading]:
    """Return everything that a code can be, one row each."""
    meaning = found.meaning
    rows = [
        Reading(
            (product.item.sku_id, product.item.quantity),
            "word.product",
            product.item.name,
            product.item.name_en,
            product.item.sku,
            ("skus", product.item.sku_id),
        )
        for product in meaning.products
    ]
    if meaning.location is not None:
        place = meaning.location
        rows.append(Reading(place.id, "word.location", place.code, "", "", ("locations", place)))
    rows += [
        Reading(hit.id, f"lookup.{hit.kind}", hit.number, "", "", (hit.kind, hit.id))
        for hit in meaning.documents
    ]
    return rows


def build(parts: ScreenParts, context: ScreenContext) -> LookUpScreen:
    """Return the look-up station."""
    return LookUpScreen(parts, context)
