"""A world in one process: a real server core, real desks on real databases, and a wire that can fail."""

import random
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast
from uuid import UUID

from sqlalchemy import Engine, create_engine, select

from merchant_desk.domain.locations import AddLocations, location_id
from merchant_desk.domain.organisation import AddOutlet, AddPerson, FoundMerchant, GrantRole
from merchant_desk.models import server_tables
from merchant_desk.models.columns import Side
from merchant_desk.models.encrypted import open_engine
from merchant_desk.models.server_tables import device_heads
from merchant_desk.models.store import Store
from merchant_desk.server.enrolment import Enrolment
from merchant_desk.server.house import House
from merchant_desk.server.intake import Intake
from merchant_desk.server.pages import Pages
from merchant_desk.server.personal import BuyerKeys
from merchant_desk.server.proofs import note_proof
from merchant_desk.sync.desk import DeskEngine
from merchant_desk.sync.desk_state import Identity, write_value
from merchant_desk.sync.protocol import (
    EnrolRequest,
    FeedPage,
    PushAnswer,
    PushRequest,
    decode,
    encode,
)
from merchant_desk.sync.signing import DeviceKeys
from tests.helpers.kept import keep_stage, lay_out, lay_tables, stage_of

START = 1_763_700_000_000_000
"""21 November 2025, in microseconds UTC."""

KEY = bytes(range(32))
FOUNDED = "founded"
State = tuple[int, int, Any]
Made = TypeVar("Made")


class Lost(Exception):  # noqa: N818 - what happened to a letter
    """The wire dropped the request or the answer."""


@dataclass
class Chance:
    """Everything random in a world comes from one seed; so do its ids and its clock."""

    seed: int
    now: int = START
    count: int = 0
    dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)

    def new_id(self) -> UUID:
        """Return an id that grows with time, as UUIDv7 does."""
        self.count += 1
        return UUID(int=((self.now // 1000) << 80) | (7 << 76) | (2 << 62) | (self.seed << 40) | self.count)

    def clock(self) -> int:
        """Return the time, which moves a little at every look."""
        self.now += 1_000
        return self.now

    def bytes(self, count: int) -> bytes:
        """Return random bytes."""
        return self.dice.randbytes(count)

    @property
    def state(self) -> State:
        """All that decides what comes next."""
        return self.now, self.count, self.dice.getstate()

    @state.setter
    def state(self, state: State) -> None:
        self.now, self.count = state[:2]
        self.dice.setstate(state[2])


class Server:
    """The server's parts on one engine."""

    def __init__(self, engine: Engine, chance: Chance) -> None:
        self.engine = engine
        self.chance = chance
        self.store = Store(engine, Side.SERVER)
        self.epoch = chance.new_id()
        self.intake = Intake(self.store, lambda: self.epoch, chance.clock)
        self.pages = Pages(engine, lambda: self.epoch, chance.clock)
        self.house = House(self.store, chance.clock, chance.new_id)
        self.seal_keys = DeviceKeys.make(random.Random(0).randbytes)
        self.buyer_keys = BuyerKeys(self.store, self.seal_keys.agreement_key)
        self.enrolment = Enrolment(self.store, self.house, chance.clock, chance.bytes, chance.new_id)

    def prove(self, device_id: UUID, person_id: UUID) -> None:
        """Keep that somebody signed in at a desk, as a sign-in with a line does."""
        with self.engine.begin() as connection:
            where = device_heads.c.device_id == device_id
            merchant_id = connection.scalar(select(device_heads.c.merchant_id).where(where))
            assert merchant_id is not None
            note_proof(connection, merchant_id, device_id, person_id, self.chance.clock())


@dataclass
class Wire:
    """Carries bytes between a desk and the server; `trouble` may raise Lost before or after it acts."""

    server: Server
    trouble: Callable[[str], None] = lambda place: None

    def push(self, token: str, request: PushRequest) -> PushAnswer:
        """Push through real bytes."""
        self.trouble("request")
        device = self.server.enrolment.device_of(token)
        assert device is not None
        answer = self.server.intake.push(device, decode(encode(request), PushRequest))
        self.trouble("answer")
        return decode(encode(answer), PushAnswer)

    def pull(self, token: str, after: int, rows: int) -> FeedPage:
        """Pull through real bytes."""
        self.trouble("request")
        device = self.server.enrolment.device_of(token)
        assert device is not None
        page = self.server.pages.page(device, after, rows)
        self.trouble("answer")
        return decode(encode(page), FeedPage)


class WorldDesk:
    """A desk with its engine, database and wire."""

    def __init__(self, path: Path, identity: Identity, chance: Chance, wire: Wire, key: bytes | None) -> None:
        self.path = path
        self.chance = chance
        self.wire = wire
        self.key = key
        self.skew = 0
        lay_tables(path, Side.DESK, key)
        self.db = open_engine(path, key, role="writer")
        with self.db.begin() as connection:
            write_value(connection.connection.cursor(), "identity", identity)
        self.engine = self._engine()

    def _engine(self) -> DeskEngine:
        store = Store(self.db, Side.DESK)
        return DeskEngine(store, lambda: self.chance.clock() + self.skew, self.chance.new_id)

    def restart(self) -> None:
        """Forget everything in memory, as a new process does."""
        self.db.dispose()
        self.db = open_engine(self.path, self.key, role="writer")
        self.engine = self._engine()

    def push(self, most: int = 500) -> PushAnswer | None:
        """Push one batch; None when there is nothing to push."""
        request = self.engine.next_batch(most=most)
        if not request.ops:
            return None
        answer = self.wire.push(self.engine.identity.token, request)
        self.engine.take_outcomes(answer.outcomes)
        return answer

    def pull(self, rows: int = 2_000, slice_rows: int = 200) -> int:
        """Pull one page, slice by slice; returns how many feed rows came."""
        page = self.wire.pull(self.engine.identity.token, self.engine.position.cursor, rows)
        for ops, until in self.engine.slices(page, slice_rows):
            self.engine.apply_slice(ops, until)
        return sum(len(op.rows) for op in page.ops)

    def sync(self) -> None:
        """Push and pull until nothing is left."""
        while True:
            answer = self.push()
            if answer is None:
                break
            assert answer.stopped == "", answer
        while True:
            before = self.engine.position.cursor
            page_rows = self.pull()
            if page_rows == 0 and self.engine.position.cursor == before:
                return


class World:
    """A merchant with one outlet, a manager, a worker and some locations.

    `stage` names what its maker fills it with by `reach`: the first of a process is filled, others begin with
    a copy of its database. What its maker draws before, it draws in the same order every time.
    """

    def __init__(
        self,
        folder: Path,
        *,
        url: str | None = None,
        seed: int = 1,
        key: bytes | None = KEY,
        stage: str = FOUNDED,
    ) -> None:
        self.folder = folder
        self.key = key
        self.chance = Chance(seed)
        # Properties draw their seeds: of the usual one alone there is much to keep.
        self._name = None if url or seed != 1 else (stage, key)
        self._kept = stage_of(self._name)
        self.server = Server(self._engine(url), self.chance)
        self.merchant_id = self.chance.new_id()
        self.manager = self.chance.new_id()
        self.worker = self.chance.new_id()
        self.outlet = self.chance.new_id()
        self.warehouse = self.chance.new_id()
        codes = tuple(f"A-0{n}" for n in range(1, 5))
        self.shelves = [location_id(self.warehouse, code) for code in codes]
        self.desks: list[WorldDesk] = []
        self._founded: State
        if self._kept is None:
            self._found(codes)
            self._founded = self.chance.state
        else:
            self.chance.state = self._kept.known[0]
        if stage == FOUNDED:
            self.reach(lambda: None)

    def _engine(self, url: str | None) -> Engine:
        if url:
            engine = create_engine(url)
            server_tables.metadata.create_all(engine)
            return engine
        path = self.folder / "server.db"
        if self._kept is not None:
            lay_out({path.name: self._kept.database}, self.folder)
        lay_tables(path, Side.SERVER, self.key)
        return open_engine(path, self.key, role="writer")

    def _found(self, codes: tuple[str, ...]) -> None:
        house = self.server.house
        house.do(self.merchant_id, FoundMerchant("青石供销社", "CNY", self.manager, "店长"))
        house.do(
            self.merchant_id,
            AddOutlet(self.outlet, "CG", "城关门店", "Asia/Shanghai", 0, self.warehouse),
            AddPerson(self.worker, "worker", "仓管", "P:1001"),
            GrantRole(self.worker, "warehouse", self.outlet),
            AddLocations(self.outlet, self.warehouse, "storage", codes),
        )

    def reach(self, fill: Callable[[], Made]) -> Made:
        """Let the stage that this world was asked for be reached, by `fill` or as the first one did.

        Returns what `fill` returned, for this world alone.
        """
        if self._kept is not None:
            self.chance.state = self._kept.known[1]
            return cast("Made", deepcopy(self._kept.known[2]))
        made = fill()
        if self._name is not None:
            keep_stage(self._name, self.server.engine, (self._founded, self.chance.state, deepcopy(made)))
        return made

    def desk(self, *, trouble: Callable[[str], None] = lambda place: None) -> WorldDesk:
        """Enrol another desk and let it pull once."""
        keys = DeviceKeys.make(self.chance.bytes)
        secret = self.server.enrolment.invite(self.merchant_id, self.outlet, ("cost",))
        name = f"desk {len(self.desks) + 1}"
        request = EnrolRequest(secret, name, keys.verifying_key, keys.sealing_key, b"")
        answer = self.server.enrolment.enrol(request, self.server.epoch)
        identity = Identity(
            answer.merchant_id,
            answer.device_id,
            answer.outlet_id,
            answer.code,
            name,
            "",
            "",
            answer.token,
            keys.signing_seed,
            keys.agreement_seed,
        )
        path = self.folder / f"desk{len(self.desks)}.db"
        desk = WorldDesk(path, identity, self.chance, Wire(self.server), self.key)
        desk.sync()
        desk.wire.trouble = trouble
        self.desks.append(desk)
        return desk
