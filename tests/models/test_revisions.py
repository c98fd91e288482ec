"""Do the revisions lead to just the tables that are declared?"""

import ast
import re
from pathlib import Path
from typing import Any

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, MetaData, create_engine, inspect, text

from merchant_desk.models import desk_tables, server_tables
from merchant_desk.models.columns import Side
from merchant_desk.models.encrypted import open_engine
from merchant_desk.models.migrate import (
    HEAD,
    OURS,
    VERSION_TABLE,
    run_steps,
)
from tests.helpers.databases import KEY


def described(connection: Connection) -> dict[str, Any]:
    """Return everything that a database says of its tables."""
    inspector = inspect(connection)
    found: dict[str, Any] = {}
    for name in inspector.get_table_names():
        if name == VERSION_TABLE:
            continue
        found[name] = {
            "columns": [
                (c["name"], str(c["type"]), c["nullable"], c["default"], c.get("autoincrement"))
                for c in inspector.get_columns(name)
            ],
            "key": inspector.get_pk_constraint(name),
            "unique": sorted(map(repr, inspector.get_unique_constraints(name))),
            "indexes": sorted(map(_in_words, inspector.get_indexes(name))),
        }
        if connection.dialect.name == "sqlite":
            sql = text("SELECT sql FROM sqlite_master WHERE tbl_name = :name ORDER BY name")
            texts = connection.execute(sql, {"name": name}).scalars()
            found[name]["sql"] = [re.sub(r"\s+", " ", one) for one in texts if one]
    return found


def _in_words(index: Any) -> str:
    """Return what an index is; what it is of only in part stands in a clause that has no words of its own."""
    options = {name: str(value) for name, value in index.get("dialect_options", {}).items()}
    return repr({**index, "dialect_options": options})


def declared(side: Side) -> MetaData:
    return desk_tables.metadata if side is Side.DESK else server_tables.metadata


def assert_same(made: Engine, migrated: Engine, side: Side) -> None:
    with made.begin() as connection:
        declared(side).create_all(connection)
        expected = described(connection)
    with migrated.begin() as connection:
        run_steps(connection, side, "base", lambda progress: None, OURS)
        found = described(connection)
    assert sorted(found) == sorted(expected)
    for name in expected:
        assert found[name] == expected[name], name
    assert len(expected) > 20


@pytest.mark.parametrize("side", list(Side))
def test_the_revisions_lead_to_the_declared_tables(tmp_path: Path, side: Side) -> None:
    engines = [open_engine(tmp_path / f"{n}.db", KEY, role="writer") for n in range(2)]
    assert_same(engines[0], engines[1], side)
    for engine in engines:
        engine.dispose()


def test_they_do_so_on_postgresql(postgres_url: str, postgres_server: Any) -> None:
    other = postgres_server.create_database()
    engines = [create_engine(url) for url in (postgres_url, other)]
    assert_same(engines[0], engines[1], Side.SERVER)
    for engine in engines:
        engine.dispose()
    postgres_server.drop_database(other)


def test_the_newest_revision_is_the_one_that_the_program_knows() -> None:
    config = Config()
    config.set_main_option("script_location", str(OURS.folder))
    config.set_main_option("path_separator", "newline")
    script = ScriptDirectory.from_config(config)
    assert script.get_heads() == [HEAD]
    numbers = [revision.revision for revision in script.walk_revisions()]
    assert numbers == [f"{number:04d}" for number in range(len(numbers), 0, -1)]


def test_revisions_import_nothing_of_the_program() -> None:
    files = sorted((OURS.folder / "versions").glob("*.py"))
    assert files
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        modules = {
            name
            for node in ast.walk(tree)
            if isinstance(node, ast.Import | ast.ImportFrom)
            for name in ([node.module] if isinstance(node, ast.ImportFrom) else [a.name for a in node.names])
        }
        assert not any(str(module).startswith("merchant_desk") for module in modules), file.name
