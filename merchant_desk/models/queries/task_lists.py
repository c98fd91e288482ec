"""Lists of what waited or waits for a person: the tray of unknown codes, and settled tasks."""

from dataclasses import dataclass
from uuid import UUID

from merchant_desk.models.queries.lists import Listing, Order
from merchant_desk.models.queries.work import UNKNOWN_CODE, UnknownCodeView

UNKNOWN_CODES = Listing(
    UnknownCodeView,
    UNKNOWN_CODE,
    "FROM unknown_codes t",
    {"when": Order("t.reported_at", "reported_at", by_status=True)},
)


def _named(fact: str, table: str, column: str) -> str:
    """Return the SQL for a name of the row of `table` that a task's facts name, or that it is about."""
    id = f"coalesce(unhex(json_extract(t.facts, '$.{fact}'), '-'), t.about_id)"
    return f"coalesce((SELECT n.{column} FROM {table} n WHERE n.id = {id}), '')"


@dataclass(frozen=True, slots=True)
class SettledTask:
    """A task that somebody dealt with, how, and when (microseconds UTC); `facts` is JSON."""

    id: UUID
    kind: str
    code: str
    op_kind: str
    about_table: str
    about_id: UUID | None
    facts: str
    raised_at: int
    settled_at: int
    settled_by: str
    resolution: str
    note: str
    sku: str
    sku_en: str
    location: str


SETTLED_TASKS = Listing(
    SettledTask,
    "t.id, t.kind, t.code, t.op_kind, t.about_table, t.about_id, t.facts, t.raised_at,"
    " coalesce(t.settled_at, t.raised_at),"
    " coalesce((SELECT p.name FROM persons p WHERE p.id = t.settled_by), ''),"
    f" t.resolution, t.note, {_named('sku_id', 'skus', 'name')}, {_named('sku_id', 'skus', 'name_en')},"
    f" {_named('location_id', 'locations', 'code')}",
    "FROM tasks t",
    {"when": Order("coalesce(t.settled_at, t.raised_at)", "settled_at")},
)
