"""Is a profile's key made once, kept where it should be, and never lost or replaced in silence?"""

import os
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from keyring.errors import InitError, KeyringError, KeyringLocked, NoKeyringError, PasswordSetError

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
from merchant_desk.sync.system_keyring import SERVICE, SystemKeyring
from merchant_desk.sync.vault import (
    OpenedVault,
    PassphraseRequest,
    Problem,
    VaultKind,
    add_passphrase,
    move_to_keyring,
    open_vault,
    restore_vault,
)
from tests.helpers.keyrings import FakeBackend, Person

PASSPHRASE = "三只 horses 和 a cart"
TOO_DEAR = (
    b'{"version": 1, "profile_id": "x", "check": "", "passphrase": {"salt": "AAAAAAAAAAAAAAAAAAAAAA==", '
    b'"time_cost": 3, "memory_kib": 99999999, "lanes": 4, "nonce": "AAAAAAAAAAAAAAAA", "sealed": ""}}'
)


@pytest.fixture
def backend() -> Iterator[FakeBackend]:
    backend = FakeBackend()
    yield backend
    if backend.hanging is not None:
        backend.hanging.set()


@pytest.fixture
def keyring(backend: FakeBackend) -> SystemKeyring:
    return SystemKeyring(lambda: backend, timeout_s=5)


def opened(folder: Path, keyring: SystemKeyring, *answers: str | None, demo: bool = False) -> OpenedVault:
    person = Person(*answers)
    vault = open_vault(folder, demo=demo, ask_passphrase=person, keyring=keyring)
    assert person.answers == []
    return vault


# ---------------------------------------------------------------- keyring


def test_the_key_is_made_once_and_lives_in_the_keyring(
    tmp_path: Path, backend: FakeBackend, keyring: SystemKeyring
) -> None:
    first = opened(tmp_path, keyring)
    assert (first.kind, first.created, first.protected, first.reason) == (VaultKind.KEYRING, True, True, None)
    assert backend.entries == {(SERVICE, first.profile_id): first.key.hex()}
    again = opened(tmp_path, keyring)
    assert (again.key, again.profile_id, again.created) == (first.key, first.profile_id, False)
    assert [file.name for file in tmp_path.iterdir()] == ["vault.json"]
    assert first.key.hex() not in (tmp_path / "vault.json").read_text()
    assert first.key.hex() not in repr(first)


def test_profiles_do_not_share_a_key(tmp_path: Path, backend: FakeBackend, keyring: SystemKeyring) -> None:
    keys = set()
    for name in "ab":
        (tmp_path / name).mkdir()
        keys.add(opened(tmp_path / name, keyring).key)
    assert len(keys) == len(backend.entries) == 2


def test_the_key_comes_from_the_given_chance(tmp_path: Path, keyring: SystemKeyring) -> None:
    made = open_vault(
        tmp_path, demo=False, ask_passphrase=Person(), keyring=keyring, random=lambda n: b"\x2a" * n
    )
    assert (made.key, made.profile_id) == (b"\x2a" * 32, "2a" * 16)


@pytest.mark.parametrize(
    ("failure", "trouble"),
    [
        (NoKeyringError("No recommended backend"), KeyringTrouble.NONE_FOUND),
        (KeyringLocked("Failed to unlock the collection!"), KeyringTrouble.LOCKED),
        (KeyringLocked("Can't get password from keychain: Keychain Access Denied"), KeyringTrouble.DENIED),
        (PasswordSetError("Cancelled by user"), KeyringTrouble.DENIED),
        (PermissionError(13, "Permission denied"), KeyringTrouble.DENIED),
        (InitError("Failed to create the collection"), KeyringTrouble.FAILED),
        (KeyringError("-25308"), KeyringTrouble.FAILED),
        (RuntimeError("something odd"), KeyringTrouble.FAILED),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "odd"), KeyringTrouble.FAILED),
        (SystemExit(1), KeyringTrouble.FAILED),
    ],
)
def test_a_keyring_that_fails_makes_the_desk_ask_and_say_why(
    tmp_path: Path,
    backend: FakeBackend,
    keyring: SystemKeyring,
    failure: BaseException,
    trouble: KeyringTrouble,
) -> None:
    backend.failure = failure
    person = Person(PASSPHRASE)
    made = open_vault(tmp_path, demo=False, ask_passphrase=person, keyring=keyring)
    assert (made.kind, made.reason, made.protected) == (VaultKind.PASSPHRASE, trouble, True)
    assert person.requests == [PassphraseRequest(trouble, new=True)]
    assert person.requests[0].sentence("zh_CN").startswith(trouble.sentence("zh_CN"))
    assert person.requests[0].sentence("en").startswith(trouble.sentence("en"))
    assert backend.entries == {}
    # From now on the profile asks, and still knows why, whatever the keyring does.
    backend.failure = None
    person = Person(PASSPHRASE)
    again = open_vault(tmp_path, demo=False, ask_passphrase=person, keyring=keyring)
    assert again.key == made.key
    assert person.requests == [PassphraseRequest(trouble, new=False)]


def test_a_keyring_that_hangs_is_left_alone(tmp_path: Path, backend: FakeBackend) -> None:
    backend.hanging = threading.Event()
    made = opened(tmp_path, SystemKeyring(lambda: backend, timeout_s=0.05), PASSPHRASE)
    assert (made.kind, made.reason) == (VaultKind.PASSPHRASE, KeyringTrouble.TIMED_OUT)


def test_finding_a_keyring_may_hang_or_fail_too(tmp_path: Path, backend: FakeBackend) -> None:
    def broken() -> FakeBackend:
        raise ImportError("no module named dbus")

    made = opened(tmp_path, SystemKeyring(broken, timeout_s=5), PASSPHRASE)
    assert made.reason is KeyringTrouble.FAILED


@pytest.mark.parametrize("priority", [0, 0.5, -1])
def test_a_plain_file_or_a_null_device_is_no_keyring(tmp_path: Path, priority: float) -> None:
    poor = FakeBackend(priority)
    made = opened(tmp_path, SystemKeyring(lambda: poor, timeout_s=5), PASSPHRASE)
    assert made.reason is KeyringTrouble.NONE_FOUND
    assert poor.entries == {}


def test_a_keyring_that_forgets_at_once_is_not_trusted(tmp_path: Path) -> None:
    class Forgetful(FakeBackend):
        def set_password(self, service: str, username: str, password: str) -> None:
            pass

    made = opened(tmp_path, SystemKeyring(Forgetful, timeout_s=5), PASSPHRASE)
    assert (made.kind, made.reason) == (VaultKind.PASSPHRASE, KeyringTrouble.FAILED)


def test_a_keyring_that_is_locked_later_loses_nothing(
    tmp_path: Path, backend: FakeBackend, keyring: SystemKeyring
) -> None:
    made = opened(tmp_path, keyring)
    backend.failure = KeyringLocked("locked")
    with pytest.raises(KeyringUnavailable) as locked:
        opened(tmp_path, keyring)
    assert locked.value.reason is KeyringTrouble.LOCKED
    backend.failure = None
    assert opened(tmp_path, keyring).key == made.key


def test_an_entry_that_is_gone_or_anothers_is_never_replaced(
    tmp_path: Path, backend: FakeBackend, keyring: SystemKeyring
) -> None:
    made = opened(tmp_path, keyring)
    for entry in (None, "", "no hex", "00", bytes(32).hex()):
        if entry is None:
            backend.entries.clear()
        else:
            backend.entries[SERVICE, made.profile_id] = entry
        before = dict(backend.entries)
        with pytest.raises(KeyringUnavailable) as gone:
            opened(tmp_path, keyring)
        assert gone.value.reason is KeyringTrouble.ENTRY_MISSING
        assert backend.entries == before


def test_erase_forgets_one_entry_and_may_be_repeated(backend: FakeBackend, keyring: SystemKeyring) -> None:
    keyring.write("one", "secret")
    keyring.write("two", "other")
    keyring.erase("one")
    keyring.erase("one")
    assert (keyring.read("one"), keyring.read("two")) == (None, "other")


# ---------------------------------------------------------------- passphrase


@pytest.fixture
def no_keyring() -> SystemKeyring:
    return SystemKeyring(lambda: FakeBackend(priority=0), timeout_s=5)


def test_a_wrong_passphrase_may_be_corrected(tmp_path: Path, no_keyring: SystemKeyring) -> None:
    made = opened(tmp_path, no_keyring, PASSPHRASE)
    person = Person("wrong", PASSPHRASE)
    again = open_vault(tmp_path, demo=False, ask_passphrase=person, keyring=no_keyring)
    assert again.key == made.key
    assert [(one.attempt, one.problem) for one in person.requests] == [(1, None), (2, Problem.WRONG)]
    assert "不正确" in person.requests[1].sentence("zh_CN")
    assert "wrong" in person.requests[1].sentence("en")


def test_a_passphrase_that_stays_wrong_ends_with_a_name_and_loses_nothing(
    tmp_path: Path, no_keyring: SystemKeyring
) -> None:
    made = opened(tmp_path, no_keyring, PASSPHRASE)
    record = (tmp_path / "vault.json").read_bytes()
    with pytest.raises(WrongPassphrase) as wrong:
        opened(tmp_path, no_keyring, *["wrong one"] * 5)
    assert wrong.value.attempts == 5
    with pytest.raises(PassphraseNotGiven):
        opened(tmp_path, no_keyring, None)
    assert (tmp_path / "vault.json").read_bytes() == record
    assert opened(tmp_path, no_keyring, PASSPHRASE).key == made.key


def test_a_weak_passphrase_is_asked_for_again(tmp_path: Path, no_keyring: SystemKeyring) -> None:
    person = Person("short", PASSPHRASE)
    open_vault(tmp_path, demo=False, ask_passphrase=person, keyring=no_keyring)
    assert person.requests[1].problem is Problem.WEAK
    assert "8" in person.requests[1].sentence("zh_CN")
    assert "8" in person.requests[1].sentence("en")


def test_a_profile_without_a_passphrase_is_not_made(tmp_path: Path, no_keyring: SystemKeyring) -> None:
    with pytest.raises(PassphraseNotGiven):
        opened(tmp_path, no_keyring, None)
    with pytest.raises(WeakPassphrase):
        opened(tmp_path, no_keyring, *["short"] * 5)
    assert list(tmp_path.iterdir()) == []
    assert opened(tmp_path, no_keyring, PASSPHRASE).created


def test_the_record_holds_neither_key_nor_passphrase(tmp_path: Path, no_keyring: SystemKeyring) -> None:
    made = opened(tmp_path, no_keyring, PASSPHRASE)
    record = (tmp_path / "vault.json").read_text(encoding="utf-8")
    assert made.key.hex() not in record
    assert "horses" not in record
    assert '"reason": "none_found"' in record


def test_a_passphrase_may_stand_by_for_a_keyring_that_fails(
    tmp_path: Path, backend: FakeBackend, keyring: SystemKeyring
) -> None:
    made = opened(tmp_path, keyring)
    add_passphrase(tmp_path, made.key, Person(PASSPHRASE))
    assert opened(tmp_path, keyring).kind is VaultKind.KEYRING
    backend.failure = KeyringLocked("locked")
    person = Person(PASSPHRASE)
    by_passphrase = open_vault(tmp_path, demo=False, ask_passphrase=person, keyring=keyring)
    assert by_passphrase.key == made.key
    assert by_passphrase.reason is KeyringTrouble.LOCKED
    assert person.requests == [PassphraseRequest(KeyringTrouble.LOCKED, new=False)]


def test_a_passphrase_can_be_changed_and_given_up_for_a_keyring(
    tmp_path: Path, no_keyring: SystemKeyring, keyring: SystemKeyring, backend: FakeBackend
) -> None:
    made = opened(tmp_path, no_keyring, PASSPHRASE)
    with pytest.raises(PassphraseNotGiven):
        add_passphrase(tmp_path, made.key, Person(None))
    assert opened(tmp_path, no_keyring, PASSPHRASE).key == made.key
    add_passphrase(tmp_path, made.key, Person("another passphrase"))
    assert opened(tmp_path, no_keyring, PASSPHRASE, "another passphrase").key == made.key
    with pytest.raises(KeyringUnavailable):
        move_to_keyring(tmp_path, made.key, no_keyring)
    move_to_keyring(tmp_path, made.key, keyring)
    assert opened(tmp_path, keyring).kind is VaultKind.KEYRING
    assert "passphrase" not in (tmp_path / "vault.json").read_text()


def test_a_foreign_key_changes_no_vault(tmp_path: Path, keyring: SystemKeyring) -> None:
    with pytest.raises(KeyMissing):
        add_passphrase(tmp_path, bytes(32), Person())
    with pytest.raises(KeyMissing):
        move_to_keyring(tmp_path, bytes(32), keyring)
    opened(tmp_path, keyring)
    with pytest.raises(KeyDoesNotFit):
        add_passphrase(tmp_path, bytes(32), Person())
    with pytest.raises(KeyDoesNotFit):
        move_to_keyring(tmp_path, bytes(32), keyring)


# ---------------------------------------------------------------- demo


def test_a_demo_never_asks_and_is_marked_unprotected(
    tmp_path: Path, backend: FakeBackend, keyring: SystemKeyring
) -> None:
    made = opened(tmp_path, keyring, demo=True)
    assert (made.kind, made.protected, made.created) == (VaultKind.DEMO, False, True)
    assert backend.entries == {}
    key_file = tmp_path / "demo.key"
    assert bytes.fromhex(key_file.read_text()) == made.key
    if os.name == "posix":
        assert stat.S_IMODE(key_file.stat().st_mode) == 0o600
        key_file.chmod(0o644)
    again = opened(tmp_path, keyring, demo=False)
    assert (again.key, again.kind, again.protected) == (made.key, VaultKind.DEMO, False)
    if os.name == "posix":
        assert stat.S_IMODE(key_file.stat().st_mode) == 0o600


def test_a_protected_profile_stays_so_when_opened_as_a_demo(tmp_path: Path, keyring: SystemKeyring) -> None:
    opened(tmp_path, keyring)
    assert opened(tmp_path, keyring, demo=True).protected
    assert not (tmp_path / "demo.key").exists()


@pytest.mark.parametrize("content", [None, "", "zz", "00", "00" * 32])
def test_a_demo_key_that_is_gone_is_not_made_anew(
    tmp_path: Path, keyring: SystemKeyring, content: str | None
) -> None:
    opened(tmp_path, keyring, demo=True)
    path = tmp_path / "demo.key"
    path.unlink() if content is None else path.write_text(content)
    with pytest.raises(KeyMissing):
        opened(tmp_path, keyring, demo=True)
    with pytest.raises(DemoUnprotected):
        add_passphrase(tmp_path, bytes(32), Person())


# ---------------------------------------------------------------- lost and restored


def test_a_database_without_a_record_gets_no_new_key(tmp_path: Path, keyring: SystemKeyring) -> None:
    (tmp_path / "desk.db").write_bytes(b"pages")
    for demo in (False, True):
        with pytest.raises(KeyMissing):
            opened(tmp_path, keyring, demo=demo)
    assert [file.name for file in tmp_path.iterdir()] == ["desk.db"]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b'{"version": 9, "profile_id": "x", "check": "", "demo": true}',
        b'{"version": 1, "profile_id": "x", "check": ""}',
        b'{"version": 1, "demo": "yes"}',
        TOO_DEAR,
    ],
)
def test_a_damaged_record_is_named_and_kept(tmp_path: Path, keyring: SystemKeyring, content: bytes) -> None:
    made = opened(tmp_path, keyring)
    (tmp_path / "vault.json").write_bytes(content)
    with pytest.raises(VaultDamaged):
        opened(tmp_path, keyring)
    assert (tmp_path / "vault.json").read_bytes() == content
    restored = restore_vault(
        tmp_path, made.key, profile_id=made.profile_id, ask_passphrase=Person(), keyring=keyring
    )
    assert (restored.key, restored.profile_id) == (made.key, made.profile_id)
    assert (tmp_path / "vault.json.damaged").read_bytes() == content
    assert opened(tmp_path, keyring).key == made.key


def test_a_restored_key_is_put_away_like_a_new_one(
    tmp_path: Path, keyring: SystemKeyring, no_keyring: SystemKeyring, backend: FakeBackend
) -> None:
    made = opened(tmp_path, keyring)
    backend.entries.clear()
    with pytest.raises(KeyDoesNotFit):
        restore_vault(tmp_path, bytes(32), profile_id="x", ask_passphrase=Person(), keyring=keyring)
    with pytest.raises(PassphraseNotGiven):
        restore_vault(tmp_path, made.key, profile_id="x", ask_passphrase=Person(None), keyring=no_keyring)
    with pytest.raises(KeyringUnavailable):
        opened(tmp_path, keyring)
    restored = restore_vault(tmp_path, made.key, profile_id="x", ask_passphrase=Person(), keyring=keyring)
    assert (restored.kind, restored.profile_id) == (VaultKind.KEYRING, made.profile_id)
    assert opened(tmp_path, keyring).key == made.key


def test_a_crash_before_the_record_leaves_a_profile_that_starts_anew(
    tmp_path: Path, keyring: SystemKeyring, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(folder: Path, record: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("merchant_desk.sync.vault.write_record", crash)
        with pytest.raises(OSError, match="No space"):
            opened(tmp_path, keyring)
    assert opened(tmp_path, keyring).created
