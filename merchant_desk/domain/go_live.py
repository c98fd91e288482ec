"""Going live: the day from which an outlet's books are the shop, and no longer something to be set up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final
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


def check_day_ahead(day: int, today: int) -> None:
    """Refuse to plan a day before today (`go_live_day_gone`), both yyyymmdd as the outlet counts days."""
    if day < today:
        raise Refusal("go_live_day_gone", day=f"{day // 10_000}-{day // 100 % 100:02}-{day % 100:02}")


class Check(StrEnum):
    """One line of the checklist, in the order in which they are looked at."""

    LOCATIONS = "locations"
    PRODUCTS = "products"
    STOCK = "stock"
    IMPORTS = "imports"
    COUNTS = "counts"
    DRAFTS = "drafts"
    PRICES = "prices"
    BARCODES = "barcodes"
    COSTS = "costs"
    TASKS = "tasks"
    SENT = "sent"
    DAY = "day"


BLOCKING: Final = frozenset({Check.LOCATIONS, Check.PRODUCTS, Check.IMPORTS, Check.COUNTS})
"""Without these nobody goes live: there is nothing to sell, or the books are half written."""


@dataclass(frozen=True, slots=True)
class GoLiveFacts:
    """What an outlet has, as counts, `day` yyyymmdd (None: not planned), `live_at` microseconds UTC or None.

    Of the `products` that are sold, `unpriced` have no price and `uncoded` no barcode; `drafts` wait to be
    completed. `stated` are stock keys with opening stock, `uncosted` those of them without a cost, `counted`
    closed counts. `unfinished` imports were begun and not ended, `open_counts` counts neither. `tasks` are
    open, and `unsent` operations wait at this desk. `shipped` are movements of goods that left for customers.
    """

    storage: int
    products: int
    drafts: int = 0
    unpriced: int = 0
    uncoded: int = 0
    stated: int = 0
    uncosted: int = 0
    counted: int = 0
    unfinished: int = 0
    open_counts: int = 0
    tasks: int = 0
    unsent: int = 0
    shipped: int = 0
    day: int | None = None
    live_at: int | None = None


@dataclass(frozen=True, slots=True)
class CheckState:
    """A line of the checklist: whether it is in order; `count` is how many are there, or still lacking."""

    check: Check
    is_ok: bool
    count: int = 0

    @property
    def blocks(self) -> bool:
        """Whether nobody goes live before it is in order."""
        return not self.is_ok and self.check in BLOCKING


def checklist(facts: GoLiveFacts) -> tuple[CheckState, ...]:
    """Return every line of the checklist, in order."""
    there = {
        Check.LOCATIONS: facts.storage,
        Check.PRODUCTS: facts.products,
        Check.STOCK: facts.stated + facts.counted,
    }
    lacking = {
        Check.IMPORTS: facts.unfinished,
        Check.COUNTS: facts.open_counts,
        Check.DRAFTS: facts.drafts,
        Check.PRICES: facts.unpriced,
        Check.BARCODES: facts.uncoded,
        Check.COSTS: facts.uncosted,
        Check.TASKS: facts.tasks,
        Check.SENT: facts.unsent,
        Check.DAY: int(facts.day is None),
    }
    states = {check: CheckState(check, count > 0, count) for check, count in there.items()}
    states |= {check: CheckState(check, count == 0, count) for check, count in lacking.items()}
    return tuple(states[check] for check in Check)


def left_open(states: Iterable[CheckState]) -> tuple[CheckState, ...]:
    """Return the lines that are not in order although nobody is kept from going live by them."""
    return tuple(state for state in states if not state.is_ok and not state.blocks)


def check_can_go_live(facts: GoLiveFacts) -> None:
    """Refuse to go live twice (`books_closed`), or while a line that blocks it is open:
    `not_ready_to_go_live`.
    """
    check_books_open(facts.live_at)
    left = [state for state in checklist(facts) if state.blocks]
    if left:
        raise Refusal("not_ready_to_go_live", left=len(left))


def check_can_undo(facts: GoLiveFacts) -> None:
    """Refuse to take the opening books back once live (`books_closed`) or sold from (`books_in_use`)."""
    check_books_open(facts.live_at)
    if facts.shipped:
        raise Refusal("books_in_use", shipped=facts.shipped)
