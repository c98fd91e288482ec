"""What an import is going to do: a file, how it is read, and what was chosen beside."""

from collections.abc import Iterator
from collections.abc import Mapping as Pairs
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from merchant_desk.documents.column_names import ImportKind
from merchant_desk.documents.mapping import Mapping, open_mapped
from merchant_desk.documents.tabular import Table
from merchant_desk.domain.imports import Fault, RowOutcome, job_id
from merchant_desk.domain.imports_corrections import FieldChange
from merchant_desk.jobs.faults import MappingForOtherKind, OtherCurrency
from merchant_desk.jobs.place import IN_WAREHOUSE, Place
from merchant_desk.jobs.reading import APART, Order, is_large, outcomes_of

CORRECTED: Final[Pairs[str, str]] = MappingProxyType(
    {"products": "skus", "suppliers": "suppliers", "carriers": "carriers", "taxes": "taxes"}
)
"""Kinds of files that can correct what stands, and the tables where that does."""


@dataclass(frozen=True)
class Choices:
    """What a person chooses beside the mapping.

    `channel` is where the orders come from; together with its number it is what an order is known by.
    `open_from` (microseconds UTC): sales placed from then on are still to be shipped and come in for review;
    all others are history, which moves no stock. None: everything is history. `correct`: what the file says
    otherwise of records that stand takes its place; else only what is new is added.
    """

    channel: str = "import"
    open_from: int | None = None
    correct: bool = False


@dataclass(frozen=True)
class Step:
    """What one chunk asks for: operations, and how its outcomes stand here.

    `new` outcomes will be written, `standing` ones, with their rows, are here already. `taken` are the rows,
    with the reason, of orders whose number is another order's (channel or content): left out. `differing`
    are rows of products that stand here with another name, price, category or unit: those stay as they are.
    `taxed` are rows of products that stand here and are given the file's tax.
    `clashing` are rows of products with a barcode that another product has here. `corrected` are rows of
    records that stand and are corrected, `rewritten` those that `new` counts beside; `changes` has by row the
    fields of rows that are corrected or differ. `roles` are rows of people who stand and get another role.
    """

    number: int
    operations: tuple[object, ...]
    new: int
    standing: int
    taken: Pairs[int, Fault] = field(default_factory=dict)
    differing: tuple[RowOutcome, ...] = ()
    clashing: tuple[RowOutcome, ...] = ()
    standing_rows: tuple[int, ...] = ()
    taxed: tuple[RowOutcome, ...] = ()
    corrected: tuple[RowOutcome, ...] = ()
    rewritten: tuple[RowOutcome, ...] = ()
    changes: Pairs[int, tuple[FieldChange, ...]] = field(default_factory=dict)
    roles: tuple[RowOutcome, ...] = ()


@dataclass(frozen=True)
class Plan:
    """A file that was found readable, with its mapping and choices, at a place."""

    table: Table
    mapping: Mapping
    place: Place
    choices: Choices

    @property
    def kind(self) -> ImportKind:
        """What the file holds."""
        return self.mapping.kind

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of the mapping and of everything that was chosen beside it."""
        place, choices = self.place, self.choices
        parts = [self.mapping.digest, place.outlet_id.hex]
        if self.kind in IN_WAREHOUSE:
            parts.append(place.warehouse_id.hex)
        if self.kind in ("orders", "open_orders"):
            parts += [choices.channel, str(choices.open_from)]
        if choices.correct and self.kind in CORRECTED:
            parts.append("correct")
        return sha256("\0".join(parts).encode()).hexdigest()

    def job_id(self, result_hash: str) -> UUID:
        """Return the id of the job that does what a dry run found."""
        whole = sha256(f"{self.hash}\0{result_hash}".encode()).hexdigest()
        return job_id(self.place.merchant_id, self.table.sha256, whole)

    def reading(self, latest: int = 0) -> Order | None:
        """Return what has the file read apart; None for one that is small, or whose rules ask the desk."""
        if self.kind not in APART or not is_large(self.table):
            return None
        return Order(self.table.path, self.table.sha256, self.mapping, latest)

    def outcomes(self, latest: int = 0) -> Iterator[Any]:
        """Read the file here: what becomes of each product or order; `latest` as in `Order`."""
        return outcomes_of(self.table, self.mapping, latest)


def make_plan(
    path: Path, mapping: Mapping, place: Place, choices: Choices, wanted: ImportKind | None = None
) -> Plan:
    """Open a file and look whether it can be imported here.

    Raises:
        ImportProblem: the file or the mapping cannot be used.
        MappingForOtherKind, OtherCurrency: they can, but not for this.
        OSError: the file cannot be opened.
    """
    if wanted is not None and mapping.kind != wanted:
        raise MappingForOtherKind(mapping.name, mapping.kind, wanted)
    table = open_mapped(path, mapping)  # first of all: of a file that is no such one the rest says nothing
    carries_money = bool({"price", "unit_price", "unit_cost"} & mapping.fields)
    if carries_money and mapping.options.currency != place.currency:
        raise OtherCurrency(mapping.options.currency, place.currency)
    return Plan(table, mapping, place, choices)
