"""The program as it was when "The first shift" was closed: its wheel, built from the repository's history."""

import json
import os
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from tests.helpers.revisions import chain

ROOT = Path(__file__).resolve().parents[2]
COMMIT = "1e0d407"
WHAT = ("merchant_desk", "resources", "pyproject.toml", "README.md")
HANDS = Path(__file__).with_name("hands.py")


class NoHistoryError(Exception):
    """The commit is not in this checkout: a shallow clone, or a copy without history."""


class FaultToldError(Exception):
    """What a program refused or could not do, as it says it."""

    def __init__(self, name: str, zh: str, en: str) -> None:
        super().__init__(name, en)
        self.name, self.zh, self.en = name, zh, en


@dataclass(frozen=True)
class Program:
    """A version of the program; None is today's.

    `folder` is first on the path of its processes: it holds an unpacked wheel, or what changes today's.
    """

    folder: Path | None = None
    home: Path = ROOT

    @property
    def env(self) -> dict[str, str]:
        """What lets a process find this version, wherever it is started."""
        if self.folder is None:
            return {}
        path = os.pathsep.join(filter(None, [str(self.folder), os.environ.get("PYTHONPATH")]))
        return {"PYTHONPATH": path, "PYTHONSAFEPATH": "1"}

    @contextmanager
    def hands(self, log: Path, **environment: str) -> Iterator["Hands"]:
        """Start somebody who works at a desk with this version."""
        with log.open("ab") as errors:
            process = subprocess.Popen(
                [sys.executable, str(HANDS)], cwd=ROOT, env={**os.environ, **self.env, **environment},
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
            )  # fmt: skip
        hands = Hands(process, log)
        try:
            assert Path(hands.do("where")).parent.parent == self.home, "another version answers"
            yield hands
        finally:
            hands.close()


@dataclass
class Hands:
    """A process that does at a desk what it is told."""

    process: "subprocess.Popen[str]"
    log: Path

    def do(self, what: str, *given: object) -> Any:
        """Let it do something (a method of `hands.Hands`) and return the answer; raise what it met."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps([what, *given]) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        assert line, self.log.read_text("utf-8")
        told = json.loads(line)
        if "fault" in told:
            raise FaultToldError(told["fault"], told["zh"], told["en"])
        return told["answer"]

    def close(self) -> None:
        """Let it close its desk and go."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.wait(60)
        self.process.stdout.close()


def build(folder: Path) -> Program:
    """Build the former program's wheel from history and unpack it; about a second.

    Raises:
        NoHistoryError: the commit is not there.
    """
    packed = subprocess.run(
        ["git", "archive", COMMIT, *WHAT], cwd=ROOT, capture_output=True, check=False, timeout=60
    )
    if packed.returncode:
        raise NoHistoryError(packed.stderr.decode().strip())
    source, made = folder / "source", folder / "wheel"
    with tarfile.open(fileobj=BytesIO(packed.stdout)) as archive:
        archive.extractall(source, filter="data")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(made)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, timeout=120)
    (wheel,) = made.glob("merchant_desk-*.whl")
    with zipfile.ZipFile(wheel) as parts:
        parts.extractall(folder / "program")  # noqa: S202 - we made it
    return Program(folder / "program", folder / "program")


TOMORROW = """
import sys
from pathlib import Path
sys.path.insert(0, {root!r})
import merchant_desk
import merchant_desk.sync.protocol as protocol
protocol.PROTOCOL = {protocol}
import merchant_desk.sync.administration as administration
administration.LEAST_PROTOCOL = {protocol}
administration.installed_version = lambda name: "99.0"
merchant_desk.__version__ = "99.0"
from tests.drills.watched import use_history
use_history(Path({chain!r}), "0002")
"""


def next_program(folder: Path, protocol: int) -> Program:
    """Return today's program as a later release: another protocol, and a migration before its databases."""
    history = chain(
        folder / "chain", "    op.execute('CREATE TABLE t (x)')\n    op.execute('DROP TABLE t')\n"
    )
    text = TOMORROW.format(root=str(ROOT), protocol=protocol, chain=str(history.folder))
    (folder / "first").mkdir(parents=True)
    (folder / "first" / "sitecustomize.py").write_text(text, encoding="utf-8")
    return Program(folder / "first")
