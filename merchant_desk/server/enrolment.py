"""Desks join: one-time secrets, device rows, bearer tokens."""

from collections.abc import Callable
from hashlib import sha256
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from merchant_desk.domain.organisation import EnrolDevice
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.server_tables import device_heads, enrolments
from merchant_desk.models.store import Store
from merchant_desk.server.house import House, NewId, new_device_row
from merchant_desk.server.intake import Clock, Device
from merchant_desk.sync.protocol import EnrolAnswer, EnrolRequest

Random = Callable[[int], bytes]

HOUR = 3_600_000_000
SECRET_BYTES = 10
TOKEN_BYTES = 32


class Enrolment:
    """Issues one-time secrets and turns them into devices."""

    def __init__(self, store: Store, house: House, clock: Clock, random: Random, new_id: NewId) -> None:
        self._store = store
        self._house = house
        self._clock = clock
        self._random = random
        self._new_id = new_id

    def invite(
        self, merchant_id: UUID, outlet_id: UUID, groups: tuple[str, ...] = (), lifetime: int = 24 * HOUR
    ) -> str:
        """Return a secret that enrols one desk at an outlet within `lifetime` microseconds."""
        secret = self._random(SECRET_BYTES).hex()
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
            Refusal: `enrolment_unknown`, `enrolment_used` or `enrolment_expired`.
        """
        now = self._clock()
        secret_hash = sha256(request.secret.encode()).digest()
        token = self._random(TOKEN_BYTES).hex()
        device_id = self._new_id()
        with self._store.engine.begin() as connection:
            invitation = connection.execute(
                select(enrolments).where(enrolments.c.secret_hash == secret_hash).with_for_update()
            ).one_or_none()
            if invitation is None:
                raise Refusal("enrolment_unknown")
            if invitation.used_at is not None:
                raise Refusal("enrolment_used")
            if invitation.expires_at < now:
                raise Refusal("enrolment_expired")
            merchant_id, outlet_id = invitation.merchant_id, invitation.outlet_id
            code = self._next_code(connection, merchant_id)
            groups = tuple(filter(None, invitation.groups.split(",")))
            row = new_device_row(
                merchant_id, device_id, outlet_id, request.verify_key, token_hash(token), groups, now
            )
            connection.execute(insert(device_heads).values(**{**row, "recovery": request.recovery}))
            enrol = EnrolDevice(
                device_id, outlet_id, code, request.name, request.verify_key, request.seal_key
            )
            self._house.do_on(connection, merchant_id, [enrol], [])
            connection.execute(
                update(enrolments).where(enrolments.c.secret_hash == secret_hash).values(used_at=now)
            )
        return EnrolAnswer(merchant_id, device_id, outlet_id, code, token, epoch, now)

    def device_of(self, token: str) -> Device | None:
        """Return whose bearer token it is, or None."""
        query = select(device_heads).where(device_heads.c.token_hash == token_hash(token))
        with self._store.engine.connect() as connection:
            row = connection.execute(query).one_or_none()
        if row is None:
            return None
        groups = tuple(filter(None, row.groups.split(",")))
        return Device(row.merchant_id, row.device_id, row.outlet_id, groups)

    def _next_code(self, connection: Connection, merchant_id: UUID) -> str:
        """Return the next desk code. Codes count all devices that ever were, so none is used again."""
        query = select(device_heads.c.device_id).where(device_heads.c.merchant_id == merchant_id)
        enrolled = len([row for row in connection.execute(query) if row.device_id])
        house = 1 if enrolled else 0
        return f"{enrolled - house + 1:02d}"


def token_hash(token: str) -> bytes:
    """Return what is stored of a bearer token."""
    return sha256(token.encode()).digest()
