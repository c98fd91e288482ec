"""This computer takes over the shop of another one: its server from a copy, its desk, the way for the others.

Whatever ends it half way, it is begun again: the data are restored beside, take their place by one renaming,
and the profile says that a take-over began until its desk is enrolled. Until then nobody else knows of the
new server, so nothing is lost when it is restored once more.
"""

import os
import platform
import shutil
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

from uuid_utils.compat import uuid7

from merchant_desk.cli.own_server import GROUPS, Holder, host_of, keep_port
from merchant_desk.desk import Desk, now_us
from merchant_desk.domain.founding import MANAGER_LOGIN
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.setting_kinds import Value
from merchant_desk.domain.settings_known import LANGUAGE, SERVER_REACHABLE
from merchant_desk.models.faults import Fault, file_fault
from merchant_desk.models.local_settings import LocalSettings
from merchant_desk.sync.enrolment_code import EnrolmentCode
from merchant_desk.sync.own_server import FOLDER, is_founded_here
from merchant_desk.sync.profile import AlreadyEnrolled, ProfileNotEnrolled
from merchant_desk.sync.recovery import NothingToRestore, read_recovery
from merchant_desk.sync.safety_copy_return import by_paper, paper_key, read_whole
from merchant_desk.sync.taking_over import (
    MOVING,
    Around,
    Begun,
    ShopHere,
    TakenOver,
    TakeOver,
    mark_opened,
    note_begun,
    note_ended,
    prove_unopened,
    read_begun,
    unmark_opened,
)

if TYPE_CHECKING:
    from merchant_desk.cli.own_takeover import Ready
    from merchant_desk.server.backup import Restored

BESIDE = "server.taking-over"
"""In the profile: the data while they are restored."""


class Heir(Holder):
    """Takes over; `prepare` may ask for a passphrase, the rest takes seconds and may run on any thread.

    Each may be done again where it failed or the program ended in between.
    """

    @property
    def begun(self) -> Begun | None:
        """What was begun here and did not end."""
        return read_begun(self._profile)

    def prepare(self) -> None:
        """Ask for what protects the data of this computer, on the thread that may ask.

        Raises:
            AlreadyOpen: another window has the profile.
            Fault: it was not given; the profile is free again.
        """
        self._prepare(self._profile)

    def finished(self) -> Desk | None:
        """Return the desk where only the note that it is one was missing; None: it has to be begun again.

        Raises:
            Fault: the profile does not open.
        """
        if not is_founded_here(self._profile):
            return None
        self._give_free()
        try:
            desk = Desk.open(self._profile, courier=self._courier, ask_passphrase=self._ask)
        except ProfileNotEnrolled:
            self._hold()
            return None
        if not desk.identity.token:
            desk.close()
            self._hold()
            return None
        try:
            self._start()
        except BaseException:
            desk.close()
            raise
        note_ended(self._profile)
        return desk

    def look(self, where: Path) -> Around:
        """Return what can be taken over from a folder or file.

        Raises:
            Fault: as `own_takeover.look_around`.
        """
        from merchant_desk.cli import own_takeover

        return own_takeover.look_around(where)

    def take_over(self, wish: TakeOver, language: str) -> tuple[Desk, TakenOver]:
        """Restore, start the server and return the desk, which speaks `language`, with what others must do.

        The person is signed in if the password is right; else the window asks.

        Raises:
            OpenedAlready: a moving file, on another computer; `wish.anyway` goes on.
            WrongRecoveryKey, BackupForeign, BackupDamaged, BackupNewer, BackupOfAnotherKind, DiskFull: of the
                copy; CopyDamaged, CopyEmpty: of the safety copy. Nothing was changed.
            Fault: the server did not start, or the desk could not be enrolled; it can be tried again.
        """
        self._hold()  # a desk that could not be enrolled had it
        begun = self.begun
        own = begun.id if begun is not None else uuid7()
        if begun is None:
            self._prove_new()
        if not wish.anyway:
            prove_unopened(wish.copy, own)
        if wish.safety is not None:  # before anything is made
            read_whole(wish.safety, paper_key(wish.safety, wish.paper), accept_damage=wish.accept_damage)
        safety = os.fspath(wish.safety.folder) if wish.safety is not None else ""
        note_begun(self._profile, Begun(own, os.fspath(wish.copy), safety))
        try:
            ready, restored = self._restore(wish, own)
        except BaseException:
            if begun is None:
                note_ended(self._profile)
            raise
        chosen: dict[str, Value] = {LANGUAGE.key: language, SERVER_REACHABLE.key: wish.reachable}
        LocalSettings(self._profile).decide(chosen, None, now_us())
        desk, code, url = self._begin_work(wish, ready)
        return desk, TakenOver(restored.made_at, sum(restored.rows.values()), ready.desks, code, url)

    def _prove_new(self) -> None:
        """Raise ShopHere or AlreadyEnrolled where the profile carries a server, or is a desk."""
        if is_founded_here(self._profile):
            raise ShopHere(self._folder)
        with suppress(NothingToRestore):
            home = read_recovery(self._profile).home
            if home is not None:
                raise AlreadyEnrolled(home.code, home.name, self._profile)

    def _restore(self, wish: TakeOver, own: UUID) -> "tuple[Ready, Restored]":
        """Restore beside, then let it take the place of what is no desk's server."""
        from merchant_desk.cli import own_takeover

        beside = self._profile / BESIDE
        device_id = wish.safety.header.device_id if wish.safety is not None else None
        try:
            _remove(beside)
            restored = own_takeover.put_back(wish.copy, beside, self._ask, wish.paper)
            ready = own_takeover.make_ready(beside, self._ask, wish.paper, device_id)
            if ready.had_left or wish.copy.name.startswith(MOVING):  # whatever name somebody gave it
                at = datetime.now().astimezone().strftime("%Y-%m-%d %H:%M")
                mark_opened(wish.copy, own, platform.node() or "?", at)
            self._clear()
            beside.rename(self._folder)
        except BaseException as error:
            unmark_opened(wish.copy, own)
            with suppress(OSError):
                _remove(beside)
            if isinstance(error, OSError):
                raise file_fault(error, self._profile) from error
            raise
        return ready, restored

    def _clear(self) -> None:
        """Make room for the server: this take-over's former try goes, anything else is put aside."""
        if is_founded_here(self._profile):
            _remove(self._folder)
        elif self._folder.exists():
            stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S-%f")
            self._folder.rename(self._folder.with_name(f"{FOLDER}-aside-{stamp}"))

    def _begin_work(self, wish: TakeOver, ready: "Ready") -> tuple[Desk, str, str]:
        from merchant_desk.cli import own_founding, own_takeover

        bound = host_of(self._profile)
        port = own_founding.free_port(bound, 0)
        own, others = own_takeover.invite_two(self._folder, self._ask, ready, port, GROUPS, bound)
        keep_port(self._folder, port)
        try:
            fingerprint = bytes.fromhex(self._start().ready["fingerprint"])
            desk = self._enrol(wish, replace(own, fingerprint=fingerprint))
        except BaseException:
            self._end_server()
            raise
        note_ended(self._profile)
        leading = replace(others, fingerprint=fingerprint)
        return desk, leading.text, leading.url

    def _enrol(self, wish: TakeOver, code: EnrolmentCode) -> Desk:
        name = wish.name or platform.node() or "desk"
        self._give_free()
        if wish.safety is not None:
            desk = Desk.go_on_from(
                wish.safety,
                by_paper(wish.safety, wish.paper),
                self._profile,
                code.text,
                name,
                accept_damage=wish.accept_damage,
                courier=self._courier,
                ask_passphrase=self._ask,
            )
        else:
            desk = Desk.enrol(self._profile, code.text, name, courier=self._courier, ask_passphrase=self._ask)
        if wish.password:
            with suppress(Refusal, Fault):  # the window asks then
                desk.sign_in(wish.login or MANAGER_LOGIN, wish.password)
        return desk


def _remove(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
