"""`merchant-desk import --correct` and `--only-new`, and what is asked where neither is said."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from merchant_desk.cli.main import main
from tests.helpers.shop import PASSWORD, Shop

FIRST = "sku,name,price\nC1,醋,5.00\nC2,茶,3.00\n"
RIGHT = "sku,name,price\nC1,陈醋,6.50\nC2,,\nC3,盐,1.00\n"
Run = Callable[..., tuple[int, list[dict[str, Any]]]]


class Terminal(io.StringIO):
    """What a person types."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def words(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The end of every command: the manager's desk, closed and offline."""
    desk = shop.desk("manager")
    folder = desk.runtime.profile.folder
    desk.close()
    monkeypatch.setenv("MERCHANT_DESK_PASSWORD", PASSWORD)
    return ["--profile", str(folder), "--login", "manager", "--no-sync"]


@pytest.fixture
def run(words: list[str], capsys: pytest.CaptureFixture[str]) -> Run:
    def run(*given: object) -> tuple[int, list[dict[str, Any]]]:
        code = main(["import", *map(str, given), *words, "--json"])
        return code, [json.loads(text) for text in capsys.readouterr().out.splitlines()]

    return run


def of_type(lines: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [one for one in lines if one["type"] == kind]


def file(folder: Path, text: str) -> Path:
    path = folder / "goods.csv"
    path.write_text(text, encoding="utf-8")
    return path


def counts(lines: list[dict[str, Any]]) -> tuple[int, ...]:
    (result,) = of_type(lines, "result")
    return tuple(result[name] for name in ("new", "corrected", "standing", "written", "corrected_rows"))


def test_a_script_only_adds_unless_it_says_otherwise(run: Run, tmp_path: Path) -> None:
    run("products", file(tmp_path, FIRST))
    path = file(tmp_path, RIGHT)
    code, told = run("products", path, "--dry-run", "--correct")
    assert (code, counts(told)) == (0, (1, 1, 1, 0, 0))
    (noticed,) = (one for one in of_type(told, "noticed") if one["row"] == 2)
    assert noticed["changes"] == [
        {"field": "name", "was": "醋", "now": "陈醋"},
        {"field": "price", "was": "5", "now": "6.5"},
    ]
    assert noticed["en"].endswith("name 醋 → 陈醋; price 5 → 6.5")
    code, told = run("products", path)
    assert (code, counts(told)) == (0, (1, 0, 2, 1, 0))
    assert of_type(told, "kept")[0]["rows"] == 1
    code, told = run("products", path, "--correct")
    assert (code, counts(told), of_type(told, "kept")) == (0, (0, 1, 2, 0, 1), [])
    (result,) = of_type(told, "result")
    code, told = run("undo", result["job"])
    assert (code, of_type(told, "undone")[0]["taken_back"]) == (0, 1)
    assert of_type(told, "left_alone") == []


def test_both_at_once_are_misused(run: Run, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as ended:
        run("products", file(tmp_path, FIRST), "--correct", "--only-new")
    assert ended.value.code == 2


def test_an_undo_names_what_it_left_alone(run: Run, tmp_path: Path) -> None:
    run("products", file(tmp_path, FIRST))
    _, told = run("products", file(tmp_path, RIGHT), "--correct")
    (result,) = of_type(told, "result")
    run("products", file(tmp_path, RIGHT.replace("6.50", "7.00")), "--correct")
    _, told = run("undo", result["job"])
    (left,) = of_type(told, "left_alone")
    assert (left["code"], left["field"], left["stands"], left["before"]) == ("C1", "price", "7", "5")


@pytest.mark.parametrize(("answer", "corrected"), [("y\n", 1), ("是\n", 1), ("n\n", 0), ("", 0)])
def test_a_person_is_asked_once_and_silence_is_no(
    run: Run,
    words: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    answer: str,
    corrected: int,
) -> None:
    run("products", file(tmp_path, FIRST))
    shown = Terminal()
    with monkeypatch.context() as patch:
        patch.setattr("sys.stdin", Terminal(answer))
        patch.setattr("sys.stdout", shown)
        assert main(["import", "products", str(file(tmp_path, RIGHT)), *words]) == 0
    said = shown.getvalue()
    assert said.count("[y/N]") == 1
    assert "name 醋 → 陈醋; price 5 → 6.5" in said
    assert ("--correct" in said) == (not corrected)
    assert f"corrected {corrected};" in said.split("Imported.")[1]
    _, told = run("products", file(tmp_path, RIGHT), "--dry-run", "--correct")
    assert counts(told)[1] == 1 - corrected


def test_a_person_is_not_asked_where_nothing_differs(
    run: Run, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = Terminal()
    with monkeypatch.context() as patch:
        patch.setattr("sys.stdin", Terminal())
        patch.setattr("sys.stdout", shown)
        assert main(["import", "products", str(file(tmp_path, FIRST)), *words]) == 0
    assert "[y/N]" not in shown.getvalue()
