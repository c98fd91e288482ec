"""Picking and shipping a customer's order."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.products import lot_id
from merchant_desk.domain.scan_checks import Finding, amount_finding, expiry_finding, quantity_finding
from merchant_desk.domain.shipping import CloseShipment, PickGoods
from merchant_desk.models.queries.floor import LocationView, StockView, order_lines, stock_of_sku
from merchant_desk.stations.resolver import Product
from merchant_desk.stations.scans import Proposal
from merchant_desk.stations.work import Count


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

    def asks_for_lot(self, product: Product) -> bool:
        """A lot is taken by FEFO when the scan names none, so nothing is asked."""
        return False

    def propose(self, connection: Connection, product: Product, packs: int, code: str) -> Proposal:
        """Return what a scan would pick, with the lot that FEFO gives when it names none."""
        quantity = product.quantity * packs
        lot, expiry = product.lot, product.expiry
        if not lot and product.item.track_lot:
            source = self._source(connection, product.item.sku_id, None)
            lot, expiry = (source.lot, source.expiry) if source else ("", None)
        return Proposal(product.item, packs, quantity, lot, expiry, product.serial, code)

    def findings(self, connection: Connection, proposal: Proposal, today: int) -> list[Finding]:
        """Check against the order, the shelf life and what is shorter dated on the shelf."""
        count = self.count(connection, proposal.item.sku_id)
        found: list[Finding | None] = []
        if count.expected is None:
            found.append(Finding("not_on_document", {"number": self.number}))
        found.append(amount_finding(proposal.quantity, count.done, count.expected))
        found.append(expiry_finding(proposal.expiry, today, proposal.item.min_days_left))
        found.append(self._older_lot(connection, proposal))
        found.append(quantity_finding(proposal.quantity))
        return [finding for finding in found if finding is not None]

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

    def count(self, connection: Connection, sku_id: UUID) -> Count:
        """Return picked and ordered of a product."""
        lines = [
            line for line in order_lines(connection, "order_lines", self.order_id) if line.sku_id == sku_id
        ]
        if not lines:
            return Count(0, None)
        return Count(sum(line.done for line in lines), sum(line.quantity for line in lines))

    def closing(self, connection: Connection) -> object:
        """Return the hand-over of the parcel."""
        return CloseShipment(self.document_id, self.outlet_id, "", "")

    def _source(self, connection: Connection, sku_id: UUID, lot: UUID | None) -> StockView | None:
        """Return the stock to take from: sellable, not staged, first expiry first."""
        stock = [
            row
            for row in stock_of_sku(connection, self.warehouse_id, sku_id)
            if row.status == "sellable" and row.location_id != self.staging_id and row.on_hand > 0
        ]
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

    def _line_of(self, connection: Connection, sku_id: UUID) -> UUID | None:
        lines = [
            line for line in order_lines(connection, "order_lines", self.order_id) if line.sku_id == sku_id
        ]
        open_lines = [line for line in lines if line.done < line.quantity]
        return next((line.id for line in (*open_lines, *lines)), None)
