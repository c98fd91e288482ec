"""One exchange with the server: push what waits, pull what is new, in short steps on the writer's thread."""

from collections.abc import Callable, Sequence
from typing import Any, Protocol

from merchant_desk.sync.administration import DeskSeen
from merchant_desk.sync.desk import Changes, Clock, DeskEngine
from merchant_desk.sync.protocol import FeedPage, PushAnswer, PushRequest
from merchant_desk.sync.status import OtherDesk

Tell = Callable[[Changes], None]
OnWriter = Callable[[Callable[[], Any]], Any]

PAGE_ROWS = 2_000


class Api(Protocol):
    """What an exchange asks of the server; `transport.ServerApi` over HTTP, or a test's wire."""

    def push(self, request: PushRequest, /) -> PushAnswer:
        """Push a batch."""

    def feed(self, after: int, rows: int) -> FeedPage:
        """Pull a page."""

    def desks(self) -> list[DeskSeen]:
        """Return the outlet's desks."""


class Exchange:
    """Drives one desk's engine against a server. Network on the caller's thread, database on the writer's."""

    def __init__(self, engine: DeskEngine, api: Api, on_writer: OnWriter, clock: Clock) -> None:
        self._engine = engine
        self._api = api
        self._on_writer = on_writer
        self._clock = clock

    def run(self, tell: Tell, cancelled: Callable[[], bool]) -> Sequence[OtherDesk]:
        """Push, then pull, until nothing is left; returns the outlet's other desks."""
        while not cancelled() and self._push(tell):
            pass
        while not cancelled() and self._pull(tell, cancelled):
            pass
        mine = self._engine.identity.code
        found = (OtherDesk(d.code, d.name, d.last_contact, d.pending) for d in self._api.desks())
        return [desk for desk in found if desk.code != mine]

    def _push(self, tell: Tell) -> bool:
        engine = self._engine
        request = self._on_writer(engine.next_batch)
        if not request.ops:
            return False
        sent = self._clock()
        answer = self._api.push(request)
        received = self._clock()
        tell(self._on_writer(lambda: engine.take_outcomes(answer.outcomes)))
        self._on_writer(lambda: engine.note_contact(answer.server_time, sent, received, answer.epoch))
        return not answer.stopped

    def _pull(self, tell: Tell, cancelled: Callable[[], bool]) -> bool:
        engine = self._engine
        sent = self._clock()
        page = self._api.feed(engine.position.cursor, PAGE_ROWS)
        received = self._clock()
        for ops, until in engine.slices(page):
            if cancelled():
                return False
            tell(self._on_writer(lambda ops=ops, until=until: engine.apply_slice(ops, until)))
        self._on_writer(lambda: engine.note_contact(page.server_time, sent, received, page.epoch))
        return page.more
