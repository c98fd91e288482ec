"""What stands around a code, and the queue."""

import pytest

from merchant_desk.ui.scanner.hub import decoded
from merchant_desk.ui.scanner.settings import ScannerSettings
from merchant_desk.ui.scanner.source import CapturedScan, ScanQueue, body


@pytest.mark.parametrize(
    ("frame", "settings", "text", "aim", "complaints"),
    [
        ("]E06901234567892", ScannerSettings(), "6901234567892", "]E0", ()),
        ("]E06901234567892", ScannerSettings(strip_aim=False), "]E06901234567892", "]E0", ()),
        ("\x02]C101\x1d10A\x03", ScannerSettings(prefix="\x02", suffix="\x03"), "01\x1d10A", "]C1", ()),
        ("6901", ScannerSettings(prefix="~"), "6901", None, ("prefix_missing",)),
        ("~6901", ScannerSettings(prefix="~", suffix="!"), "6901", None, ("suffix_missing",)),
        ("10A{GS}21B~1", ScannerSettings(gs_substitutes=("{GS}", "~")), "10A\x1d21B\x1d1", None, ()),
        ("10A~21B", ScannerSettings(), "10A~21B", None, ()),
    ],
)
def test_the_body_of_a_frame(
    frame: str, settings: ScannerSettings, text: str, aim: str | None, complaints: tuple[str, ...]
) -> None:
    found = body(frame, settings)
    assert (found.text, found.aim, found.complaints) == (text, aim, complaints)


def test_bytes_are_decoded_and_never_lost() -> None:
    assert decoded("货位A".encode(), "utf-8") == ("货位A", ())
    assert decoded("货位A".encode("gb18030"), "gb18030") == ("货位A", ())
    text, complaints = decoded(b"\xff\xfe6901", "utf-8")
    assert text.encode("latin-1") == b"\xff\xfe6901"
    assert complaints == ("not_in_encoding",)


def test_the_queue_hands_out_in_order() -> None:
    queue = ScanQueue()
    scans = [CapturedScan(b"", str(i), None, "wedge", i, i) for i in range(3)]
    for scan in scans:
        queue.put(scan)
    assert list(queue) == scans
    assert [queue.take() for _ in scans] == scans
    assert len(queue) == 0
    with pytest.raises(IndexError):
        queue.take()
