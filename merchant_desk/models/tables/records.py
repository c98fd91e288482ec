"""Tables: suppliers, carriers, taxes with their rates, and who changed what of a shop's own records."""

from merchant_desk.models.columns import Scope, TableSpec, columns

TABLES = (
    TableSpec(
        "suppliers",
        Scope.MERCHANT,
        columns("code text, code_key text, name text, archived int, job_id id?"),
        finds=(("code_key",),),
    ),
    TableSpec(
        "carriers",
        Scope.MERCHANT,
        columns("code text, code_key text, name text, tracking_url text, archived int"),
        finds=(("code_key",),),
    ),
    TableSpec(
        "taxes",
        Scope.MERCHANT,
        columns("code text, code_key text, name text, archived int"),
        finds=(("code_key",),),
    ),
    # `rate` in parts per million of the price before tax, `from_day` yyyymmdd.
    TableSpec(
        "tax_rates",
        Scope.MERCHANT,
        columns("tax_id id, from_day int, rate int"),
        indexes=(("tax_id", "from_day"),),
    ),
    TableSpec(
        "record_changes",
        Scope.MERCHANT,
        columns(
            """about_table text, about_id id, event text, was text, now text, time int, person_id id,
            device_id id"""
        ),
        insert_only=True,
        indexes=(("about_id", "time"),),
    ),
)
