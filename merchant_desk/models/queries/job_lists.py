"""Imports as a list: what became of each file, by whom and when, newest first."""

from dataclasses import dataclass
from uuid import UUID

from merchant_desk.models.queries.lists import Listing, Order


@dataclass(frozen=True, slots=True)
class JobRow:
    """An import of an outlet: `source` is the file's name, `status` started, finished or undone.

    `rows` are those of the file, once it is finished the sum of `written`, `unchanged`, `ineffective` and
    `refused`. Times in microseconds UTC.
    """

    id: UUID
    outlet_id: UUID
    kind: str
    source: str
    status: str
    rows: int
    written: int
    unchanged: int
    ineffective: int
    refused: int
    person: str
    desk: str
    device_id: UUID
    started_at: int
    ended_at: int | None


PAST_IMPORTS = Listing(
    JobRow,
    "t.id, t.outlet_id, t.kind, t.source, t.status, t.rows, t.written, t.unchanged, t.ineffective, t.refused,"
    " coalesce((SELECT p.name FROM persons p WHERE p.id = t.person_id), ''),"
    " coalesce((SELECT d.code FROM devices d WHERE d.id = t.device_id), ''),"
    " t.device_id, t.started_at, t.ended_at",
    "FROM jobs t",
    {"started": Order("t.started_at", "started_at")},
)
