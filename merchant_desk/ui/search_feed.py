"""Keeps the search index after the rows: short steps on the desk's writer whenever nobody else needs it.

No Qt: a thread that sleeps until Changes come. It waits for a pause in the desk's work, so that scans and
slices of sync go first, but not for ever.
"""

import threading
import time
from collections.abc import Callable
from typing import TypeVar

import structlog

from merchant_desk.models.list_indexes import make_next_index
from merchant_desk.models.search import SEARCHABLES, SearchIndex
from merchant_desk.models.sort_keys import load_pinyin
from merchant_desk.sync.desk import Changes
from merchant_desk.sync.logs import mistake
from merchant_desk.sync.runtime import DeskRuntime
from merchant_desk.sync.writer import Urgency, WriterClosedError

log = structlog.get_logger()

QUIET_SECONDS = 0.15
PATIENCE_SECONDS = 3.0
BREATH_SECONDS = 0.004
"""Between two steps the writer is free at least as long as a step takes: it checkpoints and serves others."""

STEP_SECONDS = 0.1
"""As long as nobody waits for the writer, a step goes on: what it has done is committed at once.

Longer steps leave fewer segments to merge, which is half the work of a catalogue. Their commit, for which a
scan waits, takes 10 ms, as that of an import does.
"""

HANDS_REST_SECONDS = 0.4
"""Whoever scans without such a pause is not made to wait for a commit of the index: it goes on in it."""

HURRIED_SECONDS = 0.01
"""What a step takes where patience has come to its end while somebody scans on."""

PARTS = frozenset({*SEARCHABLES, "barcodes"})

TELL_SECONDS = 1.0
"""During a long catching up, lists hear of it so often."""

Result = TypeVar("Result")
Told = Callable[[Changes], None]


class SearchFeed:
    """Runs from `start` until `close`; `told` hears which indexes know more now: {"search_orders": set()}."""

    def __init__(self, runtime: DeskRuntime, told: Told) -> None:
        self._runtime = runtime
        self._told = told
        self._index = SearchIndex(runtime.profile.writer)
        self._wake = threading.Event()
        self._closing = threading.Event()
        self._last_change = 0.0
        self._stop_listening: Callable[[], None] = lambda: None
        self._thread = threading.Thread(target=self._run, name="search-feed", daemon=True)
        self.behind = True
        """Whether rows are known to be not indexed yet."""

    def start(self) -> None:
        """Begin, with what was left from last time."""
        self._stop_listening = self._runtime.listen(self._heard)
        self._thread.start()

    def close(self) -> None:
        """End after the step under way."""
        self._stop_listening()
        self._closing.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=10.0)

    def _heard(self, changes: Changes) -> None:
        self._last_change = time.monotonic()
        if not PARTS.isdisjoint(changes):
            self.behind = True
            self._wake.set()

    def _run(self) -> None:
        try:
            self._on_writer(self._index.prepare)
            while self._on_writer(self._make_index):
                self._wait_for_quiet()
            self._catch_up()
            load_pinyin()
            while not self._closing.is_set():
                self._catch_up()
                self._wake.wait()
                self._wake.clear()
        except WriterClosedError:
            return
        except Exception as error:  # noqa: BLE001 - search is a convenience: its failure must not end the desk
            log.error("search_index_failed", **mistake(error))

    def _make_index(self) -> bool:
        with self._runtime.profile.writer.begin() as connection:
            return make_next_index(connection)

    def _catch_up(self) -> None:
        touched: set[str] = set()
        told = time.monotonic()
        while not self._closing.is_set():
            self._wait_for_quiet()
            began = time.monotonic()
            step = self._on_writer(self._step)
            touched |= step
            if touched and (not step or began - told > TELL_SECONDS):
                self._told({f"search_{table}": set() for table in touched})
                told, touched = began, set()
            if not step:
                break
            self._closing.wait(BREATH_SECONDS)
        self.behind = False

    def _step(self) -> set[str]:
        """Index for as long as a step may take; on the writer's thread."""
        writer = self._runtime.writer
        begun = time.monotonic()
        rested = begun - writer.person_at > HANDS_REST_SECONDS
        end = begun + (STEP_SECONDS if rested else HURRIED_SECONDS)

        def enough() -> bool:
            writer.give_way()
            return writer.waiting > 0 or writer.is_awaited or time.monotonic() > end

        return self._index.step(enough)

    def _wait_for_quiet(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not self._closing.is_set() and time.monotonic() < deadline:
            writer = self._runtime.writer
            quiet = max(self._last_change + QUIET_SECONDS, writer.person_at + HANDS_REST_SECONDS)
            rest = min(quiet, deadline) - time.monotonic()
            if rest <= 0 and not writer.waiting:
                return
            self._closing.wait(max(rest, 0.02))

    def _on_writer(self, job: Callable[[], Result]) -> Result:
        return self._runtime.writer.submit(job, Urgency.HOUSEKEEPING).result()
