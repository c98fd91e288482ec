"""Who showed a token a moment ago: a desk that hears of news asks three times within a tenth of a second."""

from typing import Final
from uuid import UUID

from merchant_desk.server.intake import Clock, Device

MOMENT: Final = 1_000_000
"""Microseconds for which an answer about a token holds where this process hears of no change."""

MOST: Final = 10_000
"""Tokens that are remembered at once; beyond it all are asked for again."""


class KnownDesks:
    """Remembers for a moment whose a token is. Any thread may ask.

    What is written for a merchant by this process makes all its desks unknown at once. Of what another
    process, or a command, writes nothing is heard: there a desk that was retired may read for a moment more.
    Who sends is never taken from here.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._found: dict[str, tuple[int, Device]] = {}
        self._changed: dict[UUID, int] = {}
        self._floor = -1  # nothing that was asked until then counts
        self._latest = (
            -1
        )  # when the last desk that is remembered was asked for, were the clock put back since

    def find(self, token: str) -> Device | None:
        """Return whose token it was found to be a moment ago; None: ask."""
        at, device = self._found.get(token, (0, None))
        if device is None or at <= self._changed.get(device.merchant_id, self._floor):
            return None
        return device if 0 <= self._clock() - at < MOMENT else None

    def keep(self, token: str, device: Device, at: int) -> None:
        """Remember a desk that was let in; `at` is when that was asked, microseconds UTC."""
        if len(self._found) >= MOST:
            self._found.clear()
        self._latest = max(self._latest, at)
        self._found[token] = at, device

    def forget(self, merchant_id: UUID) -> None:
        """Ask anew for all desks of a merchant: something was written."""
        now = max(self._clock(), self._latest)
        if len(self._changed) >= MOST:
            self._floor = now
            self._changed.clear()
            self._found.clear()
        self._changed[merchant_id] = now
