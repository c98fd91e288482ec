"""The server as a process: opened in the right order, ready when it says so, ended without a loss."""

import os
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import structlog
from uuid_utils.compat import uuid7

from merchant_desk.models.faults import Fault, ServerOpen, folder_of
from merchant_desk.models.network_shares import refuse_network_share
from merchant_desk.models.profile_lock import ProfileLock
from merchant_desk.server.backup import AutomaticBackups, EmbeddedSource
from merchant_desk.server.certificates import (
    PublicCertificateMissing,
    ServerCertificate,
    check_host,
    ensure_certificate,
    load_certificate,
    own_hosts,
)
from merchant_desk.server.database import DATABASE_FILE, ServerDatabase, open_embedded, open_postgres
from merchant_desk.server.founding import Founded, Founding, found, invite_to, note_told, reset_by_hand
from merchant_desk.server.left import prove_not_left
from merchant_desk.server.listening import check_plain_http, listen, public_host
from merchant_desk.server.many import Many, check_processes, serve_by_many
from merchant_desk.server.one_of_many import ChildOptions
from merchant_desk.server.services import Edge, ServerAddress, Services, open_services
from merchant_desk.server.serving import leave, run_application
from merchant_desk.server.state import recovery_keys
from merchant_desk.sync.recovery import keep_sealed_keys
from merchant_desk.sync.vault import AskPassphrase, OpenedVault, open_vault
from merchant_desk.sync.vault_record import VaultRecord

log = structlog.get_logger()

DEFAULT_PORT = 8765
SNAPSHOTS = "snapshots"


@dataclass(frozen=True)
class DataOptions:
    """Where a server's data are. `told` hears of each vain try to reach PostgreSQL."""

    folder: Path
    ask_passphrase: AskPassphrase
    database_url: str | None = None
    demo: bool = False
    wait_seconds: float = 60.0
    told: Callable[[Fault], None] = lambda fault: None


@dataclass(frozen=True)
class ServeOptions:
    """How a server runs. `certificate` and `key` are files; without them one is made and kept.

    With `public_certificate` they come from a public authority: codes carry no fingerprint, and renewed
    files are taken while the server runs. `invite` names an outlet once for each code that is wanted.
    """

    data: DataOptions
    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    public_host: str | None = None
    certificate: Path | None = None
    key: Path | None = None
    public_certificate: bool = False
    plain_http: bool = False
    with_parent: bool = False
    founding: Founding | None = None
    invite: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    reset: tuple[str, ...] = ()
    processes: int = 1
    log_file: Path | None = None
    """Where each of several processes logs, with its number in the name; None: standard error."""


@dataclass(frozen=True)
class Ready:
    """What a server says once it answers."""

    url: str
    fingerprint: bytes | None
    pid: int
    database: str
    epoch: UUID
    protected: bool
    founded: Founded | None
    invitations: tuple[tuple[str, str], ...] = ()
    passwords: dict[str, str] = field(default_factory=dict, repr=False)
    merchants: int = 0

    @property
    def codes(self) -> dict[str, str]:
        """The first enrolment code of each outlet."""
        return dict(reversed(self.invitations))


def real_edge(version: str = "0") -> Edge:
    """Return the world as it is: the system's clock and chance, UUIDv7; `version` is the program's."""
    return Edge(lambda: time.time_ns() // 1000, os.urandom, uuid7, version)


@contextmanager
def opened_data(options: DataOptions) -> Iterator[tuple[ServerDatabase, OpenedVault | None]]:
    """Lock the folder and open the database; nobody else has it until the block ends.

    Raises:
        ServerOpen: a server is running on this folder.
        Fault: the vault's, the database's, the folder's.
    """
    with ExitStack() as stack:
        with folder_of(options.folder / DATABASE_FILE):
            database, vault = _open_data(options, stack)
        try:
            yield database, vault
        finally:
            with suppress(Fault):
                database.close()


def _open_data(options: DataOptions, stack: ExitStack) -> tuple[ServerDatabase, OpenedVault | None]:
    url, folder = options.database_url, options.folder
    if url is None:
        refuse_network_share(folder)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    stack.enter_context(ProfileLock(folder, ServerOpen))
    if url is not None:
        return open_postgres(url, wait_seconds=options.wait_seconds, told=options.told), None
    vault = open_vault(folder, demo=options.demo, ask_passphrase=options.ask_passphrase)
    return open_embedded(folder / DATABASE_FILE, vault.key), vault


def serve(options: ServeOptions, ready: Callable[[Ready], None], edge: Edge) -> None:
    """Run a server until it is told to stop: by a signal, or by its parent's end.

    Args:
        options: how.
        ready: is called once, when it answers.
        edge: clock, chance and ids; `real_edge` but in tests.

    Raises:
        PlainHttpRefused, PortBusy, AddressUnusable, CertificateUnusable, ServerOpen, ServerLeft.
        ProcessesRefused, ProcessDidNotStart: as `many.check_processes`, `many.serve_by_many`.
        Fault: the vault's, the database's (NewerDatabase). Refusal: of what was to be founded or invited to.
    """
    if options.plain_http:
        check_plain_http(options.host)
    check_processes(options.processes, options.data.database_url)
    with ExitStack() as stack:
        stopping = _stopping(options)
        sock = stack.enter_context(listen(options.host, options.port))
        database, vault = stack.enter_context(opened_data(options.data))
        prove_not_left(database)
        certificate = None if options.plain_http else _certificate(options)
        address = _address(options, sock, certificate)
        backups = _automatic_backups(options, vault, edge)
        health = backups.health if backups else None
        services = open_services(
            database, edge, address, snapshot_folder=options.data.folder / SNAPSHOTS, backup_health=health
        )
        stack.callback(leave, services)
        founded = found(services, options.founding) if options.founding else None
        _keep_for_papers(options.data.folder, vault, services)
        tell = _telling(ready, _what_to_say(options, services, vault, founded), services)
        if options.processes > 1:
            many = Many(options.processes, _for_each(options, address, certificate, edge), sock)
            serve_by_many(many, tell, stopping)
        else:
            run_application(services, [sock], certificate, stopping, tell, backups)


def _for_each(
    options: ServeOptions, address: ServerAddress, certificate: ServerCertificate | None, edge: Edge
) -> ChildOptions:
    """Return what each of several processes is given."""
    data = options.data
    return ChildOptions(
        data.folder,
        data.database_url or "",
        data.wait_seconds,
        address,
        certificate,
        edge.version,
        edge.metrics,
        options.log_file,
    )


def _certificate(options: ServeOptions) -> ServerCertificate:
    if options.public_certificate and options.certificate is None:
        raise PublicCertificateMissing
    if options.certificate is not None:
        return load_certificate(options.certificate, options.key or options.certificate)
    hosts = [*([options.public_host] if options.public_host else []), *own_hosts()]
    return ensure_certificate(options.data.folder, hosts, now=datetime.now(UTC))


def _address(
    options: ServeOptions, sock: socket.socket, certificate: ServerCertificate | None
) -> ServerAddress:
    host = options.public_host or public_host(options.host, own_hosts())
    port = sock.getsockname()[1]
    if certificate is not None and options.public_certificate:
        check_host(certificate, host)
        return ServerAddress(host, port, public=True)
    return ServerAddress(host, port, certificate.fingerprint if certificate else None)


def _automatic_backups(
    options: ServeOptions, vault: OpenedVault | None, edge: Edge
) -> AutomaticBackups | None:
    """Return what copies the embedded database at night; PostgreSQL has its own keepers."""
    if vault is None:
        return None
    path = options.data.folder / DATABASE_FILE
    record = VaultRecord.of(vault.profile_id, vault.key)
    return AutomaticBackups(EmbeddedSource(path, vault.key, record), edge)


def _keep_for_papers(folder: Path, vault: OpenedVault | None, services: Services) -> None:
    """Keep the database's key beside it, sealed to each merchant's recovery paper (not a demo's).

    Raises:
        FileUnusable, DiskFull: it could not be written.
    """
    if vault is None or not vault.protected:
        return
    papers = recovery_keys(services.database.reader)
    with folder_of(folder / DATABASE_FILE):
        keep_sealed_keys(folder, vault.key, papers, profile_id=vault.profile_id)


def _what_to_say(
    options: ServeOptions, services: Services, vault: OpenedVault | None, founded: Founded | None
) -> Ready:
    outlets = list(options.invite)
    is_new = founded is not None and founded.outlet_id is not None
    if is_new and options.founding is not None and options.founding.outlet_code not in outlets:
        outlets.append(options.founding.outlet_code)
    address = services.address
    return Ready(
        address.url,
        address.fingerprint,
        os.getpid(),
        services.database.name,
        services.epoch,
        vault is None or vault.protected,
        founded,
        tuple((outlet, invite_to(services, outlet, options.groups).code) for outlet in outlets),
        {login: reset_by_hand(services, login) for login in dict.fromkeys(options.reset)},
        services.count_merchants(),
    )


def _telling(ready: Callable[[Ready], None], said: Ready, services: Services) -> Callable[[], None]:
    """Return what says that the server is ready; what it showed of a founding is made no more."""

    def tell() -> None:
        ready(said)
        if said.founded is not None:
            note_told(services, said.founded.merchant_id)

    return tell


def _stopping(options: ServeOptions) -> threading.Event:
    """Return what is set when the parent has gone, where there is one to watch."""
    stopping = threading.Event()
    if options.with_parent:
        _watch_parent(stopping)
    return stopping


def _watch_parent(stopping: threading.Event) -> None:
    """Stop when standard input closes: whoever started us holds its other end for as long as it lives."""

    def watch() -> None:
        # Not sys.stdin: its lock, held by a thread at the interpreter's end, would abort the process.
        with suppress(OSError):
            while os.read(0, 4096):
                pass
        stopping.set()

    threading.Thread(target=watch, name="parent-watch", daemon=True).start()
