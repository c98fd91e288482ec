"""Desks join: one-time secrets, device rows, bearer tokens."""

from collections.abc import Callable
from hashlib import sha256
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Connection, Engine, Select, insert, select, update

from merchant_desk.domain.organisation import EnrolDevice
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.server_tables import counters, device_heads, enrolments, metadata
from merchant_desk.models.store import Store
from merchant_desk.server.house import House, NewId, new_device_row
from merchant_desk.server.intake import Clock, Device, DeviceRetired
from merchant_desk.server.known_desks import KnownDesks
from merchant_desk.server.retirement import RETIRED, SHUT_OUT, is_retired
from merchant_desk.sync.enrolment_code import make_secret
from merchant_desk.sync.protocol import EnrolAnswer, EnrolRequest
from merchant_desk.sync.signing import ForgedSignature, Purpose, verify

Random = Callable[[int], bytes]

HOUR = 3_600_000_000
TOKEN_BYTES = 32
KEY_BYTES = 32
MOST_NAME = 100
MOST_RECOVERY = 1_024
devices = metadata.tables["devices"]

GROUPS = ("cost", "personal")
"""What a desk may be granted beside the rows that every desk of its outlet holds."""


def _devices_by(ended: ColumnElement[bool]) -> Select[Any]:
    """Return the question for a token's owner, put together once: it is asked with each request."""
    known = (devices.c.merchant_id == device_heads.c.merchant_id) & (devices.c.id == device_heads.c.device_id)
    heads = device_heads.c
    return select(
        heads.merchant_id, heads.device_id, heads.outlet_id, heads.groups, ended.label("is_retired")
    ).join_from(device_heads, devices, known, isouter=True)


_DEVICES, _SENDERS = _devices_by(RETIRED), _devices_by(SHUT_OUT)


class Enrolment:
    """Issues one-time secrets and turns them into devices.

    `reader` looks tokens up; without one the store's engine does, which on SQLite waits for writers.
    """

    def __init__(
        self,
        store: Store,
        house: House,
        clock: Clock,
        random: Random,
        new_id: NewId,
        reader: Engine | None = None,
    ) -> None:
        self._store = store
        self._house = house
        self._clock = clock
        self._random = random
        self._new_id = new_id
        self._reader = reader or store.engine
        self.known = KnownDesks(clock)
        house.wrote = self.known.forget

    def invite(
        self, merchant_id: UUID, outlet_id: UUID, groups: tuple[str, ...] = (), lifetime: int = 24 * HOUR
    ) -> str:
        """Return a secret that enrols one desk at an outlet within `lifetime` microseconds.

        Raises:
            Refusal: `unknown_group`.
        """
        for group in groups:
            if group not in GROUPS:
                raise Refusal("unknown_group", group=group)
        secret = make_secret(self._random).hex()
        with self._store.engine.begin() as connection:
            connection.execute(
                insert(enrolments).values(
                    secret_hash=sha256(secret.encode()).digest(),
                    merchant_id=merchant_id,
                    outlet_id=outlet_id,
                    groups=",".join(groups),
                    expires_at=self._clock() + lifetime,
                    used_at=None,
                )
            )
        return secret

    def enrol(self, request: EnrolRequest, epoch: UUID) -> EnrolAnswer:
        """Make a device of whoever presents the secret.

        Raises:
            Refusal: `enrolment_unreadable`, `enrolment_unknown`, `enrolment_used` or `enrolment_expired`.
        """
        check_request(request)
        now = self._clock()
        secret_hash = sha256(request.secret.encode()).digest()
        token = self._random(TOKEN_BYTES).hex()
        device_id = self._new_id()
        with self._store.engine.begin() as connection:
            merchant_id = self._lock(connection, secret_hash)
            outlet_id, groups = self._redeem(connection, secret_hash, now)
            code = self._next_code(connection, merchant_id)
            row = new_device_row(
                merchant_id, device_id, outlet_id, request.verify_key, token_hash(token), groups, now
            )
            values = {**row, "last_pending": -1, "recovery": request.recovery}
            connection.execute(insert(device_heads).values(**values))
            former = _former(connection, merchant_id, request)
            keys = request.verify_key, request.seal_key
            enrol = EnrolDevice(device_id, outlet_id, code, request.name, *keys, *former)
            self._house.do_on(connection, merchant_id, [enrol], [])
            used = update(enrolments).where(enrolments.c.secret_hash == secret_hash)
            connection.execute(used.values(used_at=now, device_id=device_id))
        return EnrolAnswer(merchant_id, device_id, outlet_id, code, token, epoch, now)

    def _lock(self, connection: Connection, secret_hash: bytes) -> UUID:
        """Lock the merchant's counter before anything else is read, so that codes are given out in turn."""
        query = select(enrolments.c.merchant_id).where(enrolments.c.secret_hash == secret_hash)
        merchant_id: UUID | None = connection.scalar(query)
        if merchant_id is None:
            raise Refusal("enrolment_unknown")
        lock = select(counters.c.seq).where(counters.c.merchant_id == merchant_id).with_for_update()
        connection.execute(lock)
        return merchant_id

    def _redeem(self, connection: Connection, secret_hash: bytes, now: int) -> tuple[UUID, tuple[str, ...]]:
        """Return outlet and groups of a secret that is still good."""
        query = select(enrolments).where(enrolments.c.secret_hash == secret_hash)
        invitation = connection.execute(query).one()
        if invitation.used_at is not None and not self._was_lost(connection, invitation):
            raise Refusal("enrolment_used")
        if invitation.expires_at < now:
            raise Refusal("enrolment_expired")
        return invitation.outlet_id, groups_of(invitation.groups)

    def _was_lost(self, connection: Connection, invitation: Any) -> bool:
        """Whether the answer never arrived: the device that was made then has not been heard of since.

        It loses its token, so that the secret still makes one desk only. One that was retired was made.
        """
        device = (device_heads.c.merchant_id == invitation.merchant_id) & (
            device_heads.c.device_id == invitation.device_id
        )
        row = connection.execute(select(device_heads).where(device)).one()
        if is_retired(connection, row.merchant_id, row.device_id):
            return False
        if row.last_contact > invitation.used_at or row.head or row.cursor:
            return False
        connection.execute(update(device_heads).where(device).values(token_hash=row.device_id.bytes))
        return True

    def device_of(self, token: str, *, sends: bool = False) -> Device | None:
        """Return whose bearer token it is, or None; a desk that ended may still send (`sends`).

        Raises:
            DeviceRetired: it is one of a desk that was retired.
        """
        asked = self._clock()
        query = (_SENDERS if sends else _DEVICES).where(device_heads.c.token_hash == token_hash(token))
        with self._reader.connect() as connection, connection.begin():
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        if row.is_retired:
            raise DeviceRetired
        device = Device(row.merchant_id, row.device_id, row.outlet_id, groups_of(row.groups))
        if not sends:
            self.known.keep(token, device, asked)
        return device

    def _next_code(self, connection: Connection, merchant_id: UUID) -> str:
        """Take the next desk code. They are counted, and a restore counts on, so none is used again."""
        counted = update(counters).where(counters.c.merchant_id == merchant_id)
        code = connection.scalar(counted.values(codes=counters.c.codes + 1).returning(counters.c.codes))
        return f"{code:02d}"


def check_request(request: EnrolRequest) -> None:
    """Refuse keys of another length and absurd names (`enrolment_unreadable`)."""
    keys_fit = len(request.verify_key) == KEY_BYTES and len(request.seal_key) == KEY_BYTES
    if not keys_fit or not request.name.strip() or len(request.name) > MOST_NAME:
        raise Refusal("enrolment_unreadable")
    if len(request.recovery) > MOST_RECOVERY or not request.name.isprintable():
        raise Refusal("enrolment_unreadable")


def _former(connection: Connection, merchant_id: UUID, request: EnrolRequest) -> tuple[UUID | None, int]:
    """Return the device that a desk was before and its last number; one that a restore lost is none.

    Raises:
        Refusal: `enrolment_unreadable`: that device did not sign it.
    """
    if request.former is None:
        return None, 0
    at = request.former
    device = (device_heads.c.merchant_id == merchant_id) & (device_heads.c.device_id == at.device_id)
    known = connection.execute(select(device_heads.c.verify_key, device_heads.c.head).where(device))
    row = known.one_or_none()
    if row is None:
        return None, 0
    try:
        verify(row.verify_key, Purpose.ENROLMENT, request.claim, at.signature)
    except ForgedSignature as wrong:
        raise Refusal("enrolment_unreadable") from wrong
    return at.device_id, max(0, min(at.device_seq, row.head))


def token_hash(token: str) -> bytes:
    """Return what is stored of a bearer token."""
    return sha256(token.encode()).digest()


def groups_of(groups: str) -> tuple[str, ...]:
    """Return the groups of sensitive data that a desk holds, as they are stored."""
    return tuple(filter(None, groups.split(",")))
