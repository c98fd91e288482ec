"""What suppliers, carriers, taxes and outlets have in common: a code of their own, an end, a history."""

from uuid import UUID

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.naming import check_code, check_name
from merchant_desk.handlers.context import Context
from merchant_desk.models.columns import Row


def add_record(context: Context, table: str, row: Row) -> None:
    """Write a record under a code (nobody else's: see `is_taken`) and a name, and that it was added.

    Raises:
        Refusal: `record_code_unreadable`, `name_unreadable`, `id_taken`.
    """
    check_code(row["code"])
    check_name(row["name"])
    name = row["name"].strip()
    context.create(table, {**row, "name": name, "code_key": sku_key(row["code"]), "archived": 0})
    note_change(context, (table, row["id"]), "added", "", name)


def is_taken(context: Context, table: str, code: str) -> bool:
    """Tell whether a record has this code already, be it archived."""
    return bool(context.unit.find(table, code_key=sku_key(code)))


def rename_record(context: Context, table: str, id: UUID, name: str) -> None:
    """Write another name; the same one is no change."""
    check_name(name)
    was, now = context.get(table, id)["name"], name.strip()
    if was != now:
        context.unit.update(table, id, name=now)
        note_change(context, (table, id), "renamed", was, now)


def archive_record(context: Context, table: str, id: UUID) -> None:
    """Archive a record; one that is archived stays so."""
    if not context.get(table, id)["archived"]:
        context.unit.update(table, id, archived=1)
        note_change(context, (table, id), "archived", "", "")


def restore_record(context: Context, table: str, id: UUID) -> None:
    """Bring a record back."""
    if context.get(table, id)["archived"]:
        context.unit.update(table, id, archived=0)
        note_change(context, (table, id), "restored", "", "")


def note_change(context: Context, about: tuple[str, UUID], event: str, was: str, now: str) -> None:
    """Write who changed what of a record: the operation log stays at the server, this is seen at desks."""
    table, id = about
    envelope = context.envelope
    context.unit.insert(
        "record_changes",
        {
            "id": context.new_id("record_changes", f"{event}/{id.hex}/{was}"),
            "about_table": table,
            "about_id": id,
            "event": event,
            "was": was,
            "now": now,
            "time": envelope.time,
            "person_id": envelope.person_id,
            "device_id": envelope.device_id,
        },
    )
