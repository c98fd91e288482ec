"""Chunks of carriers, taxes, locations and people as operations; what stands already is not sent again."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from merchant_desk.documents.setup_rows import setup_outcomes
from merchant_desk.domain.carriers import AddCarrier
from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.imports import Chunk, Fault, FaultCode, RowOutcome
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
from merchant_desk.domain.taxes import AddTax
from merchant_desk.jobs.plan import Plan, Step
from merchant_desk.models.queries.setup_files import (
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

    `left` are rows of people who have left: nobody is brought back by a file.
    """

    new: list[RowOutcome] = field(default_factory=list)
    standing: list[RowOutcome] = field(default_factory=list)
    differing: list[RowOutcome] = field(default_factory=list)
    left: dict[int, Fault] = field(default_factory=dict)

    def judge(self, row: RowOutcome, *, stands: bool, differs: bool) -> bool:
        """Note a row; tell whether it is to be written."""
        (self.standing if stands else self.new).append(row)
        if differs:
            self.differing.append(row)
        return not stands


class SetupSteps:
    """Rows of one plan of a kind of `column_names.SETUP`."""

    def __init__(self, plan: Plan, job_id: UUID, runtime: DeskRuntime) -> None:
        self._plan = plan
        self._job_id = job_id
        self._runtime = runtime
        ways: Mapping[str, Callable[[Chunk[SetupOutcome], _Found], object]] = {
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
        return Step(
            chunk.number,
            (body,) if found.new else (),
            len(found.new),
            len(found.standing),
            taken=found.left,
            differing=tuple(found.differing),
            standing_rows=tuple(row.row for row in found.standing),
        )

    def _carriers(self, chunk: Chunk[SetupOutcome], found: _Found) -> object:
        rows = _of(chunk, Carrier)
        here = self._ask(lambda one: carriers_by_codes(one, (said.code for _, said in rows)))
        made: list[AddCarrier] = []
        for row, said in rows:
            key = sku_key(said.code)
            one = here.get(key)
            differs = one is not None and (
                one.archived or one.name != said.name or said.tracking_url not in ("", one.tracking_url)
            )
            if found.judge(row, stands=one is not None, differs=differs):
                made.append(AddCarrier(self._id("carriers", key), *said))
        return self._records(chunk, carriers=tuple(made))

    def _taxes(self, chunk: Chunk[SetupOutcome], found: _Found) -> object:
        rows = _of(chunk, TaxRate)
        here = self._ask(lambda one: taxes_by_codes(one, (said.code for _, said in rows)))
        made: list[AddTax] = []
        for row, said in rows:
            tax = here.get(sku_key(said.code))
            rate = tax.rates.get(said.from_day) if tax is not None else None
            differs = tax is not None and (
                tax.archived or tax.name != said.name or rate not in (None, said.rate)
            )
            if found.judge(row, stands=rate is not None, differs=differs):
                id = tax.id if tax is not None else self._id("taxes", sku_key(said.code))
                made.append(AddTax(id, *said))
        return self._records(chunk, taxes=tuple(made))

    def _locations(self, chunk: Chunk[SetupOutcome], found: _Found) -> object:
        rows, place = _of(chunk, Shelf), self._plan.place
        codes = [said.code for _, said in rows]
        here = self._ask(lambda one: location_kinds(one, place.warehouse_id, codes))
        made: dict[str, list[str]] = {}
        for row, said in rows:
            kind, archived = here.get(sku_key(said.code), (said.kind, True))
            if found.judge(row, stands=not archived, differs=kind != said.kind):
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
            differs = person is not None and person.name != said.name
            if not found.judge(row, stands=stands, differs=differs):
                continue
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


def _pairs(made: Mapping[str, list[str]]) -> Iterator[tuple[str, tuple[str, ...]]]:
    for kind, codes in made.items():
        yield kind, tuple(codes)
