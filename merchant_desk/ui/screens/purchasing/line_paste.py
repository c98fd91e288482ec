"""Cells of a spreadsheet, pasted into the lines of a purchase order."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget

from merchant_desk.desk import Desk
from merchant_desk.documents.pasted_lines import MOST_ROWS, BlockNotRead, is_block
from merchant_desk.documents.problem_texts import fault_text
from merchant_desk.jobs.pasted_purchase import PastedBlock, PastedLine, read_block
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.imports.words import file_language
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.delegate import row_height
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.window.screens import ScreenContext

Take = Callable[[tuple[PastedLine, ...]], None]

SHOWN = 8
"""Rows that are seen without scrolling."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """A row of the block that makes no line, and why, in the person's language."""

    number: int
    why: str


COLUMNS: tuple[Column[Wrong], ...] = (
    Column("row", "imports.row", lambda row, lang: Cell(lang.number(row.number)), width=8, figures=True),
    Column("why", "imports.reason", lambda row, _: Cell(row.why), least=30),
)


class WrongRows(FormDialog):
    """Says which rows of a block were not taken, and why; the others are lines already."""

    def __init__(self, look: Look, owner: QWidget, block: PastedBlock) -> None:
        wrong, taken, language = block.wrong, len(block.lines), look.language
        note = language.text("purchasing.pasted_rest", n=taken)
        title = language.text("purchasing.paste_wrong", n=len(wrong))
        super().__init__(look, owner, title, dict, note=note, save=language.text("people.close"))
        written = file_language(language)
        rows = [Wrong(one.number, fault_text(*one.fault, written)) for one in wrong]
        model: RowModel[Wrong] = RowModel(look, COLUMNS, lambda row: row.number, self)
        self.table = RowView(look, model)
        model.replace(rows)
        self.table.setFixedHeight(row_height() * (min(len(rows), SHOWN) + 1) + 2)
        self.add_widget(self.table)
        self.cancel.hide()
        self.setMinimumWidth(760)


class LinePaste:
    """Takes blocks of cells from the clipboard; `take` is given the lines that are right."""

    def __init__(self, owner: QWidget, desk: Desk, context: ScreenContext, take: Take) -> None:
        self._owner, self._desk, self._context = owner, desk, context
        self._take = take

    def paste(self) -> bool:
        """Read what is on the clipboard; False if it is no block, and any field may have it."""
        text = QApplication.clipboard().text()
        if not is_block(text):
            return False
        runtime, currency = self._desk.runtime, self._context.look.language.currency
        self._context.runner.run(
            lambda: read_block(runtime, text, currency), self._done, failed=self._failed, owner=self._owner
        )
        return True

    def _done(self, block: PastedBlock) -> None:
        self._take(block.lines)
        if block.wrong:
            dialog = WrongRows(self._context.look, self._owner.window(), block)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.open()
        else:
            told = self._context.look.text("purchasing.pasted", n=len(block.lines))
            self._context.notices.tell(told, Tone.OK)

    def _failed(self, error: Exception) -> None:
        language: Language = self._context.look.language
        if isinstance(error, BlockNotRead):
            key = "purchasing.paste_unknown" if error.columns else "purchasing.paste_unread"
            if error.rows > MOST_ROWS:
                key = "purchasing.paste_long"
            told = language.text(key, columns=error.columns, rows=error.rows, most=MOST_ROWS)
        else:
            told = describe(error, language)
        self._context.notices.tell(told, Tone.WARNING)
