"""The server's own certificate: made at its first start where nobody gave it one."""

import ipaddress
import os
import socket
import ssl
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import ClassVar

import structlog
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from merchant_desk.models.faults import Fault
from merchant_desk.models.private_files import write_private

log = structlog.get_logger()

CERTIFICATE_FILE = "server.crt"
KEY_FILE = "server.key"
LIFETIME = timedelta(days=3652)
"""Ten years. Desks pin the certificate and look at no dates; browsers may."""

ELSEWHERE = ("198.51.100.1", 9)
"""An address that no network has (RFC 5737): the way to it is the way out."""

_NAME = "Merchant Desk"
_SCALAR_BYTES = 40
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(eq=False)
class CertificateUnusable(Fault):
    """A certificate file or its key is missing, unreadable, or the two do not belong together."""

    path: Path
    detail: str
    zh: ClassVar[str] = "无法使用服务器证书 {path}（{detail}）。请检查证书文件和私钥文件。"
    en: ClassVar[str] = (
        "The server's certificate {path} cannot be used ({detail}). Check the certificate and key files."
    )


@dataclass(eq=False)
class PublicCertificateMissing(Fault):
    """A public authority's certificate was promised, and none was given."""

    zh: ClassVar[str] = "--public-certificate 需要 --certificate 给出公共机构签发的证书文件。"
    en: ClassVar[str] = "--public-certificate needs --certificate with the file that the authority issued."


@dataclass(eq=False)
class CertificateForOthers(Fault):
    """A public certificate does not name the address that is in enrolment codes: desks would refuse it."""

    host: str
    path: Path
    zh: ClassVar[str] = (
        "证书 {path} 不是签发给 {host} 的，工作台会拒绝它。请用 --public-host 给出证书上的名称。"
    )
    en: ClassVar[str] = (
        "The certificate {path} was not issued for {host}; desks would refuse it. Give the name that stands "
        "on it with --public-host."
    )


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """The files that the server listens with, and the SHA-256 that desks pin (32 bytes)."""

    certificate_path: Path
    key_path: Path
    fingerprint: bytes


def ensure_certificate(
    folder: Path, hosts: Iterable[str], *, now: datetime, random: Callable[[int], bytes] = os.urandom
) -> ServerCertificate:
    """Return the certificate in `folder`; make a self-signed one if there is none yet.

    An existing one is kept whatever its names and dates: desks have pinned it.

    Args:
        folder: the server's data folder.
        hosts: host names and IP addresses that desks may use (subject alternative names).
        now: the time from which it is valid, less a day for clocks that are slow; with a zone.
        random: gives the private key.

    Raises:
        CertificateUnusable: there is one, but it cannot be used.
        OSError: the folder cannot be written.
    """
    certificate_path, key_path = folder / CERTIFICATE_FILE, folder / KEY_FILE
    if not certificate_path.exists():
        key = _make_key(random)
        certificate = _self_signed(key, list(dict.fromkeys(hosts)), now, random)
        private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        # The certificate comes last: with it in place, both are there.
        write_private(key_path, private)
        write_private(certificate_path, certificate.public_bytes(Encoding.PEM))
    return load_certificate(certificate_path, key_path)


def load_certificate(certificate_path: Path, key_path: Path) -> ServerCertificate:
    """Check certificate files (PEM; the first certificate is the server's) and take the fingerprint.

    Raises:
        CertificateUnusable: a file is missing or no PEM, the key is protected by a password, or it is
            not the key of the certificate.
    """
    try:
        certificate = x509.load_pem_x509_certificates(certificate_path.read_bytes())[0]
    except (OSError, ValueError) as unreadable:
        raise CertificateUnusable(certificate_path, str(unreadable)) from unreadable
    try:
        key = load_pem_private_key(key_path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as unreadable:
        raise CertificateUnusable(key_path, str(unreadable)) from unreadable
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    if key.public_key().public_bytes(*form) != certificate.public_key().public_bytes(*form):
        raise CertificateUnusable(certificate_path, f"{key_path.name} is not its key")
    return ServerCertificate(certificate_path, key_path, certificate.fingerprint(SHA256()))


def check_host(certificate: ServerCertificate, host: str) -> None:
    """Refuse a certificate not for `host` (RFC 6125: by its alternative names, "*." for one label).

    Raises:
        CertificateForOthers: none of them is the host.
    """
    found = x509.load_pem_x509_certificates(certificate.certificate_path.read_bytes())[0]
    try:
        names = found.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        names = x509.SubjectAlternativeName([])
    dns = {name.casefold() for name in names.get_values_for_type(x509.DNSName)}
    addresses = {str(address) for address in names.get_values_for_type(x509.IPAddress)}
    asked = host.casefold()
    if asked not in dns | addresses and f"*.{asked.partition('.')[2]}" not in dns:
        raise CertificateForOthers(host, certificate.certificate_path)


class RenewedCertificate:
    """Takes renewed certificate files into a running server; connections that are open keep the old one."""

    def __init__(self, certificate: ServerCertificate) -> None:
        self._paths = certificate.certificate_path, certificate.key_path
        self._seen = self._stamps()

    def take(self, context: ssl.SSLContext) -> bool:
        """Load the files if they changed; a pair that does not fit yet is left for the next look."""
        stamps = self._stamps()
        if stamps is None or stamps == self._seen:
            return False
        self._seen = stamps
        try:
            load_certificate(*self._paths)
            context.load_cert_chain(*self._paths)
        except (CertificateUnusable, OSError) as unusable:
            log.warning("certificate_not_renewed", error=type(unusable).__name__)
            return False
        log.info("certificate_renewed")
        return True

    def _stamps(self) -> tuple[tuple[int, int], ...] | None:
        try:
            found = [path.stat() for path in self._paths]
        except OSError:  # between the old file and the new one
            return None
        return tuple((stat.st_mtime_ns, stat.st_ino) for stat in found)


def own_hosts() -> list[str]:
    """Return the names and addresses under which this machine may be reached, loopback included.

    Many systems know their own name as a loopback address only: the address by which packets would leave for
    another network is asked for too. None is sent.
    """
    name = socket.gethostname()
    found = ["localhost", "127.0.0.1", "::1", name]
    with suppress(OSError):  # a machine without a network has no other address
        found += [str(entry[4][0]).partition("%")[0] for entry in socket.getaddrinfo(name, None)]
    with suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as leaving:
        leaving.connect(ELSEWHERE)
        found.append(str(leaving.getsockname()[0]))
    return list(dict.fromkeys(found))


def _make_key(random: Callable[[int], bytes]) -> ec.EllipticCurvePrivateKey:
    """FIPS 186-5, A.2.1: 64 more random bits than the order of P-256 has leave no measurable bias."""
    scalar = int.from_bytes(random(_SCALAR_BYTES), "big") % (_ORDER - 1) + 1
    return ec.derive_private_key(scalar, ec.SECP256R1())


def _self_signed(
    key: ec.EllipticCurvePrivateKey, hosts: list[str], now: datetime, random: Callable[[int], bytes]
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _NAME)])
    serial = int.from_bytes(random(20), "big") >> 1  # RFC 5280: positive, 20 bytes at most
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(serial or 1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectAlternativeName([_alternative(host) for host in hosts]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )
    return builder.sign(key, SHA256())


def _alternative(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host.encode("idna").decode("ascii"))
