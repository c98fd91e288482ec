"""Founding a merchant on an empty server: its first manager, outlet, password and recovery paper."""

from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.organisation import AddOutlet, FoundMerchant
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.server_tables import metadata
from merchant_desk.server.services import Services
from merchant_desk.server.state import recovery_name, write_value
from merchant_desk.sync.administration import Invitation, InviteRequest
from merchant_desk.sync.passwords import make_password
from merchant_desk.sync.recovery import RecoveryKey

MANAGER_LOGIN = "manager"
"""The login that `FoundMerchant` gives to the first manager."""


@dataclass(frozen=True, slots=True)
class Founding:
    """What is to be founded; without a password one is made up and shown once."""

    name: str
    currency: str = "CNY"
    manager_name: str = "Manager"
    password: str = field(default="", repr=False)
    outlet_code: str = "01"
    outlet_name: str = ""
    zone: str = "Asia/Shanghai"
    day_start: int = 0


@dataclass(frozen=True, slots=True)
class Founded:
    """What was founded. `password` and `recovery_key` are shown now and never again."""

    merchant_id: UUID
    outlet_id: UUID
    manager_id: UUID
    password: str = field(repr=False)
    recovery_key: str = field(repr=False)


def found(services: Services, founding: Founding) -> Founded | None:
    """Found a merchant, unless there is one of this name already (None).

    Raises:
        Refusal: what is wrong with the password.
    """
    if founding.name in merchants(services):
        return None
    new_id, random = services.edge.new_id, services.edge.random
    merchant_id, manager_id, outlet_id, warehouse_id = new_id(), new_id(), new_id(), new_id()
    services.house.do(
        merchant_id,
        FoundMerchant(founding.name, founding.currency, manager_id, founding.manager_name),
        AddOutlet(
            outlet_id,
            founding.outlet_code,
            founding.outlet_name or founding.name,
            founding.zone,
            founding.day_start,
            warehouse_id,
        ),
    )
    password = founding.password or make_password(random)
    services.people.set_password(merchant_id, manager_id, password)
    paper = RecoveryKey.make(random)
    with services.database.writer.begin() as connection:
        write_value(connection, recovery_name(merchant_id), paper.public_key.hex())
    return Founded(merchant_id, outlet_id, manager_id, password, paper.text)


def merchants(services: Services) -> dict[str, UUID]:
    """Return every merchant of the server by name."""
    table = metadata.tables["merchants"]
    with services.database.reader.connect() as connection, connection.begin():
        return {row.name: row.id for row in connection.execute(select(table.c.name, table.c.id))}


def reset_by_hand(services: Services, login: str) -> str:
    """Give a person a new password, which opens the lock, and return it: who is at the server may do so.

    Raises:
        Refusal: `no_such_person`, or `login_ambiguous` (people of two merchants have this login).
    """
    table = metadata.tables["persons"]
    query = select(table.c.merchant_id, table.c.id).where(table.c.login == login, table.c.archived == 0)
    with services.database.reader.connect() as connection, connection.begin():
        found = connection.execute(query).all()
    if not found:
        raise Refusal("no_such_person", person=login)
    if len(found) > 1:
        raise Refusal("login_ambiguous", login=login)
    password = make_password(services.edge.random)
    services.people.set_password(found[0].merchant_id, found[0].id, password)
    return password


def invite_to(services: Services, outlet_code: str, groups: tuple[str, ...]) -> Invitation:
    """Make an enrolment code for the outlet with this code.

    Raises:
        Refusal: `no_such_outlet`, `outlet_code_ambiguous` (two merchants use it) or `unknown_group`.
    """
    table = metadata.tables["outlets"]
    query = select(table.c.merchant_id, table.c.id).where(table.c.code_key == sku_key(outlet_code))
    with services.database.reader.connect() as connection, connection.begin():
        found = connection.execute(query).all()
    if not found:
        raise Refusal("no_such_outlet", outlet=outlet_code)
    if len(found) > 1:
        raise Refusal("outlet_code_ambiguous", outlet=outlet_code)
    return services.invite(found[0].merchant_id, InviteRequest(found[0].id, groups))
