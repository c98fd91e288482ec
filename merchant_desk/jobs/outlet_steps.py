"""Chunks of outlets with their warehouses as an operation; only the server, who sees all, adds them."""

from collections.abc import Iterable, Mapping
from typing import Protocol
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.imports import Chunk, Fault, FaultCode, RowOutcome
from merchant_desk.domain.imports_corrections import FieldChange
from merchant_desk.domain.imports_setup import ImportOutlets, OutletPlace, SetupOutcome, record_id
from merchant_desk.domain.organisation import AddOutlet
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.settings import Decisions
from merchant_desk.domain.settings_known import DAY_START, ZONE
from merchant_desk.domain.warehouses import AddWarehouse, HeldOutlet, PlaceCodes, own_codes
from merchant_desk.models.queries.locations import codes_elsewhere
from merchant_desk.models.queries.settings import Whose, decisions_of
from merchant_desk.models.queries.setup_files import StandingOutlet, standing_outlets, standing_warehouses
from merchant_desk.sync.runtime import DeskRuntime


class Judge(Protocol):
    """Notes what becomes of rows; see `setup_steps`."""

    left: dict[int, Fault]

    def judge(
        self,
        row: RowOutcome,
        *,
        stands: bool,
        differs: bool,
        changes: Iterable[FieldChange] = (),
        corrects: bool = False,
    ) -> bool:
        """Note a row; tell whether it is to be written."""
        ...


class OutletSteps:
    """Chunks of one reading of a file, with the codes that its rows before have taken."""

    def __init__(self, job_id: UUID, runtime: DeskRuntime) -> None:
        self._job_id, self._runtime = job_id, runtime
        self._planned = PlaceCodes()

    def body(self, chunk: Chunk[SetupOutcome], found: Judge) -> ImportOutlets:
        """Return what of a chunk is new; outlets and warehouses that stand stay as they are."""
        identity = self._runtime.identity
        with self._runtime.read() as connection, connection.begin():
            here, places = standing_outlets(connection), standing_warehouses(connection)
            usual = decisions_of(connection, Whose(identity.merchant_id, identity.outlet_id))
            codes = self._codes(here, places)
            made = _Made(self._job_id, chunk.number, identity.merchant_id, usual)
            for one in chunk.outcomes:
                said, row = one.record, one.row
                if not isinstance(said, OutletPlace):
                    continue
                outlet = codes.outlets.get(sku_key(said.code)) or made.outlet_of(said)
                fault = _fault(said, outlet, codes) or _clash(connection, said, outlet, codes)
                if fault is not None:
                    found.left[row.row] = fault
                    continue
                self._take(said, outlet, codes)
                stood, there = here.get(sku_key(said.code)), places.get(sku_key(said.warehouse))
                stands = stood is not None and (not said.warehouse or there is not None)
                told = _changes(said, stood, there)
                differs = bool(told) or (stood is not None and stood.archived)
                if found.judge(row, stands=stands, differs=differs, changes=told):
                    made.add(
                        said, outlet, outlet_stands=stood is not None, warehouse_stands=there is not None
                    )
        return made.body

    def _codes(
        self, here: Mapping[str, StandingOutlet], places: Mapping[str, tuple[UUID, str]]
    ) -> PlaceCodes:
        """Return the codes that are held: by what stands here, and by rows before."""
        outlets = {key: HeldOutlet(one.id, one.code, one.archived) for key, one in here.items()}
        warehouses = {key: outlet_id for key, (outlet_id, _) in places.items()}
        planned = self._planned
        return PlaceCodes({**planned.outlets, **outlets}, {**planned.warehouses, **warehouses})

    def _take(self, said: OutletPlace, outlet: HeldOutlet, codes: PlaceCodes) -> None:
        for known in (codes, self._planned):
            known.note_outlet(outlet)
            if said.warehouse:
                known.note_warehouse(outlet.id, said.warehouse)


class _Made:
    """The operation of a chunk as it grows."""

    def __init__(self, job_id: UUID, number: int, merchant_id: UUID, usual: Decisions) -> None:
        self._job_id, self._number, self._merchant_id, self._usual = job_id, number, merchant_id, usual
        self._outlets: dict[str, AddOutlet] = {}
        self._warehouses: dict[str, AddWarehouse] = {}

    def outlet_of(self, said: OutletPlace) -> HeldOutlet:
        """Return the outlet that a row would add."""
        return HeldOutlet(record_id(self._merchant_id, "outlets", sku_key(said.code)), said.code, 0)

    def add(
        self, said: OutletPlace, outlet: HeldOutlet, *, outlet_stands: bool, warehouse_stands: bool
    ) -> None:
        """Add what of a row does not stand."""
        key, store = sku_key(said.code), sku_key(said.warehouse)
        if not outlet_stands:
            start = self._usual.value(DAY_START) if said.day_start is None else said.day_start
            first, zone = (
                record_id(self._merchant_id, "warehouses", key),
                said.zone or self._usual.value(ZONE),
            )
            self._outlets.setdefault(key, AddOutlet(outlet.id, said.code, said.name, zone, start, first))
        if store not in ("", key) and not warehouse_stands:
            id = record_id(self._merchant_id, "warehouses", store)
            self._warehouses[store] = AddWarehouse(outlet.id, id, said.warehouse, said.warehouse_name)

    @property
    def body(self) -> ImportOutlets:
        """The operation."""
        outlets, warehouses = tuple(self._outlets.values()), tuple(self._warehouses.values())
        return ImportOutlets(self._job_id, self._number, outlets, warehouses)


def _fault(said: OutletPlace, outlet: HeldOutlet, codes: PlaceCodes) -> Fault | None:
    """Return what the rules that add outlets and warehouses say against a row."""
    key, store = sku_key(said.code), sku_key(said.warehouse)
    try:
        if key not in codes.outlets:
            codes.check_outlet(said.code)
    except Refusal:
        return Fault(FaultCode.WAREHOUSE_CODE_TAKEN, "code", said.code)
    if store in ("", key) or codes.warehouses.get(store) == outlet.id:
        return None
    try:
        codes.check_warehouse(outlet, said.warehouse)
    except Refusal as refusal:
        if refusal.code == "outlet_closed":
            return Fault(FaultCode.OUTLET_CLOSED, "code", outlet.code)
        return Fault(FaultCode.WAREHOUSE_CODE_TAKEN, "warehouse_code", said.warehouse)
    return None


def _clash(connection: Connection, said: OutletPlace, outlet: HeldOutlet, codes: PlaceCodes) -> Fault | None:
    """Return which location of the outlet is called as one of a further warehouse's own would be."""
    store = sku_key(said.warehouse)
    if not store or store in codes.warehouses or sku_key(said.code) not in codes.outlets:
        return None
    own = own_codes(said.warehouse)
    held = codes_elsewhere(connection, outlet.id, None, own)
    taken = [code for code in own if sku_key(code) in held]
    return Fault(FaultCode.LOCATION_ELSEWHERE, "warehouse_code", taken[0]) if taken else None


def _changes(
    said: OutletPlace, outlet: StandingOutlet | None, there: tuple[UUID, str] | None
) -> tuple[FieldChange, ...]:
    """Return the names that the file says otherwise; they are changed on the screen of outlets."""
    told = []
    if outlet is not None and said.name != outlet.name:
        told.append(FieldChange("party_name", outlet.name, said.name))
    if there is not None and said.warehouse_name != there[1]:
        told.append(FieldChange("warehouse_name", there[1], said.warehouse_name))
    return tuple(told)
