"""Settings that no scanner can have are refused."""

from typing import Any

import pytest

from merchant_desk.ui.scanner.settings import ScannerSettings, Terminator


@pytest.mark.parametrize(
    "wrong",
    [
        {"gap_ms": 0},
        {"framed_gap_ms": -1},
        {"grace_ms": 0},
        {"min_length": 0},
        {"bounce_ms": -1},
        {"terminators": frozenset()},
        {"terminators": frozenset({Terminator.SUFFIX})},
        {"unframed": False},
        {"gs_substitutes": ("",)},
        {"encoding": "morse"},
    ],
)
def test_impossible_habits_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        ScannerSettings(**wrong)


def test_the_defaults_are_those_of_a_wedge_as_bought() -> None:
    settings = ScannerSettings()
    assert (settings.gap_ms, settings.grace_ms, settings.min_length, settings.bounce_ms) == (35, 15, 4, 400)
    assert {Terminator.ENTER, Terminator.TAB, Terminator.SILENCE} == settings.terminators


def test_only_a_prefix_that_nobody_types_is_a_control_prefix() -> None:
    assert ScannerSettings(prefix="\x02").control_prefix
    assert not ScannerSettings(prefix="~").control_prefix
    assert not ScannerSettings().control_prefix
