"""Tables: counts, their scans and their lines."""

from merchant_desk.models.columns import Scope, TableSpec, columns
from merchant_desk.models.tables.stock import TALLY

TABLES = (
    TableSpec(
        "counts",
        Scope.OUTLET,
        columns(
            """outlet_id id, warehouse_id id, location_id id, number text, number_key text, status text,
            blind int, opened_at int, opened_seq int, opened_bound int, closed_at int?, closed_device_id id?,
            closed_seq int?, closed_bound int?, person_id id, device_id id,
            reversed_at int?, reversed_by id?"""
        ),
        finds=(("number_key",), ("location_id",), ("outlet_id", "status")),
        indexes=(("status", "opened_at"),),
    ),
    TableSpec(
        "count_entries",
        Scope.OUTLET,
        columns(
            """outlet_id id, op_id id, document_id id, line_id id, tally_id id, stock_key id, device_id id,
            device_seq int, time int, time_bound int, person_id id, warehouse_id id, location_id id,
            sku_id id, lot_id id?, serial text, quantity int"""
        ),
        insert_only=True,
        sums=(TALLY,),
        finds=(("document_id",),),
    ),
    TableSpec(
        "count_lines",
        Scope.OUTLET,
        columns(
            """outlet_id id, op_id id, count_id id, stock_key id, device_id id, device_seq int, time int,
            time_bound int, warehouse_id id, location_id id, sku_id id, lot_id id?, serial text,
            status text, owner_id id?, counted int, book int, variance int, reverses_id id?"""
        ),
        insert_only=True,
        finds=(("count_id",), ("stock_key",)),
    ),
)
