"""What managers set for the stations, held in memory: a scan asks nothing, a new decision is read once."""

import weakref
from collections.abc import Mapping

from merchant_desk.domain.in_store import InStorePattern
from merchant_desk.domain.scan_checks import Policy
from merchant_desk.domain.settings import Decisions
from merchant_desk.domain.settings_known import KNOWN, patterns_of, policies_of
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


class FloorRules:
    """The outlet's policies and scale layouts as they stand now. Used on the desk's writer thread.

    Changes say when they must be read again: at the first scan after a sync brought a decision, an open
    document included.
    """

    def __init__(self, runtime: DeskRuntime) -> None:
        self._runtime = runtime
        self._news = _News()
        # It listens as long as its station lives, and keeps no station alive.
        weakref.finalize(self, runtime.listen(self._news.note)).atexit = False
        self._policies: Mapping[str, Mapping[str, Policy]] = {}
        self._patterns: tuple[InStorePattern, ...] = ()

    def policy(self, station: str, check: str) -> Policy:
        """Return what a check leads to at a station."""
        self._catch_up()
        return self._policies.get(station, {}).get(check, Policy.ASK)

    @property
    def patterns(self) -> tuple[InStorePattern, ...]:
        """How this outlet's scales write their codes."""
        self._catch_up()
        return self._patterns

    def _catch_up(self) -> None:
        if not self._news.there:
            return
        self._news.there = False  # first: what comes while it reads is read next time
        identity = self._runtime.identity
        with self._runtime.read() as connection, connection.begin():
            found = decided(connection, Whose(identity.merchant_id, identity.outlet_id))
        decisions = Decisions.of(KNOWN, found)
        self._policies, self._patterns = policies_of(decisions), patterns_of(decisions)
