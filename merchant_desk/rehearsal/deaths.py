"""How processes die in a rehearsal: at a commit, just before it or just after."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine, event


class Died(BaseException):
    """The process is gone: nothing that it would have done next happens."""


class Fuse:
    """Counts the commits of a process and ends it at the one it was lit for."""

    def __init__(self) -> None:
        self._left = 0
        self._after = False
        self.burnt = False

    def light(self, commits: int, *, after: bool) -> None:
        """End the process so many commits from now; `after`: the last is durable, but nobody hears of it."""
        self._left, self._after, self.burnt = commits, after, False

    def put_out(self) -> None:
        """Let the process live."""
        self._left = 0

    def lay(self, engine: Engine) -> None:
        """Watch the commits of an engine's connections, those open already too."""

        def watch(connection: Any, _: Any) -> None:
            commit, rollback = connection.commit, connection.rollback
            connection.commit = lambda: self._pass(commit, rollback)

        event.listen(engine, "connect", watch)
        raw = engine.raw_connection()
        try:
            watch(raw.driver_connection, None)
        finally:
            raw.close()

    def _pass(self, commit: Callable[[], None], rollback: Callable[[], None]) -> None:
        dies = self._left == 1
        self._left = max(self._left - 1, 0)
        if dies and not self._after:
            self.burnt = True
            # What was not committed is gone. A connection that is only closed keeps its lock as long as any
            # frame of the dead process holds one of its cursors.
            rollback()
            raise Died
        commit()
        if dies:
            self.burnt = True
            raise Died
