"""Serial bytes become frames, however they are cut into packets."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.ui.scanner.lines import LONGEST, Line, LineReader
from merchant_desk.ui.scanner.reasons import RejectReason
from merchant_desk.ui.scanner.settings import ScannerSettings, Terminator

ENTER_ONLY = ScannerSettings(terminators=frozenset({Terminator.ENTER}))
BY_SUFFIX = ScannerSettings(prefix="\x02", suffix="\x03", terminators=frozenset({Terminator.SUFFIX}))


def raws(lines: list[Line]) -> list[bytes]:
    assert all(line.reason is None for line in lines)
    return [line.raw for line in lines]


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n", b"\t", b"\r\r"])
def test_terminators(end: bytes) -> None:
    reader = LineReader(ScannerSettings())
    assert raws(reader.feed(b"6901" + end + b"A1\x1d2" + end)) == [b"6901", b"A1\x1d2"]
    assert reader.partial == b""


@given(
    st.lists(st.binary(min_size=1, max_size=30).filter(lambda raw: not set(raw) & set(b"\r\n\t"))),
    st.lists(st.integers(1, 9), min_size=1),
    st.sampled_from([b"\r", b"\n", b"\r\n", b"\t"]),
)
def test_packets_are_no_frames(codes: list[bytes], cuts: list[int], end: bytes) -> None:
    stream = b"".join(code + end for code in codes)
    reader = LineReader(ScannerSettings())
    found: list[Line] = []
    while stream:
        for cut in cuts:
            found += reader.feed(stream[:cut])
            stream = stream[cut:]
    assert raws(found) == codes
    assert reader.partial == b""


def test_data_between_prefix_and_suffix_may_hold_line_ends() -> None:
    reader = LineReader(BY_SUFFIX)
    assert raws(reader.feed(b"\x02line one\r\nline two\x03\r\n\x026901\x03")) == [
        b"\x02line one\r\nline two\x03",
        b"\x026901\x03",
    ]


def test_silence_ends_a_frame_or_refuses_it() -> None:
    reader = LineReader(ScannerSettings())
    assert reader.feed(b"6901") == []
    assert raws(reader.silence()) == [b"6901"]
    assert reader.silence() == []
    strict = LineReader(ENTER_ONLY)
    strict.feed(b"6901")
    assert strict.silence() == [Line(b"6901", RejectReason.UNTERMINATED)]


def test_a_flood_without_ends_is_refused_in_pieces_and_no_byte_of_it_is_a_code() -> None:
    reader = LineReader(ScannerSettings())
    lines = reader.feed(b"x" * (2 * LONGEST + 7) + b"\r" + b"6901\r")
    assert [line.reason for line in lines] == [RejectReason.TOO_LONG] * 3 + [None]
    assert b"".join(line.raw for line in lines) == b"x" * (2 * LONGEST + 7) + b"6901"


def test_what_was_dropped_is_handed_over() -> None:
    reader = LineReader(ScannerSettings())
    reader.feed(b"6901")
    assert reader.drop() == b"6901"
    assert reader.drop() == b""
