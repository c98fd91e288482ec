"""A desk's database key: sealed at enrolment to server and paper, put back when the vault is lost.

`recovery.py` says how a key is sealed and what lies beside the database; this module says when.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import structlog
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from merchant_desk.models.encrypted import open_engine
from merchant_desk.models.faults import AlreadyOpen, Fault, ServerOpen, WrongKey, file_fault
from merchant_desk.models.profile_lock import ProfileLock
from merchant_desk.sync.administration import KeyAnswer, KeyRequest
from merchant_desk.sync.desk_state import Identity
from merchant_desk.sync.key_faults import DemoUnprotected, KeyDoesNotFit
from merchant_desk.sync.recovery import (
    DeskHome,
    NothingToRestore,
    RecoveryKey,
    keep_home,
    keep_sealed_key,
    number_of,
    open_database_key,
    read_recovery,
    restore_from_paper,
    seal_database_key,
)
from merchant_desk.sync.server_faults import ServerProblem
from merchant_desk.sync.system_keyring import SystemKeyring
from merchant_desk.sync.transport import HttpFetch, ServerApi
from merchant_desk.sync.vault import AskPassphrase, OpenedVault, restore_vault

DATABASE = "desk.db"
SEED_BYTES = 32

Random = Callable[[int], bytes]

log = structlog.get_logger()


@dataclass(eq=False)
class NoDatabaseHere(Fault):
    """There is nothing whose key could be put back."""

    folder: Path
    zh: ClassVar[str] = "{folder} 中没有数据库，没有可恢复的内容。请核对文件夹。"
    en: ClassVar[str] = "There is no database in {folder}, so nothing to recover. Check the folder."


def seal_for_server(vault: OpenedVault, seal_key: bytes) -> bytes:
    """Return the database key sealed to a server's public key; nothing for a demo, which hides nothing.

    Raises:
        ValueError: `seal_key` is not 32 bytes long.
    """
    if not vault.protected:
        return b""
    return seal_database_key(vault.key, seal_key, profile_id=vault.profile_id)


def keep_copies(folder: Path, vault: OpenedVault, identity: Identity) -> None:
    """See to it that `recovery.json` says who this desk is and holds its key sealed to the merchant's paper.

    Done at each opening, so that neither a crash at enrolment nor a deleted file leaves a desk without.
    A disk that cannot be written is logged, and tried again at the next opening.
    """
    if not vault.protected:
        return
    profile_id, paper = vault.profile_id, identity.recovery_paper
    home = DeskHome(
        identity.merchant_id,
        identity.device_id,
        identity.code,
        identity.name,
        identity.server_url,
        identity.fingerprint,
    )
    try:
        keep_home(folder, home, profile_id=profile_id)
        if paper and number_of(paper) not in read_recovery(folder).numbers:
            keep_sealed_key(folder, vault.key, paper, profile_id=profile_id)
    except (OSError, NothingToRestore) as error:
        log.warning("recovery_not_kept", error=type(error).__name__)


def make_own_paper(
    folder: Path, vault: OpenedVault, random: Random, show: Callable[[RecoveryKey], None]
) -> RecoveryKey:
    """Make a recovery paper for this desk alone; its former own paper does not open the desk any more.

    A safety copy is written anew for the new paper at once (0034); a stick that is put away still opens by
    the former one.

    Args:
        folder: the profile's.
        vault: its key.
        random: gives the secret.
        show: prints the paper, or raises: then the former one stays good.

    Raises:
        DemoUnprotected: a demo's key lies open beside it.
        FileUnusable, DiskFull: the sealed copy could not be written; the new paper opens nothing.
    """
    if not vault.protected:
        raise DemoUnprotected
    paper = RecoveryKey.make(random)
    show(paper)
    try:
        keep_sealed_key(folder, vault.key, paper.public_key, profile_id=vault.profile_id, own=True)
    except OSError as error:
        raise file_fault(error, folder) from error
    return paper


def recover_from_paper(
    folder: Path,
    paper: RecoveryKey,
    ask_passphrase: AskPassphrase,
    keyring: SystemKeyring | None = None,
    database: str = DATABASE,
) -> OpenedVault:
    """Put a desk's (or by its `database` a server's) lost key back by a recovery paper.

    Raises:
        NoDatabaseHere, NothingToRestore, WrongRecoveryKey, SealBroken, KeyDoesNotFit, AlreadyOpen.
        PassphraseNotGiven: no keyring, and no new passphrase either. Nothing was changed, as for all.
    """
    with _locked(folder, database):
        return _put_back(folder / database, restore_from_paper(folder, paper), ask_passphrase, keyring)


def recover_from_server(
    folder: Path,
    login: str,
    password: str,
    ask_passphrase: AskPassphrase,
    keyring: SystemKeyring | None = None,
    *,
    server_url: str = "",
    random: Random = os.urandom,
) -> OpenedVault:
    """Put a desk's lost key back from the server's sealed copy; somebody with the right `people` vouches.

    Args:
        folder: the profile's.
        login, password: whose word the server takes.
        ask_passphrase: asked where no keyring takes the key.
        keyring: the system's.
        server_url: where the server is now, if not where it was at the enrolment.
        random: gives the key that the answer is sealed to.

    Raises:
        Refusal: `sign_in_failed`, `not_allowed`, `no_sealed_key`... as the server says.
        Fault: as `recover_from_paper`; Unreachable, InsecureAddress... Nothing was changed.
    """
    with _locked(folder, DATABASE):
        record = read_recovery(folder)
        if record.home is None:
            raise NothingToRestore(folder)
        private = X25519PrivateKey.from_private_bytes(random(SEED_BYTES))
        asked = KeyRequest(
            record.home.merchant_id,
            record.home.device_id,
            record.profile_id,
            private.public_key().public_bytes_raw(),
            login,
            password,
        )
        answer = ask_server(record.home, server_url, asked)
        key = open_database_key(answer.box, private, profile_id=record.profile_id)
        return _put_back(folder / DATABASE, key, ask_passphrase, keyring)


def ask_server(home: DeskHome, server_url: str, asked: KeyRequest) -> KeyAnswer:
    """Ask the server of a desk (or the one at `server_url`) for a key. Raises as `recover_from_server`."""
    pinned = bytes.fromhex(home.fingerprint) if home.fingerprint else None
    fetch = HttpFetch(server_url or home.server_url, pinned)
    try:
        return ServerApi(fetch, "").give_key(asked)
    except ServerProblem as problem:
        if problem.refusal is None:
            raise
        raise problem.refusal from problem
    finally:
        fetch.close()


def _locked(folder: Path, database: str) -> ProfileLock:
    if not (folder / database).is_file():
        raise NoDatabaseHere(folder)
    return ProfileLock(folder, AlreadyOpen if database == DATABASE else ServerOpen)


def _put_back(
    database: Path, key: bytes, ask_passphrase: AskPassphrase, keyring: SystemKeyring | None
) -> OpenedVault:
    """Put a key into the vault, once it has opened the database: the copy may be another desk's."""
    folder = database.parent
    try:
        open_engine(database, key, role="reader").dispose()
    except WrongKey as wrong:
        raise KeyDoesNotFit(folder) from wrong
    record = read_recovery(folder)
    try:
        return restore_vault(
            folder, key, profile_id=record.profile_id, ask_passphrase=ask_passphrase, keyring=keyring
        )
    except OSError as error:
        raise file_fault(error, folder) from error
