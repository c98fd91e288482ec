"""Receiving: goods come in, against a purchase order or blind."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.receiving import CloseReceipt, ReceiveGoods
from merchant_desk.domain.scan_checks import Finding, amount_finding, expiry_finding, quantity_finding
from merchant_desk.models.queries.floor import LocationView, order_lines, tallies
from merchant_desk.stations.resolver import Product
from merchant_desk.stations.scans import Proposal
from merchant_desk.stations.work import Count


@dataclass
class Inbound:
    """An open receipt."""

    document_id: UUID
    number: str
    outlet_id: UUID
    warehouse_id: UUID
    location: LocationView | None
    order_id: UUID | None
    station: str = "inbound"

    def asks_for_lot(self, product: Product) -> bool:
        """A tracked lot must be known before it is put away."""
        return bool(product.item.track_lot) and not product.lot

    def propose(self, connection: Connection, product: Product, packs: int, code: str) -> Proposal:
        """Return what a scan would receive."""
        quantity = product.quantity * packs
        return Proposal(product.item, packs, quantity, product.lot, product.expiry, product.serial, code)

    def findings(self, connection: Connection, proposal: Proposal, today: int) -> list[Finding]:
        """Check against the order, the shelf life and common sense."""
        found = [
            expiry_finding(proposal.expiry, today, proposal.item.min_days_left),
            quantity_finding(proposal.quantity),
        ]
        if self.order_id is not None:
            count = self.count(connection, proposal.item.sku_id)
            if count.expected is None:
                found.insert(0, Finding("not_on_document", {"number": self.number}))
            found.append(amount_finding(proposal.quantity, count.done, count.expected))
        return [finding for finding in found if finding is not None]

    def operation(self, connection: Connection, proposal: Proposal) -> object:
        """Return the receipt of these goods; the order's line with room left is filled first."""
        if self.location is None:
            raise LookupError("a receipt has a location")
        return ReceiveGoods(
            self.document_id,
            self.outlet_id,
            self.warehouse_id,
            self.location.id,
            proposal.item.sku_id,
            self._line_of(connection, proposal.item.sku_id),
            proposal.quantity,
            proposal.pack,
            proposal.lot,
            proposal.expiry,
            proposal.serial,
            "sellable",
            proposal.code,
        )

    def count(self, connection: Connection, sku_id: UUID) -> Count:
        """Return received and ordered: over all receipts of the order, as the order counts."""
        if self.order_id is not None:
            lines = [
                line
                for line in order_lines(connection, "purchase_lines", self.order_id)
                if line.sku_id == sku_id
            ]
            if lines:
                return Count(sum(line.done for line in lines), sum(line.quantity for line in lines))
        held = (tally.quantity for tally in tallies(connection, self.document_id) if tally.sku_id == sku_id)
        return Count(sum(held), None)

    def closing(self, connection: Connection) -> object:
        """Return the end of the receipt."""
        return CloseReceipt(self.document_id, self.outlet_id)

    def _line_of(self, connection: Connection, sku_id: UUID) -> UUID | None:
        if self.order_id is None:
            return None
        lines = [
            line for line in order_lines(connection, "purchase_lines", self.order_id) if line.sku_id == sku_id
        ]
        open_lines = [line for line in lines if line.done < line.quantity]
        return next((line.id for line in (*open_lines, *lines)), None)
