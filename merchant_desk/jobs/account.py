"""What an import found and did: the account that is shown after the dry run and at the end."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final, TypeVar
from uuid import UUID

from merchant_desk.domain.imports import Effect, Fault, ImportTally, Outcome, RowOutcome, Total
from merchant_desk.domain.imports_corrections import FieldChange
from merchant_desk.domain.imports_order_lines import LineNote
from merchant_desk.domain.imports_products import ProductNote
from merchant_desk.domain.imports_setup import PersonNote
from merchant_desk.domain.imports_stock import StockNote
from merchant_desk.jobs.row_results import RowResults

OutcomeT = TypeVar("OutcomeT", bound=Outcome)

KEPT_REFUSALS: Final = 50_000
"""Refused rows that are listed one by one; beyond that they are only counted, and that is said."""

LISTED_NOTES: Final[tuple[str, ...]] = (
    ProductNote.ZEROS_LOST,
    ProductNote.UNNAMED,
    ProductNote.DIFFERS_HERE,
    ProductNote.CLASHES_HERE,
    ProductNote.TAX_GIVEN,
    ProductNote.CORRECTED_HERE,
    PersonNote.ROLE_GIVEN,
    LineNote.IN_THE_FUTURE,
    StockNote.NO_PRICE,
    StockNote.NO_COST,
)
"""Notes of rows that a person may want to look at: they are told, and listed in the report."""


class State(StrEnum):
    """How far an import has come."""

    CHECKED = "checked"
    CANCELLED = "cancelled"
    FINISHED = "finished"


@dataclass
class Account:
    """One reading of a file, row by row, and what was made of it on this desk.

    `tally` counts rows and amounts by rule. `new` and `standing` count products or orders: those that are (or
    would be) written, and those that stood here before. `written_rows` are rows written by this job, in this
    run or before it was interrupted; once it has finished, a further run counts only its own. `noticed` are
    the first `KEPT_REFUSALS` rows with any of `LISTED_NOTES`, and which; `meant` has the codes that some of
    them were probably meant to have. `repeated`: the job had finished before and nothing was left to do.
    `taken` are rows of orders whose number another order has here. `operations` is how many were saved in
    this run. `results` has every row's own result. `corrected` counts records that stand and are corrected,
    `corrected_rows` rows as `written_rows` does; `changes` has, of the first rows that are corrected or
    differ, the fields with what stands and what the file says.
    """

    source: str
    kind: str
    tally: ImportTally = field(default_factory=ImportTally)
    state: State = State.CHECKED
    job_id: UUID | None = None
    new: int = 0
    standing: int = 0
    written_rows: int = 0
    corrected: int = 0
    corrected_rows: int = 0
    changes: dict[int, tuple[FieldChange, ...]] = field(default_factory=dict)
    taken: list[int] = field(default_factory=list)
    operations: int = 0
    repeated: bool = False
    chunks: int = 0
    refusals: dict[int, Fault] = field(default_factory=dict)
    noticed: dict[int, tuple[str, ...]] = field(default_factory=dict)
    meant: dict[int, str] = field(default_factory=dict)
    results: RowResults = field(default_factory=RowResults)

    def follow(self, outcomes: Iterable[OutcomeT]) -> Iterator[OutcomeT]:
        """Pass outcomes on, count their rows, keep the reasons of refused ones and list those to look at."""
        for outcome in self.tally.follow(outcomes):
            for row in outcome.rows:
                self.results.add(row)
                if row.fault is not None and len(self.refusals) < KEPT_REFUSALS:
                    self.refusals[row.row] = row.fault
                for note in row.notes:
                    if note in LISTED_NOTES:
                        self._list(row.row, note)
                if row.meant and row.row in self.noticed:
                    self.meant[row.row] = row.meant
            yield outcome

    def absorb(self, part: "Account") -> None:
        """Count in the rows of a part of the file."""
        self.tally.absorb(part.tally)
        self.results.absorb(part.results)
        for row, fault in part.refusals.items():
            if len(self.refusals) < KEPT_REFUSALS:
                self.refusals[row] = fault
        for row, notes in part.noticed.items():
            for note in notes:
                self._list(row, note)
        self.meant.update((row, code) for row, code in part.meant.items() if row in self.noticed)

    def leave_out(self, taken: Mapping[int, Fault]) -> None:
        """Note rows of orders whose number another order has here, with the reason."""
        self.taken += taken
        for row, fault in taken.items():
            self.results.refuse(row, fault.code.value)
            if len(self.refusals) < KEPT_REFUSALS:
                self.refusals[row] = fault

    def correct(self, rows: tuple[RowOutcome, ...], changes: Mapping[int, tuple[FieldChange, ...]]) -> None:
        """Note rows whose records stand and are corrected, and what of rows differs from what stands."""
        self.corrected += len(rows)
        for row in rows:
            self.results.correct(row.row)
        if len(self.changes) < KEPT_REFUSALS:
            self.changes.update(changes)
        self.note(ProductNote.CORRECTED_HERE, rows)

    def note(self, note: str, rows: Iterable[RowOutcome]) -> None:
        """Count and list rows of which something is noticed by what stands here; nothing is changed by it."""
        for row in rows:
            self.tally.by_note.setdefault(note, Total()).add(row)
            self._list(row.row, note)

    def _list(self, row: int, note: str) -> None:
        before = self.noticed.get(row, ())
        if before or len(self.noticed) < KEPT_REFUSALS:
            self.noticed[row] = (*before, note)

    def noted_rows(self, note: str) -> int:
        """Return how many rows carry a note."""
        return self.tally.by_note.get(note, Total()).rows

    @property
    def correctable_rows(self) -> int:
        """Rows that correct what stands, where that is chosen, also those that are new in part."""
        return sum(ProductNote.DIFFERS_HERE not in self.noticed.get(row, ()) for row in self.changes)

    def effect_of(self, rule: str) -> Effect:
        """Return what was done with a rule's rows: nothing anew, if the file was brought in before."""
        effect = self.tally.effects[rule]
        return Effect.UNCHANGED if effect is Effect.WRITTEN and self.repeated else effect

    @property
    def asked(self) -> bool:
        """Whether rows are asked of the server alone: what counts as written is what was asked for."""
        return self.kind in ("people", "outlets")

    @property
    def rows(self) -> int:
        """All rows of the file."""
        return self.tally.rows

    def rows_of(self, effect: Effect) -> int:
        """Return how many rows have an effect by their rule; what stood already is not looked at."""
        tally = self.tally
        return sum(total.rows for rule, total in tally.by_rule.items() if tally.effects[rule] is effect)

    @property
    def unchanged_rows(self) -> int:
        """Rows that stood already: by their rule, or because what they say was here before the job."""
        wanted = self.rows_of(Effect.WRITTEN) - len(self.taken)
        return self.rows_of(Effect.UNCHANGED) + wanted - self.written_rows - self.corrected_rows

    @property
    def refused_rows(self) -> int:
        """Rows that were left out with a reason."""
        return self.rows_of(Effect.REFUSED) + len(self.taken)

    @property
    def unlisted_rows(self) -> int:
        """Rows that were left out and stand in no list, as there are more than `KEPT_REFUSALS`."""
        return self.refused_rows - len(self.refusals)
