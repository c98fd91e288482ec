"""What was chosen for a scanner survives a file, and a file that somebody spoiled harms nobody."""

from dataclasses import fields
from pathlib import Path

import pytest

from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.settings import Decisions
from merchant_desk.domain.settings_known import SCANNER, SERIAL
from merchant_desk.models.local_settings import FILE, LocalSettings
from merchant_desk.ui.scanner.serial_port import SerialSettings
from merchant_desk.ui.scanner.settings import GsKey, Layout, ScannerSettings, Terminator
from merchant_desk.ui.scanner_choices import (
    scanner_habits,
    scanner_settings,
    serial_habits,
    serial_settings,
)

CHOSEN = [
    ScannerSettings(),
    ScannerSettings(layout=next(one for one in Layout if one is not ScannerSettings().layout)),
    ScannerSettings(terminators=frozenset(list(Terminator)[:1]), gs_keys=frozenset({GsKey.F8})),
    ScannerSettings(prefix="\x02", suffix="\x03", gs_substitutes=("{GS}", "<GS>", "~"), unframed=False),
]


def test_every_habit_is_a_setting_and_stands_as_bought_by_default() -> None:
    assert {field.name for field in fields(ScannerSettings)} == set(SCANNER)
    assert scanner_settings(Decisions()) == ScannerSettings()
    assert set(SERIAL) == {field.name for field in fields(SerialSettings)} - {"retry_ms"}
    assert serial_settings(Decisions()) is None


@pytest.mark.parametrize("chosen", CHOSEN)
def test_settings_come_back_from_a_file(chosen: ScannerSettings, tmp_path: Path) -> None:
    LocalSettings(tmp_path).decide(scanner_habits(chosen), None, 1)
    assert scanner_settings(LocalSettings(tmp_path).decisions) == chosen


@pytest.mark.parametrize(
    "spoiled",
    [
        '{"scanner.layout": ["\\"dvorak\\"", 1, ""]}',
        '{"scanner.terminators": ["[\\"bell\\"]", 1, ""]}',
        '{"scanner.terminators": ["3", 1, ""]}',
        '{"scanner.gap_ms": ["-5", 1, ""]}',
        '{"scanner.terminators": ["[\\"suffix\\"]", 1, ""]}',
        '{"scanner.unframed": ["false", 1, ""]}',
        '{"scanner.colour": ["\\"red\\"", 1, ""]}',
    ],
)
def test_what_makes_no_sense_leaves_the_scanner_as_bought(spoiled: str, tmp_path: Path) -> None:
    (tmp_path / FILE).write_text(spoiled, "utf-8")
    assert scanner_settings(LocalSettings(tmp_path).decisions) == ScannerSettings()


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"scanner.terminators": ("suffix",)}, "scanner_needs_suffix"),
        ({"scanner.unframed": False}, "scanner_needs_prefix"),
        ({"scanner.encoding": "morse"}, "unknown_encoding"),
        ({"scanner.gs_substitutes": ("",)}, "not_a_text"),
    ],
)
def test_habits_that_no_scanner_can_have_are_refused(wrong: dict[str, object], code: str) -> None:
    here = LocalSettings()
    with pytest.raises(Refusal, match=code):
        here.decide(wrong, None, 1)  # type: ignore[arg-type]
    assert scanner_settings(here.decisions) == ScannerSettings()


@pytest.mark.parametrize(
    "where", [None, SerialSettings("COM3"), SerialSettings("ttyACM0", 115_200, 0x0C2E, 0x0901, "SN-1")]
)
def test_a_serial_scanners_device_comes_back_from_a_file(
    where: SerialSettings | None, tmp_path: Path
) -> None:
    LocalSettings(tmp_path).decide(serial_habits(where), None, 1)
    assert serial_settings(LocalSettings(tmp_path).decisions) == where
