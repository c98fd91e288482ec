"""Opening documents and working on them: what a window's station and a script have in common."""

from collections.abc import Callable, Sequence
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.counting import OpenCount
from merchant_desk.domain.receiving import OpenReceipt
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.shipping import OpenShipment
from merchant_desk.models.queries.documents import order_by_number, purchase_by_number
from merchant_desk.models.queries.floor import (
    LocationView,
    WarehouseView,
    location_by_code,
    location_by_id,
    warehouse_by_id,
    warehouse_of,
)
from merchant_desk.models.queries.open_work import own_open_document
from merchant_desk.models.queries.sheets import UncountedView, sheet_head
from merchant_desk.stations.gate import Today, Who
from merchant_desk.stations.inbound import Inbound
from merchant_desk.stations.numbers import next_number
from merchant_desk.stations.outbound import Outbound
from merchant_desk.stations.scans import Scan, ScanResult
from merchant_desk.stations.station import Station
from merchant_desk.stations.stocktake import Stocktake
from merchant_desk.stations.work import Work
from merchant_desk.sync.desk import Done
from merchant_desk.sync.runtime import DeskRuntime

Result = TypeVar("Result")


class Sheet:
    """An open document with its station. Callable from any thread; each call is one job of the writer."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self._ended = False

    @property
    def document_id(self) -> UUID:
        """The document's id."""
        return self.station.work.document_id

    @property
    def number(self) -> str:
        """The document's number."""
        return self.station.work.number

    def scan(self, text: str, aim: str | None = None) -> ScanResult:
        """Take a scan given as text.

        Raises:
            Refusal: `blank_scan`: there is no code in it. `document_not_open`: the sheet was finished.
                Nothing is journaled.
        """
        if not text.strip():
            raise Refusal("blank_scan")
        if self._ended:
            raise Refusal("document_not_open", number=self.number, status="closed")
        at = self.station.runtime.clock()
        return self.take(Scan(text.encode(), text, aim, "script", at))

    def take(self, scan: Scan) -> ScanResult:
        """Take a captured scan; of several results (an OK card set held scans going) the last."""
        return self._whole(lambda: self.station.take(scan))[-1]

    def acknowledge(self, *, accept: bool = False) -> ScanResult:
        """Answer a refusal or a question; `accept` does what was asked about."""
        return self._whole(lambda: self.station.acknowledge(accept=accept))

    def choose(self, index: int) -> ScanResult:
        """Say which of several products the scan was (0 is the first)."""
        return self._whole(lambda: self.station.choose(index))

    def give_lot(self, lot: str, expiry: int | None = None, serial: str = "") -> ScanResult:
        """Say which lot it is and when it expires, yyyymmdd."""
        return self._whole(lambda: self.station.give_lot(lot, expiry, serial))

    def apply_held(self) -> list[ScanResult]:
        """Apply, in order, the scans that were held back while a person was asked, up to a card that asks."""
        return self._whole(self.station.apply_held)

    def discard_held(self) -> ScanResult:
        """Leave the scans that were held back; the journal keeps them."""
        return self._whole(self.station.discard_held)[-1]

    def undo(self) -> ScanResult:
        """Undo the last scan that stands."""
        return self._whole(self.station.undo)[-1]

    def uncounted(self) -> list[UncountedView]:
        """Return what the book has at the counted location and nobody saw; empty for other documents."""
        work = self.station.work
        if not isinstance(work, Stocktake):
            return []
        with self.station.runtime.read() as connection, connection.begin():
            return work.uncounted(connection)

    def finish(self, gone: Sequence[UUID] = ()) -> Done:
        """End the document. `gone` are stock keys of `uncounted` that the counter says are not there.

        Raises:
            Refusal: `scans_wait`: a question is open or scans are held back. `fault_unseen`: a job broke
                half-way, and nobody has recovered the station or applied what it left.
        """
        return self._on_writer(lambda: self.finish_here(gone))

    def finish_here(self, gone: Sequence[UUID] = ()) -> Done:
        """End the document, on the writer's own thread; see `finish`."""
        station = self.station
        if station.failed:
            raise Refusal("fault_unseen")
        stopped = station.stopped
        if station.recover() or stopped:  # what the journal has not seen applied, whatever is remembered
            raise Refusal("scans_wait", count=station.waits)
        if isinstance(station.work, Stocktake):
            station.work.gone = tuple(gone)
        done = self._close()
        while isinstance(station.work, Stocktake) and self._is_open():  # a large one ends in parts
            done = self._close()
        self._ended = True
        return done

    def _close(self) -> Done:
        station = self.station
        with station.runtime.read() as connection, connection.begin():
            body = station.work.closing(connection)
        return station.runtime.do_here(body, station.person, about=self.document_id)

    def _is_open(self) -> bool:
        with self.station.runtime.read() as connection, connection.begin():
            head = sheet_head(connection, "counts", self.document_id)
        return head is not None and head.status == "open"

    def _whole(self, job: Callable[[], Result]) -> Result:
        """Do a job of the station; one that breaks half-way stops it."""

        def guarded() -> Result:
            try:
                return job()
            except Exception:
                self.station.fail()
                raise

        return self._on_writer(guarded)

    def _on_writer(self, job: Callable[[], Result]) -> Result:
        return self.station.runtime.writer.run(job)


def open_receipt(runtime: DeskRuntime, who: Who, today: Today, order: str, location: str) -> Sheet:
    """Open a receipt against a purchase order's number, or blind. Runs on the writer's thread.

    Raises:
        Refusal: `unknown_purchase_order`, `unknown_location`, `no_warehouse`, `warehouse_not_chosen`,
            `order_of_other_warehouse`, `location_of_other_warehouse`, `location_of_closed_warehouse`.
    """
    with runtime.read() as connection, connection.begin():
        warehouse = _warehouse(connection, runtime)
        purchase = purchase_by_number(connection, sku_key(order)) if order else None
        if order and purchase is None:
            raise Refusal("unknown_purchase_order", number=order)
        if purchase is not None:
            _check_warehouse(connection, purchase.number, purchase.warehouse_id, warehouse)
        place = _location(connection, location, warehouse, warehouse.receiving_id)
        number = next_number(connection, "receipts", "RC", runtime.identity.code)
    receipt_id = runtime.new_id()
    order_id = purchase.id if purchase else None
    supplier_id = purchase.supplier_id if purchase else None
    body = OpenReceipt(receipt_id, number, warehouse.outlet_id, warehouse.id, order_id, supplier_id)
    runtime.do_here(body, who(), about=receipt_id)
    work = Inbound(receipt_id, number, warehouse.outlet_id, warehouse.id, place, order_id)
    return _sheet(runtime, work, who, today)


def open_shipment(runtime: DeskRuntime, who: Who, today: Today, order: str) -> Sheet:
    """Open a shipment of an order, or go on with this desk's own. Runs on the writer's thread.

    Raises:
        Refusal: `unknown_order`, `no_warehouse`, `warehouse_not_chosen`, `order_of_other_warehouse`.
    """
    with runtime.read() as connection, connection.begin():
        warehouse = _warehouse(connection, runtime)
        found = order_by_number(connection, sku_key(order))
        if found is None:
            raise Refusal("unknown_order", number=order)
        _check_warehouse(connection, found.number, found.warehouse_id, warehouse)
        begun = own_open_document(connection, "shipments", found.id)
        number = next_number(connection, "shipments", "SH", runtime.identity.code)
    if begun is not None:
        return reopen(runtime, who, today, "shipments", begun)
    shipment_id = runtime.new_id()
    body = OpenShipment(shipment_id, number, found.id, warehouse.outlet_id, warehouse.id)
    runtime.do_here(body, who(), about=shipment_id)
    work = Outbound(shipment_id, number, warehouse.outlet_id, warehouse.id, warehouse.staging_id, found.id)
    return _sheet(runtime, work, who, today)


def open_count(runtime: DeskRuntime, who: Who, today: Today, location: str, *, blind: bool) -> Sheet:
    """Open a count of a location. Runs on the writer's thread.

    Raises:
        Refusal: `unknown_location`, `no_warehouse`, `warehouse_not_chosen`, `location_of_other_warehouse`,
            `location_of_closed_warehouse`.
    """
    with runtime.read() as connection, connection.begin():
        warehouse = _warehouse(connection, runtime)
        place = _location(connection, location, warehouse)
        number = next_number(connection, "counts", "CT", runtime.identity.code)
    count_id = runtime.new_id()
    body = OpenCount(count_id, number, warehouse.outlet_id, warehouse.id, place.id, blind)
    runtime.do_here(body, who(), about=count_id)
    work = Stocktake(count_id, number, warehouse.outlet_id, warehouse.id, place, blind)
    return _sheet(runtime, work, who, today)


def reopen(runtime: DeskRuntime, who: Who, today: Today, kind: str, document_id: UUID) -> Sheet:
    """Return an open document for more scanning. Runs on the writer's thread.

    Raises:
        Refusal: `document_not_open`.
    """
    with runtime.read() as connection, connection.begin():
        found = sheet_head(connection, kind, document_id)
        if found is None or found.status != "open":
            facts = {"number": found.number, "status": found.status} if found else {"status": "missing"}
            raise Refusal("document_not_open", **{"number": "", **facts})
        warehouse = warehouse_by_id(connection, found.warehouse_id) or _warehouse(connection, runtime)
        own = (found.document_id, found.number, found.outlet_id, found.warehouse_id)
        work: Work
        if kind == "receipts":
            work = Inbound(*own, location_by_id(connection, warehouse.receiving_id), found.about_id)
        elif kind == "shipments" and found.about_id is not None:
            work = Outbound(*own, warehouse.staging_id, found.about_id)
        else:
            place = location_by_id(connection, found.about_id) if found.about_id else None
            work = Stocktake(*own, place, bool(found.blind))
    return _sheet(runtime, work, who, today)


def _sheet(runtime: DeskRuntime, work: Work, who: Who, today: Today) -> Sheet:
    station = Station(runtime, work, who, today)
    station.restore()
    return Sheet(station)


def _warehouse(connection: Connection, runtime: DeskRuntime) -> WarehouseView:
    return warehouse_of(connection, runtime.identity.outlet_id, runtime.profile.local.decisions)


def _check_warehouse(connection: Connection, number: str, wanted: UUID, here: WarehouseView) -> None:
    """Refuse (`order_of_other_warehouse`) work here on what another warehouse promised or waits for."""
    if wanted != here.id:
        there = warehouse_by_id(connection, wanted)
        name = f"{there.code} {there.name}" if there else ""
        raise Refusal("order_of_other_warehouse", number=number, warehouse=name, here=here.code)


def _location(
    connection: Connection, code: str, warehouse: WarehouseView, default: UUID | None = None
) -> LocationView:
    text = code.removeprefix("L:")
    found = location_by_code(connection, sku_key(text)) if text else None
    if found is None and not text and default is not None:
        found = location_by_id(connection, default)
    if found is None:
        raise Refusal("unknown_location", location=text)
    if found.closed:
        raise Refusal("location_of_closed_warehouse", location=found.code, warehouse=found.closed)
    if found.warehouse_id != warehouse.id:
        there = warehouse_by_id(connection, found.warehouse_id)
        facts = {"location": found.code, "warehouse": there.code if there else "", "here": warehouse.code}
        raise Refusal("location_of_other_warehouse", **facts)
    return found
