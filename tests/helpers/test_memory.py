"""A run with workers keeps its files in memory, as long as there is room, and leaves nothing there."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
RUN = """
import sys
from pathlib import Path
import pytest
from tests.helpers import memory
memory.MEMORY, memory.LEAST_BYTES = Path(sys.argv[1]), int(sys.argv[2])
sys.exit(pytest.main(["-q", "-p", "no:cacheprovider", "-c", sys.argv[3], *sys.argv[4:]], plugins=[memory]))
"""
TOLD = """
def test_where(tmp_path):
    open({told!r}, "w").write(str(tmp_path))
"""


@pytest.mark.parametrize(
    ("words", "least", "kept"),
    [(["-n", "1"], 0, True), (["-n", "1"], 1 << 60, False), ([], 0, False)],
    ids=["with workers", "too little room", "alone"],
)
def test_files_are_in_memory_while_there_is_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], least: int, kept: bool
) -> None:
    memory, told, sample = tmp_path / "memory", tmp_path / "told", tmp_path / "test_sample.py"
    memory.mkdir()
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    sample.write_text(TOLD.format(told=str(told)))
    for name in ("TMPDIR", "PYTEST_XDIST_WORKER", "PYTEST_ADDOPTS"):
        monkeypatch.delenv(name, raising=False)
    given = [str(memory), str(least), str(tmp_path / "pytest.ini"), *words, str(sample)]
    done = subprocess.run(
        [sys.executable, "-c", RUN, *given], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout
    assert Path(told.read_text()).is_relative_to(memory) is kept
    assert list(memory.iterdir()) == []
