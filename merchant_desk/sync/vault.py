"""Where the key of a profile's database lives, and how it is had at the start.

`vault.json` in the profile folder says which vaults hold the key: the keyring of the operating system,
a passphrase that wraps it, or the open key file of a demo profile. It is written last, after a vault
has proved that it gives the key back; a database without it gets no new key, because that would lock
its data away.
"""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import Protocol

import msgspec

from merchant_desk.models.private_files import OWNER_ONLY, write_private
from merchant_desk.sync.key_faults import (
    DemoUnprotected,
    KeyDoesNotFit,
    KeyMissing,
    KeyringTrouble,
    KeyringUnavailable,
    PassphraseNotGiven,
    VaultDamaged,
    WeakPassphrase,
    WrongPassphrase,
)
from merchant_desk.sync.passphrase import LEAST_LETTERS, WrappedKey, unwrap_key, wrap_key
from merchant_desk.sync.system_keyring import SystemKeyring
from merchant_desk.sync.vault_record import VaultRecord, read_record, write_record

DEMO_KEY_FILE = "demo.key"
KEY_BYTES = 32
MOST_ATTEMPTS = 5

_PROFILE_ID_BYTES = 16

Random = Callable[[int], bytes]


class VaultKind(Enum):
    """What gave the key."""

    KEYRING = "keyring"
    PASSPHRASE = "passphrase"  # noqa: S105 - a name, no secret
    DEMO = "demo"


class Problem(Enum):
    """What was wrong with the passphrase given before."""

    WRONG = "wrong"
    WEAK = "weak"


@dataclass(frozen=True, slots=True)
class PassphraseRequest:
    """Why a passphrase is asked for, to be shown to the person.

    `reason` is None where the person once chose a passphrase. `new` asks for one to be made up (twice,
    by the form that asks). `attempt` counts from 1; `problem` says what was wrong with the one before.
    """

    reason: KeyringTrouble | None
    new: bool
    attempt: int = 1
    problem: Problem | None = None

    def sentence(self, language: str = "zh_CN") -> str:
        """Say why and what for, in `language` ("zh..." or any other for English)."""
        chinese = language.startswith("zh")
        parts = [self.reason.sentence(language)] if self.reason else []
        if self.problem is Problem.WRONG:
            parts.append("口令不正确。" if chinese else "The passphrase was wrong.")
        if self.problem is Problem.WEAK:
            weak = f"口令至少需要 {LEAST_LETTERS} 个字符。", f"It needs at least {LEAST_LETTERS} characters."
            parts.append(weak[0] if chinese else weak[1])
        new = "请设置一个口令来保护本机数据。", "Choose a passphrase to protect the data on this computer."
        old = "请输入口令以打开本机数据。", "Enter the passphrase to open the data on this computer."
        parts.append((new if self.new else old)[0 if chinese else 1])
        return ("" if chinese else " ").join(parts)


AskPassphrase = Callable[[PassphraseRequest], str | None]
"""Asks a person (or a service's configuration) for the passphrase; None when none is given."""


@dataclass(frozen=True, slots=True)
class OpenedVault:
    """The key of a profile, what gave it, and why it was not the keyring if a person must know."""

    key: bytes = field(repr=False)
    profile_id: str
    kind: VaultKind
    reason: KeyringTrouble | None
    created: bool

    @property
    def protected(self) -> bool:
        """False for a demo profile: anybody who can read the folder can read the data."""
        return self.kind is not VaultKind.DEMO


class Vault(Protocol):
    """One place that keeps a key."""

    def load(self) -> bytes:
        """Return the key; raise a Fault of `key_faults` if it cannot be had."""

    def store(self, key: bytes) -> None:
        """Keep the key, and prove that it can be had again; raise a Fault if not."""


@dataclass(frozen=True, slots=True)
class KeyringVault:
    """The key as an entry of the system's keyring."""

    profile_id: str
    keyring: SystemKeyring

    def load(self) -> bytes:
        """Return the key; raise KeyringUnavailable, also for an entry that is missing or no key."""
        secret = self.keyring.read(self.profile_id)
        try:
            key = bytes.fromhex(secret or "")
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise KeyringUnavailable(KeyringTrouble.ENTRY_MISSING.value, self.profile_id)
        return key

    def store(self, key: bytes) -> None:
        """Keep the key; raise KeyringUnavailable when the keyring does not serve."""
        self.keyring.write(self.profile_id, key.hex())


@dataclass(slots=True)
class PassphraseVault:
    """The key wrapped under a passphrase; `wrapped` is what goes into vault.json."""

    ask: AskPassphrase
    random: Random
    reason: KeyringTrouble | None = None
    wrapped: WrappedKey | None = None

    def load(self) -> bytes:
        """Ask until the passphrase fits, MOST_ATTEMPTS times at most.

        Raises:
            WrongPassphrase: none of them fitted; where there is nobody to ask again, after the first.
            PassphraseNotGiven: there was none.
        """
        if self.wrapped is None:
            raise self._not_given()
        problem = None
        for attempt in range(1, MOST_ATTEMPTS + 1):
            passphrase = self._asked(PassphraseRequest(self.reason, False, attempt, problem))
            key = unwrap_key(self.wrapped, passphrase)
            if key is not None:
                return key
            problem = Problem.WRONG
        raise WrongPassphrase(MOST_ATTEMPTS)

    def store(self, key: bytes) -> None:
        """Ask for a new passphrase of LEAST_LETTERS or more and wrap the key.

        Raises:
            PassphraseNotGiven: the person gave up.
            WeakPassphrase: none of them was long enough; where nobody can be asked again, the first.
        """
        problem = None
        for attempt in range(1, MOST_ATTEMPTS + 1):
            passphrase = self._asked(PassphraseRequest(self.reason, True, attempt, problem))
            if len(passphrase) >= LEAST_LETTERS:
                self.wrapped = wrap_key(key, passphrase, self.random)
                return
            problem = Problem.WEAK
        raise WeakPassphrase(LEAST_LETTERS)

    def _asked(self, request: PassphraseRequest) -> str:
        passphrase = self.ask(request)
        if passphrase is not None:
            return passphrase
        if request.problem is Problem.WRONG:
            raise WrongPassphrase(request.attempt - 1)
        if request.problem is Problem.WEAK:
            raise WeakPassphrase(LEAST_LETTERS)
        raise self._not_given()

    def _not_given(self) -> PassphraseNotGiven:
        return PassphraseNotGiven(self.reason.value if self.reason else "")


@dataclass(frozen=True, slots=True)
class DemoVault:
    """The key in an open file (mode 0600) beside the database: no protection, and it says so."""

    folder: Path

    def load(self) -> bytes:
        """Return the key; raise KeyMissing if its file is gone or no key."""
        path = self.folder / DEMO_KEY_FILE
        try:
            path.chmod(OWNER_ONLY)
            key = bytes.fromhex(path.read_text(encoding="ascii"))
        except (OSError, ValueError) as gone:
            raise KeyMissing(self.folder) from gone
        if len(key) != KEY_BYTES:
            raise KeyMissing(self.folder)
        return key

    def store(self, key: bytes) -> None:
        """Write the key file."""
        write_private(self.folder / DEMO_KEY_FILE, key.hex().encode())


def open_vault(
    profile_dir: Path,
    *,
    demo: bool,
    ask_passphrase: AskPassphrase,
    keyring: SystemKeyring | None = None,
    random: Random = os.urandom,
) -> OpenedVault:
    """Return the profile's database key; for a new profile make it once and put it away.

    An existing profile opens from the vaults that its `vault.json` names, whatever `demo` says: first
    the keyring, then a passphrase, with the reason why it is asked. A new one goes to the keyring, or
    if that does not serve, under a passphrase; with `demo` into a key file that never asks. It may
    block for as long as the person takes: not on the window's thread.

    Raises:
        KeyringUnavailable: the key is in the keyring alone, which does not give it.
        WrongPassphrase, WeakPassphrase, PassphraseNotGiven: the profile stays as it was, or is not made.
        KeyMissing: there is a database, but nothing says where its key is.
        VaultDamaged: `vault.json` cannot be read.
        OSError: the folder is missing or cannot be written.
    """
    keyring = keyring or SystemKeyring()
    record = read_record(profile_dir)
    if record is not None:
        return _open(profile_dir, record, ask_passphrase, keyring, random)
    if any(profile_dir.glob("*.db")):
        raise KeyMissing(profile_dir)
    key, profile_id = random(KEY_BYTES), random(_PROFILE_ID_BYTES).hex()
    return _put_away(
        profile_dir, VaultRecord.of(profile_id, key, demo=demo), key, ask_passphrase, keyring, random
    )


def restore_vault(
    profile_dir: Path,
    key: bytes,
    *,
    profile_id: str,
    ask_passphrase: AskPassphrase,
    keyring: SystemKeyring | None = None,
    random: Random = os.urandom,
) -> OpenedVault:
    """Put a key away that was restored from paper or server, as for a new profile.

    A `vault.json` that cannot be read is kept as `vault.json.damaged`.

    Raises:
        KeyDoesNotFit: the profile's own record says that its key is another one.
        PassphraseNotGiven: as `open_vault`; nothing was changed.
    """
    try:
        old = read_record(profile_dir)
    except VaultDamaged as damaged:
        write_private(damaged.path.with_suffix(".json.damaged"), damaged.path.read_bytes())
        old = None
    if old is not None and not old.fits(key):
        raise KeyDoesNotFit(profile_dir)
    record = VaultRecord.of(old.profile_id if old else profile_id, key, demo=old.demo if old else False)
    return _put_away(profile_dir, record, key, ask_passphrase, keyring or SystemKeyring(), random)


def add_passphrase(
    profile_dir: Path, key: bytes, ask_passphrase: AskPassphrase, random: Random = os.urandom
) -> None:
    """Let a passphrase open the profile too, or change it; the keyring stays as it is.

    Raises:
        KeyDoesNotFit: `key` is not this profile's.
        KeyMissing: the profile has no vault.
        DemoUnprotected: it is a demo, which has nothing to protect.
        PassphraseNotGiven: the old one, if any, stays.
    """
    record = _record_of(profile_dir, key)
    vault = PassphraseVault(ask_passphrase, random, record.reason)
    vault.store(key)
    write_record(profile_dir, msgspec.structs.replace(record, passphrase=vault.wrapped))


def move_to_keyring(profile_dir: Path, key: bytes, keyring: SystemKeyring | None = None) -> None:
    """Put the key into the keyring, now that there is one; no passphrase is asked for any more.

    Raises:
        KeyDoesNotFit: `key` is not this profile's.
        KeyMissing: the profile has no vault.
        DemoUnprotected: it is a demo, which has nothing to protect.
        KeyringUnavailable: the keyring does not serve; all stays as it was.
    """
    record = _record_of(profile_dir, key)
    KeyringVault(record.profile_id, keyring or SystemKeyring()).store(key)
    write_record(profile_dir, VaultRecord.of(record.profile_id, key, keyring=True))


def _record_of(folder: Path, key: bytes) -> VaultRecord:
    """Return the record of a protected profile whose key is `key`; raises as `add_passphrase`."""
    record = read_record(folder)
    if record is None:
        raise KeyMissing(folder)
    if record.demo:
        raise DemoUnprotected
    if not record.fits(key):
        raise KeyDoesNotFit(folder)
    return record


def _open(
    folder: Path, record: VaultRecord, ask: AskPassphrase, keyring: SystemKeyring, random: Random
) -> OpenedVault:
    reason = record.reason
    if record.demo:
        key = DemoVault(folder).load()
        if not record.fits(key):
            raise KeyMissing(folder)
        return OpenedVault(key, record.profile_id, VaultKind.DEMO, None, created=False)
    if record.keyring:
        try:
            key = KeyringVault(record.profile_id, keyring).load()
            if not record.fits(key):
                raise KeyringUnavailable(KeyringTrouble.ENTRY_MISSING.value, record.profile_id)
        except KeyringUnavailable as unavailable:
            if record.passphrase is None:
                raise
            reason = unavailable.reason
        else:
            return OpenedVault(key, record.profile_id, VaultKind.KEYRING, None, created=False)
    key = PassphraseVault(ask, random, reason, record.passphrase).load()
    return OpenedVault(key, record.profile_id, VaultKind.PASSPHRASE, reason, created=False)


def _put_away(
    folder: Path, record: VaultRecord, key: bytes, ask: AskPassphrase, keyring: SystemKeyring, random: Random
) -> OpenedVault:
    """Store the key in the first vault that takes it; the record comes last, so that it never lies."""
    replace = msgspec.structs.replace
    if record.demo:
        DemoVault(folder).store(key)
        write_record(folder, record)
        return OpenedVault(key, record.profile_id, VaultKind.DEMO, None, created=True)
    try:
        KeyringVault(record.profile_id, keyring).store(key)
    except KeyringUnavailable as unavailable:
        vault = PassphraseVault(ask, random, unavailable.reason)
        vault.store(key)
        write_record(folder, replace(record, passphrase=vault.wrapped, reason=unavailable.reason))
        return OpenedVault(key, record.profile_id, VaultKind.PASSPHRASE, unavailable.reason, created=True)
    write_record(folder, replace(record, keyring=True))
    return OpenedVault(key, record.profile_id, VaultKind.KEYRING, None, created=True)
