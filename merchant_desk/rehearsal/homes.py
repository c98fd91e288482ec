"""Where a rehearsed server keeps its data: a file in a folder, or a database at a PostgreSQL server."""

import os
import shutil
from itertools import count
from pathlib import Path
from typing import Protocol

from sqlalchemy import URL, create_engine

from merchant_desk.models.encrypted import checkpoint
from merchant_desk.server.database import ServerDatabase, open_embedded, open_postgres, postgres_address

NAME = "server.db"
_numbers = count(1)


class Home(Protocol):
    """One server's data; `backups` counts the copies that were made of them."""

    backups: int

    def open(self) -> ServerDatabase:
        """Open it as a server's process does at its start."""

    def back_up(self, database: ServerDatabase) -> None:
        """Make a copy of it, open as it is."""

    def restore(self, number: int) -> None:
        """Put a copy (from 0 on) in the place of what is there; nobody has it open."""

    def remove(self) -> None:
        """Leave nothing behind; nobody has it open."""


class FileHome:
    """An embedded database in a folder, which is somebody else's to remove."""

    def __init__(self, folder: Path) -> None:
        self.backups = 0
        self._folder = folder
        self._path = folder / NAME

    def open(self) -> ServerDatabase:
        """Open it as a server's process does at its start."""
        return open_embedded(self._path, None)

    def back_up(self, database: ServerDatabase) -> None:
        """Make a copy of it, open as it is."""
        checkpoint(database.writer, "TRUNCATE")
        shutil.copyfile(self._path, self._copy(self.backups))
        self.backups += 1

    def restore(self, number: int) -> None:
        """Put a copy (from 0 on) in the place of what is there; nobody has it open."""
        for suffix in ("", "-wal", "-shm"):
            self._path.with_name(NAME + suffix).unlink(missing_ok=True)
        shutil.copyfile(self._copy(number), self._path)

    def remove(self) -> None:
        """Do nothing: the folder goes as a whole."""

    def _copy(self, number: int) -> Path:
        return self._folder / f"backup-{number}.db"


class PostgresHome:
    """A database of its own at a PostgreSQL server, made as a copy of `template` or (None) empty.

    Args:
        address: any database there, of somebody who may make databases.
        template: the name of the database to begin with; nobody has it open.
    """

    def __init__(self, address: str, template: str | None = None) -> None:
        self.backups = 0
        self._address: URL = postgres_address(address)
        self.name = f"rehearsal_{os.getpid()}_{next(_numbers)}"
        self._make(self.name, template or "template0")

    def open(self) -> ServerDatabase:
        """Open it as a server's process does at its start."""
        return open_postgres(self._address.set(database=self.name).render_as_string(hide_password=False))

    def back_up(self, database: ServerDatabase) -> None:
        """Make a copy of it; connections at rest are closed, as PostgreSQL copies nothing that is open."""
        database.writer.dispose()
        self._make(self._copy(self.backups), self.name)
        self.backups += 1

    def restore(self, number: int) -> None:
        """Put a copy (from 0 on) in the place of what is there; nobody has it open."""
        self._drop(self.name)
        self._make(self.name, self._copy(number))

    def remove(self) -> None:
        """Drop it, and its copies."""
        for name in (self.name, *(self._copy(number) for number in range(self.backups))):
            self._drop(name)

    def _copy(self, number: int) -> str:
        return f"{self.name}_copy_{number}"

    def _make(self, name: str, template: str) -> None:
        self._do(f"CREATE DATABASE {name} TEMPLATE {template} ENCODING 'UTF8'")

    def _drop(self, name: str) -> None:
        self._do(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def _do(self, sql: str) -> None:
        engine = create_engine(self._address, isolation_level="AUTOCOMMIT", hide_parameters=True)
        try:
            with engine.connect() as connection:
                connection.exec_driver_sql(sql)
        finally:
            engine.dispose()
