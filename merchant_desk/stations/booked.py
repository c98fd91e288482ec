"""Which scans that wait here were booked already, by another desk that has them too.

A desk that goes on from a safety copy has scans that the desk which wrote it may have applied and sent since;
the old disk, should it turn up, has scans that were applied here. A scan has its operation's id from the
journal on, so both know it. See docs/decisions/0034-safety-copy.md.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.ids import row_id
from merchant_desk.stations.journal import JournalLine

MADE = ("ledger", "count_entries", "unknown_codes")
"""Tables whose rows a scan makes under ids that follow from its operation's."""

ONE = " UNION ALL ".join(
    f"SELECT 1 FROM {table} WHERE {key} = ?"  # noqa: S608 - names of ours
    for table, key in (("outbox", "op_id"), *((table, "id") for table in MADE))
)
OF_DOCUMENT = " UNION ".join(
    f"SELECT op_id FROM {table} WHERE document_id = ?"  # noqa: S608 - likewise
    for table in ("ledger", "count_entries")
)
TOLD = "SELECT 1 FROM tasks WHERE op_id = ?"


def is_booked(connection: Connection, op_id: UUID) -> bool:
    """Tell whether a scan's operation was carried out: it is in the outbox, or what it made is here."""
    made = (row_id(op_id, table).bytes for table in MADE)
    return connection.exec_driver_sql(ONE, (op_id.bytes, *made)).scalar() is not None


def booked_among(connection: Connection, document_id: UUID | None, lines: Sequence[JournalLine]) -> set[int]:
    """Return the numbers of the scans of a document, of these, whose operations were carried out.

    That one took something back shows in what it wrote into the document; that it could do nothing any more,
    by the task that tells it.
    """
    mine = {line.op_id: line.n for line in lines if line.op_id is not None}
    if not mine or document_id is None:
        return set()
    found = connection.exec_driver_sql(OF_DOCUMENT, (document_id.bytes, document_id.bytes)).scalars()
    written = {UUID(bytes=op_id) for op_id in found}
    return {
        n
        for op_id, n in mine.items()
        if op_id in written
        or is_booked(connection, op_id)
        or connection.exec_driver_sql(TOLD, (op_id.bytes,)).scalar()
    }
