"""Keeps a second copy of a desk's unsent work in a folder that a manager named.

After each document that is opened or closed, and at the latest every five minutes, what the copy lacks is
added to it as a small file; now and then, and whenever the desk has another identity, a whole copy begins
anew. All of it happens on a thread of its own with a reading connection: neither a scan nor the window waits
for a stick. See docs/decisions/0034-safety-copy.md.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from uuid import UUID

import msgspec
import structlog

from merchant_desk.models.faults import Fault
from merchant_desk.sync.desk import Changes
from merchant_desk.sync.desk_state import read_value, write_value
from merchant_desk.sync.key_faults import DemoUnprotected
from merchant_desk.sync.logs import mistake
from merchant_desk.sync.recovery import KeptCopy, NothingToRestore, keep_copy_folder, read_recovery
from merchant_desk.sync.runtime import DeskRuntime
from merchant_desk.sync.safety_copy_folder import (
    check_mark,
    desk_folder,
    mark_folder,
    parts_of,
    remove_generations,
    write_part,
)
from merchant_desk.sync.safety_copy_former import clear_former, is_known, set_aside
from merchant_desk.sync.safety_copy_part import PartHeader
from merchant_desk.sync.safety_copy_reading import Bookmark, News, read_news
from merchant_desk.sync.safety_copy_state import CopyFolderUnfit, CopyNotWritten, CopyState, NewerCopyKept

log = structlog.get_logger()

PLACE = "safety_copy"
"""The name of a `Place` in `desk_state`."""

DOCUMENTS = frozenset({"receipts", "shipments", "counts"})

EVERY_SECONDS = 240.0
"""Between two copies, so that with the time for writing none is older than five minutes."""

RETRY_SECONDS = 20.0
"""After a copy that failed: the stick may be back."""

SETTLE_SECONDS = 0.5
"""After a document, until the copy: people close several in a row."""

TURN_SECONDS = 10.0
"""How long somebody waits for a copy that is being made."""

CLOSE_SECONDS = 5.0
"""How long the end of the program waits for a last copy."""

REST_SECONDS = 0.001
"""How long reading rests after a few rows, so that a scan that comes finds the interpreter free..."""

GIVE_WAY_SECONDS = 0.004
"""...and while one waits for the writer."""

MOST_PARTS = 32
OPS_A_PART = 250
"""A copy is written anew after so many parts, and one more for so many unsent operations: so the writing
grows with the work, not with its square."""


class Place(msgspec.Struct, frozen=True):
    """The folder that was named, its mark, and who named it when."""

    folder: str
    mark_id: UUID
    person_id: UUID
    named_at: int


@dataclass
class _Generation:
    """The copy that is being added to; `papers` open all of it."""

    number: int
    papers: tuple[KeptCopy, ...]
    parts: int = 0
    operations: int = 0
    held: Bookmark | None = None


class SafetyCopies:
    """One desk's copies. Any thread may call it; `close` before the runtime is closed."""

    def __init__(self, runtime: DeskRuntime) -> None:
        self._runtime = runtime
        with runtime.read() as connection, connection.begin():
            self._place = read_value(connection, PLACE, Place)
        self._state = CopyState(Path(self._place.folder), since=runtime.clock()) if self._place else None
        self._generation: _Generation | None = None
        self._kept: NewerCopyKept | None = None
        self._one_copy = threading.Lock()
        self._wake, self._closing = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()
        if self._place is not None:
            self._tell_folder(self._place.folder)
        runtime.copy_state = lambda: self._state
        self._stop_listening = runtime.listen(self._hear)
        if self._state is not None:
            runtime.refresh_status()

    @property
    def state(self) -> CopyState | None:
        """What is known of the copy; None: no folder was named."""
        return self._state

    # -- naming ----------------------------------------------------------------------------------

    def name(self, folder: Path, person_id: UUID) -> None:
        """Let copies go to a folder from now on; the former one keeps what it has.

        Raises:
            DemoUnprotected: a demo's key lies open beside it, so that nothing could open its copy.
            CopyFolderUnfit: it is inside the desk's own folder.
            CopyNotWritten: it is not there or cannot be written; all stays as it was.
        """
        profile, folder = self._runtime.profile, folder.expanduser().absolute()
        if not profile.vault.protected:
            raise DemoUnprotected
        if folder.resolve().is_relative_to(profile.folder.resolve()):
            raise CopyFolderUnfit(folder)
        mark_id = mark_folder(folder, self._runtime.new_id)
        with self._turn(folder):
            place = Place(str(folder), mark_id, person_id, self._runtime.now())
            self._runtime.writer.run(lambda: self._keep(place))
            self._place, self._generation = place, None
            self._show(CopyState(folder, since=self._runtime.clock()))
        self._begin()
        self._wake.set()

    def end(self) -> None:
        """Make no copies any more; those that are there stay. Raises CopyNotWritten while a disk hangs."""
        with self._turn(Path(self._place.folder) if self._place else Path()):
            self._runtime.writer.run(lambda: self._keep(None))
            self._place = self._generation = None
            self._show(None)

    def _keep(self, place: Place | None) -> None:
        """Write down the place, on the writer's thread."""
        with self._runtime.profile.writer.begin() as connection:
            cursor = connection.connection.cursor()
            if place is None:
                cursor.execute("DELETE FROM desk_state WHERE name = ?", [PLACE])
            else:
                write_value(cursor, PLACE, place)
        self._tell_folder(place.folder if place is not None else "")

    def _tell_folder(self, copy_folder: str) -> None:
        """Keep the folder's name where it can be read when the database cannot."""
        profile = self._runtime.profile
        try:
            keep_copy_folder(profile.folder, copy_folder, profile_id=profile.vault.profile_id)
        except OSError as error:
            log.warning("copy_folder_not_kept", error=type(error).__name__)

    # -- living ----------------------------------------------------------------------------------

    def start(self) -> None:
        """Make copies from now on, the first at once."""
        if self._place is not None:
            self._begin()
            self._wake.set()

    def close(self) -> None:
        """Make a last copy, as far as the disk answers in time, and end."""
        self._stop_listening()
        with self._starting:  # a thread that is just being started cannot be waited for
            self._closing.set()
            thread = self._thread
        self._wake.set()
        if thread is not None:
            thread.join(CLOSE_SECONDS)

    def copy_now(self) -> CopyState | None:
        """Bring the copy up to date, and wait for it.

        Raises:
            CopyNotWritten: why it could not be.
        """
        self._try()
        state = self._state
        if state is not None and state.fault is not None:
            raise state.fault
        return state

    def _hear(self, changes: Changes) -> None:
        """Take note of a document, on the thread that changed it."""
        if self._place is not None and not DOCUMENTS.isdisjoint(changes):
            self._begin()
            self._wake.set()

    def _begin(self) -> None:
        with self._starting:
            if self._thread is None and not self._closing.is_set():
                self._thread = threading.Thread(target=self._run, name="desk-copies", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        pause = EVERY_SECONDS
        while not self._closing.is_set():
            if self._wake.wait(pause):
                self._wake.clear()
                self._closing.wait(SETTLE_SECONDS)
            pause = EVERY_SECONDS if self._try() else RETRY_SECONDS
        if self._wake.is_set():  # it ended while a copy was made, which lacks what came meanwhile
            self._try()

    def _try(self) -> bool:
        """Make a copy; tell whether it is up to date. Whatever goes wrong is shown, and tried again."""
        state = self._state
        fault: Fault | None = None
        try:
            with self._turn(state.folder if state is not None else Path()):
                if self._place is not None:
                    self._show(self._copy(self._place))
        except Fault as failed:
            fault = failed
        except Exception as error:  # noqa: BLE001 - a mistake of ours must not end the copies
            log.error("safety_copy_broke", **mistake(error))
            fault = CopyNotWritten(state.folder if state is not None else Path(), "broke")
        if fault is not None and self._state is not None:
            self._fail(self._state, fault)
        return fault is None

    @contextmanager
    def _turn(self, folder: Path) -> Iterator[None]:
        """Let one thread at a time have to do with the folder; none waits for ever for one that hangs.

        Raises:
            CopyNotWritten: the disk or share does not answer.
        """
        if not self._one_copy.acquire(timeout=TURN_SECONDS):
            raise CopyNotWritten(folder, "late")
        try:
            yield
        finally:
            self._one_copy.release()

    def _fail(self, state: CopyState, fault: Fault) -> None:
        """Show a fault; the same one again is no news."""
        old = state.fault
        if old is None or (old.code, old.facts) != (fault.code, fault.facts):
            log.warning("safety_copy_failed", code=fault.code, why=str(fault.facts.get("why", "")))
            self._show(replace(state, fault=fault))

    def _show(self, state: CopyState | None) -> None:
        self._state = state
        if not self._closing.is_set():
            self._runtime.refresh_status()

    # -- copying ---------------------------------------------------------------------------------

    def _copy(self, place: Place) -> CopyState:
        """Bring the copy up to date; the caller holds the lock."""
        folder, began = Path(place.folder), self._runtime.clock()
        check_mark(folder, place.mark_id)
        generation = self._generation
        news = self._read(generation.held if generation is not None else None)
        own = self._own(folder)
        if generation is None or self._is_over(generation, news, own):
            self._write_anew(own)
        elif not news.is_empty:
            self._add(own, generation, news)
        same_disk = _on_same_disk(folder, self._runtime.profile.folder)
        return CopyState(folder, began, news.unsent, None, same_disk, self._kept)

    def _is_over(self, generation: _Generation, news: News, own: Path) -> bool:
        """Tell whether a whole copy is due.

        Much was added, all was sent, something was taken away, or other papers are to open it.
        """
        held = generation.held
        if generation.papers != sealed_copies(self._runtime.profile.folder):
            return True
        if held is None or (held.identity, held.epoch) != (news.mark.identity, news.mark.epoch):
            return True
        if not news.is_empty and generation.parts >= MOST_PARTS + news.unsent // OPS_A_PART:
            return True
        if generation.operations and not news.unsent:
            return True
        there = parts_of(own).get(generation.number, {})
        return set(there) != set(range(1, generation.parts + 1))

    def _write_anew(self, own: Path) -> None:
        """Write a whole copy, and delete what is older, unless that holds what this database does not."""
        self._generation = None
        vault = self._runtime.profile.vault
        if not is_known(self._runtime.read, own, vault.key, self._give_way):
            set_aside(own)
        papers = sealed_copies(self._runtime.profile.folder)
        generation = _Generation(max(parts_of(own), default=0) + 1, papers)
        self._add(own, generation, self._read(None))
        self._generation = generation
        with suppress(CopyNotWritten):  # what is left of older ones does no harm
            remove_generations(own, generation.number)
        stays = clear_former(self._runtime.read, own, vault, self._give_way)
        self._kept = NewerCopyKept(stays) if stays is not None else None

    def _add(self, own: Path, generation: _Generation, news: News) -> None:
        identity, profile = news.mark.identity, self._runtime.profile
        for content in news.parts():
            header = PartHeader(
                identity.merchant_id,
                identity.device_id,
                identity.code,
                profile.vault.profile_id,
                generation.number,
                generation.parts + 1,
                self._runtime.clock(),
                generation.papers,
            )
            write_part(own, header, content, profile.vault.key)
            generation.parts += 1
            generation.operations += sum(not operation.is_sent for operation in content.operations)
        generation.held = news.mark

    def _read(self, held: Bookmark | None) -> News:
        with self._runtime.read() as connection, connection.begin():
            return read_news(connection, held, self._give_way)

    def _give_way(self) -> None:
        time.sleep(GIVE_WAY_SECONDS if self._runtime.writer.waiting else REST_SECONDS)

    def _own(self, folder: Path) -> Path:
        identity = self._runtime.identity
        return desk_folder(folder, identity.code, identity.device_id)


def sealed_copies(folder: Path) -> tuple[KeptCopy, ...]:
    """Return a profile's database key, sealed to its recovery papers; nothing where there is no paper."""
    try:
        return read_recovery(folder).copies
    except NothingToRestore:
        return ()


def _on_same_disk(folder: Path, profile: Path) -> bool:
    try:
        return folder.stat().st_dev == profile.stat().st_dev
    except OSError:
        return False
