"""Reading logs: the newest lines that are wanted, and what is added, in files of any size.

Files are read from their end in blocks, so that the newest lines of a large file are there at once. What is
read goes through the same rule as what is written (`sync/logs.py`): a line of an older version, or of
somebody else, shows no more than ours.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from merchant_desk.models.faults import file_fault
from merchant_desk.sync.findings import NoSteps, Steps
from merchant_desk.sync.logs import ALWAYS, DESK_LOG, FILES, LEFT_OUT, SERVER_LOG, impersonal

BLOCK = 1 << 20
LONGEST_LINE = 1 << 16
LEVELS = ("debug", "info", "warning", "error", "critical")
LOOKED = 500
"""Of so many lines that are not wanted one is read, to see whether the rest is too old."""

OTHER = "other_line"
"""The event of a line that is none of a log of ours."""

_PART = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class LogLine:
    """One line: when (microseconds UTC; 0: it does not say), how grave, what, and its facts by name."""

    time: int
    level: str
    event: str
    facts: tuple[tuple[str, str], ...] = ()

    def written(self) -> str:
        """Return the line as it is copied and searched: facts as name=value."""
        return " ".join((self.level, self.event, *(f"{name}={value}" for name, value in self.facts)))


@dataclass(frozen=True, slots=True)
class WantedLines:
    """Which lines are wanted: how grave at least, from when on (microseconds UTC), and with what in them."""

    level: str = LEVELS[0]
    since: int = 0
    words: str = ""

    def may_take(self, raw: bytes) -> bool:
        """Tell, without reading it, whether a line as it is in the file may be wanted."""
        if self.level != LEVELS[0]:
            graver = LEVELS[LEVELS.index(self.level) :]
            if not any(b'"%s"' % level.encode() in raw for level in graver):
                return False
        parts = _PART.findall(self.words.casefold())
        if not parts:
            return True
        text = raw.decode("utf-8", "replace").casefold()
        return all(part in text for part in parts)

    def takes(self, line: LogLine) -> bool:
        """Tell whether a line is wanted."""
        grave = line.level not in LEVELS or LEVELS.index(line.level) >= LEVELS.index(self.level)
        if not grave or line.time < self.since:
            return False
        text = line.written().casefold()
        return all(word in text for word in self.words.casefold().split())


@dataclass(frozen=True, slots=True)
class Place:
    """Where reading has come to: the file by its number in the file system, and how many bytes of it."""

    number: int = 0
    read: int = 0


@dataclass(frozen=True, slots=True)
class FoundLines:
    """Lines, the oldest first; `whole` if there are no more, `place` is where following begins."""

    lines: tuple[LogLine, ...] = ()
    whole: bool = True
    place: Place = field(default_factory=Place)


def log_files(folder: Path) -> dict[str, Path]:
    """Return the logs of a profile that there are: its own, and that of a server embedded beside it."""
    known = {"desk": folder / DESK_LOG, "server": folder.parent / "server" / SERVER_LOG}
    return {name: path for name, path in known.items() if path.is_file()}


def latest(path: Path, wanted: WantedLines, most: int, steps: Steps | None = None) -> FoundLines:
    """Return the newest wanted lines of a log and of what was cut off from it.

    Args:
        path: the file that is written now.
        wanted: what is looked for.
        most: how many lines at the most.
        steps: hears how many bytes were looked through; cancelled, what was found so far is returned.

    Raises:
        Fault: the file cannot be read.
    """
    try:
        status = path.stat()
        found = _Found(wanted, most)
        found.whole = found.fill(_parts(path), status.st_size, steps or NoSteps())
    except OSError as error:
        raise file_fault(error, path) from error
    lines = tuple(reversed(found.lines))
    return FoundLines(lines, found.whole, Place(status.st_ino, status.st_size))


class _Found:
    """Collects wanted lines, the newest first."""

    def __init__(self, wanted: WantedLines, most: int) -> None:
        self._wanted, self._most = wanted, most
        self.lines: list[LogLine] = []
        self.whole = False

    def fill(self, parts: list[Path], size: int, steps: Steps) -> bool:
        """Look through files, of the first up to `size` bytes; False: there may be more lines."""
        wanted = self._wanted
        total = size + sum(part.stat().st_size for part in parts[1:])
        done = 0
        for part in parts:
            for number, raw in enumerate(_from_the_end(part, size if part == parts[0] else None), 1):
                done += len(raw) + 1
                if done % BLOCK < len(raw) + 1:
                    steps.report(min(done, total), total)
                    if steps.cancelled:
                        return False
                if not wanted.may_take(raw) and not (wanted.since and number % LOOKED == 0):
                    continue
                line = read_line(raw)
                if 0 < line.time < wanted.since:
                    return True
                if wanted.takes(line):
                    if len(self.lines) == self._most:
                        return False
                    self.lines.append(line)
        return True


def newer(path: Path, wanted: WantedLines, place: Place) -> FoundLines:
    """Return the wanted lines that were added since; a log that was cut off meanwhile is followed.

    Raises:
        Fault: the file cannot be read.
    """
    try:
        found: list[LogLine] = []
        status = path.stat()
        if status.st_ino != place.number:
            old = path.with_name(f"{path.name}.1")
            if old.is_file() and old.stat().st_ino == place.number:
                found += [line for line in _added(old, place.read)[0] if wanted.takes(line)]
            place = Place(status.st_ino, 0)
        lines, read = _added(path, place.read)
        found += [line for line in lines if wanted.takes(line)]
    except OSError as error:
        raise file_fault(error, path) from error
    return FoundLines(tuple(found), True, Place(place.number, read))


def read_line(raw: bytes) -> LogLine:
    """Return what a line of a log says, with nothing personal in it."""
    try:
        told = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return LogLine(0, "info", OTHER)
    if not isinstance(told, dict):
        return LogLine(0, "info", OTHER)
    kept = impersonal(told)
    level, event = str(kept.pop("level", "info")), str(kept.pop("event", OTHER))
    time = _microseconds(kept.pop("time", ""))
    names = sorted(kept, key=lambda name: (name in ALWAYS, name))
    facts = tuple((name, _said(kept[name])) for name in names if kept[name] is not None)
    return LogLine(time, level if level in LEVELS else "info", event, facts)


def _said(value: Any) -> str:
    return " < ".join(map(str, reversed(value))) if isinstance(value, list) else str(value)


def _microseconds(said: str) -> int:
    if said in ("", LEFT_OUT):
        return 0
    try:
        return round(datetime.fromisoformat(said).timestamp() * 1_000_000)
    except ValueError:
        return 0


def _parts(path: Path) -> list[Path]:
    """Return the file and what was cut off from it, the newest first."""
    older = (path.with_name(f"{path.name}.{number}") for number in range(1, FILES + 1))
    return [path, *(part for part in older if part.is_file())]


def _from_the_end(path: Path, size: int | None = None) -> Iterator[bytes]:
    """Yield the lines of a file from the last to the first; one that is not finished is left."""
    with path.open("rb") as file:
        at = path.stat().st_size if size is None else size
        rest = b""
        while at > 0:
            step = min(BLOCK, at)
            at -= step
            file.seek(at)
            lines = (file.read(step) + rest).split(b"\n")
            rest = lines[0]
            if len(rest) > LONGEST_LINE:
                rest = b""
            yield from (line for line in reversed(lines[1:]) if line.strip())
        if rest.strip():
            yield rest


def _added(path: Path, read: int) -> tuple[list[LogLine], int]:
    """Return the whole lines after a byte, and how many bytes are read then."""
    with path.open("rb") as file:
        file.seek(read)
        lines = file.read(FILES * BLOCK).split(b"\n")
    read += sum(len(line) + 1 for line in lines[:-1])
    return [read_line(line) for line in lines[:-1] if line.strip()], read
