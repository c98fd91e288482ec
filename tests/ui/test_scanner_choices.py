"""What was chosen for a scanner survives a file, and a file that somebody spoiled harms nobody."""

import json

import pytest

from merchant_desk.ui.scanner.serial_port import SerialSettings
from merchant_desk.ui.scanner.settings import GsKey, Layout, ScannerSettings, Terminator
from merchant_desk.ui.scanner_choices import from_plain, serial_from_plain, serial_to_plain, to_plain

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


@pytest.mark.parametrize(
    "where", [SerialSettings("COM3"), SerialSettings("ttyACM0", 115_200, 0x0C2E, 0x0901, "SN-1")]
)
def test_a_serial_scanners_device_comes_back_from_a_file(where: SerialSettings) -> None:
    assert serial_from_plain(where.port, json.loads(json.dumps(serial_to_plain(where)))) == where


@pytest.mark.parametrize(
    "spoiled", [{"vendor": "0c2e"}, {"baud": None}, {"serial_number": 7}, {"vendor": True}]
)
def test_a_device_that_makes_no_sense_leaves_the_port(spoiled: dict[str, object]) -> None:
    assert serial_from_plain("COM3", spoiled) == SerialSettings("COM3")
