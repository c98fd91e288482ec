"""What a new shop still lacks, and which task waits for it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType


class Task(StrEnum):
    """What people of a shop want to begin with."""

    RECEIVE = "receive"
    COUNT = "count"
    SHIP = "ship"
    ORDER = "order"
    PURCHASE = "purchase"


class Step(StrEnum):
    """One part of setting up a shop, in the order in which they build on each other."""

    OUTLETS = "outlets"
    LOCATIONS = "locations"
    PRODUCTS = "products"
    BARCODES = "barcodes"
    PRICES = "prices"
    TAXES = "taxes"
    STOCK = "stock"
    SUPPLIERS = "suppliers"
    CUSTOMERS = "customers"
    CARRIERS = "carriers"
    PEOPLE = "people"
    BADGES = "badges"
    PRINTERS = "printers"
    SCANNER = "scanner"
    DESKS = "desks"
    LIVE = "live"


NEEDED: Mapping[Step, frozenset[Task]] = MappingProxyType(
    {
        Step.LOCATIONS: frozenset({Task.RECEIVE, Task.COUNT, Task.SHIP}),
        Step.PRODUCTS: frozenset(Task),
        Step.PRICES: frozenset({Task.ORDER}),
        Step.SUPPLIERS: frozenset({Task.PURCHASE}),
        Step.STOCK: frozenset({Task.SHIP}),
    }
)
"""Without which steps a task cannot begin; the others make work easier or safer."""


OPTIONAL = frozenset({Step.OUTLETS, Step.CUSTOMERS})
"""Steps that many shops have no use for: those of one outlet, or whose customers pay at the counter."""


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """What a shop has, as counts.

    `storage` are locations to keep goods at; of the `products` that are sold now, `uncoded` have no barcode
    and `unpriced` no price; `moved` tells whether any stock was ever booked; of the people who may work here,
    `unbadged` have no badge to sign in by. `desks` work for the merchant, `printers` are named at this one,
    whose `scanner` passed its trial.
    `outlets` and `warehouses` are those of the merchant that this desk knows, `customers` those by name.
    `taxes` and `carriers` are those in use; who bears no tax, or brings parcels himself, needs none. `live`:
    the opening books are closed.
    """

    storage: int
    products: int
    uncoded: int
    unpriced: int
    suppliers: int
    moved: bool
    people: int
    unbadged: int
    desks: int = 1
    printers: int = 0
    scanner: bool = False
    taxes: int = 0
    carriers: int = 0
    live: bool = False
    outlets: int = 1
    warehouses: int = 1
    customers: int = 0


@dataclass(frozen=True, slots=True)
class StepState:
    """How far a step is; `left` is how many things still lack it where some have it, else 0."""

    step: Step
    is_done: bool
    left: int = 0

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done here that a shop should not leave out."""
        return not self.is_done and self.step not in OPTIONAL

    @property
    def is_begun(self) -> bool:
        """Whether a part of it is there."""
        return self.is_done or self.left > 0


def readiness(facts: ShopFacts) -> tuple[StepState, ...]:
    """Return how far each step is, in their order."""
    some = facts.products > 0

    def complete(step: Step, lacking: int, *, begun: bool) -> StepState:
        return StepState(step, begun and not lacking, lacking if begun else 0)

    return (
        StepState(Step.OUTLETS, max(facts.outlets, facts.warehouses) > 1),
        StepState(Step.LOCATIONS, facts.storage > 0),
        StepState(Step.PRODUCTS, some),
        complete(Step.BARCODES, facts.uncoded, begun=some and facts.uncoded < facts.products),
        complete(Step.PRICES, facts.unpriced, begun=some and facts.unpriced < facts.products),
        StepState(Step.TAXES, facts.taxes > 0),
        StepState(Step.STOCK, facts.moved),
        StepState(Step.SUPPLIERS, facts.suppliers > 0),
        StepState(Step.CUSTOMERS, facts.customers > 0),
        StepState(Step.CARRIERS, facts.carriers > 0),
        StepState(Step.PEOPLE, facts.people > 1),
        complete(Step.BADGES, facts.unbadged, begun=facts.unbadged < facts.people),
        StepState(Step.PRINTERS, facts.printers > 0),
        StepState(Step.SCANNER, facts.scanner),
        StepState(Step.DESKS, facts.desks > 1),
        StepState(Step.LIVE, facts.live),
    )


def next_step(states: tuple[StepState, ...]) -> Step | None:
    """Return what to do next: what a task waits for, else what is not complete; None when all is done.

    What is optional is never next.
    """
    held_up = {step for task in Task for step in lacking(states, task)}
    left = [state.step for state in states if state.is_open]
    return next((step for step in left if step in held_up), left[0] if left else None)


def waiting_for(states: tuple[StepState, ...], step: Step) -> tuple[Task, ...]:
    """Return the tasks that a step holds up."""
    return tuple(task for task in Task if step in lacking(states, task))


def lacking(states: tuple[StepState, ...], task: Task) -> tuple[Step, ...]:
    """Return the steps without which a task cannot begin: those of which nothing is there."""
    return tuple(
        state.step for state in states if not state.is_begun and task in NEEDED.get(state.step, frozenset())
    )
