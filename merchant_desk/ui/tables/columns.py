"""What a table shows: columns as data, cells as words with a tone."""

from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from merchant_desk.ui.messages import Language
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.chip import ChipText

R = TypeVar("R")

RowId = Hashable


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: its words, smaller words after them, or a chip instead. Figures stand at the right."""

    text: str = ""
    detail: str = ""
    chip: ChipText | None = None
    tone: Tone | None = None
    strong: bool = False
    quiet: bool = False
    icon: str = ""

    @property
    def words(self) -> str:
        """All that the cell says, for copying and screen readers."""
        return " ".join(
            part for part in (self.text, self.chip.text if self.chip else "", self.detail) if part
        )


@dataclass(frozen=True)
class Column(Generic[R]):
    """A column of rows of type R.

    `key` names the column for sorting; `title` is a key of the catalogue; `cell` puts a row into words;
    `value` is what the column sorts by (None: not sortable); `width` is in characters of the type, 0 shares
    what is left and is at least `least` characters wide; `figures` aligns to the right.

    In a file a cell stands as what it `holds`, counted as `kind` says (see `documents.exports.CellKind`),
    where its words are not enough: figures to reckon with. `heading` (a key) is its title there if the table
    shows none.
    """

    key: str
    title: str
    cell: Callable[[R, Language], Cell]
    value: Callable[[R], object] | None = None
    width: int = 0
    figures: bool = False
    least: int = 0
    kind: str = "text"
    holds: Callable[[R], str | int | None] | None = None
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Sort:
    """The order of a table: a column's key, and which way."""

    key: str
    descending: bool = False
