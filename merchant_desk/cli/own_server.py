"""The server of a shop that was founded on this computer: its data in the desk's profile, beside its window.

It runs while the window is open and is protected like any other server: its data by the keyring or the
passphrase that opens the desk, its connections by TLS with a certificate that desks pin.
"""

import json
import platform
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from merchant_desk.cli.embedded import EmbeddedServer, Listening
from merchant_desk.desk import Desk, now_us
from merchant_desk.domain.founding import MANAGER_LOGIN, NewShop
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.setting_kinds import Value
from merchant_desk.domain.settings_known import LANGUAGE, SERVER_REACHABLE
from merchant_desk.models.faults import file_fault
from merchant_desk.models.local_settings import LocalSettings
from merchant_desk.models.private_files import write_private
from merchant_desk.models.profile_lock import ProfileLock
from merchant_desk.sync.enrolment_code import EnrolmentCode
from merchant_desk.sync.own_server import FOLDER, PORT_FILE
from merchant_desk.sync.vault import AskPassphrase, PassphraseRequest, VaultKind, open_vault

if TYPE_CHECKING:
    from merchant_desk.documents.recovery_sheet import RecoverySheet

GROUPS = ("cost", "personal")
"""What the desk on which a shop is founded may hold."""

EVERYWHERE = "0.0.0.0"  # noqa: S104 - whoever founds a shop asks for it


def start_own_server(profile: Path, ask_passphrase: AskPassphrase, *, patient: bool = True) -> EmbeddedServer:
    """Start the server of the shop in a profile where it was founded; `patient` as for `EmbeddedServer`.

    Raises:
        ServerDidNotStart: it ended or said nothing, and nobody wanted to be patient.
        Fault: the vault's: nothing opens its data.
        OSError: its folder cannot be read or written.
    """
    folder = profile / FOLDER
    port = known_port(folder)
    listening = Listening(host_of(profile), port, tls=True)
    passphrase = _passphrase(folder, ask_passphrase)
    return EmbeddedServer(folder, (), listening, passphrase=passphrase, patient=patient)


def host_of(profile: Path) -> str:
    """Return where the server in a profile listens."""
    return EVERYWHERE if LocalSettings(profile).decisions.value(SERVER_REACHABLE) else "127.0.0.1"


def _passphrase(folder: Path, ask: AskPassphrase) -> str:
    """Return what opens a server's data, tried; empty where a keyring does. A new folder gets its key."""
    given: list[str] = []

    def asking(request: PassphraseRequest) -> str | None:
        found = ask(request)
        given[:] = [found or ""]
        return found

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    vault = open_vault(folder, demo=False, ask_passphrase=asking)
    return given[-1] if vault.kind is VaultKind.PASSPHRASE else ""


class Holder:
    """Holds a profile in which a shop's server is being set up, and ends what was begun if that is given up.

    From `prepare` until its desk opens it holds the profile's lock: another window that did the same
    meanwhile would put another key under the data.

    Args:
        profile: the desk's folder.
        ask_passphrase: asked where no keyring works.
        courier: as for `Desk.open`.
    """

    def __init__(self, profile: Path, ask_passphrase: AskPassphrase, *, courier: bool) -> None:
        self._profile, self._folder = profile, profile / FOLDER
        self._ask, self._courier = ask_passphrase, courier
        self._lock: ProfileLock | None = None
        self.server: EmbeddedServer | None = None

    def close(self) -> None:
        """End the server, if it was started, and give the profile free."""
        self._end_server()
        self._give_free()

    def _prepare(self, *folders: Path) -> None:
        """Ask for what protects the data in folders, on the thread that may ask.

        Raises:
            AlreadyOpen: another window has the profile.
            Fault: it was not given; the profile is free again.
        """
        self._hold()
        try:
            for folder in folders:
                _passphrase(folder, self._ask)
        except BaseException:
            self.close()
            raise

    def _start(self) -> EmbeddedServer:
        """Start the server, and wait until it answers."""
        self.server = start_own_server(self._profile, self._ask, patient=False)
        return self.server

    def _end_server(self) -> None:
        if self.server is not None:
            self.server.close()
            self.server = None

    def _hold(self) -> None:
        if self._lock is None:
            try:
                self._profile.mkdir(mode=0o700, parents=True, exist_ok=True)
                self._lock = ProfileLock(self._profile)
            except OSError as error:
                raise file_fault(error, self._profile) from error

    def _give_free(self) -> None:
        if self._lock is not None:
            self._lock.release()
            self._lock = None


class Founder(Holder):
    """Founds a shop in a profile, and makes the profile its first desk.

    `prepare` asks for what protects the data; `found` and `finish` then take seconds and may run on any
    thread. Each may be done again where it failed, or where the program ended in between: there is never a
    second merchant, and the recovery paper is made anew until `finish` was told that somebody has it.

    While it holds the profile nobody else puts another paper in the place of the one that is shown.
    """

    def __init__(self, profile: Path, ask_passphrase: AskPassphrase, *, courier: bool) -> None:
        super().__init__(profile, ask_passphrase, courier=courier)
        self._shop: NewShop | None = None

    def prepare(self) -> None:
        """Ask for what protects the data of desk and server, on the thread that may ask.

        Raises:
            AlreadyOpen: another window founds, or has the desk open.
            Fault: it was not given; the profile is free again.
        """
        self._prepare(self._profile, self._folder)

    def found(self, shop: NewShop) -> "RecoverySheet | None":
        """Found the merchant and return its recovery paper; None where it stands and somebody has that.

        Raises:
            Refusal, Fault: nothing was founded.
        """
        from merchant_desk.cli import own_founding

        self._shop = shop
        return own_founding.found_here(self._folder, self._ask, shop)

    def finish(self, language: str) -> Desk:
        """Note that the paper is kept, start the server, return the first desk with the manager signed in.

        The desk speaks `language`. Whoever went on with a shop that stood already signs in at the window, if
        the password is another.

        Raises:
            Fault: the server did not start, or could not be asked; it can be tried again.
        """
        from merchant_desk.cli import own_founding

        self._hold()  # a desk that could not be enrolled had it
        if self._shop is not None:
            chosen: dict[str, Value] = {LANGUAGE.key: language, SERVER_REACHABLE.key: self._shop.reachable}
            LocalSettings(self._profile).decide(chosen, None, now_us())
        port = own_founding.free_port(host_of(self._profile), known_port(self._folder))
        code = own_founding.note_and_invite(self._folder, self._ask, port, GROUPS)
        keep_port(self._folder, port)
        try:
            return self._enrol(code)
        except BaseException:
            self._end_server()
            raise

    def _enrol(self, code: EnrolmentCode) -> Desk:
        fingerprint = bytes.fromhex(self._start().ready["fingerprint"])
        whole = replace(code, fingerprint=fingerprint, tls=True)
        name = platform.node() or "desk"
        self._give_free()
        desk = Desk.enrol(self._profile, whole.text, name, courier=self._courier, ask_passphrase=self._ask)
        if self._shop is not None:
            with suppress(Refusal):
                desk.sign_in(MANAGER_LOGIN, self._shop.password)
        return desk


def known_port(folder: Path) -> int:
    """Return where the server answered before, 0 if it never did."""
    with suppress(OSError, ValueError, KeyError, TypeError):
        return int(json.loads((folder / PORT_FILE).read_text("utf-8"))["port"])
    return 0


def keep_port(folder: Path, port: int) -> None:
    """Keep where the server answers: from then on the profile is one in which a shop was founded."""
    try:
        write_private(folder / PORT_FILE, json.dumps({"port": port}).encode())
    except OSError as error:
        raise file_fault(error, folder) from error
