"""Tables: what was stated of opening stock, and when an outlet goes live."""

from merchant_desk.models.columns import Scope, TableSpec, columns

TABLES = (
    # One row for each stock key that was ever stated; `ledger_id` is the movement that stands for it now,
    # `costed` whether it has a cost, which a desk that is not granted costs does not hold. The id follows
    # from the key that was stated; where products were merged, `stock_key` is that of the one kept, so that
    # several rows may have the same.
    TableSpec(
        "openings",
        Scope.OUTLET,
        columns(
            """outlet_id id, warehouse_id id, location_id id, sku_id id, stock_key id, quantity int,
            costed int, ledger_id id?, job_id id, changed_at int"""
        ),
        finds=(("stock_key",),),
        indexes=(("job_id",),),
    ),
    # The row of an outlet has its id.
    TableSpec("go_lives", Scope.OUTLET, columns("outlet_id id, day int?, live_at int?, person_id id")),
)
