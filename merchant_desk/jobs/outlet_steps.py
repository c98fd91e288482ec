"""Chunks of outlets with their warehouses as an operation; only the server, who sees all, adds them."""

from collections.abc import Iterable
from typing import Protocol
from uuid import UUID

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.imports import Chunk, Fault, FaultCode, RowOutcome
from merchant_desk.domain.imports_corrections import FieldChange
from merchant_desk.domain.imports_setup import ImportOutlets, OutletPlace, SetupOutcome, record_id
from merchant_desk.domain.organisation import AddOutlet
from merchant_desk.domain.settings_known import DAY_START, ZONE
from merchant_desk.domain.warehouses import AddWarehouse
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


def outlet_body(
    job_id: UUID, runtime: DeskRuntime, chunk: Chunk[SetupOutcome], found: Judge
) -> ImportOutlets:
    """Return what of a chunk is new; outlets and warehouses that stand stay as they are."""
    identity = runtime.identity
    merchant_id = identity.merchant_id
    with runtime.read() as connection, connection.begin():
        here, places = standing_outlets(connection), standing_warehouses(connection)
        usual = decisions_of(connection, Whose(merchant_id, identity.outlet_id))
    outlets: dict[str, AddOutlet] = {}
    warehouses: dict[str, AddWarehouse] = {}
    for one in chunk.outcomes:
        said, row = one.record, one.row
        if not isinstance(said, OutletPlace):
            continue
        key, store = sku_key(said.code), sku_key(said.warehouse)
        outlet, there = here.get(key), places.get(store) if store else None
        outlet_id = outlet.id if outlet is not None else record_id(merchant_id, "outlets", key)
        taken = _taken(said, outlet, there, here, places)
        if taken:
            found.left[row.row] = Fault(FaultCode.WAREHOUSE_CODE_TAKEN, "warehouse_code", taken)
            continue
        stands = outlet is not None and (not store or there is not None)
        told = _changes(said, outlet, there)
        differs = bool(told) or (outlet is not None and outlet.archived)
        if not found.judge(row, stands=stands, differs=differs, changes=told):
            continue
        if outlet is None:
            start = usual.value(DAY_START) if said.day_start is None else said.day_start
            first, zone = record_id(merchant_id, "warehouses", key), said.zone or usual.value(ZONE)
            outlets.setdefault(key, AddOutlet(outlet_id, said.code, said.name, zone, start, first))
        if store and there is None:
            id = record_id(merchant_id, "warehouses", store)
            warehouses[store] = AddWarehouse(outlet_id, id, said.warehouse, said.warehouse_name)
    return ImportOutlets(job_id, chunk.number, tuple(outlets.values()), tuple(warehouses.values()))


def _taken(
    said: OutletPlace,
    outlet: StandingOutlet | None,
    there: tuple[UUID, str] | None,
    here: dict[str, StandingOutlet],
    places: dict[str, tuple[UUID, str]],
) -> str:
    """Return a code of a row that means something else here already, or nothing."""
    if outlet is None and sku_key(said.code) in places:
        return said.code
    if there is not None and (outlet is None or there[0] != outlet.id):
        return said.warehouse
    return said.warehouse if said.warehouse and there is None and sku_key(said.warehouse) in here else ""


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
