"""Chunks of carriers, taxes, locations and people as operations.

What stands already is not sent again; carriers and taxes can be corrected. Kinds of locations and names of
people stay as they are, as no operation changes them: that is told.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

from merchant_desk.documents.setup_rows import setup_outcomes
from merchant_desk.domain.carriers import AddCarrier, ChangeCarrier
from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.imports import Chunk, Fault, FaultCode, RowOutcome
from merchant_desk.domain.imports_corrections import (
    CarrierCorrection,
    FieldChange,
    ImportCorrections,
    RateCorrection,
    TaxCorrection,
    differing,
)
from merchant_desk.domain.imports_setup import (
    Carrier,
    ImportPeople,
    ImportRecords,
    RoleOfPerson,
    SetupOutcome,
    Shelf,
    TaxRate,
    record_id,
)
from merchant_desk.domain.locations import AddLocations
from merchant_desk.domain.organisation import AddPerson, GrantRole
from merchant_desk.domain.taxes import AddTax, RenameTax, SetTaxRate
from merchant_desk.jobs.outlet_steps import OutletSteps
from merchant_desk.jobs.plan import Plan, Step
from merchant_desk.models.queries.locations import codes_elsewhere
from merchant_desk.models.queries.setup_files import (
    StandingCarrier,
    StandingPerson,
    StandingTax,
    carriers_by_codes,
    location_kinds,
    outlets_by_code,
    people_by_logins,
    taxes_by_codes,
)
from merchant_desk.sync.runtime import DeskRuntime

T = TypeVar("T")


@dataclass
class _Found:
    """What a chunk asks for: rows whose record is new, rows that stand, rows that stand otherwise.

    `left` are rows of people who have left: nobody is brought back by a file. `corrected` are rows of
    records that stand and are corrected (`rewritten`: new in part), `changes` the fields of rows that differ,
    `corrections` the same as parts of an operation. `given` are rows of people who stand and get the role of
    their row.
    """

    new: list[RowOutcome] = field(default_factory=list)
    standing: list[RowOutcome] = field(default_factory=list)
    differing: list[RowOutcome] = field(default_factory=list)
    left: dict[int, Fault] = field(default_factory=dict)
    corrected: list[RowOutcome] = field(default_factory=list)
    rewritten: list[RowOutcome] = field(default_factory=list)
    changes: dict[int, tuple[FieldChange, ...]] = field(default_factory=dict)
    corrections: dict[str, list[Any]] = field(default_factory=dict)
    given: list[RowOutcome] = field(default_factory=list)

    def judge(
        self,
        row: RowOutcome,
        *,
        stands: bool,
        differs: bool,
        changes: Iterable[FieldChange] = (),
        corrects: bool = False,
    ) -> bool:
        """Note a row; tell whether it is to be written. One that is new in part counts as new."""
        told = tuple(changes)
        if told:
            self.changes[row.row] = told
        if corrects and stands:
            self.corrected.append(row)
        elif corrects:
            self.new.append(row)
            self.rewritten.append(row)
        else:
            (self.standing if stands else self.new).append(row)
        if differs and not corrects:
            self.differing.append(row)
        return not stands


class SetupSteps:
    """Rows of one plan of a kind of `column_names.SETUP`."""

    def __init__(self, plan: Plan, job_id: UUID, runtime: DeskRuntime) -> None:
        self._plan = plan
        self._corrects = plan.choices.correct
        self._job_id = job_id
        self._runtime = runtime
        ways: Mapping[str, Callable[[Chunk[SetupOutcome], _Found], object]] = {
            "outlets": OutletSteps(job_id, runtime).body,
            "carriers": self._carriers,
            "taxes": self._taxes,
            "locations": self._locations,
            "people": self._people,
        }
        self._way = ways[plan.kind]

    def outcomes(self) -> Iterator[SetupOutcome]:
        """Read the file: what becomes of each row."""
        outlets = self._ask(outlets_by_code)
        return setup_outcomes(self._plan.table, self._plan.mapping, outlets)

    def step(self, chunk: Chunk[SetupOutcome]) -> Step:
        """Return what of a chunk is new here; what stands otherwise is noted and stays."""
        found = _Found()
        body = self._way(chunk, found)
        operations = [body] if found.new else []
        if found.corrections:
            parts = {part: tuple(made) for part, made in found.corrections.items()}
            operations.append(ImportCorrections(self._job_id, chunk.number, len(found.corrected), **parts))
        return Step(
            chunk.number,
            tuple(operations),
            len(found.new),
            len(found.standing),
            taken=found.left,
            differing=tuple(found.differing),
            standing_rows=tuple(row.row for row in found.standing),
            corrected=tuple(found.corrected),
            rewritten=tuple(found.rewritten),
            changes=found.changes,
            roles=tuple(found.given),
        )

    def _carriers(self, chunk: Chunk[SetupOutcome], found: _Found) -> object:
        rows = _of(chunk, Carrier)
        here = self._ask(lambda one: carriers_by_codes(one, (said.code for _, said in rows)))
        made: list[AddCarrier] = []
        for row, said in rows:
            key = sku_key(said.code)
            one = here.get(key)
            if one is not None:
                self._judge_carrier(row, said, one, found)
            elif found.judge(row, stands=False, differs=False):
                made.append(AddCarrier(self._id("carriers", key), *said))
        return self._records(chunk, carriers=tuple(made))

    def _judge_carrier(self, row: RowOutcome, said: Carrier, one: StandingCarrier, found: _Found) -> None:
        """Compare a row with the carrier that stands; who is archived stays as he is."""
        was, now = ({"party_name": word.name, "tracking_url": word.tracking_url} for word in (one, said))
        pairs = differing(now, was)
        corrects = bool(pairs) and self._corrects and not one.archived
        if corrects:
            change = ChangeCarrier(one.id, said.name, said.tracking_url or one.tracking_url)
            seen = ChangeCarrier(one.id, one.name, one.tracking_url)
            found.corrections.setdefault("carriers", []).append(CarrierCorrection(seen, change))
        told = (FieldChange(name, *pair) for name, pair in pairs.items())
        differs = one.archived or bool(pairs)
        found.judge(row, stands=True, differs=differs, changes=told, corrects=corrects)

    def _taxes(self, chunk: Chunk[SetupOutcome], found: _Found) -> object:
        rows = _of(chunk, TaxRate)
        here = self._ask(lambda one: taxes_by_codes(one, (said.code for _, said in rows)))
        made: list[AddTax] = []
        for row, said in rows:
            tax = here.get(sku_key(said.code))
            rate = tax.rates.get(said.from_day) if tax is not None else None
            told, corrects = self._judge_tax(tax, rate, said, found) if tax is not None else ((), False)
            differs = tax is not None and (tax.archived or bool(told))
            stands = rate is not None
            if found.judge(row, stands=stands, differs=differs, changes=told, corrects=corrects):
                id = tax.id if tax is not None else self._id("taxes", sku_key(said.code))
                made.append(AddTax(id, *said))
        return self._records(chunk, taxes=tuple(made))

    def _judge_tax(
        self, tax: StandingTax, rate: int | None, said: TaxRate, found: _Found
    ) -> tuple[tuple[FieldChange, ...], bool]:
        """Compare a row with the tax that stands and its rate of that day; tell whether it is corrected."""
        told: list[FieldChange] = []
        corrects = self._corrects and not tax.archived
        made = found.corrections if corrects else {}
        if said.name not in ("", tax.name):
            told.append(FieldChange("party_name", tax.name, said.name))
            pair = RenameTax(tax.id, tax.name), RenameTax(tax.id, said.name)
            if TaxCorrection(*pair) not in made.setdefault("taxes", []):
                made["taxes"].append(TaxCorrection(*pair))
        if rate not in (None, said.rate):
            told.append(FieldChange("tax_rate", _per_cent(rate or 0), _per_cent(said.rate)))
            seen, now = (SetTaxRate(tax.id, one, said.from_day) for one in (rate or 0, said.rate))
            made.setdefault("rates", []).append(RateCorrection(seen, now))
        return tuple(told), corrects and bool(told)

    def _locations(self, chunk: Chunk[SetupOutcome], found: _Found) -> object:
        rows, place = _of(chunk, Shelf), self._plan.place
        codes = [said.code for _, said in rows]
        here = self._ask(lambda one: location_kinds(one, place.warehouse_id, codes))
        elsewhere = self._ask(lambda one: codes_elsewhere(one, place.outlet_id, place.warehouse_id, codes))
        made: dict[str, list[str]] = {}
        for row, said in rows:
            if sku_key(said.code) in elsewhere:
                found.left[row.row] = Fault(FaultCode.LOCATION_ELSEWHERE, "code", said.code)
                continue
            kind, archived = here.get(sku_key(said.code), (said.kind, True))
            told = (FieldChange("location_kind", kind, said.kind),) if kind != said.kind else ()
            if found.judge(row, stands=not archived, differs=kind != said.kind, changes=told):
                made.setdefault(said.kind, []).append(said.code)
        added = (AddLocations(place.outlet_id, place.warehouse_id, *one) for one in _pairs(made))
        return self._records(chunk, locations=tuple(added))

    def _people(self, chunk: Chunk[SetupOutcome], found: _Found) -> object:
        rows = _of(chunk, RoleOfPerson)
        here = self._ask(lambda one: people_by_logins(one, (said.login for _, said in rows)))
        people: dict[str, AddPerson] = {}
        roles: list[GrantRole] = []
        for row, said in rows:
            person = here.get(said.login)
            if person is not None and person.archived:
                found.left[row.row] = Fault(FaultCode.PERSON_LEFT, "login", said.login)
                continue
            held = not said.role or (person is not None and (said.role, said.outlet_id) in person.roles)
            stands = person is not None and held
            told = _other_name(person, said)
            if not found.judge(row, stands=stands, differs=bool(told), changes=told):
                continue
            if person is not None:
                found.given.append(row)
            id = person.id if person is not None else self._id("persons", said.login)
            if person is None:
                people.setdefault(said.login, AddPerson(id, said.login, said.name, ""))
            if said.role:
                roles.append(GrantRole(id, said.role, said.outlet_id))
        return ImportPeople(self._job_id, chunk.number, tuple(people.values()), tuple(roles))

    def _records(
        self,
        chunk: Chunk[SetupOutcome],
        *,
        carriers: tuple[AddCarrier, ...] = (),
        taxes: tuple[AddTax, ...] = (),
        locations: tuple[AddLocations, ...] = (),
    ) -> ImportRecords:
        place, kind = self._plan.place, self._plan.kind
        return ImportRecords(self._job_id, chunk.number, place.outlet_id, kind, carriers, taxes, locations)

    def _id(self, table: str, key: str) -> UUID:
        return record_id(self._plan.place.merchant_id, table, key)

    def _ask(self, question: Callable[..., T]) -> T:
        with self._runtime.read() as connection, connection.begin():
            return question(connection)


R = TypeVar("R", Carrier, TaxRate, Shelf, RoleOfPerson)


def _of(chunk: Chunk[SetupOutcome], record: type[R]) -> list[tuple[RowOutcome, R]]:
    return [(one.row, one.record) for one in chunk.outcomes if isinstance(one.record, record)]


def _other_name(person: StandingPerson | None, said: RoleOfPerson) -> tuple[FieldChange, ...]:
    if person is None or said.name in ("", person.name):
        return ()
    return (FieldChange("person_name", person.name, said.name),)


def _per_cent(rate: int) -> str:
    """Return parts per million as people write per cent."""
    return f"{Decimal(rate).scaleb(-4).normalize():f} %"


def _pairs(made: Mapping[str, list[str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for kind, codes in made.items():
        yield kind, tuple(codes)
