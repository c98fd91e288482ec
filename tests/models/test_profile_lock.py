"""Does one profile have one holder, and is it free again whenever that holder is gone?"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from merchant_desk.models.faults import AlreadyOpen
from merchant_desk.models.profile_lock import ProfileLock

HOLD = """
import sys
from pathlib import Path
from merchant_desk.models.profile_lock import ProfileLock
lock = ProfileLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""
ROOT = Path(__file__).resolve().parents[2]


def test_a_second_window_of_this_process_is_refused_and_told_who(tmp_path: Path) -> None:
    with ProfileLock(tmp_path), pytest.raises(AlreadyOpen) as refused:
        ProfileLock(tmp_path)
    assert refused.value.facts == {"folder": tmp_path, "pid": os.getpid()}


def test_release_frees_it_and_may_be_repeated(tmp_path: Path) -> None:
    first = ProfileLock(tmp_path)
    first.release()
    first.release()
    assert not first.held
    with ProfileLock(tmp_path) as second:
        assert second.held


def test_another_process_holds_it_until_it_is_killed(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"held"
        with pytest.raises(AlreadyOpen) as refused:
            ProfileLock(tmp_path)
        assert refused.value.pid == holder.pid
        holder.kill()
        holder.wait(timeout=10)
        with ProfileLock(tmp_path) as lock:
            assert lock.held


def test_a_lock_file_left_by_a_dead_process_locks_nobody_out(tmp_path: Path) -> None:
    (tmp_path / "profile.lock").write_text("99999\n")
    with ProfileLock(tmp_path) as lock:
        assert lock.path.read_text() == f"{os.getpid()}\n"


def test_a_missing_folder_is_not_called_open(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ProfileLock(tmp_path / "missing")
