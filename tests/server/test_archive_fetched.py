"""Does a desk get all data over the network: whole or not at all, and with a name on record?"""

import hashlib
import io
import json
import threading
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import anyio
import pytest

from merchant_desk.desk import Desk
from merchant_desk.documents.archive_file import ArchiveFile
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.faults import FileUnusable
from merchant_desk.server import archive as archives
from merchant_desk.server import lanes
from merchant_desk.server.archive import pour, taken
from merchant_desk.server.endpoints import archives as endpoint
from merchant_desk.server.lanes import Lanes
from merchant_desk.sync.server_faults import ServerTrouble, Unreachable
from tests.helpers.web_server import PortServer
from tests.server.web import PASSWORD


def on_record(server: PortServer) -> list[str]:
    return [one.sha256 for one in taken(server.services, server.merchant)]


def test_a_desk_gets_what_the_server_would_write(desk: Desk, server: PortServer, tmp_path: Path) -> None:
    target, heard = tmp_path / "all.zip", list[int]()
    got = desk.take_archive(target, PASSWORD, told=heard.append)
    assert got is not None
    content = target.read_bytes()
    assert got.sha256 == hashlib.sha256(content).hexdigest()
    assert on_record(server) == [got.sha256], "who has it is on record, and which file it is"
    assert heard[-1] == got.size == len(content)
    assert target.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(target) as file:
        assert file.testzip() is None
        told = json.loads(file.read("datapackage.json"))
        rows = {one["path"]: one["rows"] for one in told["resources"]}
    beside = archives.archive(
        server.services, server.merchant, server.manager, tmp_path / "beside.zip", personal=False
    )
    noted = {"operations.jsonl", "archives.csv"}
    assert {name: n for name, n in rows.items() if name not in noted} == {
        name: n for name, n in beside.rows.items() if name not in noted
    }
    assert desk.sync().fault is None
    names = desk.ask(lambda connection: connection.exec_driver_sql("SELECT name FROM archives").all())
    assert ("all.zip",) in names, "every desk can see who took it"


def test_whoever_may_not_gets_nothing(desk: Desk, server: PortServer, tmp_path: Path) -> None:
    target = tmp_path / "all.zip"
    with pytest.raises(Refusal, match="sign_in_failed"):
        desk.take_archive(target, "not this one")
    worker = server.services.people.person(server.merchant, "worker")["id"]
    server.services.people.set_password(server.merchant, worker, PASSWORD)
    desk.sign_in("worker", PASSWORD)
    with pytest.raises(Refusal, match="not_allowed"):
        desk.take_archive(target, PASSWORD)
    target.write_text("mine")
    with pytest.raises(FileUnusable):
        desk.take_archive(target, PASSWORD)
    assert target.read_text() == "mine"
    assert list(tmp_path.glob("*.part")) == []
    assert on_record(server) == []


@pytest.mark.parametrize("piece", [1, archives.PIECE], ids=["in pieces", "all in one"])
def test_one_that_nobody_takes_is_not_on_record(
    server: PortServer, monkeypatch: pytest.MonkeyPatch, piece: int
) -> None:
    """Nor a small one, which is read before the first byte of it leaves."""
    taken_there: list[bytes] = []

    def gone(_: bytes) -> None:
        raise ConnectionResetError

    monkeypatch.setattr(archives, "PIECE", piece)
    with pytest.raises(ConnectionResetError):
        pour(server.services, server.merchant, server.manager, gone, name="a.zip", personal=False)
    assert on_record(server) == []

    def take(given: bytes) -> None:
        with pytest.raises(zipfile.BadZipFile):
            zipfile.ZipFile(io.BytesIO(b"".join(taken_there)))
        taken_there.append(given)
        recorded.append(len(on_record(server)))

    recorded: list[int] = []
    pour(server.services, server.merchant, server.manager, take, name="a.zip", personal=False)
    assert len(recorded) > 1
    assert (set(recorded[:-1]), recorded[-1]) == ({0}, 1), "on record before it is whole, and only then"
    assert on_record(server) == [hashlib.sha256(b"".join(taken_there)).hexdigest()]


def test_one_that_is_stopped_leaves_nothing(
    desk: Desk, server: PortServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archives, "PIECE", 1)  # so that it has not all been sent before anybody can stop it
    target, heard = tmp_path / "all.zip", list[int]()
    assert desk.take_archive(target, PASSWORD, told=heard.append, cancelled=lambda: bool(heard)) is None
    assert not target.exists()
    assert list(tmp_path.glob("*.part")) == []
    assert on_record(server) == []
    again = desk.take_archive(target, PASSWORD)
    assert again is not None, "what was given up holds nobody up"
    assert on_record(server) == [again.sha256]


def test_one_that_was_given_up_may_take_a_moment_to_end(
    desk: Desk, server: PortServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server hears later than the desk that nobody takes it any more."""
    ended: list[float] = []

    def slow(*rest: Any, **more: Any) -> None:
        try:
            pour(*rest, **more)
        except BaseException:
            time.sleep(0.5)
            ended.append(time.monotonic())
            raise

    monkeypatch.setattr(archives, "PIECE", 1)
    monkeypatch.setattr(endpoint, "pour", slow)
    target, heard = tmp_path / "all.zip", list[int]()
    assert desk.take_archive(target, PASSWORD, told=heard.append, cancelled=lambda: bool(heard)) is None
    assert not ended
    assert desk.take_archive(target, PASSWORD) is not None
    assert len(ended) == 1


@pytest.mark.expects_log("storage_trouble.*server_busy")
def test_one_that_lasts_is_not_waited_for(
    desk: Desk, server: PortServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def lasts(*rest: Any, **more: Any) -> None:
        begun.set()
        may_end.wait(20)
        pour(*rest, **more)

    monkeypatch.setattr(endpoint, "pour", lasts)
    monkeypatch.setattr(lanes, "ENDING_SECONDS", 0.2)
    first = threading.Thread(target=desk.take_archive, args=(tmp_path / "first.zip", PASSWORD))
    first.start()
    try:
        assert begun.wait(20)
        with pytest.raises(ServerTrouble, match="busy"):
            desk.take_archive(tmp_path / "second.zip", PASSWORD)
    finally:
        may_end.set()
        first.join(20)
    assert not (tmp_path / "second.zip").exists()
    assert (tmp_path / "first.zip").exists()


@pytest.mark.parametrize("least", [1, 1 << 30], ids=["fast enough", "too slow"])
def test_a_line_that_trickles_is_ended(
    server: PortServer, monkeypatch: pytest.MonkeyPatch, least: int
) -> None:
    """Each piece is taken in time, but all of it would keep a transaction open for hours."""
    pieces, given, taken_there = 60, list[bytes](), list[bytes]()

    def read(*rest: object, **more: object) -> None:
        put = cast(Callable[[bytes], None], rest[3])
        for n in range(pieces):
            put(bytes([n]))
            given.append(bytes([n]))

    async def take() -> None:
        call = SimpleNamespace(
            services=server.services,
            lanes=Lanes(server.services.database),
            body=SimpleNamespace(name="a.zip", personal=False),
            notices=SimpleNamespace(poke=lambda _: None),
        )
        async for piece in endpoint._pieces(cast(Any, call), server.merchant, server.manager):
            taken_there.append(piece)
            await anyio.sleep(0.02)

    monkeypatch.setattr(endpoint, "pour", read)
    monkeypatch.setattr(endpoint, "STALLED_SECONDS", 0.3)
    monkeypatch.setattr(endpoint, "LEAST_BYTES", least, raising=False)
    if least == 1:
        anyio.run(take)
        assert len(taken_there) == pieces
    else:
        with pytest.raises(TimeoutError):
            anyio.run(take)
        assert len(given) < pieces


@pytest.mark.expects_log("archive_failed")
def test_a_server_that_fails_in_the_middle_is_told(
    desk: Desk, server: PortServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_: object) -> None:
        raise ServerTrouble(503, "disk_full", "")

    monkeypatch.setattr(archives, "PIECE", 1)
    monkeypatch.setattr(ArchiveFile, "finish", fails)
    with pytest.raises(Unreachable):
        desk.take_archive(tmp_path / "all.zip", PASSWORD)
    assert list(tmp_path.glob("all.zip*")) == []
    assert on_record(server) == []
