"""What managers set for the stations, held in memory: a scan asks nothing, a new decision is read once."""

from collections.abc import Mapping

from merchant_desk.domain.in_store import InStorePattern
from merchant_desk.domain.scan_checks import Limits, Policy
from merchant_desk.domain.settings import Decisions
from merchant_desk.domain.settings_known import limits_of, patterns_of, policies_of
from merchant_desk.sync.held_decisions import HeldDecisions
from merchant_desk.sync.runtime import DeskRuntime


class FloorRules:
    """The outlet's policies and scale layouts as they stand now. Used on the desk's writer thread.

    At the first scan after a sync brought a decision they are others, with an open document too.
    """

    def __init__(self, runtime: DeskRuntime) -> None:
        self._held = HeldDecisions(runtime)
        self._seen: Decisions | None = None
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

    def limits(self, today: int) -> Limits:
        """Return what scans are checked against on a business day, yyyymmdd."""
        return limits_of(self._held.now(), today)

    def _catch_up(self) -> None:
        decisions = self._held.now()
        if decisions is not self._seen:
            self._seen = decisions
            self._policies, self._patterns = policies_of(decisions), patterns_of(decisions)
