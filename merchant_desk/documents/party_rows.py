"""From a table's cells to suppliers and customers, and from a file to outcomes."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from merchant_desk.documents.cells import UnreadableCell, clean_code, clean_text
from merchant_desk.documents.mapped_cells import MappedCells
from merchant_desk.documents.mapping import Mapping
from merchant_desk.documents.row_reading import read_rows
from merchant_desk.documents.tabular import Table
from merchant_desk.domain.buyers import MOST_DETAIL, BuyerDetails
from merchant_desk.domain.imports import FaultCode, UnreadRow
from merchant_desk.domain.imports_parties import PartyOutcome, PartyRow, classify_parties

FIELDS: Final = ("code", "party_name", "phone", "address", "level")


def party_rows(table: Table, mapping: Mapping) -> Iterator[PartyRow | UnreadRow]:
    """Yield the rows of a file of suppliers or customers.

    Raises:
        ImportProblem: what makes the rest of the file unreadable; `too_many_rows`.
    """
    read = partial(_row, formulas=bool(table.sheet))
    yield from read_rows(table, MappedCells(table.headers, mapping), FIELDS, read)


def _row(number: int, cells: tuple[str, ...], *, formulas: bool) -> PartyRow:
    code, notes_a = clean_code(cells[0], "code", formulas=formulas)
    name, notes_b = clean_text(cells[1], "party_name", formulas=formulas, limit=MOST_DETAIL)
    phone, notes_c = clean_code(cells[2], "phone", formulas=formulas)
    address, notes_d = clean_text(cells[3], "address", formulas=formulas, limit=MOST_DETAIL)
    level, notes_e = clean_text(cells[4], "level", formulas=formulas)
    if not (code or name):
        raise UnreadableCell(FaultCode.MISSING_VALUE, "party_name", "")
    notes = notes_a + notes_b + notes_c + notes_d + notes_e
    return PartyRow(number, code, BuyerDetails(name, phone, address), level, notes)


def party_outcomes(table: Table, mapping: Mapping) -> Iterator[PartyOutcome]:
    """Yield what becomes of every row of a file."""
    return classify_parties(party_rows(table, mapping))
