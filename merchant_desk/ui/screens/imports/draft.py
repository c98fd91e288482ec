"""An import that is being set up: a file, some of its rows, and the mapping as far as it is chosen. No Qt."""

from contextlib import closing
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Final

import msgspec

from merchant_desk.documents.column_names import FIELDS, REQUIRED, ImportKind
from merchant_desk.documents.mapped_cells import MappedCells, Sample
from merchant_desk.documents.mapping import (
    Mapping,
    MappingOptions,
    check_mapping,
    likely_kind,
    open_unknown,
    suggested_mapping,
)
from merchant_desk.documents.problems import ImportProblem
from merchant_desk.documents.tabular import Row, Table
from merchant_desk.documents.transforms import Transform
from merchant_desk.jobs.plan import CORRECTED, Choices

SHOWN_ROWS: Final = 50
"""Rows of the file that are shown, and that samples are taken from."""


@dataclass(frozen=True)
class FieldState:
    """One field: its column (heading), what is done to its cells, and a cell before and after.

    `needed` must get a value, by itself or as one of several; `lacks` tells that none of them has one.
    """

    field: str
    needed: bool
    one_of: bool
    lacks: bool
    column: str
    transforms: tuple[Transform, ...]
    sample: Sample | None

    @property
    def is_mapped(self) -> bool:
        """Whether the field gets a value."""
        return bool(self.column or self.transforms)


@dataclass(frozen=True)
class ImportDraft:
    """What a person has chosen so far; each choice gives a new draft.

    `correct`: whether what stands is corrected where the file differs; None asks when it is imported.
    """

    path: Path
    table: Table
    rows: tuple[Row, ...]
    mapping: Mapping
    choices: Choices = field(default_factory=Choices)
    correct: bool | None = None

    @property
    def can_correct(self) -> bool:
        """Whether such a file can correct what stands."""
        return self.mapping.kind in CORRECTED

    @property
    def asks(self) -> bool:
        """Whether a person is still to be asked, where anything differs, if what stands is corrected."""
        return self.can_correct and self.correct is None

    @property
    def all_choices(self) -> Choices:
        """What is chosen beside the mapping; what is still to be asked is looked at as a yes."""
        return replace(self.choices, correct=self.can_correct and self.correct is not False)

    def with_kind(self, kind: ImportKind) -> "ImportDraft":
        """Take the file for another kind, with the columns that its headings suggest."""
        fresh = suggested_mapping(kind, self.table.headers, "")
        return replace(self, mapping=msgspec.structs.replace(fresh, options=self.mapping.options))

    def with_field(self, name: str, column: str, transforms: tuple[Transform, ...]) -> "ImportDraft":
        """Choose a field's column ("" for none) and transformations."""
        columns = {**self.mapping.columns, name: column}
        steps = {**self.mapping.transforms, name: transforms}
        mapping = msgspec.structs.replace(
            self.mapping,
            columns={one: columns[one] for one in FIELDS[self.mapping.kind] if columns.get(one)},
            transforms={one: kept for one, kept in steps.items() if kept},
        )
        return replace(self, mapping=mapping)

    def with_mapping(self, mapping: Mapping) -> "ImportDraft":
        """Take a whole mapping, such as a saved one; its currency stays the books' own."""
        options = msgspec.structs.replace(mapping.options, currency=self.mapping.options.currency)
        return replace(self, mapping=msgspec.structs.replace(mapping, options=options))

    def named(self, name: str) -> "ImportDraft":
        """Give the mapping a name."""
        return replace(self, mapping=msgspec.structs.replace(self.mapping, name=name))

    def like(self, before: "ImportDraft | None", channel: str) -> "ImportDraft":
        """Keep what was chosen before the file was read otherwise, as far as its columns are still there."""
        choices = replace(self.choices, channel=channel) if channel else self.choices
        correct = before.correct if before is not None else None
        if before is None or not set(before.mapping.columns.values()) <= set(self.table.headers):
            return replace(self, choices=choices, correct=correct)
        mapping = msgspec.structs.replace(before.mapping, options=self.mapping.options)
        return replace(self, mapping=mapping, choices=choices, correct=correct)

    @property
    def problem(self) -> ImportProblem | None:
        """What keeps the mapping from being used, if anything does."""
        try:
            check_mapping(self.mapping)
        except ImportProblem as problem:
            return problem
        missing = [name for name in self.mapping.columns.values() if name not in self.table.headers]
        if missing:
            headers = ", ".join(self.table.headers)
            return ImportProblem("missing_column", columns=", ".join(missing), headers=headers)
        return None

    def fields(self) -> list[FieldState]:
        """Return every field of the kind, with a sample of what the import will read."""
        mapping = self.mapping
        groups = {name: group for group in REQUIRED[mapping.kind] for name in group}
        return [
            FieldState(
                name,
                name in groups,
                len(groups.get(name, ())) > 1,
                name in groups and not mapping.fields.intersection(groups[name]),
                mapping.columns.get(name, ""),
                mapping.transforms.get(name, ()),
                next(iter(self.samples(name, 1)), None),
            )
            for name in FIELDS[mapping.kind]
        ]

    def samples(self, name: str, count: int) -> list[Sample]:
        """Return what becomes of a field's cells, those first that cannot be transformed."""
        mapping, headers = self.mapping, self.table.headers
        known = {field: column for field, column in mapping.columns.items() if column in headers}
        cells = MappedCells(headers, msgspec.structs.replace(mapping, columns=known))
        if name not in cells:
            return []
        samples = [cells.sample(name, row) for row in self.rows]
        filled = [sample for sample in samples if sample.fault or sample.before.strip() or sample.after]
        return sorted(filled, key=lambda sample: sample.fault is None)[:count]


def open_draft(path: Path, currency: str, options: MappingOptions | None = None) -> ImportDraft:
    """Open a file, look what it may hold, and map what its headings tell.

    Raises:
        ImportProblem: the file cannot be read.
        OSError: it cannot be opened.
    """
    chosen = msgspec.structs.replace(options or MappingOptions(), currency=currency)
    table = open_unknown(path, options=chosen)
    with closing(table.rows()) as found:
        rows = tuple(islice(found, SHOWN_ROWS))
    mapping = suggested_mapping(likely_kind(table.headers), table.headers, "")
    mapping = msgspec.structs.replace(mapping, options=chosen)
    return ImportDraft(path, table, rows, mapping)
