"""Is nothing violated, whatever happens, and is it the same each time?"""

import json
import time
from typing import Any

import pytest

import merchant_desk
from merchant_desk.cli.main import main
from merchant_desk.rehearsal.blocks import Plan, blocks_of, rehearse, rehearse_block
from merchant_desk.rehearsal.cast import Found
from merchant_desk.rehearsal.shrinking import rule_of, shrink
from merchant_desk.sync.snapshot import Snapshots
from tests.rehearsal.plants import PLANTS

VERSION = merchant_desk.__version__
PLAN = Plan(desks=3, steps=80, version=VERSION)

pytestmark = pytest.mark.expects_log(".")  # trouble is what is rehearsed


@pytest.mark.parametrize("first", range(0, 40, 10))
def test_fixed_seeds_violate_nothing(first: int, long_run: bool) -> None:
    """The very seeds by which planted faults are found: without one they find nothing."""
    found = [rehearse(seed, PLAN) for seed in range(first, first + (10 if long_run else 2))]
    assert [(one.seed, one.step, one.violation) for one in found if one.violation] == []
    assert sum(one.operations for one in found) > 40
    assert len({fault for one in found for fault in one.faults}) > 10


def test_fresh_seeds_violate_nothing(long_run: bool) -> None:
    """Seeds that nobody has seen: which ones, the day says."""
    first = 1_000_000 + int(time.time()) // 86_400 * 100
    found = rehearse_block(first, first + (99 if long_run else 1), Plan(0, 100, VERSION, tries=0))
    assert [(one.seed, one.violation) for one in found.failures] == []


def test_the_same_seed_is_the_same_twice() -> None:
    first = rehearse(7, PLAN)
    assert rehearse(7, PLAN).trace == first.trace
    assert rehearse(8, PLAN).trace_hash != first.trace_hash


def test_desks_begin_by_ready_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that cannot be had is replaced by the feed without a word: then nothing of it is rehearsed."""
    found: list[bool] = []
    make = Snapshots.make_draft

    def told(snapshots: Snapshots, *rest: Any) -> bool:
        found.append(make(snapshots, *rest))
        return found[-1]

    monkeypatch.setattr(Snapshots, "make_draft", told)
    assert rehearse(0, PLAN).violation == ""
    assert found.count(True) > 1


def test_a_step_that_is_left_out_changes_no_dice_of_others() -> None:
    whole, without = rehearse(3, PLAN), rehearse(3, PLAN, frozenset(range(60, 81)))
    assert without.steps == 59
    lines = whole.trace.index("60")
    assert without.trace[:lines] == whole.trace[:lines]


def test_a_failure_is_made_as_short_as_it_gets(monkeypatch: pytest.MonkeyPatch) -> None:
    rehearse(0, PLAN)
    PLANTS["a_scan_counts_twice"](monkeypatch)
    found = next(one for seed in range(40) if (one := rehearse(seed, PLAN)).violation)

    def play(skip: frozenset[int]) -> Found:
        return rehearse(found.seed, PLAN, skip)

    best, kept = shrink(found, PLAN.steps, play, tries=40)
    assert rule_of(best.violation) == rule_of(found.violation)
    assert len(kept) < found.step / 2
    again = play(frozenset(range(1, PLAN.steps + 1)).difference(kept))
    assert again.violation == best.violation, "what is kept is enough"


def test_blocks_begin_at_the_same_seeds_wherever_a_range_begins() -> None:
    assert list(blocks_of(0, 250, 100)) == [(0, 99), (100, 199), (200, 250)]
    assert list(blocks_of(150, 210, 100)) == [(150, 199), (200, 210)]


def test_the_command_prints_a_row_a_block_and_tells_a_failure(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    order = ["rehearse", "--seeds", "0:1", "--block", "1", "--desks", "2", "--steps", "30", "--json"]
    assert main(order) == 0
    rows = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [row["seeds"] for row in rows] == ["0:0", "1:1"]
    assert [row["violations"] for row in rows] == [0, 0]
    assert all(len(row["trace_hash"]) == 16 and row["faults"] and row["steps"] == 30 for row in rows)
    PLANTS["the_feeds_numbers_have_gaps"](monkeypatch)
    assert main(["rehearse", "--seeds", "1", "--desks", "2", "--steps", "60", "--tries", "5"]) == 1
    told = capsys.readouterr().out
    assert "cursor: the feed goes from" in told
    assert "seed 1" in told


@pytest.mark.parametrize(
    "wrong",
    [["--seeds", "9:3"], ["--seeds", "x"], ["--desks", "13"], ["--desks", "0"], ["--steps", "0"]],
)
def test_what_cannot_be_rehearsed_is_misuse(wrong: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["rehearse", *wrong])
    assert ended.value.code == 2
