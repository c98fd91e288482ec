"""Bringing a file in: dropped or chosen, its columns matched, checked, imported, and taken back."""

from functools import partial
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLineEdit, QStackedWidget, QVBoxLayout, QWidget

from merchant_desk.documents.mapping import MappingOptions
from merchant_desk.documents.problems import ImportProblem
from merchant_desk.domain.refusals import Refusal
from merchant_desk.jobs.report import report_path
from merchant_desk.jobs.undo_job import Undone
from merchant_desk.ui.actions import Action
from merchant_desk.ui.screens.acts import act
from merchant_desk.ui.screens.doing import Doing
from merchant_desk.ui.screens.imports.correct_form import ask_correct, show_left
from merchant_desk.ui.screens.imports.draft import FieldState
from merchant_desk.ui.screens.imports.field_form import FieldForm
from merchant_desk.ui.screens.imports.file_rows import rows_view
from merchant_desk.ui.screens.imports.flow import ImportFlow
from merchant_desk.ui.screens.imports.options_form import OptionsForm
from merchant_desk.ui.screens.imports.past_imports import PastImports
from merchant_desk.ui.screens.imports.pasting import Pasting
from merchant_desk.ui.screens.imports.results_panel import ResultsPanel
from merchant_desk.ui.screens.imports.setup_panel import SetupPanel
from merchant_desk.ui.screens.imports.template_form import TemplateForm
from merchant_desk.ui.screens.imports.undo_form import ask_undo, tell_undoing
from merchant_desk.ui.screens.imports.words import file_language
from merchant_desk.ui.screens.imports.work import ImportWork
from merchant_desk.ui.screens.lists.detail import ButtonRow
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.buttons import Kind
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.first_focus import lead_focus
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.widgets.panel import PageHead, Panel, page_column, replace_widgets
from merchant_desk.ui.window.screens import ScreenContext

RIGHT = "import"
ORDERS = ("orders", "open_orders")


def documents_folder() -> Path:
    """Return where the person keeps files."""
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation))


class ImportsScreen(QWidget):
    """One file at a time; `show_target(path)` opens another."""

    def __init__(self, parts: ScreenParts, context: ScreenContext) -> None:
        super().__init__()
        self._context, self._look = context, context.look
        self.setProperty("look", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.work = ImportWork(self, parts, context)
        self.flow = ImportFlow(self.work)
        self._doing = Doing(self, parts, context)
        self._head, self._empty = PageHead(self._look), EmptyState(self._look)
        self.setup, self.results = SetupPanel(self._look), ResultsPanel(self._look)
        self._rows = Panel(self._look, " ", flush=True)
        self._stack = QStackedWidget()
        self._pasting = Pasting(self)
        self.past = PastImports(parts, context, self._refresh, self.flow.open)
        self._lay_out()
        context.actions.add([*self._actions(), *self.past.pane.commands()])
        # Seven at once are more than a line; before a file is there and while it runs others are possible.
        names = tuple(f"imports.{name}" for name in ("past", "template", "paste", "choose", "stop"))
        self._head.add_button(ButtonRow(context.actions, names))
        self._head.add_button(context.actions.button("imports.check"))
        self._head.add_button(context.actions.button("imports.run", Kind.PRIMARY))
        for row, names in (
            (self.setup.buttons, ("edit", "options", "keep")),
            (self.results.buttons, ("errors", "undo")),
            (self.past.buttons, ("again", "errors", "undo")),
        ):
            row.setSpacing(Space.SMALL)
            for name in names:
                row.addWidget(context.actions.button(f"imports.{name}"))
            row.addStretch(1)
        lead_focus(self, self.setup.fields)
        self._connect()
        self._look.language.follow(self, self._write)

    def show_target(self, target: object) -> None:
        """Open a file, unless another one is being worked on."""
        if isinstance(target, Path):
            self.flow.open(target)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.window().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # A window that is closed waits for what is under way; an import goes on when its file comes again.
        if event.type() == QEvent.Type.Hide and not event.spontaneous() and watched is self.window():
            self.work.stop()
        return False

    # -- what is on the screen -------------------------------------------------------------------

    def _lay_out(self) -> None:
        column = page_column(self)
        column.addWidget(self._head)
        both = QWidget()
        row = QHBoxLayout(both)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.MEDIUM + 2)
        right = QVBoxLayout()
        right.setSpacing(Space.MEDIUM)
        right.addWidget(self._rows, 2)
        right.addWidget(self.results, 3)
        row.addWidget(self.setup, 1)
        row.addLayout(right, 1)
        nothing, whole = Panel(self._look), QWidget()
        nothing.body.addWidget(self._empty)
        rows = QVBoxLayout(whole)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(Space.MEDIUM)
        rows.addWidget(nothing, 2)
        rows.addWidget(self.past, 3)
        self._stack.addWidget(whole)
        self._stack.addWidget(both)
        column.addWidget(self._stack, 1)

    def _connect(self) -> None:
        work, setup, flow = self.work, self.setup, self.flow

        def beside_list(done: int, total: int) -> None:
            if flow.draft is None:
                tell_undoing(self._look, self._head, done, total)

        flow.changed.connect(self._show)
        flow.filed.connect(self._show_file)
        flow.asked.connect(lambda rows: ask_correct(self._look, self, rows, flow.correct))
        work.failed.connect(self._tell_failure)
        work.undone.connect(self._tell_undone)
        work.progressed.connect(self.results.show_progress)
        work.progressed.connect(beside_list)
        work.changed.connect(self._refresh)
        setup.kind_chosen.connect(flow.use_kind)
        setup.mapping_chosen.connect(flow.use_mapping)
        setup.correct_chosen.connect(flow.use_correct)
        setup.field_opened.connect(self._edit)
        setup.field_current.connect(self._context.actions.refresh)

    def _show(self) -> None:
        draft = self.flow.draft
        if draft is not None:
            self.setup.show_draft(draft, self.work.mappings.of_kind(draft.mapping.kind))
        self.results.show_result(self.flow.result)
        self._write()
        self._refresh()

    def _show_file(self) -> None:
        draft = self.flow.draft
        if draft is not None:
            replace_widgets(self._rows.body, [rows_view(self._look, draft.table, draft.rows)])
            self.setup.fields.setFocus(Qt.FocusReason.OtherFocusReason)

    def _write(self) -> None:
        text, flow = self._look.text, self.flow
        draft = flow.draft
        self._head.set_texts(text("screen.imports"), self._facts(), draft.path.name if draft else "")
        self._rows.set_title(text("imports.rows"))
        sentence, hint = text("imports.empty"), text("imports.empty_hint")
        icon, tone = "file-spreadsheet", Tone.NEUTRAL
        if flow.trouble is not None:
            path, error = flow.trouble
            sentence, hint = text("imports.not_opened", name=path.name), describe(error, self._look.language)
            icon, tone = "octagon-alert", Tone.REFUSED
        elif flow.opening is not None:
            sentence, hint, icon = text("imports.opening", name=flow.opening.name), "", "hourglass"
        action = "" if flow.opening else text("imports.choose")
        self._empty.set_texts(sentence, hint, icon=icon, tone=tone, action=action, run=self._choose)
        self._stack.setCurrentIndex(int(draft is not None))

    def _facts(self) -> str:
        """Say how the file is read."""
        if self.flow.draft is None:
            return ""
        table, text = self.flow.draft.table, self._look.text
        if table.sheet:
            return text("imports.facts_sheet", sheet=table.sheet, row=table.header_row)
        shown = "Tab" if table.delimiter == "\t" else table.delimiter or ""
        encoding = (table.encoding or "").upper()
        return text("imports.facts_text", encoding=encoding, delimiter=shown, row=table.header_row)

    def _refresh(self) -> None:
        self.setup.set_free(self.flow.is_free)
        self._context.actions.refresh()

    # -- what a person can do --------------------------------------------------------------------

    def _actions(self) -> list[Action]:
        flow = self.flow

        def mapped() -> bool:
            return flow.is_free and flow.draft is not None

        def ready() -> bool:
            return flow.is_ready

        return [
            act("imports.choose", self._choose, "Ctrl+O", "upload", when=lambda: flow.is_free, right=RIGHT),
            act("imports.template", self._template, "Ctrl+T", "file-spreadsheet",
                when=lambda: flow.is_free, right=RIGHT),
            act("imports.paste", self._paste, "Ctrl+V", "copy", when=lambda: flow.is_free, right=RIGHT),
            act("imports.past", self._leave, "F3", "history",
                when=lambda: flow.is_free and flow.path is not None, right=RIGHT),
            act("imports.again", self.past.open_again, "", "rotate-ccw",
                when=lambda: flow.is_free and not flow.path and self.past.file is not None, right=RIGHT),
            act("imports.edit", self.setup.open_field, "F2", "pencil", when=mapped, right=RIGHT),
            act("imports.options", self._edit_options, "F4", "settings",
                when=lambda: flow.is_free and flow.path is not None, right=RIGHT),
            act("imports.keep", self._keep, "Ctrl+S", "save", when=ready, right=RIGHT),
            act("imports.check", flow.check, "F6", "clipboard-check", when=ready, right=RIGHT),
            act("imports.run", flow.run, "F10", "download", when=ready, right=RIGHT),
            act("imports.stop", self.work.stop, "F8", "octagon-x",
                when=lambda: not flow.is_free, right=RIGHT),
            act("imports.errors", self._write_errors, "F7", "file-spreadsheet",
                when=lambda: flow.is_free and bool(flow.result or (self.past.workbook and not flow.path)),
                right=RIGHT),
            act("imports.undo", self._undo, "F9", "undo-2",
                when=lambda: flow.is_free and self._undoable() is not None, right=RIGHT),
        ]  # fmt: skip

    def _undoable(self) -> tuple[UUID, str] | None:
        """Return the import that can be taken back, and its file's name: this one, or the chosen past one."""
        flow, row = self.flow, self.past.row
        if flow.result is not None and flow.result.can_undo and (job_id := flow.result.account.job_id):
            return job_id, flow.result.account.source
        return (row.id, row.source) if flow.path is None and row is not None and self.past.can_undo else None

    def _paste(self) -> None:
        """Bring in what was copied in a spreadsheet."""
        path = self._pasting.take(self._look.text("imports.pasted"))
        if path is None:
            self._context.notices.tell(self._look.text("imports.nothing_pasted"), Tone.WARNING)
        else:
            self.flow.open(path)

    def _leave(self) -> None:
        """Go back to the list of past imports."""
        self.flow.leave()
        self._pasting.clear()
        self.past.forget()

    def _choose(self) -> None:
        text, folder = self._look.text, str(documents_folder())
        kinds = f"{text('imports.files')} (*.csv *.xlsx *.xlsm *.txt *.tsv *.csv.gz);;* (*)"
        dialog = QFileDialog(self.window(), text("imports.choose"), folder, kinds)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.flow.open(Path(path)))
        # Not every window system gives the keys back to the window that asked.
        dialog.finished.connect(lambda _: self.window().activateWindow())
        dialog.open()

    def _template(self) -> None:
        """Give an empty table of some kind."""
        draft = self.flow.draft
        kind = draft.mapping.kind if draft else "products"
        TemplateForm(self._look, self.window(), kind, self._context.notices).open()

    def _edit(self, state: FieldState) -> None:
        draft = self.flow.draft
        if draft is not None and self.flow.is_free:
            FieldForm(self._look, self.window(), draft, state, self.flow.use_field).open()

    def _edit_options(self) -> None:
        """Say how the file is written."""
        draft = self.flow.draft
        options = draft.mapping.options if draft else MappingOptions()
        channel = draft.choices.channel if draft and draft.mapping.kind in ORDERS else None
        OptionsForm(self._look, self.window(), options, channel, self.flow.use_options).open()

    def _keep(self) -> None:
        """Keep the mapping under a name."""
        text, name = self._look.text, QLineEdit()

        def submit() -> dict[str, str]:
            try:
                self.flow.keep(name.text().strip())
            except (ImportProblem, OSError) as error:
                return {"name": describe(error, self._look.language)}
            self._context.notices.tell(text("imports.kept", name=name.text().strip()), Tone.OK)
            return {}

        title = text("imports.keep")
        dialog = FormDialog(self._look, self.window(), title, submit, note=text("imports.keep_note"))
        dialog.add_field("name", text("imports.name"), name)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _undo(self, much: Refusal | None = None) -> None:
        found = self._undoable()
        if found is not None:
            job_id, name = found
            then = partial(self.work.undo, job_id)
            ask_undo(self._look, self, "imports", much, then, name=name)

    def _write_errors(self) -> None:
        """Write the workbook of errors beside the file; open that of a past import."""
        result, known = self.flow.result, self.past.workbook
        if result is not None:
            file = result.job.plan.table.path
            path = report_path(documents_folder() / file.name if self._pasting.holds(file) else file)
            self.work.write_errors(result, path, file_language(self._look.language), self._tell_saved)
        elif known is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(known)))

    # -- what came of it -------------------------------------------------------------------------

    def _tell_saved(self, path: Path) -> None:
        self._context.notices.tell(self._look.text("imports.errors_saved", path=path), Tone.OK)

    def _tell_failure(self, error: Exception) -> None:
        """Say why nothing came of it; taking much back is asked about once more."""
        self.results.show_result(self.flow.result)
        if isinstance(error, Refusal) and error.code == "deletes_much":
            self._undo(error)
        else:
            self._doing.refuse(error)

    def _tell_undone(self, undone: Undone) -> None:
        self.flow.take_result(None)
        self._write()
        self.past.forget()
        words = "undone" if undone.ended else "undo_stopped"
        told = self._look.text(f"imports.{words}", n=undone.taken_back, kept=undone.kept)
        self._context.notices.tell(told, Tone.OK if undone.ended else Tone.WARNING)
        if undone.left:
            show_left(self._look, self, undone.left)
