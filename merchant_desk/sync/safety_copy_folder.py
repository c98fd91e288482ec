"""The folder that holds safety copies: a stick, another disk, another computer's share.

    <the folder that the manager named>/
        merchant-desk-copies.json       which folder it is: an empty mount point or another stick is not it
        desk-01-0192f0c4.../            one desk's, as the device that it is
            000003-0001.mdcopy          generation 3, part 1; a generation is a whole copy

A part is written beside, synced, read back, compared, opened, and only then given its name. Parts are never
changed. Sticks have file systems without owners and modes, and shares cannot sync a folder: nothing here
asks for either.
"""

import errno
import os
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

import msgspec

from merchant_desk.models.faults import file_fault, why_unusable
from merchant_desk.models.private_files import sync_folder, sync_to_disk
from merchant_desk.sync.safety_copy_part import (
    MOST_HEADER,
    PartContent,
    PartHeader,
    PartUnreadable,
    open_part,
    read_header,
    seal_part,
)
from merchant_desk.sync.safety_copy_state import CopyNotWritten

MARK_FILE = "merchant-desk-copies.json"
SUFFIX = ".mdcopy"
NEW = ".new"
UNSYNCABLE = frozenset({errno.EINVAL, errno.ENOTSUP, errno.ENOSYS, errno.EBADF, errno.EACCES, errno.EISDIR})
"""What a file system says whose folders cannot be synced; its files were."""

_NAME = re.compile(r"(\d{6})-(\d{4})\.mdcopy")


class Mark(msgspec.Struct, frozen=True):
    """What tells a folder of safety copies from any other."""

    version: int
    id: UUID


@dataclass(frozen=True, slots=True)
class DeskCopies:
    """One desk's copies in a folder, as far as anybody can read them: `header` is the last part's."""

    folder: Path
    header: PartHeader


def mark_folder(folder: Path, new_id: Callable[[], UUID]) -> UUID:
    """Make a folder (an existing one) a place for safety copies; one that is already keeps its id.

    Raises:
        CopyNotWritten: it is not there or cannot be written, or its mark cannot be read.
    """
    made = Mark(1, new_id())
    with written_in(folder):
        probe = folder / f"{made.id.hex}.probe"
        _write(probe, b"")  # what is marked already may be full or read-only all the same
        probe.unlink()
        if _mark_of(folder) is None:
            with suppress(FileExistsError):  # another desk names it in this moment: theirs counts
                _create(folder / MARK_FILE, msgspec.json.encode(made))
        found = _mark_of(folder)
    if found is None:
        raise CopyNotWritten(folder, "missing")
    return found.id


def _create(path: Path, data: bytes) -> None:
    """Write a file that nobody else has written; raises FileExistsError."""
    with path.open("xb") as file:
        try:
            file.write(data)
            file.flush()
            sync_to_disk(file.fileno())
        except BaseException:
            with suppress(OSError):
                path.unlink()
            raise
    _sync_names(path.parent)


def check_mark(folder: Path, mark_id: UUID) -> None:
    """Pass when the folder is the one that was marked.

    Raises:
        CopyNotWritten: it is gone, or is another one, or its mark cannot be read.
    """
    with written_in(folder):
        found = _mark_of(folder)
        is_there = folder.is_dir() and any(folder.iterdir())
    if found is None or found.id != mark_id:
        raise CopyNotWritten(folder, "another" if is_there else "missing")


def _mark_of(folder: Path) -> Mark | None:
    """Return a folder's mark. In place of a damaged one no other is made: all desks know the folder by it."""
    try:
        return msgspec.json.decode((folder / MARK_FILE).read_bytes(), type=Mark)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except msgspec.DecodeError as broken:
        raise CopyNotWritten(folder, "mark") from broken


class written_in:  # noqa: N801 - reads like a sentence where it is used
    """Says in words what the operating system would not do in a folder, instead of raising OSError."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise CopyNotWritten(self._folder, why_unusable(error)) from error


def desk_folder(folder: Path, desk_code: str, device_id: UUID) -> Path:
    """Return where the copies of a desk lie."""
    return folder / f"desk-{re.sub(r'[^0-9A-Za-z]', '', desk_code)}-{device_id.hex}"


# ---------------------------------------------------------------- writing


def write_part(
    folder: Path,
    header: PartHeader,
    content: PartContent,
    database_key: bytes,
    random: Callable[[int], bytes] = os.urandom,
) -> int:
    """Add a part, durable and proved readable; returns its size in bytes.

    Args:
        folder: the desk's; made if need be.
        header, content: what is written.
        database_key: the desk's.
        random: gives the nonce.

    Raises:
        CopyNotWritten: nothing of that name is there.
    """
    data = seal_part(header, content, database_key, random)
    with written_in(folder):
        folder.mkdir(exist_ok=True)
        path = folder / f"{header.generation:06d}-{header.part:04d}{SUFFIX}"
        _write(path, data, lambda read: open_part(read, database_key, path.name))
    return len(data)


def _write(path: Path, data: bytes, prove: Callable[[bytes], object] = lambda read: None) -> None:
    """Write beside, sync, read back, give the name."""
    temporary = path.with_name(path.name + NEW)
    try:
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            sync_to_disk(file.fileno())
        with temporary.open("rb") as file:
            _forget_cached(file)
            read = file.read()
        if read != data:
            raise CopyNotWritten(path.parent, "differs")
        prove(read)
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    _sync_names(path.parent)


def _sync_names(folder: Path) -> None:
    try:
        sync_folder(folder)
    except OSError as error:
        if error.errno not in UNSYNCABLE:
            raise


def _forget_cached(file: BinaryIO) -> None:
    """Let the system read from the medium, where it can be asked to."""
    if hasattr(os, "posix_fadvise"):
        with suppress(OSError):
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def remove_generations(folder: Path, before: int) -> None:
    """Delete a desk's parts of older generations, and what crashes left half written.

    Raises:
        CopyNotWritten: the disk says no; what is left does no harm.
    """
    with written_in(folder):
        for path in folder.iterdir():
            found = _NAME.fullmatch(path.name)
            if path.name.endswith(NEW) or (found is not None and int(found[1]) < before):
                path.unlink(missing_ok=True)


def remove_copies(folder: Path) -> None:
    """Delete all that a desk's folder holds of copies, and the folder; raises CopyNotWritten."""
    if folder.is_dir():
        remove_generations(folder, 1_000_000)
        with written_in(folder):
            folder.rmdir()


# ---------------------------------------------------------------- reading


def parts_of(folder: Path) -> dict[int, dict[int, Path]]:
    """Return a desk's files by generation and part; nothing where there is no folder.

    Raises:
        FileUnusable: it is there, but cannot be read.
    """
    found: dict[int, dict[int, Path]] = {}
    try:
        for path in sorted(folder.iterdir()):
            name = _NAME.fullmatch(path.name)
            if name is not None:
                found.setdefault(int(name[1]), {})[int(name[2])] = path
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise file_fault(error, folder) from error
    return found


def every_part(folder: Path, database_key: bytes) -> Iterator[PartContent]:
    """Yield what all of a desk's files bring that open, of every generation.

    Raises:
        OSError: one that is there cannot be read now.
        FileUnusable: the folder cannot.
    """
    for _, parts in sorted(parts_of(folder).items()):
        for path in parts.values():
            try:
                part = open_part(path.read_bytes(), database_key, path.name)
            except PartUnreadable:
                continue
            yield part


def last_header(folder: Path) -> PartHeader | None:
    """Return the header of the newest part that has a readable one, or None. Raises as `parts_of`."""
    for parts in (parts for _, parts in sorted(parts_of(folder).items(), reverse=True)):
        for path in reversed(list(parts.values())):
            with suppress(PartUnreadable):
                return read_header(_beginning(path), path.name)
    return None


def _beginning(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MOST_HEADER)
    except OSError as error:
        raise PartUnreadable(path.name) from error


def copies_in(folder: Path) -> list[DeskCopies]:
    """Return whose copies a folder holds, the newest first; a desk's own folder will do too.

    Raises:
        FileUnusable: the folder is not there or cannot be read.
    """
    try:
        inside = [one for one in sorted(folder.iterdir()) if one.is_dir()]
    except OSError as error:
        raise file_fault(error, folder) from error
    headers = [(one, last_header(one)) for one in (folder, *inside)]
    found = [DeskCopies(one, header) for one, header in headers if header is not None]
    return sorted(found, key=lambda copies: -copies.header.written_at)


@dataclass(frozen=True, slots=True)
class ReadCopy:
    """What a desk's copies come to: `parts` in order, and the names of files that cannot be used.

    Not `is_rounded`: the copy is of no one moment, as it was never finished or has a hole.
    """

    parts: Sequence[PartContent]
    written_at: int
    damaged: tuple[str, ...]
    is_rounded: bool


def read_copy(folder: Path, database_key: bytes) -> ReadCopy:
    """Read the newest generation that was once finished; where none was, the newest with anything in it.

    What newer ones that were never finished have beyond it is added, and makes it of no one moment.

    Raises:
        Fault: as `parts_of`.
    """
    best, newer = ReadCopy((), 0, (), is_rounded=False), list[ReadCopy]()
    for _, parts in sorted(parts_of(folder).items(), reverse=True):
        copy = _read_generation(parts, database_key)
        if any(part.is_rounded for part in copy.parts):
            return _completed(copy, newer)
        newer.insert(0, copy)
        if not best.parts and (copy.parts or not best.damaged):
            best = copy
    return best


def _completed(finished: ReadCopy, newer: Iterable[ReadCopy]) -> ReadCopy:
    """Return a finished copy with the operations that later, unfinished ones have beyond it."""
    held = {one.header for part in finished.parts for one in part.operations}
    copy = finished
    for more in newer:
        if any(one.header not in held for part in more.parts for one in part.operations):
            at = max(copy.written_at, more.written_at)
            copy = ReadCopy([*copy.parts, *more.parts], at, copy.damaged, is_rounded=False)
    return copy


def _read_generation(parts: dict[int, Path], database_key: bytes) -> ReadCopy:
    found: list[PartContent] = []
    damaged: list[str] = []
    written_at = 0
    for number, path, data in _files(parts):
        try:
            found.append(open_part(data, database_key, path.name))
            written_at = max(written_at, read_header(data, path.name).written_at)
        except PartUnreadable:
            damaged.append(f"{number:04d}")
    return ReadCopy(found, written_at, tuple(damaged), bool(found) and found[-1].is_rounded)


def _files(parts: dict[int, Path]) -> Iterator[tuple[int, Path, bytes]]:
    """Yield number, path and bytes of all parts up to the last; nothing for what is missing or unreadable."""
    some = next(iter(parts.values()))
    for number in range(1, max(parts) + 1):
        path = parts.get(number, some.with_name(f"{number:04d}"))
        try:
            yield number, path, path.read_bytes()
        except OSError:
            yield number, path, b""
