"""Tables: sales orders, what is charged beside goods, reservations, shipments, refunds, visits."""

from merchant_desk.models.columns import Scope, Sum, TableSpec, columns

_BUYER = columns("code text, code_key text, tail text, level text, erased_at int?, job_id id?")

TABLES = (
    TableSpec(
        "orders",
        Scope.OUTLET,
        columns(
            """outlet_id id, warehouse_id id, kind text, number text, number_key text, channel text,
            buyer_id id?, buyer text, status text, hold_reason text, placed_at int, due_at int?,
            ended_at int?, goods int, freight int, discount int, charges int, total int, refunded int,
            line_count int, summary text, note text, job_id id?"""
        ),
        finds=(("number_key",), ("buyer_id",)),
        indexes=(("status", "due_at"), ("placed_at",)),
    ),
    TableSpec(
        "order_lines",
        Scope.OUTLET,
        columns(
            """outlet_id id, order_id id, position int, sku_id id, rule text, quantity int, unit_price int,
            amount int"""
        ),
        insert_only=True,
        finds=(("order_id", "sku_id"), ("sku_id",)),
    ),
    TableSpec(
        "order_charges",
        Scope.OUTLET,
        columns(
            """outlet_id id, order_id id, position int, code text, name text, service text, rule text,
            quantity int, unit_price int, amount int"""
        ),
        insert_only=True,
        finds=(("order_id",),),
    ),
    TableSpec(
        "order_events",
        Scope.OUTLET,
        columns("outlet_id id, op_id id, order_id id, time int, person_id id, event text, note text"),
        insert_only=True,
        finds=(("order_id",),),
    ),
    TableSpec(
        "reservations",
        Scope.OUTLET,
        columns(
            """outlet_id id, op_id id, order_id id, line_id id, warehouse_id id, sku_id id,
            availability_id id, quantity int"""
        ),
        insert_only=True,
        sums=(
            Sum(
                "availability",
                "availability_id",
                (("reserved", "quantity"),),
                ("outlet_id", "warehouse_id", "sku_id"),
            ),
            Sum("line_totals", "line_id", (("reserved", "quantity"),), ()),
        ),
        finds=(("order_id",), ("sku_id",)),
    ),
    TableSpec(
        "shipments",
        Scope.OUTLET,
        columns(
            """outlet_id id, warehouse_id id, order_id id, number text, number_key text, status text,
            carrier text, carrier_id id?, tracking text, opened_at int, closed_at int?, person_id id,
            device_id id, reversed_at int?, reversed_by id?"""
        ),
        finds=(("number_key",), ("order_id",)),
        indexes=(("status", "opened_at"),),
    ),
    TableSpec(
        "refunds",
        Scope.OUTLET,
        columns("outlet_id id, op_id id, order_id id, time int, person_id id, amount int, reason text"),
        insert_only=True,
        finds=(("order_id",),),
    ),
    TableSpec(
        "visits",
        Scope.OUTLET,
        columns("outlet_id id, op_id id, day int, channel text, visitors int"),
        insert_only=True,
    ),
    TableSpec("buyers", Scope.MERCHANT, _BUYER, finds=(("code_key",),)),
    TableSpec("buyer_secrets", Scope.MERCHANT, columns("sealed bytes"), group="personal"),
    # `shared`: whether the server has the key too; there it always is.
    TableSpec("buyer_keys", Scope.LOCAL, columns("key bytes, shared int"), indexes=(("shared",),)),
)
