"""A desk under a new identity: what the server has not settled is offered again, signed anew.

For a desk that turned out to be an old copy or a clone, or that the server no longer knows. The numbers
of the former device's finished operations move below 1, where they stay as history; those that are
offered again keep their ids, bodies and times, and are numbered 1, 2, 3... for the new device.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import msgspec

from merchant_desk.models.columns import Row
from merchant_desk.models.unit import Unit
from merchant_desk.sync.codec import encode_header
from merchant_desk.sync.desk import Changes, DeskEngine
from merchant_desk.sync.desk_state import Identity, Position, read_value, write_value
from merchant_desk.sync.outbox import Entry, Outbox
from merchant_desk.sync.protocol import EnrolAnswer, EnrolRequest, FormerDevice, decode_header
from merchant_desk.sync.replay import carry_out_again, undo
from merchant_desk.sync.signing import GENESIS, DeviceKeys, Purpose, chain_hash, sign
from merchant_desk.sync.troubles import FROM_COPY, STUCK, OtherMerchant, Stuck

UNCERTAIN = "uncertain"
"""In `desk_state`: up to this number nobody knows whether the server, restored since, has the operations."""

FAR = 1 << 40
"""Beyond any number, so that renumbering never meets a number that is still taken."""

STEP = 500

OFFERED = (
    "SELECT device_seq, stands FROM outbox WHERE ? OR (device_seq > 0 AND"
    " (settled_at IS NULL OR status IN ('pending', 'held', 'parked'))) ORDER BY device_seq"
)

UNKNOWN = (
    "SELECT min(device_seq) FROM outbox WHERE device_seq > 0 AND status = 'pending' AND settled_at IS NULL"
)
"""The first that the server neither answered nor sent back by the feed."""


@dataclass(frozen=True, slots=True)
class NewDevice:
    """What a desk becomes: its identity, and the row of `devices` that the feed will bring.

    `restored`: the server was restored from a backup since this desk last heard of it.
    """

    identity: Identity
    row: Row
    restored: bool


def enrol_again(
    engine: DeskEngine,
    request: EnrolRequest,
    keys: DeviceKeys,
    send: Callable[[EnrolRequest], EnrolAnswer],
    where: tuple[str, str],
) -> NewDevice:
    """Ask the server for a new identity; nothing is changed here yet.

    Args:
        engine: the desk.
        request: what is sent.
        keys: the private halves of the keys in it.
        send: sends it.
        where: the server's address and fingerprint (hexadecimal, or nothing), as the code says.

    Raises:
        OtherMerchant: the code is another merchant's or outlet's.
        Fault: as `send` raises them.
    """
    answer = send(request)
    old = engine.identity
    if (answer.merchant_id, answer.outlet_id) != (old.merchant_id, old.outlet_id):
        raise OtherMerchant
    identity = Identity(
        answer.merchant_id,
        answer.device_id,
        answer.outlet_id,
        answer.code,
        request.name,
        *where,
        answer.token,
        keys.signing_seed,
        keys.agreement_seed,
        answer.recovery_key,
    )
    return NewDevice(identity, _row(request, answer), engine.position.epoch not in (None, answer.epoch))


def _row(request: EnrolRequest, answer: EnrolAnswer) -> Row:
    """Return a new device as the server writes it, so that the desk knows at once what it was."""
    former = request.former
    return {
        "id": answer.device_id,
        "outlet_id": answer.outlet_id,
        "code": answer.code,
        "name": request.name,
        "verify_key": request.verify_key,
        "seal_key": request.seal_key,
        "enrolled_at": answer.server_time,
        "retired_at": None,
        "retired_reason": "",
        "former_id": former.device_id if former is not None else None,
        "former_seq": former.device_seq if former is not None else 0,
    }


def continued(engine: DeskEngine, request: EnrolRequest) -> EnrolRequest:
    """Return a request that names the device which this desk still is. Runs on the writer's thread."""
    with engine.store.engine.connect() as connection, connection.begin():
        first = connection.exec_driver_sql(UNKNOWN).scalar()
        goes_on = read_value(connection, FROM_COPY, bool)
    last = engine.position.device_seq if first is None else int(first) - 1
    if goes_on:  # the desk itself is gone: what the server has of it, also after the copy, is its own work
        last = FAR
    key = DeviceKeys(engine.identity.signing_seed, engine.identity.agreement_seed).signing_key
    signature = sign(key, Purpose.ENROLMENT, request.claim)
    former = FormerDevice(engine.identity.device_id, last, signature)
    return msgspec.structs.replace(request, former=former)


def rebase_outbox(engine: DeskEngine, new: NewDevice, new_id: Callable[[], UUID]) -> Changes:
    """Take on a new identity in one transaction, on the writer's thread; returns which rows changed.

    Args:
        engine: the desk; it is this new device afterwards.
        new: who it is from now on. If the server was restored, every operation that this database holds is
            offered again, as nobody knows which of them the server lost. Known ones get the answer that
            they once had.
        new_id: mints an id for an operation whose own one the server knows as something else.
    """
    identity = new.identity
    with engine.store.unit(engine.identity.merchant_id) as unit:
        outbox = Outbox(unit.cursor)
        stuck = read_value(unit.connection, STUCK, Stuck)
        unit.cursor.execute(OFFERED, [new.restored])
        offered = [(int(seq), bool(stands)) for seq, stands in unit.cursor.fetchall()]
        standing = [seq for seq, stands in offered if stands]
        for entry in _backwards(outbox, standing):
            undo(unit, entry)
        unit.insert("devices", new.row)
        numbers = {seq: n for n, (seq, _) in enumerate(offered, 1)}
        _renumber(unit.cursor, numbers, engine.position.device_seq)
        reused = numbers.get(stuck.device_seq) if stuck is not None and stuck.reason == "reused_id" else None
        chain = _sign_again(outbox, unit.cursor, identity, len(numbers), {reused: new_id} if reused else {})
        _carry_out(unit, outbox, [numbers[seq] for seq in standing])
        position = Position(len(numbers), chain, engine.position.cursor, engine.position.epoch)
        write_value(unit.cursor, "identity", identity)
        write_value(unit.cursor, "position", position)
        unit.cursor.execute("DELETE FROM desk_state WHERE name IN (?, ?)", [STUCK, FROM_COPY])
        if new.restored:
            write_value(unit.cursor, UNCERTAIN, len(numbers))
        unit.flush()
        changes = unit.touched()
    engine.reload()
    return changes


def _backwards(outbox: Outbox, seqs: list[int]) -> Iterable[Entry]:
    for end in range(len(seqs), 0, -STEP):
        yield from reversed(outbox.by_seq(seqs[max(end - STEP, 0) : end]))


def _renumber(cursor: Any, numbers: dict[int, int], last: int) -> None:
    """Give the offered operations their numbers, and move all others below 1, their order kept."""
    cursor.execute("UPDATE outbox SET device_seq = device_seq - ?", [FAR])
    moved = [(n + 2 * FAR, seq - FAR) for seq, n in numbers.items()]
    cursor.executemany("UPDATE outbox SET device_seq = ? WHERE device_seq = ?", moved)
    cursor.execute("UPDATE outbox SET device_seq = device_seq + ? WHERE device_seq < ?", [FAR - last, FAR])
    cursor.execute("UPDATE outbox SET device_seq = device_seq - ? WHERE device_seq > ?", [2 * FAR, FAR])


def _sign_again(
    outbox: Outbox, cursor: Any, identity: Identity, last: int, new_ids: dict[int, Callable[[], UUID]]
) -> bytes:
    """Write each offered operation's header anew and sign it; returns the head of the new chain."""
    key = DeviceKeys(identity.signing_seed, identity.agreement_seed).signing_key
    chain = GENESIS
    for first in range(1, last + 1, STEP):
        changed = []
        for entry in outbox.by_seq(range(first, min(first + STEP, last + 1))):
            seq = entry.device_seq
            op_id = new_ids[seq]() if seq in new_ids else entry.op_id
            header = msgspec.structs.replace(
                decode_header(entry.header), op_id=op_id, device_id=identity.device_id, device_seq=seq
            )
            data = encode_header(header)
            chain = chain_hash(chain, data)
            changed.append([op_id.bytes, data, sign(key, Purpose.OPERATION, chain), chain, seq])
        cursor.executemany(
            "UPDATE outbox SET op_id = ?, header = ?, signature = ?, chain = ?, status = 'pending',"
            " first_seq = 0, last_seq = 0, code = '', facts = '{}' WHERE device_seq = ?",
            changed,
        )
    return chain


def _carry_out(unit: Unit, outbox: Outbox, seqs: list[int]) -> None:
    """Show again what was shown, as the new device's work."""
    for first in range(0, len(seqs), STEP):
        done = []
        for entry in outbox.by_seq(seqs[first : first + STEP]):
            again = carry_out_again(unit, entry)
            done.append((entry.device_seq, again.effects, again.footprint))
        outbox.set_effects(done)
