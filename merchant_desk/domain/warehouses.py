"""Warehouses of an outlet beside its first: added, renamed, closed, opened again."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Protocol, TypeVar
from uuid import UUID

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.operations import Nature, Place, operation
from merchant_desk.domain.outlet_closing import OutletWork, check_open
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
    """Decision: a closed warehouse is one again, where no other has its locations' codes meanwhile."""

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


@dataclass(frozen=True, slots=True)
class HeldOutlet:
    """An outlet that has a code."""

    id: UUID
    code: str
    archived: int


@dataclass
class PlaceCodes:
    """Codes of outlets and warehouses, closed ones too: no two places are called alike.

    A warehouse that came with its outlet has the outlet's code. Handlers look up the codes concerned; the
    check of a file holds all that a desk knows, and notes with `note_...` what the file adds itself.
    """

    outlets: dict[str, HeldOutlet] = field(default_factory=dict)
    warehouses: dict[str, UUID] = field(default_factory=dict)
    """Outlets by the key of their warehouse's code."""

    def check_outlet(self, code: str) -> None:
        """Refuse (`outlet_code_taken`) an outlet, with its first warehouse, under a code that is held."""
        if sku_key(code) in self.outlets or sku_key(code) in self.warehouses:
            raise Refusal("outlet_code_taken", code=code)

    def check_warehouse(self, outlet: HeldOutlet, code: str) -> None:
        """Refuse one more warehouse of a closed outlet (`outlet_closed`), or under a code that is held.

        That is `warehouse_code_taken`.
        """
        check_open(outlet.code, outlet.archived)
        if sku_key(code) in self.outlets or sku_key(code) in self.warehouses:
            raise Refusal("warehouse_code_taken", code=code)

    def note_outlet(self, outlet: HeldOutlet) -> None:
        """Note an outlet with its first warehouse."""
        self.outlets[sku_key(outlet.code)] = outlet
        self.warehouses[sku_key(outlet.code)] = outlet.id

    def note_warehouse(self, outlet_id: UUID, code: str) -> None:
        """Note one more warehouse."""
        self.warehouses[sku_key(code)] = outlet_id


OWN_ENDS = (("receiving", "IN"), ("staging", "OUT"))
"""Kinds of the locations that every warehouse has, and how their codes end."""


def own_codes(code: str) -> tuple[str, ...]:
    """Return the codes of the locations that a warehouse with this code comes with."""
    return tuple(f"{code}-{end}" for _, end in OWN_ENDS)


def holds_code(location_archived: int, warehouse_archived: int) -> bool:
    """Tell whether a location keeps its code from other warehouses of its outlet.

    A label says the code alone. One that is used no more, or whose warehouse is closed, keeps it from nobody.
    """
    return not location_archived and not warehouse_archived


def check_reopenable(code: str, clashing: Sequence[tuple[str, str]]) -> None:
    """Refuse (`warehouse_codes_taken`) a warehouse whose locations' codes are others' meanwhile.

    `clashing` are the codes, each with the code of the warehouse that has it.
    """
    if clashing:
        codes = ", ".join(one for one, _ in clashing[:MOST_TOLD])
        others = ", ".join(sorted({there for _, there in clashing}))
        facts = {"warehouse": code, "n": len(clashing), "codes": codes, "others": others}
        raise Refusal("warehouse_codes_taken", **facts)


def after_closing_task(warehouse_id: UUID) -> UUID:
    """Return the id of the task about work in a warehouse after it was closed."""
    return derived_id(warehouse_id, "after closing")


MOST_TOLD = 5
"""Codes named one by one in a refusal."""


def check_warehouse_closable(code: str, work: OutletWork) -> None:
    """Refuse (`warehouse_in_use`) to close a warehouse where goods stand, or work is not ended."""
    if not work.ended:
        left = {name: n for name, n in asdict(work).items() if name != "tasks"}
        raise Refusal("warehouse_in_use", warehouse=code, **left)


def check_warehouse_open(code: str, archived: int) -> None:
    """Refuse (`warehouse_closed`) what needs a warehouse that is open."""
    if archived:
        raise Refusal("warehouse_closed", warehouse=code)
