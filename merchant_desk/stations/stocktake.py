"""Counting a location, blind by default."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.counting import KEYS_AT_ONCE, CloseCount, CountGoods
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.scan_checks import Finding, Limits, quantity_finding
from merchant_desk.models.queries.floor import DocumentHit, LocationView, on_hand_at, tallies
from merchant_desk.models.queries.floor_lots import serial_counted
from merchant_desk.models.queries.sheets import (
    UncountedView,
    is_anything_counted,
    uncounted_at,
    unsettled_keys,
)
from merchant_desk.stations.scans import Product, Proposal
from merchant_desk.stations.work import Count, code_of, proposed, untold


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
    one_location: bool = True
    completes: bool = False

    def missing(self, product: Product) -> tuple[str, ...]:
        """Tracked lots are counted apart; a lot that is known brings its expiry."""
        return untold(product)

    def propose(self, connection: Connection, product: Product, packs: int, code: str) -> Proposal:
        """Return what a scan would count."""
        return proposed(product, packs, code)

    def findings(self, connection: Connection, proposal: Proposal, limits: Limits) -> list[Finding]:
        """A count records what stands there; only the absurd and a serial number seen twice are checked."""
        found = [self._serial_seen(connection, proposal), quantity_finding(proposal.quantity, limits.absurd)]
        return [finding for finding in found if finding is not None]

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

    def place_of(self, connection: Connection, operation: object) -> str:
        """Return where it was counted."""
        return code_of(connection, operation.location_id) if isinstance(operation, CountGoods) else ""

    def complete(self, connection: Connection) -> bool:
        """Only the counter knows when the shelf is done."""
        return False

    def is_next(self, documents: Sequence[DocumentHit]) -> bool:
        """The next location is begun from the list."""
        return False

    def count(self, connection: Connection, sku_id: UUID) -> Count:
        """Return what was counted of a product; what is expected only when the count is not blind."""
        held = (tally.quantity for tally in tallies(connection, self.document_id, sku_id))
        expected = None
        if not self.blind and self.location is not None:
            expected = on_hand_at(connection, self.location.id, sku_id)
        return Count(sum(held), expected)

    def closing(self, connection: Connection) -> object:
        """Return the end of the count, of a large one a part; `gone` are keys said not to be there.

        Raises:
            Refusal: `nothing_counted`: the book has goods here, and nobody looked at any. A key too many
                must not make a shelf counted; where the book has nothing, nothing seen is proof.
        """
        if self.location and not self.gone and not is_anything_counted(connection, self.document_id):
            left = len(self.uncounted(connection))
            if left:
                raise Refusal("nothing_counted", location=self.location.code, n=left)
        is_last = unsettled_keys(connection, self.document_id, self.gone) <= KEYS_AT_ONCE
        return CloseCount(self.document_id, self.outlet_id, self.gone, is_last)

    def uncounted(self, connection: Connection) -> list[UncountedView]:
        """Return what the book has at the location and nobody counted: a list to decide on, not zero.

        How much the book has of it is not told.
        """
        return uncounted_at(connection, self.document_id, self.location.id) if self.location else []

    def _serial_seen(self, connection: Connection, proposal: Proposal) -> Finding | None:
        sku_id, serial = proposal.item.sku_id, proposal.serial
        if not serial or serial_counted(connection, self.document_id, sku_id, serial) <= 0:
            return None
        return Finding("duplicate_serial", {"serial": serial, "location": ""})
