"""Getting a desk's database back when its vault is lost: from the server, or from a printed key.

At enrolment the raw database key is sealed twice: to the server's public key and to that of a recovery
key that is printed and put away. The sealed copies lie beside the database and on the server; neither
opens anything without the private half. As only the public half is needed for sealing, one printed
key serves all desks of a merchant, and keys can be renewed without fetching it from the safe.
"""

import hashlib
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Self
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from merchant_desk.models.faults import Fault
from merchant_desk.models.private_files import write_private
from merchant_desk.sync.sealing import seal, unseal
from merchant_desk.sync.typed_code import ALPHABET, CodeKind, CodeUnreadable, read_code, write_code

RECOVERY_FILE = "recovery.json"
SECRET_BYTES = 20
"""160 bits in 59 typed characters; sealing adds X25519's 128 bits of strength."""

_ONE_AT_A_TIME = threading.Lock()
"""Between reading a record and writing it: a paper is printed on one thread, a folder named on another."""

_VERSION = 1
_DERIVE = b"merchant-desk/recovery-key/1"
_USE = b"merchant-desk/database-key/1\x00"


@dataclass(eq=False)
class NothingToRestore(Fault):
    """There is no sealed copy of the key in the profile."""

    path: Path
    zh: ClassVar[str] = "{path} 不存在或无法读取：此处没有可恢复的密钥副本，请从服务器恢复。"
    en: ClassVar[str] = (
        "{path} is missing or unreadable: there is no copy of the key to restore here. "
        "Restore it from the server."
    )


@dataclass(eq=False)
class WrongRecoveryKey(Fault):
    """The recovery key is a good one, but of another merchant or an older print."""

    asked: str
    given: str
    zh: ClassVar[str] = "这是另一张恢复密钥（编号 {given}）；此配置需要编号 {asked} 的那张。"
    en: ClassVar[str] = "This is another recovery key (number {given}); this profile needs number {asked}."


@dataclass(frozen=True, slots=True)
class RecoveryKey:
    """The key on paper: 20 secret bytes, from which an X25519 key pair is derived (HKDF-SHA256)."""

    secret: bytes = field(repr=False)

    @classmethod
    def make(cls, random: Callable[[int], bytes]) -> Self:
        """Make a new recovery key."""
        return cls(random(SECRET_BYTES))

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a recovery key as it was typed.

        Raises:
            CodeMistyped, CodeIncomplete, CodeUnreadable, WrongKindOfCode: as `read_code`.
        """
        secret = read_code(CodeKind.RECOVERY, text)
        if len(secret) != SECRET_BYTES:
            raise CodeUnreadable
        return cls(secret)

    @property
    def text(self) -> str:
        """What is printed: groups of six."""
        return write_code(CodeKind.RECOVERY, self.secret)

    @property
    def private_key(self) -> X25519PrivateKey:
        """The key that opens what was sealed to this paper."""
        seed = HKDF(algorithm=SHA256(), length=32, salt=None, info=_DERIVE).derive(self.secret)
        return X25519PrivateKey.from_private_bytes(seed)

    @property
    def public_key(self) -> bytes:
        """The public half, 32 raw bytes: the server keeps it and gives it to every new desk."""
        return self.private_key.public_key().public_bytes_raw()

    @property
    def number(self) -> str:
        """The number printed on the paper, so that the right one is fetched; it gives nothing away."""
        return number_of(self.public_key)


def number_of(public_key: bytes) -> str:
    """Return the readable number of a public key: eight symbols (40 bits) of its SHA-256."""
    digest = int.from_bytes(hashlib.sha256(public_key).digest()[:5], "big")
    symbols = "".join(ALPHABET[(digest >> shift) & 31] for shift in range(35, -1, -5))
    return f"{symbols[:4]}-{symbols[4:]}"


def seal_database_key(key: bytes, public_key: bytes, *, profile_id: str) -> bytes:
    """Seal a raw database key to the server or to a recovery key, bound to the profile it opens.

    Raises:
        ValueError: `public_key` is not 32 bytes long.
    """
    return seal(key, public_key, use=_USE + profile_id.encode())


def open_database_key(box: bytes, private_key: X25519PrivateKey, *, profile_id: str) -> bytes:
    """Open what `seal_database_key` made.

    Raises:
        SealBroken: sealed to another key or for another profile, or changed.
    """
    return unseal(box, private_key, use=_USE + profile_id.encode())


def reseal_database_key(
    box: bytes, private_key: X25519PrivateKey, public_key: bytes, *, profile_id: str
) -> bytes:
    """On the server: open the copy it keeps and seal it to a key that the asking desk has just made.

    Raises:
        SealBroken: the kept copy is not for this server or profile.
    """
    return seal_database_key(
        open_database_key(box, private_key, profile_id=profile_id), public_key, profile_id=profile_id
    )


class KeptCopy(msgspec.Struct, frozen=True):
    """The database key sealed to a recovery paper; `own` for a paper printed for this desk alone."""

    paper_number: str
    box: bytes
    own: bool = False


class DeskHome(msgspec.Struct, frozen=True):
    """Who a desk is and where its server is: what it needs, still locked, to ask for its key. No secret."""

    merchant_id: UUID
    device_id: UUID
    code: str
    name: str
    server_url: str
    fingerprint: str


class RecoveryRecord(msgspec.Struct, frozen=True):
    """What `recovery.json` holds, readable without any key; `copy_folder`: the safety copy's, or nothing."""

    version: int
    profile_id: str
    copies: tuple[KeptCopy, ...] = ()
    home: DeskHome | None = None
    copy_folder: str = ""

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers of the papers that open it."""
        return tuple(copy.paper_number for copy in self.copies)


def read_recovery(folder: Path) -> RecoveryRecord:
    """Return what a profile keeps for its recovery.

    Raises:
        NothingToRestore: it has nothing readable.
    """
    path = folder / RECOVERY_FILE
    try:
        record = msgspec.json.decode(path.read_bytes(), type=RecoveryRecord)
    except (OSError, msgspec.DecodeError) as missing:
        raise NothingToRestore(path) from missing
    if record.version != _VERSION:
        raise NothingToRestore(path)
    return record


def keep_sealed_key(
    folder: Path, key: bytes, public_key: bytes, *, profile_id: str, own: bool = False
) -> None:
    """Keep a copy sealed to a recovery paper in the profile folder, durable and in one step.

    It replaces the copy for an older paper of the same sort (the merchant's, or the desk's own): that
    paper opens nothing any more.

    Raises:
        OSError: it could not be written; all stays as it was.
    """

    def change(record: RecoveryRecord) -> RecoveryRecord:
        others = tuple(copy for copy in record.copies if copy.own is not own)
        copies = (*others, _sealed_copy(key, public_key, profile_id, own=own))
        return msgspec.structs.replace(record, copies=copies)

    _keep(folder, profile_id, change)


def keep_sealed_keys(folder: Path, key: bytes, public_keys: Sequence[bytes], *, profile_id: str) -> None:
    """Keep a copy for the paper of each merchant, as a server does; those that are there already stay.

    Raises:
        OSError: as `keep_sealed_key`.
    """
    wanted = {number_of(public_key): public_key for public_key in public_keys}

    def change(record: RecoveryRecord) -> RecoveryRecord:
        if set(record.numbers) == set(wanted):
            return record
        copies = tuple(_sealed_copy(key, one, profile_id, own=False) for one in wanted.values())
        return msgspec.structs.replace(record, copies=copies)

    _keep(folder, profile_id, change)


def _sealed_copy(key: bytes, public_key: bytes, profile_id: str, *, own: bool) -> KeptCopy:
    box = seal_database_key(key, public_key, profile_id=profile_id)
    return KeptCopy(number_of(public_key), box, own)


def keep_home(folder: Path, home: DeskHome, *, profile_id: str) -> None:
    """Keep who the desk is and where its server is; raises OSError as `keep_sealed_key`."""
    _keep(folder, profile_id, lambda record: msgspec.structs.replace(record, home=home))


def keep_copy_folder(folder: Path, copy_folder: str, *, profile_id: str) -> None:
    """Keep where the safety copy goes, for whoever cannot open the desk; raises as `keep_sealed_key`."""
    _keep(folder, profile_id, lambda record: msgspec.structs.replace(record, copy_folder=copy_folder))


def _keep(folder: Path, profile_id: str, change: Callable[[RecoveryRecord], RecoveryRecord]) -> None:
    """Read the profile's record, and write what `change` makes of it, if that is another one."""
    with _ONE_AT_A_TIME:
        record = _kept(folder, profile_id)
        changed = change(record)
        if changed != record:
            write_private(folder / RECOVERY_FILE, msgspec.json.format(msgspec.json.encode(changed), indent=1))


def _kept(folder: Path, profile_id: str) -> RecoveryRecord:
    """Return the profile's own record; another profile's, or what cannot be read, begins anew."""
    try:
        record = read_recovery(folder)
    except NothingToRestore:
        return RecoveryRecord(_VERSION, profile_id)
    return record if record.profile_id == profile_id else RecoveryRecord(_VERSION, profile_id)


def restore_from_paper(folder: Path, recovery_key: RecoveryKey) -> bytes:
    """Return the profile's raw database key, opened by the printed key; changes nothing.

    Raises:
        NothingToRestore: there is no readable sealed copy in the folder.
        WrongRecoveryKey: the paper is another one; says which is needed.
        SealBroken: the copy was damaged.
    """
    record = read_recovery(folder)
    if not record.copies:
        raise NothingToRestore(folder / RECOVERY_FILE)
    copy = next((one for one in record.copies if one.paper_number == recovery_key.number), None)
    if copy is None:
        raise WrongRecoveryKey(", ".join(record.numbers), recovery_key.number)
    return open_database_key(copy.box, recovery_key.private_key, profile_id=record.profile_id)
