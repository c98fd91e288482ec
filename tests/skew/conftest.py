"""The former program, built once; in an unattended run its commit has to be there."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.skew.former import COMMIT, Hands, NoHistoryError, Program, build

NO_HISTORY = (
    f"提交 {COMMIT} 不在此副本中；请取全部历史（git fetch --unshallow）。 / Commit {COMMIT} is not in this "
    "checkout: fetch the whole history (git fetch --unshallow)."
)
TODAY = Program()


@pytest.fixture(scope="session")
def former(tmp_path_factory: pytest.TempPathFactory) -> Program:
    """The program of the commit that closed "The first shift"."""
    try:
        return build(tmp_path_factory.mktemp("former"))
    except (NoHistoryError, FileNotFoundError) as missing:
        if os.environ.get("CI"):
            pytest.fail(f"{NO_HISTORY} {missing}")
        pytest.skip(NO_HISTORY)


@pytest.fixture
def today() -> Program:
    """The program of this checkout."""
    return TODAY


@pytest.fixture
def hire(tmp_path: Path) -> Iterator[Callable[[Program], Hands]]:
    """Start people with a version of the program; they go at the end."""
    with ExitStack() as stack:
        yield lambda program: stack.enter_context(program.hands(tmp_path / "hands.log"))
