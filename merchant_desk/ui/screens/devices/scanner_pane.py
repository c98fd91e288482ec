"""The guided trial of a scanner: code after code is scanned, and each time it is said what arrived."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from merchant_desk.domain.printers import Purpose
from merchant_desk.domain.scanner_trial import ready_day
from merchant_desk.domain.settings_known import SCANNER_READY
from merchant_desk.ui.actions import Action
from merchant_desk.ui.messages import Language
from merchant_desk.ui.scanner.settings import GS, Layout
from merchant_desk.ui.scanner.source import CapturedScan, RejectedScan
from merchant_desk.ui.scanner.trial import (
    TrialCode,
    TrialFault,
    Typed,
    Verdict,
    judge_refusal,
    judge_scan,
    judge_typing,
)
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.devices.trial_field import TrialField
from merchant_desk.ui.screens.devices.trial_sheet import TrialSheet
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.texts.trial import day_words, fault_words, verdict_words
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.tones import Sound
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.labels import label, set_tone
from merchant_desk.ui.widgets.panel import Panel
from merchant_desk.ui.window.screens import ScreenContext

GROUP = "actions.devices"


@dataclass(frozen=True, slots=True)
class TrialRow:
    """A code with what became of it last; `is_next` tells that it is to be scanned now."""

    code: TrialCode
    verdict: Verdict | None
    is_next: bool


class ScannerPane(QWidget):
    """F5 begins; then only scan. `changed` follows what can be done now."""

    changed = Signal()

    def __init__(self, parts: ScreenParts, context: ScreenContext, shown: Callable[[], bool]) -> None:
        super().__init__()
        self._parts, self._context, self._look = parts, context, context.look
        self._hub, self._shown = parts.hub, shown
        self._forget()
        self.field = TrialField(self._look)
        self._model: RowModel[TrialRow] = RowModel(self._look, COLUMNS, lambda row: row.code)
        self.steps = RowView(self._look, self._model)
        self._panels = Panel(self._look, " "), Panel(self._look, " ", flush=True)
        self._verdict, self._advice = label("", "strong", wrap=True), label("", "second", wrap=True)
        self._ready = label("", "second", wrap=True)
        self._lay_out()
        self.field.typed.connect(self._take_typing)
        self._hub.changed.connect(self._hear_hub)
        parts.changes.watch(self, ("settings",), self._write)
        self._look.language.follow(self, self._write)

    @property
    def code(self) -> TrialCode | None:
        """The code that is to be scanned now, or (not `needed`) may be; None: all were received whole."""
        return next((one for one in TrialCode if not self._is_whole(one)), None)

    @property
    def passed(self) -> bool:
        """Whether every code was received whole that a scanner must read."""
        return all(self._is_whole(one) for one in TrialCode if one.needed)

    @property
    def verdict(self) -> Verdict | None:
        """What became of the last scan."""
        return self._last

    def commands(self) -> list[Action]:
        """Return what can be done here."""
        return [
            act("devices.print_codes", self._print, "Ctrl+P", "printer", when=self._shown, group=GROUP),
            act(
                "devices.host_layout", self._use_host, "F3", "keyboard", when=self._is_transposed, group=GROUP
            ),
            act("devices.teach", self._teach, "F4", "settings", when=self._shown, group=GROUP),
        ]

    def begin(self) -> None:
        """Begin anew."""
        self._forget()
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)
        self._write()

    def take_scan(self, scan: CapturedScan) -> None:
        """Judge a scan."""
        code = self.code
        first = next(iter(TrialCode))
        if code is None or (self.passed and scan.text == first.text):  # whoever has passed begins anew
            self.begin()
            code = first
        # Not the hub's yet: a desk keeps what was learned when all codes were received whole with it.
        text = scan.text.replace(self._learned, GS) if self._learned else scan.text
        self._take(judge_scan(code, text, scan.end, self._hub.settings))

    def reject_scan(self, scan: RejectedScan) -> None:
        """Judge a burst that could not be trusted."""
        if self.code is not None:
            self._take(judge_refusal(self.code, scan.text, scan.reason))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._write()

    # -- judging ---------------------------------------------------------------------------------

    def _take_typing(self, typed: Typed) -> None:
        if self.code is not None:
            self._take(judge_typing(self.code, typed, self._hub.settings))

    def _forget(self) -> None:
        self._verdicts: dict[TrialCode, Verdict] = {}
        self._last: Verdict | None = None
        self._learned = ""
        self._habits = self._hub.settings

    def _hear_hub(self) -> None:
        """Begin anew where the scanner is read otherwise now: what was whole before tells nothing."""
        if self._hub.settings != self._habits:
            self._forget()
            self._write()

    def _take(self, verdict: Verdict) -> None:
        self._last = verdict
        if verdict.fault is TrialFault.GS_REPLACED:
            self._verdicts, self._learned = {}, verdict.substitute
        else:
            self._verdicts[verdict.code] = verdict
        self._parts.sounds.play(Sound.ACCEPTED if verdict.fault is None else Sound.ATTENTION)
        if self.passed and verdict.code.needed:
            self._pass()
        self._write()

    def _pass(self) -> None:
        """Keep what was learned, that the scanner is ready, and since when."""
        self._keep_learned()
        day = int(self._look.language.day(self._parts.now()).replace("-", ""))
        # The same day again is a decision too: habits may have changed since the last.
        self._parts.desk.settings.follow({SCANNER_READY.key: 0})
        self._parts.desk.settings.follow({SCANNER_READY.key: day})
        self._context.notices.tell(self._look.text("trial.passed"), Tone.OK)

    def _keep_learned(self) -> None:
        if self._learned:
            texts = {self._learned, *self._habits.gs_substitutes}
            longest_first = tuple(sorted(texts, key=len, reverse=True))
            self._habits, self._learned = replace(self._habits, gs_substitutes=longest_first), ""
            self._hub.use(self._habits)

    def _is_whole(self, code: TrialCode) -> bool:
        verdict = self._verdicts.get(code)
        return verdict is not None and verdict.fault is None

    def _is_transposed(self) -> bool:
        last = self.verdict
        wrong = last is not None and last.fault is TrialFault.LAYOUT
        return self._shown() and wrong and self._hub.settings.layout is Layout.US

    # -- what is done ----------------------------------------------------------------------------

    def _use_host(self) -> None:
        self._hub.use(replace(self._hub.settings, layout=Layout.HOST))
        self.begin()

    def _print(self) -> None:
        printing = self._parts.printing
        # Whatever the desk has prints it; a page is easier to keep than labels.
        named = printing.named_for(Purpose.DOCUMENTS) or printing.named_for(Purpose.LABELS)
        printing.print(TrialSheet(self._look.language), next(iter(named), Purpose.DOCUMENTS))
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)

    def _teach(self) -> None:
        self._context.go("settings", "scanner.gap_ms")

    # -- parts -----------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.MEDIUM + 2)
        self._instruction = label("", "second", wrap=True)
        body = QVBoxLayout()
        body.setSpacing(Space.MEDIUM)
        for part in (self._instruction, self.field, self._verdict, self._advice):
            body.addWidget(part)
        body.addStretch(1)
        body.addWidget(self._ready)
        self._panels[0].body.addLayout(body, 1)
        self._panels[1].body.addWidget(self.steps, 1)
        self.steps.horizontalHeader().hide()
        self.steps.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        row.addWidget(self._panels[0], 3)
        row.addWidget(self._panels[1], 2)

    def _write(self) -> None:
        text, code, last = self._look.text, self.code, self.verdict
        language = self._look.language
        self._model.replace([TrialRow(one, self._verdicts.get(one), one is code) for one in TrialCode])
        self._panels[0].set_title(text("trial.title"), text("trial.note"))
        self._panels[1].set_title(text("trial.steps"))
        done = [one for one in TrialCode if self._is_whole(one)]
        at = {"n": len(done) + 1, "of": len(TrialCode)}
        asked = "trial.all_whole"
        if code is not None:
            asked = "trial.scan_now" if code.needed else "trial.may_scan"
        self._instruction.setText(text(asked, **at))
        if code is not None:
            self.field.show_symbol(code.symbol, text(f"trial.code.{code}"))
        words, advice = verdict_words(last, language) if last is not None else ("", "")
        self._verdict.setText(words)
        set_tone(self._verdict, None if last is None else Tone.OK if last.fault is None else Tone.REFUSED)
        self._advice.setText(advice)
        day = ready_day(self._parts.desk.settings.local.standing)
        key = "trial.ready" if day else "trial.not_ready"
        self._ready.setText(text(key, day=day_words(day)))
        set_tone(self._ready, Tone.OK if day else Tone.WARNING)
        self.changed.emit()


def _step(row: TrialRow, language: Language) -> Cell:
    return Cell(language.text(f"trial.code.{row.code}"), strong=row.is_next)


def _state(row: TrialRow, language: Language) -> Cell:
    if row.verdict is None:
        later = "trial.later" if row.code.needed else "trial.optional"
        words = language.text("trial.now" if row.is_next and row.code.needed else later)
        return Cell(chip=ChipText(words, Tone.ACCENT if row.is_next else Tone.NEUTRAL))
    tone = Tone.OK if row.verdict.fault is None else Tone.REFUSED
    return Cell(chip=ChipText(fault_words(row.verdict, language), tone))


COLUMNS: tuple[Column[TrialRow], ...] = (
    Column("code", "trial.code", _step),
    Column("state", "devices.state", _state, width=20),
)
