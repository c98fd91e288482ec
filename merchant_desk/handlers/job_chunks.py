"""What a chunk of a job did, written by the handlers of what jobs are made of."""

from uuid import UUID

from merchant_desk.handlers.context import Context


def note_chunk(context: Context, job_id: UUID, kind: str, number: int, counts: tuple[int, int, int]) -> None:
    """Write what a chunk of a job did: a row of its own, so that no two chunks stand on each other.

    Args:
        context: the chunk's operation.
        job_id: its job.
        kind: what the chunk brought ("products", "orders", "purchase_orders"), or "undo".
        number: of the chunk.
        counts: products or orders that were new, those that stood, and the rows of the file that the new
            ones came from.
    """
    created, unchanged, rows = counts
    context.unit.insert(
        "job_chunks",
        {
            "id": context.new_id("job_chunks"),
            "op_id": context.envelope.op_id,
            "job_id": job_id,
            "kind": kind,
            "number": number,
            "created": created,
            "unchanged": unchanged,
            "rows": rows,
        },
    )
