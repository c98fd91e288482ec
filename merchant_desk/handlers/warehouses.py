"""Handlers: warehouses of an outlet."""

from typing import Any
from uuid import UUID

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.naming import check_name
from merchant_desk.domain.organisation import check_outlet_code, check_reason
from merchant_desk.domain.outlet_closing import check_open
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.warehouses import (
    AddWarehouse,
    CloseWarehouse,
    RenameWarehouse,
    ReopenWarehouse,
    check_warehouse_closable,
    check_warehouse_open,
)
from merchant_desk.handlers.context import Context, handles
from merchant_desk.handlers.records import archive_record, note_change, rename_record, restore_record
from merchant_desk.models.columns import Row
from merchant_desk.models.outlet_work import has_warehouse_code, warehouse_work


@handles(AddWarehouse)
def add_warehouse(context: Context, op: AddWarehouse) -> None:
    """Write the warehouse with its receiving and staging locations, where its outlet is open."""
    check_outlet_code(op.code)
    check_name(op.name)
    outlet = context.get("outlets", op.outlet_id)
    check_open(outlet["code"], outlet["archived"])
    if has_warehouse_code(context.unit, op.code) or context.unit.find("outlets", code_key=sku_key(op.code)):
        raise Refusal("warehouse_code_taken", code=op.code)
    insert_warehouse(context, op.outlet_id, op.warehouse_id, op.code, op.name.strip())
    note_change(context, ("warehouses", op.warehouse_id), "added", "", op.name.strip())


@handles(RenameWarehouse)
def rename_warehouse(context: Context, op: RenameWarehouse) -> None:
    """Write another name."""
    context.get_of("warehouses", op.warehouse_id, op.outlet_id)
    rename_record(context, "warehouses", op.warehouse_id, op.name)


@handles(CloseWarehouse)
def close_warehouse(context: Context, op: CloseWarehouse) -> None:
    """Archive the warehouse, if nothing is left there and its outlet keeps another."""
    check_reason(op.reason)
    warehouse = context.get_of("warehouses", op.warehouse_id, op.outlet_id)
    if warehouse["archived"]:
        return
    others = context.unit.find("warehouses", outlet_id=op.outlet_id)
    if not any(row["id"] != op.warehouse_id and not row["archived"] for row in others):
        raise Refusal("last_warehouse", warehouse=warehouse["code"])
    check_warehouse_closable(warehouse["code"], warehouse_work(context.unit, op.warehouse_id))
    archive_record(context, "warehouses", op.warehouse_id)


@handles(ReopenWarehouse)
def reopen_warehouse(context: Context, op: ReopenWarehouse) -> None:
    """Let the warehouse be worked in again."""
    context.get_of("warehouses", op.warehouse_id, op.outlet_id)
    restore_record(context, "warehouses", op.warehouse_id)


def insert_warehouse(context: Context, outlet_id: UUID, warehouse_id: UUID, code: str, name: str) -> None:
    """Write a warehouse's row, and the locations that goods arrive at and leave from."""
    receiving, staging = (derived_id(warehouse_id, kind) for kind in ("receiving", "staging"))
    row: dict[str, Any] = {"id": warehouse_id, "outlet_id": outlet_id, "code": code, "name": name}
    context.create("warehouses", {**row, "receiving_id": receiving, "staging_id": staging, "archived": 0})
    for location_id, kind, end in ((receiving, "receiving", "IN"), (staging, "staging", "OUT")):
        insert_location(context, location_id, outlet_id, warehouse_id, f"{code}-{end}", kind)


def first_warehouse(context: Context, outlet: Row) -> Row | None:
    """Return the warehouse that an outlet was opened with: it has the outlet's code."""
    rows = context.unit.find("warehouses", outlet_id=outlet["id"])
    return min(rows, key=lambda row: (row["code"] != outlet["code"], row["code"]), default=None)


def open_warehouse(context: Context, warehouse_id: UUID, outlet_id: UUID) -> Row:
    """Return a warehouse that a decision of its outlet may be about.

    Raises:
        Refusal: `not_here`, `other_outlet`, `warehouse_closed`.
    """
    row = context.get_of("warehouses", warehouse_id, outlet_id)
    check_warehouse_open(row["code"], row["archived"])
    return row


def insert_location(
    context: Context, id: UUID, outlet_id: UUID, warehouse_id: UUID, code: str, kind: str
) -> None:
    """Write a location's row."""
    context.create(
        "locations",
        {
            "id": id,
            "outlet_id": outlet_id,
            "warehouse_id": warehouse_id,
            "code": code,
            "code_key": sku_key(code),
            "kind": kind,
            "archived": 0,
        },
    )
