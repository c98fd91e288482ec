"""All that can lie over a station's tables, and which of it is open."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from merchant_desk.domain.house_codes import CommandKind
from merchant_desk.models.queries.work import UnknownCodeView
from merchant_desk.stations.scans import Ask, Situation
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.stations.choose_sheet import ChooseSheet
from merchant_desk.ui.screens.stations.controller import StationController
from merchant_desk.ui.screens.stations.document_sheet import DocumentSheet
from merchant_desk.ui.screens.stations.finish_sheet import FinishSheet
from merchant_desk.ui.screens.stations.held_sheet import HeldSheet
from merchant_desk.ui.screens.stations.learn_sheet import DraftSheet, LearnSheet
from merchant_desk.ui.screens.stations.lot_sheet import LotSheet
from merchant_desk.ui.screens.stations.quantity_sheet import QuantitySheet
from merchant_desk.ui.screens.stations.sheets import StationSheet
from merchant_desk.ui.screens.stations.tray_sheet import TraySheet
from merchant_desk.ui.window.screens import ScreenContext


class StationSheets(QObject):
    """The sheets of one station. `changed` tells that one was opened or closed.

    `hosts` are what questions lie over (below the panel) and what a document lies over (the whole screen).
    While a form is open, scans are journaled and held; they are applied when the last one closes. The
    tray and a document only lie there: scanning goes on under them, until the reason of a reversal is asked
    for.
    """

    changed = Signal()

    def __init__(
        self,
        parts: ScreenParts,
        context: ScreenContext,
        hosts: tuple[QWidget, QWidget],
        control: StationController,
        station: str,
    ) -> None:
        host, whole = hosts
        super().__init__(host)
        look, runner = context.look, context.runner
        self._control = control
        self._context = context
        self.choose = ChooseSheet(look, host, control.choose)
        self.lot = LotSheet(look, host, control.give_lot)
        self.quantity = QuantitySheet(look, host, control.set_quantity)
        self.held = HeldSheet(look, host, lambda apply: control.settle_held(apply=apply))
        self.finish = FinishSheet(look, hosts, station, control.finish)
        self.tray = TraySheet(look, host, parts.desk, runner, lambda: parts.permitted("product_draft"))
        self.learn = LearnSheet(look, host, parts.desk, runner)
        self.draft = DraftSheet(look, host, parts.desk, runner)
        self.document = DocumentSheet(look, whole, parts.desk, runner, parts.permitted)
        self._all: tuple[StationSheet, ...] = (  # what lies above stands first
            self.document,
            self.choose,
            self.lot,
            self.quantity,
            self.held,
            self.finish,
            self.learn,
            self.draft,
            self.tray,
        )
        self._connect()

    @property
    def open_sheet(self) -> StationSheet | None:
        """The sheet that lies on top, or None."""
        return next((sheet for sheet in self._all if not sheet.isHidden()), None)

    def follow(self, situation: Situation) -> None:
        """Open what the station asks with, and close what it asks no longer."""
        question = situation.question
        asked = question.ask if question else Ask.NOTHING
        if asked is not Ask.CHOOSE:
            self.choose.close_sheet()
        if asked is not Ask.LOT:
            self.lot.close_sheet()
        if question is not None and asked is Ask.CHOOSE and self.choose.isHidden():
            self.choose.ask(question)
        elif question is not None and asked is Ask.LOT and self.lot.isHidden():
            self.lot.ask(question)
        if question is None and situation.held and not self._has_form():
            self.held.ask(situation.held)
        elif question is not None or not situation.held:
            self.held.close_sheet()

    def uncover(self, situation: Situation) -> bool:
        """Take a document away from over what a person is asked or told; tells whether one lay there."""
        listed = bool(situation.held) and not self._has_form()
        if self.document.isHidden() or not (situation.question is not None or situation.failed or listed):
            return False
        self.document.close_sheet()
        return True

    def uncover_panel(self) -> None:
        """Take away what may lie over the panel: a fault is told there."""
        self.document.close_sheet()
        self.finish.close_sheet()

    def by_card(self, *, accept: bool) -> bool:
        """Let an OK or UNDO card answer the open sheet; tells whether one was open."""
        sheet = self.open_sheet
        if sheet is None:
            return False
        (sheet.accept if accept else sheet.decline)()
        return True

    def close_all(self) -> None:
        """Close whatever is open, without an answer."""
        if not self.quantity.isHidden():
            self._cancel_quantity()
        for sheet in self._all:
            sheet.close_sheet()

    def ask(self, show: Callable[[], None], form: CommandKind | None = None) -> None:
        """Open a form: scans are held back from now until it closes; `form` is the card that asks for it."""
        self._control.submit(lambda: self._control.session.pause(form))
        show()
        self.changed.emit()

    def _has_form(self) -> bool:
        forms = (self.quantity, self.finish, self.learn, self.draft)
        return self.document.asks_reason or any(not sheet.isHidden() for sheet in forms)

    def _connect(self) -> None:
        pause = self._control.session.pause
        self.choose.on_decline = self.lot.on_decline = self._leave
        self.quantity.on_decline = self._cancel_quantity
        self.tray.learn = lambda entry: self.ask(lambda: self.learn.ask(entry))
        self.tray.draft = lambda entry: self.ask(lambda: self._draft(entry))
        self.learn.done = self.draft.done = self._settled
        self.learn.told = self.draft.told = self._context.notices.tell
        self.tray.told = self._tell
        self.document.told = self._context.notices.tell
        self.document.asking = lambda asks: self._control.submit(pause) if asks else self._resume()
        for sheet in self._all:
            sheet.closed.connect(self.changed)
        for form in (self.finish, self.learn, self.draft):
            form.closed.connect(self._resume)

    def _resume(self) -> None:
        """Go on with what was scanned during a form, if no other one lies there still."""
        if not self._has_form():
            self._control.submit(self._control.session.resume)

    def _draft(self, entry: UnknownCodeView) -> None:
        self.draft.ask(entry)

    def _leave(self) -> None:
        """Answer no to the question that a sheet asks."""
        question = self._control_question()
        for sheet in (self.choose, self.lot):
            sheet.close_sheet()
        if question:
            self._control.answer(accept=False, of=question)

    def _control_question(self) -> int:
        waiting = self._control.situation.question
        return waiting.result.n if waiting else 0

    def _cancel_quantity(self) -> None:
        self.quantity.close_sheet()
        self._resume()

    def _settled(self, words: str) -> None:
        self._tell(words)
        if not self.tray.isHidden():
            self.tray.refresh()

    def _tell(self, words: str) -> None:
        self._context.notices.tell(words)
