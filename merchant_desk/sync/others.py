"""The outlet's other desks: when the server heard from them, and what they had not sent then."""

from collections.abc import Callable
from typing import Final
from uuid import UUID

from merchant_desk.sync.server_calls import SyncApi
from merchant_desk.sync.status import OtherDesk

NEWS_SECONDS: Final = 15.0
"""For so long an answer will do while desks exchange by themselves: each operation of one sends all others of
the outlet to the server, and what they ask there beside the feed is asked as often. An age that is shown by
the minute is no less true."""


SENDING_SECONDS: Final = 30.0
"""For so long a desk that has something to send is a desk at work: whoever asks while an operation is on its
way is told of it, and asks again only with the next news."""


class Others:
    """Asks the server for other desks, now and then."""

    def __init__(self, timer: Callable[[], float]) -> None:
        self._timer = timer
        self._asked_at: float | None = None
        self._unsent_since: dict[UUID, float] = {}

    def ask(self, api: SyncApi, mine: object, *, now: bool) -> list[OtherDesk] | None:
        """Return the other desks; None: what was known a moment ago will do, and nobody waits for it `now`.

        Raises:
            Fault: the server could not be asked.
        """
        at = self._timer()
        if not now and self._asked_at is not None and at - self._asked_at < NEWS_SECONDS:
            return None
        desks = api.desks()
        self._asked_at, before = at, self._unsent_since
        since = {desk.device_id: before.get(desk.device_id, at) for desk in desks if desk.pending > 0}
        self._unsent_since = since
        sending = {device_id for device_id, begun in since.items() if at - begun < SENDING_SECONDS}
        return [
            OtherDesk(desk.code, desk.name, desk.last_contact, desk.pending, desk.device_id in sending)
            for desk in desks
            if desk.device_id != mine
        ]
