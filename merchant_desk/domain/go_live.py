"""Going live: the day from which an outlet's books are the shop, and no longer something to be set up."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from merchant_desk.domain.opening_stock import check_books_open
from merchant_desk.domain.operations import Nature, operation
from merchant_desk.domain.refusals import Refusal


@operation("plan_go_live", nature=Nature.DECISION, right="organise")
@dataclass(frozen=True)
class PlanGoLive:
    """Decision: the day (yyyymmdd) on which an outlet is to begin; may change until it has."""

    outlet_id: UUID
    day: int


@operation("go_live", nature=Nature.DECISION, right="organise")
@dataclass(frozen=True)
class GoLive:
    """Decision: the opening books are complete. From now on they are not replaced or taken back any more."""

    outlet_id: UUID


def check_go_live_day(day: int, live_at: int | None) -> None:
    """Refuse a day that the calendar lacks (`no_such_day`), or to plan what has happened (`books_closed`)."""
    check_books_open(live_at)
    try:
        date(day // 10_000, day // 100 % 100, day % 100)
    except ValueError:
        raise Refusal("no_such_day", day=str(day)) from None
