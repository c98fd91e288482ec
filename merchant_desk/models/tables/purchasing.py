"""Tables: purchase orders, what is expected, receipts."""

from merchant_desk.models.columns import Scope, Sum, TableSpec, columns

TABLES = (
    TableSpec(
        "purchase_orders",
        Scope.OUTLET,
        columns(
            """outlet_id id, warehouse_id id, supplier_id id, number text, number_key text, status text,
            due_day int, placed_at int, changed_at int, person_id id, job_id id?"""
        ),
        finds=(("number_key",), ("supplier_id",)),
        indexes=(("status", "due_day"), ("placed_at",)),
    ),
    TableSpec(
        "purchase_lines",
        Scope.OUTLET,
        columns("outlet_id id, order_id id, position int, sku_id id, quantity int"),
        insert_only=True,
        finds=(("order_id", "sku_id"), ("sku_id",)),
    ),
    TableSpec(
        "purchase_line_costs",
        Scope.OUTLET,
        columns("outlet_id id, order_id id, unit_cost int"),
        insert_only=True,
        group="cost",
    ),
    TableSpec(
        "expectations",
        Scope.OUTLET,
        columns(
            "outlet_id id, op_id id, line_id id, warehouse_id id, sku_id id, availability_id id, quantity int"
        ),
        insert_only=True,
        sums=(
            Sum(
                "availability",
                "availability_id",
                (("expected", "quantity"),),
                ("outlet_id", "warehouse_id", "sku_id"),
            ),
        ),
        finds=(("line_id",), ("sku_id",)),
    ),
    TableSpec(
        "receipts",
        Scope.OUTLET,
        columns(
            """outlet_id id, warehouse_id id, number text, number_key text, purchase_order_id id?,
            supplier_id id?, status text, opened_at int, closed_at int?, person_id id, device_id id,
            reversed_at int?, reversed_by id?"""
        ),
        finds=(("number_key",), ("purchase_order_id",)),
        indexes=(("status", "opened_at"),),
    ),
)
