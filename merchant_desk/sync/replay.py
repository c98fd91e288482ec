"""Taking operations back and carrying them out again: what keeps a desk equal to feed plus own work."""

from collections.abc import Iterable

from merchant_desk.domain.refusals import Refusal
from merchant_desk.handlers.context import carry_out
from merchant_desk.handlers.subjects import SUBJECTS as HANDLED
from merchant_desk.models.tables import SPECS
from merchant_desk.models.unit import Effect, Unit
from merchant_desk.sync.outbox import Entry, Outbox, envelope_and_body, unpack_effects

CARRIED_OUT_BY = HANDLED


def closure(outbox: Outbox, first: Iterable[int]) -> set[int]:
    """Return operations together with all that stand on rows which they wrote."""
    found: set[int] = set()
    waiting = list(first)
    while waiting:
        seq = waiting.pop()
        if seq not in found:
            found.add(seq)
            waiting += outbox.standing_on(seq)
    return found


def undo(unit: Unit, entry: Entry) -> None:
    """Take back what an operation did here, unless the feed has confirmed it."""
    for table, id, before in reversed(unpack_effects(unit.store, entry.effects)):
        row = unit.peek(table, id)
        if SPECS[table].insert_only:
            if row is not None and row["feed_hash"] is None:
                unit.put(table, id, None)
        else:
            unit.put(table, id, before)


def withdraw_leftovers(unit: Unit, entry: Entry) -> None:
    """Take back insert-only rows that an operation added here and no feed row confirmed."""
    for table, id, _ in unpack_effects(unit.store, entry.effects):
        row = unit.peek(table, id)
        if SPECS[table].insert_only and row is not None and row["feed_hash"] is None:
            unit.put(table, id, None)


def replay(unit: Unit, outbox: Outbox, entries: Iterable[Entry]) -> None:
    """Carry operations out again, in order, on rows as they are now.

    One that is refused now keeps waiting for the server's word without showing an effect.
    """
    for entry in entries:
        envelope, body = envelope_and_body(entry)
        unit.begin_op()
        try:
            carry_out(unit, envelope, body)
        except Refusal:
            unit.rollback_op()
            unit.begin_op()
        effects, reads = unit.end_op()
        outbox.set_effects(entry.device_seq, effects)
        outbox.mark(entry.device_seq, effects, reads if has_reads(effects) else ())


def has_reads(effects: Iterable[Effect]) -> bool:
    """Tell whether what an operation read matters: it changed a row that was there."""
    return any(effect.before is not None and not SPECS[effect.table].insert_only for effect in effects)
