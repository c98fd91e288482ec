"""`merchant-desk opening` as people and scripts call it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from merchant_desk.cli.main import main
from tests.helpers.shop import PASSWORD, Shop

Run = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture
def run(shop: Shop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on the manager's desk, closed and offline; return its exit code and JSON lines."""
    desk = shop.desk("manager")
    folder = desk.runtime.profile.folder
    desk.close()
    monkeypatch.setenv("MERCHANT_DESK_PASSWORD", PASSWORD)

    def run(*words: object) -> tuple[int, list[dict[str, Any]]]:
        given = [*(str(word) for word in words), "--profile", str(folder), "--login", "manager", "--json"]
        code = main(given)
        return code, [json.loads(text) for text in capsys.readouterr().out.splitlines() if text[:1] == "{"]

    return run


def test_from_a_file_to_going_live(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "stock.csv"
    path.write_text("货号,库位,数量,单位成本\nRICE-10,A-01,7,50\nNONE,A-01,1,1\n", encoding="utf-8")
    code, told = run("import", "stock", path, "--no-sync")
    assert code == 3
    assert [one["written"] for one in told if one["type"] == "result"] == [1]
    errors = CalamineWorkbook.from_path(tmp_path / "stock.import.xlsx").get_sheet_by_index(0).to_python()
    assert errors[1][:2] == ["NONE", "A-01"]
    assert "没有货号或条码为“NONE”的商品" in str(errors[1][4])
    assert run("opening", "plan", "2099-12-01")[1][0]["day"] == 20991201
    assert run("opening", "plan", "2020-01-01")[0] == 1
    (checked,) = run("opening", "check")[1]
    assert (checked["day"], checked["stated"], checked["live_at"]) == (20991201, 1, None)
    assert not [one for one in checked["checks"] if one["blocks"]]
    code, (undone,) = run("opening", "undo")
    assert (code, undone["taken_back"], undone["kept"], undone["counts"]) == (0, 1, 0, 0)
    assert undone["waiting"]
    assert run("opening", "live")[0] == 1
    assert run("opening", "check")[1][0]["live_at"] is None
    assert run("opening", "live", "--yes")[0] == 0
    assert run("opening", "undo")[0] == 1
    assert run("import", "stock", path, "--no-sync")[0] == 1
