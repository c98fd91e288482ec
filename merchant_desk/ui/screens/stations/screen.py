"""A document station at work: scans in, results on the panel, the document behind them, cards and keys."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QShowEvent

from merchant_desk.domain.house_codes import CommandKind
from merchant_desk.models.queries.sheets import UncountedView
from merchant_desk.stations.gate import ASKING, LEADING_AWAY
from merchant_desk.stations.outcomes import HistoryLine, shown
from merchant_desk.stations.scans import Ask, ScanResult, SheetHead, Situation, Step, Tone
from merchant_desk.ui.latest_reading import LatestReading
from merchant_desk.ui.scanner.source import CapturedScan, RejectedScan
from merchant_desk.ui.screens.documents.papers import DocumentPapers
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.stations.afterwards import Afterwards
from merchant_desk.ui.screens.stations.cards_sheet import CardsSheet
from merchant_desk.ui.screens.stations.controller import StationController
from merchant_desk.ui.screens.stations.data import StationData
from merchant_desk.ui.screens.stations.guard import QuestionGuard
from merchant_desk.ui.screens.stations.keys import GROUP_DOCUMENT, Doings, Key, When, station_actions
from merchant_desk.ui.screens.stations.kind import StationKind
from merchant_desk.ui.screens.stations.labels import print_label
from merchant_desk.ui.screens.stations.notices import HAVE_PAPERS, StationNotices
from merchant_desk.ui.screens.stations.reading import SheetReading, read_lines, read_uncounted
from merchant_desk.ui.screens.stations.sheet_set import StationSheets
from merchant_desk.ui.screens.stations.view import StationView
from merchant_desk.ui.screens.warehouse_choice import WarehouseChoice
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.tones import Sound
from merchant_desk.ui.window.screens import ScreenContext

SOUNDS = {Tone.REFUSED: Sound.REFUSED, Tone.ATTENTION: Sound.ATTENTION, Tone.ACCEPTED: Sound.ACCEPTED}

SILENT = frozenset({"nothing_waits", "acknowledged"})
"""Results that neither sound nor replace what the panel shows."""

HEARD = SILENT | {"scan_not_saved", "scans_not_applied"}
"""Results that do not sound: their fault did."""


class StationScreen(StationView):
    """Inbound, outbound or stocktake."""

    def __init__(self, parts: ScreenParts, context: ScreenContext, kind: StationKind) -> None:
        control = StationController(parts.desk, kind.id)
        super().__init__(context.look, kind, control.latency)
        control.setParent(self)
        self.control = control
        self._parts = parts
        self._context = context
        self._station = kind.id
        self._guard = QuestionGuard()
        self._place = ""
        self._fault = False
        self._unlisted: list[HistoryLine] = []
        self._ended: SheetHead | None = None
        self._papers = DocumentPapers(self, parts, context)

        def busy() -> bool:
            """A scan comes in now, or is on its way through the writer."""
            return parts.hub.holding or control.queue > 0

        self._ending = LatestReading(context.runner, self)
        self._listing = Afterwards(self._list, busy, self)
        self._last: HistoryLine | None = None
        self.data = StationData(parts.desk, context.runner, parts.changes, kind, self, busy)
        self._choice = WarehouseChoice(self, parts, context, self.data.read_start)
        self.sheets = StationSheets(parts, context, (self.host, self), self.control, kind.id)
        self._notices = StationNotices(context, parts.sounds, kind.id, self.sheets.document.ask)
        self.cards = CardsSheet(context.look, self, context.notices, parts.printing)
        self._connect()
        context.actions.add(self._actions(begins_alone=kind.begins_alone))
        self.add_buttons(context.actions)
        self.start.focus()
        self.control.submit(self.control.session.resume_last)
        self.data.read_start()

    # -- what the window asks --------------------------------------------------------------------

    def take_scan(self, scan: CapturedScan) -> None:
        """Take one scan, in order."""
        self.control.take(scan)

    def reject_scan(self, scan: RejectedScan) -> None:
        """Say that a burst could not be trusted, and stop."""
        self.control.reject(scan)

    def show_target(self, target: object) -> None:
        """Open a document or what one is begun for: `target` is (table, id)."""
        if isinstance(target, tuple) and len(target) == 2 and isinstance(target[1], UUID):
            self.control.open(str(target[0]), target[1])

    def player_state(self) -> dict[str, Any]:
        """Return how the station is, JSON-ready; times in milliseconds."""
        situation, latency = self.control.situation, self.control.latency
        question = situation.question
        return {
            "last_result": self.panel.line.code if self.panel.line else "",
            "waiting": str(question.ask) if question else "",
            "held": len(situation.held),
            "busy": self.control.queue > 0 or bool(self._unlisted) or self.data.behind,
            "document": self.sheet.number if self.sheet else "",
            "scans": latency.count,
            "scan_p50_ms": latency.p50,
            "scan_p99_ms": latency.p99,
        }

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._place = self.control.situation.location
        self._parts.show_location(self._place)

    # -- results ---------------------------------------------------------------------------------

    def _take_step(self, step: Step, stamps: Sequence[int]) -> None:
        uncovered, last = self.sheets.uncover(step.situation), self._last
        self._guard.show(step.situation.question, uncovered=uncovered)
        results: Sequence[ScanResult] = step.results
        if step.finished is not None:
            self._ended = step.finished
            self._notices.tell_finished(step.finished)
        if step.head != self.sheet:
            self._follow(step.head)
            results = arrived(results)
        lines = [shown(result) for result in results]
        sound = gravest(step.results)
        if sound is not None:
            self._parts.sounds.play(sound)
        self._show(lines, step.situation)
        self.panel.show_now(stamps)
        self._unlisted += lines
        self._listing.ask()
        self.data.read_soon()
        if any("replaces" in line.facts for line in lines):
            self.data.follow(step.head)  # the undo that goes with a correction is in the journal alone
        if step.situation.location != self._place:
            self._place = step.situation.location
            self._parts.show_location(self._place)
        if not self._fault:
            self.sheets.follow(step.situation)
        self._obey_cards(step.results, last)
        if step.situation.question is not None and self.sheets.open_sheet is None:
            self.setFocus(Qt.FocusReason.OtherFocusReason)

    def _list(self) -> None:
        """Add results to the history: after the panel, which the hands wait for."""
        lines, self._unlisted = self._unlisted, []
        self.history.add(lines)
        self.paint_tables()

    def _follow(self, head: SheetHead | None) -> None:
        """Show another document, or the list."""
        self.sheets.close_all()
        self._last = None
        self.panel.show_line(None, Situation(), (), 0)
        self._unlisted.clear()
        self.lines.show_lines([])
        self.history.show_history([], 0)
        self.show_totals(0, 0)
        self.show_sheet(head)
        self.data.follow(head)
        if head is None:
            self.start.focus()
        else:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._context.actions.refresh()

    def _show(self, lines: Sequence[HistoryLine], situation: Situation) -> None:
        """Show what the station asks, else the last result that has something to say.

        Where none has, what is shown stays, but for a question that was answered: the last that moved goods
        takes its place. A fault stays until it was acknowledged: scans are held back as long, and none may
        paint over it.
        """
        self._fault = situation.failed
        if self._fault:
            return
        telling = [line for line in lines if line.code not in SILENT and line.code != "held_back"]
        telling = [line for line in telling if not line.code.startswith(("command_", "open_", "next_doc"))]
        self._last = next((line for line in reversed(telling) if line.quantity), self._last)
        before = self.panel.line if self.panel.question is None else None
        line = telling[-1] if telling else before or self._last
        if situation.question is not None:
            line = shown(situation.question.result)
        elif situation.complete and line is not None and line.quantity > 0:
            self._context.actions.refresh()
        known = self.lines.line_of(line.sku_id if line else None)
        self.panel.show_line(line, situation, known.packs if known else (), self._parts.desk.calendar())

    def _show_sheet_reading(self, reading: SheetReading, whole: bool) -> None:
        if whole:
            self.show_place(reading.place)
            self.history.show_history(reading.history, reading.scans)
            if self._last is None and reading.history and self.panel.line is None:
                self._last = next(
                    (line for line in reading.history if line.quantity and not line.undone), None
                )
                self._show([], self.control.situation)
        self.lines.show_lines(reading.lines)
        self.history.show_tray(reading.tray)
        ordered = [line for line in reading.lines if line.expected]
        pieces = sum(line.expected or 0 for line in ordered)
        self.show_totals(len({line.sku_id for line in ordered or reading.lines}), pieces)
        line = self.panel.line
        known = self.lines.line_of(line.sku_id if line else None)
        if line is not None and known is not None and line.quantity:
            self.panel.show_packs(known.packs)
            self.lines.bring(line)
        self.paint_tables()
        if reading.complete != self.control.situation.complete and not self.control.queue:
            self.control.submit(self.control.session.look)

    def _obey_cards(self, results: Sequence[ScanResult], last: HistoryLine | None) -> None:
        """Do what cards ask of the screen, each in its turn; `last` is what moved goods before them."""
        asks = {"command_finish": self._ask_finish, "command_quantity": self._ask_quantity}
        for result in results:
            if result.quantity:
                last = shown(result)
            elif result.code == "command_next":
                self.lines.next_line(last)
            elif result.code == "command_print":
                self._print(last)
            elif result.code in ASKING:
                self.sheets.held.close_sheet()  # what is behind the card is listed again after its form
                asks[result.code]()
            elif result.code == "no_longer_complete" and result.ask is Ask.NOTHING:
                self._context.notices.tell(self._look.text(f"said.{result.code}"))
                self._ask_finish()
            elif result.code in ("command_ok", "command_undo") and len(results) == 1:
                yes = result.code == "command_ok"
                if not self.sheets.by_card(accept=yes) and yes:
                    self._ok()

    def _fail(self, error: Exception) -> None:
        """Stop with the reason: what was scanned is in the journal, or was not saved at all."""
        self._fault = True
        self.sheets.uncover_panel()
        self._parts.sounds.play(Sound.REFUSED)
        words = describe(error, self._context.look.language, brief=True)
        self.panel.show_fault(words, self._context.look.text("said.not_saved"))
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- keys ------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._ok()
        elif event.key() == Qt.Key.Key_Escape:
            self._ending.forget()  # a form that is not there yet does not come after it
            if self.panel.question is not None:
                self._answer(accept=False)
        else:
            super().keyPressEvent(event)

    def _ok(self) -> None:
        """Enter, F2 and the OK card: answer what is asked, else go on with what comes next."""
        question = self.panel.question
        if self._fault:
            self.control.recover()
        elif question is not None:
            self._answer(accept=question.ask is Ask.CONFIRM)
        elif self.sheet is None:
            self.start.open_current()
        elif self.control.situation.complete:
            of = self.sheet.document_id
            self.control.submit(lambda: self.control.session.finish_complete(of))

    def _answer(self, *, accept: bool) -> None:
        """Answer the question on the panel; a hurried second Enter answers no second question unread."""
        question = self.panel.question
        if self._fault:
            self._ok()
        elif question is not None and self._guard.answer(question):
            self.control.answer(accept=accept, of=question.result.n)

    def _click(self, accept: bool) -> None:
        """A button of the panel was clicked."""
        if self.panel.question is not None:
            self._answer(accept=accept)
        else:
            self._ok()

    def _ask_quantity(self) -> None:
        line = self._last if self._last is not None and self._last.quantity > 0 else None
        last = line is not None and self.control.situation.quantity is None
        self.sheets.ask(lambda: self.sheets.quantity.ask(line, last=last), CommandKind.QUANTITY)

    def _ask_finish(self) -> None:
        """Show what differs, and end the document on the next Enter."""
        head = self.sheet
        if head is None or (self.panel.question is not None and self._notices.answer_first()):
            return
        desk, ask = self._parts.desk, self.sheets.finish.ask

        def show(found: tuple[SheetReading, list[UncountedView]]) -> None:
            reading, left = found
            if self.sheet == head:
                self.sheets.ask(lambda: ask(head, reading.lines, left, reading.tray), CommandKind.FINISH)

        self._ending.ask(
            lambda: (read_lines(desk, head), read_uncounted(desk, head)), show, self._notices.tell_unread
        )

    def _show_differences(self) -> None:
        head = self.sheet
        if head is not None:
            lines, tray = self.lines.lines, self.history.tray
            self.sheets.ask(lambda: self.sheets.finish.ask(head, lines, (), tray, ends=False))

    def _print(self, line: HistoryLine | None) -> None:
        print_label(line, self._context, self._parts)

    # -- putting together ------------------------------------------------------------------------

    def _actions(self, *, begins_alone: bool) -> Any:
        submit, session = self.control.submit, self.control.session
        do = Doings(
            ok=self._ok,
            undo=lambda: submit(session.undo),
            minus=lambda: submit(session.turn_minus),
            quantity=self._ask_quantity,
            lot=lambda: submit(session.forget_lots),
            next_line=lambda: self.lines.next_line(self._last),
            tray=self.sheets.tray.ask,
            print_label=lambda: self._print(self._last),
            differences=self._show_differences,
            finish=self._ask_finish,
            leave=lambda: submit(session.leave),
            begin=lambda: submit(session.open_blind),
            cards=self.cards.ask,
            warehouse=self._choice.ask,
        )
        free = self._is_free

        def compares() -> bool:
            return free() and self.sheet is not None and compared(self.sheet)

        when = When(
            lambda: free() and self.sheet is not None, lambda: free() and self.sheet is None, compares, free
        )
        found = station_actions(self._station, do, when, begins_alone=begins_alone)
        if self._station in HAVE_PAPERS:
            name = f"{self._station}.print"
            key = Key(
                "print", self._print_ended, "Ctrl+P", "printer", lambda: free() and bool(self._ended), name
            )
            found.append(key.action(self._station, GROUP_DOCUMENT))
        return found

    def _print_ended(self) -> None:
        """Print the paper of the document that ended last here."""
        if self._ended is not None:
            self._papers.print(self._ended.kind, self._ended.document_id)

    def _is_free(self) -> bool:
        return self.sheets.open_sheet is None and self.cards.isHidden()

    def _connect(self) -> None:
        refresh = self._context.actions.refresh

        def unread(error: Exception) -> None:
            if self._choice.is_missing(error):
                self.show_start((), self._look.text("station.no_warehouse_chosen"))
                self._choice.ask_once()
            else:
                self._notices.tell_unread(error)

        self.control.stepped.connect(self._take_step)
        self.panel.large.painted.connect(self.control.release)
        self.control.failed.connect(self._fail)
        self.control.queue_changed.connect(self.history.show_queue)
        self.data.start_read.connect(self.show_start)
        self.data.sheet_read.connect(self._show_sheet_reading)
        self.data.failed.connect(unread)
        self.panel.answered.connect(self._click)
        self.start.chosen.connect(self.control.open)
        self.sheets.changed.connect(refresh)
        self.cards.closed.connect(refresh)


def compared(head: SheetHead) -> bool:
    """Tell whether a document has something to differ from: a blind one has not."""
    return head.about_id is not None and not head.blind


def gravest(results: Sequence[ScanResult]) -> Sound | None:
    """Return the tone of the gravest result, or None where nothing is to be heard."""
    tones = {result.tone for result in results if result.code not in HEARD}
    return next((sound for tone, sound in SOUNDS.items() if tone in tones), None)


def arrived(results: Sequence[ScanResult]) -> Sequence[ScanResult]:
    """Return what came of the document that results led to last; what led there belongs to the one before."""
    led = [i for i, result in enumerate(results) if result.code in LEADING_AWAY]
    return results[led[-1] + 1 :] if led else results
