"""Small files that only their owner may read, and that are there whole or not at all."""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import BinaryIO

OWNER_ONLY = 0o600


def write_private(path: Path, content: bytes) -> None:
    """Replace `path` by `content` in one step, durable, with mode 0600.

    A crash at any moment leaves the old file or the new one. On Windows the profile folder's own
    access list protects it; the mode has no meaning there.

    Raises:
        OSError: the disk is full, or the folder is missing or cannot be written; the old file stays.
    """
    temporary = path.with_name(path.name + ".new")
    file = open_private(temporary)
    try:
        with file:
            file.write(content)
            file.flush()
            sync_to_disk(file.fileno())
        temporary.replace(path)
    except BaseException:
        with suppress(OSError):
            temporary.unlink()
        raise
    sync_folder(path.parent)


def open_private(path: Path) -> BinaryIO:
    """Open an empty file for writing, with mode 0600 from the first byte; one that is there goes first.

    Raises:
        OSError: it cannot be made.
    """
    path.unlink(missing_ok=True)  # left from a crash perhaps, with rights that a stick with FAT never changes
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), OWNER_ONLY)
    return os.fdopen(handle, "wb")


def sync_to_disk(handle: int) -> None:
    """Wait until the file of this descriptor is on the medium, not in the drive's cache."""
    if sys.platform == "darwin":
        import fcntl

        fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
    else:
        os.fsync(handle)


def sync_folder(folder: Path) -> None:
    """Make a new or renamed entry of `folder` durable; Windows does so by itself."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
