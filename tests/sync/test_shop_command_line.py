"""`merchant-desk shop`, with a real server: what a manager sets up without a window."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from merchant_desk.cli.main import main
from tests.helpers.web_server import PortServer
from tests.server.web import PASSWORD

Run = Callable[..., dict[str, Any]]
URL = "https://example.com/?no={tracking}"


@pytest.fixture
def run(
    server: PortServer, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Run:
    """Run `shop` as the manager; return what it told as JSON, or what was said of a refusal."""
    with server.desk(tmp_path / "desk") as desk:
        desk.sign_in("manager", PASSWORD)
    monkeypatch.setenv("MERCHANT_DESK_PASSWORD", PASSWORD)

    def run(*words: str) -> dict[str, Any]:
        code = main(["shop", *words, "--profile", str(tmp_path / "desk"), "--login", "manager", "--json"])
        out, err = capsys.readouterr()
        told: dict[str, Any] = json.loads(out) if out else {"said": err}
        assert (code == 0) is ("said" not in told)
        return told

    return run


def test_a_shop_is_set_up_from_the_command_line(run: Run) -> None:
    applied = {"status": "applied"}
    assert run("add-outlet", "ZH", "镇上", "--zone", "Asia/Urumqi", "--day-start", "04:30") == applied
    assert run("rename", "outlets", "zh", "镇上店") == applied
    assert [(one["code"], one["name"], one["desks"]) for one in run("list", "outlets")["outlets"]][-1] == (
        "ZH",
        "镇上店",
        0,
    )
    for typed in ("25:00", "12:75", "noon"):
        said = run("add-outlet", "NO", "x", "--day-start", typed)["said"]
        assert f"「{typed}」不是一天中的时刻：应写成 HH:MM，从 00:00 到 23:59" in said
        assert f"{typed} is no time of day; write it as HH:MM, from 00:00 to 23:59" in said
    assert "labels begin with it" in run("add-outlet", "城关", "x")["said"]
    assert "exists already" in run("add-outlet", "ZH", "x")["said"]

    assert run("add-supplier", "MILL", "Mill") == applied
    assert run("archive", "suppliers", "mill") == applied
    assert [one["archived"] for one in run("list", "suppliers")["suppliers"] if one["code"] == "MILL"] == [1]
    assert run("restore", "suppliers", "MILL") == applied

    assert run("add-carrier", "POST", "Post", "--tracking-url", URL) == applied
    assert "{tracking}" in run("tracking-url", "POST", "https://example.com/")["said"]
    assert run("usual-carrier", "post") == applied


def test_taxes_and_the_currency_are_set_up_from_the_command_line(run: Run) -> None:
    applied = {"status": "applied"}
    assert run("add-tax", "V13", "VAT", "13%", "--from", "2019-04-01") == applied
    assert run("tax-rate", "V13", "9.5", "--from", "2099-01-01") == applied
    assert run("usual-tax", "V13") == applied
    assert run("list", "taxes")["taxes"][0]["rates"] == "20190401:130000 20990101:95000"
    assert "is 13% from 2019-04-01 already" in run("tax-rate", "V13", "16", "--from", "2019-04-01")["said"]
    assert run("list", "taxes")["taxes"][0]["rates"] == "20190401:130000 20990101:95000"
    assert run("tax-rate", "V13", "16", "--from", "2019-04-01", "--correct") == applied
    assert run("list", "taxes")["taxes"][0]["rates"] == "20190401:160000 20990101:95000"
    assert "between 0% and 100%" in run("tax-rate", "V13", "101")["said"]
    assert "Nothing has the code" in run("usual-tax", "V99")["said"]
    assert run("assign-tax", "V13", "RICE") == {**applied, "products": 1}
    assert run("assign-tax", "-", "--category", "粮油") == {**applied, "products": 1}

    assert run("currency") == {"currency": "CNY"}
    assert "no currency code" in run("currency", "RMB")["said"]
    assert run("currency", "USD") == applied
    assert run("currency") == {"currency": "USD"}


def test_without_the_server_what_is_the_desks_own_is_saved_and_the_rest_is_asked_for(
    server: PortServer, run: Run
) -> None:
    server.stop()
    assert run("add-supplier", "MILL", "Mill")["status"] == "saved"
    assert run("add-outlet", "ZH", "镇上")["status"] == "requested"


def test_a_second_warehouse_from_the_command_line(run: Run) -> None:
    applied = {"status": "applied"}
    assert run("add-warehouse", "cg", "CG2", "后仓") == applied
    assert "has the code cg2 already" in run("add-warehouse", "CG", "cg2", "x")["said"]
    assert "NO" in run("add-warehouse", "NO", "X1", "x")["said"]
    assert run("rename-warehouse", "cg2", "冷库") == applied
    assert [(one["code"], one["name"], one["here"]) for one in run("warehouses")["warehouses"]] == [
        ("CG", "城关门店", False),
        ("CG2", "冷库", False),
    ]
    assert run("work-in", "cg2") == {**applied, "warehouse": "CG2"}
    assert [one["code"] for one in run("warehouses")["warehouses"] if one["here"]] == ["CG2"]
    assert "CG, CG2" in run("work-in", "CG9")["said"]
    assert run("close-warehouse", "CG2", "--reason", "租约到期") == applied
    assert "only open warehouse" in run("close-warehouse", "CG", "--reason", "x")["said"]
    assert [(one["code"], one["closed"]) for one in run("warehouses")["warehouses"] if one["here"]] == [
        ("CG", False)
    ], "the only one that is open needs no choice"
    assert run("reopen-warehouse", "CG2") == applied
    assert run("rename", "outlets", "CG", "总店") == applied
    assert [one["name"] for one in run("warehouses")["warehouses"]] == ["城关门店", "冷库"]
