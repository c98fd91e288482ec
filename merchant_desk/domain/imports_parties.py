"""Suppliers and customers from a file: each row one of them, known by a code.

    new_party        taken note of; a row without a code is known by its name
    repeated_party   the same code and content as an earlier row: nothing more to write

twice     rows of one code with other content contradict each other: none of them is taken
known     who stands here under the code stays as he is (a note says so where the file differs), unless the
          import corrects suppliers (`imports_corrections`); what is personal of customers is not looked into
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple
from uuid import UUID

from merchant_desk.domain.buyers import AddBuyer, BuyerDetails, check_details
from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.imports import Effect, Fault, FaultCode, RowOutcome, UnreadRow
from merchant_desk.domain.naming import check_code, check_name
from merchant_desk.domain.operations import Nature, operation
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.suppliers import AddSupplier

PARTY_BYTES: Final = 120
"""About what a code takes in an operation's body beside its texts."""

_SEALED: Final = 4
"""Bytes that a character of sealed text may take."""


@operation("import_suppliers", nature=Nature.DECISION, right="import")
@dataclass(frozen=True)
class ImportSuppliers:
    """Decision: one chunk of an import job; suppliers whose code stands already are left as they are."""

    job_id: UUID
    chunk: int
    outlet_id: UUID
    suppliers: tuple[AddSupplier, ...]


@operation("import_buyers", nature=Nature.DECISION, right="import")
@dataclass(frozen=True)
class ImportBuyers:
    """Decision: one chunk of an import job; buyers whose code stands already are left as they are.

    What is personal is sealed before, each under a key of its own that is no part of the operation.
    """

    job_id: UUID
    chunk: int
    outlet_id: UUID
    buyers: tuple[AddBuyer, ...]


def supplier_id(merchant_id: UUID, code: str) -> UUID:
    """Return the id that an imported supplier gets from its code: two desks' imports of one meet in it."""
    return derived_id(merchant_id, "suppliers", sku_key(code))


class PartyRule(StrEnum):
    """What becomes of a row; see the module's text."""

    NEW_PARTY = "new_party"
    REPEATED_PARTY = "repeated_party"


class PartyNote(StrEnum):
    """What else is noticed about a row."""

    CODE_FROM_NAME = "code_from_name"


class PartyRow(NamedTuple):
    """A row as it was read; `level` and all of `details` but the name are "" for suppliers."""

    number: int
    code: str
    details: BuyerDetails
    level: str
    notes: tuple[str, ...] = ()


class Party(NamedTuple):
    """Somebody to take note of."""

    code: str
    details: BuyerDetails
    level: str


class PartyOutcome(NamedTuple):
    """What became of a row; `party` is None if nothing of it is written."""

    row: RowOutcome
    party: Party | None

    @property
    def rows(self) -> tuple[RowOutcome, ...]:
        """The row, as every outcome has its rows."""
        return (self.row,)

    @property
    def text_bytes(self) -> int:
        """About how much room it takes in an operation's body."""
        if self.party is None:
            return 0
        details = self.party.details
        texts = len(details.name) + len(details.phone) + len(details.address)
        return PARTY_BYTES + _SEALED * texts


def classify_parties(rows: Iterable[PartyRow | UnreadRow]) -> Iterator[PartyOutcome]:
    """Yield what becomes of each row of a file, in its order."""
    judged = [_named(row) if isinstance(row, PartyRow) else row for row in rows]
    of_code: dict[str, list[PartyRow]] = {}
    for row in judged:
        if isinstance(row, PartyRow):
            of_code.setdefault(sku_key(row.code), []).append(row)
    for row in judged:
        if isinstance(row, UnreadRow):
            yield _refused(row.number, row.fault)
        else:
            yield _outcome(row, of_code[sku_key(row.code)])


def _named(row: PartyRow) -> PartyRow | UnreadRow:
    """Give a row without a code its name for one, and judge both by the rules of records."""
    name = row.details.name
    if not row.code:
        row = row._replace(code=name, notes=(*row.notes, PartyNote.CODE_FROM_NAME))
    try:
        check_code(row.code)
        if name:
            check_name(name)
        check_details(row.details)
    except Refusal as refusal:
        field = {"record_code_unreadable": "code", "name_unreadable": "party_name"}.get(
            refusal.code, "address"
        )
        return UnreadRow(row.number, "", Fault(FaultCode.TEXT_TOO_LONG, field, row.code[:40]))
    return row


def _outcome(row: PartyRow, same_code: list[PartyRow]) -> PartyOutcome:
    others = [one for one in same_code if (one.details, one.level) != (row.details, row.level)]
    if others:
        return _refused(row.number, Fault(FaultCode.PARTY_TWICE, "code", str(others[0].number)))
    if same_code[0].number != row.number:
        return PartyOutcome(
            RowOutcome(row.number, PartyRule.REPEATED_PARTY, Effect.UNCHANGED, notes=row.notes), None
        )
    written = RowOutcome(row.number, PartyRule.NEW_PARTY, Effect.WRITTEN, notes=row.notes)
    return PartyOutcome(written, Party(row.code, row.details, row.level))


def _refused(number: int, fault: Fault) -> PartyOutcome:
    return PartyOutcome(RowOutcome(number, fault.code, Effect.REFUSED, fault=fault), None)
