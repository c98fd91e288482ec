"""Receiving: goods come in, against a purchase order or blind."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.receiving import CloseReceipt, ReceiveGoods
from merchant_desk.domain.scan_checks import Finding, Limits, amount_finding, expiry_finding, quantity_finding
from merchant_desk.models.queries.floor import DocumentHit, LocationView, order_lines, tallies
from merchant_desk.models.queries.floor_lots import places_of_serial
from merchant_desk.stations.scans import Product, Proposal
from merchant_desk.stations.work import Count, code_of, line_with_room, proposed, untold


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
    one_location: bool = False
    completes: bool = False

    def missing(self, product: Product) -> tuple[str, ...]:
        """What is tracked must be known before it is put away."""
        return untold(product)

    def propose(self, connection: Connection, product: Product, packs: int, code: str) -> Proposal:
        """Return what a scan would receive."""
        return proposed(product, packs, code)

    def findings(self, connection: Connection, proposal: Proposal, limits: Limits) -> list[Finding]:
        """Check against the order, the shelf life and common sense."""
        found = [
            self._serial_here(connection, proposal),
            expiry_finding(proposal.expiry, limits, proposal.item.min_days_left),
            quantity_finding(proposal.quantity, limits.absurd),
        ]
        if self.order_id is not None:
            count = self.count(connection, proposal.item.sku_id)
            if count.expected is None:
                found.insert(0, Finding("not_on_document", {"number": self.number}))
            found.append(amount_finding(proposal.quantity, count.done, count.expected, limits.over_percent))
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

    def place_of(self, connection: Connection, operation: object) -> str:
        """Return where the goods were put."""
        return code_of(connection, operation.location_id) if isinstance(operation, ReceiveGoods) else ""

    def complete(self, connection: Connection) -> bool:
        """A delivery ends when a person says so: more may be on the lorry."""
        return False

    def is_next(self, documents: Sequence[DocumentHit]) -> bool:
        """The next delivery is begun from the list."""
        return False

    def count(self, connection: Connection, sku_id: UUID) -> Count:
        """Return received and ordered: over all receipts of the order, as the order counts."""
        if self.order_id is not None:
            lines = order_lines(connection, "purchase_lines", self.order_id, sku_id)
            if lines:
                return Count(sum(line.done for line in lines), sum(line.quantity for line in lines))
        return Count(sum(tally.quantity for tally in tallies(connection, self.document_id, sku_id)), None)

    def closing(self, connection: Connection) -> object:
        """Return the end of the receipt."""
        return CloseReceipt(self.document_id, self.outlet_id)

    def _serial_here(self, connection: Connection, proposal: Proposal) -> Finding | None:
        if not proposal.serial:
            return None
        places = places_of_serial(connection, proposal.item.sku_id, proposal.serial)
        if not places:
            return None
        return Finding("duplicate_serial", {"serial": proposal.serial, "location": places[0][1]})

    def _line_of(self, connection: Connection, sku_id: UUID) -> UUID | None:
        if self.order_id is None:
            return None
        return line_with_room(order_lines(connection, "purchase_lines", self.order_id, sku_id))
