"""Files of a run with several workers are in memory while there is room.

Tests save a hundred thousand times, and a save waits for the disk. What a power cut leaves is proved by none
of them; a process that is killed leaves the same in memory as on a disk.
"""

import os
import shutil
import tempfile
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")
LEAST_BYTES = 3 << 30


def pytest_configure(config: pytest.Config) -> None:
    """Give the workers a folder that is removed at the end; whoever named one for himself keeps it."""
    whole = config.getoption("numprocesses", None) and not hasattr(config, "workerinput")
    named = config.getoption("basetemp") or "TMPDIR" in os.environ
    if not whole or named or not MEMORY.is_dir() or shutil.disk_usage(MEMORY).free < LEAST_BYTES:
        return
    folder = Path(tempfile.mkdtemp(prefix="tests-", dir=MEMORY))
    folder.chmod(0o755)  # PostgreSQL, which is not root, passes through it
    os.environ["TMPDIR"] = str(folder)
    tempfile.tempdir = None  # what was found before
    config.add_cleanup(lambda: _remove(folder))


def _remove(folder: Path) -> None:
    del os.environ["TMPDIR"]
    tempfile.tempdir = None
    shutil.rmtree(folder, ignore_errors=True)
