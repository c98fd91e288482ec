"""Handlers: carriers."""

from merchant_desk.domain.carriers import (
    AddCarrier,
    ArchiveCarrier,
    ChangeCarrier,
    RestoreCarrier,
    check_tracking_url,
)
from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.refusals import Refusal
from merchant_desk.handlers.context import Context, handles
from merchant_desk.handlers.records import (
    add_record,
    archive_record,
    is_taken,
    note_change,
    rename_record,
    restore_record,
)

TABLE = "carriers"


@handles(
    AddCarrier,
    reads=lambda op: [(TABLE, op.carrier_id)],
    look_ups=lambda op: [(TABLE, "code_key", sku_key(op.code))],
)
def add_carrier(context: Context, op: AddCarrier) -> None:
    """Write the carrier; codes are unique."""
    check_tracking_url(op.tracking_url)
    row = {"id": op.carrier_id, "code": op.code, "name": op.name, "tracking_url": op.tracking_url}
    if is_taken(context, TABLE, op.code):
        raise Refusal("carrier_code_taken", code=op.code)
    add_record(context, TABLE, row)


@handles(ChangeCarrier, reads=lambda op: [(TABLE, op.carrier_id)])
def change_carrier(context: Context, op: ChangeCarrier) -> None:
    """Write name and tracking address."""
    check_tracking_url(op.tracking_url)
    rename_record(context, TABLE, op.carrier_id, op.name)
    was = context.get(TABLE, op.carrier_id)["tracking_url"]
    if was != op.tracking_url:
        context.unit.update(TABLE, op.carrier_id, tracking_url=op.tracking_url)
        note_change(context, (TABLE, op.carrier_id), "tracking_url", was, op.tracking_url)


@handles(ArchiveCarrier, reads=lambda op: [(TABLE, op.carrier_id)])
def archive_carrier(context: Context, op: ArchiveCarrier) -> None:
    """Archive the carrier."""
    archive_record(context, TABLE, op.carrier_id)


@handles(RestoreCarrier, reads=lambda op: [(TABLE, op.carrier_id)])
def restore_carrier(context: Context, op: RestoreCarrier) -> None:
    """Bring the carrier back."""
    restore_record(context, TABLE, op.carrier_id)
