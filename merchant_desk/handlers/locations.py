"""Handlers: locations of a warehouse."""

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.locations import (
    MOST_AT_ONCE,
    AddLocations,
    ArchiveLocation,
    check_location_code,
    check_location_kind,
    location_id,
)
from merchant_desk.domain.refusals import Refusal
from merchant_desk.handlers.context import Context, handles
from merchant_desk.handlers.warehouses import check_code_free, insert_location, open_warehouse


@handles(AddLocations, reads=lambda op: [("warehouses", op.warehouse_id)])
def add_locations(context: Context, op: AddLocations) -> None:
    """Write those that are not there yet, and bring back those that were archived."""
    check_location_kind(op.kind)
    if len(op.codes) > MOST_AT_ONCE:
        raise Refusal("too_many_locations", locations=len(op.codes), most=MOST_AT_ONCE)
    for code in op.codes:
        check_location_code(code)
    open_warehouse(context, op.warehouse_id, op.outlet_id)
    for code in op.codes:
        check_code_free(context, op.outlet_id, op.warehouse_id, code)
        there = context.unit.find("locations", warehouse_id=op.warehouse_id, code_key=sku_key(code))
        if not there:
            id = location_id(op.warehouse_id, code)
            insert_location(context, id, op.outlet_id, op.warehouse_id, code, op.kind)
        elif there[0]["archived"]:
            context.unit.update("locations", there[0]["id"], archived=0)


@handles(ArchiveLocation, reads=lambda op: [("locations", op.location_id)])
def archive_location(context: Context, op: ArchiveLocation) -> None:
    """Archive an empty location that is not its warehouse's own for arriving and leaving goods."""
    location = context.get_of("locations", op.location_id, op.outlet_id)
    if location["archived"]:
        return
    warehouse = context.get("warehouses", location["warehouse_id"])
    if op.location_id in (warehouse["receiving_id"], warehouse["staging_id"]):
        raise Refusal("location_of_warehouse", code=location["code"])
    balances = context.unit.find("stock_balances", location_id=op.location_id)
    if any(balance["on_hand"] for balance in balances):
        raise Refusal("location_not_empty", code=location["code"])
    context.unit.update("locations", op.location_id, archived=1)
