"""A desk's profile folder: one server, one merchant, one desk, one process."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar
from uuid import UUID

from sqlalchemy import Connection, Engine

from merchant_desk.models.columns import Side
from merchant_desk.models.encrypted import open_engine
from merchant_desk.models.faults import Fault, folder_of
from merchant_desk.models.gate import Gate
from merchant_desk.models.local_settings import LocalSettings
from merchant_desk.models.migrate import Told, prepare
from merchant_desk.models.network_shares import refuse_network_share
from merchant_desk.models.profile_lock import ProfileLock
from merchant_desk.models.store import Store
from merchant_desk.sync.desk_state import Identity, read_value, write_value
from merchant_desk.sync.enrolment_code import EnrolmentCode
from merchant_desk.sync.key_copies import DATABASE, keep_copies
from merchant_desk.sync.protocol import EnrolAnswer, EnrolRequest
from merchant_desk.sync.recovery import RECOVERY_FILE, NothingToRestore, read_recovery
from merchant_desk.sync.signing import DeviceKeys
from merchant_desk.sync.vault import AskPassphrase, OpenedVault, open_vault
from merchant_desk.sync.vault_record import VAULT_FILE

Random = Callable[[int], bytes]


@dataclass(eq=False)
class ProfileNotEnrolled(Fault):
    """The profile belongs to no server yet."""

    folder: Path
    zh: ClassVar[str] = "这台电脑还没有登记到任何服务器。请输入登记代码。"
    en: ClassVar[str] = "This computer is enrolled at no server yet. Enter an enrolment code."


@dataclass(eq=False)
class DatabaseLost(Fault):
    """A desk was made here, and its database is empty or gone: a new one in its place would hide that."""

    path: Path
    desk: str
    name: str
    zh: ClassVar[str] = (
        "{path} 是工作台 {desk}（{name}）的数据库，现在是空的或不见了。没有送出的工作可能已丢失；"
        "什么都没有改变。找得到原来的文件就放回去；否则先把整个文件夹改名放到一边（不要删除），再从安全副本接着做"
        "（merchant-desk recover --copy），没有副本就用新代码登记（merchant-desk enrol）。"
    )
    en: ClassVar[str] = (
        "{path} is the database of desk {desk} ({name}), and it is empty or gone. Work that was not sent may "
        "be lost; nothing was changed. Put the file back if it can be found. If not, put the whole folder "
        "aside under another name (do not delete it), and go on from the safety copy (merchant-desk recover "
        "--copy) or, where there is none, enrol by a new code (merchant-desk enrol)."
    )


@dataclass(eq=False)
class AlreadyEnrolled(Fault):
    """The profile is a desk: its identity signs work that may not be sent yet, and is not written over."""

    desk: str
    name: str
    folder: Path
    zh: ClassVar[str] = (
        "{folder} 已登记为工作台 {desk}（{name}）。什么都没有改变。要让这台工作台换用新的登记代码，"
        "请用同步中心的「重新登记」或 merchant-desk enrol --yes；要登记另一台，请换一个文件夹。"
    )
    en: ClassVar[str] = (
        "{folder} is enrolled already, as desk {desk} ({name}). Nothing was changed. To give this desk a new "
        "code, choose Enrol again in the sync centre or use merchant-desk enrol --yes; for another desk, "
        "choose another folder."
    )


@dataclass
class OpenProfile:
    """A profile that this process holds: its lock, key, and the engines on its database."""

    folder: Path
    lock: ProfileLock
    vault: OpenedVault
    writer: Engine
    reader: Engine
    gate: Gate = field(default_factory=Gate)
    local: LocalSettings = field(init=False)

    def __post_init__(self) -> None:
        self.local = LocalSettings(self.folder)

    @property
    def path(self) -> Path:
        """The database file."""
        return self.folder / DATABASE

    @property
    def store(self) -> Store:
        """Units of work on the writer's engine."""
        return Store(self.writer, Side.DESK)

    def identity(self) -> Identity | None:
        """Return who this desk is, or None before enrolment."""
        with self.writer.connect() as connection, connection.begin():
            return read_value(connection, "identity", Identity)

    def read_here(self) -> Connection:
        """Return the writer's own connection to read by, on its thread; close it before anything is written.

        Nobody else writes meanwhile, so that every answer is of one state. Its pages are decrypted already: a
        reader begins anew after each transaction of the writer, which costs more than a scan's questions.
        """
        return self.writer.connect()

    def close(self) -> None:
        """Close the database and give the profile free."""
        self.reader.dispose()
        self.writer.dispose()
        self.lock.release()


def is_new(folder: Path) -> bool:
    """Whether nothing of a desk was made in the folder yet that would have to be opened, or missed."""
    return not any((folder / name).exists() for name in (DATABASE, VAULT_FILE, RECOVERY_FILE))


def _prove_not_lost(folder: Path) -> None:
    """Raise DatabaseLost where what is kept for recovery tells of a desk whose database holds nothing.

    SQLite would take an empty file for a new database, and delete the log beside it. The record of a desk is
    written after its identity, so that an enrolment that was cut off is none.
    """
    path = folder / DATABASE
    if path.exists() and path.stat().st_size:
        return
    try:
        home = read_recovery(folder).home
    except NothingToRestore:
        return
    if home is not None:
        raise DatabaseLost(path, home.code, home.name)


def open_profile(
    folder: Path,
    *,
    demo: bool,
    ask_passphrase: AskPassphrase,
    random: Random = os.urandom,
    told: Told = lambda progress: None,
) -> OpenProfile:
    """Open (or make) a profile: lock, key, encrypted database, tables.

    `told` hears of the progress where the tables are an older version's.

    Raises:
        Fault: AlreadyOpen, NetworkShare, DatabaseLost, WrongKey, NewerDatabase, MigrationFailed, the vault's
            faults and the database's; FileUnusable for the folder itself.
    """
    refuse_network_share(folder)
    with folder_of(folder / DATABASE):
        folder.mkdir(parents=True, exist_ok=True)
        return _open_locked(folder, ProfileLock(folder), demo, ask_passphrase, random, told)


def _open_locked(
    folder: Path, lock: ProfileLock, demo: bool, ask: AskPassphrase, random: Random, told: Told
) -> OpenProfile:
    gate = Gate()
    try:
        _prove_not_lost(folder)
        vault = open_vault(folder, demo=demo, ask_passphrase=ask, random=random)
        writer = open_engine(folder / DATABASE, vault.key, role="writer")
        try:
            prepare(writer, Side.DESK, folder / DATABASE, told=told)
            reader = open_engine(folder / DATABASE, vault.key, role="reader", pool=gate.pool)
        except BaseException:
            writer.dispose()
            raise
    except BaseException:
        lock.release()
        raise
    return OpenProfile(folder, lock, vault, writer, reader, gate)


def enrol_profile(
    profile: OpenProfile,
    code: EnrolmentCode,
    name: str,
    send: Callable[[EnrolRequest], EnrolAnswer],
    recovery: Callable[[], bytes] = bytes,
    random: Random = os.urandom,
) -> Identity:
    """Make this profile a desk: keys are made here, the secret goes to the server, identity is stored.

    Args:
        profile: without an identity yet.
        code: what the enrolment code says.
        name: what the desk is called.
        send: sends the request to the server that the code names.
        recovery: returns the database key, sealed to the server; nothing for a demo's.
        random: gives the keys.

    Raises:
        AlreadyEnrolled: it is a desk; nothing was sent.
        Fault: as `send` raises them.
    """
    old = profile.identity()
    if old is not None:
        raise AlreadyEnrolled(old.code, old.name, profile.folder)
    keys = DeviceKeys.make(random)
    request = EnrolRequest(code.secret.hex(), name, keys.verifying_key, keys.sealing_key, recovery())
    identity = _identity_of(send(request), name, code, keys)
    with profile.writer.begin() as connection:
        write_value(connection.connection.cursor(), "identity", identity)
    keep_copies(profile.folder, profile.vault, identity)
    return identity


def _identity_of(answer: EnrolAnswer, name: str, code: EnrolmentCode, keys: DeviceKeys) -> Identity:
    return Identity(
        answer.merchant_id,
        answer.device_id,
        answer.outlet_id,
        answer.code,
        name,
        code.url,
        code.fingerprint.hex() if code.fingerprint else "",
        answer.token,
        keys.signing_seed,
        keys.agreement_seed,
        answer.recovery_key,
    )


def merchant_of(profile: OpenProfile) -> UUID:
    """Return the merchant of an enrolled profile.

    Raises:
        ProfileNotEnrolled: there is none yet.
    """
    identity = profile.identity()
    if identity is None:
        raise ProfileNotEnrolled(profile.folder)
    return identity.merchant_id
