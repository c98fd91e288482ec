"""Tables: the stock ledger and the totals that it moves."""

from merchant_desk.models.columns import Scope, Sum, TableSpec, columns

KEY = ("outlet_id", "warehouse_id", "location_id", "sku_id", "lot_id", "serial", "status", "owner_id")

TALLY = Sum(
    "tallies",
    "tally_id",
    (("quantity", "quantity"),),
    ("document_id", "line_id", "sku_id", "lot_id", "location_id"),
)

TABLES = (
    TableSpec(
        "ledger",
        Scope.OUTLET,
        columns(
            """outlet_id id, op_id id, device_id id, device_seq int, person_id id, time int, time_bound int,
            kind text, document_id id, line_id id?, tally_id id?, stock_key id, availability_id id?,
            warehouse_id id, location_id id, sku_id id, lot_id id?, serial text, status text, owner_id id?,
            quantity int, reverses_id id?, reason text"""
        ),
        insert_only=True,
        sums=(
            Sum("stock_balances", "stock_key", (("on_hand", "quantity"),), KEY),
            Sum(
                "availability",
                "availability_id",
                (("on_hand", "quantity"),),
                ("outlet_id", "warehouse_id", "sku_id"),
            ),
            Sum("line_totals", "line_id", (("done", "quantity"),), ()),
            TALLY,
        ),
        finds=(("document_id",), ("stock_key", "time")),
        indexes=(("sku_id", "time"),),
    ),
    TableSpec(
        "ledger_costs",
        Scope.OUTLET,
        columns("outlet_id id, op_id id, unit_cost int"),
        group="cost",
    ),
    TableSpec(
        "stock_balances",
        Scope.DERIVED,
        columns(
            """outlet_id id, warehouse_id id, location_id id, sku_id id, lot_id id?, serial text,
            status text, owner_id id?, on_hand int"""
        ),
        finds=(("location_id",), ("warehouse_id", "sku_id"), ("sku_id",)),
    ),
    TableSpec(
        "availability",
        Scope.DERIVED,
        columns("outlet_id id, warehouse_id id, sku_id id, on_hand int, reserved int, expected int"),
        finds=(("sku_id",),),
    ),
    TableSpec("line_totals", Scope.DERIVED, columns("done int, reserved int")),
    TableSpec(
        "tallies",
        Scope.DERIVED,
        columns("document_id id, line_id id?, sku_id id, lot_id id?, location_id id, quantity int"),
        finds=(("document_id",),),
    ),
)
