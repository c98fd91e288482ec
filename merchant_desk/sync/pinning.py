"""TLS to the one server whose certificate was pinned at enrolment, whatever the clocks say.

A desk's clock may be years off, so dates are not looked at, nor names or authorities: the certificate
is the pinned one, bit for bit, or nothing is sent. The handshake itself proves that the server holds
the certificate's private key (RFC 8446, 4.4.3), also where no chain is verified.
"""

import hashlib
import socket
import ssl
from dataclasses import dataclass
from typing import Any, ClassVar

from merchant_desk.models.faults import Fault

FINGERPRINT_BYTES = 32


@dataclass(eq=False)
class CertificateChanged(Fault):
    """The server shows another certificate than the pinned one; both as SHA-256 in hexadecimal."""

    expected: str
    found: str
    zh: ClassVar[str] = (
        "服务器证书已更换：登记时为 {expected}，现在为 {found}。没有发送任何数据。"
        "若服务器确实换了证书，请把它给出的登记代码输入设置里的「服务器换了地址」或命令 "
        "merchant-desk server-address，或用新代码重新登记；否则可能有人冒充服务器。"
    )
    en: ClassVar[str] = (
        "The server's certificate has changed: {expected} at enrolment, {found} now. Nothing was sent. "
        "If the server really has a new certificate, give a code of that server to The server has moved in "
        "the settings or to merchant-desk server-address, or enrol again; if not, somebody may be posing as "
        "the server."
    )


@dataclass(eq=False)
class PinWithoutTls(Fault):
    """A desk that knows its server by a certificate was given an address where none is shown."""

    host: str
    zh: ClassVar[str] = (
        "本机按证书辨认服务器，而到 {host} 的地址以 http:// 开头，既无加密也无证书。"
        "没有发送任何数据。请用 https:// 地址。"
    )
    en: ClassVar[str] = (
        "This desk knows its server by its certificate, but the address of {host} begins with http://: "
        "no encryption, no certificate. Nothing was sent. Use its https:// address."
    )


def fingerprint(certificate: bytes) -> bytes:
    """Return the SHA-256 of a certificate in DER form, 32 bytes."""
    return hashlib.sha256(certificate).digest()


def readable(digest: bytes) -> str:
    """Return a fingerprint as people compare it: pairs of hexadecimal digits joined by ":"."""
    return digest.hex(":").upper()


class PinnedContext(ssl.SSLContext):
    """A client context that hands out a connection only if the server shows the pinned certificate.

    For blocking sockets that are wrapped after they are connected, as httpx's synchronous client does
    it. Ways in which the certificate could not be checked before the first byte are closed.
    """

    pinned: bytes

    def wrap_socket(
        self,
        sock: socket.socket,
        server_side: bool = False,
        do_handshake_on_connect: bool = True,
        suppress_ragged_eofs: bool = True,
        server_hostname: str | bytes | None = None,
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLSocket:
        """Shake hands and compare; if it is another certificate, close and raise CertificateChanged.

        Raises:
            CertificateChanged: the server shows another certificate; nothing was sent.
            ssl.SSLError, OSError: the handshake itself failed.
            ValueError: the handshake would come later, unchecked.
        """
        if not do_handshake_on_connect or server_side:
            raise ValueError("a pinned connection shakes hands at once, as a client")
        wrapped = super().wrap_socket(
            sock,
            suppress_ragged_eofs=suppress_ragged_eofs,
            server_hostname=server_hostname,
            session=session,
        )
        try:
            certificate = wrapped.getpeercert(binary_form=True)
            found = fingerprint(certificate) if certificate else b""
            if found != self.pinned:
                raise CertificateChanged(readable(self.pinned), readable(found))
        except BaseException:
            wrapped.close()
            raise
        return wrapped

    def wrap_bio(self, *args: Any, **options: Any) -> ssl.SSLObject:
        """Refuse with ValueError: there the handshake happens later, where nobody compares."""
        raise ValueError("a pinned connection needs a blocking socket")


def pinned_context(pinned: bytes) -> PinnedContext:
    """Return the `verify=` of an httpx.Client that talks to the server with this fingerprint only.

    Args:
        pinned: SHA-256 of the server's certificate (DER), 32 bytes, as the enrolment code carries it.

    Raises:
        ValueError: the fingerprint has another length.
    """
    if len(pinned) != FINGERPRINT_BYTES:
        raise ValueError(f"a fingerprint has {FINGERPRINT_BYTES} bytes, not {len(pinned)}")
    context = PinnedContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE  # the comparison above takes its place
    context.pinned = pinned
    return context


def server_context(pinned: bytes | None) -> ssl.SSLContext:
    """Return the context for a server: pinned, or with None checked against public authorities."""
    return ssl.create_default_context() if pinned is None else pinned_context(pinned)
