"""What is done once a night, by one of all the processes that serve a database."""

import json
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, Engine, select, text

from merchant_desk.models.server_tables import server_state
from merchant_desk.server.backup import last_night
from merchant_desk.server.intake import Clock
from merchant_desk.server.state import write_value

TURNS: Final = 0x4D444E54
"""Key of PostgreSQL's advisory lock while a process asks whether it is its turn."""

MOST_SECONDS: Final = 3_600
"""After so long whoever began counts as gone: another one does the work."""

_SECOND: Final = 1_000_000


class Nightly:
    """Gives a nightly task to one process. Who began, and who ended, stands in the server's state.

    Two that work at once because one took longer than `MOST_SECONDS` must do no harm.
    """

    def __init__(self, writer: Engine, name: str, clock: Clock) -> None:
        self._writer = writer
        self._name = f"nightly/{name}"
        self._clock = clock

    def take(self) -> bool:
        """Whether it is this process's turn; then the others leave it to this one."""
        now = self._clock()
        with self._writer.begin() as connection:
            begun, ended = self._read(connection)
            is_done = _moment(ended) >= last_night(_moment(now))
            is_at_work = begun > ended and 0 <= now - begun < MOST_SECONDS * _SECOND
            if is_done or is_at_work:
                return False
            write_value(connection, self._name, json.dumps([now, ended]))
        return True

    def done(self) -> None:
        """Say that it is done for this night."""
        now = self._clock()
        with self._writer.begin() as connection:
            self._read(connection)
            write_value(connection, self._name, json.dumps([now, now]))

    def _read(self, connection: Connection) -> tuple[int, int]:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": TURNS})
        query = select(server_state.c.value).where(server_state.c.name == self._name)
        begun, ended = json.loads(connection.scalar(query) or "[0, 0]")
        return int(begun), int(ended)


def _moment(at: int) -> datetime:
    return datetime.fromtimestamp(at / _SECOND).astimezone()
