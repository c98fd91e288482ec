"""Is a profile on another machine's disk recognised, and one on our own never refused?"""

from pathlib import Path, PurePosixPath

import pytest

from merchant_desk.models import network_shares
from merchant_desk.models.faults import NetworkShare
from merchant_desk.models.network_shares import (
    Mount,
    parse_mounts,
    refuse_network_share,
    remote_filesystem,
    remote_mount,
)

MOUNTS = r"""
/dev/sda1 / ext4 rw,relatime 0 0
server:/export /mnt/data nfs4 rw,vers=4.2 0 0
//nas/shop /mnt/my\040shop cifs rw 0 0
/dev/sdb1 /mnt/data/local ext4 rw 0 0
me@host:/ /home/me/remote fuse.sshfs rw 0 0
portal /run/user/1000/doc fuse.portal rw 0 0
C:\134 /mnt/c 9p rw,aname=drvfs 0 0
""".strip().splitlines()


@pytest.mark.parametrize(
    ("folder", "expected"),
    [
        ("/home/me/profile", None),
        ("/mnt/data", "nfs4"),
        ("/mnt/data/shop/profile", "nfs4"),
        ("/mnt/database", None),  # a name that only begins alike
        ("/mnt/my shop/profile", "cifs"),
        ("/mnt/data/local/profile", None),  # a local disk inside a share
        ("/home/me/remote/x", "fuse.sshfs"),
        ("/run/user/1000/doc/x", None),
        ("/mnt/c/Users/me", "9p"),
    ],
)
def test_the_innermost_mount_decides(folder: str, expected: str | None) -> None:
    assert remote_mount(PurePosixPath(folder), parse_mounts(MOUNTS)) == expected


def test_the_later_of_two_mounts_on_one_point_hides_the_earlier() -> None:
    point = PurePosixPath("/srv")
    assert remote_mount(point / "x", [Mount(point, "nfs"), Mount(point, "ext4")]) is None
    assert remote_mount(point / "x", [Mount(point, "ext4"), Mount(point, "nfs")]) == "nfs"


def test_a_remote_root_is_not_called_a_share() -> None:
    assert remote_mount(PurePosixPath("/home/x"), [Mount(PurePosixPath("/"), "9p")]) is None


def test_this_machines_own_disk_is_local(tmp_path: Path) -> None:
    assert remote_filesystem(tmp_path / "not" / "made" / "yet") is None
    refuse_network_share(tmp_path)


def test_refusal_names_folder_and_filesystem(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(network_shares, "remote_filesystem", lambda folder: "nfs4")
    with pytest.raises(NetworkShare) as refused:
        refuse_network_share(tmp_path)
    assert refused.value.facts == {"path": tmp_path, "filesystem": "nfs4"}
