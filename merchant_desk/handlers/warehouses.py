"""Handlers: warehouses of an outlet."""

from typing import Any
from uuid import UUID

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.naming import check_name
from merchant_desk.domain.organisation import check_outlet_code, check_reason
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.warehouses import (
    OWN_ENDS,
    AddWarehouse,
    CloseWarehouse,
    HeldOutlet,
    PlaceCodes,
    RenameWarehouse,
    ReopenWarehouse,
    after_closing_task,
    check_reopenable,
    check_warehouse_closable,
    check_warehouse_open,
    holds_code,
    own_codes,
)
from merchant_desk.handlers.context import Context, handles
from merchant_desk.handlers.records import archive_record, note_change, rename_record, restore_record
from merchant_desk.models.columns import Row
from merchant_desk.models.outlet_work import codes_clashing, warehouse_work


@handles(AddWarehouse)
def add_warehouse(context: Context, op: AddWarehouse) -> None:
    """Write the warehouse with its receiving and staging locations, where its outlet is open."""
    check_outlet_code(op.code)
    check_name(op.name)
    outlet = context.get("outlets", op.outlet_id)
    place_codes(context, op.code).check_warehouse(_held(outlet), op.code)
    for code in own_codes(op.code):
        check_code_free(context, op.outlet_id, op.warehouse_id, code)
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
    """Let the warehouse be worked in again, if its labels still mean one place each."""
    warehouse = context.get_of("warehouses", op.warehouse_id, op.outlet_id)
    if warehouse["archived"]:
        check_reopenable(warehouse["code"], codes_clashing(context.unit, op.outlet_id, op.warehouse_id))
    restore_record(context, "warehouses", op.warehouse_id)
    context.withdraw(after_closing_task(op.warehouse_id))


def insert_warehouse(context: Context, outlet_id: UUID, warehouse_id: UUID, code: str, name: str) -> None:
    """Write a warehouse's row, and the locations that goods arrive at and leave from."""
    receiving, staging = (derived_id(warehouse_id, kind) for kind in ("receiving", "staging"))
    row: dict[str, Any] = {"id": warehouse_id, "outlet_id": outlet_id, "code": code, "name": name}
    row["code_key"] = sku_key(code)
    context.create("warehouses", {**row, "receiving_id": receiving, "staging_id": staging, "archived": 0})
    for location_id, (kind, end) in zip((receiving, staging), OWN_ENDS, strict=True):
        insert_location(context, location_id, outlet_id, warehouse_id, f"{code}-{end}", kind)


def place_codes(context: Context, code: str) -> PlaceCodes:
    """Return which outlet and which warehouse have a code, however its letters are written."""
    key = sku_key(code)
    outlet, warehouse = (context.find_one(table, code_key=key) for table in ("outlets", "warehouses"))
    return PlaceCodes(
        {} if outlet is None else {key: _held(outlet)},
        {} if warehouse is None else {key: warehouse["outlet_id"]},
    )


def check_code_free(context: Context, outlet_id: UUID, warehouse_id: UUID, code: str) -> None:
    """Refuse (`location_code_elsewhere`) what another warehouse of the outlet calls a place of its own.

    A label says the code alone: a scan of it means one place.
    """
    for other in context.unit.find("locations", code_key=sku_key(code)):
        if other["outlet_id"] != outlet_id or other["warehouse_id"] == warehouse_id:
            continue
        there = context.unit.peek("warehouses", other["warehouse_id"])
        if holds_code(other["archived"], there["archived"] if there else 0):
            raise Refusal("location_code_elsewhere", code=code, warehouse=there["code"] if there else "")


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


def _held(outlet: Row) -> HeldOutlet:
    return HeldOutlet(outlet["id"], outlet["code"], outlet["archived"])


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
