"""From a document and lines of it to the operation that takes them back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.counting import ReverseCount
from merchant_desk.domain.receiving import ReverseReceipt
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.shipping import ReverseShipment
from merchant_desk.models.queries.reversals import (
    MovedLine,
    counted_as_moved,
    ledger_rows_of,
    moved_lines,
)

REVERSALS = {"receipts": ReverseReceipt, "shipments": ReverseShipment, "counts": ReverseCount}


class Reversible(Protocol):
    """A document that can be taken back; `kind` is its table."""

    @property
    def kind(self) -> str:
        """Its table."""

    @property
    def id(self) -> UUID:
        """Its id."""

    @property
    def outlet_id(self) -> UUID:
        """Whose it is."""


def lines_of(connection: Connection, document: Reversible) -> list[MovedLine]:
    """Return what a closed document moved, by SKU and lot (a count: what was counted, by count line)."""
    if document.kind == "counts":
        return counted_as_moved(connection, document.id, variances=True)
    return moved_lines(connection, document.id)


@dataclass(frozen=True, slots=True)
class Reversal:
    """An operation that takes lines of a document back, and how many."""

    operation: object
    lines: int


def reversal(
    connection: Connection, document: Reversible, lines: Sequence[MovedLine] | None, reason: str
) -> Reversal:
    """Return what takes back lines of a document, or (None) all that stand: as they stand now.

    Raises:
        Refusal: `reason_missing`; `reversed_already`: none of them stands any more.
    """
    if not reason.strip():
        raise Refusal("reason_missing")
    standing = {line.id: line for line in lines_of(connection, document) if line.standing}
    chosen = [standing[line.id] for line in lines or () if line.id in standing]
    if not standing or (lines is not None and not chosen):
        raise Refusal("reversed_already")
    named: tuple[UUID, ...] = ()  # none: the whole document
    if lines is not None and document.kind == "counts":
        named = tuple(line.id for line in chosen)
    elif lines is not None:
        named = ledger_rows_of(connection, document.id, chosen)
    operation = REVERSALS[document.kind](document.id, document.outlet_id, named, reason.strip())
    return Reversal(operation, len(standing if lines is None else chosen))
