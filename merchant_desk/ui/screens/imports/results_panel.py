"""What came of a check or an import: counts, progress, and the rows that want a person's eye."""

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget

from merchant_desk.domain.imports import Effect
from merchant_desk.jobs.account import Account, State
from merchant_desk.jobs.report import EFFECTS
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.imports.words import file_language
from merchant_desk.ui.screens.imports.work import Reason, Result
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.meter import WHOLE, Meter
from merchant_desk.ui.widgets.panel import Panel


class ResultsPanel(Panel):
    """Counts as chips, a bar while work is under way, and the reasons row by row; `buttons` is below them."""

    def __init__(self, look: Look) -> None:
        super().__init__(look, " ", flush=True)
        self._result: Result | None = None
        self._rows: RowModel[Reason] = RowModel(look, COLUMNS, lambda reason: reason.row)
        self.view = RowView(look, self._rows)
        self._meter = Meter(look, Tone.ACCENT)
        self._meter.hide()
        self._empty = EmptyState(look)
        self._stack = QStackedWidget()
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.view)
        self.body.addWidget(self._meter)
        self.body.addWidget(self._stack, 1)
        self.buttons = QHBoxLayout()
        self.buttons.setContentsMargins(Space.LARGE, Space.SMALL, Space.LARGE, Space.SMALL)
        self.body.addLayout(self.buttons)
        look.language.follow(self, self._write)

    def show_result(self, result: Result | None) -> None:
        """Show what was found, or that nothing was looked at yet."""
        self._result = result
        self._rows.replace(result.reasons if result else ())
        self._meter.hide()
        self._write()

    def show_progress(self, rows: int, total: int) -> None:
        """Show how far it is; the whole is unknown while a file is looked at for the first time."""
        text, number = self._look.text, self._look.language.number
        if total:
            told = text("imports.progress_of", rows=number(rows), total=number(total))
        else:
            told = text("imports.progress", rows=number(rows), n=rows)
        self.set_title(text("imports.results"), told)
        self._meter.setVisible(bool(total))
        self._meter.show_value(rows * WHOLE // total if total else 0)
        self._empty.set_texts(text("imports.under_way"), icon="hourglass")

    def _write(self) -> None:
        text = self._look.text
        account = self._result.account if self._result else None
        self.set_title(text("imports.results"), text(state_key(account)) if account else "")
        self.set_chips(_chips(account, self._look.language) if account else ())
        if account is None:
            self._empty.set_texts(text("imports.not_checked"), icon="clipboard-check")
        elif account.state is State.CANCELLED:
            self._empty.set_texts(text("imports.no_trouble_yet"), icon="hourglass")
        else:
            self._empty.set_texts(text("imports.no_trouble"), icon="circle-check", tone=Tone.OK)
        self._stack.setCurrentWidget(self.view if self._rows.rows else self._empty)


def state_key(account: Account) -> str:
    """Return the key of the sentence that says how an account came about."""
    if account.repeated and account.state is State.FINISHED:
        return "imports.state_repeated"
    if account.asked and account.new and account.state is State.FINISHED:
        return "imports.state_asked"
    return f"imports.state_{account.state.value}"


def _chips(account: Account, language: Language) -> list[ChipText]:
    counts = (
        ("new", account.new, Tone.OK),
        ("corrected", account.corrected, Tone.ACCENT),
        ("standing", account.standing, Tone.NEUTRAL),
        ("ineffective", account.rows_of(Effect.NOTHING), Tone.NEUTRAL),
        ("refused", account.refused_rows, Tone.REFUSED),
    )
    return [ChipText(language.text(f"imports.count_{name}", n=n), tone) for name, n, tone in counts if n]


def _effect(reason: Reason, language: Language) -> Cell:
    if reason.corrected:
        word = EFFECTS[Effect.CORRECTED][file_language(language) == "en"]
        return Cell(chip=ChipText(word, Tone.ACCENT))
    if not reason.refused:
        return Cell(chip=ChipText(language.text("imports.look_at"), Tone.WARNING))
    word = EFFECTS[Effect.REFUSED][file_language(language) == "en"]
    return Cell(chip=ChipText(word, Tone.REFUSED))


def _words(reason: Reason, language: Language) -> Cell:
    return Cell(reason.zh if file_language(language) == "zh" else reason.en)


COLUMNS: tuple[Column[Reason], ...] = (
    Column("row", "imports.row", lambda reason, lang: Cell(lang.number(reason.row)), width=9, figures=True),
    Column("result", "imports.result", _effect, width=12),
    Column("reason", "imports.reason", _words, least=30),
)
