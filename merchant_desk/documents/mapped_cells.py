"""The cells of a row that a mapping names, and what can be wrong with a row before any cell of it is read."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from operator import itemgetter
from types import MappingProxyType
from typing import Final, NamedTuple

from merchant_desk.documents.cells import MAX_CODE, UnreadableCell
from merchant_desk.documents.column_names import FIELDS, ImportKind, plain_heading
from merchant_desk.documents.mapping import Mapping
from merchant_desk.documents.tabular import Row, Table
from merchant_desk.documents.transforms import Change, change_of
from merchant_desk.domain.imports import Fault, FaultCode

Cells = Sequence[str]
Picker = Callable[[Cells], tuple[str, ...]]

SAMPLED_ROWS: Final = 200
"""Rows from the first one that samples are taken from."""

_NAMING: Final = MappingProxyType[ImportKind, tuple[str, ...]](
    {
        "products": ("barcode", "sku", "name"),
        "orders": ("order_number", "stock_code", "description"),
        "purchase_orders": ("order_number", "supplier", "sku", "barcode"),
        "opening_stock": ("sku", "barcode", "location", "lot"),
        "suppliers": ("code", "party_name"),
        "open_orders": ("order_number", "sku", "barcode"),
        "buyers": ("code", "party_name", "phone", "address"),
        "outlets": ("code", "party_name"),
        "carriers": ("code", "party_name", "tracking_url"),
        "taxes": ("code", "party_name"),
        "locations": ("code",),
        "people": ("login", "person_name", "role"),
    }
)
"""Fields that say what a row is about: a row of totals names nothing in them."""

_TOTALS: Final = frozenset(
    (
        "合计",
        "总计",
        "小计",
        "总和",
        "累计",
        "本页合计",
        "total",
        "totals",
        "grand total",
        "subtotal",
        "sub total",
    )
)


class Sample(NamedTuple):
    """What a field's transformations make of one cell: the text before and after, or why they cannot."""

    field: str
    row: int
    before: str
    after: str
    fault: Fault | None


class MappedCells:
    """The cells of one table's rows by field, changed as the mapping's transformations say.

    Args:
        headers: the table's headings.
        mapping: which of them is what.

    Raises:
        ImportProblem: `missing_column`.
    """

    def __init__(self, headers: Sequence[str], mapping: Mapping) -> None:
        self._width = len(headers)
        self._places = {
            field: place
            for field in FIELDS[mapping.kind]
            if (place := mapping.column(field, headers)) is not None
        }
        self._naming = [self._places[field] for field in _NAMING[mapping.kind] if field in self._places]
        self._headings = {
            place: {headers[place].casefold(), *FIELDS[mapping.kind][field]}
            for field, place in self._places.items()
        }
        mark = mapping.options.decimal_mark
        self._changes = {
            field: change
            for field, transforms in mapping.transforms.items()
            if (change := change_of(field, transforms, mark)) is not None
        }
        self._fields = mapping.fields
        first = self._naming[0] if self._naming else 0
        self._first, self._first_headings = first, self._headings.get(first, set())

    def __contains__(self, field: str) -> bool:
        return field in self._fields

    def picker(self, *fields: str, lenient: bool = False) -> Picker:
        """Return what picks the cells of at least two fields out of a row; one without a column gives "".

        It raises `UnreadableCell` where a transformation cannot be done; a lenient one gives "" there.
        """
        pick = itemgetter(*(self._places.get(field, self._width) for field in fields))
        changes = [self._changes.get(field) for field in fields]
        if not any(changes):
            return lambda cells: pick((*cells, ""))
        steps = [_lenient(change) if lenient and change else change for change in changes]
        return lambda cells: tuple(
            step(text) if step else text for step, text in zip(steps, pick((*cells, "")), strict=True)
        )

    def sample(self, field: str, row: Row) -> Sample:
        """Return what becomes of one cell of a row."""
        before = (*row.cells, "")[self._places.get(field, self._width)]
        change = self._changes.get(field)
        try:
            return Sample(field, row.number, before, change(before) if change else before, None)
        except UnreadableCell as unreadable:
            return Sample(field, row.number, before, "", unreadable.fault)

    def fault(self, row: Row) -> Fault | None:
        """Find what makes a whole row unfit.

        Text beyond the last heading: the row has slipped, and every cell may be another's. Totals under the
        table, and headings that come again, are rows of the sheet and no goods.
        """
        cells = row.cells
        if len(cells) != self._width:
            return Fault(FaultCode.TOO_MANY_CELLS, "", cells[self._width][:MAX_CODE])
        head = next(filter(None, cells), "")
        if len(head) <= MAX_CODE and _plain(head) in _TOTALS and self._names_nothing(cells):
            return Fault(FaultCode.TOTALS_ROW, "", head.strip())
        if cells[self._first].strip().casefold() in self._first_headings and self._is_heading(cells):
            return Fault(FaultCode.HEADING_AGAIN, "", cells[self._first].strip())
        return None

    def _names_nothing(self, cells: Cells) -> bool:
        texts = (_plain(cells[place]) for place in self._naming)
        return all(not text or text in _TOTALS for text in texts)

    def _is_heading(self, cells: Cells) -> bool:
        """Tell whether every mapped cell that is filled is a heading of its field, and more than one is."""
        filled = [(place, cells[place]) for place in self._headings if cells[place].strip()]
        named = [
            text
            for place, text in filled
            if self._headings[place] & {text.strip().casefold(), plain_heading(text)}
        ]
        return len(named) == len(filled) and len(named) >= min(2, len(self._headings))


def transformed_samples(table: Table, mapping: Mapping, each: int = 3) -> Iterator[Sample]:
    """Yield what the transformations of each field make of its first cells that differ.

    Raises:
        ImportProblem: the file cannot be read, or lacks a column.
    """
    mapped = MappedCells(table.headers, mapping)
    with closing(table.rows()) as rows:
        first = list(islice(rows, SAMPLED_ROWS))
    for field, transforms in mapping.transforms.items():
        if transforms:
            samples = {
                sample.before: sample for row in reversed(first) for sample in [mapped.sample(field, row)]
            }
            yield from sorted(samples.values(), key=lambda sample: sample.row)[:each]


def _lenient(change: Change) -> Change:
    def changed(text: str) -> str:
        try:
            return change(text)
        except UnreadableCell:
            return ""

    return changed


def _plain(text: str) -> str:
    return text.strip().rstrip(":：").casefold()
