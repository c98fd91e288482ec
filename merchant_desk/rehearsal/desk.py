"""A desk of a rehearsal: the real profile, engine and exchange, on the simulated network, that can die."""

import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from merchant_desk.domain.operations import kind_of
from merchant_desk.domain.receiving import ReceiveGoods
from merchant_desk.domain.stock import AdjustStock
from merchant_desk.rehearsal.chance import Chance
from merchant_desk.rehearsal.deaths import Fuse
from merchant_desk.rehearsal.merchant import Outlet
from merchant_desk.rehearsal.network import Line, Network
from merchant_desk.rehearsal.server import ADDRESS, RehearsedServer
from merchant_desk.server.proofs import note_proof
from merchant_desk.sync.desk import Changes, DeskEngine, Done
from merchant_desk.sync.desk_state import Identity, write_value
from merchant_desk.sync.exchange import Exchange, Report
from merchant_desk.sync.pace import Pace
from merchant_desk.sync.profile import OpenProfile, open_profile
from merchant_desk.sync.protocol import EnrolRequest
from merchant_desk.sync.rebase import continued, enrol_again, rebase_outbox
from merchant_desk.sync.signing import DeviceKeys
from merchant_desk.sync.transport import HttpFetch, ServerApi
from merchant_desk.sync.troubles import STUCK

PAGES = (3, 20, 2_000)
"""Feed rows in a page, as the dice have it at each start: in small pages much is cut that must stay whole."""

FILES = ("desk.db", "desk.db-wal", "vault.json", "demo.key")
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Saved:
    """An operation that a screen called saved; `moved` is what it brings into stock, where that is plain."""

    op_id: UUID
    kind: str
    moved: int | None


class AtOnce(Executor):
    """Does what it is given at once, on the thread that gives it: what is ahead of its turn has an order."""

    def submit(self, work: Callable[..., Result], /, *args: Any, **named: Any) -> "Future[Result]":
        """Do it."""
        future: Future[Result] = Future()
        try:
            future.set_result(work(*args, **named))
        except Exception as error:  # noqa: BLE001 - it belongs to whoever waits
            future.set_exception(error)
        return future


class RehearsedDesk:
    """One desk. `skew` microseconds are what its clock is off; `person` works at it at the moment."""

    def __init__(self, folder: Path, name: str, outlet: Outlet, chance: Chance, network: Network) -> None:
        self.folder = folder
        self.name = name
        self.outlet = outlet
        self.chance = chance
        self.network = network
        self.skew = 0
        self.fuse = Fuse()
        self.is_up = False
        self.is_unknown = False
        self.saved: list[Saved] = []
        self.copy: tuple[Path, list[Saved]] | None = None
        self.changes: Changes = {}
        self.profile: OpenProfile
        self.engine: DeskEngine
        self.exchange: Exchange

    def clock(self) -> int:
        """Return what the desk takes for the time."""
        return self.chance.clock() + self.skew

    # -- life --------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start, as a new process does."""
        self.profile = open_profile(self.folder, demo=True, ask_passphrase=lambda request: None)
        self.fuse.lay(self.profile.writer)
        self.engine = DeskEngine(self.profile.store, self.clock, self.chance.new_id)
        self._fetch = HttpFetch(ADDRESS.url, None, transport=Line(self.network))
        self.exchange = Exchange(
            self.engine,
            self.profile,
            self._api,
            lambda job: job(),
            self.profile.reader.connect,
            self.clock,
            self.chance.seconds,
        )
        self.exchange.pool = lambda threads, name: AtOnce()
        rows = self.chance.dice.choice(PAGES)
        self.exchange.rows = Pace(rows, rows, rows)
        self.is_up = True

    def _api(self) -> ServerApi:
        return ServerApi(self._fetch, self.engine.identity.token)

    def die(self) -> None:
        """Be killed: what was not committed is gone."""
        self.fuse.put_out()
        if self.is_up:
            self.is_up = False
            self._fetch.close()
            self.profile.close()

    def restart(self) -> None:
        """Be killed and started again."""
        self.die()
        self.start()

    def take_copy(self, folder: Path) -> None:
        """Copy the profile, as people do with folders; the desk is not running meanwhile."""
        self.die()
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        for name in FILES:
            if (self.folder / name).exists():
                shutil.copyfile(self.folder / name, folder / name)
        self.start()

    def put_back(self, folder: Path) -> None:
        """Put the files of a copy in the place of the profile's."""
        self.die()
        for file in self.folder.glob("desk.db*"):
            file.unlink()
        for name in FILES:
            if (folder / name).exists():
                shutil.copyfile(folder / name, self.folder / name)
        self.start()

    def fill_disk(self) -> None:
        """Leave no page for the database to grow by."""
        (pages,) = self._pragma("page_count")
        self._pragma(f"max_page_count = {pages}")

    def free_disk(self) -> None:
        """Make room again."""
        self._pragma("max_page_count = 1073741823")

    def _pragma(self, what: str) -> Sequence[Any]:
        raw = self.profile.writer.raw_connection()
        try:
            found: Sequence[Any] = raw.cursor().execute(f"PRAGMA {what}").fetchone()
        finally:
            raw.close()
        return found

    # -- work --------------------------------------------------------------------------------------

    def do(self, body: object, person: UUID) -> Done:
        """Do something as somebody; what is saved is written down here, in a list that never dies.

        Raises:
            Refusal, Fault: nothing was saved.
            Died: the process died; whether it was saved nobody was told.
        """
        done = self.engine.do(body, person)
        moved = body.quantity if isinstance(body, AdjustStock | ReceiveGoods) else None
        self.saved.append(Saved(done.op_id, kind_of(body).name, moved))
        self.note(done.changes)
        return done

    def note(self, changes: Changes) -> None:
        """Remember which rows changed since somebody looked."""
        for table, ids in changes.items():
            self.changes.setdefault(table, set()).update(ids)

    def sync(self, cancelled: Callable[[], bool] = lambda: False) -> Report:
        """Exchange once.

        Raises:
            Fault: line, server or disk.
            Died: the process died.
        """
        return self.exchange.run(self.note, cancelled)

    @property
    def is_stuck(self) -> bool:
        """Whether the server takes nothing more from it as it is."""
        return bool(self.rows("SELECT 1 FROM desk_state WHERE name = ?", STUCK))

    @property
    def needs_somebody(self) -> bool:
        """Whether only a person with a new enrolment code helps."""
        return self.is_unknown or self.is_stuck

    def rows(self, sql: str, *values: object) -> list[Sequence[Any]]:
        """Return what the desk's database says."""
        bound = tuple(value.bytes if isinstance(value, UUID) else value for value in values)
        with self.profile.reader.connect() as connection, connection.begin():
            return list(connection.exec_driver_sql(sql, bound).all())


# ---------------------------------------------------------------- enrolling


def enrol(desk: RehearsedDesk, server: RehearsedServer, merchant_id: UUID, people: Sequence[UUID]) -> None:
    """Make an empty folder a desk of the merchant, at which these people signed in, and start it."""
    keys = DeviceKeys.make(desk.chance.bytes)
    enrolment = server.services.enrolment
    secret = enrolment.invite(merchant_id, desk.outlet.id, ("cost",))
    request = EnrolRequest(secret, desk.name, keys.verifying_key, keys.sealing_key, b"")
    answer = enrolment.enrol(request, server.services.epoch)
    identity = Identity(
        answer.merchant_id, answer.device_id, answer.outlet_id, answer.code, desk.name,
        ADDRESS.url, "", answer.token, keys.signing_seed, keys.agreement_seed,
    )  # fmt: skip
    desk.folder.mkdir(parents=True)
    profile = open_profile(desk.folder, demo=True, ask_passphrase=lambda request: None)
    with profile.writer.begin() as connection:
        write_value(connection.connection.cursor(), "identity", identity)
    profile.close()
    _prove(server, merchant_id, answer.device_id, people)
    desk.start()


def enrol_anew(
    desk: RehearsedDesk, server: RehearsedServer, merchant_id: UUID, people: Sequence[UUID]
) -> None:
    """Give a desk that the server knows no more, or takes for a copy, a new identity by a new code.

    Raises:
        Fault: the line failed; nothing changed here.
    """
    keys = DeviceKeys.make(desk.chance.bytes)
    secret = server.services.enrolment.invite(merchant_id, desk.outlet.id, ("cost",))
    request = EnrolRequest(secret, desk.name, keys.verifying_key, keys.sealing_key, b"")
    request = continued(desk.engine, request)
    fetch = HttpFetch(ADDRESS.url, None, transport=Line(desk.network))
    try:
        new = enrol_again(desk.engine, request, keys, ServerApi(fetch, "").enrol, (ADDRESS.url, ""))
    finally:
        fetch.close()
    desk.note(rebase_outbox(desk.engine, new, desk.chance.new_id))
    _prove(server, merchant_id, new.identity.device_id, people)


def _prove(server: RehearsedServer, merchant_id: UUID, device_id: UUID, people: Sequence[UUID]) -> None:
    with server.services.database.writer.begin() as connection:
        for person in people:
            note_proof(connection, merchant_id, device_id, person, server.clock())
