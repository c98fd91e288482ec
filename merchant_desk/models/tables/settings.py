"""Tables: what was set for the merchant, its outlets and people, and every change of it."""

from merchant_desk.models.columns import Scope, TableSpec, columns

TABLES = (
    TableSpec(
        "settings",
        Scope.MERCHANT,
        columns("key text, level text, scope_id id, value text, set_at int, set_by id"),
        indexes=(("scope_id",),),
    ),
    TableSpec(
        "setting_changes",
        Scope.MERCHANT,
        columns(
            "key text, level text, scope_id id, was text, value text, set_at int, set_by id, device_id id"
        ),
        insert_only=True,
        indexes=(("key", "set_at"),),
    ),
)
