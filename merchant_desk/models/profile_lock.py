"""One process for one profile: a lock that the operating system drops when its holder dies."""

import errno
import os
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from merchant_desk.models.faults import AlreadyOpen

LOCK_FILE = "profile.lock"

_BUSY = frozenset({errno.EACCES, errno.EAGAIN, errno.EWOULDBLOCK, errno.EDEADLK})

_LOCKED_BYTE = 1 << 30
"""Windows locks are mandatory: locking a byte far beyond the text leaves the pid readable."""


class ProfileLock:
    """The lock of a profile folder, held from creation to `release`, or to the end of the process.

    A child made by `fork` would share it: processes of a desk are started by `spawn`.

    Args:
        folder: what is locked.
        taken: what to raise if it is locked already.

    Raises:
        AlreadyOpen: another process, or another window of this one, holds it.
        OSError: the lock file cannot be made or written (missing or read-only folder, full disk); nothing
            is held then.
    """

    def __init__(self, folder: Path, taken: type[AlreadyOpen] = AlreadyOpen) -> None:
        self.path = folder / LOCK_FILE
        self._handle: int | None = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            _lock(self._handle)
        except OSError as failure:
            holder = _holder(self._handle)
            os.close(self._handle)
            self._handle = None
            if failure.errno in _BUSY:
                raise taken(folder, holder) from failure
            raise
        try:
            _name_holder(self._handle)
        except OSError as failure:
            self.release()
            raise OSError(failure.errno, failure.strerror, str(self.path)) from failure

    @property
    def held(self) -> bool:
        """Whether the lock has not been released yet."""
        return self._handle is not None

    def release(self) -> None:
        """Give the profile free; again is harmless. The file stays, so that no two can be locked."""
        if self._handle is not None:
            handle, self._handle = self._handle, None
            try:
                os.ftruncate(handle, 0)
            finally:
                _unlock(handle)
                os.close(handle)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


def _name_holder(handle: int) -> None:
    os.ftruncate(handle, 0)
    os.lseek(handle, 0, os.SEEK_SET)
    os.write(handle, f"{os.getpid()}\n".encode())


def _holder(handle: int) -> int:
    os.lseek(handle, 0, os.SEEK_SET)
    text = os.read(handle, 32).strip()
    return int(text) if text.isdigit() else 0


if sys.platform == "win32":
    import msvcrt

    def _lock(handle: int) -> None:
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)

    def _unlock(handle: int) -> None:
        os.lseek(handle, _LOCKED_BYTE, os.SEEK_SET)
        msvcrt.locking(handle, msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _lock(handle: int) -> None:
        # flock, not lockf: it also keeps two windows of one process apart.
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(handle: int) -> None:
        fcntl.flock(handle, fcntl.LOCK_UN)
