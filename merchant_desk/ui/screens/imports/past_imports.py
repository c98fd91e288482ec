"""Past imports: what became of each file, who brought it in and when, and how to go on from there."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from merchant_desk.domain.imports_setup import SETUP
from merchant_desk.jobs.import_files import file_of
from merchant_desk.jobs.report import report_path
from merchant_desk.models.queries.job_lists import PAST_IMPORTS, JobRow
from merchant_desk.models.queries.job_work import still_stands
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.lists.list_pane import ListDesign, ListPane
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.tables.columns import Cell, Column, Sort
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.window.screens import ScreenContext

SCREEN = "imports"
_TONES = {"started": Tone.WARNING, "finished": Tone.OK, "undone": Tone.NEUTRAL}


class _Files(NamedTuple):
    """What is left of an import: on this computer its files, in the books what it brought."""

    file: Path | None = None
    workbook: Path | None = None
    stands: bool = False


_NONE = _Files()


class PastImports(QWidget):
    """The list; `changed` is called when another one is chosen, `opens` with a file to be read again."""

    def __init__(
        self,
        parts: ScreenParts,
        context: ScreenContext,
        changed: Callable[[], None],
        opens: Callable[[Path], None],
    ) -> None:
        super().__init__()
        self._parts, self._context = parts, context
        self._changed, self._opens = changed, opens
        self._files: dict[UUID, _Files] = {}
        self.pane = ListPane(
            parts, context,
            ListDesign(
                SCREEN, columns(parts), (PAST_IMPORTS,), Sort("started", descending=True), ("jobs",),
                searchable=False, empty=self._say_empty, heading="imports.past", spare=("desk", "unchanged"),
            ),
        )  # fmt: skip
        self.buttons = QHBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(Space.SMALL)
        head = QHBoxLayout()
        head.addWidget(self.pane.top, 1)
        head.addLayout(self.buttons)
        column.addLayout(head)
        column.addWidget(self.pane, 1)
        self.pane.chosen.connect(self._choose)
        self.pane.opened.connect(lambda _: self.open_again())

    @property
    def row(self) -> JobRow | None:
        """The chosen import."""
        found: JobRow | None = self.pane.row
        return found

    @property
    def file(self) -> Path | None:
        """The chosen import's file, if this desk imported it and the file still lies there."""
        return self._files.get(self.row.id, _NONE).file if self.row is not None else None

    @property
    def workbook(self) -> Path | None:
        """The workbook of errors that was written for the chosen import, if it still lies there."""
        return self._files.get(self.row.id, _NONE).workbook if self.row is not None else None

    @property
    def can_undo(self) -> bool:
        """Whether the chosen import can be taken back here: any desk of its outlet can, and go on with what
        an undo left, or what came while it was at it.
        """
        row = self.row
        if row is None or row.outlet_id != self._parts.desk.runtime.identity.outlet_id or row.kind in SETUP:
            return False
        return row.status in ("started", "finished") or self._files.get(row.id, _NONE).stands

    def open_again(self) -> None:
        """Read the chosen import's file again: what stands already is not written twice."""
        if self.file is not None:
            self._opens(self.file)

    def forget(self) -> None:
        """Look again which files lie there."""
        self._files.clear()
        self._choose(self.row.id if self.row is not None else None)

    def _choose(self, job_id: UUID | None) -> None:
        if job_id is None or job_id in self._files:
            self._changed()
            return

        kind = self.row.kind if self.row is not None else ""

        def read() -> _Files:
            runtime = self._parts.desk.runtime
            path = file_of(runtime, job_id)
            with runtime.read() as connection, connection.begin():
                stands = still_stands(connection, job_id, kind)
            if path is None:
                return _Files(stands=stands)
            workbook = report_path(path)
            return _Files(path if path.exists() else None, workbook if workbook.exists() else None, stands)

        def take(found: _Files) -> None:
            self._files[job_id] = found
            self._changed()

        self._context.runner.run(read, take, owner=self)

    def _say_empty(self, state: EmptyState) -> None:
        text = self._context.look.text
        state.set_texts(text("imports.no_past"), text("imports.no_past_hint"), icon="history")


def columns(parts: ScreenParts) -> list[Column[JobRow]]:
    """Return the columns of the list."""

    def kind(row: JobRow, language: Language) -> Cell:
        key = f"imports.kind_{row.kind}"
        return Cell(language.text(key) if language.knows(key) else row.kind)

    def state(row: JobRow, language: Language) -> Cell:
        tone = _TONES.get(row.status, Tone.NEUTRAL)
        return Cell(chip=ChipText(language.text(f"imports.job_{row.status}"), tone))

    def figure(key: str, title: str, of: Callable[[JobRow], int], tone: Tone | None = None) -> Column[JobRow]:
        def cell(row: JobRow, language: Language) -> Cell:
            number = of(row)
            return Cell(language.number(number), quiet=not number, tone=tone if number else None)

        return Column(key, title, cell, width=10, figures=True, kind="whole", holds=of)

    def began(row: JobRow, language: Language) -> Cell:
        return Cell(language.moment(row.started_at, parts.now()), quiet=True)

    return [
        Column("source", "imports.past_file", lambda row, _: Cell(row.source, strong=True), least=20),
        Column("kind", "imports.kind", kind, width=12),
        Column("status", "list.status", state, width=10),
        figure("rows", "imports.past_rows", lambda row: row.rows),
        figure("written", "imports.past_written", lambda row: row.written),
        figure("unchanged", "imports.past_unchanged", lambda row: row.unchanged + row.ineffective),
        figure("refused", "imports.past_refused", lambda row: row.refused, Tone.REFUSED),
        Column("person", "list.person", lambda row, _: Cell(row.person), width=10),
        Column("desk", "list.desk", lambda row, _: Cell(row.desk, quiet=True), width=8),
        Column("started", "list.time", began, value=lambda row: row.started_at, width=14,
               kind="time", holds=lambda row: row.started_at),
    ]  # fmt: skip
