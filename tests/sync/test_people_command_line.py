"""`merchant-desk people`, `invite` and `serve --reset-password`, with a real server."""

import argparse
import io
import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from merchant_desk.cli import people
from merchant_desk.cli.main import main
from merchant_desk.desk import Desk
from merchant_desk.domain.refusals import Refusal
from merchant_desk.sync.administration import SignInTry
from merchant_desk.sync.server_faults import DeskRetired
from merchant_desk.sync.transport import ServerProblem
from tests.helpers.web_server import PortServer
from tests.server.running import ROOT, command, enrol, running
from tests.server.web import PASSWORD

Run = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command as the manager; return its exit code and what it told as JSON."""
    monkeypatch.setenv("MERCHANT_DESK_PASSWORD", PASSWORD)

    def run(*words: str, stdin: str = "") -> tuple[int, dict[str, Any]]:
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        code = main([*words, "--profile", str(folder), "--login", "manager", "--json"])
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else {"said": err}

    return run


def everybody(run: Run) -> dict[str, dict[str, Any]]:
    code, told = run("people", "list")
    assert code == 0
    return {one["login"]: one for one in told["people"]}


def test_a_person_from_the_first_to_the_last_line(run: Run, folder: Path) -> None:
    assert run("people", "add", "lin", "小林", "--badge", "P:77", "--role", "clerk", "--outlet", "cg") == (
        0,
        {"status": "applied"},
    )
    lin = everybody(run)["lin"]
    assert (lin["name"], lin["badge"], lin["roles"]) == ("小林", "P:77", ["clerk:CG"])
    assert (lin["password"], lin["locked"]) == (False, False)
    assert run("people", "role", "lin", "grant", "viewer")[0] == 0
    assert run("people", "role", "lin", "revoke", "clerk", "--outlet", "CG")[0] == 0
    assert run("people", "badge", "P:77", "P:78")[0] == 0
    assert everybody(run)["lin"] | {"roles": ["viewer:*"], "badge": "P:78"} == everybody(run)["lin"]
    code, told = run("people", "reset", "lin")
    assert code == 0
    assert run("people", "pin", "lin", stdin="9042\n")[0] == 0
    with Desk.open(folder, demo=True) as desk:
        desk.sign_in("lin", told["password"])
        desk.sign_in("P:78", pin="9042")
        for n in range(5):
            with pytest.raises(Refusal):
                desk.sign_in("lin", f"wrong {n}")
    assert everybody(run)["lin"]["locked"]
    assert run("people", "unlock", "lin")[0] == 0
    assert not everybody(run)["lin"]["locked"]


def test_what_is_refused_says_so_in_both_languages(run: Run) -> None:
    for words, zh, en in (
        (("add", "worker", "仓管二"), "已被使用", "is taken"),
        (("role", "worker", "revoke", "clerk"), "没有这个角色", "not have this role"),
        (("reset", "nobody"), "没有这个人", "no such person"),
        (("badge", "worker", "77"), "P: 开头", "begins with P:"),
        (("pin", "worker"), "只能是数字", "digits only"),
        (
            ("add", "lin", "小林", "--role", "clerk", "--outlet", "XX"),
            "没有代码为 XX 的门店",
            "no outlet with the code",
        ),
    ):
        code, told = run("people", *words)
        assert code == 1, (words, told)
        assert zh in told["said"]
        assert en in told["said"]
    assert "lin" not in everybody(run)


def test_without_a_server_it_is_a_request(server: PortServer, run: Run) -> None:
    server.stop()
    code, told = run("people", "add", "lin", "小林")
    assert (code, told["status"], told["why"]) == (0, "requested", "unreachable")
    code, told = run("people", "list")
    assert (told["states_known"], told["requested"]) == (False, 1)
    assert {one["locked"] for one in told["people"]} == {None}
    assert run("people", "reset", "worker")[0] == 1
    server.start()
    assert run("people", "badge", "worker", "P:9")[1] == {"status": "applied"}
    assert "lin" in everybody(run)


def test_ones_own_password(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    code, told = run("people", "password", stdin="guessed\n白水-sesame-8\n")
    assert code == 1
    assert "不对" in told["said"]
    assert run("people", "password", stdin=f"{PASSWORD}\n白水-sesame-8\n")[0] == 0
    assert run("people", "list")[0] == 1
    monkeypatch.setenv("MERCHANT_DESK_PASSWORD", "白水-sesame-8")
    assert run("people", "list")[0] == 0


def test_a_code_while_the_server_runs(run: Run, tmp_path: Path) -> None:
    code, told = run("invite", "--hours", "2", "--grant", "cost")
    assert code == 0
    with Desk.enrol(tmp_path / "new", told["code"], "收银台 2", demo=True) as new:
        assert new.identity.code == "02"
    code, told = run("invite", "XX")
    assert (code, "没有代码为 XX 的门店" in told["said"]) == (1, True)
    code, told = run("invite", "--hours", "9999")
    assert (code, "336" in told["said"]) == (1, True)


def test_the_last_manager_is_let_in_by_who_is_at_the_server(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with running(data, "--init", "青石供销社", "--plain-http") as server:
        desk = enrol(server, "01")
        first = server.ready["founded"]["password"]
        desk.api.sign_in(SignInTry("manager", first))
        for n in range(5):
            with pytest.raises(ServerProblem):
                desk.api.sign_in(SignInTry("manager", f"wrong {n}"))
        with pytest.raises(ServerProblem) as locked:
            desk.api.sign_in(SignInTry("manager", first))
        assert locked.value.problem == "sign_in_locked"
        desk.close()
        token = desk.enrolled.token
        server.stop()
    with running(data, "--plain-http", "--invite", "01", "--reset-password", "manager") as server:
        new = server.ready["passwords"]["manager"]
        assert new != first
        desk = enrol(server, "01")
        assert desk.enrolled.token != token
        assert desk.api.sign_in(SignInTry("manager", new)).login == "manager"
        desk.close()
        assert new not in server.log.read_text("utf-8")


def test_why_nobody_knows_who_is_locked_is_said(
    server: PortServer, run: Run, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A worker may not ask, and where another answers than the server there is nobody to ask."""
    run("people", "add", "lin", "小林")
    code, told = run("people", "reset", "lin")
    assert code == 0
    with Desk.open(folder, demo=True) as desk:
        desk.sign_in("lin", told["password"])
        why = _listed(desk)
        assert (why["states_known"], why["why"]) == (False, "not_allowed")
        assert "权" in why["zh"]
        assert "right" in why["en"] or "allowed" in why["en"]
    with Desk.open(folder, demo=True, server_url="http://127.0.0.1:9") as desk:
        desk.sign_in("manager", PASSWORD)
        why = _listed(desk)
        assert why["why"] == "unreachable"
        assert "连不上服务器" in why["zh"]
    assert capsys.readouterr().err == ""


def _listed(desk: Desk) -> dict[str, Any]:
    told, said = people.ACTS["list"](desk, argparse.Namespace())
    assert told["zh"] in said
    assert told["en"] in said
    return told


def test_output_that_nobody_reads_any_more_is_no_failure_to_be_told(folder: Path) -> None:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    words = command("doctor", "--profile", str(folder), "--offline")
    with subprocess.Popen(
        words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as ran:
        assert ran.stdout is not None
        assert ran.stderr is not None
        ran.stdout.close()
        said = ran.stderr.read()
        ran.wait(60)
    assert said == ""


def test_who_leaves_is_archived_and_brought_back(run: Run) -> None:
    assert run("people", "archive", "manager")[0] == 1, "nobody archives himself"
    for _ in range(2):
        assert run("people", "archive", "worker") == (0, {"status": "applied"})
    worker = everybody(run)["worker"]
    assert (worker["archived"], worker["badge"]) == (True, "")
    assert run("people", "restore", "worker") == (0, {"status": "applied"})
    assert not everybody(run)["worker"]["archived"]
    code, told = run("people", "archive", "nobody")
    assert (code, "没有这个人" in told["said"], "no such person" in told["said"]) == (1, True, True)


def test_a_desk_is_retired_by_its_code(server: PortServer, run: Run, tmp_path: Path) -> None:
    with server.desk(tmp_path / "stolen") as stolen:
        number = stolen.identity.code
        assert run("people", "retire-desk", "99", "--reason", "stolen")[0] == 1
        assert "reason" in run("people", "retire-desk", number, "--reason", " ")[1]["said"]
        assert run("people", "retire-desk", number, "--reason", "stolen") == (
            0,
            {"status": "applied", "own": False},
        )
        with pytest.raises(DeskRetired):
            stolen.sync()
    assert run("people", "retire-desk", "01", "--reason", "sold") == (0, {"status": "applied", "own": True})
    code, told = run("people", "archive", "worker")
    assert code == 1
    assert "retired" in told["said"], told


def test_what_is_refused_after_a_new_enrolment_is_told_once(
    server: PortServer, folder: Path, run: Run, capsys: pytest.CaptureFixture[str]
) -> None:
    server.stop()
    assert run("people", "add", "lin", "小林", "--role", "clerk")[1]["status"] == "requested"
    server.start()
    code = server.code()
    assert main(["enrol", code, "--profile", str(folder), "--yes"]) == 0
    said = capsys.readouterr().out
    assert "补发的操作中有 2 项被服务器拒绝" in said
    assert "The server refused some of what was sent: 2" in said
    assert "lin" not in everybody(run)
    goods = folder.parent / "goods.csv"
    goods.write_text("货号,名称,单位\nTEA-1,茶叶,盒\n", "utf-8")
    voice = ["import", "products", str(goods), "--profile", str(folder), "--login", "manager", "--json"]
    assert main([*voice]) == 0
    told = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["waiting"], one["refused"]) for one in told if one.get("type") == "sync"] == [(0, 0)]
