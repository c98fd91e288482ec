"""What desks ask of the server beside push and pull: people, desks, invitations, versions.

The same types on both ends, as in `protocol.py`. A server's answer may hold more fields than an older
desk knows; it ignores them. Times are microseconds UTC.
"""

import re
from enum import StrEnum
from importlib.metadata import version as installed_version
from typing import Annotated, Final
from uuid import UUID

import msgspec

from merchant_desk.sync.protocol import PROTOCOL

MEDIA_TYPE = "application/msgpack"
ARCHIVE_MEDIA = "application/zip"
PROTOCOL_HEADER = "Merchant-Desk-Protocol"
EPOCH_HEADER = "Merchant-Desk-Epoch"
SESSION_HEADER = "Merchant-Desk-Session"
"""The token of a person's sign-in, for what only certain people may ask."""

PENDING_HEADER = "Merchant-Desk-Pending"
"""How many operations the asking desk has not sent yet, so that its colleagues can be told."""

SNAPSHOT_KEY_HEADER = "Merchant-Desk-Snapshot-Key"
SNAPSHOT_SEQ_HEADER = "Merchant-Desk-Snapshot-Seq"
SNAPSHOT_SCHEMA_HEADER = "Merchant-Desk-Snapshot-Schema"

LEAST_PROTOCOL = max(PROTOCOL - 1, 1)
"""The oldest protocol that this version still serves."""

SNAPSHOT_USE = b"merchant-desk/snapshot-key/1\x00"
"""With the snapshot's tag (its ETag without quotes) appended: what its sealed key is for."""


class CredentialKind(StrEnum):
    """What a person proves to be himself with."""

    PASSWORD = "password"  # noqa: S105 - a name, no secret
    PIN = "pin"


class SignInTry(msgspec.Struct, frozen=True):
    """A person at a desk: login or badge, with a password or a PIN. `protocol.SignInRequest` is one too.

    `locked_for` tells that the desk itself has locked this person after wrong tries, and how long ago, in
    microseconds (-1: it has not). An age, because the desk's clock may be off.
    """

    login: str
    password: str
    kind: CredentialKind = CredentialKind.PASSWORD
    locked_for: int = -1


class SignedIn(msgspec.Struct, frozen=True):
    """The person; what checks the same password offline; and a session for what only some may ask.

    `verifier` is empty for a PIN: the desk has just seen it and keeps a verifier under its own pepper.
    """

    person_id: UUID
    name: str
    verifier: str
    login: str
    session: str
    expires_at: int


class SnapshotPart(msgspec.Struct, frozen=True):
    """What came of a snapshot with the last request; the bytes themselves are in a file.

    `until` is the first byte that is still missing, `size` that of the whole; `seq` the feed number that
    the rows are as of, `schema` the version of their tables, `sealed_key` (base64) what opens the file.
    """

    tag: str
    until: int
    size: int
    seq: int
    schema: int
    epoch: UUID
    sealed_key: str


class NewPassword(msgspec.Struct, frozen=True):
    """A new password or PIN. For one's own, `old_password` proves that it is oneself who asks.

    For somebody else it is a reset, which needs the right `people` and opens the lock; an empty
    `password` opens the lock alone.
    """

    person_id: UUID
    password: str
    old_password: str = ""
    kind: CredentialKind = CredentialKind.PASSWORD


class PasswordSet(msgspec.Struct, frozen=True):
    """`verifier` for the desk where somebody changed his own password; otherwise empty."""

    verifier: str


class PersonSeen(msgspec.Struct, frozen=True):
    """How a person stands with signing in: which ways are set up, and since when each is locked (or None)."""

    person_id: UUID
    password: bool
    pin: bool
    password_locked_at: int | None
    pin_locked_at: int | None


class SignOut(msgspec.Struct, frozen=True):
    """Ends the session that asks."""


class InviteRequest(msgspec.Struct, frozen=True):
    """A code for one new desk at an outlet; `groups` as `TableSpec.group`, `hours` until it expires."""

    outlet_id: UUID
    groups: tuple[str, ...] = ()
    hours: int = 24


class Invitation(msgspec.Struct, frozen=True):
    """The enrolment code as it is shown, and until when it is good."""

    code: str
    expires_at: int


class DeskSeen(msgspec.Struct, frozen=True):
    """A desk as the server knows it.

    `head` is the last operation that it sent, `pending` what it said it had not sent at its last
    contact (-1: it never said), `cursor` how far it has pulled.
    """

    device_id: UUID
    code: str
    name: str
    last_contact: int
    pending: int
    head: int
    cursor: int
    outlet_id: UUID | None = None


class Notice(msgspec.Struct, frozen=True):
    """The last feed number in the asking desk's scope: a hint to pull."""

    seq: int


class VersionAnswer(msgspec.Struct, frozen=True):
    """Who is answering. `seal_key` is the public key to which a desk seals its database key."""

    version: str
    protocol: int
    least_protocol: int
    schema: int
    epoch: UUID
    seal_key: bytes
    server_time: int


def is_older(version: str) -> bool:
    """Tell whether a program's version is older than ours; what counts are its first two numbers."""
    return _release(version) < _release(installed_version("merchant-desk"))


def _release(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version)[:2])


class KeyRequest(msgspec.Struct, frozen=True):
    """A desk that lost its vault asks for its database key, sealed to a key that it has just made.

    It has no token any more: a person with the right `people` vouches by login and password.
    """

    merchant_id: UUID
    device_id: UUID
    profile_id: str
    public_key: bytes
    login: str
    password: str


class KeyAnswer(msgspec.Struct, frozen=True):
    """The database key, sealed to `KeyRequest.public_key` (`recovery.open_database_key`)."""

    box: bytes


class ArchiveRequest(msgspec.Struct, frozen=True):
    """Somebody who proves himself by his password wants all data of the merchant; `name` is of the file.

    `personal`: with names, telephone numbers and addresses of buyers.
    """

    login: str
    password: str
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=255)]
    personal: bool = False


BACKUP_AHEAD: Final = "backup_ahead"
"""Trouble: a copy is dated in the future, so that the server's clock was wrong, or is."""


class BackupHealth(msgspec.Struct, frozen=True):
    """The newest automatic copy: when it was made (None: never), its age, and the trouble with copies.

    `trouble` is the code of the fault that the last try ended with, else `BACKUP_AHEAD` or "".
    """

    made_at: int | None
    age_seconds: int | None
    trouble: str


class Health(msgspec.Struct, frozen=True):
    """How the server is. `status` is "ok", "degraded" (works, but somebody should look) or "down"."""

    status: str
    version: str
    protocol: int
    database: str
    trouble: str
    uptime_seconds: int
    server_time: int
    free_bytes: int | None
    log_bytes: int | None
    backup: BackupHealth | None
