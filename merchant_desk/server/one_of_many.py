"""One of several server processes behind one port: what it is given, and its life."""

import os
import socket
import sys
import threading
import time
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path

import structlog
from uuid_utils.compat import uuid7

from merchant_desk.models.faults import Fault
from merchant_desk.server.certificates import ServerCertificate
from merchant_desk.server.database import open_postgres
from merchant_desk.server.services import Edge, MetricsAccess, ServerAddress, open_services
from merchant_desk.server.serving import leave, run_application
from merchant_desk.server.shared_snapshots import SharedSnapshots
from merchant_desk.sync.logs import configure_logs, mistake

log = structlog.get_logger()

READY = b"ready"
SNAPSHOTS = "snapshots"


@dataclass(frozen=True, slots=True)
class ChildOptions:
    """What each of the processes is given by the one that started them; goes through a pipe."""

    folder: Path
    database_url: str = field(repr=False)
    wait_seconds: float
    address: ServerAddress
    certificate: ServerCertificate | None
    version: str
    metrics: MetricsAccess
    log_file: Path | None


def live(number: int, options: ChildOptions, sock: socket.socket, line: Connection) -> None:
    """Serve on a socket that others listen to as well, until told to stop or whoever started us is gone.

    Founding, invitations and the tables were its affair, and are done.
    """
    configure_logs(_numbered(options.log_file, number), process=number)
    stopping, answering = threading.Event(), threading.Event()
    watch = partial(_watch, line, stopping, answering)
    threading.Thread(target=watch, name="parent-watch", daemon=True).start()

    def ready() -> None:
        answering.set()
        log.info("process_ready")
        with suppress(OSError):  # whoever started us has just gone: we stop
            line.send_bytes(READY)

    edge = Edge(lambda: time.time_ns() // 1000, os.urandom, uuid7, options.version, options.metrics)
    try:
        with ExitStack() as stack:
            database = open_postgres(options.database_url, wait_seconds=options.wait_seconds, join=True)
            stack.callback(database.close)
            snapshots = SharedSnapshots(database, options.folder / SNAPSHOTS, edge.clock, edge.random)
            services = open_services(database, edge, options.address, snapshots=snapshots)
            stack.callback(leave, services)
            run_application(services, [sock], options.certificate, stopping, ready)
    except Fault as fault:
        log.error("process_failed", code=fault.code)
        sys.stderr.write(f"{fault.sentence('zh_CN')}\n{fault.sentence('en')}\n")
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - what is raised here would be printed, whatever it quotes
        log.error("process_failed", **mistake(error))
        sys.exit(1)


def _watch(line: Connection, stopping: threading.Event, answering: threading.Event) -> None:
    """Stop when the other end is closed: by its will, or because its process is gone."""
    with suppress(OSError, EOFError):
        while True:
            line.recv_bytes()
    stopping.set()
    if not answering.is_set():
        os._exit(1)  # still waiting for the database: nothing is at work that could be left half


def _numbered(file: Path | None, number: int) -> Path | None:
    """Return the log of one process: two cannot turn the pages of one file."""
    return file and file.with_name(f"{file.stem}.{number}{file.suffix}")
