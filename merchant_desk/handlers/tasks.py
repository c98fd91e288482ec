"""Handlers: tasks and unknown codes."""

from merchant_desk.domain.stock import check_quantity
from merchant_desk.domain.tasks import (
    WITHDRAWN,
    DismissUnknownCode,
    ReportUnknownCode,
    SettleTask,
    check_settlement,
)
from merchant_desk.handlers.context import Context, handles
from merchant_desk.handlers.outlets import note_outlet


@handles(SettleTask, reads=lambda op: [("tasks", op.task_id)])
def settle_task(context: Context, op: SettleTask) -> None:
    """Mark the task as dealt with; one that was withdrawn meanwhile needs nobody any more."""
    task = context.get_of("tasks", op.task_id, op.outlet_id)
    if task["resolution"] == WITHDRAWN:
        return  # what it told of was over before anybody answered
    check_settlement(task["status"], op.resolution)
    envelope = context.envelope
    context.unit.update(
        "tasks",
        op.task_id,
        status="settled",
        settled_at=envelope.time,
        settled_by=envelope.person_id,
        resolution=op.resolution,
        note=op.note,
        resubmitted_as=op.resubmitted_as,
    )


@handles(ReportUnknownCode, reads=lambda op: [("unknown_codes", op.unknown_code_id)])
def report_unknown_code(context: Context, op: ReportUnknownCode) -> None:
    """Put the code into the tray."""
    if op.quantity is not None:
        check_quantity(op.quantity)
    envelope = context.envelope
    context.create(
        "unknown_codes",
        {
            "id": op.unknown_code_id,
            "outlet_id": op.outlet_id,
            "code": op.code,
            "document_id": op.document_id,
            "location_id": op.location_id,
            "previous_code": op.previous_code,
            "station": op.station,
            "reported_at": envelope.time,
            "person_id": envelope.person_id,
            "device_id": envelope.device_id,
            "status": "open",
            "sku_id": None,
            "quantity": op.quantity,
        },
    )


@handles(DismissUnknownCode, reads=lambda op: [("unknown_codes", op.unknown_code_id)])
def dismiss_unknown_code(context: Context, op: DismissUnknownCode) -> None:
    """Close the tray's entry as a mis-scan; one that a colleague resolved stays resolved."""
    entry = context.unit.get("unknown_codes", op.unknown_code_id)
    note_outlet(context, ("unknown_codes", op.unknown_code_id), entry, op.outlet_id)
    if entry is not None and entry["status"] == "open":
        context.unit.update("unknown_codes", op.unknown_code_id, status="misscan")
