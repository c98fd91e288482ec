"""The skips that an unattended run (CI is set) accepts; any other skip fails the run.

Each line of `allowed_skips.txt` is `name | reason | when`: the name of a test as pytest prints it and the
reason it gives, both as patterns with `*`, and where the skip may happen: `always`, `linux`, `darwin`,
`win32`, or `no-data` for a run that waives the real data with MERCHANT_DESK_DATA=none.
"""

import os
import sys
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

ALLOWED_SKIPS = Path(__file__).resolve().parent.parent / "allowed_skips.txt"
PLACES = frozenset({"always", "linux", "darwin", "win32", "no-data"})


def data_was_waived() -> bool:
    """Whether this run says that it does without the real data."""
    return os.environ.get("MERCHANT_DESK_DATA") == "none"


@dataclass(frozen=True)
class AllowedSkip:
    """One line of the list."""

    name: str
    reason: str
    when: str

    def covers(self, name: str, reason: str) -> bool:
        """Whether a skip of this test for this reason is accepted here."""
        here = {"always", sys.platform} | ({"no-data"} if data_was_waived() else set())
        return self.when in here and fnmatchcase(name, self.name) and fnmatchcase(reason, self.reason)


def read_allowed_skips(path: Path) -> list[AllowedSkip]:
    """Read the list; raise ValueError with the line number for a line that is not `name | reason | when`."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if not line.strip() or line.startswith("#"):
            continue
        parts = [part.strip() for part in line.split(" | ")]
        if len(parts) != 3 or not all(parts) or parts[2] not in PLACES:
            raise ValueError(f"{path.name}, line {number}: expected `name | reason | when`, got {line!r}")
        found.append(AllowedSkip(*parts))
    return found


def _reason(report: pytest.TestReport | pytest.CollectReport) -> str:
    if isinstance(report.longrepr, tuple):
        return str(report.longrepr[2]).removeprefix("Skipped: ")
    return str(getattr(report, "wasxfail", report.longrepr))


class SkipLedger:
    """A pytest plugin that fails the run for a skip (an expected failure counts) which is not listed."""

    def __init__(self, path: Path, root: Path) -> None:
        self._allowed = read_allowed_skips(path)
        self._path = path.relative_to(root) if path.is_relative_to(root) else path
        self.strange: list[tuple[str, str]] = []

    def _note(self, report: pytest.TestReport | pytest.CollectReport) -> None:
        if report.skipped:
            skip = (report.nodeid, _reason(report))
            if not any(line.covers(*skip) for line in self._allowed):
                self.strange.append(skip)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note a test that skipped itself or was expected to fail."""
        self._note(report)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        """Note a file that skipped itself."""
        self._note(report)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Turn a passed run with strange skips into a failed one."""
        if self.strange and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say which skips are not on the list."""
        if self.strange:
            terminalreporter.section(f"skips that are not in {self._path}", red=True)
            for name, reason in self.strange:
                terminalreporter.line(f"{name} | {reason}")
