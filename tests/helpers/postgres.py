"""A throw-away PostgreSQL for the tests, and its fixtures.

Binaries are looked for in `PGBIN`, on the search path and in the usual folders of Debian, Fedora,
macOS and Windows. `MERCHANT_DESK_TEST_POSTGRES` names a running server instead
(`postgresql://user:password@host:port/database`; the person needs the right to create databases).

The cluster listens on a free loopback port only, asks for a password that nobody else knows, and runs
as an unprivileged user where the tests run as root, because PostgreSQL refuses root.
"""

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from psycopg import sql

DRIVER = "postgresql+psycopg"
MINIMUM_VERSION = 15
START_ATTEMPTS = 5
SUFFIX = ".exe" if sys.platform == "win32" else ""
NO_BINARIES = (
    f"没有找到 PostgreSQL {MINIMUM_VERSION} 以上版本。 / No PostgreSQL {MINIMUM_VERSION} or newer was found: "
    "install it, set PGBIN, or name a server in MERCHANT_DESK_TEST_POSTGRES."
)
FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
    "/Applications/Postgres.app/Contents/Versions/*/bin",
)
# What a crash of the machine may lose does not matter here; a bench asks for durability instead.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
COMMON = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "60",
    "shared_buffers": "64MB",
    "max_wal_size": "1GB",
    "autovacuum": "on",
    "log_min_messages": "warning",
    "lc_messages": "C",
    "timezone": "UTC",
}


class PostgresUnavailableError(Exception):
    """No usable PostgreSQL on this machine; the text says so in both languages."""


def _version(folder: Path) -> int:
    """Return the major version of the server in a folder, 0 if there is none that runs."""
    server = folder / f"postgres{SUFFIX}"
    if not server.is_file() or not (folder / f"initdb{SUFFIX}").is_file():
        return 0
    answer = subprocess.run([server, "--version"], capture_output=True, text=True, check=False)
    words = answer.stdout.split()
    number = words[2].split(".")[0] if len(words) > 2 else ""
    return int(number) if number.isdigit() else 0


def find_binaries() -> Path:
    """Return the folder of the newest PostgreSQL.

    Raises:
        PostgresUnavailableError: there is none of version 15 or newer.
    """
    if named := os.environ.get("PGBIN"):
        candidates = [Path(named)]
    else:
        on_path = shutil.which("postgres")
        candidates = [Path(on_path).resolve().parent] if on_path else []
        for pattern in FOLDERS:
            candidates += Path("/").glob(pattern.removeprefix("/"))
        if program_files := os.environ.get("PROGRAMFILES"):
            candidates += Path(program_files).glob("PostgreSQL/*/bin")
    found = max(((_version(folder), folder) for folder in candidates), default=(0, Path()))
    if found[0] < MINIMUM_VERSION:
        raise PostgresUnavailableError(NO_BINARIES)
    return found[1]


def free_port() -> int:
    """Return a loopback TCP port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _unprivileged() -> dict[str, Any]:
    """Return the arguments of `subprocess` that leave root behind; empty where we are not root."""
    if sys.platform == "win32" or os.geteuid() != 0:
        return {}
    import pwd

    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            entry = pwd.getpwnam(name)
            return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    raise PostgresUnavailableError(NO_BINARIES)


@dataclass
class PostgresServer:
    """A server that makes databases; `url` is its maintenance database."""

    url: str
    _templates: dict[str, str] = field(default_factory=dict)

    def database_url(self, name: str) -> str:
        """Return the SQLAlchemy URL of a database on this server."""
        return urlunsplit(urlsplit(self.url)._replace(scheme=DRIVER, path=f"/{name}"))

    def create_database(self, template: str = "template0") -> str:
        """Make a fresh database (about 30 ms) and return its SQLAlchemy URL."""
        name = f"t_{secrets.token_hex(8)}"
        self._execute("create database {} template {} encoding 'UTF8'", name, template)
        return self.database_url(name)

    def drop_database(self, url: str) -> None:
        """Drop a database, whoever is still connected to it."""
        self._execute("drop database if exists {} with (force)", urlsplit(url).path.removeprefix("/"))

    def template(self, key: str, build: Callable[[str], None]) -> str:
        """Return the name of a database that `build(url)` filled once; copies of it start migrated.

        `build` must close its connections: PostgreSQL copies no database that is in use.
        """
        if key not in self._templates:
            url = self.create_database()
            build(url)
            self._templates[key] = urlsplit(url).path.removeprefix("/")
        return self._templates[key]

    def forget_templates(self) -> None:
        """Drop the databases that `template` made."""
        while self._templates:
            self.drop_database(self.database_url(self._templates.popitem()[1]))

    def _execute(self, statement: str, *names: str) -> None:
        plain = urlunsplit(urlsplit(self.url)._replace(scheme="postgresql"))
        query = sql.SQL(statement).format(*(sql.Identifier(name) for name in names))
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(query)


class PostgresCluster:
    """A cluster of its own in a temporary folder; a context manager that leaves nothing behind.

    Args:
        durable: sync every commit to disk as in production (for benches and crash tests).
    """

    def __init__(self, *, durable: bool = False) -> None:
        self._binaries = find_binaries()
        self._as_user = _unprivileged()
        self._settings = COMMON | (DURABLE if durable else FAST)
        self._password = secrets.token_hex(16)
        self._process: subprocess.Popen[bytes] | None = None
        self.folder = Path(tempfile.mkdtemp(prefix="merchant-desk-pg-"))
        self.data = self.folder / "data"
        self.log = self.folder / "server.log"
        self.port = 0

    @property
    def server(self) -> PostgresServer:
        """The maintenance connection of the running cluster."""
        return PostgresServer(f"{DRIVER}://merchant:{self._password}@127.0.0.1:{self.port}/postgres")

    def __enter__(self) -> Self:
        try:
            self._initialise()
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _initialise(self) -> None:
        secret = self.folder / "password"
        secret.write_text(self._password, encoding="ascii")
        if self._as_user:
            for path in (self.folder, secret):
                os.chown(path, self._as_user["user"], self._as_user["group"])
        command = [
            str(self._binaries / f"initdb{SUFFIX}"),
            *("--pgdata", str(self.data), "--username", "merchant", "--pwfile", str(secret)),
            *("--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C", "--no-sync"),
        ]
        done = subprocess.run(
            command, capture_output=True, text=True, check=False, cwd=self.folder, **self._as_user
        )
        secret.unlink()
        if done.returncode:
            raise RuntimeError(f"initdb: {done.stderr.strip() or done.stdout.strip()}")

    def start(self, port: int | None = None) -> None:
        """Start the server and wait until it answers.

        Args:
            port: loopback port to take; by default the one of the last start, else a free one.

        Raises:
            RuntimeError: it did not start; the text ends with its log.
        """
        port = port or self.port
        for _ in range(1 if port else START_ATTEMPTS):
            self.port = port or free_port()
            if self._launch():
                return
            self.stop()
        raise RuntimeError(f"PostgreSQL did not start:\n{self.log.read_text(errors='replace')[-2000:]}")

    def _launch(self) -> bool:
        """Start the server once; False if it ended or did not answer within 15 s."""
        settings = self._settings | {"port": str(self.port)}
        options = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        if sys.platform == "win32":
            # Only pg_ctl gives up the rights of an administrator, which the server refuses.
            return self._control("start", "-w", "-l", str(self.log), "-o", subprocess.list2cmdline(options))
        # An open file of ours: the server's user may not be allowed to make one.
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [str(self._binaries / "postgres"), "-D", str(self.data), *options],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self.folder,
                start_new_session=True,
                **self._as_user,
            )
        return self._answers(self._process)

    def _control(self, *words: str) -> bool:
        command = [str(self._binaries / f"pg_ctl{SUFFIX}"), "-s", "-D", str(self.data), *words]
        return subprocess.run(command, stdin=subprocess.DEVNULL, check=False).returncode == 0

    def _answers(self, process: subprocess.Popen[bytes]) -> bool:
        """Wait for this very server: the port alone might be answered by another one."""
        for _ in range(300):
            lines = self._pid_file()
            if lines[:1] == [str(process.pid)] and lines[7:8] == ["ready"]:
                return True
            with suppress(subprocess.TimeoutExpired):
                process.wait(0.05)
                return False
        return False

    def _pid_file(self) -> list[str]:
        """Return the lines of postmaster.pid: number of the process first, its state in the eighth."""
        try:
            text = (self.data / "postmaster.pid").read_text(encoding="ascii", errors="replace")
        except OSError:
            return []
        return [line.strip() for line in text.splitlines()]

    def stop(self, *, crash: bool = False) -> None:
        """End the server, cleanly or as a crash would; `start` brings it back on the same port."""
        if sys.platform == "win32":
            self._control("stop", "-m", "immediate" if crash else "fast")
        elif self._process is not None:
            self._process.send_signal(signal.SIGQUIT if crash else signal.SIGINT)
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._process = None

    def close(self) -> None:
        """End the server and remove everything it wrote."""
        self.stop(crash=True)
        shutil.rmtree(self.folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL server for the whole run; skips the test where there is none."""
    if named := os.environ.get("MERCHANT_DESK_TEST_POSTGRES"):
        server = PostgresServer(named)
        yield server
        server.forget_templates()
        return
    try:
        cluster = PostgresCluster()
    except PostgresUnavailableError as unavailable:
        pytest.skip(str(unavailable))
    with cluster:
        yield cluster.server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """The SQLAlchemy URL of an empty database that belongs to this test alone."""
    url = postgres_server.create_database()
    yield url
    postgres_server.drop_database(url)
