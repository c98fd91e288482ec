"""Are small secret files whole or absent, and readable by their owner alone?"""

import os
import stat
from pathlib import Path

import pytest

from merchant_desk.models import private_files
from merchant_desk.models.private_files import write_private


def test_content_and_mode(tmp_path: Path) -> None:
    path = tmp_path / "key"
    write_private(path, b"one")
    write_private(path, b"two")
    assert path.read_bytes() == b"two"
    assert [entry.name for entry in tmp_path.iterdir()] == ["key"]
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_leftover_of_a_crash_gets_the_right_mode_too(tmp_path: Path) -> None:
    leftover = tmp_path / "key.new"
    leftover.write_bytes(b"half")
    leftover.chmod(0o644)
    write_private(tmp_path / "key", b"whole")
    assert not leftover.exists()
    if os.name == "posix":
        assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


@pytest.mark.skipif(os.name == "nt", reason="modes have no meaning there")
def test_a_stick_that_knows_no_modes_takes_it_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """FAT takes a mode when a file is made, and refuses to change it."""

    def refused(*_: object) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "fchmod", refused)
    monkeypatch.setattr(os, "chmod", refused)
    write_private(tmp_path / "key", b"whole")
    assert (tmp_path / "key").read_bytes() == b"whole"


def test_a_failing_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "key"
    write_private(path, b"old")

    def fail(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(private_files, "sync_to_disk", fail)
    with pytest.raises(OSError, match="No space left"):
        write_private(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["key"]
