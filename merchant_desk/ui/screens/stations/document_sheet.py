"""A document as it stands, and its reversal: whole or by line, with a reason, by whoever has the right."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from merchant_desk.desk import Desk
from merchant_desk.models.queries.document_lists import DocumentRow, document_row
from merchant_desk.models.queries.reversals import (
    MovedLine,
    Reversed,
    counted_as_moved,
    last_reversal,
    moved_lines,
)
from merchant_desk.stations.reversing import REVERSALS
from merchant_desk.ui.background import TaskRunner
from merchant_desk.ui.latest_reading import LatestReading
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.stations.sheets import StationSheet
from merchant_desk.ui.screens.stations.words import name_of, reversal_text
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.texts.formats import quantity
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.buttons import Kind
from merchant_desk.ui.widgets.chip import Chip, ChipText
from merchant_desk.ui.widgets.form import Field
from merchant_desk.ui.widgets.tabs import FilterTabs, Tab

TONES = {"open": Tone.ACCENT, "reversed": Tone.REFUSED, "partly_reversed": Tone.WARNING}
LINES, WHOLE = "lines", "whole"

Found = tuple[DocumentRow | None, list[MovedLine], Reversed | None]


def _name(row: MovedLine, language: Language) -> Cell:
    lot = language.text("station.lot_of", lot=row.lot) if row.lot else ""
    return Cell(name_of(row.name, row.name_en, language), lot, strong=True, quiet=not row.standing)


def _moved(row: MovedLine, _: Language) -> Cell:
    return Cell(quantity(row.moved), strong=True)


def _variance(row: MovedLine, _: Language) -> Cell:
    if row.variance is None:
        return Cell("—", quiet=True)
    sign = "+" if row.variance > 0 else ""
    return Cell(f"{sign}{quantity(row.variance)}", strong=bool(row.variance))


def _stands(row: MovedLine, language: Language) -> Cell:
    text = language.text
    if row.standing == row.moved:
        return Cell(chip=ChipText(text("document.stands"), Tone.OK))
    key = "document.partly" if row.standing else "document.reversed"
    return Cell(chip=ChipText(text(key), Tone.WARNING), detail=row.reason)


def columns_of(kind: str) -> list[Column[MovedLine]]:
    """Return the columns of a kind of document."""
    counted = kind == "counts"
    moved = "document.column.counted" if counted else "document.column.moved"
    columns: list[Column[MovedLine]] = [
        Column("name", "station.column.product", _name),
        Column("moved", moved, _moved, width=8, figures=True),
    ]
    if counted:
        columns.append(Column("variance", "document.column.variance", _variance, width=8, figures=True))
    columns.append(Column("stands", "document.column.stands", _stands, width=40))
    return columns


@dataclass(frozen=True, slots=True)
class ToReverse:
    """The document that a reversal is of."""

    kind: str
    id: UUID
    outlet_id: UUID


class DocumentSheet(StationSheet):
    """Shows a receipt, shipment or count. `permitted(right)` decides what is offered.

    `told(words, tone)` says what came of a reversal, `asking(asks)` when the reason for one begins and ceases
    to be asked for. Variances of blind counts are for whoever approves counts.
    """

    def __init__(
        self,
        look: Look,
        host: QWidget,
        desk: Desk,
        runner: TaskRunner,
        permitted: Callable[[str], bool],
    ) -> None:
        super().__init__(look, host, width=860)
        self._desk = desk
        self._runner = runner
        self._reading = LatestReading(runner, self)
        self._permitted = permitted
        self.told: Callable[[str, Tone], None] = lambda words, tone: None
        self.asking: Callable[[bool], None] = lambda _: None
        self._kind = ""
        self._id: UUID | None = None
        self._document: DocumentRow | None = None
        self._reversal: Reversed | None = None
        self._asking = False
        self._models = {
            kind: RowModel(look, columns_of(kind), lambda row: row.id, self) for kind in REVERSALS
        }
        self._views = {kind: RowView(look, model) for kind, model in self._models.items()}
        self._chip = Chip(look)
        self.body.addWidget(self._chip, 0, Qt.AlignmentFlag.AlignLeft)
        for view in self._views.values():
            view.setMinimumHeight(170)
            view.hide()
            view.activated_row.connect(lambda _: self.accept())
            self.body.addWidget(view, 1)
        self.which = FilterTabs(look)
        self.reason = QLineEdit()
        self._field = Field("", self.reason)
        self.body.addWidget(self.which)
        self.body.addWidget(self._field)
        self.yes.set_kind(Kind.DANGER)
        self._look.language.follow(self, self._write)

    @property
    def view(self) -> RowView:
        """The lines of the document that is shown."""
        return self._views[self._kind]

    @property
    def lines(self) -> Sequence[MovedLine]:
        """What the document moved."""
        return self._models[self._kind].rows

    @property
    def asks_reason(self) -> bool:
        """Whether the reason for a reversal is being typed."""
        return self._asking

    def ask(self, kind: str, document_id: UUID) -> None:
        """Show a document; `kind` is receipts, shipments or counts."""
        self._ask_reason(asks=False)
        self._kind, self._id, self._document, self._reversal = kind, document_id, None, None
        self._models[kind].replace([])
        for name, view in self._views.items():
            view.setVisible(name == kind)
        self._write()
        self.open(self.view)
        self.refresh()

    def refresh(self) -> None:
        """Read the document again."""
        kind, id, desk = self._kind, self._id, self._desk
        if id is None:
            return
        variances = self._permitted("approve_count")

        def read() -> Found:
            with desk.read() as connection, connection.begin():
                document, reversal = document_row(connection, kind, id), last_reversal(connection, kind, id)
                if kind == "counts":
                    return document, counted_as_moved(connection, id, variances=variances), reversal
                return document, moved_lines(connection, id), reversal

        self._reading.ask(read, self._show, self._fail)

    def accept(self) -> None:
        """Ask for the reason, and then reverse; where nothing can be reversed there is only to close."""
        if not self._may_reverse():
            if self._document is not None:
                self.decline()
            return
        if not self._asking:
            self._ask_reason(asks=True)
            self._write()
            self.reason.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        reason = self.reason.text().strip()
        if not reason:
            self._field.show_error(self._look.text("document.reverse.reason_missing"))
            self.fit()
            return
        self._reverse(reason, self._chosen())

    def decline(self) -> None:
        """Leave the reversal, then the document."""
        if self._asking:
            self._ask_reason(asks=False)
            self._write()
            self.view.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.close_sheet()

    def close_sheet(self) -> None:
        """Take the sheet away, and what was asked for on it."""
        self._ask_reason(asks=False)
        self._id = None
        self._reading.forget()
        super().close_sheet()

    def _ask_reason(self, *, asks: bool) -> None:
        if asks is self._asking:
            return
        if asks:
            self.reason.clear()
            self._field.show_error("")
            self.which.choose(LINES)
        self._asking = asks
        self.asking(asks)

    def _chosen(self) -> list[MovedLine] | None:
        """Return the lines to reverse: those chosen, or None for all that stand."""
        ids = set(self.view.selected_ids())
        return None if self.which.current == WHOLE else [line for line in self.lines if line.id in ids]

    def _reverse(self, reason: str, lines: list[MovedLine] | None) -> None:
        document, desk = self._document, self._desk
        if document is None:
            return
        id, text, about = document.id, self._look.text, ToReverse(self._kind, document.id, document.outlet_id)

        def work() -> int:
            return desk.reverse(about, lines, reason=reason)

        def saved(n: int) -> None:
            if self._id == id:  # another may be shown by now
                self._ask_reason(asks=False)
                self.view.setFocus(Qt.FocusReason.OtherFocusReason)
                self.refresh()
            self.told(text("document.reverse.done", number=document.number, n=n), Tone.OK)

        def failed(error: Exception) -> None:
            if self._id == id:
                self._fail(error)
                return
            why = describe(error, self._look.language)
            self.told(text("document.reverse.failed", number=document.number, why=why), Tone.REFUSED)

        self._runner.run(work, saved, failed=failed, owner=self)

    def _may_reverse(self) -> bool:
        document = self._document
        closed = document is not None and document.status not in ("open", "reversed")
        return closed and self._permitted("reverse") and any(line.standing for line in self.lines)

    def _show(self, found: Found) -> None:
        self._document, _, self._reversal = found
        self._models[self._kind].replace(found[1])
        if found[1] and self.view.current_id is None:
            self.view.choose(found[1][0].id)
        self._write()

    def _fail(self, error: Exception) -> None:
        self.show_error(describe(error, self._look.language))

    def _write(self) -> None:
        text, document = self._look.text, self._document
        self._field.setVisible(self._asking)
        self.which.setVisible(self._asking)
        tabs = [Tab(LINES, text("document.reverse_line")), Tab(WHOLE, text("document.reverse_all"))]
        self.which.show_tabs(tabs)
        self.reason.setPlaceholderText(text("document.reverse.reason"))
        if document is None:
            self.set_texts("", no=text("tray.close"))
            return
        status = self._look.language.word(document.status)
        self._chip.show_chip(ChipText(status, TONES.get(document.status, Tone.OK), marked=True))
        may = self._may_reverse()
        self.set_texts(
            f"{text(f'document.{self._kind}')} {document.number}",
            self._about(document),
            yes=text("station.reverse") if may else "",
            no=text("form.cancel") if self._asking else text("tray.close"),
            hint=self._hint_text(document, may=may),
        )
        self.fit()

    def _about(self, document: DocumentRow) -> str:
        language = self._look.language
        opened = language.text(
            "document.opened", at=language.moment(document.opened_at), person=document.person
        )
        closed = (
            language.text("document.closed", at=language.moment(document.closed_at))
            if document.closed_at is not None
            else ""
        )
        undone = reversal_text(self._reversal, language) if self._reversal is not None else ""
        said = " · ".join(part for part in (document.about, document.partner, opened, closed) if part)
        return f"{said}\n{undone[:1].upper()}{undone[1:]}" if undone else said

    def _hint_text(self, document: DocumentRow, *, may: bool) -> str:
        if self._asking:
            return self._look.text("document.reverse.note")
        if document.status == "open":
            return self._look.text("document.still_open")
        if any(line.variance is None for line in self.lines) and self._kind == "counts":
            return self._look.text("document.hidden")
        return "" if may or document.status == "reversed" else self._look.text("document.reverse.not_yours")
