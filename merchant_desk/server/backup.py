"""Copies of a server's data: made while it runs, kept for a while by itself, put back under a new epoch."""

import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import structlog

from merchant_desk.models.faults import Corrupted, Fault, ServerOpen
from merchant_desk.models.profile_lock import ProfileLock
from merchant_desk.models.whole_files import whole_file
from merchant_desk.server import backup_postgres, backup_sqlite
from merchant_desk.server.backup_file import (
    SUFFIX,
    BackupNewer,
    Manifest,
    SealedKey,
    seal_file,
    verified_content,
)
from merchant_desk.server.database import DATABASE_FILE, ServerDatabase
from merchant_desk.server.intake import Clock
from merchant_desk.server.left import LeftNotRestored
from merchant_desk.server.services import Edge
from merchant_desk.server.state import RECOVERY, SCHEMA
from merchant_desk.sync.administration import BACKUP_AHEAD, BackupHealth
from merchant_desk.sync.key_faults import KeyDoesNotFit
from merchant_desk.sync.recovery import (
    RecoveryKey,
    WrongRecoveryKey,
    number_of,
    open_database_key,
    seal_database_key,
)
from merchant_desk.sync.vault import AskPassphrase, open_vault, restore_vault
from merchant_desk.sync.vault_record import VaultRecord, read_record

log = structlog.get_logger()

FOLDER = "backups"
PREFIX = "auto-"
NIGHT_HOUR = 3
DAILY = 7
WEEKLY = 4
SECOND = 1_000_000
PAUSE_DAMAGED = 3_600 * SECOND
"""After a copy that turned out damaged, like the database: each try reads all of a disk that is ailing."""

LEEWAY = timedelta(hours=1)
"""How far ahead of now a copy's time may lie: a clock that was set right; beyond that it was wrong."""


@dataclass(eq=False)
class BackupOfAnotherKind(Fault):
    """The copy of an embedded database is to be put into PostgreSQL, or the other way round."""

    path: Path
    found: str
    zh: ClassVar[str] = "备份 {path} 属于另一种数据库（{found}），不能恢复到这里。没有改动任何数据。"
    en: ClassVar[str] = (
        "The backup {path} is of another kind of database ({found}) and cannot be restored here. "
        "Nothing was changed."
    )


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did. `made_at` is the copy's time; `kept` where the data are that it replaced."""

    made_at: int
    rows: dict[str, int]
    kept: Path | None


@dataclass(frozen=True, slots=True)
class EmbeddedSource:
    """An embedded database that is to be copied, which may be running, and whose vault holds its key."""

    path: Path
    key: bytes
    vault: VaultRecord


def back_up(source: EmbeddedSource | ServerDatabase, target: Path, clock: Clock, version: str) -> Manifest:
    """Copy a server's data into one file, as of one moment; nothing is left where it fails.

    Raises:
        DatabaseMissing: there is nothing to copy.
        Corrupted: the database is damaged, and a copy of it would never be taken back.
        Fault: the database's faults; DiskFull.
    """
    made_at = clock()
    is_embedded = isinstance(source, EmbeddedSource)
    if isinstance(source, EmbeddedSource):
        backup_sqlite.prove_there(source.path)
    with whole_file(target) as part:
        if isinstance(source, EmbeddedSource):
            state, rows = backup_sqlite.copy_pages(source.path, source.key, part)
        else:
            state, rows = backup_postgres.dump(source, part)
        manifest = Manifest(
            "sqlite" if is_embedded else "postgresql",
            version,
            SCHEMA,
            UUID(state["epoch"]),
            made_at,
            rows,
            source.vault if isinstance(source, EmbeddedSource) else None,
            sealed_keys(source, state) if isinstance(source, EmbeddedSource) else (),
        )
        seal_file(part, manifest)
    return manifest


def sealed_keys(source: EmbeddedSource, state: dict[str, str]) -> tuple[SealedKey, ...]:
    """Seal the database's key to the printed recovery keys of the merchants in it."""
    papers = [bytes.fromhex(value) for name, value in sorted(state.items()) if name.startswith(RECOVERY)]
    profile_id = source.vault.profile_id
    return tuple(
        SealedKey(number_of(paper), seal_database_key(source.key, paper, profile_id=profile_id))
        for paper in dict.fromkeys(papers)
    )


def restore_embedded(backup: Path, path: Path, key: bytes, edge: Edge) -> Restored:
    """Put a copy back as the embedded database at `path`, which nobody has open.

    Raises:
        BackupForeign, BackupDamaged, BackupNewer, BackupOfAnotherKind: nothing was changed.
        WrongKey: `key` is not the copy's.
    """
    with verified_content(backup) as (manifest, content):
        _check(backup, manifest, "sqlite")
        kept = backup_sqlite.put_back(backup, content, path, key, edge.new_id, stamp(edge.clock()))
    return Restored(manifest.made_at, manifest.rows, kept)


@dataclass(eq=False)
class CopyLocked(Fault):
    """A copy is encrypted, and neither the folder nor a paper that was given has its key."""

    backup: Path
    folder: Path
    papers: str
    zh: ClassVar[str] = (
        "{backup} 是加密的，{folder} 中没有它的密钥。没有改变任何东西。请用 --recovery-key-file 给出"
        "恢复密钥（编号 {papers}；保存下来的文件，或 - 以键入），或恢复到原来的服务器文件夹。"
    )
    en: ClassVar[str] = (
        "{backup} is encrypted, and {folder} does not hold its key. Nothing was changed. Give the recovery "
        "key (number {papers}) by --recovery-key-file: its saved sheet, or - to type it; or restore into the "
        "server's own folder."
    )


def key_for(
    backup: Path,
    manifest: Manifest,
    folder: Path,
    *,
    demo: bool,
    ask: AskPassphrase,
    paper: Callable[[], RecoveryKey | None],
) -> bytes:
    """Return the key that opens a copy: the folder's own, or by the recovery paper where there is none.

    In the latter case the folder gets a vault that holds it.

    Raises:
        BackupOfAnotherKind: the copy is not of an embedded database.
        KeyDoesNotFit: the folder belongs to another server.
        CopyLocked: nothing opens the copy: no vault, no paper.
        WrongRecoveryKey: another paper; says which is needed.
        Fault: the vault's.
    """
    if manifest.vault is None:
        raise BackupOfAnotherKind(backup, manifest.database)
    record = read_record(folder)
    if record is not None:
        key = open_vault(folder, demo=demo, ask_passphrase=ask).key
        if not manifest.vault.fits(key):
            raise KeyDoesNotFit(folder)
        return key
    given = paper() if manifest.keys else None
    if given is None:
        raise CopyLocked(backup, folder, ", ".join(one.paper_number for one in manifest.keys) or "-")
    sealed = {one.paper_number: one.box for one in manifest.keys}
    if given.number not in sealed:
        raise WrongRecoveryKey(", ".join(sealed), given.number)
    profile_id = manifest.vault.profile_id
    key = open_database_key(sealed[given.number], given.private_key, profile_id=profile_id)
    restore_vault(folder, key, profile_id=profile_id, ask_passphrase=ask)
    return key


def restore_folder(
    backup: Path,
    folder: Path,
    edge: Edge,
    *,
    demo: bool,
    ask: AskPassphrase,
    paper: Callable[[Manifest], RecoveryKey | None],
    anyway: bool = False,
) -> Restored:
    """Put a copy back as the data of an embedded server in a folder, which is made and locked.

    `paper` is asked for the recovery key where the folder does not hold the copy's; `anyway` restores where
    the shop has moved away, too.

    Raises:
        ServerOpen: a server runs on the folder.
        LeftNotRestored: its shop is at another computer.
        Fault: as `key_for` and `restore_embedded`.
    """
    with verified_content(backup) as (manifest, _):
        pass  # before anything is made in the folder
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with ProfileLock(folder, ServerOpen):
        key = key_for(backup, manifest, folder, demo=demo, ask=ask, paper=lambda: paper(manifest))
        if not anyway and backup_sqlite.has_left(folder / DATABASE_FILE, key):
            raise LeftNotRestored(folder)
        return restore_embedded(backup, folder / DATABASE_FILE, key, edge)


def restore_postgres(backup: Path, database: ServerDatabase, edge: Edge, keep_in: Path) -> Restored:
    """Put a copy back into PostgreSQL; what was there is copied into the folder `keep_in` first.

    Raises:
        BackupForeign, BackupDamaged, BackupNewer, BackupOfAnotherKind, ServerRunning: nothing was changed.
    """
    with verified_content(backup) as (manifest, content):
        _check(backup, manifest, "postgresql")
        kept = None
        if not backup_postgres.is_empty(database):
            kept = keep_in / f"before-restore-{stamp(edge.clock())}{SUFFIX}"
            keep_in.mkdir(mode=0o700, parents=True, exist_ok=True)
            back_up(database, kept, edge.clock, edge.version)
        backup_postgres.load(backup, content, database, manifest.rows, edge.new_id)
    return Restored(manifest.made_at, manifest.rows, kept)


def _check(backup: Path, manifest: Manifest, kind: str) -> None:
    if manifest.database != kind:
        raise BackupOfAnotherKind(backup, manifest.database)
    if manifest.schema > SCHEMA:
        raise BackupNewer(backup, manifest.version)


def stamp(now: int) -> str:
    """Return a time (microseconds UTC) as file names show it."""
    return datetime.fromtimestamp(now / SECOND, UTC).strftime("%Y%m%dT%H%M%SZ")


def last_night(now: datetime) -> datetime:
    """Return the most recent NIGHT_HOUR o'clock, in the zone of `now`."""
    tonight = now.replace(hour=NIGHT_HOUR, minute=0, second=0, microsecond=0)
    return tonight if tonight <= now else tonight - timedelta(days=1)


def outdated(copies: Iterable[tuple[Path, datetime]]) -> list[Path]:
    """Return the copies to delete: all but the DAILY newest, and the newest of each of WEEKLY more weeks."""
    ordered = sorted(copies, key=lambda copy: copy[1], reverse=True)
    weeks: dict[tuple[int, int], Path] = {}
    for path, made in ordered[DAILY:]:
        weeks.setdefault(made.isocalendar()[:2], path)
    kept = set(list(weeks.values())[:WEEKLY])
    return [path for path, _ in ordered[DAILY:] if path not in kept]


class AutomaticBackups:
    """The nightly copy of an embedded database: due when the newest is from before last night's hour.

    A machine that is off at night makes it after its next start. A copy that is dated in the future, made
    while the clock was wrong, counts for nothing and is left alone; `health` tells of it.
    """

    def __init__(self, source: EmbeddedSource, edge: Edge, zone: tzinfo | None = None) -> None:
        self._source = source
        self._folder = source.path.parent / FOLDER
        self._clock, self._version = edge.clock, edge.version
        self._zone = zone
        self._lock = threading.Lock()
        self._trouble = ""
        self._tried_at = 0
        self.is_unread = True

    def is_due(self) -> bool:
        """Whether a copy should be made now."""
        if self._trouble == Corrupted.code and 0 <= self._clock() - self._tried_at < PAUSE_DAMAGED:
            return False
        newest = self._newest()
        return newest is None or newest < last_night(self._time(self._clock()))

    def make(self) -> None:
        """Make a copy and delete what is outdated; trouble is remembered for `health`, and logged."""
        with self._lock:
            self._tried_at = self._clock()
            target = self._folder / f"{PREFIX}{stamp(self._clock())}{SUFFIX}"
            try:
                self._folder.mkdir(mode=0o700, exist_ok=True)
                for left in self._folder.glob(f"{PREFIX}*.part"):
                    left.unlink(missing_ok=True)  # of a process that was killed
                back_up(self._source, target, self._clock, self._version)
                for path in outdated(self._credible()):
                    path.unlink(missing_ok=True)
            except (Fault, OSError) as error:
                self._trouble = error.code if isinstance(error, Fault) else type(error).__name__
                log.warning("backup_failed", code=self._trouble)
            else:
                self._trouble = ""
                log.info("backup_made", bytes=target.stat().st_size)
            self.is_unread = False

    def read_through(self) -> None:
        """Read the database through without a copy: a start over a damaged one is told before the night."""
        with self._lock:
            self.is_unread = False
            try:
                backup_sqlite.read_through(self._source.path, self._source.key)
            except Fault as fault:
                self._tried_at, self._trouble = self._clock(), fault.code
                log.warning("database_damaged", code=fault.code)

    def health(self) -> BackupHealth:
        """Return when the newest copy was made, and what is wrong: a fault's code or `BACKUP_AHEAD`."""
        newest = self._newest()
        ahead = BACKUP_AHEAD if len(self._credible()) < len(self._copies()) else ""
        trouble = self._trouble or ahead
        if newest is None:
            return BackupHealth(None, None, trouble)
        made_at = round(newest.timestamp() * SECOND)
        return BackupHealth(made_at, max(self._clock() - made_at, 0) // SECOND, trouble)

    def _newest(self) -> datetime | None:
        return max((made for _, made in self._credible()), default=None)

    def _credible(self) -> list[tuple[Path, datetime]]:
        """Return the copies whose time is not in the future."""
        latest = self._time(self._clock()) + LEEWAY
        return [(path, made) for path, made in self._copies() if made <= latest]

    def _copies(self) -> list[tuple[Path, datetime]]:
        """Return our copies with their times, which stand in their names."""
        found = []
        for path in self._folder.glob(f"{PREFIX}*{SUFFIX}"):
            text = path.name.removeprefix(PREFIX).removesuffix(SUFFIX)
            try:
                made = datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
            except ValueError:
                continue
            found.append((path, made.astimezone(self._zone)))
        return found

    def _time(self, now: int) -> datetime:
        return datetime.fromtimestamp(now / SECOND, UTC).astimezone(self._zone)
