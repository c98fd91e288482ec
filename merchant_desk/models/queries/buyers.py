"""Questions about buyers and the keys under which their personal values are sealed."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.ids import id_of
from merchant_desk.models.queries.rows import fetch, fetch_one


@dataclass(frozen=True, slots=True)
class BuyerState:
    """What this desk holds of a buyer; `granted` tells whether sealed values of anybody come to it.

    `sealed` and `key` are None where there is none; `erased_at` is microseconds UTC.
    """

    id: UUID
    code: str
    level: str
    erased_at: int | None
    sealed: bytes | None = field(repr=False)
    key: bytes | None = field(repr=False)
    granted: bool


_STATE = (
    "SELECT b.id, b.code, b.level, b.erased_at, s.sealed, k.key,"
    " EXISTS (SELECT 1 FROM buyer_secrets WHERE feed_seq IS NOT NULL)"
    " FROM buyers b LEFT JOIN buyer_secrets s ON s.id = b.id LEFT JOIN buyer_keys k ON k.id = b.id"
)


def buyer_state(connection: Connection, buyer_id: UUID) -> BuyerState | None:
    """Return what is held of a buyer, or None."""
    return fetch_one(connection, BuyerState, f"{_STATE} WHERE b.id = ?", [buyer_id])


def buyer_of_order(connection: Connection, order_id: UUID) -> BuyerState | None:
    """Return what is held of the buyer of an order, or None."""
    sql = f"{_STATE} WHERE b.id = (SELECT buyer_id FROM orders WHERE id = ?)"
    return fetch_one(connection, BuyerState, sql, [order_id])


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A buyer's key that this desk made and the server does not have yet."""

    id: UUID
    key: bytes = field(repr=False)


def unshared_keys(connection: Connection, most: int) -> list[HeldKey]:
    """Return keys that the server does not have yet."""
    sql = "SELECT id, key FROM buyer_keys WHERE shared = 0 ORDER BY id LIMIT ?"
    return fetch(connection, HeldKey, sql, [most])


def missing_keys(connection: Connection, after: UUID, most: int) -> list[UUID]:
    """Return buyers, beyond `after` in the order of their ids, whose values are here without their key."""
    sql = (
        "SELECT s.id FROM buyer_secrets s LEFT JOIN buyer_keys k ON k.id = s.id"
        " WHERE s.id > ? AND k.id IS NULL AND length(s.sealed) > 0 ORDER BY s.id LIMIT ?"
    )
    return [id_of(row[0]) for row in connection.exec_driver_sql(sql, (after.bytes, most))]


def doomed_keys(connection: Connection) -> list[UUID]:
    """Return keys that must not be here: of erased buyers, of what was refused, of what is not for this desk.

    A desk that is not granted personal values holds a key that it made until the server has it. What was
    refused may be done again, with another code, as long as its task is open.
    """
    sql = (
        "SELECT k.id FROM buyer_keys k LEFT JOIN buyers b ON b.id = k.id"
        " WHERE b.erased_at IS NOT NULL"
        " OR (NOT EXISTS (SELECT 1 FROM buyer_secrets s WHERE s.id = k.id)"
        "  AND (k.shared = 1 OR EXISTS (SELECT 1 FROM outbox o WHERE o.about_id = k.id"
        "   AND o.kind = 'add_buyer' AND o.status = 'refused' AND NOT EXISTS (SELECT 1 FROM tasks t"
        "    WHERE t.op_id = o.op_id AND t.status = 'open'))))"
        # Of an import whose operations are all answered: somebody else had the code, or it was refused.
        " OR (b.id IS NULL AND k.shared = 0"
        "  AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.about_id = k.id)"
        "  AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.kind = 'import_buyers'"
        "   AND o.status NOT IN ('applied', 'refused')))"
    )
    return [id_of(row[0]) for row in connection.exec_driver_sql(sql)]
