"""`vault.json`: which vaults hold the key of a profile."""

import hmac
from pathlib import Path
from typing import Self

import msgspec

from merchant_desk.models.private_files import write_private
from merchant_desk.sync.key_faults import KeyringTrouble, VaultDamaged
from merchant_desk.sync.passphrase import WrappedKey

VAULT_FILE = "vault.json"

_VERSION = 1
_CHECK = b"merchant-desk/key-check/1"


class VaultRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is stored. `check` proves that a key is this profile's and tells nothing about it.

    `reason` is why the keyring was not used when the passphrase was set.
    """

    version: int
    profile_id: str
    check: bytes
    demo: bool = False
    keyring: bool = False
    passphrase: WrappedKey | None = None
    reason: KeyringTrouble | None = None

    @classmethod
    def of(cls, profile_id: str, key: bytes, *, demo: bool = False, keyring: bool = False) -> Self:
        """Make the record of `key`, of this version."""
        return cls(_VERSION, profile_id, _check(key), demo=demo, keyring=keyring)

    def fits(self, key: bytes) -> bool:
        """Whether `key` is the one that this record was made of."""
        return hmac.compare_digest(self.check, _check(key))


def read_record(folder: Path) -> VaultRecord | None:
    """Return the profile's record, None if it has none.

    Raises:
        VaultDamaged: it cannot be read, names no vault, or is of a newer version.
    """
    path = folder / VAULT_FILE
    try:
        record = msgspec.json.decode(path.read_bytes(), type=VaultRecord)
    except FileNotFoundError:
        return None
    except (OSError, msgspec.DecodeError) as unreadable:
        raise VaultDamaged(path, str(unreadable)) from unreadable
    if record.version != _VERSION:
        raise VaultDamaged(path, f"version {record.version}")
    if not (record.demo or record.keyring or record.passphrase):
        raise VaultDamaged(path, "no vault")
    return record


def write_record(folder: Path, record: VaultRecord) -> None:
    """Replace the profile's record, durable and in one step; raise OSError if it cannot be written."""
    write_private(folder / VAULT_FILE, msgspec.json.format(msgspec.json.encode(record), indent=1))


def _check(key: bytes) -> bytes:
    return hmac.digest(key, _CHECK, "sha256")[:8]
