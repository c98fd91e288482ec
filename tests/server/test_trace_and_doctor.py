"""`trace` and `doctor --server` as people give them, beside a real server on loopback."""

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import delete

from merchant_desk.cli.main import main
from merchant_desk.desk import Desk
from merchant_desk.models.server_tables import operations
from merchant_desk.server.process import DataOptions, opened_data
from merchant_desk.sync.taking_over import TakeOver
from tests.server.own_shop import PASSWORD, Shop, told

Captured = pytest.CaptureFixture[str]


def said(captured: Captured, *words: str, code: int = 0) -> str:
    captured.readouterr()
    assert main(list(words)) == code, captured.readouterr().err
    return captured.readouterr().out


def traced(captured: Captured, op_id: object, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(said(captured, "trace", str(op_id), "--json", *words))
    return found


def last_of(desk: Desk) -> str:
    """Return the id of what a desk did last."""
    row = desk.ask(lambda one: one.exec_driver_sql("SELECT op_id FROM outbox ORDER BY device_seq DESC")).all()
    return bytes(row[0][0]).hex()


def examined(captured: Captured, folder: Path, code: int = 0) -> dict[str, dict[str, Any]]:
    words = ("doctor", "--server", "--data-dir", str(folder), "--json")
    lines: Sequence[str] = said(captured, *words, code=code).splitlines()
    return {one["subject"]: one for one in map(json.loads, lines)}


def test_an_operation_is_followed_from_its_desk_to_the_server_and_the_others(
    shop: Shop, capsys: Captured
) -> None:
    at_server = ("--server", "--data-dir", str(shop.profile / "server"))
    at_desk = ("--profile", str(shop.second))
    with Desk.open(shop.second, ask_passphrase=told) as second:
        second.sign_in("manager", PASSWORD)
        second.count("01-OUT")
        op_id = last_of(second)
    found = traced(capsys, op_id, *at_desk)
    assert found["desk"]["status"] == "pending"
    assert (found["server"], bool(found["not_asked"]["zh"])) == (None, True)
    with shop.at_work() as desk:
        found = traced(capsys, op_id, *at_desk)
        assert (found["server"], found["not_asked"]) == (None, None), "it is not sent yet"
        assert "The server does not have it yet" in said(capsys, "trace", op_id, *at_desk)
        with Desk.open(shop.second, ask_passphrase=told) as second:
            second.sync()
        found = traced(capsys, op_id, *at_desk)
        assert found["not_asked"] is None
        assert found["server"]["status"] == "applied"
        assert {one["code"] for one in found["server"]["desks"]} == {"01", "02"}
        desk.sync()
        assert traced(capsys, op_id, *at_server)["server"]["op_id"] == found["server"]["op_id"]
        words = said(capsys, "trace", op_id, *at_desk)
        for line in ("本机 / this desk", "服务器 / the server", "operation: open_count"):
            assert line in words
        assert traced(capsys, op_id, *at_desk, "--offline")["server"] is None
        assert "does not have it" not in said(capsys, "trace", op_id, *at_desk, "--offline")
    capsys.readouterr()
    assert main(["trace", str(uuid4()), *at_server]) == 1
    assert "There is no operation" in capsys.readouterr().err


def test_the_doctor_examines_beside_a_running_server_and_changes_nothing(
    shop: Shop, capsys: Captured
) -> None:
    folder = shop.profile / "server"
    with shop.at_work() as desk:
        desk.count("01-OUT")
        desk.sync()
        before = (folder / "server.db").read_bytes()
        found = examined(capsys, folder)
        assert (folder / "server.db").read_bytes() == before
        assert {"schema", "database", "totals", "feed", "chains", "certificate"} <= found.keys()
        assert not [name for name, one in found.items() if one["grade"] == "bad"]
        assert desk.sync().fault is None
    with opened_data(DataOptions(folder, told)) as (database, _), database.writer.begin() as connection:
        connection.execute(delete(operations).where(operations.c.kind == "open_count"))
    with shop.at_work():
        found = examined(capsys, folder, code=1)
        assert (found["chains"]["grade"], found["outcomes"]["grade"]) == ("bad", "bad")


def test_a_desk_that_went_on_from_its_safety_copy_has_no_hole(shop: Shop, capsys: Captured) -> None:
    stick = shop.home / "stick"
    stick.mkdir()
    with shop.at_work() as desk:
        desk.name_copy_folder(stick)
        copy = shop.back_up()
        desk.count("01-OUT")
        desk.copies.copy_now()
    with closing(shop.heir()) as heir:
        (safety,) = heir.look(copy.rename(stick / copy.name)).safety
        made, _ = heir.take_over(TakeOver(stick / copy.name, shop.paper, safety, "manager", PASSWORD), "en")
        with made:
            made.count("01-IN")
            made.sync()
            assert made.status.waiting == 0
            found = examined(capsys, shop.home / "new" / "server")
    assert not [name for name, one in found.items() if one["grade"] == "bad"]
