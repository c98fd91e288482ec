"""What was ended stays so when an older copy is put back: erasures, retired desks, people who left.

What the replaced database knew is noted in the restored one, and done as ordinary operations at the server's
next start, before anybody is served. Where no database was left, desks ask for it again (the epoch changed).
"""

import json
from dataclasses import dataclass
from uuid import UUID

import structlog
from sqlalchemy import Connection, delete, select

from merchant_desk.domain.organisation import ArchivePerson, RetireDevice
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.server_tables import metadata, server_state
from merchant_desk.models.store import Store
from merchant_desk.server.erasures import Erased, erase_again, erased_buyers, note_erasures
from merchant_desk.server.house import House
from merchant_desk.server.retirement import RETIRED
from merchant_desk.server.state import read_values, write_value

log = structlog.get_logger()

SHUT_OUT_AGAIN = "shut_out_again"
"""The value of the server's state that names merchants and whom to shut out, until it is done."""

DEVICE, PERSON = "device", "person"

Shut = tuple[str, str, str, str]
"""A device or a person: which, merchant, id (hexadecimal), and why."""


@dataclass(frozen=True, slots=True)
class Ended:
    """What a server's database knows to be ended."""

    erased: Erased
    shut_out: list[Shut]


NOTHING = Ended([], [])


def ended_in(connection: Connection) -> Ended:
    """Return what a server's database knows to be ended, or to be ended still."""
    devices, persons = metadata.tables["devices"].c, metadata.tables["persons"].c
    retired = select(devices.merchant_id, devices.id, devices.retired_reason).where(RETIRED)
    left = select(persons.merchant_id, persons.id).where(persons.archived == 1)
    found: list[Shut] = [(DEVICE, one[0].hex, one[1].hex, one[2]) for one in connection.execute(retired)]
    found += [(PERSON, one[0].hex, one[1].hex, "") for one in connection.execute(left)]
    return Ended(erased_buyers(connection), list(dict.fromkeys([*found, *_noted(connection)])))


def note_ended(connection: Connection, ended: Ended) -> None:
    """Note in a database just restored what is to be ended again."""
    note_erasures(connection, ended.erased)
    if ended.shut_out:
        write_value(connection, SHUT_OUT_AGAIN, json.dumps(ended.shut_out))


def end_again(store: Store, house: House) -> None:
    """Do what a restore left to be done, before anybody is served; again is harmless."""
    erase_again(store, house)
    with store.engine.connect() as connection, connection.begin():
        noted = _noted(connection)
    if not noted:
        return
    done = sum(_shut_out(store, house, *one) for one in noted)
    with store.engine.begin() as connection:
        connection.execute(delete(server_state).where(server_state.c.name == SHUT_OUT_AGAIN))
    log.info("shut_out_again", count=done)


def _shut_out(store: Store, house: House, which: str, merchant: str, of: str, reason: str) -> bool:
    """Shut one out, if the copy has it and lets it in; tell whether."""
    merchant_id, id = UUID(merchant), UUID(of)
    table = "devices" if which == DEVICE else "persons"
    with store.engine.connect() as connection, connection.begin():
        row = store.unit_on(connection, merchant_id).peek(table, id)
    if row is None or row.get("retired_at") is not None or row.get("archived"):
        return False
    try:
        house.do(merchant_id, RetireDevice(id, reason) if which == DEVICE else ArchivePerson(id))
    except Refusal as refusal:  # whoever looks after people today is not in the copy: nobody would be left
        log.warning("not_shut_out", which=which, code=refusal.code)
        return False
    return True


def _noted(connection: Connection) -> list[Shut]:
    noted = json.loads(read_values(connection).get(SHUT_OUT_AGAIN, "[]"))
    return [(which, merchant, of, reason) for which, merchant, of, reason in noted]
