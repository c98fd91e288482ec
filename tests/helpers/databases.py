"""Encrypted databases with a little in them, opened for a test and closed at its end."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from merchant_desk.models.encrypted import Role, open_engine

KEY = bytes(range(32))
OTHER_KEY = bytes(32)
SECRET = "三号仓库的秘密"
PAGE = 4096

Opener = Callable[..., Engine]


@pytest.fixture
def opened() -> Iterator[Opener]:
    """Open engines that are closed at the end of the test."""
    engines: list[Engine] = []

    def open_one(
        path: Path, key: bytes | None = KEY, role: Role = "writer", cache_mb: int | None = None
    ) -> Engine:
        engines.append(open_engine(path, key, role=role, cache_mb=cache_mb))
        return engines[-1]

    yield open_one
    for engine in engines:
        engine.dispose()


def fill(engine: Engine, rows: int = 200) -> None:
    with engine.begin() as connection:
        connection.execute(text("create table note (id integer primary key, body text not null unique)"))
        connection.execute(text("create table link (note integer references note (id))"))
        connection.execute(
            text("insert into note (body) values (:body)"),
            [{"body": f"{SECRET} {n:050d}"} for n in range(rows)],
        )


def count(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("select count(*) from note")).scalar_one())


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A closed, filled database; its name has what addresses trip over."""
    path = tmp_path / "店 #1 100%.db"
    engine = open_engine(path, KEY, role="writer")
    fill(engine)
    engine.dispose()
    return path
