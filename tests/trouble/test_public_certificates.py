"""A server whose certificate an authority signs and renews: desks check it as browsers do, and work on."""

import socket
import ssl
import time
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from merchant_desk.desk import Desk
from merchant_desk.sync.enrolment_code import parse_enrolment_code
from merchant_desk.sync.server_faults import CertificateNotTrusted
from merchant_desk.sync.status import Link
from tests.server.running import run, running
from tests.trouble.shopfloor import INIT, RealShop, at_work, differences
from tests.trouble.words import failed, told

PATIENCE = 30.0


class Authority:
    """A private authority, in the place of a public one."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test authority")])
        self.root = self._sign(
            self.name, self.key.public_key(), x509.BasicConstraints(ca=True, path_length=0)
        )
        self.file = folder / "authority.pem"
        self.file.write_bytes(self.root.public_bytes(Encoding.PEM))

    def issue(self, host: str) -> tuple[Path, Path]:
        """Write a new key and certificate for an address to the same files as before."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        leaf = self._sign(
            name, key.public_key(), x509.SubjectAlternativeName([x509.IPAddress(ip_address(host))])
        )
        certificate, private = self.folder / "site.pem", self.folder / "site.key"
        private.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        certificate.write_bytes(leaf.public_bytes(Encoding.PEM))
        return certificate, private

    def _sign(
        self, name: x509.Name, key: ec.EllipticCurvePublicKey, extension: x509.ExtensionType
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(identifier, critical=False)
            .add_extension(extension, critical=isinstance(extension, x509.BasicConstraints))
        )
        return builder.sign(self.key, SHA256())


def shown_at(port: int, authority: Authority) -> bytes | None:
    context = ssl.create_default_context(cafile=str(authority.file))
    with (
        socket.create_connection(("127.0.0.1", port)) as plain,
        context.wrap_socket(plain, server_hostname="127.0.0.1") as line,
    ):
        return line.getpeercert(binary_form=True)


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path)


def words_for(certificate: Path, key: Path) -> tuple[str, ...]:
    return ("--certificate", str(certificate), "--key", str(key), "--public-certificate")


def test_a_renewed_public_certificate_cuts_no_desk_off(
    authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    with ExitStack() as stack:
        server = stack.enter_context(
            running(tmp_path / "server", *INIT, *words_for(*authority.issue("127.0.0.1")))
        )
        assert server.ready["fingerprint"] is None
        code = parse_enrolment_code(server.ready["codes"]["CG"])
        assert (code.tls, code.fingerprint) == (True, None)
        shop = RealShop(server, tmp_path)
        stack.callback(shop.close)
        desk = shop.desk(tmp_path / "desk")
        floor = at_work(desk)
        floor.scan(2)
        desk.sync()
        before = shown_at(code.port, authority)
        authority.issue("127.0.0.1")
        deadline = time.monotonic() + PATIENCE
        while shown_at(code.port, authority) == before:
            assert time.monotonic() < deadline, "the server never took the new files"
            time.sleep(0.2)
        desk = shop.reopened(desk)
        floor.desk, floor.sheet = desk, desk.reopen("receipts", floor.sheet.document_id)
        floor.scan(2)
        assert desk.sync().link is Link.ONLINE
        floor.scan()
        monkeypatch.delenv("SSL_CERT_FILE")
        desk = shop.reopened(desk)
        with pytest.raises(CertificateNotTrusted) as refused:
            desk.sync()
        told(refused.value).says("不信任服务器的证书.*日期和时间", "does not trust.*date and time")
        assert desk.runtime.status.link is Link.UNREACHABLE
        monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
        desk = shop.reopened(desk, courier=True)
        assert desk.sync().waiting == 0
        floor.desk = desk
        assert floor.on_hand() == floor.saved == 5
        assert differences(shop.data, [desk]) == ()


def test_a_certificate_for_somewhere_else_is_refused_at_the_start(
    authority: Authority, tmp_path: Path
) -> None:
    serve = ("serve", "--demo", "--port", "0", "--data-dir", str(tmp_path / "server"))
    failed(run(*serve, "--public-certificate"), "需要 --certificate", "needs --certificate")
    done = run(*serve, *words_for(*authority.issue("192.0.2.1")))
    failed(done, "不是签发给 127.0.0.1", "not issued for 127.0.0.1")


def test_every_invitation_is_a_code_of_its_own(tmp_path: Path) -> None:
    with running(tmp_path / "server", *INIT, "--plain-http", "--invite", "CG", "--invite", "CG") as server:
        codes = [one["code"] for one in server.ready["invitations"]]
        assert len(set(codes)) == len(codes) == 2
        assert server.ready["codes"]["CG"] == codes[0]
        for number, code in enumerate(codes):
            Desk.enrol(tmp_path / str(number), code, "工作台", demo=True).close()
