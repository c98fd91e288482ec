"""Handlers: jobs of many operations."""

from merchant_desk.domain.jobs import FinishImport, StartImport
from merchant_desk.domain.orders import ImportOrders
from merchant_desk.domain.products import ImportProducts
from merchant_desk.handlers.context import Context, handles


@handles(StartImport, reads=lambda op: [("jobs", op.job_id)])
def start_import(context: Context, op: StartImport) -> None:
    """Write the job's head; one that stands already goes on."""
    if context.unit.get("jobs", op.job_id) is not None:
        context.unit.update("jobs", op.job_id, status="started", ended_at=None)
        return
    envelope = context.envelope
    context.unit.insert(
        "jobs",
        {
            "id": op.job_id,
            "outlet_id": op.outlet_id,
            "kind": op.kind,
            "source": op.source,
            "file_hash": op.file_hash,
            "plan_hash": op.plan_hash,
            "result_hash": op.result_hash,
            "rows": op.rows,
            "status": "started",
            "written": 0,
            "unchanged": 0,
            "ineffective": 0,
            "refused": 0,
            "person_id": envelope.person_id,
            "device_id": envelope.device_id,
            "started_at": envelope.time,
            "ended_at": None,
        },
    )


@handles(FinishImport, reads=lambda op: [("jobs", op.job_id)])
def finish_import(context: Context, op: FinishImport) -> None:
    """Write the account of all rows beside the job."""
    context.get_of("jobs", op.job_id, op.outlet_id)
    context.unit.update(
        "jobs",
        op.job_id,
        status="finished",
        written=op.written,
        unchanged=op.unchanged,
        ineffective=op.ineffective,
        refused=op.refused,
        ended_at=context.envelope.time,
    )


def note_chunk(
    context: Context, op: ImportProducts | ImportOrders, kind: str, created: int, rows: int
) -> None:
    """Write what a chunk of a job did: a row of its own, so that no two chunks stand on each other.

    `created` are the products or orders of it that were new, `rows` the rows of the file that they came from.
    """
    items = op.items if isinstance(op, ImportProducts) else op.orders
    context.unit.insert(
        "job_chunks",
        {
            "id": context.new_id("job_chunks"),
            "op_id": context.envelope.op_id,
            "job_id": op.job_id,
            "kind": kind,
            "number": op.chunk,
            "created": created,
            "unchanged": len(items) - created,
            "rows": rows,
        },
    )
