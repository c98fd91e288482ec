"""Databases that are made once in a process, by the program's own way, and copied from then on.

Making all tables takes longer than most tests use them; a copy of the file costs a millisecond.
"""

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from merchant_desk.models.columns import Side
from merchant_desk.models.encrypted import checkpoint, open_engine
from merchant_desk.models.migrate import prepare
from merchant_desk.models.private_files import OWNER_ONLY
from merchant_desk.sync.key_copies import DATABASE
from merchant_desk.sync.profile import open_profile

Files = dict[str, bytes]


def files_of(folder: Path) -> Files:
    """Return what a folder holds, by name."""
    return {file.name: file.read_bytes() for file in sorted(folder.iterdir()) if file.is_file()}


def lay_out(files: Files, folder: Path) -> None:
    """Write files into a folder that has none of them; only their owner reads them."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        file = folder / name
        file.write_bytes(content)
        file.chmod(OWNER_ONLY)


def _made(make: Callable[[Path], None]) -> Files:
    folder = Path(tempfile.mkdtemp(prefix="kept-"))
    try:
        make(folder)
        return files_of(folder)
    finally:
        shutil.rmtree(folder)


@cache
def _tables(side: Side, key: bytes | None) -> bytes:
    def make(folder: Path) -> None:
        engine = open_engine(folder / DATABASE, key, role="writer")
        prepare(engine, side, folder / DATABASE)
        checkpoint(engine, "TRUNCATE")
        engine.dispose()

    return _made(make)[DATABASE]


def lay_tables(path: Path, side: Side, key: bytes | None) -> None:
    """Write an encrypted database with the empty tables of one side, unless there is a file already."""
    if not path.exists():
        lay_out({path.name: _tables(side, key)}, path.parent)


@cache
def _profile() -> Files:
    def make(folder: Path) -> None:
        profile = open_profile(folder, demo=True, ask_passphrase=lambda request: None)
        checkpoint(profile.writer, "TRUNCATE")
        profile.close()

    return _made(make)


def lay_profile(folder: Path) -> None:
    """Write a demo profile that is no desk yet; all of them have one key."""
    lay_out(_profile(), folder)


@dataclass(frozen=True)
class Stage:
    """A database that has come so far, and what its maker must know to go on from there."""

    database: bytes
    known: Any


MOST_STAGES = 8
_stages: dict[object, Stage] = {}


def stage_of(name: object) -> Stage | None:
    """Return what `keep_stage` kept under a name in this process."""
    return _stages.get(name)


def keep_stage(name: object, engine: Engine, known: Any) -> None:
    """Keep an embedded database as it is now; nobody is using it."""
    while len(_stages) >= MOST_STAGES:
        _stages.pop(next(iter(_stages)))
    checkpoint(engine, "TRUNCATE")
    _stages[name] = Stage(Path(str(engine.url.database)).read_bytes(), known)
