"""What of an import stands on this desk still: what it made, what of that is in use, what it corrected."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final, NamedTuple
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.ids import id_of
from merchant_desk.domain.imports_corrections import Said, noted_fields

_MADE: Final = {
    "orders": "SELECT id FROM orders WHERE job_id = ? AND status <> 'cancelled'",
    "skus": "SELECT id FROM skus WHERE job_id = ? AND archived = 0",
    # A code of the job's own product goes and stays with that.
    "barcodes": (
        "SELECT b.id FROM barcodes b JOIN skus s ON s.id = b.sku_id"
        " WHERE b.job_id = ? AND s.job_id IS NOT b.job_id"
    ),
    "purchases": "SELECT id FROM purchase_orders WHERE job_id = ? AND status <> 'closed'",
    "openings": "SELECT id FROM openings WHERE job_id = ? AND ledger_id IS NOT NULL",
    "suppliers": "SELECT id FROM suppliers WHERE job_id = ? AND archived = 0",
    "buyers": "SELECT id FROM buyers WHERE job_id = ? AND erased_at IS NULL",
}

_MADE_BY: Final[Mapping[str, tuple[str, ...]]] = {
    "products": ("skus", "barcodes"),
    "orders": ("orders", "skus"),
    "open_orders": ("orders",),
    "purchase_orders": ("purchases",),
    "opening_stock": ("openings",),
    "suppliers": ("suppliers",),
    "buyers": ("buyers",),
}
"""What an import of a kind of file makes: not every table has to be read."""


class Corrected(NamedTuple):
    """A record that a job wrote on, and the fields that no undo has put back: (before, after)."""

    about_table: str
    about_id: UUID
    fields: dict[str, tuple[Said, Said]]


@dataclass(frozen=True, slots=True)
class Made:
    """What a job made and corrected, as far as it stands here; ids in the order of their coming."""

    orders: tuple[UUID, ...] = ()
    skus: tuple[UUID, ...] = ()
    barcodes: tuple[UUID, ...] = ()
    purchases: tuple[UUID, ...] = ()
    openings: tuple[UUID, ...] = ()
    suppliers: tuple[UUID, ...] = ()
    buyers: tuple[UUID, ...] = ()
    corrected: tuple[Corrected, ...] = ()

    def __len__(self) -> int:
        return sum(len(getattr(self, one.name)) for one in fields(self))


class JobHead(NamedTuple):
    """A job: its outlet, the kind of its file, and its status."""

    outlet_id: UUID
    kind: str
    status: str


def job_head(connection: Connection, job_id: UUID) -> JobHead | None:
    """Return a job, None where it is not here."""
    sql = "SELECT outlet_id, kind, status FROM jobs WHERE id = ?"
    row = connection.exec_driver_sql(sql, (job_id.bytes,)).first()
    return None if row is None else JobHead(id_of(row[0]), str(row[1]), str(row[2]))


def made_by(connection: Connection, job_id: UUID, kind: str) -> Made:
    """Return what of a job stands on this desk, whichever desk carried it out.

    Args:
        connection: the desk's.
        job_id: the job.
        kind: of its file.
    """
    values = (job_id.bytes,)
    made = {
        part: tuple(id_of(row[0]) for row in connection.exec_driver_sql(_MADE[part], values))
        for part in _MADE_BY.get(kind, tuple(_MADE))
    }
    return Made(**made, corrected=_corrected(connection, job_id))


def _corrected(connection: Connection, job_id: UUID) -> tuple[Corrected, ...]:
    sql = (
        "SELECT about_table, about_id, fields FROM job_writes WHERE job_id = ? AND open > 0"
        " ORDER BY about_table, about_id"
    )
    return tuple(
        Corrected(
            str(table),
            id_of(id),
            {name: pair for name, pair in noted_fields(text).items() if pair is not None},
        )
        for table, id, text in connection.exec_driver_sql(sql, (job_id.bytes,))
    )


def still_stands(connection: Connection, job_id: UUID, kind: str) -> bool:
    """Tell whether anything of a job stands on this desk: what it made, or what it wrote on other records.

    Args:
        connection: the desk's.
        job_id: the job.
        kind: of its file.
    """
    asked = [_MADE[part] for part in _MADE_BY.get(kind, tuple(_MADE))]
    asked.append("SELECT id FROM job_writes WHERE job_id = ? AND open > 0")
    return any(connection.exec_driver_sql(f"{sql} LIMIT 1", (job_id.bytes,)).first() for sql in asked)


def documents_in_use(connection: Connection, job_id: UUID) -> set[UUID]:
    """Return a job's orders with a shipment, a refund or a reservation, and purchase orders with a receipt.

    The job's alone: all that a shop ever shipped would be read for a file of ten orders.
    """
    sql = (
        "SELECT o.id FROM orders o WHERE o.job_id = :job AND ("
        "EXISTS (SELECT 1 FROM shipments s WHERE s.order_id = o.id)"
        " OR EXISTS (SELECT 1 FROM refunds r WHERE r.order_id = o.id)"
        " OR EXISTS (SELECT 1 FROM reservations v WHERE v.order_id = o.id))"
        " UNION ALL SELECT p.id FROM purchase_orders p WHERE p.job_id = :job"
        " AND EXISTS (SELECT 1 FROM receipts t WHERE t.purchase_order_id = p.id)"
    )
    return {id_of(row[0]) for row in connection.exec_driver_sql(sql, {"job": job_id.bytes})}
