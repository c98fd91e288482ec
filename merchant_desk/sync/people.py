"""Signing in at a desk: offline after the first time, locked after five failures."""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, Engine, text

from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.sign_in import (
    SignInGuard,
    after_failure,
    after_reset,
    check_may_try,
    check_offline_sign_in,
)
from merchant_desk.sync.passwords import password_fits
from merchant_desk.sync.protocol import SignInAnswer, SignInRequest
from merchant_desk.sync.transport import ServerProblem, Unreachable


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in."""

    id: UUID
    login: str
    name: str


class People:
    """Who may work at this desk. Takes up to 350 ms (Argon2id): not on a window's thread."""

    def __init__(
        self,
        engine: Engine,
        ask_server: Callable[[SignInRequest], SignInAnswer],
        clock: Callable[[], int],
        on_writer: Callable[[Callable[[], None]], None],
        writer: Engine,
    ) -> None:
        self._engine = engine
        self._ask_server = ask_server
        self._clock = clock
        self._on_writer = on_writer
        self._writer = writer

    def sign_in(self, login: str, password: str) -> Person:
        """Check a login (or badge) with its password or PIN, by the server or by what it said last.

        Raises:
            Refusal: `sign_in_wrong`, `sign_in_locked`, `sign_in_needs_server`, `sign_in_expired`.
        """
        known = self._known(login)
        if known is not None:
            check_may_try(known.guard)
            if password_fits(known.verifier, password):
                check_offline_sign_in(known.confirmed_at, self._clock())
                self._write_guard(known.person.id, SignInGuard())
                return known.person
        try:
            return self._online(login, password)
        except (Unreachable, ServerProblem) as fault:
            if known is None:
                raise Refusal("sign_in_needs_server") from fault
        except Refusal:
            self._note_failure(known)
            raise
        self._note_failure(known)
        raise Refusal("sign_in_wrong")

    def _online(self, login: str, password: str) -> Person:
        try:
            answer = self._ask_server(SignInRequest(login, password))
        except ServerProblem as problem:
            if problem.status in (401, 403, 423):
                raise Refusal(problem.problem) from problem
            raise
        person = Person(answer.person_id, login, answer.name)
        self._on_writer(lambda: self._remember(person, answer.verifier))
        return person

    def _remember(self, person: Person, verifier: str) -> None:
        with self._writer.begin() as connection:
            connection.exec_driver_sql(
                "INSERT INTO sign_ins (person_id, login, verifier, failures, locked_at, signed_in_at)"
                " VALUES (?, ?, ?, 0, NULL, ?) ON CONFLICT (person_id) DO UPDATE SET login = excluded.login,"
                " verifier = excluded.verifier, failures = 0, locked_at = NULL,"
                " signed_in_at = excluded.signed_in_at",
                (person.id.bytes, person.login, verifier, self._clock()),
            )

    def _known(self, login: str) -> "_Known | None":
        with self._engine.connect() as connection, connection.begin():
            return _known_person(connection, login)

    def _note_failure(self, known: "_Known | None") -> None:
        if known is not None:
            self._write_guard(known.person.id, after_failure(known.guard, self._clock()))

    def reset(self, person_id: UUID) -> None:
        """Unlock a person at this desk, on a manager's word."""
        self._write_guard(person_id, after_reset(SignInGuard()))

    def _write_guard(self, person_id: UUID, guard: SignInGuard) -> None:
        def write() -> None:
            with self._writer.begin() as connection:
                connection.exec_driver_sql(
                    "UPDATE sign_ins SET failures = ?, locked_at = ? WHERE person_id = ?",
                    (guard.failures, guard.locked_at, person_id.bytes),
                )

        self._on_writer(write)


@dataclass(frozen=True, slots=True)
class _Known:
    person: Person
    verifier: str
    guard: SignInGuard
    confirmed_at: int


def _known_person(connection: Connection, login: str) -> _Known | None:
    sql = text(
        "SELECT s.person_id, s.login, coalesce(p.name, s.login) AS name, s.verifier, s.failures, s.locked_at,"
        " s.signed_in_at FROM sign_ins s LEFT JOIN persons p ON p.id = s.person_id"
        " WHERE s.login = :login OR p.badge = :login OR p.login = :login"
    )
    row = connection.execute(sql, {"login": login}).one_or_none()
    if row is None:
        return None
    person = Person(UUID(bytes=row.person_id), row.login, row.name)
    return _Known(person, row.verifier, SignInGuard(row.failures, None, row.locked_at), row.signed_in_at)
