"""Tables: jobs of many operations, what each of their chunks did, and what they corrected."""

from merchant_desk.models.columns import Scope, TableSpec, columns

TABLES = (
    TableSpec(
        "jobs",
        Scope.MERCHANT,
        columns(
            """outlet_id id, kind text, source text, file_hash text, plan_hash text, result_hash text,
            rows int, status text, written int, unchanged int, ineffective int, refused int, person_id id,
            device_id id, started_at int, ended_at int?"""
        ),
        finds=(("outlet_id", "status"),),
    ),
    TableSpec(
        "job_chunks",
        Scope.MERCHANT,
        columns("op_id id, job_id id, kind text, number int, created int, unchanged int, rows int"),
        insert_only=True,
        finds=(("job_id",),),
    ),
    # What a job really wrote on a record that stood before it (`handlers.corrected`): one row for each
    # record; `open` counts the fields that no undo has put back.
    TableSpec(
        "job_writes",
        Scope.MERCHANT,
        columns("job_id id, about_table text, about_id id, fields text, open int"),
        indexes=(("job_id",),),
    ),
)
