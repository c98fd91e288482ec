"""Ready desk databases, built for each scope when first asked for, kept for the next desks that join.

A build's key lives in memory alone: files of an earlier process are useless and are removed at the start.
"""

import base64
import threading
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

import structlog
from sqlalchemy import select

from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.server_tables import counters, metadata
from merchant_desk.server.database import ServerDatabase
from merchant_desk.server.intake import Clock, Device
from merchant_desk.server.snapshot_build import Built, SnapshotScope, build, discard
from merchant_desk.server.state import Random
from merchant_desk.sync.administration import SNAPSHOT_USE
from merchant_desk.sync.sealing import seal

log = structlog.get_logger()

SUFFIX = ".snapshot"
KEY_BYTES = 32
TAG_BYTES = 12
FRESH_ROWS = 2_000
"""Feed rows that a snapshot may lack: one page of the feed brings them."""

KEPT_BUILDS = 2
"""Of each scope: the newest, and the one before it for desks that are still fetching it."""

HOUR = 3_600_000_000
KEPT_FOR = 6 * HOUR


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A file that a desk may fetch. `tag` names these very bytes; `sealed_key` opens for that desk alone."""

    path: Path
    tag: str
    seq: int
    sealed_key: str


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is ready for the desks of a scope; `built_at` in microseconds UTC."""

    path: Path
    tag: str
    built: Built = field(repr=False)
    built_at: int


class Snapshots:
    """Builds and keeps snapshots in a folder of its own. Any thread may ask; one scope is built once."""

    def __init__(self, database: ServerDatabase, folder: Path, clock: Clock, random: Random) -> None:
        self._database = database
        self._folder = folder
        self._clock = clock
        self._random = random
        self._kept: dict[SnapshotScope, list[Kept]] = {}
        self._building: dict[SnapshotScope, threading.Lock] = defaultdict(threading.Lock)
        self._wished: dict[SnapshotScope, None] = {}
        self._lock = threading.Lock()
        self.built_in: Callable[[float], None] = lambda seconds: None
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._clear()

    def _clear(self) -> None:
        """Remove what an earlier process left."""
        for left in self._folder.glob(f"*{SUFFIX}*"):
            left.unlink(missing_ok=True)

    def snapshot(self, device: Device, wanted_tag: str = "") -> Snapshot:
        """Return a snapshot for a desk: the one with `wanted_tag` if it is still here, else a fresh one.

        Raises:
            Refusal: `no_seal_key`, if the desk's public key is not known.
            Fault: the database's faults, DiskFull among them.
        """
        public_key = self._public_key(device)
        scope = SnapshotScope(device.merchant_id, device.outlet_id, device.groups)
        found = next((one for one in self._of(scope) if one.tag == wanted_tag), None)
        found = found or self._current(scope)
        box = seal(found.built.key, public_key, use=SNAPSHOT_USE + found.tag.encode())
        return Snapshot(found.path, found.tag, found.built.seq, base64.b64encode(box).decode())

    def wish(self, scope: SnapshotScope) -> None:
        """Say that a desk of this scope is about to come: `prepare_wished` builds what it will ask for."""
        with self._lock:
            self._wished[scope] = None

    def has_wishes(self) -> bool:
        """Whether there is something to build ahead."""
        return bool(self._wished)

    def prepare_wished(self) -> None:
        """Build what was wished for, unless it is there.

        Raises:
            Fault: the database's faults, DiskFull among them; the wish is dropped.
        """
        while self._wished:
            with self._lock:
                scope = next(iter(self._wished))
                del self._wished[scope]
            self._current(scope)

    def _current(self, scope: SnapshotScope) -> Kept:
        with self._lock:
            turn = self._building[scope]
        with turn:
            return self._fresh(scope) or self._built(scope)

    def _fresh(self, scope: SnapshotScope) -> Kept | None:
        newest = next(iter(self._of(scope)), None)
        if newest is None:
            return None
        head, floor = self._head(scope.merchant_id)
        is_good = floor <= newest.built.seq >= head - FRESH_ROWS
        return newest if is_good and newest.path.exists() else None

    def _built(self, scope: SnapshotScope) -> Kept:
        tag = self._random(TAG_BYTES).hex()
        path = self._folder / f"{tag}{SUFFIX}"
        begun = self._clock()
        built = build(self._database, scope, path, self._random(KEY_BYTES))
        new = Kept(path, tag, built, self._clock())
        self.built_in((new.built_at - begun) / 1_000_000)
        log.info(
            "snapshot_built",
            rows=built.rows,
            bytes=path.stat().st_size,
            ms=(new.built_at - begun) // 1000,
        )
        for old in self._put(scope, new):
            self._discard(old)
        return new

    def _of(self, scope: SnapshotScope) -> Sequence[Kept]:
        """Return what is kept of a scope, the newest first."""
        return self._kept.get(scope, ())

    def _put(self, scope: SnapshotScope, new: Kept) -> list[Kept]:
        """Keep a new one; returns what is to be discarded for it."""
        with self._lock:
            kept = [new, *self._kept.get(scope, ())]
            self._kept[scope] = kept[:KEPT_BUILDS]
            return kept[KEPT_BUILDS:] + self._take_old()

    def _take_old(self) -> list[Kept]:
        """Forget what nobody has asked for in a long time."""
        limit = self._clock() - KEPT_FOR
        gone = [one for kept in self._kept.values() for one in kept if one.built_at < limit]
        self._kept = {
            scope: [one for one in kept if one.built_at >= limit] for scope, kept in self._kept.items()
        }
        return gone

    def _discard(self, old: Kept) -> None:
        try:
            discard(old.path)
        except OSError:  # Windows keeps a file that is being sent; it goes at the next start
            log.info("snapshot_kept_open")

    def close(self) -> None:
        """Remove every file: their keys are about to be forgotten."""
        with self._lock:
            kept = [one for builds in self._kept.values() for one in builds]
            self._kept = {}
        for one in kept:
            self._discard(one)

    def _head(self, merchant_id: UUID) -> tuple[int, int]:
        """Return the feed's last number and its floor: below that one nobody can go on from a snapshot."""
        query = select(counters.c.seq, counters.c.floor).where(counters.c.merchant_id == merchant_id)
        with self._database.reader.connect() as connection, connection.begin():
            row = connection.execute(query).one_or_none()
        return (row.seq, row.floor) if row is not None else (0, 0)

    def _public_key(self, device: Device) -> bytes:
        devices = metadata.tables["devices"]
        query = select(devices.c.seal_key).where(
            devices.c.merchant_id == device.merchant_id, devices.c.id == device.device_id
        )
        with self._database.reader.connect() as connection, connection.begin():
            key: bytes | None = connection.scalar(query)
        if key is None:
            raise Refusal("no_seal_key")
        return key
