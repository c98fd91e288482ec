"""Tables: merchant, outlets, warehouses, locations, people, roles, devices."""

from merchant_desk.models.columns import Scope, TableSpec, columns

TABLES = (
    TableSpec("merchants", Scope.MERCHANT, columns("name text, currency text, rights_version int")),
    TableSpec(
        "outlets",
        Scope.MERCHANT,
        columns("code text, code_key text, name text, archived int"),
        finds=(("code_key",),),
    ),
    TableSpec(
        "warehouses",
        Scope.MERCHANT,
        columns(
            "outlet_id id, code text, code_key text, name text, receiving_id id, staging_id id, archived int"
        ),
        finds=(("outlet_id",), ("code_key",)),
    ),
    TableSpec(
        "locations",
        Scope.OUTLET,
        columns("outlet_id id, warehouse_id id, code text, code_key text, kind text, archived int"),
        finds=(("code_key",), ("warehouse_id", "code_key")),
    ),
    TableSpec(
        "persons",
        Scope.MERCHANT,
        columns("login text, name text, badge text, archived int"),
        finds=(("login",), ("badge",)),
    ),
    TableSpec(
        "roles",
        Scope.MERCHANT,
        columns("person_id id, outlet_id id?, role text, from_version int, to_version int?"),
        finds=(("person_id",), ("role",)),
    ),
    TableSpec(
        "devices",
        Scope.MERCHANT,
        columns(
            """outlet_id id, code text, name text, verify_key bytes, seal_key bytes, enrolled_at int,
            retired_at int?, retired_reason text, former_id id?, former_seq int"""
        ),
        finds=(("code",),),
    ),
)
