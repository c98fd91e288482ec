"""Do tables come to be what is declared, whatever was there before, and is nothing lost on the way?"""

import errno
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import Connection, Engine, create_engine, inspect, text

from merchant_desk.models import desk_tables, migrate, server_tables
from merchant_desk.models.columns import Side
from merchant_desk.models.encrypted import open_engine
from merchant_desk.models.faults import DiskFull, WrongKey
from merchant_desk.models.migrate import (
    HEAD,
    VERSION_TABLE,
    MigrationFailed,
    NewerDatabase,
    Progress,
    Stage,
    StrangeTables,
    prepare,
)
from tests.helpers.databases import KEY, OTHER_KEY
from tests.helpers.revisions import ADD_COLUMN, HALF, chain

ROOT = Path(__file__).resolve().parent.parent.parent
SKU = {"sku": "RICE", "name": "大米"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "店 100%.db"


@pytest.fixture
def engine(path: Path) -> Iterator[Engine]:
    """A desk's database of today with a product in it."""
    opened = open_engine(path, KEY, role="writer")
    prepare(opened, Side.DESK, path)
    with opened.begin() as connection:
        fill(connection)
    yield opened
    opened.dispose()


def fill(connection: Connection, merchant: bool = False) -> None:
    """Add a product, whatever its columns."""
    table = (server_tables if merchant else desk_tables).metadata.tables["skus"]
    row: dict[str, Any] = {}
    for column in table.columns:
        if not column.nullable:
            kind = type(column.type).__name__
            row[column.name] = {"Id": UUID(int=7), "BigInteger": 7, "LargeBinary": b"", "Text": ""}[kind]
    connection.execute(table.insert().values(**{**row, **SKU}))


def names(engine: Engine) -> list[str]:
    with engine.begin() as connection:
        return list(connection.execute(text("SELECT name FROM skus")).scalars())


def version(engine: Engine) -> str:
    with engine.begin() as connection:
        return str(connection.scalar(text(f"SELECT version_num FROM {VERSION_TABLE}")))


def columns(engine: Engine) -> set[str]:
    with engine.begin() as connection:
        return {column["name"] for column in inspect(connection).get_columns("skus")}


# ---------------------------------------------------------------- new, unchanged, newer, strange


def test_a_database_of_today_is_left_alone_and_alembic_unloaded(engine: Engine, path: Path) -> None:
    engine.dispose()
    before = path.read_bytes()
    program = (
        "import sys, pathlib\n"
        "from merchant_desk.models.columns import Side\n"
        "from merchant_desk.models.encrypted import open_engine\n"
        "from merchant_desk.models.migrate import prepare\n"
        "path = pathlib.Path(sys.argv[1])\n"
        "for one in (path, path.with_name('new.db')):\n"
        "    prepare(open_engine(one, bytes(range(32)), role='writer'), Side.DESK, one)\n"
        "print(sorted(name for name in sys.modules if name.partition('.')[0] in ('alembic', 'mako')))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, path], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"
    assert path.read_bytes() == before
    assert not list(path.parent.glob("*migrat*"))


def test_a_newer_database_is_refused_untouched(engine: Engine, path: Path) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE {VERSION_TABLE} SET version_num = '0042'"))
    with pytest.raises(NewerDatabase) as refused:
        prepare(engine, Side.DESK, path)
    assert refused.value.facts == {"found": 42, "ours": int(HEAD)}
    assert "42" in refused.value.sentence("zh_CN")
    assert "upgrade the program" in refused.value.sentence("en")
    assert version(engine) == "0042"
    assert not list(path.parent.glob("*.before-*"))


def test_tables_without_a_version_are_taken_over_if_they_are_ours(engine: Engine, path: Path) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"DROP TABLE {VERSION_TABLE}"))
    prepare(engine, Side.DESK, path)
    assert version(engine) == HEAD
    assert names(engine) == ["大米"]


def test_tables_without_a_version_that_are_not_ours_are_refused(engine: Engine, path: Path) -> None:
    with engine.begin() as connection:
        connection.execute(text(f"DROP TABLE {VERSION_TABLE}"))
        connection.execute(text("ALTER TABLE skus DROP COLUMN name_en"))
    with pytest.raises(StrangeTables) as refused:
        prepare(engine, Side.DESK, path)
    assert refused.value.difference == "no column skus.name_en"
    assert all("skus.name_en" in refused.value.sentence(one) for one in ("zh_CN", "en"))


# ---------------------------------------------------------------- older


def test_an_older_database_is_copied_and_migrated(engine: Engine, path: Path, tmp_path: Path) -> None:
    steps = [ADD_COLUMN.format(name=name) for name in ("note", "place")]
    told: list[Progress] = []
    history = chain(tmp_path / "chain", *steps, columns=("note", "place"))
    prepare(engine, Side.DESK, path, told=told.append, history=history)
    assert version(engine) == "0003"
    assert {"note", "place"} <= columns(engine)
    assert names(engine) == ["大米"]
    stages = list(dict.fromkeys(progress.stage for progress in told))
    assert stages == [Stage.COPY, Stage.MIGRATE, Stage.CHECK]
    assert [p.done for p in told if p.stage is Stage.MIGRATE] == [0, 1, 2]
    assert told[-1].sentence("zh_CN") == "正在检查数据库（100%）"
    assert Progress(Stage.MIGRATE, 1, 2).sentence("en") == "Upgrading the database (50 %)"
    kept = path.with_name(path.name + ".before-0003")
    if sys.platform != "win32":
        assert kept.stat().st_mode & 0o777 == 0o600
    copy = open_engine(kept, KEY, role="reader")
    assert (version(copy), names(copy)) == (HEAD, ["大米"])
    assert "note" not in columns(copy)
    copy.dispose()
    with pytest.raises(WrongKey):
        open_engine(kept, OTHER_KEY, role="reader")


def test_one_copy_is_kept(engine: Engine, path: Path, tmp_path: Path) -> None:
    first = ADD_COLUMN.format(name="note")
    prepare(engine, Side.DESK, path, history=chain(tmp_path / "one", first, columns=("note",)))
    both = chain(tmp_path / "two", first, ADD_COLUMN.format(name="place"), columns=("note", "place"))
    prepare(engine, Side.DESK, path, history=both)
    assert [file.name for file in path.parent.glob("*.before-*")] == [f"{path.name}.before-0003"]


@pytest.mark.parametrize(
    ("body", "columns_", "said"),
    [
        (ADD_COLUMN.format(name="note") + "    raise LookupError('step')\n", ("note",), "LookupError: step"),
        (HALF.format(name="note") + "    raise LookupError('step')\n", ("note",), "LookupError: step"),
        (ADD_COLUMN.format(name="note"), ("note", "place"), "no column skus.place"),
    ],
    ids=["breaks", "breaks after a commit of its own", "leads elsewhere"],
)
def test_a_failed_migration_leaves_what_was(
    engine: Engine, path: Path, tmp_path: Path, body: str, columns_: tuple[str, ...], said: str
) -> None:
    history = chain(tmp_path / "chain", body, columns=columns_)
    with pytest.raises(MigrationFailed) as failed:
        prepare(engine, Side.DESK, path, history=history)
    assert said in failed.value.detail
    assert failed.value.sentence("zh").startswith("数据库")
    assert failed.value.sentence("en").startswith("The database")
    assert (version(engine), names(engine)) == (HEAD, ["大米"])
    assert "note" not in columns(engine)
    assert [
        file.name for file in sorted(path.parent.glob("*.db*")) if not file.name.endswith(("-wal", "-shm"))
    ] == [path.name]


def test_a_full_disk_stops_before_anything_is_changed(
    engine: Engine, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(migrate, "sync_to_disk", full)
    history = chain(tmp_path / "chain", ADD_COLUMN.format(name="note"), columns=("note",))
    with pytest.raises(DiskFull):
        prepare(engine, Side.DESK, path, history=history)
    assert version(engine) == HEAD
    assert not list(path.parent.glob("*copying*"))
    monkeypatch.undo()
    prepare(engine, Side.DESK, path, history=history)
    assert version(engine) == "0002"


# ---------------------------------------------------------------- killed

KILLED = """
import sys, time
from pathlib import Path
from merchant_desk.models import migrate
from merchant_desk.models.columns import Side
from merchant_desk.models.encrypted import open_engine
from tests.helpers.revisions import grown

path, folder, moment = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]

def stop(*_):
    print("here", flush=True)
    time.sleep(60)

def told(progress):
    if progress.stage == moment and progress.done:
        stop()

if moment == "committed":
    migrate._keep = stop
if moment == "put back":
    migrate._put_back = stop
engine = open_engine(path, bytes(range(32)), role="writer")
history = migrate.History(folder, "0002", grown("note"))
migrate.prepare(engine, Side.DESK, path, told=told, history=history)
"""


def kill_when_there(command: list[str]) -> None:
    """Start a process, wait until it says that it is where it is to die, and kill it."""
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert any(line.strip() == "here" for line in process.stdout)
    process.kill()
    process.wait()
    process.stdout.close()


@pytest.mark.parametrize("moment", ["copy", "migrate", "check", "committed", "half", "put back"])
@pytest.mark.expects_log("migration_undone")
def test_a_killed_migration_is_finished_or_undone_by_the_next_start(
    engine: Engine, path: Path, tmp_path: Path, moment: str
) -> None:
    engine.dispose()
    good = chain(tmp_path / "good", ADD_COLUMN.format(name="note"), columns=("note",))
    bad = HALF.format(name="note")
    if moment == "half":
        bad += "    print('here', flush=True)\n    time.sleep(60)\n"
    elif moment == "put back":
        bad += "    raise LookupError\n"
    else:
        bad = ADD_COLUMN.format(name="note")
    folder = chain(tmp_path / "killed", bad, columns=("note",)).folder
    command = [sys.executable, "-c", KILLED, str(path), str(folder), moment]
    kill_when_there(command)
    if moment in ("half", "put back"):
        half = open_engine(path, KEY, role="reader")
        assert names(half) == ["half way"]
        half.dispose()
    again = open_engine(path, KEY, role="writer")
    prepare(again, Side.DESK, path, history=good)
    assert (version(again), names(again)) == ("0002", ["大米"])
    assert "note" in columns(again)
    again.dispose()
    left = {file.name.removeprefix(path.name) for file in path.parent.glob(f"{path.name}*")}
    assert left - {"-wal", "-shm"} == {"", ".before-0002"}


@pytest.mark.expects_log("migration_undone")
def test_who_returns_to_the_older_program_after_a_kill_has_the_older_database(
    engine: Engine, path: Path, tmp_path: Path
) -> None:
    engine.dispose()
    folder = chain(tmp_path / "chain", ADD_COLUMN.format(name="note"), columns=("note",)).folder
    kill_when_there([sys.executable, "-c", KILLED, str(path), str(folder), "committed"])
    again = open_engine(path, KEY, role="writer")
    prepare(again, Side.DESK, path)
    assert (version(again), names(again)) == (HEAD, ["大米"])
    again.dispose()


# ---------------------------------------------------------------- PostgreSQL


def test_postgresql_migrates_in_one_transaction(postgres_url: str, tmp_path: Path) -> None:
    engine = create_engine(postgres_url)
    prepare(engine, Side.SERVER, None)
    with engine.begin() as connection:
        fill(connection, merchant=True)
    broken = chain(
        tmp_path / "broken",
        ADD_COLUMN.format(name="note"),
        "    raise LookupError('step')\n",
        columns=("note",),
    )
    with pytest.raises(MigrationFailed):
        prepare(engine, Side.SERVER, None, history=broken)
    assert version(engine) == HEAD
    assert "note" not in columns(engine)
    whole = chain(tmp_path / "whole", ADD_COLUMN.format(name="note"), columns=("note",))
    prepare(engine, Side.SERVER, None, history=whole)
    assert (version(engine), names(engine)) == ("0002", ["大米"])
    engine.dispose()


def test_two_servers_may_start_on_one_empty_postgresql(postgres_url: str) -> None:
    engines = [create_engine(postgres_url) for _ in range(4)]
    faults: list[BaseException] = []

    def start(engine: Engine) -> None:
        try:
            prepare(engine, Side.SERVER, None)
        except Exception as error:  # noqa: BLE001 - whatever it is, the test wants to see it
            faults.append(error)

    threads = [threading.Thread(target=start, args=(engine,)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    assert version(engines[0]) == HEAD
    for engine in engines:
        engine.dispose()
