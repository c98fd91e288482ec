"""Tables: products, SKUs, barcodes, lots, costs, taxes."""

from merchant_desk.models.columns import Scope, TableSpec, columns

# `job_id`, here and in other tables, is the import that made the row: an undo takes back its own only.
TABLES = (
    TableSpec(
        "skus",
        Scope.MERCHANT,
        columns(
            """sku text, sku_key text, name text, name_en text, sort_key text, category text,
            base_unit text, price int, track_lot int, track_expiry int, track_serial int,
            shelf_life_days int, min_days_left int, supplier_id id?, draft int, archived int,
            job_id id?"""
        ),
        finds=(("sku_key",),),
        indexes=(("sort_key",),),
    ),
    TableSpec(
        "barcodes",
        Scope.MERCHANT,
        columns("code text, gtin text?, sku_id id, quantity int, unit text, job_id id?"),
        finds=(("code",), ("gtin",), ("sku_id",)),
    ),
    # The row of a product that was merged into another has its id: what still names it finds the one kept.
    TableSpec("sku_merges", Scope.MERCHANT, columns("kept_id id"), finds=(("kept_id",),)),
    TableSpec("sku_costs", Scope.MERCHANT, columns("cost int"), group="cost"),
    TableSpec(
        "lots", Scope.MERCHANT, columns("sku_id id, code text, expiry int?, made int?"), finds=(("sku_id",),)
    ),
    # Only of products whose tax was chosen; the others, and those without a tax here, bear the usual one.
    TableSpec("sku_taxes", Scope.MERCHANT, columns("tax_id id?"), indexes=(("tax_id",),)),
)
