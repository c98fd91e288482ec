"""Picking and shipping a customer's order."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.products import lot_id
from merchant_desk.domain.scan_checks import Finding, Limits, amount_finding, expiry_finding, quantity_finding
from merchant_desk.domain.shipping import CloseShipment, PickGoods
from merchant_desk.models.queries.floor import (
    DocumentHit,
    LocationView,
    StockView,
    is_filled,
    order_lines,
    stock_of_sku,
)
from merchant_desk.models.queries.floor_lots import places_of_serial
from merchant_desk.models.queries.parcels import parcel_of, usual_carrier
from merchant_desk.stations.scans import LotBy, Product, Proposal
from merchant_desk.stations.work import Count, code_of, line_with_room, proposed, untold


@dataclass
class Outbound:
    """An open shipment. `location` is the shelf last scanned; without one, FEFO says where stock is taken."""

    document_id: UUID
    number: str
    outlet_id: UUID
    warehouse_id: UUID
    staging_id: UUID
    order_id: UUID
    location: LocationView | None = None
    station: str = "outbound"
    one_location: bool = False
    completes: bool = True

    def missing(self, product: Product) -> tuple[str, ...]:
        """A lot is taken by FEFO when the scan names none; a serial number must be read."""
        return tuple(name for name in untold(product) if name == "serial")

    def propose(self, connection: Connection, product: Product, packs: int, code: str) -> Proposal:
        """Return what a scan would pick, with the lot that FEFO gives when it names none."""
        proposal = proposed(product, packs, code)
        if not product.lot and product.item.track_lot:
            source = self._source(connection, product.item.sku_id, None)
            lot, expiry = (source.lot, source.expiry) if source else ("", None)
            proposal = replace(proposal, lot=lot, expiry=expiry, lot_by=LotBy.FIRST_EXPIRY)
        return proposal

    def findings(self, connection: Connection, proposal: Proposal, limits: Limits) -> list[Finding]:
        """Check against the order, the shelf life and what is shorter dated on the shelf."""
        found = [
            self._serial_packed(connection, proposal),
            self._against_order(connection, proposal),
            expiry_finding(proposal.expiry, limits, proposal.item.min_days_left),
            self._not_here(connection, proposal),
            self._older_lot(connection, proposal) or self._strange_lot(connection, proposal),
            quantity_finding(proposal.quantity, limits.absurd),
        ]
        return [finding for finding in found if finding is not None]

    def _against_order(self, connection: Connection, proposal: Proposal) -> Finding | None:
        count = self.count(connection, proposal.item.sku_id)
        if count.expected is None:
            return Finding("not_on_document", {"number": self.number})
        if count.done >= count.expected:
            return Finding("already_packed", {"expected": count.expected, "done": count.done})
        return amount_finding(proposal.quantity, count.done, count.expected)

    def _serial_packed(self, connection: Connection, proposal: Proposal) -> Finding | None:
        if not proposal.serial:
            return None
        places = places_of_serial(connection, proposal.item.sku_id, proposal.serial)
        if any(location_id == self.staging_id for location_id, _ in places):
            return Finding("duplicate_serial", {"serial": proposal.serial, "location": places[0][1]})
        return None

    def _not_here(self, connection: Connection, proposal: Proposal) -> Finding | None:
        """A shelf was scanned, and the book has the product elsewhere only."""
        if self.location is None:
            return None
        stock = pickable(connection, self.warehouse_id, self.staging_id, proposal.item.sku_id)
        if not stock or any(row.location_id == self.location.id for row in stock):
            return None
        return Finding("not_at_location", {"location": self.location.code, "elsewhere": stock[0].location})

    def operation(self, connection: Connection, proposal: Proposal) -> object:
        """Return the pick: from the scanned shelf, else from where this lot (or the first expiry) stands."""
        sku_id = proposal.item.sku_id
        lot = lot_id(sku_id, proposal.lot) if proposal.lot else None
        source = self._source(connection, sku_id, lot)
        if self.location is not None:
            location_id = self.location.id
        elif source is not None:
            location_id = source.location_id
        else:
            location_id = self.staging_id
        return PickGoods(
            self.document_id,
            self.outlet_id,
            self.warehouse_id,
            location_id,
            self.staging_id,
            sku_id,
            lot,
            self._line_of(connection, sku_id),
            proposal.quantity,
            proposal.pack,
            proposal.serial,
            proposal.code,
        )

    def place_of(self, connection: Connection, operation: object) -> str:
        """Return where the goods were taken."""
        return code_of(connection, operation.location_id) if isinstance(operation, PickGoods) else ""

    def complete(self, connection: Connection) -> bool:
        """Tell whether every line has what was ordered."""
        return is_filled(connection, "order_lines", self.order_id)

    def is_next(self, documents: Sequence[DocumentHit]) -> bool:
        """The number of another order begins that order, once this one is complete."""
        return any(hit.kind in ("orders", "shipments") and hit.id != self.order_id for hit in documents[:1])

    def count(self, connection: Connection, sku_id: UUID) -> Count:
        """Return picked and ordered of a product."""
        lines = order_lines(connection, "order_lines", self.order_id, sku_id)
        if not lines:
            return Count(0, None)
        return Count(sum(line.done for line in lines), sum(line.quantity for line in lines))

    def closing(self, connection: Connection) -> object:
        """Return the hand-over of the parcel, to the outlet's usual carrier unless somebody noted another."""
        noted = parcel_of(connection, self.document_id)
        usual = usual_carrier(connection, self.outlet_id)
        if usual is None or (noted is not None and (noted.carrier or noted.tracking)):
            return CloseShipment(self.document_id, self.outlet_id, "", "")
        return CloseShipment(self.document_id, self.outlet_id, usual.name, "", usual.id)

    def _source(self, connection: Connection, sku_id: UUID, lot: UUID | None) -> StockView | None:
        """Return the stock to take from, on the scanned shelf if it is there."""
        stock = pickable(connection, self.warehouse_id, self.staging_id, sku_id)
        if self.location is not None:
            stock = [row for row in stock if row.location_id == self.location.id] or stock
        if lot is not None:
            stock = [row for row in stock if row.lot_id == lot]
        return stock[0] if stock else None

    def _older_lot(self, connection: Connection, proposal: Proposal) -> Finding | None:
        if not proposal.lot or proposal.expiry is None:
            return None
        first = self._source(connection, proposal.item.sku_id, None)
        if first is None or first.expiry is None or first.expiry >= proposal.expiry:
            return None
        facts: dict[str, int | str] = {
            "lot": proposal.lot,
            "older": first.lot,
            "expiry": first.expiry,
            "location": first.location,
        }
        return Finding("wrong_lot", facts)

    def _strange_lot(self, connection: Connection, proposal: Proposal) -> Finding | None:
        """The book has this product, and none of the lot: a lot misread, or one that came in unseen."""
        if not proposal.lot:
            return None
        sku_id = proposal.item.sku_id
        stock = pickable(connection, self.warehouse_id, self.staging_id, sku_id)
        if not stock or lot_id(sku_id, proposal.lot) in {row.lot_id for row in stock}:
            return None
        return Finding("lot_not_here", {"lot": proposal.lot, "location": stock[0].location})

    def _line_of(self, connection: Connection, sku_id: UUID) -> UUID | None:
        return line_with_room(order_lines(connection, "order_lines", self.order_id, sku_id))


def pickable(connection: Connection, warehouse_id: UUID, staging_id: UUID, sku_id: UUID) -> list[StockView]:
    """Return what can be picked of a product: sellable, not staged, first expiry first (FEFO)."""
    return [
        row
        for row in stock_of_sku(connection, warehouse_id, sku_id)
        if row.status == "sellable" and row.location_id != staging_id and row.on_hand > 0
    ]
