"""What was chosen for a scanner survives a file, and a file that somebody spoiled harms nobody."""

import json

import pytest

from merchant_desk.ui.scanner.settings import GsKey, Layout, ScannerSettings, Terminator
from merchant_desk.ui.scanner_choices import from_plain, to_plain

CHOSEN = [
    ScannerSettings(),
    ScannerSettings(layout=next(one for one in Layout if one is not ScannerSettings().layout)),
    ScannerSettings(terminators=frozenset(list(Terminator)[:1]), gs_keys=frozenset(GsKey)),
    ScannerSettings(prefix="\x02", suffix="\x03", gs_substitutes=("{GS}", "<GS>", "~")),
]


@pytest.mark.parametrize("chosen", CHOSEN)
def test_settings_come_back_from_a_file(chosen: ScannerSettings) -> None:
    assert from_plain(json.loads(json.dumps(to_plain(chosen)))) == chosen


@pytest.mark.parametrize(
    "spoiled",
    [{"layout": "dvorak"}, {"terminators": ["bell"]}, {"terminators": 3}, {"gs_keys": ["none"]}],
)
def test_what_makes_no_sense_leaves_the_scanner_as_bought(spoiled: dict[str, object]) -> None:
    assert from_plain(spoiled) == ScannerSettings()


def test_what_is_not_known_is_passed_over() -> None:
    assert from_plain({"colour": "red"}) == ScannerSettings()
