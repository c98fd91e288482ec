"""A backup as one file: content, then what it is, then a seal over both.

The end of the file comes last, so a copy that was cut short has none and is never taken for a whole
one. The seal is SHA-256: it finds damage; forgery is kept out by the content's own encryption or, for a
dump of PostgreSQL, by the file's access rights.
"""

import hashlib
import io
import os
import struct
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, ClassVar
from uuid import UUID

import msgspec

from merchant_desk.models.faults import Fault, file_fault
from merchant_desk.models.private_files import open_private
from merchant_desk.sync.vault_record import VaultRecord

SUFFIX = ".mdbackup"

_MAGIC = b"MERCHANT-DESK-BACKUP\x00"
_VERSION = 1
_END = struct.Struct(f">QQ32sI{len(_MAGIC)}s")
_CHUNK = 1 << 20
_MOST_MANIFEST = 1 << 20


@dataclass(eq=False)
class BackupForeign(Fault):
    """The file is no backup of this program, or ends before its end."""

    path: Path
    zh: ClassVar[str] = "{path} 不是商户台的备份，或文件不完整。没有改动任何数据。"
    en: ClassVar[str] = "{path} is no backup of Merchant Desk, or not a whole one. Nothing was changed."


@dataclass(eq=False)
class BackupDamaged(Fault):
    """The file is a backup, but its content is not what was written."""

    path: Path
    detail: str
    zh: ClassVar[str] = "备份 {path} 已损坏（{detail}）。没有改动任何数据；请使用另一份备份。"
    en: ClassVar[str] = "The backup {path} is damaged ({detail}). Nothing was changed; use another backup."


@dataclass(eq=False)
class BackupNewer(Fault):
    """The backup was made by a newer version of the program."""

    path: Path
    version: str
    zh: ClassVar[str] = "备份 {path} 由更新的版本（{version}）生成。没有改动任何数据；请先升级程序。"
    en: ClassVar[str] = (
        "The backup {path} was made by a newer version ({version}). Nothing was changed; upgrade first."
    )


class SealedKey(msgspec.Struct, frozen=True):
    """The database's key, sealed to a printed recovery key with this number."""

    paper_number: str
    box: bytes


class Manifest(msgspec.Struct, frozen=True):
    """What a backup is. `database` is "sqlite" or "postgresql"; `made_at` microseconds UTC.

    `vault` (SQLite) says which key opens the content, `keys` give it back where the vault is lost.
    """

    database: str
    version: str
    schema: int
    epoch: UUID
    made_at: int
    rows: dict[str, int]
    vault: VaultRecord | None = None
    keys: tuple[SealedKey, ...] = ()


def seal_file(part: Path, manifest: Manifest) -> None:
    """Append manifest and end to the content that `part` holds."""
    digest = hashlib.sha256()
    with part.open("rb+") as file:
        length = _feed(file, digest, None)
        text = msgspec.json.encode(manifest)
        digest.update(text)
        file.write(text)
        file.write(_END.pack(length, len(text), digest.digest(), _VERSION, _MAGIC))


def read_manifest(path: Path) -> Manifest:
    """Return what a backup says it is; its content is not looked at.

    Raises:
        FileUnusable: it is not there, or cannot be read.
        BackupForeign: it is none, or incomplete.
        BackupNewer: of a format that this version does not know.
    """
    with _opened(path) as file:
        return _end(path, file)[0]


@contextmanager
def verified_content(path: Path) -> Iterator[tuple[Manifest, "Content"]]:
    """Check a backup's seal and give its manifest and content.

    Raises:
        FileUnusable: the file is not there, or cannot be read.
        BackupForeign, BackupDamaged, BackupNewer: as their docstrings say.
    """
    with _opened(path) as file:
        manifest, length, seal, text = _end(path, file)
        file.seek(0)
        digest = hashlib.sha256()
        if _feed(file, digest, length) != length:
            raise BackupForeign(path)
        digest.update(text)
        if digest.digest() != seal:
            raise BackupDamaged(path, "SHA-256")
        file.seek(0)
        yield manifest, Content(file, length)


class Content(io.RawIOBase):
    """The content of a verified backup, as a stream."""

    def __init__(self, file: BinaryIO, length: int) -> None:
        self._file = file
        self._left = length

    def readable(self) -> bool:
        """Say that it can be read."""
        return True

    def readinto(self, buffer: Any, /) -> int:
        """Fill a buffer with what comes next; returns how many bytes, 0 at the end."""
        data = self._file.read(min(len(buffer), self._left))
        buffer[: len(data)] = data
        self._left -= len(data)
        return len(data)

    def copy_to(self, path: Path) -> None:
        """Write what is left into a new file that only its owner may read."""
        with open_private(path) as target:
            while data := self.read(_CHUNK):
                target.write(data)


def _opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except OSError as error:
        raise file_fault(error, path) from error


def _end(path: Path, file: BinaryIO) -> tuple[Manifest, int, bytes, bytes]:
    size = file.seek(0, os.SEEK_END)
    if size < _END.size:
        raise BackupForeign(path)
    file.seek(size - _END.size)
    length, manifest_length, seal, version, magic = _END.unpack(file.read(_END.size))
    if magic != _MAGIC or length + manifest_length + _END.size != size or manifest_length > _MOST_MANIFEST:
        raise BackupForeign(path)
    if version > _VERSION:
        raise BackupNewer(path, f"format {version}")
    file.seek(length)
    text = file.read(manifest_length)
    try:
        manifest = msgspec.json.decode(text, type=Manifest)
    except msgspec.DecodeError as error:
        raise BackupDamaged(path, "manifest") from error
    return manifest, length, seal, text


def _feed(file: BinaryIO, digest: "hashlib._Hash", most: int | None) -> int:
    """Hash up to `most` bytes from where the file stands; return how many there were."""
    count = 0
    while data := file.read(_CHUNK if most is None else min(_CHUNK, most - count)):
        digest.update(data)
        count += len(data)
    return count
