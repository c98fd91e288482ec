"""The facade's part about a desk's key: where it is, another passphrase, the keyring, a paper of its own."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from merchant_desk.documents.recovery_sheet import RecoverySheet, write_sheet
from merchant_desk.models.faults import file_fault
from merchant_desk.models.queries.operation_lists import place
from merchant_desk.sync.key_copies import make_own_paper
from merchant_desk.sync.recovery import NothingToRestore, RecoveryKey, read_recovery
from merchant_desk.sync.runtime import DeskRuntime
from merchant_desk.sync.vault import AskPassphrase, VaultKind, add_passphrase, move_to_keyring
from merchant_desk.sync.vault_record import read_record


@dataclass(frozen=True, slots=True)
class KeyPlaces:
    """The vaults that hold a desk's key, and the numbers of the recovery papers that open it."""

    vaults: tuple[VaultKind, ...]
    papers: tuple[str, ...]


class KeyKeeping:
    """What people do with their desk's key. All but `key_places` raise DemoUnprotected at a demo."""

    runtime: DeskRuntime

    def key_places(self) -> KeyPlaces:
        """Say where the key is and what gives it back.

        Raises:
            VaultDamaged: `vault.json` cannot be read (any more).
        """
        folder = self.runtime.profile.folder
        record = read_record(folder)
        held = {
            VaultKind.DEMO: record is not None and record.demo,
            VaultKind.KEYRING: record is not None and record.keyring,
            VaultKind.PASSPHRASE: record is not None and record.passphrase is not None,
        }
        try:
            papers = read_recovery(folder).numbers
        except NothingToRestore:
            papers = ()
        return KeyPlaces(tuple(kind for kind, there in held.items() if there), papers)

    def set_passphrase(self, ask: AskPassphrase) -> None:
        """Let a passphrase open the desk, or change it; a keyring goes on opening it too.

        Raises:
            PassphraseNotGiven, WeakPassphrase: the old one, if any, stays.
        """
        profile = self.runtime.profile
        add_passphrase(profile.folder, profile.vault.key, ask)

    def move_key_to_keyring(self) -> None:
        """Put the key into the system's keyring; no passphrase is asked for any more.

        Raises:
            KeyringUnavailable: it does not serve; all stays as it was.
        """
        profile = self.runtime.profile
        move_to_keyring(profile.folder, profile.vault.key)

    def write_recovery_sheet(self, path: Path) -> str:
        """Make a recovery paper for this desk alone and write its sheet; return its number.

        `path` ends in .txt for plain text; else it is a page for any browser to print.

        Raises:
            FileUnusable, DiskFull: it cannot be written; the former paper stays good.
        """

        def write(sheet: RecoverySheet) -> None:
            try:
                write_sheet(path, sheet)
            except OSError as error:
                raise file_fault(error, path) from error

        return self.new_recovery_paper(write)

    def new_recovery_paper(self, hand_over: Callable[[RecoverySheet], None]) -> str:
        """Make a recovery paper for this desk alone and hand its sheet over; return its number.

        The merchant's paper stays good; the former one of this desk does not, unless `hand_over` raises.
        """
        profile, identity = self.runtime.profile, self.runtime.identity
        with self.runtime.read() as connection, connection.begin():
            where = place(connection, identity.outlet_id)
        merchant = where.merchant if where else ""
        day = datetime.fromtimestamp(self.runtime.now() / 1_000_000, UTC).date().isoformat()

        def show(paper: RecoveryKey) -> None:
            desk = f"{identity.code} {identity.name}"
            hand_over(RecoverySheet(paper.text, paper.number, merchant, desk, day))

        return make_own_paper(profile.folder, profile.vault, os.urandom, show).number
