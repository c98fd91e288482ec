"""Whether a folder is on another machine: a write-ahead log needs memory shared with its own disk."""

import ctypes
import os
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePath

from merchant_desk.models.faults import NetworkShare

REMOTE_FILESYSTEMS = frozenset(
    {
        "9p", "acfs", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "gfs", "glusterfs", "gpfs",
        "lustre", "ncp", "ncpfs", "nfs", "nfs4", "orangefs", "panfs", "prl_fs", "pvfs2", "smb2",
        "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs",
    }
)  # fmt: skip
"""File systems of Linux that live on another machine, or on the host of a virtual one."""

REMOTE_FUSE = frozenset(
    {
        "ceph-fuse", "curlftpfs", "davfs2", "gcsfuse", "glusterfs", "goofys", "gvfsd-fuse",
        "juicefs", "moosefs", "rclone", "s3fs", "seaweedfs", "smbnetfs", "sshfs", "vmhgfs-fuse",
    }
)  # fmt: skip
"""The same for file systems in user space, which mount as `fuse.<name>`."""


@dataclass(frozen=True, slots=True)
class Mount:
    """One mounted file system."""

    point: PurePath
    filesystem: str


def parse_mounts(lines: Iterable[str]) -> list[Mount]:
    """Read the lines of /proc/mounts (fstab(5); blanks in paths are written as octal escapes)."""
    mounts = []
    for line in lines:
        parts = line.split()
        if len(parts) >= 3:
            point = re.sub(r"\\([0-7]{3})", lambda escape: chr(int(escape[1], 8)), parts[1])
            mounts.append(Mount(PurePath(point), parts[2]))
    return mounts


def remote_mount(folder: PurePath, mounts: Iterable[Mount]) -> str | None:
    """Return the file system's name if `folder` (absolute, resolved) is on a remote one, else None.

    The innermost mount decides, and among equals the last, which hides the others. The root is never
    called a share: sandboxes serve theirs over 9p, and where all is remote there is nothing better.
    """
    holding = [mount for mount in mounts if folder == mount.point or mount.point in folder.parents]
    if not holding:
        return None
    deepest = max(len(mount.point.parts) for mount in holding)
    mount = [mount for mount in holding if len(mount.point.parts) == deepest][-1]
    if mount.point == PurePath(mount.point.anchor):
        return None
    kind, _, name = mount.filesystem.partition(".")
    remote = mount.filesystem in REMOTE_FILESYSTEMS or (kind in {"fuse", "fuseblk"} and name in REMOTE_FUSE)
    return mount.filesystem if remote else None


def remote_filesystem(folder: Path) -> str | None:
    """Return the name of the remote file system that holds `folder`, or None when it is local.

    A folder that does not exist yet is judged by its nearest existing parent. Where the system cannot
    say, the folder counts as local.
    """
    folder = folder.resolve()
    while not _is_there(folder) and folder != folder.parent:
        folder = folder.parent
    if sys.platform == "win32":
        return _remote_drive(folder)
    if sys.platform == "darwin":
        return _remote_volume(folder)
    try:
        with Path("/proc/mounts").open(encoding="utf-8", errors="surrogateescape") as mounts:
            return remote_mount(folder, parse_mounts(mounts))
    except OSError:
        return None


def _is_there(folder: Path) -> bool:
    try:
        folder.stat()
    except OSError:  # not there, or in a folder that we may not enter
        return False
    return True


def refuse_network_share(folder: Path) -> None:
    """Pass when `folder` is on a disk of this machine.

    Raises:
        NetworkShare: the folder is on another machine.
    """
    filesystem = remote_filesystem(folder)
    if filesystem is not None:
        raise NetworkShare(folder, filesystem)


if sys.platform == "win32":
    _DRIVE_REMOTE = 4

    def _remote_drive(folder: Path) -> str | None:
        """GetDriveTypeW of the volume; a UNC path is remote by its form, unless it is `\\\\?\\C:`."""
        anchor = folder.anchor
        if anchor.startswith("\\\\") and not anchor.startswith(("\\\\?\\", "\\\\.\\")):
            return "smb"
        drive_type: int = ctypes.windll.kernel32.GetDriveTypeW(anchor)
        return "smb" if drive_type == _DRIVE_REMOTE else None


if sys.platform == "darwin":
    _MNT_LOCAL = 0x1000

    class _StatFs(ctypes.Structure):
        """struct statfs of <sys/mount.h> with 64-bit inodes."""

        _fields_ = (
            ("bsize", ctypes.c_uint32),
            ("iosize", ctypes.c_int32),
            ("counts", ctypes.c_uint64 * 5),
            ("fsid", ctypes.c_int32 * 2),
            ("owner", ctypes.c_uint32),
            ("type", ctypes.c_uint32),
            ("flags", ctypes.c_uint32),
            ("subtype", ctypes.c_uint32),
            ("typename", ctypes.c_char * 16),
            ("mounted_on", ctypes.c_char * 1024),
            ("mounted_from", ctypes.c_char * 1024),
            ("extended", ctypes.c_uint32),
            ("reserved", ctypes.c_uint32 * 7),
        )

    def _remote_volume(folder: Path) -> str | None:
        """statfs(2): a volume without MNT_LOCAL is on another machine."""
        library = ctypes.CDLL(None, use_errno=True)
        statfs = library["statfs$INODE64"] if os.uname().machine == "x86_64" else library["statfs"]
        found = _StatFs()
        if statfs(os.fsencode(folder), ctypes.byref(found)) != 0:
            return None
        return None if found.flags & _MNT_LOCAL else str(found.typename.decode())
