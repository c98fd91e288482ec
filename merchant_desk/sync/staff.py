"""What a signed-in person may ask of the server about people and desks: passwords, locks, new desks.

Nothing of it waits in the outbox: the server says yes or no at once, or it is not done.
"""

import json
import os
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

import msgspec

from merchant_desk.domain import organisation as _organisation  # noqa: F401 - fills KINDS
from merchant_desk.domain.operations import KINDS
from merchant_desk.domain.outlet_closing import DeskWork
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.sign_in import check_new_pin
from merchant_desk.models.queries.people import (
    OpenRequest,
    ended_desks,
    open_requests,
    outcome_of,
    person_id_of,
)
from merchant_desk.sync.administration import (
    CredentialKind,
    DeskSeen,
    Invitation,
    InviteRequest,
    NewPassword,
    PasswordSet,
    PersonSeen,
)
from merchant_desk.sync.codec import decode_body
from merchant_desk.sync.passwords import make_password
from merchant_desk.sync.people import People, Person
from merchant_desk.sync.protocol import decode_header
from merchant_desk.sync.runtime import DeskRuntime
from merchant_desk.sync.transport import ServerApi

Answer = TypeVar("Answer")
Who = UUID | str
"""A person by id, login or badge."""


REQUESTS = tuple(sorted(name for name, kind in KINDS.items() if kind.is_request))
"""Kinds of operations that a desk can only ask for."""


@dataclass(frozen=True, slots=True)
class Request:
    """Something that was asked for: when (microseconds UTC), how it stands, and the operation itself.

    `status` is pending, held or parked; or applied, when only the feed is missing.
    """

    op_id: UUID
    time: int
    status: str
    body: object


class Staff(ABC):
    """The part of a desk that looks after people.

    Every method needs the server and the session of whoever is signed in. Each raises

    - `Refusal` `own_password_needed`: the session is over or was never opened (a sign-in without the
      server); `confirm` opens one. Also `not_allowed` and whatever the method's own rules say.
    - `Fault`: the server could not be asked; nothing was changed.
    """

    api: ServerApi
    people: People
    runtime: DeskRuntime

    @property
    @abstractmethod
    def person(self) -> Person:
        """Who is signed in."""

    def confirm(self, password: str) -> None:
        """Prove by one's own password that it is still oneself: opens the session that the rest asks for.

        Raises:
            Refusal: as `Desk.sign_in`.
        """
        self.people.confirm(self.person, password)

    def change_password(self, old: str, new: str) -> None:
        """Change one's own password.

        Raises:
            Refusal: `sign_in_failed` or `sign_in_locked` for the old one; `password_too_short` or
                `password_is_name` for the new one.
        """
        me, kind = self.person, CredentialKind.PASSWORD
        answer = self._set(NewPassword(me.id, new, old, kind))
        self.people.take_new(me, new, answer.verifier, kind)

    def set_pin(self, pin: str, *, password: str = "", person: Who | None = None) -> None:
        """Set one's own PIN, proved by one's password, or (right `people`) somebody else's.

        Raises:
            Refusal: `sign_in_failed`, `sign_in_locked`, `pin_not_digits`, `pin_wrong_length`,
                `pin_too_simple`, `no_such_person`.
        """
        me, kind = self.person, CredentialKind.PIN
        check_new_pin(pin)  # an empty one would only open the lock
        whose = me.id if person is None else self._id_of(person)
        self._set(NewPassword(whose, pin, password if whose == me.id else "", kind))
        if whose == me.id:
            self.people.take_new(me, pin, "", kind)
        else:
            self.people.forget(whose, kind)

    def reset_password(self, person: Who, password: str = "") -> str:
        """Give somebody else a new password (right `people`), which opens the lock; return it.

        Args:
            person: whose.
            password: the new one; one of 12 letters and digits is made up where it is empty.

        Raises:
            Refusal: `no_such_person`, `password_too_short`, `password_is_name`.
        """
        whose, kind = self._id_of(person), CredentialKind.PASSWORD
        if whose == self.person.id:
            raise Refusal("own_password_by_change")
        given = password or make_password(os.urandom)
        self._set(NewPassword(whose, given, kind=kind))
        self.people.forget(whose, kind)
        return given

    def unlock(self, person: Who) -> None:
        """Open somebody else's lock, of password and PIN (right `people`); both stay as they are.

        Raises:
            Refusal: `no_such_person`.
        """
        whose = self._id_of(person)
        if whose == self.person.id:
            raise Refusal("own_password_by_change")
        for kind in CredentialKind:
            self._set(NewPassword(whose, "", kind=kind))
        self.people.unlock(whose)

    def people_seen(self) -> list[PersonSeen]:
        """Return who has a password or a PIN and who is locked (right `people`); nobody without either."""
        return self._as_person("GET", "/people", None, list[PersonSeen])

    def desks_seen(self) -> list[DeskSeen]:
        """Return every desk of the merchant, as the server last heard of it (right `organise`)."""
        return self._as_person("GET", "/desks/all", None, list[DeskSeen])

    def desks_work(self, outlet_id: UUID) -> list[DeskWork]:
        """Return an outlet's desks, and what each had not sent when last heard of (right `organise`)."""
        seen = self.desks_seen()
        with self.runtime.read() as connection, connection.begin():
            ended = ended_desks(connection)
        return [
            DeskWork(one.device_id, one.code, one.pending)
            for one in seen
            if one.outlet_id == outlet_id and one.device_id not in ended
        ]

    def invite(self, outlet_id: UUID, groups: tuple[str, ...] = (), hours: int = 24) -> Invitation:
        """Make a code that enrols one new desk at an outlet (right `organise` there).

        Args:
            outlet_id: where the desk will stand.
            groups: what it may hold beside what every desk holds: "cost", "personal".
            hours: until it is no longer good.

        Raises:
            Refusal: `no_such_outlet`, `unknown_group`, `lifetime_out_of_range`.
        """
        return self._as_person("POST", "/invite", InviteRequest(outlet_id, groups, hours), Invitation)

    def requested(self) -> list[Request]:
        """Return what was asked for here and the server has not done yet, in order; needs no server."""
        with self.runtime.read() as connection, connection.begin():
            return [_read(row) for row in open_requests(connection, REQUESTS)]

    def _id_of(self, who: Who) -> UUID:
        if isinstance(who, UUID):
            return who
        with self.runtime.read() as connection, connection.begin():
            found = person_id_of(connection, who)
        if found is None:
            raise Refusal("no_such_person", person=who)
        return found

    def _set(self, request: NewPassword) -> PasswordSet:
        return self._as_person("POST", "/password", request, PasswordSet)

    def _as_person(
        self, method: str, path: str, message: msgspec.Struct | None, kind: type[Answer]
    ) -> Answer:
        session = self.people.session(self.person.id)
        try:
            return self.api.as_person(method, path, message, kind, session)
        except Refusal as refusal:
            self.people.heard(self.person, refusal)
            if refusal.code != "sign_in_expired":
                raise
            self.people.end_session()
            raise Refusal("own_password_needed") from refusal


def asked_status(runtime: DeskRuntime, op_id: UUID) -> str:
    """Return how something stands that was asked for at this desk.

    Raises:
        Refusal: the server's "no".
    """
    with runtime.read() as connection, connection.begin():
        outcome = outcome_of(connection, op_id)
    if outcome is None:
        return "pending"
    if outcome.status == "refused":
        raise Refusal(outcome.code, **json.loads(outcome.facts or "{}"))
    return outcome.status


def _read(row: OpenRequest) -> Request:
    header = decode_header(row.header)
    return Request(row.id, row.time, row.status, decode_body(header.kind, header.version, row.body))
