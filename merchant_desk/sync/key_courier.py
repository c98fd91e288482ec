"""A desk's half of bringing buyers' keys to the server and back, apart from log and feed.

Keys that this desk made go to the server after the push; those of sealed values that it holds are asked for.
See docs/decisions/0030-personal-values.md.
"""

import time
from collections.abc import Callable, Sequence
from typing import Protocol
from uuid import UUID

import structlog
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import Connection, Engine

from merchant_desk.models.erasing import cut_log, overwrite_deleted
from merchant_desk.models.faults import Fault
from merchant_desk.models.queries.buyers import HeldKey, doomed_keys, missing_keys, unshared_keys
from merchant_desk.sync.administration import VersionAnswer
from merchant_desk.sync.desk import Changes
from merchant_desk.sync.desk_state import Identity
from merchant_desk.sync.personal_keys import (
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
from merchant_desk.sync.server_calls import Cancelled, OnWriter
from merchant_desk.sync.server_faults import ServerProblem

log = structlog.get_logger()

RETRY_SECONDS = 5.0
"""Between two questions for keys that the server did not have: their maker is about to send them."""

_NONE = UUID(int=0)


class KeyApi(Protocol):
    """The server's calls that keys need."""

    def version(self) -> VersionAnswer:
        """Return who answers, and the key to seal to."""

    def buyer_keys(self, request: KeysRequest) -> KeysAnswer:
        """Give and fetch keys."""


class KeyCourier:
    """Brings a desk's keys to the server and back, after an exchange; destroys what must not be here.

    Each step may be cut off anywhere and is simply done again: giving twice changes nothing, a key that did
    not come is asked for again, and an erased one is looked for at every start.

    Args:
        engine: the database, written on the writer's thread only.
        on_writer: runs jobs there.
        read: opens reading connections.
        timer: seconds.
    """

    def __init__(
        self,
        engine: Engine,
        on_writer: OnWriter,
        read: Callable[[], Connection],
        timer: Callable[[], float] = time.monotonic,
    ) -> None:
        self._engine = engine
        self._on_writer = on_writer
        self._read = read
        self._timer = timer
        self._due = True
        self._again_at: float | None = None
        self._log_is_cut = True

    def hear(self, changes: Changes) -> None:
        """Take note of Changes that may ask for work."""
        if not {"buyers", "buyer_secrets"}.isdisjoint(changes):
            self._due = True

    def bring(
        self, api: KeyApi, identity: Identity, tell: Callable[[Changes], None], cancelled: Cancelled
    ) -> None:
        """After an exchange: destroy what it says is erased, give and fetch keys, keep none without use.

        Raises:
            Fault: as `run`.
        """
        tell(self.tidy())
        tell(self.run(api, identity, cancelled))
        tell(self.tidy())

    def tidy(self) -> Changes:
        """Destroy the keys of erased buyers and those that are of no use here; needs no network."""
        if not self._due and self._log_is_cut:
            return {}
        with self._read() as connection, connection.begin():
            doomed = doomed_keys(connection)
        if not doomed:
            if not self._log_is_cut:
                self._log_is_cut = self._on_writer(lambda: cut_log(self._engine))
            return {}
        self._on_writer(lambda: self._destroy(doomed))
        log.info("buyer_keys_destroyed", keys=len(doomed))
        return {"buyer_keys": set(doomed)}

    def run(self, api: KeyApi, identity: Identity, cancelled: Cancelled) -> Changes:
        """Give and fetch keys if there may be any; returns the rows that changed.

        Raises:
            Fault: the server could not be reached; what is left is done another time.
        """
        is_time = self._again_at is not None and self._timer() >= self._again_at
        if not self._due and not is_time:
            return {}
        self._due, self._again_at = False, None
        changed: set[UUID] = set()
        try:
            left = self._give(api, identity, cancelled)
            left = self._fetch(api, identity, cancelled, changed) or left
        except (ServerProblem, SealBroken) as fault:  # an older server, or a strange one: all else goes on
            why = fault.problem if isinstance(fault, ServerProblem) else fault.code
            log.warning("buyer_keys_refused", why=why)
            left = True
        except Fault:
            self._due = True
            raise
        if left:
            self._again_at = self._timer() + RETRY_SECONDS
        return {"buyer_keys": changed} if changed else {}

    def _give(self, api: KeyApi, identity: Identity, cancelled: Cancelled) -> bool:
        """Hand over what the server lacks; True if it did not take everything (the buyer comes first)."""
        while not cancelled():
            with self._read() as connection, connection.begin():
                held = unshared_keys(connection, KEYS_AT_ONCE)
            if not held:
                return False
            settled = self._given(api, identity, held)
            self._on_writer(lambda: self._mark(settled))  # noqa: B023 - run before the next turn
            if len(settled) < len(held):
                return True
        return True

    @staticmethod
    def _given(api: KeyApi, identity: Identity, held: Sequence[HeldKey]) -> list[UUID]:
        keys = [BuyerKey(one.id, one.key) for one in held]
        box = pack_keys(keys, api.version().seal_key, use=TO_SERVER + identity.device_id.bytes)
        settled = set(api.buyer_keys(KeysRequest(given=box)).settled)
        return [one.id for one in held if one.id in settled]

    def _fetch(self, api: KeyApi, identity: Identity, cancelled: Cancelled, changed: set[UUID]) -> bool:
        """Ask for the keys of what is held here; True if some did not come."""
        after, missed = _NONE, False
        private = X25519PrivateKey.from_private_bytes(identity.agreement_seed)
        use = TO_DESK + identity.device_id.bytes
        while not cancelled():
            with self._read() as connection, connection.begin():
                wanted = missing_keys(connection, after, KEYS_AT_ONCE)
            if not wanted:
                return missed
            box = api.buyer_keys(KeysRequest(wanted=tuple(wanted))).box
            found = read_keys(unseal(box, private, use=use)) if box else []
            asked = set(wanted)
            came = [one for one in found if one.buyer_id in asked]
            if came:
                self._on_writer(lambda: self._keep(came))  # noqa: B023 - run before the next turn
                changed.update(one.buyer_id for one in came)
            missed |= len(came) < len(wanted)
            after = wanted[-1]
        return True

    # On the writer's thread.

    def _mark(self, ids: Sequence[UUID]) -> None:
        with self._engine.begin() as connection:
            cursor = connection.connection.cursor()
            cursor.executemany("UPDATE buyer_keys SET shared = 1 WHERE id = ?", [[id.bytes] for id in ids])
        self._due = True  # a desk that is not granted the group keeps none of them

    def _keep(self, keys: Sequence[BuyerKey]) -> None:
        """Write keys that came, unless the buyer was erased meanwhile."""
        sql = (
            "INSERT INTO buyer_keys (id, key, shared) SELECT s.id, ?, 1 FROM buyer_secrets s"
            " JOIN buyers b ON b.id = s.id WHERE s.id = ? AND b.erased_at IS NULL"
            " ON CONFLICT (id) DO NOTHING"
        )
        with self._engine.begin() as connection:
            rows = [[one.key, one.buyer_id.bytes] for one in keys]
            connection.connection.cursor().executemany(sql, rows)

    def _destroy(self, ids: Sequence[UUID]) -> None:
        with self._engine.begin() as connection:
            overwrite_deleted(connection)
            cursor = connection.connection.cursor()
            cursor.executemany("DELETE FROM buyer_keys WHERE id = ?", [[id.bytes] for id in ids])
        self._log_is_cut = cut_log(self._engine)
