"""The Desk facade: what window, command line, tests and merchants' own scripts use.

    from merchant_desk import Desk

    with Desk.open("shop") as desk:
        desk.sign_in("worker", "secret")
        receipt = desk.receive("PO-2611-0457")
        receipt.scan("9521234567897")
        receipt.finish()
        desk.sync()

One `Desk` is one profile folder: one server, one merchant, one desk, one process. Methods may be called
from any thread and return when their work is durable.
"""

import os
import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar
from uuid import UUID

import structlog
from uuid_utils.compat import uuid7

from merchant_desk.models.faults import Fault
from merchant_desk.stations.corrections import Corrections
from merchant_desk.stations.counter import Sheet, open_count, open_receipt, open_shipment, reopen
from merchant_desk.sync.administration import SignedIn, SignInTry
from merchant_desk.sync.archiving import Archiving
from merchant_desk.sync.buyers import Buyers
from merchant_desk.sync.carrying import Carrying
from merchant_desk.sync.courier import Courier
from merchant_desk.sync.days import Calendar
from merchant_desk.sync.desk import Done
from merchant_desk.sync.desk_state import Identity
from merchant_desk.sync.enrolment_code import parse_enrolment_code
from merchant_desk.sync.key_copies import keep_copies, seal_for_server
from merchant_desk.sync.key_keeping import KeyKeeping
from merchant_desk.sync.leaving import Leaving
from merchant_desk.sync.moving import Moving
from merchant_desk.sync.people import People
from merchant_desk.sync.presence import Presence
from merchant_desk.sync.profile import OpenProfile, ProfileNotEnrolled, enrol_profile, open_profile
from merchant_desk.sync.runtime import DeskRuntime
from merchant_desk.sync.safety_copies import SafetyCopies
from merchant_desk.sync.safety_copy_folder import DeskCopies
from merchant_desk.sync.safety_copy_return import OpenKey, check_outlet, read_whole, take_over
from merchant_desk.sync.safety_copying import SafetyCopying
from merchant_desk.sync.settings import DeskSettings
from merchant_desk.sync.staff import Staff
from merchant_desk.sync.status import SyncStatus
from merchant_desk.sync.transport import Fetch, HttpFetch, ServerApi, Unreachable
from merchant_desk.sync.troubles import OtherMerchant
from merchant_desk.sync.vault import AskPassphrase, PassphraseRequest

Result = TypeVar("Result")

log = structlog.get_logger()


def now_us() -> int:
    """Return this computer's clock, microseconds UTC."""
    return time.time_ns() // 1_000


def passphrase_from_environment(request: PassphraseRequest) -> str | None:
    """Return the passphrase that a script gives in MERCHANT_DESK_PASSPHRASE, or None; tried once."""
    if request.attempt > 1:
        return None
    return os.environ.get("MERCHANT_DESK_PASSPHRASE")


class Desk(
    Presence, Corrections, Staff, KeyKeeping, Buyers, SafetyCopying, Moving, Leaving, Archiving, Carrying
):
    """One desk, open. Made by `Desk.open` or `Desk.enrol`."""

    def __init__(
        self,
        profile: OpenProfile,
        *,
        courier: bool = False,
        server_url: str = "",
        fetch: Fetch | None = None,
    ) -> None:
        self._given_fetch = fetch
        self._retired: list[Fetch] = []
        self._in_courier = courier
        try:
            identity = profile.identity()
            if identity is None:
                raise ProfileNotEnrolled(profile.folder)
            keep_copies(profile.folder, profile.vault, identity)
            self._fetch, self.api = self._reach(server_url or identity.server_url, identity)
            try:
                self.runtime = DeskRuntime(profile, lambda: self.api, now_us, uuid7)
            except BaseException:
                _close(self._fetch)
                raise
        except BaseException:
            profile.close()  # not a desk yet, or damaged: whoever is told may enrol it or copy it at once
            raise
        self.copies = SafetyCopies(self.runtime)
        self.calendar = Calendar(self.runtime)
        self.settings = DeskSettings(self.runtime)
        runtime = self.runtime
        self.people = People(
            profile.reader,
            profile.writer,
            self._sign_in,
            runtime.now,
            runtime.writer.run,
            server_first=lambda: runtime.status.likely_answered,
        )

    def _sign_in(self, asked: SignInTry, seconds: float) -> SignedIn:
        try:
            return self.api.sign_in(asked, seconds)
        except Unreachable as fault:
            self.runtime.heard_nothing(fault)
            raise

    def _reach(self, url: str, identity: Identity) -> tuple[Fetch, ServerApi]:
        """Return the way to a server, and its calls as this desk may make them."""
        pinned = bytes.fromhex(identity.fingerprint) if identity.fingerprint else None
        self._where = (url, pinned)
        fetch = self._given_fetch or (Courier(url, pinned) if self._in_courier else HttpFetch(url, pinned))
        api = ServerApi(fetch, identity.token)
        api.pending = lambda: self.runtime.status.waiting
        return fetch, api

    # -- opening ---------------------------------------------------------------------------------

    @classmethod
    def open(
        cls,
        folder: str | Path,
        *,
        demo: bool = False,
        courier: bool = False,
        server_url: str = "",
        ask_passphrase: AskPassphrase = passphrase_from_environment,
    ) -> Self:
        """Open an enrolled profile.

        Args:
            folder: the profile's folder.
            demo: whether a new profile is a demo, whose key lies open beside it.
            courier: whether network and compression run in a process of their own, as a window wants it.
            server_url: where the server is now, if not where it was at the enrolment (an embedded one).
            ask_passphrase: asked where no keyring works; says why.

        Raises:
            ProfileNotEnrolled: the profile belongs to no server yet.
            InsecureAddress, PinWithoutTls: `server_url` is not encrypted; nothing was sent.
            Fault: it is open elsewhere, its key is missing or wrong, its file is damaged...
        """
        profile = open_profile(Path(folder), demo=demo, ask_passphrase=ask_passphrase)
        return cls(profile, courier=courier, server_url=server_url)

    @classmethod
    def enrol(
        cls,
        folder: str | Path,
        code: str,
        name: str,
        *,
        demo: bool = False,
        courier: bool = False,
        ask_passphrase: AskPassphrase = passphrase_from_environment,
    ) -> Self:
        """Make a folder a desk of the server that an enrolment code names, and pull what it should hold.

        Its database key is sealed to the server and to the merchant's recovery paper (not a demo's).

        Raises:
            AlreadyEnrolled: the folder is a desk; see `enrol_again`. The code was not used up.
            Fault: a mistyped code, no server, another certificate, a spent code, and those of `open`.
        """
        parsed = parse_enrolment_code(code)
        profile = open_profile(Path(folder), demo=demo, ask_passphrase=ask_passphrase)
        try:
            fetch = HttpFetch(parsed.url, parsed.fingerprint)
            try:
                api = ServerApi(fetch, "")
                enrol_profile(profile, parsed, name, api.enrol, lambda: sealed_for(profile, api))
            finally:
                fetch.close()
        except BaseException:
            profile.close()
            raise
        desk = cls(profile, courier=courier)
        try:
            desk.sync()
        except BaseException:
            desk.close()
            raise
        return desk

    @classmethod
    def go_on_from(
        cls,
        copies: DeskCopies,
        open_key: OpenKey,
        folder: str | Path,
        code: str,
        name: str,
        *,
        accept_damage: bool = False,
        courier: bool = False,
        ask_passphrase: AskPassphrase = passphrase_from_environment,
    ) -> Self:
        """Go on, in a new folder, from the safety copy of a desk that is gone; what was not sent is sent.

        Args:
            copies, open_key: `find_copy`, and `by_paper` or `by_server`, of `safety_copy_return`.
            folder, code, name: as for `enrol`; the code is of the same outlet.
            accept_damage: whether to take what can be read where the copy is not whole.
            courier, ask_passphrase: as for `enrol`.

        Raises:
            CopyDamaged, CopyEmpty, WrongRecoveryKey, SealBroken, OtherMerchant: nothing was made.
            Fault: as `enrol_again`; the same call can be made again with a good code.
        """
        parsed = parse_enrolment_code(code)
        copy = read_whole(copies, open_key(parsed), accept_damage=accept_damage)
        check_outlet(copy, parsed)
        profile = open_profile(Path(folder), demo=False, ask_passphrase=ask_passphrase)
        try:
            take_over(profile, copy)
        except BaseException:
            profile.close()
            raise
        desk = cls(profile, courier=courier, server_url=parsed.url)
        try:
            desk.enrol_again(code, name)
        except BaseException:
            desk.close()
            raise
        return desk

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Finish what is being written, end the threads, give the profile free. Again is harmless."""
        self.copies.close()
        self.runtime.close()
        for fetch in (self._fetch, *self._retired):
            _close(fetch)

    # -- doing -----------------------------------------------------------------------------------

    def do(self, operation: object, *, about: UUID | None = None) -> Done:
        """Carry out an operation as the person who is signed in; returns when it is durable.

        Raises:
            Refusal: a rule said no; nothing was written.
        """
        return self.runtime.do(operation, self.person.id, about=about)

    def submit(self, operation: object, *, about: UUID | None = None) -> "Future[Done]":
        """Queue an operation; the future gives what was saved, or raises the Refusal."""
        return self.runtime.submit(operation, self.person.id, about=about)

    def receive(self, purchase_order: str = "", *, location: str = "") -> Sheet:
        """Open a receipt against a purchase order's number, or blind, and return it for scanning."""
        own = (self.runtime, self._who, self.calendar)
        return self._open(lambda: open_receipt(*own, purchase_order, location))

    def ship(self, order: str) -> Sheet:
        """Open a shipment of an order, or go on with the one this desk has open; return it for scanning."""
        return self._open(lambda: open_shipment(self.runtime, self._who, self.calendar, order))

    def count(self, location: str, *, blind: bool = True) -> Sheet:
        """Open a count of a location and return it for scanning."""
        return self._open(lambda: open_count(self.runtime, self._who, self.calendar, location, blind=blind))

    def reopen(self, kind: str, document_id: UUID) -> Sheet:
        """Return an open receipt, shipment or count (by table) for more scanning, after a restart too."""
        return self._open(lambda: reopen(self.runtime, self._who, self.calendar, kind, document_id))

    def _open(self, job: Callable[[], Result]) -> Result:
        return self.runtime.writer.run(job)

    def _who(self) -> UUID:
        return self.person.id

    # -- keeping in touch ------------------------------------------------------------------------

    def start(self) -> None:
        """Keep in touch with the server from now on, and the safety copy up to date, in the background."""
        self.runtime.start()
        self.copies.start()

    def sync(self) -> SyncStatus:
        """Push and pull until nothing is left, now.

        Raises:
            Fault: the server could not be reached or understood; nothing is lost.
        """
        return self.runtime.sync()

    def work_offline(self, offline: bool) -> None:
        """Stop (or resume) talking to the server."""
        self.runtime.work_offline(offline)

    def enrol_again(self, code: str, name: str = "") -> SyncStatus:
        """Give this desk a new identity by a new code, where the server asks for that; then sync.

        For a desk that is an old copy or a clone, or that the server no longer knows. What the server
        does not have is sent under the new identity; history stays. A first sync that fails is in the
        status, as its fault: the identity is new all the same, and trying again is left to the desk.

        Raises:
            OtherMerchant: the code is another merchant's or outlet's; it was not used up.
            Fault: a mistyped or spent code, no server, another certificate; nothing was changed.
        """
        parsed = parse_enrolment_code(code)
        if parsed.outlet_id != self.identity.outlet_id:
            raise OtherMerchant
        fetch = self._given_fetch or HttpFetch(parsed.url, parsed.fingerprint)
        where = (parsed.url, parsed.fingerprint.hex() if parsed.fingerprint else "")
        try:
            api = ServerApi(fetch, "")
            self.runtime.enrol_again(
                api.enrol,
                parsed.secret.hex(),
                name or self.identity.name,
                where,
                sealed_for(self.runtime.profile, api),
            )
        finally:
            if fetch is not self._given_fetch:
                _close(fetch)
        self._take_line(parsed.url)
        try:
            return self.sync()
        except Fault as fault:
            log.info("sync_failed", code=fault.code)
            return self.status

    def _own_line(self) -> HttpFetch:
        return HttpFetch(*self._where)

    def _take_line(self, url: str) -> None:
        self._retired.append(self._fetch)  # whoever waits for the server's word on the old line may finish
        self._fetch, self.api = self._reach(url, self.identity)

    @property
    def identity(self) -> Identity:
        """Who this desk is at its server."""
        return self.runtime.identity


def sealed_for(profile: OpenProfile, api: ServerApi) -> bytes:
    """Return a profile's database key sealed to the server that answers; nothing for a demo's.

    Raises:
        Fault: the server could not be asked for its public key.
    """
    return seal_for_server(profile.vault, api.version().seal_key) if profile.vault.protected else b""


def _close(fetch: Fetch) -> None:
    """Close a way to a server, if there is something to close."""
    close = getattr(fetch, "close", None)
    if close is not None:
        close()
