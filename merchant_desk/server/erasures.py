"""Erasures outlive a restore: a backup from before one brings the key back, which is destroyed again.

What the replaced database knew to be erased is noted in the restored one, and done as ordinary operations
at the server's next start. Where no database was left, desks send their erasures again (the epoch changed).
"""

import json
from uuid import UUID

import structlog
from sqlalchemy import Connection, delete, select

from merchant_desk.domain.buyers import EraseBuyer
from merchant_desk.models.server_tables import metadata, server_state
from merchant_desk.models.store import Store
from merchant_desk.server.house import House
from merchant_desk.server.state import read_values, write_value

log = structlog.get_logger()

ERASE_AGAIN = "erase_again"
"""The value of the server's state that names merchants and buyers, until it is done."""

Erased = list[tuple[UUID, UUID]]
"""Merchants and buyers whose personal values were erased."""


def erased_buyers(connection: Connection) -> Erased:
    """Return whose personal values a server's database knows to be erased, or to be erased still."""
    buyers = metadata.tables["buyers"]
    query = select(buyers.c.merchant_id, buyers.c.id).where(buyers.c.erased_at.is_not(None))
    done = [(row.merchant_id, row.id) for row in connection.execute(query)]
    return list(dict.fromkeys([*done, *_noted(connection)]))


def note_erasures(connection: Connection, erased: Erased) -> None:
    """Destroy the keys of erased buyers in a database just restored, and note what else is to be done."""
    if not erased:
        return
    keys = metadata.tables["buyer_keys"]
    for merchant_id, buyer_id in erased:
        connection.execute(delete(keys).where(keys.c.merchant_id == merchant_id, keys.c.id == buyer_id))
    pairs = [[merchant_id.hex, buyer_id.hex] for merchant_id, buyer_id in erased]
    write_value(connection, ERASE_AGAIN, json.dumps(pairs))


def erase_again(store: Store, house: House) -> None:
    """Do what a restore left to be done, before anybody is served; again is harmless."""
    with store.engine.connect() as connection, connection.begin():
        erased = _noted(connection)
    if not erased:
        return
    done = 0
    for merchant_id, buyer_id in erased:
        with store.engine.connect() as connection, connection.begin():
            buyer = store.unit_on(connection, merchant_id).peek("buyers", buyer_id)
        if buyer is not None and buyer["erased_at"] is None:
            house.do(merchant_id, EraseBuyer(buyer_id))
            done += 1
    with store.engine.begin() as connection:
        connection.execute(delete(server_state).where(server_state.c.name == ERASE_AGAIN))
    log.info("erased_again", buyers=done)


def _noted(connection: Connection) -> Erased:
    pairs = json.loads(read_values(connection).get(ERASE_AGAIN, "[]"))
    return [(UUID(merchant_id), UUID(buyer_id)) for merchant_id, buyer_id in pairs]
