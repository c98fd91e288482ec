"""Who was here when: cursors and last contacts of desks, noted in memory and written now and then.

A pull must not wait for the write lock, and a durable commit for each look of an idle desk would cost
more than the look. What a crash loses is the last second's contacts, which the next ones bring back.
"""

import threading
from dataclasses import dataclass, replace
from uuid import UUID

from sqlalchemy import BigInteger, ColumnElement, Engine, bindparam, case, func, select, true, update

from merchant_desk.models.server_tables import device_heads
from merchant_desk.models.store import Store
from merchant_desk.server.enrolment import KEY_BYTES
from merchant_desk.server.intake import Clock, Device
from merchant_desk.server.retirement import gone_desks
from merchant_desk.sync.administration import DeskSeen


@dataclass(frozen=True, slots=True)
class _Contact:
    at: int
    cursor: int | None = None
    pending: int | None = None


class Contacts:
    """Notes contacts from any thread; `flush` writes them, `desks` tells what is known of an outlet."""

    def __init__(self, writer: Engine, readers: Store, clock: Clock) -> None:
        self._writer = writer
        self._readers = readers
        self._clock = clock
        self._lock = threading.Lock()
        self._seen: dict[tuple[UUID, UUID], _Contact] = {}

    def note(self, device: Device, *, cursor: int | None = None, pending: int | None = None) -> None:
        """Take note that a desk is here, how far it has pulled, and what it says it has not sent."""
        key = (device.merchant_id, device.device_id)
        with self._lock:
            old = self._seen.get(key, _Contact(0))
            new = _Contact(
                self._clock(),
                old.cursor if cursor is None else cursor,
                old.pending if pending is None else pending,
            )
            self._seen[key] = new

    @property
    def waiting(self) -> bool:
        """Whether there is something to write."""
        return bool(self._seen)

    def flush(self) -> None:
        """Write what was noted in one transaction; when that fails it stays noted."""
        with self._lock:
            seen, self._seen = self._seen, {}
        if not seen:
            return
        try:
            self._write(seen)
        except BaseException:
            with self._lock:
                self._seen = {key: _later(contact, self._seen.get(key)) for key, contact in seen.items()} | {
                    key: contact for key, contact in self._seen.items() if key not in seen
                }
            raise

    def _write(self, seen: dict[tuple[UUID, UUID], _Contact]) -> None:
        table = device_heads.c
        known = {name: bindparam(f"new_{name}", type_=BigInteger) for name in ("cursor", "last_pending")}
        newest = table.last_contact <= bindparam("at")

        def latest(name: str) -> ColumnElement[int]:
            """What was said last; the larger where another process wrote something since."""
            new = func.coalesce(known[name], table[name])
            return case((newest | (new > table[name]), new), else_=table[name])

        statement = (
            update(device_heads)
            .where(table.merchant_id == bindparam("merchant"), table.device_id == bindparam("device"))
            .values(
                last_contact=case((newest, bindparam("at")), else_=table.last_contact),
                cursor=latest("cursor"),
                last_pending=latest("last_pending"),
            )
        )
        # In the order of the key, so that two servers never wait for each other.
        lines = [
            {
                "merchant": merchant_id,
                "device": device_id,
                "at": contact.at,
                "new_cursor": contact.cursor,
                "new_last_pending": contact.pending,
            }
            for (merchant_id, device_id), contact in sorted(
                seen.items(), key=lambda item: (item[0][0].bytes, item[0][1].bytes)
            )
        ]
        with self._writer.begin() as connection:
            connection.execute(statement, lines)

    def desks(self, device: Device) -> list[DeskSeen]:
        """Return the desks of the asking desk's outlet, itself included, by code; none that comes no more."""
        here = device_heads.c.outlet_id == device.outlet_id
        return self._desks(
            device.merchant_id, here & device_heads.c.device_id.not_in(gone_desks(device.merchant_id))
        )

    def all_desks(self, merchant_id: UUID) -> list[DeskSeen]:
        """Return every desk of a merchant, by code; those that were retired too."""
        return self._desks(merchant_id, true())

    def _desks(self, merchant_id: UUID, where: ColumnElement[bool]) -> list[DeskSeen]:
        query = (
            select(
                device_heads.c.device_id,
                device_heads.c.last_contact,
                device_heads.c.last_pending,
                device_heads.c.head,
                device_heads.c.cursor,
                device_heads.c.token_hash,
                device_heads.c.outlet_id,
            )
            .where(device_heads.c.merchant_id == merchant_id, where)
            .order_by(device_heads.c.device_id)
        )
        with self._readers.engine.connect() as connection, connection.begin():
            rows = connection.execute(query).all()
            unit = self._readers.unit_on(connection, merchant_id)
            unit.prefetch("devices", (row.device_id for row in rows))
            found = [(row, unit.peek("devices", row.device_id)) for row in rows]
        seen = [
            self._freshest(
                merchant_id,
                DeskSeen(
                    row.device_id,
                    known["code"],
                    known["name"],
                    row.last_contact,
                    row.last_pending,
                    row.head,
                    row.cursor,
                    row.outlet_id,
                ),
            )
            for row, known in found
            if known is not None and len(row.token_hash) == KEY_BYTES
        ]
        return sorted(seen, key=lambda one: one.code)

    def _freshest(self, merchant_id: UUID, stored: DeskSeen) -> DeskSeen:
        contact = self._seen.get((merchant_id, stored.device_id))
        if contact is None:
            return stored
        return DeskSeen(
            stored.device_id,
            stored.code,
            stored.name,
            max(contact.at, stored.last_contact),
            stored.pending if contact.pending is None else contact.pending,
            stored.head,
            stored.cursor if contact.cursor is None else contact.cursor,
            stored.outlet_id,
        )


def _later(old: _Contact, new: _Contact | None) -> _Contact:
    """Return what is known when an older note comes back to a newer one."""
    if new is None:
        return old
    cursor = old.cursor if new.cursor is None else new.cursor
    return replace(new, cursor=cursor, pending=old.pending if new.pending is None else new.pending)
