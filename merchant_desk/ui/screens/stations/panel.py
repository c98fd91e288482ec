"""The top of a station: the last scan in very large type, and the buttons of a question below it."""

import time
from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, QEvent, Qt, Signal
from PySide6.QtGui import QHideEvent, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from merchant_desk.stations.journal import PackCount
from merchant_desk.stations.outcomes import HistoryLine
from merchant_desk.stations.scans import Ask, Question, Situation
from merchant_desk.ui.screens.stations.latency import ScanLatency
from merchant_desk.ui.screens.stations.words import last_scan, running_count, situation_chips
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.buttons import ActionButton, Kind
from merchant_desk.ui.widgets.chip import Chip, ChipText
from merchant_desk.ui.widgets.keys import KeyHint
from merchant_desk.ui.widgets.labels import ElidedLabel
from merchant_desk.ui.widgets.last_scan import LastScan, LastScanPanel, RunningCount, ScanState

OK_KEY = "F2"
ANSWER_HINTS = (("station.answer.yes", "Return"), ("station.answer.no", "Esc"))


class TimedPanel(LastScanPanel):
    """A last-scan panel that knows when what it shows has been painted: `painted` says so of each scan."""

    painted = Signal()
    _PAINTED = QEvent.Type(QEvent.registerEventType())

    def __init__(self, look: Look, latency: ScanLatency) -> None:
        super().__init__(look, OK_KEY)
        self._latency = latency
        self._stamps: list[int] = []
        self._posted = False

    def measure(self, stamps: Sequence[int]) -> None:
        """Measure from these moments (monotonic ns) until what is shown now has been painted."""
        if self.isVisible():
            self._stamps += stamps

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if self._stamps and not self._posted:
            # The parts of the panel are painted and flushed after this; the event comes behind all that.
            self._posted = True
            QCoreApplication.postEvent(self, QEvent(self._PAINTED), Qt.EventPriority.HighEventPriority.value)

    def customEvent(self, event: QEvent) -> None:
        if event.type() == self._PAINTED:
            now = time.monotonic_ns()
            stamps, self._stamps, self._posted = self._stamps, [], False
            for stamp in stamps:
                self._latency.note(now - stamp)
            self.painted.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self._stamps.clear()


class AnswerBar(QFrame):
    """Yes and no, as large as a hand wants them; `answered(accept)` tells."""

    answered = Signal(bool)

    def __init__(self, look: Look, station: str) -> None:
        super().__init__()
        self._look = look
        self._station = station
        self.setProperty("look", "panel")
        self._complete = False
        self._mark = Chip(look)
        self._hint = ElidedLabel("", "small")
        self.yes = ActionButton(look, kind=Kind.PRIMARY, key="Return", icon="check")
        self.no = ActionButton(look, key="Esc", icon="x")
        self.yes.clicked.connect(lambda: self.answered.emit(True))
        self.no.clicked.connect(lambda: self.answered.emit(False))
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.LARGE, Space.MEDIUM, Space.LARGE, Space.MEDIUM)
        row.setSpacing(Space.MEDIUM)
        row.addWidget(self._mark)
        row.addWidget(self.yes)
        row.addWidget(self.no)
        row.addWidget(self._hint, 1)
        self.hide()
        look.language.follow(self, self._write)

    def show_for(self, *, complete: bool) -> None:
        """Offer to finish a complete order, or to answer a question."""
        if complete is not self._complete:
            self._complete = complete
            self._write()

    def _write(self) -> None:
        text, own = self._look.text, f"station.answer.yes.{self._station}"
        self.no.setHidden(self._complete)
        if self._complete:
            self._mark.show_chip(ChipText(text("station.complete"), Tone.OK, marked=True))
            self.yes.setText(text(f"station.finish.{self._station}"))
            self._hint.setText(text("station.complete.hint"))
            return
        self._mark.show_chip(ChipText(""))
        self.yes.setText(text(own if self._look.language.knows(own) else "station.answer.yes"))
        self.no.setText(text("station.answer.no"))
        self._hint.setText(text("station.answer.hint"))


class StationPanel(QWidget):
    """Panel and answers. `answered(accept)` follows OK, yes and no by mouse; keys are the screen's."""

    answered = Signal(bool)

    def __init__(self, look: Look, station: str, latency: ScanLatency) -> None:
        super().__init__()
        self._look = look
        self._station = station
        self.large = TimedPanel(look, latency)
        self.answers = AnswerBar(look, station)
        self.large.acknowledged.connect(lambda: self.answered.emit(False))
        self.answers.answered.connect(self.answered)
        self._line: HistoryLine | None = None
        self._situation = Situation()
        self._packs: tuple[PackCount, ...] = ()
        self._today = 0
        self._idle = ("", "")
        self._hints: tuple[tuple[str, str], ...] = ()
        self._hinted: list[KeyHint] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.MEDIUM)
        column.addWidget(self.large, 1)
        column.addWidget(self.answers)
        look.language.follow(self, self._write)

    @property
    def line(self) -> HistoryLine | None:
        """The result that is shown."""
        return self._line

    @property
    def question(self) -> Question | None:
        """What the station waits for."""
        return self._situation.question

    def show_line(
        self, line: HistoryLine | None, situation: Situation, packs: tuple[PackCount, ...], today: int
    ) -> None:
        """Show a result (None: ready for the first); `today` is the business day, yyyymmdd."""
        self._line, self._situation, self._packs, self._today = line, situation, packs, today
        self._write()

    def show_now(self, stamps: Sequence[int]) -> None:
        """Paint at once, before anything else, and measure from these moments (monotonic ns).

        Only what differs is painted: Qt paints every part that is due with the one that it is told of.
        """
        self.large.measure(stamps)
        if stamps and self.large.isVisible():
            self.large.repaint(0, 0, 1, 1)

    def show_packs(self, packs: tuple[PackCount, ...]) -> None:
        """Show how the running count came about, once that is known."""
        if packs != self._packs:
            self._packs = packs
            self._write_count()

    def set_idle(self, headline: str, hint: str) -> None:
        """Say, by keys of the catalogue, what to scan first."""
        self._idle = (headline, hint)
        self._write()

    def set_hints(self, hints: Sequence[tuple[str, str]]) -> None:
        """Say which keys work here: (key of the catalogue, shortcut)."""
        self._hints = tuple(hints)
        self._write_hints()

    def show_fault(self, words: str, note: str) -> None:
        """Stop with a sentence that is no result of a scan."""
        self.large.show_scan(LastScan(ScanState.BLOCKED, words, note))
        self.large.show_count(None)

    def _write(self) -> None:
        self._write_hints()
        situation, line = self._situation, self._line
        question = situation.question
        asks = question is not None and question.ask is Ask.CONFIRM
        self.answers.show_for(complete=situation.complete and not asks)
        self.answers.setVisible(asks or (situation.complete and not situation.stopped))
        if line is None:
            self._show_idle()
            return
        self.large.show_scan(last_scan(line, situation, self._station, self._today, self._look.language))
        if question is not None and question.ask is Ask.ACKNOWLEDGE:
            self.large.show_waiting(len(situation.held))
        self._write_count()

    def _write_count(self) -> None:
        count: RunningCount | None = None
        if self._line is not None:
            count = running_count(self._line, self._station, self._packs, self._look.language)
        self.large.show_count(count)

    def _show_idle(self) -> None:
        text, (headline, hint) = self._look.text, self._idle
        chips = situation_chips(self._situation, self._look.language)
        words = (text(headline), text(hint)) if headline else ("", "")
        self.large.show_scan(LastScan(ScanState.IDLE, *words, tuple(chips)))
        self.large.show_count(None)

    def _write_hints(self) -> None:
        question = self._situation.question
        hints = self._hints
        if question is not None:
            hints = ANSWER_HINTS if question.ask is Ask.CONFIRM else ()
        words = [KeyHint(self._look.text(name), key) for name, key in hints]
        if words != self._hinted:
            self._hinted = words
            self.large.set_hints(words)
