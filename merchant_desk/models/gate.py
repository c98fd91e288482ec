"""Exchanging a database's file under a running program: nobody holds a connection meanwhile."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine
from sqlalchemy.pool import PoolProxiedConnection, QueuePool

from merchant_desk.models.encrypted import checkpoint
from merchant_desk.models.faults import DatabaseBusy, StorageFailed
from merchant_desk.models.private_files import sync_folder

WAIT_SECONDS = 2.0
"""How long readers may take to finish; they read for some milliseconds."""

POLL_SECONDS = 0.005
LOG_SUFFIXES = ("-wal", "-shm")


class Gate:
    """Lets connections through to one pool at a time, or holds them back while it is closed."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._closed = False
        self._entering = 0

    @property
    def pool(self) -> type[QueuePool]:
        """The kind of pool whose connections pass through this gate; an engine makes one of it."""
        return type("GatedPool", (_GatedPool,), {"gate": self})

    @contextmanager
    def passing(self) -> Iterator[None]:
        """Wait until the gate is open, and keep it from closing during the block."""
        with self._changed:
            self._changed.wait_for(lambda: not self._closed)
            self._entering += 1
        try:
            yield
        finally:
            with self._changed:
                self._entering -= 1
                self._changed.notify_all()

    @contextmanager
    def closed(self, engine: Engine, path: Path) -> Iterator[None]:
        """Hold new connections of an engine back during the block, after those in use have come back.

        Raises:
            DatabaseBusy: somebody goes on reading for longer than WAIT_SECONDS; the gate is open again.
        """
        with self._changed:
            self._closed = True
        try:
            self._wait_for_silence(engine, path)
            yield
        finally:
            with self._changed:
                self._closed = False
                self._changed.notify_all()

    def _wait_for_silence(self, engine: Engine, path: Path) -> None:
        pool: Any = engine.pool
        deadline = time.monotonic() + WAIT_SECONDS
        while self._entering or pool.checkedout():
            if time.monotonic() > deadline:
                raise DatabaseBusy(path)
            time.sleep(POLL_SECONDS)


class _GatedPool(QueuePool):
    gate: Gate

    def connect(self) -> PoolProxiedConnection:
        with self.gate.passing():
            return super().connect()


def exchange_file(path: Path, new: Path, writer: Engine, reader: Engine) -> None:
    """Let the database `new` take the place of the one at `path`, in one step; engines then open the new one.

    Runs on the one thread that uses `writer`, while the reader's gate is closed. `new` is closed, with
    nothing in a log. A crash at any moment leaves the old database whole or the new one: the old one's
    log is moved into its file first, so that no log is left which could be applied to the wrong file.

    Raises:
        DatabaseBusy: somebody else has the old file open; nothing was changed.
        StorageFailed: the system does not let go of the file; nothing was changed.
    """
    reader.dispose()
    if not checkpoint(writer, "TRUNCATE").complete:
        raise DatabaseBusy(path)
    writer.dispose()
    log_file = path.with_name(path.name + "-wal")
    if log_file.exists() and log_file.stat().st_size:
        raise DatabaseBusy(path)
    for suffix in LOG_SUFFIXES:
        path.with_name(path.name + suffix).unlink(missing_ok=True)
    try:
        new.replace(path)
    except OSError as failure:
        raise StorageFailed(path, str(failure)) from failure
    sync_folder(path.parent)


def remove_database(path: Path) -> None:
    """Remove a closed database with its log."""
    for suffix in ("", *LOG_SUFFIXES):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
