"""What a shop is set up with, from a file: outlets, carriers, taxes with rates, locations, people with roles.

    new_party        taken note of: a record, or what is new of one (a rate from a day, a role at a place)
    repeated_party   says what an earlier row said: nothing more to write

twice     rows that name one record, or one rate or role of it, with other content contradict each other:
          none of them is taken
known     what stands here stays as it is (a note says so where the file differs), unless the import corrects
          it (`imports_corrections`: carriers and taxes); what it lacks is added
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final, NamedTuple
from uuid import UUID

from merchant_desk.domain.carriers import AddCarrier
from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.imports import Effect, Fault, FaultCode, RowOutcome, UnreadRow
from merchant_desk.domain.imports_parties import PartyRule
from merchant_desk.domain.locations import AddLocations
from merchant_desk.domain.operations import Nature, Place, operation
from merchant_desk.domain.organisation import AddOutlet, AddPerson, GrantRole
from merchant_desk.domain.taxes import AddTax
from merchant_desk.domain.warehouses import AddWarehouse

SETUP: Final = ("outlets", "carriers", "taxes", "locations", "people")
"""What a shop is set up with: it is ended on its own screen, record by record, never taken back as one."""

RECORD_BYTES: Final = 200
"""About what a record takes in an operation's body beside its texts."""


@operation("import_records", nature=Nature.DECISION, right="organise")
@dataclass(frozen=True)
class ImportRecords:
    """Decision: one chunk of an import job of carriers, taxes or locations (`kind`).

    What stands already under a code is left as it is; a tax that stands gets the rate of a day that it has
    none for yet.
    """

    job_id: UUID
    chunk: int
    outlet_id: UUID
    kind: str
    carriers: tuple[AddCarrier, ...] = ()
    taxes: tuple[AddTax, ...] = ()
    locations: tuple[AddLocations, ...] = ()


@operation("import_people", nature=Nature.DECISION, right="people", place=Place.SERVER_ONLY)
@dataclass(frozen=True)
class ImportPeople:
    """Decision: one chunk of an import job of people; only the server, who sees all of them, adds anybody.

    Who has a login already is left as he is, and a role that is held is not given again.
    """

    job_id: UUID
    chunk: int
    people: tuple[AddPerson, ...]
    roles: tuple[GrantRole, ...]


class PersonNote(StrEnum):
    """What else is noticed: somebody who stands here gets the role of the row (`role_given`)."""

    ROLE_GIVEN = "role_given"


@operation("import_outlets", nature=Nature.DECISION, right="organise", place=Place.SERVER_ONLY)
@dataclass(frozen=True)
class ImportOutlets:
    """Decision: one chunk of an import job of outlets with their warehouses, for the whole merchant.

    An outlet or a warehouse that stands under its code is left as it is.
    """

    job_id: UUID
    chunk: int
    outlets: tuple[AddOutlet, ...]
    warehouses: tuple[AddWarehouse, ...]


class OutletPlace(NamedTuple):
    """An outlet of a file, with one of its warehouses beside the first ("": none).

    `zone` "" and `day_start` (minutes after midnight) None are as at the outlet of the desk that imports.
    """

    code: str
    name: str
    zone: str
    day_start: int | None
    warehouse: str
    warehouse_name: str


class Carrier(NamedTuple):
    """A carrier of a file; `tracking_url` as `AddCarrier` has it."""

    code: str
    name: str
    tracking_url: str


class TaxRate(NamedTuple):
    """A tax of a file with its rate (parts per million) from a day (yyyymmdd)."""

    code: str
    name: str
    rate: int
    from_day: int


class Shelf(NamedTuple):
    """A location of a file, of a kind of `LOCATION_KINDS`."""

    code: str
    kind: str


class RoleOfPerson(NamedTuple):
    """A person of a file, with a role at an outlet ("" for none, `outlet_id` None: at all)."""

    login: str
    name: str
    role: str
    outlet_id: UUID | None


Record = OutletPlace | Carrier | TaxRate | Shelf | RoleOfPerson


class SetupRow(NamedTuple):
    """A row as it was read.

    `key` is what its record is known by, `part` which rate or role of it; rows of one key agree in `said`,
    rows of one key and part in all of `record`.
    """

    number: int
    key: str
    part: str
    said: tuple[Any, ...]
    record: Record
    notes: tuple[str, ...] = ()


class SetupOutcome(NamedTuple):
    """What became of a row; `record` is None if nothing of it is written."""

    row: RowOutcome
    record: Record | None

    @property
    def rows(self) -> tuple[RowOutcome, ...]:
        """The row, as every outcome has its rows."""
        return (self.row,)

    @property
    def text_bytes(self) -> int:
        """About how much room it takes in an operation's body."""
        if self.record is None:
            return 0
        return RECORD_BYTES + 4 * sum(len(said) for said in self.record if isinstance(said, str))


def setup_row(number: int, record: Record, notes: tuple[str, ...] = ()) -> SetupRow:
    """Return a row with what it is known by."""
    part: str = ""
    said: tuple[Any, ...] = tuple(record)[1:]
    match record:
        case OutletPlace():
            part, said = sku_key(record.warehouse), (record.name, record.zone, record.day_start)
        case TaxRate():
            part, said = str(record.from_day), (record.name,)
        case RoleOfPerson():
            place = record.outlet_id.hex if record.outlet_id else ""
            part, said = f"{record.role} {place}", (record.name,)
    key = record.login if isinstance(record, RoleOfPerson) else sku_key(record.code)
    return SetupRow(number, key, part, said, record, notes)


def record_id(merchant_id: UUID, table: str, key: str) -> UUID:
    """Return the id that an imported record gets from its key: two desks' imports of one meet in it."""
    return derived_id(merchant_id, table, key)


def classify_setup(rows: Iterable[SetupRow | UnreadRow]) -> Iterator[SetupOutcome]:
    """Yield what becomes of each row of a file, in its order."""
    judged = list(rows)
    of_key: dict[str, list[SetupRow]] = {}
    for row in judged:
        if isinstance(row, SetupRow):
            of_key.setdefault(row.key, []).append(row)
    for row in judged:
        if isinstance(row, UnreadRow):
            yield _refused(row.number, row.fault)
        else:
            yield _outcome(row, of_key[row.key])


def _outcome(row: SetupRow, of_key: list[SetupRow]) -> SetupOutcome:
    same = [one for one in of_key if one.part == row.part]
    others = [one for one in of_key if one.said != row.said or (one in same and not _agree(one, row))]
    if others:
        return _refused(row.number, Fault(FaultCode.PARTY_TWICE, "code", str(others[0].number)))
    if same[0].number != row.number:
        return SetupOutcome(
            RowOutcome(row.number, PartyRule.REPEATED_PARTY, Effect.UNCHANGED, notes=row.notes), None
        )
    written = RowOutcome(row.number, PartyRule.NEW_PARTY, Effect.WRITTEN, notes=row.notes)
    return SetupOutcome(written, row.record)


def _agree(one: SetupRow, other: SetupRow) -> bool:
    """Tell whether two rows say the same; a code's letters may be written differently."""
    return one.record[1:] == other.record[1:]


def _refused(number: int, fault: Fault) -> SetupOutcome:
    return SetupOutcome(RowOutcome(number, fault.code, Effect.REFUSED, fault=fault), None)
