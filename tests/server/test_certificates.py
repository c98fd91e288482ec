"""Does the server make one certificate that lasts, and say what is wrong with one it is given?"""

import ipaddress
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat

from merchant_desk.server.certificates import (
    CertificateUnusable,
    ensure_certificate,
    load_certificate,
    own_hosts,
)
from merchant_desk.sync.pinning import fingerprint

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
HOSTS = ("desk-server", "门店.example", "192.168.1.20", "fe80::1", "desk-server")


def test_names_addresses_and_ten_years(tmp_path: Path) -> None:
    made = ensure_certificate(tmp_path, HOSTS, now=NOW)
    certificate = x509.load_pem_x509_certificate(made.certificate_path.read_bytes())
    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.DNSName) == ["desk-server", "门店.example".encode("idna").decode()]
    assert names.get_values_for_type(x509.IPAddress) == [
        ipaddress.ip_address("192.168.1.20"),
        ipaddress.ip_address("fe80::1"),
    ]
    assert certificate.not_valid_before_utc == NOW - timedelta(days=1)
    assert certificate.not_valid_after_utc - NOW >= timedelta(days=3650)
    key = certificate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    assert key.curve.name == "secp256r1"
    certificate.verify_directly_issued_by(certificate)


def test_the_fingerprint_is_that_of_the_der_bytes(tmp_path: Path) -> None:
    made = ensure_certificate(tmp_path, HOSTS, now=NOW)
    certificate = x509.load_pem_x509_certificate(made.certificate_path.read_bytes())
    assert made.fingerprint == fingerprint(certificate.public_bytes(Encoding.DER))


def test_the_first_one_is_kept_for_ever(tmp_path: Path) -> None:
    first = ensure_certificate(tmp_path, HOSTS, now=NOW)
    later = ensure_certificate(tmp_path, ["renamed"], now=NOW + timedelta(days=20 * 365))
    assert later == first


def test_a_start_cut_off_between_key_and_certificate_is_made_good(tmp_path: Path) -> None:
    (tmp_path / "server.key").write_text("half a key")
    made = ensure_certificate(tmp_path, HOSTS, now=NOW)
    assert load_certificate(made.certificate_path, made.key_path) == made


def test_chance_decides_the_key_and_nothing_else(tmp_path: Path) -> None:
    keys = []
    for name, chance in (("a", bytes), ("b", bytes), ("c", lambda length: b"\x02" * length)):
        folder = tmp_path / name
        folder.mkdir()
        ensure_certificate(folder, HOSTS, now=NOW, random=chance)
        keys.append((folder / "server.key").read_bytes())
    assert keys[0] == keys[1] != keys[2]


def test_the_key_is_for_its_owner_only(tmp_path: Path) -> None:
    made = ensure_certificate(tmp_path, HOSTS, now=NOW)
    assert b"BEGIN PRIVATE KEY" in made.key_path.read_bytes()
    if os.name == "posix":
        assert stat.S_IMODE(made.key_path.stat().st_mode) == 0o600


def test_files_that_do_not_belong_together(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    made = ensure_certificate(tmp_path, HOSTS, now=NOW)
    other = ensure_certificate(tmp_path / "other", HOSTS, now=NOW)
    with pytest.raises(CertificateUnusable, match=r"server\.key is not its key"):
        load_certificate(made.certificate_path, other.key_path)


def test_files_that_cannot_be_read_are_named(tmp_path: Path) -> None:
    made = ensure_certificate(tmp_path, HOSTS, now=NOW)
    with pytest.raises(CertificateUnusable) as missing:
        load_certificate(tmp_path / "missing.crt", made.key_path)
    assert missing.value.path == tmp_path / "missing.crt"
    with pytest.raises(CertificateUnusable) as no_certificate:
        load_certificate(made.key_path, made.key_path)
    assert no_certificate.value.path == made.key_path
    with pytest.raises(CertificateUnusable) as no_key:
        load_certificate(made.certificate_path, made.certificate_path)
    assert no_key.value.path == made.certificate_path


def test_a_key_under_a_password_is_said_to_be_so(tmp_path: Path) -> None:
    made = ensure_certificate(tmp_path, HOSTS, now=NOW)
    key = ec.generate_private_key(ec.SECP256R1())
    made.key_path.write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"password"))
    )
    with pytest.raises(CertificateUnusable, match=r"[Pp]assword"):
        load_certificate(made.certificate_path, made.key_path)


def test_own_hosts_have_no_repeats_and_begin_with_loopback() -> None:
    hosts = own_hosts()
    assert hosts[:3] == ["localhost", "127.0.0.1", "::1"]
    assert len(set(hosts)) == len(hosts)
    assert "%" not in "".join(hosts)
