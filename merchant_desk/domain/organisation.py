"""Merchant > outlet > warehouse; people, their roles, and desks."""

from dataclasses import dataclass
from uuid import UUID

from merchant_desk.domain.house_codes import person_badge
from merchant_desk.domain.operations import Nature, Place, operation
from merchant_desk.domain.permissions import ROLES
from merchant_desk.domain.refusals import Refusal

MOST_LOGIN = 64
MOST_BADGE = 64
MOST_REASON = 200
"""Characters; of a badge those behind its prefix."""


@operation("found_merchant", nature=Nature.DECISION, right="system", place=Place.SERVER_ONLY)
@dataclass(frozen=True)
class FoundMerchant:
    """Decision: the merchant and its first manager come into being."""

    name: str
    currency: str
    manager_id: UUID
    manager_name: str


@operation("add_outlet", nature=Nature.DECISION, right="organise", place=Place.SERVER_ONLY)
@dataclass(frozen=True)
class AddOutlet:
    """Decision: open an outlet with its first warehouse and the locations that every warehouse needs.

    `zone` is an IANA time zone, `day_start` minutes after midnight at which its business day begins.
    """

    outlet_id: UUID
    code: str
    name: str
    zone: str
    day_start: int
    warehouse_id: UUID


@operation("rename_outlet", nature=Nature.DECISION, right="organise", place=Place.SERVER_ONLY)
@dataclass(frozen=True)
class RenameOutlet:
    """Decision: an outlet and its first warehouse are called something else; their codes stay."""

    outlet_id: UUID
    name: str
    warehouse_name: str


@operation("add_person", nature=Nature.DECISION, right="people", place=Place.SERVER_ONLY)
@dataclass(frozen=True)
class AddPerson:
    """Decision: somebody who may sign in. `badge` is all that the badge's barcode says, or empty."""

    person_id: UUID
    login: str
    name: str
    badge: str


@operation("give_badge", nature=Nature.DECISION, right="people", place=Place.SERVER_ONLY)
@dataclass(frozen=True)
class GiveBadge:
    """Decision: give a person another badge, or (empty) take it back. The old one opens nothing more."""

    person_id: UUID
    badge: str


@operation("grant_role", nature=Nature.DECISION, right="people", place=Place.SERVER_ONLY)
@dataclass(frozen=True)
class GrantRole:
    """Decision: give a person a role, in one outlet or (None) in all."""

    person_id: UUID
    role: str
    role_outlet_id: UUID | None


@operation("revoke_role", nature=Nature.DECISION, right="people", place=Place.SERVER_ONLY)
@dataclass(frozen=True)
class RevokeRole:
    """Decision: end a grant. What was done under it stays valid."""

    grant_id: UUID


@operation("enrol_device", nature=Nature.DECISION, right="system", place=Place.SERVER_ONLY)
@dataclass(frozen=True)
class EnrolDevice:
    """Decision: a desk joins with its public keys; `code` is its number, never reused.

    One that was enrolled before names the device that it was, and the last number under which it worked as
    that one.
    """

    new_device_id: UUID
    home_outlet_id: UUID
    code: str
    name: str
    verify_key: bytes
    seal_key: bytes
    former_id: UUID | None = None
    former_seq: int = 0


@operation("archive_person", nature=Nature.DECISION, right="people", place=Place.SERVER_ONLY)
@dataclass(frozen=True)
class ArchivePerson:
    """Decision: somebody has left. Signs in nowhere and decides nothing more; what was done stays done.

    The badge is taken back, so that somebody else may get it.
    """

    person_id: UUID


@operation("restore_person", nature=Nature.DECISION, right="people", place=Place.SERVER_ONLY)
@dataclass(frozen=True)
class RestorePerson:
    """Decision: somebody who had left is back, with password and roles as they were, and without a badge."""

    person_id: UUID


@operation("retire_device", nature=Nature.DECISION, right="people", place=Place.SERVER_ONLY)
@dataclass(frozen=True)
class RetireDevice:
    """Decision: a desk is one no more, for `reason`: stolen, lost, sold. Its code is not used again.

    The server takes nothing from it and gives it nothing. Enrolled again, it is another desk.
    """

    device_id: UUID
    reason: str


MOST_OUTLET_CODE = 16
"""Characters: its locations' codes begin with it, and stand on labels."""


def check_outlet_code(code: str) -> None:
    """Refuse a code that labels of its locations could not begin with (`outlet_code_unreadable`)."""
    if not 1 <= len(code) <= MOST_OUTLET_CODE or not all("!" <= one <= "~" for one in code):
        raise Refusal("outlet_code_unreadable", code=code, most=MOST_OUTLET_CODE)


def check_role(role: str) -> None:
    """Refuse a role that does not exist (`unknown_role`)."""
    if role not in ROLES:
        raise Refusal("unknown_role", role=role)


def check_login(login: str) -> None:
    """Refuse a sign-in name that nobody could type (`login_unreadable`)."""
    if not 1 <= len(login) <= MOST_LOGIN or not login.isprintable() or len(login.split()) != 1:
        raise Refusal("login_unreadable", most=MOST_LOGIN)


def check_badge(badge: str) -> None:
    """Refuse a badge that no scan would be taken for one (`badge_unreadable`); empty is none."""
    if not badge:
        return
    said = person_badge(badge) or ""
    if not 1 <= len(said) <= MOST_BADGE or not said.isprintable() or len(said.split()) != 1:
        raise Refusal("badge_unreadable", most=MOST_BADGE)


def check_reason(reason: str) -> None:
    """Refuse no reason, an endless one, or one with control characters (`reason_unreadable`)."""
    if not 1 <= len(reason.strip()) <= MOST_REASON or not reason.isprintable():
        raise Refusal("reason_unreadable", most=MOST_REASON)
