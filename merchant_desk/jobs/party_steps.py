"""Chunks of suppliers and customers as operations."""

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Final
from uuid import UUID

from merchant_desk.documents.column_names import ImportKind
from merchant_desk.documents.party_rows import party_outcomes
from merchant_desk.domain.imports import Chunk, RowOutcome
from merchant_desk.domain.imports_corrections import FieldChange, ImportCorrections, SupplierCorrection
from merchant_desk.domain.imports_parties import (
    ImportBuyers,
    ImportSuppliers,
    Party,
    PartyOutcome,
    supplier_id,
)
from merchant_desk.domain.suppliers import AddSupplier, RenameSupplier
from merchant_desk.jobs.keyed_operations import Keyed
from merchant_desk.jobs.plan import Plan, Step
from merchant_desk.jobs.standing import Standing
from merchant_desk.models.queries.parties import StandingSupplier, buyer_codes, suppliers_by_codes
from merchant_desk.models.unit import Unit
from merchant_desk.sync.personal import NewBuyer, new_buyer
from merchant_desk.sync.runtime import DeskRuntime


class SupplierSteps:
    """Suppliers of one plan; those whose code stands are not sent again, unless they are to be corrected."""

    kind: Final[ImportKind] = "suppliers"

    def __init__(self, plan: Plan, standing: Standing, job_id: UUID, runtime: DeskRuntime) -> None:
        self._plan = plan
        self._corrects = plan.choices.correct
        self._standing = standing
        self._job_id = job_id
        self._runtime = runtime

    def outcomes(self) -> Iterator[PartyOutcome]:
        """Read the file: what becomes of each supplier."""
        return party_outcomes(self._plan.table, self._plan.mapping)

    def step(self, chunk: Chunk[PartyOutcome]) -> Step:
        """Return the suppliers of a chunk that are new; another name of one who stands is corrected or noted.

        A row without a name says nothing of it; who is archived stays as he is.
        """
        parties = _by_code(chunk)
        with self._runtime.read() as connection, connection.begin():
            here = suppliers_by_codes(connection, parties)
        new = [party for code, (_, party) in parties.items() if code not in here]
        differing = {
            parties[code][0]: (one, name)
            for code, one in here.items()
            if (name := parties[code][1].details.name) not in ("", one.name)
        }
        corrected = {row: one for row, one in differing.items() if self._corrects and not one[0].archived}
        place = self._plan.place
        ids = {one.code: supplier_id(place.merchant_id, one.code) for one in new}
        free = self._standing.free_ids("suppliers", list(ids.values()))
        made = tuple(AddSupplier(free[ids[one.code]], one.code, _name(one)) for one in new)
        operations: list[object] = []
        if made:
            operations.append(ImportSuppliers(self._job_id, chunk.number, place.outlet_id, made))
        if corrected:
            operations.append(self._corrections(chunk.number, corrected.values()))
        rows = tuple(row.row for row in (parties[code][0] for code in here) if row not in corrected)
        return Step(
            chunk.number,
            tuple(operations),
            len(new),
            len(rows),
            differing=tuple(row for row in differing if row not in corrected),
            standing_rows=rows,
            corrected=tuple(corrected),
            changes={
                row.row: (FieldChange("party_name", one.name, name),)
                for row, (one, name) in differing.items()
            },
        )

    def _corrections(
        self, number: int, corrected: Iterable[tuple[StandingSupplier, str]]
    ) -> ImportCorrections:
        made = tuple(
            SupplierCorrection(RenameSupplier(one.id, one.name), RenameSupplier(one.id, name))
            for one, name in corrected
        )
        return ImportCorrections(self._job_id, number, len(made), suppliers=made)


class BuyerSteps:
    """Customers of one plan; those whose code stands are not sent again, and not looked into."""

    kind: Final[ImportKind] = "buyers"

    def __init__(
        self, plan: Plan, job_id: UUID, runtime: DeskRuntime, random: Callable[[int], bytes] = os.urandom
    ) -> None:
        self._plan = plan
        self._job_id = job_id
        self._runtime = runtime
        self._random = random

    def outcomes(self) -> Iterator[PartyOutcome]:
        """Read the file: what becomes of each customer."""
        return party_outcomes(self._plan.table, self._plan.mapping)

    def step(self, chunk: Chunk[PartyOutcome]) -> Step:
        """Return the customers of a chunk that are new, sealed, with what keeps their keys."""
        parties = _by_code(chunk)
        with self._runtime.read() as connection, connection.begin():
            standing = buyer_codes(connection, parties)
        rows = tuple(parties[code][0].row for code in standing)
        new = [party for code, (_, party) in parties.items() if code not in standing]
        operations = (self._keyed(chunk.number, new),) if new else ()
        return Step(chunk.number, operations, len(new), len(rows), standing_rows=rows)

    def _keyed(self, number: int, parties: list[Party]) -> Keyed:
        made = [
            new_buyer(self._runtime.new_id(), one.code, one.level, one.details, self._random)
            for one in parties
        ]
        buyers = tuple(one.operation for one in made)
        body = ImportBuyers(self._job_id, number, self._plan.place.outlet_id, buyers)
        return Keyed(body, _keeper(made))


def _keeper(made: list[NewBuyer]) -> Callable[[Unit, UUID], None]:
    def keep(unit: Unit, op_id: UUID) -> None:
        for one in made:
            one.keep_key(unit, op_id)

    return keep


def _by_code(chunk: Chunk[PartyOutcome]) -> dict[str, tuple[RowOutcome, Party]]:
    return {one.party.code: (one.row, one.party) for one in chunk.outcomes if one.party is not None}


def _name(party: Party) -> str:
    return party.details.name or party.code
