"""What a desk knows of itself: identity, keys, cursor, clock. Stored values are MessagePack."""

from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import Connection

Value = TypeVar("Value")

_encoder = msgspec.msgpack.Encoder(uuid_format="bytes")


class Identity(msgspec.Struct, frozen=True):
    """Who this desk is, since its enrolment. `token` is its bearer token at the server.

    `recovery_paper` is the public key of the merchant's printed recovery key, or nothing.
    """

    merchant_id: UUID
    device_id: UUID
    outlet_id: UUID
    code: str
    name: str
    server_url: str
    fingerprint: str
    token: str
    signing_seed: bytes
    agreement_seed: bytes
    recovery_paper: bytes = b""


class Position(msgspec.Struct, frozen=True):
    """How far this desk has come: in its own operations and in the server's feed."""

    device_seq: int
    chain: bytes
    cursor: int
    epoch: UUID | None


class ClockState(msgspec.Struct, frozen=True):
    """How far the desk's clock is behind the server's (microseconds, +- bound), measured at a desk time."""

    behind: int
    bound: int
    measured_at: int


UNKNOWN_CLOCK = ClockState(0, 3_600_000_000, 0)
"""Before the first contact a clock is taken to be within an hour."""

DRIFT_PPM = 100
"""How fast a cheap clock runs away: microseconds in a second."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A moment as an envelope states it, microseconds UTC."""

    desk_time: int
    time: int
    bound: int


def stamp(clock: ClockState, now: int) -> Stamp:
    """Return the corrected time of a desk time, with the bound as it has grown since the last measurement."""
    grown = abs(now - clock.measured_at) * DRIFT_PPM // 1_000_000 if clock.measured_at else 0
    return Stamp(now, now + clock.behind, clock.bound + grown)


def read_value(connection: Connection, name: str, kind: type[Value]) -> Value | None:
    """Return a stored value, or None."""
    # On the driver's cursor: each exchange reads several, and SQLAlchemy takes ten times as long.
    cursor = connection.connection.cursor()
    cursor.execute("SELECT value FROM desk_state WHERE name = ?", [name])
    row = cursor.fetchone()
    return None if row is None else msgspec.msgpack.decode(row[0], type=kind)


def write_value(cursor: Any, name: str, value: Any) -> None:
    """Store a value through the driver's cursor of the running transaction."""
    cursor.execute(
        "INSERT INTO desk_state (name, value) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        [name, _encoder.encode(value)],
    )
