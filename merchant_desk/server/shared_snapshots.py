"""Snapshots of several server processes in one folder: a desk that fetches one goes on at any of them.

Beside each file lies a note of what it is. Its key is sealed there to the server's own key, which is in the
database that the processes share: the folder alone opens nothing. Whoever started the processes clears it.
"""

from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import msgspec

from merchant_desk.models.private_files import write_private
from merchant_desk.server.database import ServerDatabase
from merchant_desk.server.intake import Clock
from merchant_desk.server.snapshot_build import Built, SnapshotScope
from merchant_desk.server.snapshots import KEPT_BUILDS, KEPT_FOR, SUFFIX, Kept, Snapshots
from merchant_desk.server.state import Random, read_state
from merchant_desk.sync.sealing import SealBroken, seal, unseal

NOTE = f"{SUFFIX}.note"
_USE = b"merchant-desk shared snapshot\0"


class _Note(msgspec.Struct, frozen=True):
    """What a file is: whose rows, as of which feed number, and its sealed key; `built_at` in microseconds."""

    tag: str
    merchant_id: UUID
    outlet_id: UUID
    groups: tuple[str, ...]
    seq: int
    rows: int
    built_at: int
    box: bytes

    @property
    def scope(self) -> SnapshotScope:
        """Whose rows."""
        return SnapshotScope(self.merchant_id, self.outlet_id, self.groups)


class SharedSnapshots(Snapshots):
    """Keeps them where the other processes find them; nothing about them is kept in memory."""

    def __init__(self, database: ServerDatabase, folder: Path, clock: Clock, random: Random) -> None:
        state = read_state(database)
        self._seal_key, self._public_seal_key = state.seal_key, state.public_seal_key
        super().__init__(database, folder, clock, random)

    def _clear(self) -> None:
        """Leave what is there: the other processes give it to desks."""

    def close(self) -> None:
        """Leave them to the others."""

    def _of(self, scope: SnapshotScope) -> Sequence[Kept]:
        notes = [note for note in self._notes() if note.scope == scope]
        notes.sort(key=lambda note: note.built_at, reverse=True)
        return [kept for kept in map(self._kept_of, notes) if kept is not None and kept.path.exists()]

    def _put(self, scope: SnapshotScope, new: Kept) -> list[Kept]:
        built = new.built
        box = seal(built.key, self._public_seal_key, use=_USE + new.tag.encode())
        whose = scope.merchant_id, scope.outlet_id, scope.groups
        note = _Note(new.tag, *whose, built.seq, built.rows, new.built_at, box)
        write_private(self._path_of(new.tag, NOTE), msgspec.json.encode(note))
        old = [kept for kept in self._of(scope)[KEPT_BUILDS:] if kept.tag != new.tag]
        limit = new.built_at - KEPT_FOR
        late = [note for note in self._notes() if note.built_at < limit]
        return old + [kept for kept in map(self._kept_of, late) if kept is not None and kept not in old]

    def _discard(self, old: Kept) -> None:
        with suppress(OSError):
            self._path_of(old.tag, NOTE).unlink(missing_ok=True)
        super()._discard(old)

    def _path_of(self, tag: str, suffix: str) -> Path:
        return self._folder / f"{tag}{suffix}"

    def _notes(self) -> list[_Note]:
        found = []
        for path in self._folder.glob(f"*{NOTE}"):
            with suppress(OSError, msgspec.MsgspecError):  # another process takes it away meanwhile
                found.append(msgspec.json.decode(path.read_bytes(), type=_Note))
        return found

    def _kept_of(self, note: _Note) -> Kept | None:
        try:
            key = unseal(note.box, self._seal_key, use=_USE + note.tag.encode())
        except SealBroken:  # written under another server's key
            return None
        path = self._path_of(note.tag, SUFFIX)
        return Kept(path, note.tag, Built(note.seq, note.rows, key), note.built_at)
