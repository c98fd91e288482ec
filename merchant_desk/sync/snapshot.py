"""A desk's rows as one ready file from the server: fetched in parts, opened, proved, made this desk's own.

The parts are written by whoever fetches (the courier's process). Once the file is whole, its one-time key
is unsealed with this desk's, every page is authenticated and encrypted anew under the database's own key,
and only then does the file get the name of a draft (see `rebuild.py`), which the feed brings up to date.
What is cut before that goes on from the last byte; a file that is not what it should be is removed, and
the feed does its work.
"""

import base64
import binascii
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import structlog

from merchant_desk.models.columns import Side
from merchant_desk.models.encrypted import checkpoint, open_engine
from merchant_desk.models.faults import Fault, file_fault
from merchant_desk.models.gate import remove_database
from merchant_desk.models.migrate import HEAD, prepare
from merchant_desk.models.private_files import sync_folder
from merchant_desk.models.rekeying import change_key
from merchant_desk.sync.administration import SNAPSHOT_USE, SnapshotPart
from merchant_desk.sync.desk_state import Identity, Position, write_value
from merchant_desk.sync.draft import DRAFT, Draft, draft_path
from merchant_desk.sync.pace import Pace
from merchant_desk.sync.profile import OpenProfile
from merchant_desk.sync.sealing import SealBroken, unseal
from merchant_desk.sync.server_calls import Cancelled, SyncApi
from merchant_desk.sync.signing import GENESIS, DeviceKeys
from merchant_desk.sync.transport import NotOurServer, ServerProblem, Unreachable

log = structlog.get_logger()

PART_SUFFIX = ".snapshot"
OPENING_SUFFIX = ".opening"
"""Added to the database's name: a whole file on its way from the server's key to ours."""

FIRST_BYTES = 64_000
MOST_BYTES = 8_000_000
LOOK_SECONDS = 3.0
"""How long a line is tried before it is judged."""

SLOW_SECONDS = 15.0
"""What the rest of a snapshot may take: the feed is a sixth of the bytes, so beyond that it is sooner."""

TRIES = 3
"""How often in a row a line may break before the feed is asked instead..."""

SOME_BYTES = 4_096
"""...without having brought so much."""


@dataclass(eq=False)
class SnapshotUnusable(Fault):
    """What the server sent for a new desk is not what it should be; `detail` is for who looks after it."""

    detail: str
    zh: ClassVar[str] = "服务器准备的数据文件不能使用（{detail}），已改为逐行获取。没有丢失任何内容。"
    en: ClassVar[str] = (
        "The file of data that the server made ready cannot be used ({detail}); rows are fetched one after "
        "another instead. Nothing is lost."
    )


class _FeedIsSooner(Exception):  # noqa: N818 - a message inside: leave the file
    """The line is too slow or too bad for it, or something on the way knows no parts of files."""


@dataclass
class Snapshots:
    """Turns a server's snapshot into a draft. Network and file on the caller's thread.

    `wanted` can be switched off. `refused` is why the last one was of no use; `given_up` tells that none is
    asked for until the desk has come up in another way.
    """

    profile: OpenProfile
    timer: Callable[[], float] = time.monotonic
    wanted: bool = True
    given_up: bool = False
    refused: SnapshotUnusable | None = None
    _failures: int = 0
    _pace: Pace = field(default_factory=lambda: Pace(FIRST_BYTES, FIRST_BYTES, MOST_BYTES))

    def make_draft(self, api: SyncApi, identity: Identity, cancelled: Cancelled) -> bool:
        """Fetch a snapshot and leave it as a draft; False if there is none to be had, or it was cancelled.

        Raises:
            Unreachable: the line broke; the next call goes on from there.
            Fault: the disk; what was fetched is gone.
        """
        if self.given_up or not self.wanted:
            return False
        self._drop_opening()
        try:
            part = self._fetch(api, cancelled)
            if part is not None:
                self._open(part, identity)
        except (Unreachable, NotOurServer):
            raise  # what is here already stays
        except (_FeedIsSooner, ServerProblem) as reason:
            log.info("snapshot_left", why=reason.code if isinstance(reason, Fault) else "line")
            self._give_up()
            return False
        except SnapshotUnusable as unusable:
            log.error("snapshot_refused", code=unusable.code)
            self.refused = unusable
            self._give_up()
            return False
        except Fault:
            self.remove()
            raise
        except OSError as error:
            self.remove()
            raise file_fault(error, self.profile.path) from error
        return part is not None

    def remove(self) -> None:
        """Remove what was fetched and is not a draft yet."""
        for part in self._parts():
            part.unlink(missing_ok=True)
        self._drop_opening()

    # -- fetching --------------------------------------------------------------------------------

    def _fetch(self, api: SyncApi, cancelled: Cancelled) -> SnapshotPart | None:
        """Fetch until the file is whole; returns what was told with its last part, None when cancelled."""
        # The first look makes the server build the file, which says nothing of the line.
        part = self._ask(api, 1)
        begun, fetched = self.timer(), 0
        while part.until < part.size:
            if cancelled():
                return None
            before, amount, asked = self.timer(), self._pace.amount, part.until
            part = self._ask(api, amount, part)
            now = self.timer()
            got = max(part.until - asked, 0)
            fetched += got
            self._pace.took(got, now - before)
            spent = now - begun
            if spent > LOOK_SECONDS and (part.size - part.until) * spent > SLOW_SECONDS * max(fetched, 1):
                raise _FeedIsSooner
        return part

    def _ask(self, api: SyncApi, most: int, part: SnapshotPart | None = None) -> SnapshotPart:
        """Fetch the next bytes, of another file from its start if the one that was begun is gone.

        Raises:
            ServerProblem: the server has none.
            Unreachable: the line broke.
            _FeedIsSooner: it breaks each time, or only whole files come through.
        """
        tag, start = (part.tag, part.until) if part is not None else self._begun()
        try:
            found = api.snapshot(self._part(tag), start, most, tag)
            if found is None:
                self.remove()
                found = api.snapshot(self._part(""), 0, most)
        except Unreachable as fault:
            self._failed(fault, self._part(tag), start)
        come = found.until - (start if found.tag == tag else 0) if found is not None else 0
        if found is None or come <= 0:
            raise _FeedIsSooner
        if come >= SOME_BYTES:
            self._failures = 0
        if found.tag != tag:
            for other in self._parts():
                if other != self._part(""):
                    other.unlink()
            self._part("").replace(self._part(found.tag))
        return found

    def _failed(self, fault: Unreachable, path: Path, start: int) -> None:
        """Take note that the line broke while a file was fetched from a byte on.

        Raises:
            Unreachable: it may go on another time.
            _FeedIsSooner: it breaks each time.
        """
        self._pace.failed()
        is_more = path.exists() and path.stat().st_size - start >= SOME_BYTES
        self._failures = 0 if is_more else self._failures + 1
        if self._failures >= TRIES:
            raise _FeedIsSooner from fault
        raise fault

    def _begun(self) -> tuple[str, int]:
        """Return the tag of the file that was begun, and the byte before the end of what is there of it."""
        for path in self._parts():
            tag = path.name.removeprefix(self.profile.path.name).removesuffix(PART_SUFFIX)
            if tag:
                return tag.removeprefix("."), max(path.stat().st_size - 1, 0)
        return "", 0

    # -- opening ---------------------------------------------------------------------------------

    def _open(self, part: SnapshotPart, identity: Identity) -> None:
        """Prove a whole file, make it this desk's own, and give it a draft's name.

        Raises:
            SnapshotUnusable: it is not what it should be.
            Fault: the disk.
        """
        key = _key_of(part, identity)
        path, opening = self._part(part.tag), self._opening
        if part.schema != int(HEAD):
            raise SnapshotUnusable(f"schema {part.schema}")
        if path.stat().st_size != part.size:
            raise SnapshotUnusable("size")
        path.replace(opening)
        try:
            change_key(opening, key, self.profile.vault.key)
            self._note(opening, part, identity)
        except Fault as fault:
            if fault.code in ("wrong_key", "corrupted", "not_a_database", "not_encrypted"):
                raise SnapshotUnusable(fault.code) from fault
            raise
        draft = draft_path(self.profile)
        remove_database(draft)
        opening.replace(draft)
        sync_folder(draft.parent)

    def _note(self, path: Path, part: SnapshotPart, identity: Identity) -> None:
        """Write into a file whose rows it holds, and as of when.

        Raises:
            SnapshotUnusable: they are somebody else's.
        """
        file = open_engine(path, self.profile.vault.key, role="writer")
        try:
            prepare(file, Side.DESK, path)
            with file.begin() as connection:
                cursor = connection.connection.cursor()
                cursor.execute("SELECT id FROM merchants")
                if cursor.fetchall() != [(identity.merchant_id.bytes,)]:
                    raise SnapshotUnusable("merchant")
                cursor.execute("SELECT 1 FROM outbox LIMIT 1")
                if cursor.fetchall():
                    raise SnapshotUnusable("outbox")
                write_value(cursor, "identity", identity)
                write_value(cursor, "position", Position(0, GENESIS, part.seq, part.epoch))
                write_value(cursor, DRAFT, Draft(identity.device_id, HEAD, 0))
            if not checkpoint(file, "TRUNCATE").complete:
                raise SnapshotUnusable("log")
        finally:
            file.dispose()

    # -- files -----------------------------------------------------------------------------------

    def _part(self, tag: str) -> Path:
        """Return where a file with this tag is gathered; its tag is not known before its first byte."""
        name = self.profile.path.name
        return self.profile.path.with_name(f"{name}.{tag}{PART_SUFFIX}" if tag else f"{name}{PART_SUFFIX}")

    def _parts(self) -> list[Path]:
        return sorted(self.profile.folder.glob(f"{self.profile.path.name}*{PART_SUFFIX}"))

    @property
    def _opening(self) -> Path:
        return self.profile.path.with_name(self.profile.path.name + OPENING_SUFFIX)

    def _drop_opening(self) -> None:
        remove_database(self._opening)

    def _give_up(self) -> None:
        self.given_up = True
        self.remove()


def _key_of(part: SnapshotPart, identity: Identity) -> bytes:
    keys = DeviceKeys(identity.signing_seed, identity.agreement_seed)
    try:
        box = base64.b64decode(part.sealed_key, validate=True)
        return unseal(box, keys.agreement_key, use=SNAPSHOT_USE + part.tag.encode())
    except (SealBroken, binascii.Error) as error:
        raise SnapshotUnusable("key") from error
