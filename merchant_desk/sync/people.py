"""Signing in at a desk: offline after the first time, locked after five failures, here and at the server."""

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.sign_in import (
    SignInGuard,
    after_failure,
    after_lock,
    check_may_try,
    check_offline_sign_in,
)
from merchant_desk.models.faults import Fault
from merchant_desk.sync.administration import CredentialKind, SignedIn, SignInTry
from merchant_desk.sync.desk_state import read_value, write_value
from merchant_desk.sync.passwords import hash_pin, make_pepper, password_fits, pin_fits
from merchant_desk.sync.transport import ServerProblem, Unreachable

PEPPER = "pin_pepper"

PATIENCE = 30.0
"""Seconds that a sign-in waits for the server where there is no other way."""

QUICK = 0.8
"""Seconds that it waits where this desk's memory would do too: people change by badge in under 2 s, of which
checking by memory and showing who it is take one."""

NO_VERIFIER = ""
"""Fits nothing: the server takes this secret no longer."""

Job = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in."""

    id: UUID
    login: str
    name: str


@dataclass(frozen=True, slots=True)
class _Session:
    """What proves at the server who signed in; never written down."""

    token: str = field(repr=False)
    expires_at: int


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
        ask_server: the server's sign-in; the second argument is how long to wait for it, in seconds.
        clock: microseconds UTC, corrected by what is known of this computer's clock.
        on_writer: runs a job on the writer's thread and waits for it.
        random: gives the pepper and salts of PINs.
        server_first: whether the server is likely to answer, so that its word is asked for first.
    """

    def __init__(
        self,
        reader: Engine,
        writer: Engine,
        ask_server: Callable[[SignInTry, float], SignedIn],
        clock: Callable[[], int],
        on_writer: Callable[[Job], None],
        random: Callable[[int], bytes] = os.urandom,
        server_first: Callable[[], bool] = lambda: False,
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._ask_server = ask_server
        self._clock = clock
        self._on_writer = on_writer
        self._random = random
        self._server_first = server_first
        self._sessions: dict[UUID, _Session] = {}

    def sign_in(self, login: str, secret: str, kind: CredentialKind = CredentialKind.PASSWORD) -> Person:
        """Check a login (or badge) with its password or PIN: by the server where it answers, else by memory.

        What the server says counts, and so does a lock, whoever made it: only a reset at the server ends
        it. A lock that was made here while nobody could be asked is told to the server with the next try.

        Raises:
            Refusal: `sign_in_failed`, `sign_in_locked`, `sign_in_needs_server`, `sign_in_expired`.
            Fault: nobody knows this person here, and the server's answer was none about a person.
        """
        login = login.strip()
        known = self._known(login, kind)
        trouble: Fault | None = None
        if known is None or self._server_first():
            try:
                return self._online(login, secret, kind, known, PATIENCE if known is None else QUICK)
            except Fault as fault:
                if known is None and isinstance(fault, Unreachable):
                    raise Refusal("sign_in_needs_server") from fault
                if known is None:
                    raise
                trouble = fault
        return self._by_memory(known, login, secret, kind, trouble)

    def _by_memory(
        self, known: _Known, login: str, secret: str, kind: CredentialKind, trouble: Fault | None
    ) -> Person:
        """Check by what this desk remembers; where that is not enough the server is asked, unless it was."""
        doubt = self._doubt(known, secret, kind)
        if doubt is None:
            self._write_guard(known, kind, SignInGuard())
            return known.person
        if trouble is None:
            try:
                return self._online(login, secret, kind, known, PATIENCE)
            except Fault as fault:
                trouble = fault
        if doubt.code == "sign_in_failed":
            counted = after_failure(known.guard, self._clock())
            self._write_guard(known, kind, counted)
            check_may_try(counted)
            raise Refusal("sign_in_failed", tries_left=counted.tries_left) from trouble
        raise doubt from trouble

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

    def _online(
        self, login: str, secret: str, kind: CredentialKind, known: _Known | None, seconds: float
    ) -> Person:
        """Ask the server, and remember what it says: who it is, a failure, or the lock."""
        now, locked_at = self._clock(), known.guard.locked_at if known is not None else None
        locked_for = -1 if locked_at is None else max(now - locked_at, 0)
        try:
            answer = self._ask_server(SignInTry(login, secret, kind, locked_for), seconds)
        except ServerProblem as problem:
            refusal = problem.refusal
            if refusal is None:
                raise
            if known is not None:
                self._take_refusal(known, secret, kind, refusal)
            raise refusal from problem
        person = Person(answer.person_id, answer.login, answer.name)
        verifier = answer.verifier
        if kind is CredentialKind.PIN:
            verifier = hash_pin(secret, self._pepper(), self._random)
        self._on_writer(lambda: self._remember(person, kind, verifier))
        self._sessions[person.id] = _Session(answer.session, answer.expires_at)
        return person

    def heard(self, person: Person, refusal: Refusal) -> None:
        """Take over what the server said to one's own password, given to it for something else."""
        known = self._known(person.login, CredentialKind.PASSWORD)
        if known is None:
            return
        if refusal.code == "sign_in_locked":
            self._write_guard(known, CredentialKind.PASSWORD, after_lock(known.guard, self._clock()))
        elif refusal.code == "sign_in_failed":
            self._write_guard(known, CredentialKind.PASSWORD, after_failure(known.guard, self._clock()))

    def _take_refusal(self, known: _Known, secret: str, kind: CredentialKind, refusal: Refusal) -> None:
        """Take over the server's lock; count a failure; forget a secret that the server no longer takes."""
        now = self._clock()
        if refusal.code == "sign_in_locked":
            self._write_guard(known, kind, after_lock(known.guard, now))
        elif refusal.code == "sign_in_failed":
            self._write_guard(known, kind, after_failure(known.guard, now))
            if self._fits(known.verifier, secret, kind):
                self._write_verifier(known.person.id, kind, NO_VERIFIER)
        elif refusal.code == "password_not_set":
            self._write_verifier(known.person.id, kind, NO_VERIFIER)

    # -- the session at the server ---------------------------------------------------------------

    def session(self, person_id: UUID) -> str:
        """Return the token of a person's session at the server; it is in memory only, never on a disk.

        Raises:
            Refusal: `own_password_needed`: the person signed in without the server, or too long ago.
        """
        session = self._sessions.get(person_id)
        if session is None or session.expires_at <= self._clock():
            raise Refusal("own_password_needed")
        return session.token

    def confirm(self, person: Person, password: str) -> None:
        """Prove at the server that it is still oneself, which opens a session there.

        Raises:
            Refusal: as `sign_in`.
            Fault: the server could not be asked.
        """
        kind = CredentialKind.PASSWORD
        self._online(person.login, password, kind, self._known(person.login, kind), PATIENCE)

    def take_over(self, person_id: UUID) -> None:
        """Keep the session of who works here from now on, if there is one, and no other.

        Until then a mere check of somebody leaves whoever is here with his own.
        """
        own = self._sessions.get(person_id)
        self._sessions = {} if own is None else {person_id: own}

    def end_session(self) -> None:
        """Forget every session."""
        self._sessions = {}

    # -- what changed ----------------------------------------------------------------------------

    def take_new(self, person: Person, secret: str, verifier: str, kind: CredentialKind) -> None:
        """Remember one's own new password (by the server's verifier) or PIN."""
        if kind is CredentialKind.PIN:
            verifier = hash_pin(secret, self._pepper(), self._random)
        self._on_writer(lambda: self._remember(person, kind, verifier))

    def forget(self, person_id: UUID, kind: CredentialKind) -> None:
        """Forget somebody's password or PIN, because it was reset: the next sign-in asks the server."""

        def write() -> None:
            with self._writer.begin() as connection:
                sql = "DELETE FROM sign_ins WHERE person_id = ? AND kind = ?"
                connection.exec_driver_sql(sql, (person_id.bytes, kind.value))

        self._on_writer(write)

    def unlock(self, person_id: UUID) -> None:
        """Take over that a manager opened a person's locks at the server."""

        def write() -> None:
            with self._writer.begin() as connection:
                sql = "UPDATE sign_ins SET failures = 0, locked_at = NULL WHERE person_id = ?"
                connection.exec_driver_sql(sql, (person_id.bytes,))

        self._on_writer(write)

    def _write_verifier(self, person_id: UUID, kind: CredentialKind, verifier: str) -> None:
        def write() -> None:
            with self._writer.begin() as connection:
                connection.exec_driver_sql(
                    "UPDATE sign_ins SET verifier = ? WHERE person_id = ? AND kind = ?",
                    (verifier, person_id.bytes, kind.value),
                )

        self._on_writer(write)

    # -- inside ----------------------------------------------------------------------------------

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
