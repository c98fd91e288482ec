"""Whatever order two desks' work becomes known in, the book is what the last count saw and moved since."""

from dataclasses import dataclass, field
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.counting import CloseCount, CountGoods, OpenCount, ReverseCount
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.stock import AdjustStock, StockKey, UndoScan
from merchant_desk.handlers.context import carry_out
from merchant_desk.models.unit import Unit
from tests.helpers.floor import BEER, DESK_A, DESK_B, MANAGER, OUTLET, SECOND, START, WAREHOUSE, Floor


@dataclass
class Happening:
    """Something that happened at a moment on one desk: a movement, a count, or taking one of them back."""

    device: UUID
    time: int
    kind: str
    units: int
    target: int


@dataclass
class Truth:
    """What the book should say: kept by plain arithmetic."""

    moved: dict[int, tuple[int, int]] = field(default_factory=dict)
    counts: dict[int, tuple[int, int]] = field(default_factory=dict)

    def on_hand(self) -> int:
        if not self.counts:
            return sum(units for _, units in self.moved.values())
        last, seen = max(self.counts.values())
        return seen + sum(units for time, units in self.moved.values() if time > last)


happenings = st.lists(
    st.tuples(
        st.sampled_from([DESK_A, DESK_B]),
        st.sampled_from(["move", "move", "count", "undo", "reverse"]),
        st.integers(-5, 9),
        st.integers(0, 7),
    ),
    min_size=1,
    max_size=14,
)


def told(story: list[tuple[UUID, str, int, int]], late: list[bool]) -> list[Happening]:
    """Return happenings in the order in which the server hears of them: each desk's own in their order."""
    all_of_them = [
        Happening(device, START + (n + 1) * 100 * SECOND, kind, units, target)
        for n, (device, kind, units, target) in enumerate(story)
    ]
    queues = {desk: [h for h in all_of_them if h.device == desk] for desk in (DESK_A, DESK_B)}
    heard: list[Happening] = []
    for first_b in late:
        queue = queues[DESK_B if first_b else DESK_A] or queues[DESK_A if first_b else DESK_B]
        if queue:
            heard.append(queue.pop(0))
    return [*heard, *queues[DESK_A], *queues[DESK_B]]


class Hearing:
    """Carries happenings out in one unit, in the order in which they are heard."""

    def __init__(self, floor: Floor, unit: Unit, place: UUID) -> None:
        self.floor, self.unit, self.place = floor, unit, place
        self.truth = Truth()
        self.scans: list[tuple[UUID, UUID]] = []
        self.ended: list[UUID] = []

    def hear(self, number: int, happening: Happening) -> None:
        desk, time = happening.device, happening.time
        if happening.kind == "move" and happening.units:
            quantity = happening.units * MICRO
            body = AdjustStock(OUTLET, WAREHOUSE, self.place, BEER, None, "sellable", quantity, "other", "")
            op_id = self._do(body, desk, time)
            self.scans.append((desk, op_id))
            self.truth.moved[len(self.scans) - 1] = (time, happening.units)
        elif happening.kind == "count":
            self._count(number, desk, time, abs(happening.units) + 1)
        elif happening.kind == "undo":
            own = [n for n, (by, _) in enumerate(self.scans) if by == desk and n in self.truth.moved]
            if own:
                n = own[happening.target % len(own)]
                self._do(UndoScan(OUTLET, self.place, self.scans[n][1]), desk, time)
                del self.truth.moved[n]
        elif happening.kind == "reverse" and self.truth.counts:
            standing = sorted(self.truth.counts)
            n = standing[happening.target % len(standing)]
            self._do(ReverseCount(self.ended[n], OUTLET, (), "x"), desk, time)
            del self.truth.counts[n]

    def _count(self, number: int, desk: UUID, time: int, seen: int) -> None:
        count_id = derived_id(self.place, "count", str(number))
        self._do(OpenCount(count_id, f"{count_id}", OUTLET, WAREHOUSE, self.place, blind=True), desk, time)
        scan = CountGoods(
            count_id, OUTLET, WAREHOUSE, self.place, BEER, "", None, seen * MICRO, MICRO, "", ""
        )
        self._do(scan, desk, time)
        self._do(CloseCount(count_id, OUTLET, ()), desk, time)
        self.ended.append(count_id)
        self.truth.counts[len(self.ended) - 1] = (time, seen)

    def _do(self, body: object, desk: UUID, time: int) -> UUID:
        envelope = self.floor.envelope(body, MANAGER, desk, time, 0)
        self.unit.begin_op()
        carry_out(self.unit, envelope, body)
        self.unit.end_op()
        return envelope.op_id

    def on_hand(self) -> int:
        balance = self.unit.peek("stock_balances", StockKey(self.place, BEER).id)
        return int(balance["on_hand"]) // MICRO if balance else 0


@pytest.mark.parametrize("flushed", [False, True])
def test_the_book_is_what_the_last_count_saw_and_moved_since(floor: Floor, flushed: bool) -> None:
    places = iter(range(1 << 30))
    floor.rights = floor.one("merchants")["rights_version"]

    @settings(max_examples=80, suppress_health_check=list(HealthCheck))
    @given(happenings, st.lists(st.booleans(), max_size=14))
    def holds(story: list[tuple[UUID, str, int, int]], late: list[bool]) -> None:
        place = derived_id(floor.merchant, "place", str(next(places)))
        with floor.engine.connect() as connection, connection.begin() as transaction:
            hearing = Hearing(floor, floor.store.unit_on(connection, floor.merchant), place)
            for number, happening in enumerate(told(story, late)):
                hearing.hear(number, happening)
                if flushed:
                    hearing.unit.flush()
                    hearing.unit = floor.store.unit_on(connection, floor.merchant)
                assert hearing.on_hand() == hearing.truth.on_hand(), happening
            transaction.rollback()

    holds()
