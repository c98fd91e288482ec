"""Whether the operations that are filed are what their devices signed: every chain is hashed again."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection, select

from merchant_desk.models.server_tables import device_heads, metadata, operations
from merchant_desk.server.restored import CODES_SKIPPED
from merchant_desk.sync.signing import GENESIS, chain_hash

Key = tuple[UUID, UUID]
"""A merchant and its device."""


@dataclass(frozen=True, slots=True)
class Chains:
    """How many chains hold whole, in part, and not."""

    whole: int
    partly: int
    broken: int


def examine_chains(connection: Connection) -> Chains:
    """Hash every device's chain again; reads all operations.

    A hole is no break where the desk's work is filed under another device that it was, or became.
    """
    log, heads = operations.c, device_heads.c
    query = select(heads.merchant_id, heads.device_id, heads.head, heads.chain)
    ends = {(row.merchant_id, row.device_id): (row.head, row.chain) for row in connection.execute(query)}
    reached = dict.fromkeys(ends, (0, GENESIS))
    holes, broken = set(), set()
    rows = select(log.merchant_id, log.device_id, log.device_seq, log.header)
    rows = rows.order_by(log.merchant_id, log.device_id, log.device_seq)
    for row in connection.execution_options(yield_per=1_000).execute(rows):
        key = row.merchant_id, row.device_id
        seq, chain = reached.get(key, (0, GENESIS))
        if row.device_seq != seq + 1:
            holes.add(key)
        if key not in ends or row.device_seq > ends[key][0]:
            broken.add(key)
        reached[key] = row.device_seq, chain_hash(chain, row.header)
    # A chain that ends early: what is missing is a hole at its end.
    holes |= {key for key, (head, _) in ends.items() if reached[key][0] < head}
    broken |= {key for key, end in ends.items() if key not in holes and reached[key] != end}
    broken |= holes - _of_several_names(connection)
    return Chains(len(ends.keys() - holes - broken), len(holes - broken), len(broken))


def _of_several_names(connection: Connection) -> set[Key]:
    """Return the devices that are one desk with another device: only those share what they did.

    A restore may have lost the device that a desk was last, but not those before it: then nothing names
    what the desk was. Who came after a restore is known by the codes, of which each skips some.
    """
    devices = metadata.tables["devices"].c
    query = select(devices.merchant_id, devices.id, devices.code, devices.former_id)
    rows = connection.execute(query).all()
    named = {(row.merchant_id, row.former_id) for row in rows if row.former_id is not None}
    again = {(row.merchant_id, row.id) for row in rows if row.former_id is not None}
    codes = sorted((row.merchant_id, int(row.code), row.id) for row in rows if row.code.isdecimal())
    return named | again | _after_a_restore(codes)


def _after_a_restore(codes: Iterable[tuple[UUID, int, UUID]]) -> set[Key]:
    last: dict[UUID, int] = {}
    since: set[UUID] = set()
    found = set()
    for merchant_id, code, device_id in codes:
        if code - last.get(merchant_id, 0) > CODES_SKIPPED:
            since.add(merchant_id)
        last[merchant_id] = code
        if merchant_id in since:
            found.add((merchant_id, device_id))
    return found
