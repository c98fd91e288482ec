"""Serial scanners on pseudo-terminals: read, unplugged in mid-scan, and found again."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from merchant_desk.ui.scanner.reasons import RejectReason
from merchant_desk.ui.scanner.serial_port import PortInfo, SerialSettings, location_of, serial_ports
from merchant_desk.ui.scanner.settings import ScannerSettings, Terminator
from tests.helpers.scanner_wedge import Keyboard, SerialLine, settle
from tests.ui.scanner.conftest import Scenes

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals for a port")

EAN = "6901234567892"
Plug = Callable[[str], SerialLine]


@pytest.fixture
def plug(tmp_path: Path) -> Iterator[Plug]:
    lines: list[SerialLine] = []

    def build(name: str = "ttyS") -> SerialLine:
        lines.append(SerialLine(tmp_path / name))
        return lines[-1]

    yield build
    for line in lines:
        line.unplug()


def where(line: SerialLine) -> SerialSettings:
    return SerialSettings(str(line.path), retry_ms=50)


def test_a_serial_scan_comes_from_its_port(scene: Scenes, plug: Plug) -> None:
    here, line = scene(), plug("ttyS")
    here.hub.attach(where(line))
    assert here.hub.sources() == {"wedge": True, str(line.path): True}
    line.send(b"]C101095200000000" + b"10A\x1d21Z\r\n")
    here.bot.waitUntil(lambda: bool(here.heard.scans))
    (scan,) = here.heard.scans
    assert (scan.text, scan.aim, scan.source) == ("0109520000000010A\x1d21Z", "]C1", str(line.path))
    assert scan.raw == b"]C10109520000000010A\x1d21Z"
    assert here.desk.edit.text() == ""


def test_silence_ends_a_serial_scan(scene: Scenes, plug: Plug) -> None:
    here, line = scene(), plug("ttyS")
    here.hub.attach(where(line))
    line.send(b"69012")
    settle(here.bot, 20)
    line.send(b"34567892")
    settle(here.bot, 20)
    assert here.heard.scans == []
    here.bot.waitUntil(lambda: bool(here.heard.scans))
    assert here.heard.texts == [EAN]


def test_unplugged_in_mid_scan_is_said_and_its_bytes_are_kept(scene: Scenes, plug: Plug) -> None:
    here, line = scene(), plug("ttyS")
    lost: list[tuple[str, str]] = []
    found: list[str] = []
    here.hub.source_lost.connect(lambda source, why: lost.append((source, why)))
    here.hub.source_found.connect(found.append)
    scanner = here.hub.attach(where(line), ScannerSettings(terminators=frozenset({Terminator.ENTER})))
    line.send(b"1111\r69012")
    here.bot.waitUntil(lambda: here.heard.texts == ["1111"])
    line.unplug()
    here.bot.waitUntil(lambda: bool(lost))
    assert lost[0][0] == str(line.path)
    assert lost[0][1]
    (rejected,) = here.heard.rejected
    assert (rejected.raw, rejected.reason) == (b"69012", RejectReason.SOURCE_LOST)
    assert not scanner.connected
    settle(here.bot, 200)
    assert len(lost) == 1
    line.plug()
    here.bot.waitUntil(lambda: bool(found))
    line.send(b"2222\r")
    here.bot.waitUntil(lambda: here.heard.texts == ["1111", "2222"])
    assert here.hub.sources()[str(line.path)]


def test_a_scanner_that_is_not_there_yet_is_waited_for(scene: Scenes, plug: Plug) -> None:
    here, line = scene(), plug("ttyS")
    line.unplug()
    lost: list[str] = []
    here.hub.source_lost.connect(lambda source, why: lost.append(source))
    scanner = here.hub.attach(where(line))
    assert lost == [str(line.path)]
    line.plug()
    here.bot.waitUntil(lambda: scanner.connected)
    line.send(EAN.encode() + b"\r")
    here.bot.waitUntil(lambda: here.heard.texts == [EAN])


def test_detached_is_read_no_longer(scene: Scenes, plug: Plug) -> None:
    here, line = scene(), plug("ttyS")
    here.hub.attach(where(line), ScannerSettings(terminators=frozenset({Terminator.ENTER})))
    with pytest.raises(ValueError, match="already"):
        here.hub.attach(where(line))
    line.send(b"6901")
    settle(here.bot, 20)
    here.hub.detach(str(line.path))
    assert [one.raw for one in here.heard.rejected] == [b"6901"]
    assert here.hub.sources() == {"wedge": True}
    line.send(b"2222\r")
    settle(here.bot, 60)
    assert here.heard.scans == []
    with pytest.raises(KeyError):
        here.hub.detach(str(line.path))


def test_the_same_code_at_once_from_two_scanners_is_two_scans_and_no_bounce(
    scene: Scenes, plug: Plug
) -> None:
    here = scene()
    lines = [plug("ttyA"), plug("ttyB")]
    for line in lines:
        here.hub.attach(where(line))
    for line in lines:
        line.send(EAN.encode() + b"\r")
    here.type(Keyboard().plan(EAN + "\r"))
    assert here.heard.texts == [EAN] * 3
    assert here.heard.bounces == []
    lines[0].send(EAN.encode() + b"\r")
    here.bot.waitUntil(lambda: bool(here.heard.bounces))
    assert here.heard.bounces[0].source == str(lines[0].path)


def test_chinese_in_the_scanners_own_encoding(scene: Scenes, plug: Plug) -> None:
    here, line = scene(), plug("ttyS")
    here.hub.attach(where(line), ScannerSettings(encoding="gb18030"))
    line.send("货位-A1".encode("gb18030") + b"\r")
    here.bot.waitUntil(lambda: bool(here.heard.scans))
    assert here.heard.scans[0].text == "货位-A1"
    assert here.heard.scans[0].raw == "货位-A1".encode("gb18030")


def port(name: str, serial: str = "", vendor: int = 0x0C2E) -> PortInfo:
    return PortInfo(name, f"/dev/{name}", "", "", serial, vendor, 0x0CAA)


def test_a_usb_scanner_is_found_under_another_name() -> None:
    settings = SerialSettings("ttyACM0", vendor=0x0C2E, product=0x0CAA, serial_number="7")
    assert location_of(settings, (port("ttyACM3", "7"), port("ttyACM4", "8"))) == "/dev/ttyACM3"
    assert location_of(settings, (port("ttyACM4", "8"),)) == "ttyACM0"
    twins = SerialSettings("ttyACM1", vendor=0x0C2E, product=0x0CAA)
    assert location_of(twins, (port("ttyACM0"), port("ttyACM1"))) == "ttyACM1"
    assert location_of(SerialSettings("COM3"), (port("COM4"),)) == "COM3"


def test_ports_are_listed_by_name() -> None:
    names = [found.name for found in serial_ports()]
    assert names == sorted(names)
    assert all(found.location for found in serial_ports())
