"""What makes the three document stations different for the screen: where they begin, and with which list."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.models.queries.floor import WarehouseView
from merchant_desk.models.queries.open_work import open_documents
from merchant_desk.ui.tables.columns import Column


@dataclass(frozen=True, slots=True)
class StartRow:
    """A document to go on with, or something to begin one for; `kind` is the table that `id` is of.

    Quantities are 10^-6 base units, times microseconds UTC, `due_day` is yyyymmdd.
    """

    id: UUID
    kind: str
    number: str
    party: str = ""
    begun: bool = False
    own: bool = False
    person: str = ""
    device: str = ""
    due_day: int | None = None
    due_at: int | None = None
    counted_at: int | None = None
    lines: int = 0
    quantity: int = 0
    done: int = 0
    summary: str = ""
    summary_en: str = ""
    state: str = ""
    overdue: bool = False
    soon: bool = False


@dataclass(frozen=True, slots=True)
class Reader:
    """What the list of a station is read with: one snapshot and the desk's warehouse.

    `today` is the business day, yyyymmdd; `now` microseconds UTC.
    """

    connection: Connection
    warehouse: WarehouseView
    today: int
    now: int


@dataclass(frozen=True, slots=True)
class StationKind:
    """One station: its id (and screen), what its list shows, and which tables that depends on.

    `begins_alone` tells that work can begin without anything to choose (a receipt without an order).
    """

    id: str
    columns: Sequence[Column[StartRow]]
    read: Callable[[Reader], list[StartRow]]
    tables: frozenset[str]
    begins_alone: bool = False

    @property
    def document(self) -> str:
        """The table of the station's documents."""
        return {"inbound": "receipts", "outbound": "shipments", "stocktake": "counts"}[self.id]


def begun_rows(reader: Reader, kind: str) -> list[StartRow]:
    """Return open documents as rows, this desk's own first; `kind` is receipts, shipments or counts."""
    documents = open_documents(reader.connection, kind, reader.warehouse.id)
    rows = [
        StartRow(
            id=document.id,
            kind=kind,
            number=document.number,
            party=document.party or document.about,
            begun=True,
            own=bool(document.own),
            person=document.person,
            device=document.device,
            done=document.quantity,
            summary=document.about,
        )
        for document in documents
    ]
    return sorted(rows, key=lambda row: not row.own)
