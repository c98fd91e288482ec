"""What stands outside the process and fails: small disks, shares of other machines, keyrings that say no."""

import ctypes
import os
import shutil
import struct
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import keyring.backend
import pytest
from keyring.errors import KeyringLocked, PasswordSetError

NO_DISK = "no small disk: this system or user cannot mount one"
NO_SHARE = "no share: this system or user cannot mount one"


class DeniedKeyring(keyring.backend.KeyringBackend):
    """A keyring of the operating system whose owner presses "deny"."""

    priority = 5

    def get_password(self, service: str, username: str) -> str | None:
        raise KeyringLocked("access denied by the user")

    def set_password(self, service: str, username: str, password: str) -> None:
        raise PasswordSetError("access denied by the user")

    def delete_password(self, service: str, username: str) -> None:
        raise KeyringLocked("access denied by the user")


class KeptKeyring(keyring.backend.KeyringBackend):
    """A keyring that works, kept in a file whose name is in KEPT_KEYRING; another process finds it again."""

    priority = 5

    def _path(self, service: str, username: str) -> Path:
        return Path(os.environ["KEPT_KEYRING"]) / f"{service}-{username}"

    def get_password(self, service: str, username: str) -> str | None:
        path = self._path(service, username)
        return path.read_text("ascii") if path.exists() else None

    def set_password(self, service: str, username: str, password: str) -> None:
        self._path(service, username).write_text(password, "ascii")

    def delete_password(self, service: str, username: str) -> None:
        self._path(service, username).unlink()


# ---------------------------------------------------------------- disks


class SmallDisk:
    """A real file system of a few megabytes, which other files can fill."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "other files"

    @property
    def free(self) -> int:
        """Bytes that are left."""
        return shutil.disk_usage(self.folder).free

    def fill(self, leave: int = 0) -> None:
        """Let other files take all but so many bytes."""
        with self._filler.open("ab") as file:
            while (room := self.free - leave) >= 4096:
                file.write(bytes(min(room, 1 << 20)))
                file.flush()

    def make_room(self) -> None:
        """Delete the other files."""
        self._filler.unlink(missing_ok=True)

    def read_only(self, *, on: bool) -> None:
        """Write-protect it, or no longer."""
        _mount("-o", f"remount,{'ro' if on else 'rw'}", str(self.folder))


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[SmallDisk]:
    """Mount a file system of `size` (as "4m") at a new folder; skips the test where that is impossible."""
    folder.mkdir()
    if sys.platform != "linux" or not _mount("-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)):
        pytest.skip(NO_DISK)
    try:
        if not os.access(folder, os.W_OK):
            pytest.skip(NO_DISK)
        yield SmallDisk(folder)
    finally:
        subprocess.run([*_sudo(), "umount", "-l", str(folder)], check=True)


def _sudo() -> list[str]:
    return [] if os.geteuid() == 0 else ["sudo", "-n"]


def _mount(*words: str) -> bool:
    if shutil.which("mount") is None or (os.geteuid() != 0 and shutil.which("sudo") is None):
        return False
    return subprocess.run([*_sudo(), "mount", *words], capture_output=True, check=False).returncode == 0


# ---------------------------------------------------------------- shares

_HEAD = struct.Struct("<IIQQIIII")  # length, opcode, unique, node, uid, gid, pid, padding
_LOOKUP, _GETATTR, _MKDIR, _INIT, _FORGET = 1, 3, 9, 26, 2
_ENOENT, _ENOSYS = 2, 38


@contextmanager
def mounted_share(folder: Path) -> Iterator[list[int]]:
    """Mount what the system calls `fuse.sshfs`, served by this process; yields the requests it had.

    The folder is empty, and whoever would make something in it is noted by the number of his request.
    """
    if sys.platform != "linux" or os.geteuid() != 0 or not Path("/dev/fuse").exists():
        pytest.skip(NO_SHARE)
    folder.mkdir()
    handle = os.open("/dev/fuse", os.O_RDWR)
    options = f"fd={handle},rootmode=40000,user_id=0,group_id=0,allow_other".encode()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.mount(b"me@shop:/data", os.fsencode(folder), b"fuse.sshfs", 0, options) != 0:
        os.close(handle)
        pytest.skip(NO_SHARE)
    seen: list[int] = []
    server = threading.Thread(target=_serve_share, args=(handle, seen), daemon=True)
    server.start()
    try:
        yield seen
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        server.join(10)
        os.close(handle)


def _serve_share(handle: int, seen: list[int]) -> None:
    """Answer the kernel: an empty root folder that nobody can add to."""
    attributes = struct.pack("<QII", 1, 0, 0) + struct.pack(
        "<QQQQQQIIIIIIIIII", 1, 0, 0, 0, 0, 0, 0, 0, 0, 0o40755, 2, 0, 0, 0, 4096, 0
    )
    while True:
        try:
            request = os.read(handle, 1 << 20)
        except OSError:
            return  # unmounted
        _, opcode, unique, *_ = _HEAD.unpack_from(request)
        seen.append(opcode)
        if opcode == _FORGET:
            continue
        body, error = b"", 0
        if opcode == _INIT:
            major, minor, ahead = struct.unpack_from("<III", request, _HEAD.size)
            body = struct.pack("<IIIIHHIIHH28x", major, min(minor, 31), ahead, 0, 0, 0, 1 << 17, 1, 1, 0)
        elif opcode == _GETATTR:
            body = attributes
        else:
            error = _ENOENT if opcode == _LOOKUP else _ENOSYS
        os.write(handle, struct.pack("<IiQ", 16 + len(body), -error, unique) + body)


def made_on(share: list[int]) -> bool:
    """Tell whether somebody tried to make a folder on a share."""
    return _MKDIR in share
