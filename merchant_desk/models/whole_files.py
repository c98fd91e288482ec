"""Files that are there whole or not at all; large ones that only their owner may read."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from merchant_desk.models.faults import DiskFull, Fault, FileUnusable, StorageFailed, file_fault
from merchant_desk.models.private_files import OWNER_ONLY, sync_folder, sync_to_disk

PART = ".part"
"""Ends the name of a file that is not whole yet; one stays behind where a process is killed."""


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Give the name of a temporary file; when the block ends it is durable and becomes `path`, mode 0600.

    Raises:
        DiskFull: there was no room; neither file is left.
        FileUnusable: no such place, or no right to write there; likewise.
        StorageFailed: any other trouble with the disk; likewise.
    """
    part = path.with_name(path.name + PART)
    try:
        os.close(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, OWNER_ONLY))
        yield part
        with part.open("rb+") as file:
            sync_to_disk(file.fileno())
        part.replace(path)
        sync_folder(path.parent)
    except BaseException as error:
        with suppress(OSError):
            part.unlink()
        if isinstance(error, OSError):
            raise disk_fault(error, path) from error
        raise


@contextmanager
def drafted(path: Path) -> Iterator[Path]:
    """Give a name beside `path` and of its kind; when the block ends, what was written there becomes `path`.

    Raises:
        OSError: it cannot be written, said of `path`: nobody who is told knows the other name.
    """
    draft = path.with_name(f".{path.name}.new{''.join(path.suffixes[-2:])}")
    try:
        yield draft
        draft.replace(path)
    except OSError as error:
        if error.errno is None or error.filename not in (None, str(draft), draft):
            raise
        raise OSError(error.errno, error.strerror, str(path)) from error
    finally:
        with suppress(OSError):
            draft.unlink()


def disk_fault(error: OSError, path: Path) -> Fault:
    """Name what the operating system said about writing `path`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        free = 0
        with suppress(OSError):
            free = shutil.disk_usage(path.parent).free
        return DiskFull(path, free)
    fault = file_fault(OSError(error.errno, error.strerror), path)
    if isinstance(fault, FileUnusable) and fault.why not in FileUnusable.names:
        return StorageFailed(path, fault.why)
    return fault


def prove_free(target: Path, *, overwrite: bool = False) -> None:
    """Raise FileUnusable unless a file can be made there and replaces none that was not meant.

    A folder that is missing is not made: the stick that it was on may not be in.
    """
    if not target.parent.is_dir():
        raise FileUnusable(target.parent, "no_folder" if target.parent.exists() else "missing")
    if target.is_dir():
        raise FileUnusable(target, "folder")
    if target.exists() and not overwrite:
        raise FileUnusable(target, "taken")
