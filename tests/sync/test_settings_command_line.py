"""`merchant-desk settings`, with a real server: listed, found, decided, taken back, refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from merchant_desk.cli.main import main
from merchant_desk.domain.settings_known import KNOWN
from tests.server.web import PASSWORD

Run = Callable[..., tuple[int, Any]]


@pytest.fixture
def run(folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command; return its exit code and what it told: JSON, or words."""
    monkeypatch.setenv("MERCHANT_DESK_PASSWORD", PASSWORD)

    def run(*words: str, login: str = "manager", plain: bool = False) -> tuple[int, Any]:
        told = [] if plain else ["--json"]
        code = main(["settings", *words, "--profile", str(folder), "--login", login, *told])
        out, err = capsys.readouterr()
        return code, err if code else out if plain else json.loads(out)

    return run


def test_every_setting_is_listed_in_both_languages(run: Run) -> None:
    code, told = run("list")
    assert (code, [one["key"] for one in told]) == (0, list(KNOWN))
    volume = next(one for one in told if one["key"] == "sounds.volume")
    assert (volume["value"], volume["level"], volume["default"], volume["levels"]) == (
        100,
        "default",
        100,
        {},
    )
    assert (volume["zh"]["name"], volume["en"]["name"]) == ("音量", "Volume")
    assert run("list", "--differing") == (0, [])
    assert [one["key"] for one in run("list", "音量")[1]] == ["sounds.volume"]
    assert "sounds.volume" in run("list", login="", plain=True)[1], "looking needs nobody's password"


def test_a_setting_is_decided_and_taken_back_at_each_level(run: Run) -> None:
    for level, typed in (("merchant", "30"), ("outlet", "20"), ("desk", "5")):
        code, told = run("set", "lock.minutes", typed, "--level", level)
        assert (code, told["value"], told["level"]) == (0, int(typed), level)
    assert told["levels"] == {"merchant": 30, "outlet": 20, "desk": 5}
    assert told["waiting"] == 0, "what travels was sent"
    assert [(one["level"], one["value"], one["person"]) for one in told["changes"]] == [
        ("outlet", "20", "店长"),
        ("merchant", "30", "店长"),
    ]
    assert [one["key"] for one in run("list", "--differing")[1]] == ["lock.minutes"]
    for level, left in (("desk", 20), ("outlet", 30), ("merchant", 15)):
        code, told = run("set", "lock.minutes", "--default", "--level", level)
        assert (code, told["value"]) == (0, left)
    assert told["level"] == "default"
    assert "merchant: 30 -> -" in run("get", "lock.minutes", plain=True)[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("set", "moon.phase", "full"), "没有「moon.phase」这项设置"),
        (("set", "lock.minutes", "soon"), "不是整数"),
        (("set", "lock.minutes", "481"), "不在 0 到 480 之间"),
        (("set", "lock.minutes"), "--default"),
        (("set", "lock.minutes", "5", "--default"), "--default"),
        (("set", "sounds.volume", "5", "--level", "outlet"), "「门店」这一级"),
        (("get", "moon.phase"), "There is no setting moon.phase"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_decided(run: Run, words: tuple[str, ...], said: str) -> None:
    code, told = run(*words)
    assert code == 1
    assert said in told
    assert run("list", "--differing") == (0, [])
