"""Loading the demo merchant into a server's database, through the same rules as everything else."""

import gc
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Protocol
from uuid import UUID

from merchant_desk.domain.operations import kind_of
from merchant_desk.domain.purchasing import PlacePurchaseOrder
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.store import Store
from merchant_desk.server.demo.buyers import seal_persons
from merchant_desk.server.demo.history import tell_history
from merchant_desk.server.demo.shift_goods import ShiftGoods
from merchant_desk.server.demo.story import Story
from merchant_desk.server.demo.structure import (
    MERCHANT_ID,
    MERCHANT_NAME,
    OUTLETS,
    PEOPLE,
    DemoOutlet,
    DemoPerson,
    worker,
)
from merchant_desk.server.house import House
from merchant_desk.server.personal import keep_keys

SEED = 952


class Credentials(Protocol):
    """What sets passwords at the server (`server.people.People`)."""

    def set_password(self, merchant_id: UUID, person_id: UUID, password: str) -> object:
        """Set a person's password."""


@dataclass(frozen=True)
class DemoMerchant:
    """The demo merchant of one day and seed.

    `shift` is what the first shift finds, `story` what happened before; `numbers` are those of its purchase
    orders by id, `operations` counts what happened by kind.
    """

    merchant_id: UUID
    name: str
    day: date
    seed: int
    outlets: tuple[DemoOutlet, ...]
    people: tuple[DemoPerson, ...]
    shift: ShiftGoods
    story: Story
    numbers: Mapping[UUID, str]
    operations: Mapping[str, int]


def demo_merchant(day: date, seed: int = SEED) -> DemoMerchant:
    """Return the demo merchant as it is when `day` begins, without a database: half a second's work.

    The same day and seed give the same merchant, operation by operation, on every machine.
    """
    return _told(day, seed)[0]


def demo_operations(day: date, seed: int = SEED) -> tuple[list[object], list[int]]:
    """Return the operations of the demo merchant, oldest first, and their times (microseconds UTC)."""
    return _told(day, seed)[1]


def is_demo_loaded(store: Store) -> bool:
    """Tell whether this server's database holds the demo merchant."""
    with store.engine.connect() as connection, connection.begin():
        return store.unit_on(connection, MERCHANT_ID).peek("merchants", MERCHANT_ID) is not None


def load_demo(
    store: Store,
    house: House,
    credentials: Credentials | None = None,
    *,
    day: date,
    seed: int = SEED,
    random: Callable[[int], bytes] = os.urandom,
) -> DemoMerchant:
    """Carry out everything that happened to the demo merchant, in one transaction; then set its passwords.

    Args:
        store: the server's, of the same database as the house.
        house: carries the operations out as device 0 of the merchant.
        credentials: sets everybody's demo password (about 0.1 s each); None leaves that out.
        day: the loading day: dates count back from it, deliveries are due on it.
        seed: another seed is another merchant with the same people.
        random: gives the buyers' keys.

    Raises:
        Refusal: `merchant_exists`, when it is loaded already; nothing was written.
    """
    if is_demo_loaded(store):
        raise Refusal("merchant_exists", name=MERCHANT_NAME)
    demo, (bodies, times) = _told(day, seed)
    with _no_collection():
        sealed, keys = seal_persons(bodies, seed, random)
        with store.engine.begin() as connection:
            house.do_on(connection, demo.merchant_id, sealed, times, worker)
            keep_keys(store, connection, demo.merchant_id, keys)
    if credentials is not None:
        for person in demo.people:
            credentials.set_password(demo.merchant_id, person.person_id, person.password)
    return demo


@contextmanager
def _no_collection() -> Iterator[None]:
    """Keep the collector from walking 40,000 rows over and over: a fifth of the time, for no cycles."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


@lru_cache(maxsize=1)
def _told(day: date, seed: int) -> tuple[DemoMerchant, tuple[list[object], list[int]]]:
    story, shift = tell_history(day, seed)
    bodies, times = story.in_order()
    kinds = Counter(kind_of(body).name for body in bodies)
    numbers = {body.order_id: body.number for body in bodies if isinstance(body, PlacePurchaseOrder)}
    about = (MERCHANT_ID, MERCHANT_NAME, day, seed, OUTLETS, PEOPLE)
    demo = DemoMerchant(*about, shift, story, numbers, dict(kinds))
    return demo, (bodies, times)
