"""Readers of shared data `gs1/`: the syntax dictionary and the vectors."""

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

_COMPONENT = re.compile(r"(\[?)([NXYZ])(\.\.)?([0-9]+)\]?((?:,[a-z0-9]+)*)")


@dataclass(frozen=True)
class Component:
    kind: str
    variable: bool
    shortest: int
    longest: int
    linters: tuple[str, ...]


@dataclass(frozen=True)
class Entry:
    ai: str
    flags: str
    components: tuple[Component, ...]

    @property
    def linters(self) -> set[str]:
        """The linters that serve the identifier, the one of its character set included."""
        sets = {"N": "csetnumeric", "X": "cset82", "Y": "cset39", "Z": "cset64"}
        return {sets[part.kind] for part in self.components} | {
            linter for part in self.components for linter in part.linters
        }


def read_dictionary(folder: Path) -> dict[str, Entry]:
    entries: dict[str, Entry] = {}
    for line in (folder / "gs1-syntax-dictionary.txt").read_text(encoding="utf-8").splitlines():
        words = line.partition("#")[0].split()
        if not words:
            continue
        flags = words[1] if not _COMPONENT.fullmatch(words[1]) else ""
        parts = tuple(
            Component(
                found[2],
                bool(found[3]),
                0 if found[1] else 1 if found[3] else int(found[4]),
                int(found[4]),
                tuple(found[5].split(",")[1:]),
            )
            for word in words[1:]
            if (found := _COMPONENT.fullmatch(word))
        )
        first, _, last = words[0].partition("-")
        for number in range(int(first), int(last or first) + 1):
            ai = str(number).zfill(len(first))
            entries[ai] = Entry(ai, flags, parts)
    return entries


def read_vectors(file: Path) -> list[dict[str, Any]]:
    # Not splitlines: values hold U+0085, which it takes for the end of a line.
    return [json.loads(line) for line in file.read_text(encoding="utf-8").split("\n") if line]
