"""What the overview shows, read in one go off the window's thread."""

from dataclasses import dataclass

from sqlalchemy import Connection

from merchant_desk.domain.readiness import Task, lacking, readiness
from merchant_desk.models.queries.document_lists import DOCUMENT_LISTS, DocumentRow
from merchant_desk.models.queries.goods_lists import product_counts
from merchant_desk.models.queries.lists import Filter, Window, window
from merchant_desk.models.queries.order_lists import WAITING, order_counts
from merchant_desk.models.queries.readiness import shop_facts
from merchant_desk.models.queries.rows import marks
from merchant_desk.ui.desk_status import counted

MOST_OPEN = 8
"""Open documents of one kind."""


@dataclass(frozen=True, slots=True)
class OpenDocument:
    """A document that somebody has begun; `kind` is its table."""

    kind: str
    row: DocumentRow

    @property
    def id(self) -> tuple[str, bytes]:
        """What tells it from all others."""
        return self.kind, self.row.id.bytes


@dataclass(frozen=True, slots=True)
class Overview:
    """Counts by name (see `desk_status.counted`), and what is open."""

    counts: dict[str, int]
    next_due: int | None
    documents: tuple[OpenDocument, ...]


def read_overview(connection: Connection, now: int, today: int, urgent: int) -> Overview:
    """Read it. `now` and `urgent` are microseconds UTC, `today` is yyyymmdd."""
    counts = counted(connection, now)
    counts["late"] = order_counts(connection, urgent)["late"]
    sql = "SELECT count(*) FROM purchase_orders WHERE status = 'sent' AND due_day < ?"
    counts["overdue"] = int(connection.exec_driver_sql(sql, (today,)).scalar() or 0)
    counts["drafts"] = product_counts(connection)["draft"]
    states = readiness(shop_facts(connection))
    counts["setup"] = len({step for task in Task for step in lacking(states, task)})
    sql = f"SELECT min(due_at) FROM orders WHERE status IN ({marks(WAITING)})"  # noqa: S608 - marks only
    due = connection.exec_driver_sql(sql, WAITING).scalar()
    documents = [
        OpenDocument(kind, row)
        for kind, listing in DOCUMENT_LISTS.items()
        for row in window(
            connection, listing, Filter(states=("open",)), Window("opened", True, limit=MOST_OPEN)
        )
    ]
    documents.sort(key=lambda document: -document.row.opened_at)
    return Overview(counts, due, tuple(documents))
