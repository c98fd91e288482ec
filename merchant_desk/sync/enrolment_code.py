"""The one-time code that brings a desk to its server: where it is, how to know it, which outlet.

The server makes it, a person carries it (as a QR code for the desk's own scanner, or on paper), and
the desk redeems its secret once. Whether it is used up or too old only the server can say.
"""

import ipaddress
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import IntEnum
from typing import ClassVar
from uuid import UUID

from merchant_desk.models.faults import Fault
from merchant_desk.sync.typed_code import CodeKind, CodeUnreadable, read_code, write_code

SECRET_BYTES = 10
"""80 bits: beyond guessing for a code that lives for hours and a server that counts failures."""

FINGERPRINT_BYTES = 32

_TLS, _PINNED = 0x10, 0x20
_MAX_HOST = 150


class _HostForm(IntEnum):
    NAME = 0
    IPV4 = 1
    IPV6 = 2


@dataclass(eq=False)
class InsecureAddress(Fault):
    """Plain HTTP to another machine: what is sent could be read on the way."""

    host: str
    zh: ClassVar[str] = "到 {host} 的连接没有加密。只有本机地址可以不加密；请在服务器上启用 TLS。"
    en: ClassVar[str] = (
        "The connection to {host} is not encrypted. Only addresses of this computer may be so; "
        "turn TLS on at the server."
    )


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """What an enrolment code says.

    `fingerprint` is SHA-256 of the server's certificate (DER), or None where the certificate is to be
    checked against public authorities instead. `secret` is SECRET_BYTES long and good once.

    Raises:
        InsecureAddress: no TLS, and the host is not a loopback address.
        ValueError: a host, port, secret or fingerprint out of its range.
    """

    host: str
    port: int
    outlet_id: UUID
    secret: bytes = field(repr=False)
    fingerprint: bytes | None = None
    tls: bool = True

    def __post_init__(self) -> None:
        if not 1 <= self.port <= 65535 or not 1 <= len(_host_bytes(self.host)[1]) <= _MAX_HOST:
            raise ValueError(f"no address of a server: {self.host}:{self.port}")
        if len(self.secret) != SECRET_BYTES:
            raise ValueError(f"a one-time secret has {SECRET_BYTES} bytes, not {len(self.secret)}")
        if self.fingerprint is not None and len(self.fingerprint) != FINGERPRINT_BYTES:
            raise ValueError(f"a fingerprint has {FINGERPRINT_BYTES} bytes, not {len(self.fingerprint)}")
        if not self.tls and not is_loopback(self.host):
            raise InsecureAddress(self.host)

    @property
    def url(self) -> str:
        """The server's base address, as httpx takes it."""
        form, _ = _host_bytes(self.host)
        host = f"[{self.host}]" if form is _HostForm.IPV6 else self.host
        return f"{'https' if self.tls else 'http'}://{host}:{self.port}"

    @property
    def text(self) -> str:
        """The code as it is shown, printed and put into a QR code (upper case, digits, "-")."""
        form, host = _host_bytes(self.host)
        flags = form | (_TLS if self.tls else 0) | (_PINNED if self.fingerprint else 0)
        payload = struct.pack(">BH16s10s", flags, self.port, self.outlet_id.bytes, self.secret)
        return write_code(CodeKind.ENROLMENT, payload + (self.fingerprint or b"") + host)


_FIXED = struct.calcsize(">BH16s10s")


def make_secret(random: Callable[[int], bytes]) -> bytes:
    """Make the secret of a new code."""
    return random(SECRET_BYTES)


def parse_enrolment_code(text: str) -> EnrolmentCode:
    """Read a code as scanned or typed: any case, any separators, full-width letters too.

    Raises:
        CodeMistyped, CodeIncomplete, CodeUnreadable, WrongKindOfCode: as `read_code`.
        InsecureAddress: the code asks for plain HTTP to another machine.
    """
    payload = read_code(CodeKind.ENROLMENT, text)
    if len(payload) <= _FIXED:
        raise CodeUnreadable
    flags, port, outlet, secret = struct.unpack(">BH16s10s", payload[:_FIXED])
    rest = payload[_FIXED:]
    fingerprint = rest[:FINGERPRINT_BYTES] if flags & _PINNED else None
    host = rest[FINGERPRINT_BYTES:] if flags & _PINNED else rest
    try:
        name = _host_text(_HostForm(flags & 0x0F), host)
        return EnrolmentCode(name, port, UUID(bytes=outlet), secret, fingerprint, bool(flags & _TLS))
    except ValueError as unknown:
        raise CodeUnreadable from unknown


def is_loopback(host: str) -> bool:
    """Whether `host` can only be this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def _host_bytes(host: str) -> tuple[_HostForm, bytes]:
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return _HostForm.NAME, host.encode("idna")
    return (_HostForm.IPV4 if address.version == 4 else _HostForm.IPV6), address.packed


def _host_text(form: _HostForm, content: bytes) -> str:
    if form is _HostForm.NAME:
        return content.decode("ascii").encode("ascii").decode("idna")
    return str(ipaddress.IPv4Address(content) if form is _HostForm.IPV4 else ipaddress.IPv6Address(content))
