"""How an import goes on: from a file over choices and a check to what was written."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from merchant_desk.documents.column_names import ImportKind
from merchant_desk.documents.mapping import Mapping, MappingOptions
from merchant_desk.documents.transforms import Transform
from merchant_desk.jobs.account import State
from merchant_desk.ui.screens.imports.draft import ImportDraft
from merchant_desk.ui.screens.imports.work import ImportWork, Result

Choice = Callable[[ImportDraft], ImportDraft]


def as_found(draft: ImportDraft) -> ImportDraft:
    """Leave what was found as it is."""
    return draft


class ImportFlow(QObject):
    """One file's import; what was found by other choices counts no more.

    `draft` is None until a file could be opened, `trouble` says why one could not, `opening` names the one
    that is being opened. `changed` tells that any of it is to be shown anew, `filed` that another file is.
    `asked(rows)` asks whether so many rows correct what stands; `correct` takes the answer.
    """

    changed = Signal()
    filed = Signal()
    asked = Signal(int)

    def __init__(self, work: ImportWork) -> None:
        super().__init__(work)
        self.work = work
        self.draft: ImportDraft | None = None
        self.result: Result | None = None
        self.trouble: tuple[Path, Exception] | None = None
        self.opening: Path | None = None
        self._then: Choice = as_found
        self._goes_on = False
        work.opened.connect(self._take_file)
        work.not_opened.connect(self._take_trouble)
        work.ended.connect(self.take_result)
        work.failed.connect(self._forget_run)

    @property
    def is_free(self) -> bool:
        """Whether nothing is under way."""
        return not self.work.busy

    @property
    def is_ready(self) -> bool:
        """Whether there is a file and a mapping that fits it."""
        return self.is_free and self.draft is not None and self.draft.problem is None

    @property
    def path(self) -> Path | None:
        """The file that is open, or could not be."""
        if self.draft is not None:
            return self.draft.path
        return self.trouble[0] if self.trouble else None

    def open(self, path: Path, options: MappingOptions | None = None, then: Choice = as_found) -> None:
        """Open a file by these options, and make of what is found what `then` says."""
        if self.is_free:
            self.draft, self.result, self.trouble, self.opening = None, None, None, path
            self._then = then
            self.changed.emit()
            self.work.open(path, options)

    def leave(self) -> None:
        """Put the file away."""
        if self.is_free:
            self.draft, self.result, self.trouble = None, None, None
            self.changed.emit()

    def take(self, draft: ImportDraft) -> None:
        """Go on with another choice."""
        self.draft, self.result = draft, None
        self.changed.emit()

    def take_result(self, result: Result | None) -> None:
        """Go on with what a check or an import found."""
        goes_on, self._goes_on = self._goes_on, False
        checked = result is not None and result.account.state is State.CHECKED
        if goes_on and checked and result is not None and self.work.stopped:
            # It was an import that was stopped, though its check came to an end.
            result.account.state, checked = State.CANCELLED, False
        self.result = result
        self.changed.emit()
        if goes_on and checked and result is not None:
            self._ask(result)

    def use_correct(self, correct: bool | None) -> None:
        """Say whether what stands is corrected; None asks when it comes to it."""
        if self.draft is not None and self.is_free:
            self.take(replace(self.draft, correct=correct))

    def correct(self, correct: bool) -> None:
        """Take the answer to `asked`, and import."""
        if self.draft is not None and self.result is not None and self.is_free:
            self.draft = replace(self.draft, correct=correct)
            self.result.job.choose(correct=correct)
            self.changed.emit()
            self.work.run(self.draft, self.result.job)

    def use_kind(self, kind: ImportKind) -> None:
        """Take the file for another kind."""
        if self.draft is not None and self.is_free:
            self.take(self.draft.with_kind(kind))

    def use_mapping(self, mapping: Mapping | None) -> None:
        """Read the file as a mapping says, or by its headings."""
        if self.draft is None:
            return
        if mapping is None:
            self.use_kind(self.draft.mapping.kind)
        else:
            self.open(self.draft.path, mapping.options, lambda found: found.with_mapping(mapping))

    def use_field(self, field: str, column: str, transforms: tuple[Transform, ...]) -> None:
        """Choose a field's column and transformations."""
        if self.draft is not None and self.is_free:
            self.take(self.draft.with_field(field, column, transforms))

    def use_options(self, options: MappingOptions, channel: str) -> None:
        """Read the file otherwise; what was chosen beside that stays, as far as it fits."""
        before, path = self.draft, self.path
        if path is not None:
            self.open(path, options, lambda found: found.like(before, channel))

    def keep(self, name: str) -> None:
        """Keep the mapping under a name.

        Raises:
            ImportProblem: no mapping can have it.
            OSError: the file cannot be written.
        """
        if self.draft is not None:
            named = self.draft.named(name)
            self.work.mappings.keep(named.mapping)
            self.draft = named
            self.changed.emit()

    def check(self) -> None:
        """Look what would become of every row."""
        if self.draft is not None:
            self.work.check(self.draft)

    def run(self) -> None:
        """Import; what was checked and not changed since is not looked through again.

        Where a person is to be asked whether what stands is corrected, a check comes first.
        """
        draft, result = self.draft, self.result
        if draft is None:
            return
        if not draft.asks:
            self.work.run(draft, result.job if result else None)
        elif result is None or result.account.state is not State.CHECKED:
            self._goes_on = True
            self.work.check_or_run(draft)
        else:
            self._ask(result)

    def _ask(self, checked: Result) -> None:
        rows = checked.account.correctable_rows
        if rows:
            self.asked.emit(rows)
        elif self.draft is not None:
            checked.job.choose(correct=False)
            self.work.run(self.draft, checked.job)

    def _forget_run(self) -> None:
        self._goes_on = False

    def _take_file(self, found: ImportDraft) -> None:
        self.opening = None
        self.take(self._then(found))
        self.filed.emit()

    def _take_trouble(self, path: Path, error: Exception) -> None:
        self.opening, self.trouble = None, (path, error)
        self.changed.emit()
