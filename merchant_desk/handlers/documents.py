"""What receipts, shipments and counts have in common: numbers, being open, being reversed."""

from collections.abc import Iterable
from uuid import UUID

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.ids import derived_id
from merchant_desk.handlers.context import Context
from merchant_desk.handlers.outlets import note_outlet
from merchant_desk.models.columns import Row


def open_document(context: Context, table: str, row: Row) -> None:
    """Insert a document that a desk opened. A taken number gets a suffix and an exception: both stand."""
    number: str = row["number"]
    warehouse = context.unit.peek("warehouses", row["warehouse_id"])
    note_outlet(context, ("warehouses", row["warehouse_id"]), warehouse, row["outlet_id"])
    if context.unit.find(table, number_key=sku_key(number)):
        number = f"{number}-{row['id'].hex[-4:].upper()}"
        about = (table, row["id"])
        context.flag("number_taken", row["outlet_id"], about, number=row["number"], new_number=number)
    envelope = context.envelope
    own = {"number": number, "number_key": sku_key(number), "status": "open", "opened_at": envelope.time}
    by = {"closed_at": None, "person_id": envelope.person_id, "device_id": envelope.device_id}
    context.create(table, {**row, **own, **by, "reversed_at": None, "reversed_by": None})


def close_document(context: Context, table: str, document_id: UUID, status: str, outlet_id: UUID) -> bool:
    """Move an open document to its end; tells whether it was open. Else it is flagged, never refused."""
    if not can_close(context, table, document_id, outlet_id):
        return False
    end_document(context, table, document_id, status)
    return True


def can_close(context: Context, table: str, document_id: UUID, outlet_id: UUID) -> bool:
    """Tell whether a document that somebody ends is open; one that is not is flagged."""
    document = context.unit.get(table, document_id)
    note_outlet(context, (table, document_id), document, outlet_id)
    if document is None or document["status"] != "open":
        state = document["status"] if document else "missing"
        context.flag("closed_twice", outlet_id, (table, document_id), status=state)
        return False
    return True


def end_document(context: Context, table: str, document_id: UUID, status: str) -> None:
    """Write that a document has ended, and when."""
    context.unit.update(table, document_id, status=status, closed_at=context.envelope.time)


def note_late_work(context: Context, table: str, document_id: UUID, outlet_id: UUID) -> bool:
    """Flag a scan for a document that is no longer open; tells whether it is the outlet's own."""
    document = context.unit.get(table, document_id)
    is_own = note_outlet(context, (table, document_id), document, outlet_id)
    if document is None or document["status"] != "open":
        state = document["status"] if document else "missing"
        context.flag("document_not_open", outlet_id, (table, document_id), status=state)
    return is_own


def mark_reversed(
    context: Context, table: str, document_id: UUID, outlet_id: UUID, *, undone: int, left: int
) -> None:
    """Show on a document that it was taken back, when and by whom; wholly when nothing of it stands.

    Its goods count from the time of the original; when somebody did it stands here alone.

    Flags what a person should look at: nothing there to take back, or a document that was still open.
    """
    document, about = context.unit.get(table, document_id), (table, document_id)
    note_outlet(context, about, document, outlet_id)
    if document is None or (not undone and (left or document["status"] == "reversed")):
        context.flag(
            "nothing_reversed", outlet_id, about, status=document["status"] if document else "missing"
        )
        return
    if document["status"] == "open":
        context.flag("reversed_while_open", outlet_id, about, number=document["number"])
    by = {"reversed_at": context.envelope.time, "reversed_by": context.envelope.person_id}
    context.unit.update(table, document_id, status="partly_reversed" if left else "reversed", **by)


def standing_rows(context: Context, table: str, document_id: UUID, kinds: Iterable[str]) -> list[Row]:
    """Return a document's rows of the given kinds that are originals and were not reversed."""
    wanted = set(kinds)
    rows = [
        row
        for row in context.unit.find(table, document_id=document_id)
        if row["kind"] in wanted and row["reverses_id"] is None
    ]
    context.unit.prefetch(table, (derived_id(row["id"], "reversal") for row in rows))
    return [row for row in rows if context.unit.get(table, derived_id(row["id"], "reversal")) is None]
