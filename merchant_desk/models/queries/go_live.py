"""What an outlet has of what it takes to go live, and what came in on the way."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.go_live import GoLiveFacts
from merchant_desk.domain.ids import id_of
from merchant_desk.domain.imports_setup import SETUP
from merchant_desk.models.queries.readiness import shop_facts

_LEFT = "outlet_id = :outlet AND kind IN ('pick', 'ship', 'sale')"

_FACTS = (
    "SELECT (SELECT count(*) FROM skus WHERE archived = 0 AND draft = 1),"
    " (SELECT count(*) FROM openings WHERE quantity <> 0 AND outlet_id = :outlet),"
    " (SELECT count(*) FROM openings WHERE quantity <> 0 AND outlet_id = :outlet AND costed = 0),"
    " (SELECT count(*) FROM counts WHERE outlet_id = :outlet AND status = 'closed'),"
    " (SELECT count(*) FROM jobs WHERE outlet_id = :outlet AND status = 'started'),"
    " (SELECT count(*) FROM counts WHERE outlet_id = :outlet AND status = 'open'),"
    " (SELECT count(*) FROM tasks WHERE outlet_id = :outlet AND status = 'open'),"
    " (SELECT count(*) FROM outbox WHERE status = 'pending'),"
    f" (SELECT count(*) FROM (SELECT 1 FROM ledger WHERE {_LEFT} AND reverses_id IS NULL AND id NOT IN"
    f"  (SELECT reverses_id FROM ledger WHERE {_LEFT} AND reverses_id IS NOT NULL) LIMIT 1000)),"
    " (SELECT day FROM go_lives WHERE id = :outlet), (SELECT live_at FROM go_lives WHERE id = :outlet)"
)


def go_live_facts(connection: Connection, outlet_id: UUID) -> GoLiveFacts:
    """Return the counts. Looks at every product, as `shop_facts` does."""
    shop = shop_facts(connection)
    row = connection.exec_driver_sql(_FACTS, {"outlet": outlet_id.bytes}).one()
    drafts, stated, uncosted, counted, unfinished, open_counts, tasks, unsent, shipped, day, live_at = row
    return GoLiveFacts(
        storage=shop.storage,
        products=shop.products,
        drafts=drafts,
        unpriced=shop.unpriced,
        uncoded=shop.uncoded,
        stated=stated,
        uncosted=uncosted,
        counted=counted,
        unfinished=unfinished,
        open_counts=open_counts,
        tasks=tasks,
        unsent=unsent,
        shipped=shipped,
        day=day,
        live_at=live_at,
    )


@dataclass(frozen=True, slots=True)
class BroughtIn:
    """An import or a count before the outlet goes live; `kind` is the import's, or `count`.

    `rows` are those of the file that became something, or products counted; `at` microseconds UTC; `status`
    as in `jobs` and `counts`.
    """

    id: UUID
    kind: str
    source: str
    rows: int
    at: int
    status: str


_BROUGHT_IN = (
    "SELECT j.id, j.kind, j.source, coalesce((SELECT sum(c.rows) FROM job_chunks c WHERE c.job_id = j.id"
    "  AND c.kind <> 'undo'), 0), j.started_at, j.status"
    " FROM jobs j WHERE j.outlet_id = :outlet"
    f" AND j.kind NOT IN ({', '.join(map(repr, SETUP))})"
    " UNION ALL SELECT c.id, 'count', c.number,"
    "  (SELECT count(*) FROM count_lines l WHERE l.count_id = c.id AND l.reverses_id IS NULL),"
    "  c.opened_at, c.status FROM counts c WHERE c.outlet_id = :outlet ORDER BY 5 DESC, 1"
)


def brought_in(connection: Connection, outlet_id: UUID) -> list[BroughtIn]:
    """Return what came in by imports and counts, the latest first."""
    rows = connection.exec_driver_sql(_BROUGHT_IN, {"outlet": outlet_id.bytes})
    return [BroughtIn(id_of(row[0]), *row[1:]) for row in rows]


_SETTLED_COUNTS = (
    "SELECT c.id FROM counts c WHERE c.outlet_id = :outlet AND c.status = 'closed' AND NOT EXISTS"
    " (SELECT 1 FROM count_lines l JOIN ledger m ON m.stock_key = l.stock_key WHERE l.count_id = c.id"
    "  AND m.kind NOT IN ('opening', 'count') AND m.time > c.opened_at) ORDER BY c.opened_at DESC"
)


def unused_counts(connection: Connection, outlet_id: UUID) -> list[UUID]:
    """Return closed counts after which none of what they saw was moved, the latest first."""
    rows = connection.exec_driver_sql(_SETTLED_COUNTS, {"outlet": outlet_id.bytes})
    return [id_of(row[0]) for row in rows]
