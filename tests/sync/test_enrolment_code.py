"""Does the code carry a desk to its server, by QR or by hand, and never to an open line?"""

from uuid import UUID

import numpy as np
import pytest
import segno
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.sync.enrolment_code import (
    EnrolmentCode,
    InsecureAddress,
    is_loopback,
    make_secret,
    parse_enrolment_code,
)
from merchant_desk.sync.recovery import RecoveryKey
from merchant_desk.sync.typed_code import (
    CodeKind,
    CodeMistyped,
    CodeUnreadable,
    WrongKindOfCode,
    write_code,
)

OUTLET = UUID("019a0000-0000-7000-8000-000000000001")
SECRET = bytes(range(10))
PIN = bytes(range(32))


def code(host: str = "192.168.1.20", port: int = 8443) -> EnrolmentCode:
    return EnrolmentCode(host, port, OUTLET, SECRET, PIN)


@pytest.mark.parametrize(
    ("host", "url"),
    [
        ("192.168.1.20", "https://192.168.1.20:8443"),
        ("fe80::1", "https://[fe80::1]:8443"),
        ("shop.example.com", "https://shop.example.com:8443"),
        ("门店.example", "https://门店.example:8443"),
    ],
)
def test_every_form_of_address(host: str, url: str) -> None:
    made = code(host)
    assert parse_enrolment_code(made.text) == made
    assert made.url == url


@given(
    st.ip_addresses().map(str),
    st.integers(1, 65535),
    st.uuids(),
    st.binary(min_size=10, max_size=10),
    st.none() | st.binary(min_size=32, max_size=32),
)
def test_what_it_says_is_what_was_said(
    host: str, port: int, outlet: UUID, secret: bytes, fingerprint: bytes | None
) -> None:
    made = EnrolmentCode(host, port, outlet, secret, fingerprint)
    assert parse_enrolment_code(made.text) == made


def test_a_desks_own_scanner_reads_it_from_a_small_qr_code() -> None:
    qr = segno.make(code().text, error="m", boost_error=False, micro=False)
    assert qr.mode == "alphanumeric"
    assert int(qr.version) <= 9
    dark = np.array([list(row) for row in qr.matrix_iter(scale=4, border=4)], dtype=np.uint8)
    pixels = (1 - dark) * 255
    [found] = zxingcpp.read_barcodes(pixels)
    assert parse_enrolment_code(found.text) == code()


def test_a_typo_is_named_and_other_codes_are_told_apart() -> None:
    text = code().text
    with pytest.raises(CodeMistyped) as mistyped:
        parse_enrolment_code(text[:8] + ("7" if text[8] != "7" else "8") + text[9:])
    assert mistyped.value.group == 2
    with pytest.raises(WrongKindOfCode):
        parse_enrolment_code(RecoveryKey(bytes(20)).text)


@pytest.mark.parametrize("payload", [b"", bytes(29), bytes([0x1F]) + bytes(40), bytes([0x11]) + bytes(40)])
def test_a_code_of_another_build_is_unreadable(payload: bytes) -> None:
    with pytest.raises(CodeUnreadable):
        parse_enrolment_code(write_code(CodeKind.ENROLMENT, payload))


def test_plain_http_is_for_this_machine_only() -> None:
    local = EnrolmentCode("127.0.0.1", 8080, OUTLET, SECRET, tls=False)
    assert parse_enrolment_code(local.text).url == "http://127.0.0.1:8080"
    assert EnrolmentCode("localhost", 8080, OUTLET, SECRET, tls=False).url == "http://localhost:8080"
    for host in ("192.168.1.20", "localhost.example.com", "10.127.0.1"):
        with pytest.raises(InsecureAddress) as insecure:
            EnrolmentCode(host, 8080, OUTLET, SECRET, tls=False)
        assert insecure.value.host == host
    assert is_loopback("::1")


def test_an_insecure_address_is_refused_in_a_code_that_somebody_else_made() -> None:
    sound = EnrolmentCode("127.0.0.1", 8080, OUTLET, SECRET, tls=False)
    object.__setattr__(sound, "host", "192.168.1.20")
    with pytest.raises(InsecureAddress):
        parse_enrolment_code(sound.text)


@pytest.mark.parametrize(
    ("host", "port", "secret", "pin"),
    [
        ("", 443, SECRET, PIN),
        ("x" * 200, 443, SECRET, PIN),
        ("shop", 0, SECRET, PIN),
        ("shop", 65536, SECRET, PIN),
        ("shop", 443, b"short", PIN),
        ("shop", 443, SECRET, b"short"),
    ],
)
def test_what_cannot_be_in_a_code(host: str, port: int, secret: bytes, pin: bytes) -> None:
    with pytest.raises(ValueError, match=r"address|secret|fingerprint|label"):
        EnrolmentCode(host, port, OUTLET, secret, pin)


def test_the_secret_comes_from_the_given_chance_and_is_not_shown() -> None:
    assert make_secret(lambda length: b"\x01" * length) == b"\x01" * 10
    assert SECRET.hex() not in repr(code())
    assert str(SECRET) not in repr(code())
