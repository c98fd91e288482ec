"""The left side of an import: what the file holds, by which mapping, and its fields one by one."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from merchant_desk.documents.column_names import FIELDS, ImportKind
from merchant_desk.documents.mapping import Mapping
from merchant_desk.documents.problem_texts import fault_text, field_name
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.imports.draft import FieldState, ImportDraft
from merchant_desk.ui.screens.imports.words import file_language, transforms_text
from merchant_desk.ui.screens.named_field import NamedField
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.tables.row_model import RowModel
from merchant_desk.ui.tables.table_view import RowView
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.labels import label
from merchant_desk.ui.widgets.panel import Panel

KINDS: tuple[ImportKind, ...] = tuple(FIELDS)

CORRECTING: tuple[bool | None, ...] = (None, True, False)
"""Whether what stands is corrected, in the order of the choices."""


class SetupPanel(QWidget):
    """`kind_chosen(kind)`, `mapping_chosen(mapping or None)`, `field_opened(state)`: what is wanted.
    `correct_chosen(yes, no or None)`: whether what stands is corrected; None asks when it comes to it.

    `buttons` is the row below the choices.
    """

    kind_chosen = Signal(object)
    mapping_chosen = Signal(object)
    field_opened = Signal(object)
    correct_chosen = Signal(object)
    field_current = Signal()

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._draft: ImportDraft | None = None
        self._mappings: list[Mapping] = []
        self.kind, self.mapping, self.correct = QComboBox(), QComboBox(), QComboBox()
        self._named = {
            "kind": NamedField(self.kind),
            "mapping": NamedField(self.mapping),
            "correct": NamedField(self.correct),
        }
        self._model: RowModel[FieldState] = RowModel(look, COLUMNS, lambda state: state.field)
        self.fields = RowView(look, self._model)
        self._panel = Panel(look, " ", flush=True)
        self._problem = label("", "error", wrap=True)
        self.buttons = QHBoxLayout()
        self._lay_out()
        self.kind.activated.connect(lambda place: self.kind_chosen.emit(KINDS[place]))
        self.mapping.activated.connect(self._choose_mapping)
        self.correct.activated.connect(lambda place: self.correct_chosen.emit(CORRECTING[place]))
        self.fields.activated_row.connect(lambda _: self.open_field())
        self.fields.current_row.connect(lambda _: self.field_current.emit())
        look.language.follow(self, self._write)

    @property
    def state(self) -> FieldState | None:
        """The chosen field."""
        chosen = self.fields.current_id
        return next((row for row in self._model.rows if row.field == chosen), None)

    def open_field(self) -> None:
        """Ask for the form of the chosen field."""
        if self.state is not None:
            self.field_opened.emit(self.state)

    def show_draft(self, draft: ImportDraft, mappings: list[Mapping]) -> None:
        """Show what is chosen so far, and the mappings that there are for it."""
        self._draft, self._mappings = draft, mappings
        self._model.replace(draft.fields())
        if self.state is None:
            self.fields.choose(self._model.rows[0].field)
        self._write()

    def set_free(self, free: bool) -> None:
        """Let choices be made, or not while work is under way."""
        for widget in (self.kind, self.mapping, self.correct):
            widget.setEnabled(free)

    def _choose_mapping(self, place: int) -> None:
        self.mapping_chosen.emit(self._mappings[place - 1] if 0 < place <= len(self._mappings) else None)

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.MEDIUM)
        top = Panel(self._look)
        row = QHBoxLayout()
        row.setSpacing(Space.MEDIUM)
        for field in self._named.values():
            row.addWidget(field, 1, Qt.AlignmentFlag.AlignTop)
        top.body.addLayout(row)
        top.body.addWidget(self._problem)
        top.body.addLayout(self.buttons)
        self._panel.body.addWidget(self.fields, 1)
        column.addWidget(top)
        column.addWidget(self._panel, 1)

    def _write(self) -> None:
        text = self._look.text
        self._named["kind"].set_name(text("imports.kind"))
        self._named["mapping"].set_name(text("imports.mapping"))
        self._named["correct"].set_name(text("imports.correct"))
        self.correct.clear()
        self.correct.addItems([text(f"imports.correct_{name}") for name in ("ask", "yes", "no")])
        self._panel.set_title(text("imports.fields"), text("imports.fields_note"))
        self.kind.clear()
        self.kind.addItems([text(f"imports.kind_{kind}") for kind in KINDS])
        self.mapping.clear()
        self.mapping.addItems([text("imports.by_headings"), *(one.name for one in self._mappings)])
        draft = self._draft
        problem = draft.problem if draft else None
        self._problem.setText(describe(problem, self._look.language) if problem else "")
        self._problem.setVisible(problem is not None)
        if draft is None:
            return
        self.correct.setCurrentIndex(CORRECTING.index(draft.correct))
        self._named["correct"].setVisible(draft.can_correct)
        self.kind.setCurrentIndex(KINDS.index(draft.mapping.kind))
        names = [one.name for one in self._mappings]
        self.mapping.setCurrentIndex(
            names.index(draft.mapping.name) + 1 if draft.mapping.name in names else 0
        )


def _field(state: FieldState, language: Language) -> Cell:
    name = field_name(state.field, file_language(language))
    need = language.text("imports.one_of" if state.one_of else "imports.needed") if state.needed else ""
    return Cell(name, detail=need, strong=True)


def _column(state: FieldState, language: Language) -> Cell:
    if not state.is_mapped:
        missing = ChipText(language.text("imports.missing"), Tone.WARNING) if state.lacks else None
        return Cell(chip=missing)
    return Cell(state.column, detail=transforms_text(state.transforms, language))


def _sample(state: FieldState, language: Language) -> Cell:
    sample = state.sample
    if sample is None:
        return Cell()
    if sample.fault is not None:
        return Cell(fault_text(*sample.fault, file_language(language)), tone=Tone.REFUSED)
    changed = sample.before != sample.after
    return Cell(sample.after, detail=f"← {sample.before}" if changed and sample.before else "")


COLUMNS: tuple[Column[FieldState], ...] = (
    Column("field", "imports.field", _field, width=22),
    Column("column", "imports.column", _column, least=16),
    Column("sample", "imports.sample", _sample, least=16),
)
