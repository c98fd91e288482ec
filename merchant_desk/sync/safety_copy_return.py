"""Going on from a safety copy when the desk that wrote it is gone.

The copy is opened by a recovery paper or with the key that the server keeps sealed. Its operations, scans and
keys are put into a new profile under the identity of the desk that is gone, which is then enrolled again: the
server knows whom it continues, operations keep their ids, and those that it has are answered as they were.
Until it is enrolled nothing is sent, so that a crash on the way, or the old disk turning up, doubles nothing.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import msgspec
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from merchant_desk.models.faults import Fault
from merchant_desk.sync.administration import KeyRequest
from merchant_desk.sync.desk_state import Position, read_value, write_value
from merchant_desk.sync.enrolment_code import EnrolmentCode
from merchant_desk.sync.key_copies import SEED_BYTES, ask_server
from merchant_desk.sync.profile import AlreadyEnrolled, OpenProfile
from merchant_desk.sync.recovery import DeskHome, RecoveryKey, WrongRecoveryKey, open_database_key
from merchant_desk.sync.safety_copy_folder import DeskCopies, ReadCopy, copies_in, read_copy
from merchant_desk.sync.safety_copy_rows import add_rows, operations_of
from merchant_desk.sync.signing import GENESIS
from merchant_desk.sync.troubles import FROM_COPY, STUCK, OtherMerchant, Stuck

OpenKey = Callable[[EnrolmentCode], bytes]
"""Returns the database key of the desk that is gone; the code says where the server is."""


@dataclass(eq=False)
class NoCopyHere(Fault):
    """The folder holds no safety copy."""

    folder: Path
    zh: ClassVar[str] = "{folder} 里没有安全副本。请核对 U 盘和文件夹。"
    en: ClassVar[str] = "There is no safety copy in {folder}. Check stick and folder."


@dataclass(eq=False)
class SeveralCopies(Fault):
    """More than one desk has its copy there: somebody has to say which.

    `desks` are their codes, or where a desk has several (one was kept, 0034) the names of their folders.
    """

    desks: str
    zh: ClassVar[str] = "这里有几台工作台的副本（编号 {desks}）。请说明要接着做哪一台的。"
    en: ClassVar[str] = "Several desks have their copies here (codes {desks}). Say which one to go on from."


@dataclass(eq=False)
class CopyDamaged(Fault):
    """Parts are missing or changed; nothing was taken over."""

    parts: str
    operations: int
    zh: ClassVar[str] = (
        "副本不完整：文件 {parts} 缺失或已损坏，其余 {operations} 项操作可读。还没有取用任何内容；"
        "可以先找另一份副本或修好原磁盘，或确认只取可读的部分。"
    )
    en: ClassVar[str] = (
        "The copy is not whole: parts {parts} are missing or damaged; {operations:operation|operations} "
        "can be read. "
        "Nothing was taken over yet: look for another copy or mend the old disk, or confirm to take what can "
        "be read."
    )


@dataclass(eq=False)
class CopyEmpty(Fault):
    """Not one part opens: the key is another desk's, or all of it is damaged."""

    folder: Path
    zh: ClassVar[str] = "{folder} 里的副本一个文件也打不开：密钥不是这台工作台的，或文件全部损坏。"
    en: ClassVar[str] = (
        "Not one file of the copy in {folder} opens: the key is not this desk's, or all are damaged."
    )


def find_copy(folder: Path, desk_code: str = "") -> DeskCopies:
    """Return the copy that a folder holds, of the desk with this code (or in this folder) if one is named.

    Raises:
        NoCopyHere, SeveralCopies, FileUnusable.
    """
    found = [one for one in copies_in(folder) if desk_code in ("", one.header.desk_code, one.folder.name)]
    if not found:
        raise NoCopyHere(folder)
    if len(found) > 1:
        codes = [one.header.desk_code for one in found]
        names = [
            one.folder.name if codes.count(code) > 1 else code for one, code in zip(found, codes, strict=True)
        ]
        raise SeveralCopies(", ".join(names))
    return found[0]


def by_paper(copies: DeskCopies, paper: RecoveryKey) -> OpenKey:
    """Return what opens a copy by a recovery paper, without a network; it raises as `paper_key`."""
    return lambda code: paper_key(copies, paper)


def paper_key(copies: DeskCopies, paper: RecoveryKey) -> bytes:
    """Return the database key of the desk that is gone, by a recovery paper.

    Raises:
        WrongRecoveryKey: another paper, of another merchant too.
        SealBroken: the copy's sealed key is not what was written.
    """
    header = copies.header
    kept = next((one for one in header.copies if one.paper_number == paper.number), None)
    if kept is None:
        raise WrongRecoveryKey(", ".join(header.papers) or "—", paper.number)
    return open_database_key(kept.box, paper.private_key, profile_id=header.profile_id)


def by_server(
    copies: DeskCopies, login: str, password: str, random: Callable[[int], bytes] = os.urandom
) -> OpenKey:
    """Return what asks the server for the key; somebody with the right `people` vouches.

    It raises as `recover_from_server` does: `sign_in_failed`, `no_sealed_key` for another merchant's desk...
    """

    def key(code: EnrolmentCode) -> bytes:
        header, private = copies.header, X25519PrivateKey.from_private_bytes(random(SEED_BYTES))
        public = private.public_key().public_bytes_raw()
        fingerprint = code.fingerprint.hex() if code.fingerprint else ""
        home = DeskHome(header.merchant_id, header.device_id, header.desk_code, "", code.url, fingerprint)
        asked = KeyRequest(header.merchant_id, header.device_id, header.profile_id, public, login, password)
        return open_database_key(ask_server(home, "", asked).box, private, profile_id=header.profile_id)

    return key


@dataclass(frozen=True, slots=True)
class GoingOn:
    """What a person gave: the copy, a paper or who vouches, and what the new desk is enrolled by."""

    copies: DeskCopies
    paper: RecoveryKey | None = field(repr=False)
    login: str
    password: str = field(repr=False)
    code: str
    name: str
    accept_damage: bool = False

    @property
    def open_key(self) -> OpenKey:
        """What opens the copy."""
        if self.paper is not None:
            return by_paper(self.copies, self.paper)
        return by_server(self.copies, self.login, self.password)


def read_whole(copies: DeskCopies, database_key: bytes, *, accept_damage: bool = False) -> ReadCopy:
    """Read a desk's copy; with `accept_damage` what can be read of it.

    Raises:
        CopyEmpty, CopyDamaged, FileUnusable.
    """
    copy = read_copy(copies.folder, database_key)
    if not copy.parts:
        raise CopyEmpty(copies.folder)
    if not accept_damage and (copy.damaged or not copy.is_rounded):
        raise CopyDamaged(", ".join(copy.damaged) or "…", len(operations_of(copy)))
    return copy


def check_outlet(copy: ReadCopy, code: EnrolmentCode) -> None:
    """Raise OtherMerchant unless the code is of the outlet whose work it is."""
    if code.outlet_id != copy.parts[-1].identity.outlet_id:
        raise OtherMerchant


def take_over(profile: OpenProfile, copy: ReadCopy) -> None:
    """Put a copy into a new profile, in one transaction.

    Done again before the profile is enrolled (after a crash, a code that was used up; from a newer or a whole
    copy of the same desk), it adds what is not there yet. Without its token the profile can neither send nor
    fetch anything until it is enrolled.

    Raises:
        AlreadyEnrolled: the profile is a desk, or holds another desk's copy.
    """
    last = copy.parts[-1]
    old = profile.identity()
    with profile.writer.begin() as connection:
        begun = read_value(connection, FROM_COPY, bool)
        if old is not None and not (begun and old.device_id == last.identity.device_id):
            raise AlreadyEnrolled(old.code, old.name, profile.folder)
        before = read_value(connection, "position", Position) or Position(0, GENESIS, 0, None)
        cursor = connection.connection.cursor()
        done = add_rows(cursor, copy, before.device_seq)
        newer = max(before, last.position, key=lambda position: position.device_seq)
        write_value(cursor, "position", Position(done, GENESIS, 0, newer.epoch))
        if old is None:
            write_value(cursor, "identity", msgspec.structs.replace(last.identity, token=""))
            write_value(cursor, STUCK, last.stuck if _is_reused(last.stuck) else Stuck(FROM_COPY, 0))
            write_value(cursor, FROM_COPY, value=True)
            write_value(cursor, "fetch_again", value=True)


def _is_reused(stuck: Stuck | None) -> bool:
    """Tell whether the desk was stuck over an id that another operation has: that one needs a new id."""
    return stuck is not None and stuck.reason == "reused_id"
