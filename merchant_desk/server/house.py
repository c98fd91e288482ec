"""What the server does itself, as device 0 of a merchant: founding, enrolment, people."""

import json
from collections.abc import Callable, Iterable
from uuid import UUID

from sqlalchemy import Connection, insert, select, update

from merchant_desk.domain.refusals import Refusal
from merchant_desk.handlers.context import house_device, prefetch
from merchant_desk.models.server_tables import device_heads
from merchant_desk.models.store import Store
from merchant_desk.server.batch import Batch
from merchant_desk.server.intake import Clock
from merchant_desk.server.reading import Arrival
from merchant_desk.sync.codec import encode_body, encode_header, header_of, house_envelope
from merchant_desk.sync.protocol import Outcome, Status, WireOp
from merchant_desk.sync.signing import GENESIS, chain_hash

NewId = Callable[[], UUID]


class House:
    """Mints operations on the server and carries them out through the same handlers and log."""

    def __init__(self, store: Store, clock: Clock, new_id: NewId) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id
        self.wrote: Callable[[UUID], None] = lambda merchant_id: None
        """Hears for whom something was written, when it stands."""

    def do(
        self,
        merchant_id: UUID,
        *bodies: object,
        at: Iterable[int] = (),
        by: Callable[[object], UUID | None] = lambda body: None,
    ) -> list[Outcome]:
        """Carry out operations in one transaction; all or none.

        Args:
            merchant_id: whose.
            bodies: the operations.
            at: their times (microseconds UTC), for history that is loaded; now where none is given.
            by: who did an operation, for history that is loaded; None is the server itself.

        Raises:
            Refusal: the first one that was refused; nothing was written.
        """
        with self._store.engine.begin() as connection:
            outcomes = self.do_on(connection, merchant_id, bodies, list(at), by)
        self.wrote(merchant_id)
        return outcomes

    def do_on(
        self,
        connection: Connection,
        merchant_id: UUID,
        bodies: Iterable[object],
        times: list[int],
        by: Callable[[object], UUID | None] = lambda body: None,
    ) -> list[Outcome]:
        """Like `do`, inside a transaction that the caller commits."""
        now = self._clock()
        batch = Batch(self._store, connection, merchant_id, now)
        device_id = house_device(merchant_id)
        seq, chain = self._head(connection, merchant_id, device_id)
        bodies = list(bodies)
        prefetch(batch.unit, bodies)
        outcomes = []
        for n, body in enumerate(bodies):
            seq += 1
            time = times[n] if n < len(times) else now
            data = encode_body(body)
            envelope = house_envelope(self._new_id(), merchant_id, device_id, seq, body, time, by(body))
            header = header_of(envelope, data)
            wire = WireOp(encode_header(header), data, b"")
            chain = chain_hash(chain, wire.header)
            outcome = batch.apply(Arrival(header, wire), merchant_id)
            if outcome.status is not Status.APPLIED:
                raise Refusal(outcome.code, **json.loads(outcome.facts or "{}"))
            outcomes.append(outcome)
        batch.finish()
        where = (device_heads.c.merchant_id == merchant_id) & (device_heads.c.device_id == device_id)
        connection.execute(update(device_heads).where(where).values(head=seq, chain=chain, last_contact=now))
        return outcomes

    def _head(self, connection: Connection, merchant_id: UUID, device_id: UUID) -> tuple[int, bytes]:
        where = (device_heads.c.merchant_id == merchant_id) & (device_heads.c.device_id == device_id)
        row = connection.execute(select(device_heads.c.head, device_heads.c.chain).where(where)).one_or_none()
        if row is not None:
            return row.head, row.chain
        connection.execute(
            insert(device_heads).values(
                new_device_row(merchant_id, device_id, merchant_id, b"", device_id.bytes, (), self._clock())
            )
        )
        return 0, GENESIS


def new_device_row(
    merchant_id: UUID,
    device_id: UUID,
    outlet_id: UUID,
    verify_key: bytes,
    token_hash: bytes,
    groups: tuple[str, ...],
    now: int,
) -> dict[str, object]:
    """Return the row of a device that has sent nothing yet."""
    return {
        "merchant_id": merchant_id,
        "device_id": device_id,
        "head": 0,
        "chain": GENESIS,
        "verify_key": verify_key,
        "token_hash": token_hash,
        "outlet_id": outlet_id,
        "groups": ",".join(groups),
        "cursor": 0,
        "last_contact": now,
        "last_pending": 0,
        "recovery": b"",
    }
