"""What a station does with an understood product: where inbound, outbound and stocktake differ."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.scan_checks import Finding
from merchant_desk.models.queries.floor import LocationView
from merchant_desk.stations.resolver import Product
from merchant_desk.stations.scans import Proposal


@dataclass(frozen=True, slots=True)
class Count:
    """The running count of a product in a document, and what is expected (None: not known or not shown)."""

    done: int
    expected: int | None


class Work(Protocol):
    """One open document at a station."""

    station: str
    document_id: UUID
    number: str
    location: LocationView | None

    def asks_for_lot(self, product: Product) -> bool:
        """Tell whether this product needs a lot that the scan did not carry."""

    def propose(self, connection: Connection, product: Product, packs: int, code: str) -> Proposal:
        """Return what a scan would do."""

    def findings(self, connection: Connection, proposal: Proposal, today: int) -> list[Finding]:
        """Return what the checks say of it, the gravest first."""

    def operation(self, connection: Connection, proposal: Proposal) -> object:
        """Return the operation that records it."""

    def count(self, connection: Connection, sku_id: UUID) -> Count:
        """Return how much of a product the document holds now."""

    def closing(self, connection: Connection) -> object:
        """Return the operation that ends the document."""
