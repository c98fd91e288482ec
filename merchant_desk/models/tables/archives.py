"""Tables: archives that were taken out."""

from merchant_desk.models.columns import Scope, TableSpec, columns

TABLES = (
    TableSpec(
        "archives",
        Scope.MERCHANT,
        columns("made_at int, person_id id, name text, sha256 text, rows int, personal int"),
        insert_only=True,
    ),
)
