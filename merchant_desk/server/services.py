"""The server's parts, wired once on one database. Clock, chance and ids come in here, at the edge."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from sqlalchemy import func, select

from merchant_desk.domain.outlet_closing import check_open
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.columns import Side
from merchant_desk.models.server_tables import metadata
from merchant_desk.models.store import Store
from merchant_desk.server.contacts import Contacts
from merchant_desk.server.database import ServerDatabase
from merchant_desk.server.ended import end_again
from merchant_desk.server.enrolment import HOUR, Enrolment
from merchant_desk.server.house import House
from merchant_desk.server.intake import Clock, Intake
from merchant_desk.server.measures import Measures
from merchant_desk.server.pages import Pages
from merchant_desk.server.people import People, Session
from merchant_desk.server.personal import BuyerKeys
from merchant_desk.server.recovery import KeyRecovery
from merchant_desk.server.snapshot_build import SnapshotScope
from merchant_desk.server.snapshots import Snapshots
from merchant_desk.server.state import NewId, Random, ServerState, open_state, read_state
from merchant_desk.sync.administration import BackupHealth, Invitation, InviteRequest
from merchant_desk.sync.enrolment_code import EnrolmentCode

MOST_HOURS = 24 * 14
"""How long an enrolment code may be good."""


@dataclass(frozen=True, slots=True)
class ServerAddress:
    """Where desks find this server.

    `fingerprint` is SHA-256 of the certificate that desks pin; None without TLS, and with `public`: then
    the certificate is a public authority's, which desks check as browsers do, whenever it is renewed.
    """

    host: str
    port: int
    fingerprint: bytes | None = None
    public: bool = False

    @property
    def tls(self) -> bool:
        """Whether connections are encrypted."""
        return self.public or self.fingerprint is not None

    @property
    def url(self) -> str:
        """The base address, as HTTP clients take it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}"


@dataclass(frozen=True, slots=True)
class MetricsAccess:
    """Who may read the measures: who shows `token` (empty: nobody), or anybody on this computer."""

    token: str = field(default="", repr=False)
    on_loopback: bool = False


@dataclass(frozen=True)
class Edge:
    """What a server takes from the world: microseconds UTC, random bytes, UUIDv7, the program's version."""

    clock: Clock
    random: Random
    new_id: NewId
    version: str = "0"
    metrics: MetricsAccess = MetricsAccess()


@dataclass(frozen=True)
class Services:
    """Everything that an endpoint may ask for. Only the database, `contacts` and `measures` hold state."""

    edge: Edge
    database: ServerDatabase
    state: ServerState
    store: Store
    readers: Store
    intake: Intake
    pages: Pages
    house: House
    enrolment: Enrolment
    people: People
    recovery: KeyRecovery
    buyer_keys: BuyerKeys
    contacts: Contacts
    address: ServerAddress
    snapshots: Snapshots | None = None
    backup_health: Callable[[], BackupHealth] | None = None
    measures: Measures = field(default_factory=Measures)

    @property
    def epoch(self) -> UUID:
        """The server's present epoch."""
        return self.state.epoch

    def count_merchants(self) -> int:
        """Return how many merchants were founded here; none: nobody can work with this server yet."""
        with self.database.reader.connect() as connection, connection.begin():
            return connection.scalar(select(func.count()).select_from(metadata.tables["merchants"])) or 0

    def invite(self, merchant_id: UUID, request: InviteRequest) -> Invitation:
        """Make the code that enrols one desk.

        Raises:
            Refusal: `no_such_outlet`, `unknown_group` or `lifetime_out_of_range`.
        """
        if not 1 <= request.hours <= MOST_HOURS:
            raise Refusal("lifetime_out_of_range", most=MOST_HOURS)
        with self.readers.engine.connect() as connection, connection.begin():
            outlet = self.readers.unit_on(connection, merchant_id).peek("outlets", request.outlet_id)
        if outlet is None:
            raise Refusal("no_such_outlet", outlet=request.outlet_id)
        check_open(outlet["code"], outlet["archived"])
        lifetime = request.hours * HOUR
        expires_at = self.edge.clock() + lifetime
        secret = self.enrolment.invite(merchant_id, request.outlet_id, request.groups, lifetime)
        if self.snapshots is not None:
            self.snapshots.wish(SnapshotScope(merchant_id, request.outlet_id, request.groups))
        address = self.address
        code = EnrolmentCode(
            address.host,
            address.port,
            request.outlet_id,
            bytes.fromhex(secret),
            address.fingerprint,
            tls=address.tls,
        )
        return Invitation(code.text, expires_at)

    def check_may_invite(self, session: Session, request: InviteRequest) -> None:
        """Refuse (`not_allowed`) whoever may not organise the outlet, or not hand on what it may not see."""
        check = self.people.check_right
        check(session.merchant_id, session.person_id, "organise", request.outlet_id)
        for group in request.groups:
            check(session.merchant_id, session.person_id, group, request.outlet_id)

    def close(self) -> None:
        """Write what was only noted, remove what nobody can use, and close the database."""
        try:
            if self.snapshots is not None:
                self.snapshots.close()
            self.contacts.flush()
        finally:
            self.database.close()


def open_services(
    database: ServerDatabase,
    edge: Edge,
    address: ServerAddress,
    *,
    snapshot_folder: Path | None = None,
    snapshots: Snapshots | None = None,
    backup_health: Callable[[], BackupHealth] | None = None,
) -> Services:
    """Wire the parts; makes the state of an empty database. `snapshots`: instead of some of its own.

    Raises:
        Fault: the database's faults.
    """
    state = open_state(database, edge.new_id, edge.random)
    if snapshots is None and snapshot_folder is not None:
        snapshots = Snapshots(database, snapshot_folder, edge.clock, edge.random)
    services = _wired(database, edge, address, state, snapshots, backup_health)
    end_again(services.store, services.house)
    return services


def join_services(database: ServerDatabase, edge: Edge) -> Services:
    """Wire the parts beside a server, which alone does what is done at a start; nobody is served by them.

    Raises:
        Fault: the database's faults.
    """
    return _wired(database, edge, ServerAddress("localhost", 1), read_state(database), None, None)


def _wired(
    database: ServerDatabase,
    edge: Edge,
    address: ServerAddress,
    state: ServerState,
    snapshots: Snapshots | None,
    backup_health: Callable[[], BackupHealth] | None,
) -> Services:
    store = Store(database.writer, Side.SERVER)
    readers = Store(database.reader, Side.SERVER)
    house = House(store, edge.clock, edge.new_id)
    measures = Measures()
    if snapshots is not None:
        snapshots.built_in = measures.builds.observe
    people = People(store, readers, edge.clock, edge.random, state.pepper)
    return Services(
        edge=edge,
        database=database,
        state=state,
        store=store,
        readers=readers,
        intake=Intake(store, lambda: state.epoch, edge.clock, measures.count_outcomes),
        pages=Pages(database.reader, lambda: state.epoch, edge.clock),
        house=house,
        enrolment=Enrolment(store, house, edge.clock, edge.random, edge.new_id, database.reader),
        people=people,
        recovery=KeyRecovery(readers, people, state),
        buyer_keys=BuyerKeys(store, state.seal_key),
        contacts=Contacts(database.writer, readers, edge.clock),
        address=address,
        snapshots=snapshots,
        backup_health=backup_health,
        measures=measures,
    )
