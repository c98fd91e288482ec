"""Counting a location, blind by default."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.counting import CloseCount, CountGoods
from merchant_desk.domain.scan_checks import Finding, quantity_finding
from merchant_desk.models.queries.floor import LocationView, StockView, stock_at, tallies
from merchant_desk.stations.resolver import Product
from merchant_desk.stations.scans import Proposal
from merchant_desk.stations.work import Count


@dataclass
class Stocktake:
    """An open count of one location. What is expected there never reaches a blind counter's screen."""

    document_id: UUID
    number: str
    outlet_id: UUID
    warehouse_id: UUID
    location: LocationView | None
    blind: bool = True
    gone: tuple[UUID, ...] = ()
    station: str = "stocktake"

    def asks_for_lot(self, product: Product) -> bool:
        """Tracked lots are counted apart."""
        return bool(product.item.track_lot) and not product.lot

    def propose(self, connection: Connection, product: Product, packs: int, code: str) -> Proposal:
        """Return what a scan would count."""
        quantity = product.quantity * packs
        return Proposal(product.item, packs, quantity, product.lot, product.expiry, product.serial, code)

    def findings(self, connection: Connection, proposal: Proposal, today: int) -> list[Finding]:
        """A count records what stands there; only an absurd quantity is asked about."""
        finding = quantity_finding(proposal.quantity)
        return [finding] if finding else []

    def operation(self, connection: Connection, proposal: Proposal) -> object:
        """Return the observation."""
        if self.location is None:
            raise LookupError("a count has a location")
        return CountGoods(
            self.document_id,
            self.outlet_id,
            self.warehouse_id,
            self.location.id,
            proposal.item.sku_id,
            proposal.lot,
            proposal.expiry,
            proposal.quantity,
            proposal.pack,
            proposal.serial,
            proposal.code,
        )

    def count(self, connection: Connection, sku_id: UUID) -> Count:
        """Return what was counted of a product; what is expected only when the count is not blind."""
        held = (tally.quantity for tally in tallies(connection, self.document_id) if tally.sku_id == sku_id)
        expected = None
        if not self.blind and self.location is not None:
            stock = stock_at(connection, self.location.id)
            expected = sum(row.on_hand for row in stock if row.sku_id == sku_id)
        return Count(sum(held), expected)

    def closing(self, connection: Connection) -> object:
        """Return the end of the count; `gone` are keys that the counter said are not there."""
        return CloseCount(self.document_id, self.outlet_id, self.gone)

    def uncounted(self, connection: Connection) -> list[StockView]:
        """Return what the book has at the location and nobody counted: a list to decide on, not zero."""
        if self.location is None:
            return []
        counted = {(tally.sku_id, tally.lot_id) for tally in tallies(connection, self.document_id)}
        stock = stock_at(connection, self.location.id)
        return [row for row in stock if (row.sku_id, row.lot_id) not in counted]
