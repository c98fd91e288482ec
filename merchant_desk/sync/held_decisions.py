"""What merchant and outlet decided, held in memory: a scan asks nothing, a new decision is read once."""

import weakref

from merchant_desk.domain.settings import Decisions
from merchant_desk.domain.settings_known import KNOWN
from merchant_desk.models.queries.settings import TABLES, Whose, decided
from merchant_desk.sync.desk import Changes
from merchant_desk.sync.runtime import DeskRuntime


class _News:
    """Whether somebody decided anew since it was last asked."""

    def __init__(self) -> None:
        self.there = True

    def note(self, changes: Changes) -> None:
        if not TABLES.isdisjoint(changes):
            self.there = True


class HeldDecisions:
    """The decisions of a desk's merchant and outlet as they stand now.

    Changes say when they must be read again: at the first question after a sync brought a decision.
    """

    def __init__(self, runtime: DeskRuntime) -> None:
        self._runtime = runtime
        self._news = _News()
        # It listens as long as whoever asks lives, and keeps nobody alive.
        weakref.finalize(self, runtime.listen(self._news.note)).atexit = False
        self._decisions = Decisions()

    def now(self) -> Decisions:
        """Return them, read again if somebody decided."""
        if self._news.there:
            self._news.there = False  # first: what comes while it reads is read next time
            identity = self._runtime.identity
            with self._runtime.read() as connection, connection.begin():
                found = decided(connection, Whose(identity.merchant_id, identity.outlet_id))
            self._decisions = Decisions.of(KNOWN, found)
        return self._decisions
