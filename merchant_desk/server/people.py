"""People at the server: passwords and PINs, sign-in, the lock after failures, sessions, resets."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import structlog
from sqlalchemy import ColumnElement, Connection, and_, delete, insert, select, update

from merchant_desk.domain.permissions import may
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.sign_in import (
    SignInGuard,
    after_failure,
    after_lock,
    after_reset,
    after_success,
    check_may_try,
    check_new_password,
    check_new_pin,
)
from merchant_desk.handlers.context import grants_of
from merchant_desk.models.columns import Row
from merchant_desk.models.server_tables import credentials, person_sessions
from merchant_desk.models.store import Store
from merchant_desk.server.enrolment import TOKEN_BYTES, Random, token_hash
from merchant_desk.server.intake import Clock, Device
from merchant_desk.server.proofs import forget_proofs, note_proof
from merchant_desk.sync.administration import (
    CredentialKind,
    NewPassword,
    PasswordSet,
    PersonSeen,
    SignedIn,
    SignInTry,
)
from merchant_desk.sync.passwords import (
    hash_password,
    hash_pin,
    needs_new_hash,
    password_fits,
    pin_fits,
)

log = structlog.get_logger()

SESSION = 12 * 3_600_000_000
"""How long a session lasts, in microseconds: a working day."""


@dataclass(frozen=True, slots=True)
class Session:
    """A person who signed in at a desk; `token_hash` is what is stored of the session's token."""

    merchant_id: UUID
    person_id: UUID
    device_id: UUID
    token_hash: bytes


class People:
    """Checks and keeps what people prove themselves with. Hashing takes about 0.1 s: not on an event loop.

    Args:
        store: writes; its transactions are short, hashing happens outside of them.
        readers: reads.
        clock: microseconds UTC.
        random: gives salts and tokens.
        pepper: this server's secret part of every PIN's verifier.
    """

    def __init__(self, store: Store, readers: Store, clock: Clock, random: Random, pepper: bytes) -> None:
        self._store = store
        self._readers = readers
        self._clock = clock
        self._random = random
        self._pepper = pepper

    # -- signing in ------------------------------------------------------------------------------

    def sign_in(self, device: Device, request: SignInTry) -> SignedIn:
        """Sign a person in at a desk.

        Raises:
            Refusal: `sign_in_failed` (with `tries_left` where the person exists), `password_not_set` or
                `sign_in_locked`.
        """
        person = self.person(device.merchant_id, request.login)
        merchant_id, kind = device.merchant_id, request.kind
        proof = self._check(merchant_id, person["id"], kind, request.password, request.locked_for)
        token = self._random(TOKEN_BYTES).hex()
        expires_at = self._clock() + SESSION
        with self._store.engine.begin() as connection:
            _accept(connection, proof)
            connection.execute(delete(person_sessions).where(person_sessions.c.expires_at < self._clock()))
            connection.execute(
                insert(person_sessions).values(
                    token_hash=token_hash(token),
                    merchant_id=device.merchant_id,
                    person_id=person["id"],
                    device_id=device.device_id,
                    expires_at=expires_at,
                )
            )
            note_proof(connection, device.merchant_id, device.device_id, person["id"], self._clock())
        verifier = "" if kind is CredentialKind.PIN else proof.verifier
        return SignedIn(person["id"], person["name"], verifier, person["login"], token, expires_at)

    def person(self, merchant_id: UUID, login: str) -> Row:
        """Return the person with this login, or this badge.

        Raises:
            Refusal: `sign_in_failed`, if there is none or it is archived.
        """
        name = login.strip()
        with self._readers.engine.connect() as connection, connection.begin():
            unit = self._readers.unit_on(connection, merchant_id)
            found = unit.find("persons", login=name) or (unit.find("persons", badge=name) if name else [])
        if not found or found[0]["archived"]:
            raise Refusal("sign_in_failed")
        return found[0]

    def vouch(self, merchant_id: UUID, login: str, password: str, right: str) -> UUID:
        """Return the person who proves himself by password and has a right in the whole merchant.

        Raises:
            Refusal: as `sign_in`, or `not_allowed`.
        """
        person = self.person(merchant_id, login)
        proof = self._check(merchant_id, person["id"], CredentialKind.PASSWORD, password)
        with self._store.engine.begin() as connection:
            _accept(connection, proof)
        person_id: UUID = person["id"]
        self.check_right(merchant_id, person_id, right)
        return person_id

    def _check(
        self, merchant_id: UUID, person_id: UUID, kind: CredentialKind, secret: str, locked_for: int = -1
    ) -> "_Proof":
        """Check a password or PIN, which counts once `_accept` has found that it still is the one.

        The failure is counted first and taken back after: however many try at once, there are no more
        than five wrong tries between two right ones. `locked_for` as `SignInTry` tells it.
        """
        where = _credential(merchant_id, person_id, kind)
        if locked_for >= 0:
            self._take_lock(where, self._clock() - locked_for)
        with self._store.engine.begin() as connection:
            row = connection.execute(select(credentials).where(where).with_for_update()).one_or_none()
            if row is None or not row.verifier:
                raise Refusal("password_not_set", kind=kind.value)
            guard = SignInGuard(row.failures, row.last_failure_at, row.locked_at)
            check_may_try(guard)
            counted = after_failure(guard, self._clock())
            _save_guard(connection, where, counted)
        if not self._fits(row.verifier, kind, secret):
            log.info("sign_in_failed", person=str(person_id), kind=kind.value, locked=counted.locked)
            check_may_try(counted)
            raise Refusal("sign_in_failed", tries_left=counted.tries_left)
        verifier: str = row.verifier
        fresh = self._hash(kind, secret) if needs_new_hash(verifier) else verifier
        return _Proof(where, verifier, fresh, guard, counted.locked_at)

    def _take_lock(self, where: ColumnElement[bool], locked_at: int) -> None:
        """Take a desk's lock over, unless the password was set or the lock opened after it was made."""
        with self._store.engine.begin() as connection:
            row = connection.execute(select(credentials).where(where).with_for_update()).one_or_none()
            if row is not None and row.changed_at < locked_at:
                guard = SignInGuard(row.failures, row.last_failure_at, row.locked_at)
                _save_guard(connection, where, after_lock(guard, locked_at))

    def _fits(self, verifier: str, kind: CredentialKind, secret: str) -> bool:
        if kind is CredentialKind.PIN:
            return pin_fits(verifier, secret, self._pepper)
        return password_fits(verifier, secret)

    def _hash(self, kind: CredentialKind, secret: str) -> str:
        if kind is CredentialKind.PIN:
            return hash_pin(secret, self._pepper, self._random)
        return hash_password(secret, self._random)

    # -- sessions --------------------------------------------------------------------------------

    def session_of(self, device: Device, token: str) -> Session:
        """Return the session of a token, which is good at the desk where it was given only.

        Raises:
            Refusal: `sign_in_expired`.
        """
        hashed = token_hash(token)
        query = select(person_sessions.c.person_id).where(
            person_sessions.c.token_hash == hashed,
            person_sessions.c.merchant_id == device.merchant_id,
            person_sessions.c.device_id == device.device_id,
            person_sessions.c.expires_at > self._clock(),
        )
        with self._readers.engine.connect() as connection, connection.begin():
            person_id = connection.scalar(query)
            unit = self._readers.unit_on(connection, device.merchant_id)
            person = unit.peek("persons", person_id) if person_id is not None else None
        if person_id is None or (person is not None and person["archived"]):
            raise Refusal("sign_in_expired")
        return Session(device.merchant_id, person_id, device.device_id, hashed)

    def sign_out(self, session: Session) -> None:
        """End a session."""
        where = person_sessions.c.token_hash == session.token_hash
        with self._store.engine.begin() as connection:
            connection.execute(delete(person_sessions).where(where))

    def check_right(
        self, merchant_id: UUID, person_id: UUID, right: str, outlet_id: UUID | None = None
    ) -> None:
        """Refuse (`not_allowed`) whoever does not have a right today: in an outlet, or (None) everywhere."""
        with self._readers.engine.connect() as connection, connection.begin():
            unit = self._readers.unit_on(connection, merchant_id)
            merchant = unit.peek("merchants", merchant_id)
            grants = grants_of(unit, person_id)
        if merchant is None or not may(grants, right, outlet_id, merchant["rights_version"]):
            raise Refusal("not_allowed", right=right)

    def seen(self, session: Session) -> list[PersonSeen]:
        """Return how each person of the merchant stands with signing in.

        Raises:
            Refusal: `not_allowed` without the right `people`.
        """
        self.check_right(session.merchant_id, session.person_id, "people")
        query = select(credentials).where(
            credentials.c.merchant_id == session.merchant_id, credentials.c.verifier != ""
        )
        found: dict[UUID, dict[str, int | None]] = {}
        with self._readers.engine.connect() as connection, connection.begin():
            for row in connection.execute(query):
                found.setdefault(row.person_id, {})[row.kind] = row.locked_at
        password, pin = CredentialKind.PASSWORD.value, CredentialKind.PIN.value
        return [
            PersonSeen(person_id, password in kinds, pin in kinds, kinds.get(password), kinds.get(pin))
            for person_id, kinds in sorted(found.items())
        ]

    # -- setting passwords -----------------------------------------------------------------------

    def change(self, session: Session, request: NewPassword) -> PasswordSet:
        """Set one's own password or PIN, or reset somebody else's.

        Raises:
            Refusal: `not_allowed`, `no_such_person`, what `sign_in` raises for the old password, or what
                is wrong with the new one (domain/sign_in.py).
        """
        own, proof = request.person_id == session.person_id, None
        if own:
            self._check_new(session.merchant_id, request)
            kind = CredentialKind.PASSWORD
            proof = self._check(session.merchant_id, session.person_id, kind, request.old_password)
        else:
            self.check_right(session.merchant_id, session.person_id, "people")
            self._check_new(session.merchant_id, request)
        verifier = self._replace(session.merchant_id, request, session if own else None, proof)
        log.info("password_set", person=str(request.person_id), by=str(session.person_id), kind=request.kind)
        is_shown = own and request.kind is CredentialKind.PASSWORD
        return PasswordSet(verifier if is_shown else "")

    def set_password(
        self,
        merchant_id: UUID,
        person_id: UUID,
        password: str,
        kind: CredentialKind = CredentialKind.PASSWORD,
    ) -> str:
        """Set a password or PIN on the server's own behalf (founding, loading); returns its verifier.

        Raises:
            Refusal: what is wrong with it.
        """
        request = NewPassword(person_id, password, kind=kind)
        self._check_new(merchant_id, request)
        return self._replace(merchant_id, request)

    def _check_new(self, merchant_id: UUID, request: NewPassword) -> None:
        with self._readers.engine.connect() as connection, connection.begin():
            person = self._readers.unit_on(connection, merchant_id).peek("persons", request.person_id)
        if person is None:
            raise Refusal("no_such_person", person=request.person_id)
        if not request.password and not request.old_password:
            return  # the lock alone is opened
        if request.kind is CredentialKind.PIN:
            check_new_pin(request.password)
        else:
            check_new_password(request.password, person["login"])

    def _replace(
        self,
        merchant_id: UUID,
        request: NewPassword,
        keep: Session | None = None,
        proof: "_Proof | None" = None,
    ) -> str:
        """Write verifier and an open lock, end the person's other sessions, forget proofs at other desks."""
        verifier = self._hash(request.kind, request.password) if request.password else ""
        where = _credential(merchant_id, request.person_id, request.kind)
        mine = and_(
            person_sessions.c.merchant_id == merchant_id,
            person_sessions.c.person_id == request.person_id,
            person_sessions.c.token_hash != (keep.token_hash if keep else b""),
        )
        with self._store.engine.begin() as connection:
            if proof is not None:
                _accept(connection, proof)
            row = connection.execute(select(credentials).where(where).with_for_update()).one_or_none()
            if row is None:
                key = {"merchant_id": merchant_id, "person_id": request.person_id, "kind": request.kind.value}
                new = {**key, "verifier": "", "failures": 0, "changed_at": self._clock()}
                connection.execute(insert(credentials).values(**new))
                guard = SignInGuard()
            else:
                guard = after_reset(SignInGuard(row.failures, row.last_failure_at, row.locked_at))
                verifier = verifier or row.verifier
            _save_guard(connection, where, guard, verifier=verifier, changed_at=self._clock())
            connection.execute(delete(person_sessions).where(mine))
            forget_proofs(connection, merchant_id, request.person_id, keep.device_id if keep else None)
        return verifier


@dataclass(frozen=True, slots=True)
class _Proof:
    """A secret that was right when it was checked: which credential's, and what was read of it then.

    `read` is the verifier that it fitted, `verifier` the one to keep. `guard` is without the failure that
    was counted first; `locked_at` is set if that was the fifth.
    """

    where: ColumnElement[bool]
    read: str
    verifier: str
    guard: SignInGuard
    locked_at: int | None


def _accept(connection: Connection, proof: _Proof) -> None:
    """Let a proof count, unless the secret was replaced or the lock fell while it was checked.

    Raises:
        Refusal: `sign_in_failed` or `sign_in_locked`.
    """
    row = connection.execute(select(credentials).where(proof.where).with_for_update()).one_or_none()
    if row is None or row.verifier != proof.read:
        raise Refusal("sign_in_failed")
    if row.locked_at != proof.locked_at:
        check_may_try(SignInGuard(row.failures, row.last_failure_at, row.locked_at))
    changes = {} if proof.verifier == proof.read else {"verifier": proof.verifier}
    _save_guard(connection, proof.where, after_success(proof.guard), **changes)


def _credential(merchant_id: UUID, person_id: UUID, kind: CredentialKind) -> ColumnElement[bool]:
    return and_(
        credentials.c.merchant_id == merchant_id,
        credentials.c.person_id == person_id,
        credentials.c.kind == kind.value,
    )


def _save_guard(
    connection: Connection, where: ColumnElement[bool], guard: SignInGuard, **changes: Any
) -> None:
    values = {
        "failures": guard.failures,
        "last_failure_at": guard.last_failure_at,
        "locked_at": guard.locked_at,
    }
    connection.execute(update(credentials).where(where).values(**values, **changes))
