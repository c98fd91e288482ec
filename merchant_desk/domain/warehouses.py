"""Warehouses of an outlet beside its first: added, renamed, closed, opened again."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Protocol, TypeVar
from uuid import UUID

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.operations import Nature, Place, operation
from merchant_desk.domain.outlet_closing import OutletWork
from merchant_desk.domain.refusals import Refusal


@operation("add_warehouse", nature=Nature.DECISION, right="organise", place=Place.SERVER_ONLY)
@dataclass(frozen=True)
class AddWarehouse:
    """Decision: an outlet gets one more warehouse, with its own receiving and shipping locations.

    `code` is no other warehouse's of the merchant, and stays; locations are called by it: `W2-IN`, `W2-OUT`.
    """

    outlet_id: UUID
    warehouse_id: UUID
    code: str
    name: str


@operation("rename_warehouse", nature=Nature.DECISION, right="organise", place=Place.SERVER_ONLY)
@dataclass(frozen=True)
class RenameWarehouse:
    """Decision: a warehouse is called something else; its code stays."""

    outlet_id: UUID
    warehouse_id: UUID
    name: str


@operation("close_warehouse", nature=Nature.DECISION, right="organise", place=Place.SERVER_ONLY)
@dataclass(frozen=True)
class CloseWarehouse:
    """Decision: a warehouse is one no more, for `reason`. What happened there stays."""

    outlet_id: UUID
    warehouse_id: UUID
    reason: str


@operation("reopen_warehouse", nature=Nature.DECISION, right="organise", place=Place.SERVER_ONLY)
@dataclass(frozen=True)
class ReopenWarehouse:
    """Decision: a closed warehouse is one again."""

    outlet_id: UUID
    warehouse_id: UUID


class Named(Protocol):
    """Something with a code."""

    @property
    def code(self) -> str:
        """What people tell it from others by."""
        ...


W = TypeVar("W", bound=Named)


def working_in(warehouses: Sequence[W], chosen: str) -> W:
    """Return the warehouse that a desk works in: its outlet's only open one, else the `chosen` code's.

    Raises:
        Refusal: `no_warehouse`: the outlet has none yet, or nothing was pulled. `warehouse_not_chosen`: there
            are several, and the desk has chosen none of them; nothing is guessed.
    """
    if not warehouses:
        raise Refusal("no_warehouse")
    if len(warehouses) == 1:
        return warehouses[0]
    for one in warehouses:
        if sku_key(one.code) == sku_key(chosen):
            return one
    raise Refusal("warehouse_not_chosen", warehouses=", ".join(one.code for one in warehouses))


def check_warehouse_closable(code: str, work: OutletWork) -> None:
    """Refuse (`warehouse_in_use`) to close a warehouse where goods stand, or work is not ended."""
    if not work.ended:
        left = {name: n for name, n in asdict(work).items() if name != "tasks"}
        raise Refusal("warehouse_in_use", warehouse=code, **left)


def check_warehouse_open(code: str, archived: int) -> None:
    """Refuse (`warehouse_closed`) what needs a warehouse that is open."""
    if archived:
        raise Refusal("warehouse_closed", warehouse=code)
