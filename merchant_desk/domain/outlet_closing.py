"""Closing an outlet for good, and opening it again."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from types import MappingProxyType
from uuid import UUID

from merchant_desk.domain.operations import Nature, Place, operation
from merchant_desk.domain.orders import OPEN_STATUSES
from merchant_desk.domain.refusals import Refusal

UNENDED: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "receipts": ("open",),
        "shipments": ("open",),
        "counts": ("open",),
        "purchase_orders": ("draft", "sent"),
        "orders": OPEN_STATUSES,
        "tasks": ("open",),
    }
)
"""Documents and tasks of an outlet -> states in which somebody there still has to do something."""


@operation("close_outlet", nature=Nature.DECISION, right="organise", place=Place.SERVER_ONLY)
@dataclass(frozen=True)
class CloseOutlet:
    """Decision: an outlet is one no more. What happened there stays; its code is not free again.

    `retired` are its desks that are shut out with it: whoever closes it has seen that they have sent their
    work. Needs the right in the whole merchant.
    """

    closed_id: UUID
    reason: str
    retired: tuple[UUID, ...] = ()


@operation("reopen_outlet", nature=Nature.DECISION, right="organise", place=Place.SERVER_ONLY)
@dataclass(frozen=True)
class ReopenOutlet:
    """Decision: a closed outlet is one again. Its desks are enrolled anew."""

    reopened_id: UUID


@dataclass(frozen=True, slots=True)
class OutletWork:
    """What an outlet has that somebody has to end first, as numbers; `stock` of stock keys not at zero."""

    receipts: int = 0
    shipments: int = 0
    counts: int = 0
    purchase_orders: int = 0
    orders: int = 0
    tasks: int = 0
    stock: int = 0

    @property
    def ended(self) -> bool:
        """Whether nothing is left to be done."""
        return not any(asdict(self).values())


@dataclass(frozen=True, slots=True)
class DeskWork:
    """A desk of an outlet: its code, what it said it had not sent (-1: it never said)."""

    id: UUID
    code: str
    pending: int


def check_closable(code: str, work: OutletWork) -> None:
    """Refuse (`outlet_in_use`) to close an outlet where goods stand, or work is not ended."""
    if not work.ended:
        raise Refusal("outlet_in_use", outlet=code, **asdict(work))


def check_desks_sent(code: str, desks: Iterable[DeskWork]) -> None:
    """Refuse (`outlet_desks_unsent`) to shut out desks that have not sent all, or never said so."""
    unsent = sorted(desk.code for desk in desks if desk.pending != 0)
    if unsent:
        raise Refusal("outlet_desks_unsent", outlet=code, desks=", ".join(unsent))


def check_open(code: str, archived: int) -> None:
    """Refuse (`outlet_closed`) what needs an outlet that is open."""
    if archived:
        raise Refusal("outlet_closed", outlet=code)
