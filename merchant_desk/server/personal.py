"""Buyers' keys at the server: taken in from desks that made them, given to desks that may open values."""

from collections.abc import Sequence
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import Connection, select

from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.server_tables import counters
from merchant_desk.models.store import Store
from merchant_desk.models.unit import Unit
from merchant_desk.server.intake import Device
from merchant_desk.sync.personal import open_details
from merchant_desk.sync.personal_keys import (
    GROUP,
    KEYS_AT_ONCE,
    TO_DESK,
    TO_SERVER,
    BuyerKey,
    KeysAnswer,
    KeysRequest,
    pack_keys,
    read_keys,
)
from merchant_desk.sync.sealing import SealBroken, unseal


class BuyerKeys:
    """Keeps the keys. They are rows of the server's database that no log, feed or snapshot repeats."""

    def __init__(self, store: Store, seal_key: X25519PrivateKey) -> None:
        self._store = store
        self._seal_key = seal_key

    def exchange(self, device: Device, request: KeysRequest) -> KeysAnswer:
        """Take in what a desk gives, and give what it wants, in one transaction.

        A key is taken for a buyer who is known, and only if it opens what is sealed there: nobody can
        lock others out by a wrong one. Of an erased buyer none is taken: the desk may forget it.

        Raises:
            Refusal: `not_allowed` (keys are for desks granted the group), `no_seal_key`,
                `unreadable_key` (the box is not for us), `too_many_rows`.
        """
        given = self._opened(device, request.given)
        if request.wanted and GROUP not in device.groups:
            raise Refusal("not_allowed", right=GROUP)
        if len(given) > KEYS_AT_ONCE or len(request.wanted) > KEYS_AT_ONCE:
            raise Refusal("too_many_rows", rows=max(len(given), len(request.wanted)), most=KEYS_AT_ONCE)
        with self._store.engine.begin() as connection:
            _lock(connection, device.merchant_id)
            unit = self._store.unit_on(connection, device.merchant_id)
            settled = _take(unit, given)
            keys = _found(unit, request.wanted)
            public_key = _public_key(unit, device) if keys else b""
            unit.flush()
        return KeysAnswer(settled, pack_keys(keys, public_key, use=TO_DESK + device.device_id.bytes))

    def _opened(self, device: Device, box: bytes) -> list[BuyerKey]:
        if not box:
            return []
        try:
            return read_keys(unseal(box, self._seal_key, use=TO_SERVER + device.device_id.bytes))
        except SealBroken as broken:
            raise Refusal("unreadable_key") from broken


def keep_keys(store: Store, connection: Connection, merchant_id: UUID, keys: Sequence[BuyerKey]) -> None:
    """Keep keys that the server itself made, in the transaction that makes the buyers."""
    unit = store.unit_on(connection, merchant_id)
    _take(unit, keys)
    unit.flush()


def _lock(connection: Connection, merchant_id: UUID) -> None:
    """Lock the merchant's counter before anything is read: an erasure comes wholly before or after."""
    lock = select(counters.c.seq).where(counters.c.merchant_id == merchant_id).with_for_update()
    connection.execute(lock)


def _take(unit: Unit, given: Sequence[BuyerKey]) -> tuple[UUID, ...]:
    """Write keys that are new and fit; return those with which the giver is done."""
    ids = [one.buyer_id for one in given]
    for table in ("buyers", "buyer_secrets", "buyer_keys"):
        unit.prefetch(table, ids)
    settled = []
    for one in given:
        buyer = unit.peek("buyers", one.buyer_id)
        if buyer is None:
            continue  # not pushed yet, or refused
        settled.append(one.buyer_id)
        secret = unit.peek("buyer_secrets", one.buyer_id)
        if buyer["erased_at"] is not None or secret is None:
            continue
        if unit.peek("buyer_keys", one.buyer_id) is None and _fits(one, secret["sealed"]):
            unit.insert("buyer_keys", {"id": one.buyer_id, "key": one.key, "shared": 1})
    return tuple(settled)


def _fits(one: BuyerKey, sealed: bytes) -> bool:
    try:
        open_details(one.buyer_id, bytes(sealed), one.key)
    except (SealBroken, ValueError):
        return False
    return True


def _found(unit: Unit, wanted: Sequence[UUID]) -> list[BuyerKey]:
    unit.prefetch("buyer_keys", wanted)
    rows = [unit.peek("buyer_keys", id) for id in wanted]
    return [BuyerKey(row["id"], bytes(row["key"])) for row in rows if row is not None]


def _public_key(unit: Unit, device: Device) -> bytes:
    row = unit.peek("devices", device.device_id)
    if row is None or not row["seal_key"]:
        raise Refusal("no_seal_key")
    key: bytes = row["seal_key"]
    return key
