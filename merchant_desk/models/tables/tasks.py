"""Tables: tasks for people, unknown codes."""

from merchant_desk.models.columns import Scope, TableSpec, columns

TABLES = (
    TableSpec(
        "tasks",
        Scope.OUTLET,
        columns(
            """outlet_id id, kind text, code text, op_id id, op_kind text, device_id id, person_id id,
            about_table text, about_id id?, facts text, raised_at int, status text, settled_at int?,
            settled_by id?, resolution text, note text, resubmitted_as id?"""
        ),
        finds=(("op_id",), ("about_id",)),
        indexes=(("status", "raised_at"),),
    ),
    TableSpec("refused_bodies", Scope.OUTLET, columns("outlet_id id, op_version int, body bytes")),
    TableSpec(
        "unknown_codes",
        Scope.OUTLET,
        columns(
            """outlet_id id, code text, document_id id?, location_id id?, previous_code text, station text,
            reported_at int, person_id id, device_id id, status text, sku_id id?, quantity int?"""
        ),
        finds=(("code",),),
        indexes=(("status", "reported_at"),),
    ),
)
