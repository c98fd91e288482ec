"""Keeping in touch: one thread that exchanges, and one that waits for the server's word."""

import threading
from collections.abc import Callable

import structlog

from merchant_desk.models.faults import Fault
from merchant_desk.sync.logs import mistake
from merchant_desk.sync.schedule import Backoff, is_line, longest_wait
from merchant_desk.sync.transport import ServerBehind
from merchant_desk.sync.troubles import MustEnrolAgain, WorksOffline

log = structlog.get_logger()

NOTICE_WAIT = 25.0
"""Seconds that a notice is waited for; shorter than what proxies cut. A pull comes at least so often."""

BREATH = 1.0
"""Seconds between two questions for news where the answer came at once."""

LOOK_SECONDS = 2.0
"""The longest until an exchange looks why a notice broke off. The random half of it keeps desks apart that
lost one server; a line that carries exchanges but no notices is looked at less and less often."""

JOIN_SECONDS = 10.0
EARS_SECONDS = 0.05
"""How long closing waits for who listens: that is one who waits for the network, and changes nothing here."""


class Line:
    """Exchanges whenever there is something to exchange, and again after trouble, for ever.

    Args:
        exchange: one exchange; raises what went wrong.
        has_news: waits up to so many seconds for news of the server; tells whether there are any.
    """

    def __init__(
        self,
        exchange: Callable[[], object],
        has_news: Callable[[float], bool],
        backoff: Backoff | None = None,
    ) -> None:
        self._exchange = exchange
        self._has_news = has_news
        self._backoff = backoff or Backoff()
        self._look_backoff = Backoff(first=LOOK_SECONDS)
        self._wake = threading.Event()
        self._retry = threading.Event()
        self._listening = threading.Event()
        self._closing = threading.Event()
        self._held = False
        self._threads: list[threading.Thread] = []

    @property
    def closing(self) -> bool:
        """Whether the line is being closed."""
        return self._closing.is_set()

    @property
    def held(self) -> bool:
        """Whether a person wants no exchanges."""
        return self._held

    def prove_wanted(self, waiting: int) -> None:
        """Raise WorksOffline where a person wants no exchanges; `waiting` operations stay for later."""
        if self._held:
            raise WorksOffline(waiting)

    def start(self) -> None:
        """Begin; again is harmless."""
        if not self._threads:
            for name, work in (("desk-sync", self._keep_in_touch), ("desk-notice", self._listen)):
                thread = threading.Thread(target=work, name=name, daemon=True)
                self._threads.append(thread)
                thread.start()

    def wake(self) -> None:
        """There is something to send. After trouble the next try waits for its time all the same."""
        self._wake.set()

    def hold(self, held: bool) -> None:
        """Stop exchanging, or begin again at once."""
        self._held = held
        self._retry.set()
        self._wake.set()

    def close(self) -> None:
        """End the threads; one that waits for the network ends when that gives up."""
        self._closing.set()
        for event in (self._retry, self._wake, self._listening):
            event.set()
        for thread in self._threads:
            if thread is not threading.current_thread():
                thread.join(JOIN_SECONDS if thread.name == "desk-sync" else EARS_SECONDS)

    def _keep_in_touch(self) -> None:
        while not self.closing:
            self._wake.clear()
            self._retry.clear()
            if self._held:
                self._retry.wait()
                continue
            try:
                self._exchange()
            except (MustEnrolAgain, ServerBehind) as fault:
                # The line is good; what is missing comes from people, and the feed goes on.
                log.info("sync_waits", code=fault.code)
            except Fault as fault:
                log.info("sync_failed", code=fault.code)
                if is_line(fault):
                    self._look_backoff.reset()  # a notice that broke off told the truth
                self._retry.wait(self._backoff.next_seconds(longest_wait(fault, self._backoff.waited)))
                continue
            except Exception as error:  # noqa: BLE001 - the loop must outlive any bug, aloud
                log.error("sync_broke", **mistake(error))
                self._retry.wait(self._backoff.next_seconds())
                continue
            self._backoff.reset()
            self._listening.set()
            self._wake.wait(NOTICE_WAIT)

    def _listen(self) -> None:
        """Wait for the server's word while the line is good; a notice is a hint, the pull is what counts.

        One that breaks off is a hint, too: the server may have died, which an exchange finds out.
        """
        while not self._closing.is_set():
            self._listening.wait()
            if self._closing.is_set():
                return
            try:
                news = self._has_news(NOTICE_WAIT)
            except Fault as fault:
                log.info("notice_failed", code=fault.code)
                self._closing.wait(self._look_backoff.next_seconds(NOTICE_WAIT))
                self._listening.clear()
                self._wake.set()
                continue
            self._look_backoff.reset()
            if news:
                self._listening.clear()
                self._wake.set()
            else:
                self._closing.wait(BREATH)
