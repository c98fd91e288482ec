"""Tables: what an outlet's manager sets for the scan stations."""

from merchant_desk.models.columns import Scope, TableSpec, columns

TABLES = (
    TableSpec(
        "scan_policies",
        Scope.OUTLET,
        columns("outlet_id id, station text, check_code text, policy text, set_at int, set_by id"),
    ),
    TableSpec(
        "scale_layouts",
        Scope.OUTLET,
        columns(
            """outlet_id id, prefix text, layout text, weight_decimals int, price_decimals int, set_at int,
            set_by id"""
        ),
    ),
)
