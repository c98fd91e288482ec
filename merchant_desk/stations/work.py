"""What a station does with an understood product: where inbound, outbound and stocktake differ."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.order_lines import levelled
from merchant_desk.domain.scan_checks import Finding, Limits
from merchant_desk.models.queries.floor import DocumentHit, LineView, LocationView, location_by_id
from merchant_desk.stations.scans import Product, Proposal


@dataclass(frozen=True, slots=True)
class Count:
    """The running count of a product in a document, and what is expected (None: not known or not shown)."""

    done: int
    expected: int | None


class Work(Protocol):
    """One open document at a station.

    `one_location` tells that it belongs to a single place, `completes` that it knows when it has all.
    """

    station: str
    document_id: UUID
    number: str
    warehouse_id: UUID
    location: LocationView | None
    one_location: bool
    completes: bool

    def missing(self, product: Product) -> tuple[str, ...]:
        """Return what must be known of the goods and the scan did not say: lot, expiry, serial."""

    def propose(self, connection: Connection, product: Product, packs: int, code: str) -> Proposal:
        """Return what a scan would do; `packs` is how often it counts, 10^-6."""

    def findings(self, connection: Connection, proposal: Proposal, limits: Limits) -> list[Finding]:
        """Return what the checks say of it, the gravest first."""

    def operation(self, connection: Connection, proposal: Proposal) -> object:
        """Return the operation that records it."""

    def place_of(self, connection: Connection, operation: object) -> str:
        """Return the code of the location that an operation puts goods to or takes them from."""

    def count(self, connection: Connection, sku_id: UUID) -> Count:
        """Return how much of a product the document holds now."""

    def complete(self, connection: Connection) -> bool:
        """Tell whether the document has all that it asks for, so that the next one may begin."""

    def is_next(self, documents: Sequence[DocumentHit]) -> bool:
        """Tell whether a scanned document is one that this station can go on with."""

    def closing(self, connection: Connection) -> object:
        """Return the operation that ends the document."""


def proposed(product: Product, packs: int, code: str) -> Proposal:
    """Return a product scan as a proposal; `packs` is how often it counts, 10^-6."""
    quantity = product.quantity * packs // MICRO
    lot = (product.lot, product.expiry)
    return Proposal(product.item, packs, quantity, *lot, product.serial, code, product.lot_by)


def untold(product: Product) -> tuple[str, ...]:
    """Return what a product is tracked by and the scan did not say."""
    item = product.item
    wanted = (
        ("lot", bool(item.track_lot) and not product.lot),
        ("expiry", bool(item.track_expiry) and product.expiry is None),
        ("serial", bool(item.track_serial) and not product.serial),
    )
    return tuple(name for name, is_missing in wanted if is_missing)


def line_with_room(lines: Sequence[LineView]) -> UUID | None:
    """Return which of an order's lines of one product a scan counts towards: the first that is not filled.

    The lines share what was scanned, so that one scan may fill several.
    """
    filled = levelled(
        [(line.id, line.sku_id, line.quantity) for line in lines], {line.id: line.done for line in lines}
    )
    open_lines = [line for line in lines if filled[line.id] < line.quantity]
    return next((line.id for line in (*open_lines, *lines)), None)


def code_of(connection: Connection, location_id: UUID) -> str:
    """Return a location's code; empty if it is not known here."""
    found = location_by_id(connection, location_id)
    return found.code if found else ""
