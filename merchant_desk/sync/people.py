"""Signing in at a desk: offline after the first time, locked after five failures."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.sign_in import SignInGuard, after_failure, check_may_try, check_offline_sign_in
from merchant_desk.models.faults import Fault
from merchant_desk.sync.administration import CredentialKind, SignedIn, SignInTry
from merchant_desk.sync.desk_state import read_value, write_value
from merchant_desk.sync.passwords import hash_pin, make_pepper, password_fits, pin_fits
from merchant_desk.sync.transport import ServerProblem, Unreachable

PEPPER = "pin_pepper"

Job = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in."""

    id: UUID
    login: str
    name: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What this desk remembers of a person's credential of one kind."""

    person: Person
    verifier: str
    guard: SignInGuard
    confirmed_at: int


class People:
    """Who may work at this desk. Checking takes about 0.1 s (Argon2id): not on a window's thread.

    Args:
        reader: reads this desk's database.
        writer: writes it, inside jobs given to `on_writer`.
        ask_server: the server's sign-in.
        clock: microseconds UTC, corrected by what is known of this computer's clock.
        on_writer: runs a job on the writer's thread and waits for it.
        random: gives the pepper and salts of PINs.
    """

    def __init__(
        self,
        reader: Engine,
        writer: Engine,
        ask_server: Callable[[SignInTry], SignedIn],
        clock: Callable[[], int],
        on_writer: Callable[[Job], None],
        random: Callable[[int], bytes] = os.urandom,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._ask_server = ask_server
        self._clock = clock
        self._on_writer = on_writer
        self._random = random

    def sign_in(self, login: str, secret: str, kind: CredentialKind = CredentialKind.PASSWORD) -> Person:
        """Check a login (or badge) with its password or PIN: by what this desk remembers, else by the server.

        What the server says counts: a password that was changed elsewhere works here as soon as there is
        a line, and the old one no longer does after its first refusal.

        Raises:
            Refusal: `sign_in_failed`, `sign_in_locked`, `sign_in_needs_server`, `sign_in_expired`.
            Fault: nobody knows this person here, and the server's answer was none about a person.
        """
        login = login.strip()
        known = self._known(login, kind)
        if known is None:
            return self._by_server(login, secret, kind, None, Refusal("sign_in_needs_server"))
        doubt = self._doubt(known, secret, kind)
        if doubt is not None:
            return self._by_server(login, secret, kind, known, doubt)
        self._write_guard(known, kind, SignInGuard())
        return known.person

    def _by_server(
        self, login: str, secret: str, kind: CredentialKind, known: _Known | None, doubt: Refusal
    ) -> Person:
        """Ask the server; where it cannot be asked, `doubt` stands."""
        try:
            return self._online(login, secret, kind)
        except Refusal as refusal:
            if refusal.code == "sign_in_failed":
                self._note_failure(known, kind)
            raise
        except Fault as fault:
            if known is None and not isinstance(fault, Unreachable):
                raise
            if doubt.code == "sign_in_failed":
                self._note_failure(known, kind)
            raise doubt from fault

    def _doubt(self, known: _Known, secret: str, kind: CredentialKind) -> Refusal | None:
        """Return why this desk's memory is not enough to let somebody in; the server may know better.

        It alone knows of a reset or a new password, and its word makes an old one good again.
        """
        try:
            check_may_try(known.guard)
            if not self._fits(known.verifier, secret, kind):
                return Refusal("sign_in_failed")
            check_offline_sign_in(known.confirmed_at, self._clock())
        except Refusal as refusal:
            return refusal
        return None

    def _online(self, login: str, secret: str, kind: CredentialKind) -> Person:
        try:
            answer = self._ask_server(SignInTry(login, secret, kind))
        except ServerProblem as problem:
            refusal = problem.refusal
            if refusal is None:
                raise
            raise refusal from problem
        person = Person(answer.person_id, answer.login, answer.name)
        verifier = answer.verifier
        if kind is CredentialKind.PIN:
            verifier = hash_pin(secret, self._pepper(), self._random)
        self._on_writer(lambda: self._remember(person, kind, verifier))
        return person

    def _fits(self, verifier: str, secret: str, kind: CredentialKind) -> bool:
        if kind is CredentialKind.PIN:
            return pin_fits(verifier, secret, self._pepper())
        return password_fits(verifier, secret)

    def _pepper(self) -> bytes:
        """Return this desk's pepper; the first PIN makes it."""
        with self._reader.connect() as connection, connection.begin():
            pepper = read_value(connection, PEPPER, bytes)
        if pepper is not None:
            return pepper
        made = make_pepper(self._random)

        def write() -> None:
            with self._writer.begin() as connection:
                write_value(connection.connection.cursor(), PEPPER, made)

        self._on_writer(write)
        return made

    def _remember(self, person: Person, kind: CredentialKind, verifier: str) -> None:
        with self._writer.begin() as connection:
            connection.exec_driver_sql(
                "INSERT INTO sign_ins (person_id, kind, login, verifier, failures, locked_at, signed_in_at)"
                " VALUES (?, ?, ?, ?, 0, NULL, ?) ON CONFLICT (person_id, kind) DO UPDATE SET"
                " login = excluded.login, verifier = excluded.verifier, failures = 0, locked_at = NULL,"
                " signed_in_at = excluded.signed_in_at",
                (person.id.bytes, kind.value, person.login, verifier, self._clock()),
            )

    def _known(self, login: str, kind: CredentialKind) -> _Known | None:
        with self._reader.connect() as connection, connection.begin():
            return _known_person(connection, login, kind)

    def _note_failure(self, known: _Known | None, kind: CredentialKind) -> None:
        if known is not None:
            self._write_guard(known, kind, after_failure(known.guard, self._clock()))

    def _write_guard(self, known: _Known, kind: CredentialKind, guard: SignInGuard) -> None:
        if (guard.failures, guard.locked_at) == (known.guard.failures, known.guard.locked_at):
            return

        def write() -> None:
            with self._writer.begin() as connection:
                connection.exec_driver_sql(
                    "UPDATE sign_ins SET failures = ?, locked_at = ? WHERE person_id = ? AND kind = ?",
                    (guard.failures, guard.locked_at, known.person.id.bytes, kind.value),
                )

        self._on_writer(write)


def _known_person(connection: Connection, login: str, kind: CredentialKind) -> _Known | None:
    """Return who has this login, or else this badge."""
    sql = text(
        "SELECT s.person_id, s.login, coalesce(p.name, s.login) AS name, s.verifier, s.failures, s.locked_at,"
        " s.signed_in_at FROM sign_ins s LEFT JOIN persons p ON p.id = s.person_id"
        " WHERE s.kind = :kind AND coalesce(p.archived, 0) = 0 AND :login <> ''"
        " AND (s.login = :login OR p.badge = :login OR p.login = :login)"
        " ORDER BY coalesce(p.login, s.login) <> :login LIMIT 1"
    )
    row = connection.execute(sql, {"login": login, "kind": kind.value}).one_or_none()
    if row is None:
        return None
    person = Person(UUID(bytes=row.person_id), row.login, row.name)
    return _Known(person, row.verifier, SignInGuard(row.failures, None, row.locked_at), row.signed_in_at)
