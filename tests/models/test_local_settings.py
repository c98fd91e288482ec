"""Does what a desk decided for itself come back, and does a spoiled file harm nobody?"""

import json
from pathlib import Path
from uuid import UUID

import pytest

from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.settings import Level
from merchant_desk.domain.settings_known import LOCK_MINUTES, SCANNER, VOLUME
from merchant_desk.models.faults import FileUnusable
from merchant_desk.models.local_settings import FILE, LocalSettings

SOMEBODY = UUID(int=7)


def test_what_was_decided_comes_back_with_who_and_when(tmp_path: Path) -> None:
    here = LocalSettings(tmp_path)
    here.decide({"sounds.volume": 40, "scanner.prefix": "\x02", "scanner.gs_keys": ("f8",)}, SOMEBODY, 5)
    again = LocalSettings(tmp_path)
    assert again.decisions == here.decisions
    assert again.decisions.value(VOLUME) == 40
    assert again.decisions.value(SCANNER["prefix"]) == "\x02"
    assert {(one.set_by, one.set_at, one.level) for one in again.standing} == {(SOMEBODY, 5, Level.DESK)}


def test_a_decision_taken_back_leaves_the_default(tmp_path: Path) -> None:
    here = LocalSettings(tmp_path)
    here.decide({"lock.minutes": 5}, SOMEBODY, 1)
    here.decide({"lock.minutes": None}, SOMEBODY, 2)
    assert LocalSettings(tmp_path).decisions.level(LOCK_MINUTES) is None


def test_several_are_decided_together_or_not_at_all(tmp_path: Path) -> None:
    here = LocalSettings(tmp_path)
    heard: list[frozenset[str]] = []
    stop = here.listen(heard.append)
    for wrong in (
        {"lock.minutes": 5, "moon": 1},
        {"lock.minutes": 5, "sounds.volume": 101},
        {"scale.21": ""},
    ):
        with pytest.raises(Refusal):
            here.decide(wrong, SOMEBODY, 1)
    assert not (tmp_path / FILE).exists()
    here.decide({"lock.minutes": 5, "sounds.volume": 7}, SOMEBODY, 1)
    here.decide({"lock.minutes": 5}, SOMEBODY, 2)
    stop()
    here.decide({"lock.minutes": 6}, SOMEBODY, 3)
    assert heard == [{"lock.minutes", "sounds.volume"}], "what stands already is no news"


@pytest.mark.parametrize(
    "spoiled",
    ["not json", "[]", '{"lock.minutes": 5}', '{"lock.minutes": ["\\"soon\\"", 1, ""], "x": ["1", 1, ""]}'],
)
def test_a_spoiled_file_is_as_none(tmp_path: Path, spoiled: str) -> None:
    (tmp_path / FILE).write_text(spoiled, "utf-8")
    assert LocalSettings(tmp_path).decisions.values == {}


def test_what_is_not_understood_costs_nothing_else_and_stays_in_the_file(tmp_path: Path) -> None:
    here = LocalSettings(tmp_path)
    here.decide({"lock.minutes": 5, "scanner.prefix": "\x02", "scanner.terminators": ("enter",)}, SOMEBODY, 1)
    newer = {"value": "x"}
    told = json.loads((tmp_path / FILE).read_text("utf-8"))
    without_suffix = ['["suffix"]', 1, ""]
    (tmp_path / FILE).write_text(
        json.dumps(told | {"look.newer": newer, "scanner.terminators": without_suffix}), "utf-8"
    )
    again = LocalSettings(tmp_path)
    assert again.decisions.value(LOCK_MINUTES) == 5
    assert again.decisions.level(SCANNER["prefix"]) is None, "how it ends does not go with it"
    again.decide({"sounds.volume": 40}, None, 2)
    assert json.loads((tmp_path / FILE).read_text("utf-8"))["look.newer"] == newer
    assert LocalSettings(tmp_path).decisions.value(LOCK_MINUTES) == 5


def test_a_folder_that_cannot_be_written_takes_no_decision(tmp_path: Path) -> None:
    here = LocalSettings(tmp_path / "gone")
    with pytest.raises(FileUnusable) as caught:
        here.decide({"lock.minutes": 5}, SOMEBODY, 1)
    assert (caught.value.path, caught.value.why) == (tmp_path / "gone" / f"{FILE}.new", "missing")
    assert here.decisions.level(LOCK_MINUTES) is None
    here.decide({"sounds.volume": 40}, None, 1)
    assert here.decisions.value(VOLUME) == 40, "what a desk follows counts while the program runs"


def test_without_a_folder_nothing_is_kept() -> None:
    here = LocalSettings()
    here.decide({"lock.minutes": 5}, None, 1)
    assert here.decisions.value(LOCK_MINUTES) == 5
