"""What a chunk of a job did, written by the handlers of what jobs are made of; and which come too late."""

from uuid import UUID

from merchant_desk.domain.ids import derived_id
from merchant_desk.handlers.context import Context


def is_too_late(context: Context, job_id: UUID) -> bool:
    """Tell whether a job was taken back before this operation of it came, which then brings in nothing.

    A desk that had not heard of it went on importing: half of a file would come to life, under ids that were
    given up. One task says so, for all that comes of the job. The job is looked at without a trace: else its
    every change would carry out again all that waits of it.
    """
    job = context.unit.peek("jobs", job_id)
    if job is None or job["status"] != "undone":
        return False
    task_id = derived_id(job_id, "came_after_undo", str(job["ended_at"]))
    if context.unit.peek("tasks", task_id) is None:
        about = ("jobs", job_id)
        context.stand(task_id, "came_after_undo", job["outlet_id"], about, name=job["source"])
    return True


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
