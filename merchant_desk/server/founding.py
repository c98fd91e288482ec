"""Founding a merchant on an empty server: its first manager, outlet, password and recovery paper."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Connection, delete, exists, insert, select

from merchant_desk.domain.codes import sku_key
from merchant_desk.domain.founding import FIRST_OUTLET, MANAGER_LOGIN
from merchant_desk.domain.organisation import AddOutlet, FoundMerchant
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.sign_in import check_new_password
from merchant_desk.models.server_tables import credentials, metadata, server_state
from merchant_desk.server.services import Services
from merchant_desk.server.state import read_values, recovery_name, write_value
from merchant_desk.sync.administration import CredentialKind, Invitation, InviteRequest
from merchant_desk.sync.passwords import hash_password, make_password
from merchant_desk.sync.recovery import RecoveryKey


def _nothing() -> None:
    """Nothing to prove: what is shown once goes to a screen."""


@dataclass(frozen=True, slots=True)
class Founding:
    """What is to be founded; without a password one is made up and shown once.

    `prove` is called before anything is written, and raises where what is shown once could not be kept.
    `invited`: codes of outlets that desks are going to be invited to, judged before that too.
    `another`: the name once more, where it is meant to stand beside other merchants on one server.
    """

    name: str
    currency: str = "CNY"
    manager_name: str = "Manager"
    password: str = field(default="", repr=False)
    outlet_code: str = FIRST_OUTLET
    outlet_name: str = ""
    zone: str = "Asia/Shanghai"
    day_start: int = 0
    prove: Callable[[], None] = field(default=_nothing, compare=False)
    invited: tuple[str, ...] = ()
    another: str = ""


@dataclass(frozen=True, slots=True)
class Founded:
    """What was founded. `password` and `recovery_key` are shown now and never again.

    Where somebody was told of the merchant and its recovery paper is missing, only that is made: no ids and
    no password.
    """

    merchant_id: UUID
    outlet_id: UUID | None
    manager_id: UUID | None
    password: str = field(repr=False)
    recovery_key: str = field(repr=False)


def found(services: Services, founding: Founding, standing: UUID | None = None) -> Founded | None:
    """Found a merchant, unless it stands already (None).

    All of it is one transaction. Where the process ended before what is shown once was shown (`note_told`),
    all of it is founded anew, as it is said now; and a merchant without a recovery paper gets one.

    Args:
        services: of the server.
        founding: what is wanted.
        standing: the merchant that it is, whatever that one is called; by default one of this name.

    Raises:
        Refusal: what is wrong with what is said; `merchant_stands`: others are here, and nobody said that
            this is to be another. Nothing was written.
        Fault: what `founding.prove` raises; nothing was written.
    """
    there = merchants(services)
    merchant_id = standing or there.get(founding.name)
    if merchant_id is None:
        if there and founding.another != founding.name:
            raise Refusal("merchant_stands", names=", ".join(sorted(there)), name=founding.name)
        return _found_new(services, founding, services.edge.new_id())
    with services.database.reader.connect() as connection, connection.begin():
        values = read_values(connection)
        untold = _untold_name(merchant_id) in values and not _has_desks(connection, merchant_id)
    if untold:
        return _found_new(services, founding, merchant_id)
    if recovery_name(merchant_id) in values:
        return None
    founding.prove()
    return _make_paper(services, merchant_id)


def note_told(services: Services, merchant_id: UUID) -> None:
    """Note that somebody was shown the password and the recovery paper: from now on they stand."""
    where = server_state.c.name == _untold_name(merchant_id)
    with services.database.writer.begin() as connection:
        connection.execute(delete(server_state).where(where))


def _found_new(services: Services, founding: Founding, merchant_id: UUID) -> Founded:
    """Found a merchant, in the place of a founding that nobody was told of."""
    _prove_outlets(services, founding)
    founding.prove()
    new_id, random = services.edge.new_id, services.edge.random
    manager_id, outlet_id, warehouse_id = new_id(), new_id(), new_id()
    bodies = (
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
    check_new_password(password, MANAGER_LOGIN)
    verifier = hash_password(password, random)
    paper = RecoveryKey.make(random)
    with services.database.writer.begin() as connection:
        _take_back(connection, merchant_id)
        services.house.do_on(connection, merchant_id, bodies, [])
        _set_first_password(connection, merchant_id, manager_id, verifier, services.edge.clock())
        write_value(connection, recovery_name(merchant_id), paper.public_key.hex())
        write_value(connection, _untold_name(merchant_id), "1")
    return Founded(merchant_id, outlet_id, manager_id, password, paper.text)


def _make_paper(services: Services, merchant_id: UUID) -> Founded:
    paper = RecoveryKey.make(services.edge.random)
    with services.database.writer.begin() as connection:
        write_value(connection, recovery_name(merchant_id), paper.public_key.hex())
    return Founded(merchant_id, None, None, "", paper.text)


def _has_desks(connection: Connection, merchant_id: UUID) -> bool:
    """Whether a desk has joined: then somebody was told, whatever could still be written of that."""
    devices = metadata.tables["devices"]
    return connection.scalar(select(exists().where(devices.c.merchant_id == merchant_id))) or False


def _take_back(connection: Connection, merchant_id: UUID) -> None:
    """Remove what there is of a merchant: nothing, or a founding that nobody was told of."""
    for table in metadata.tables.values():
        if "merchant_id" in table.c:
            connection.execute(delete(table).where(table.c.merchant_id == merchant_id))


def _set_first_password(
    connection: Connection, merchant_id: UUID, person_id: UUID, verifier: str, now: int
) -> None:
    connection.execute(
        insert(credentials).values(
            merchant_id=merchant_id,
            person_id=person_id,
            kind=CredentialKind.PASSWORD.value,
            verifier=verifier,
            failures=0,
            changed_at=now,
        )
    )


def _untold_name(merchant_id: UUID) -> str:
    """Return the name of the value that stands until the secrets of a founding were shown."""
    return f"untold/{merchant_id.hex}"


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


def _outlet_codes(services: Services) -> list[str]:
    code = metadata.tables["outlets"].c.code
    with services.database.reader.connect() as connection, connection.begin():
        return list(connection.scalars(select(code).distinct().order_by(code)))


def _no_outlet(outlet_code: str, known: list[str]) -> Refusal:
    return Refusal("no_outlet_of_code", outlet=outlet_code, known=", ".join(known) or "—")


def _prove_outlets(services: Services, founding: Founding) -> None:
    """Refuse (`no_outlet_of_code`) to invite where there is no outlet after this founding either."""
    known = [*_outlet_codes(services), founding.outlet_code]
    for code in founding.invited:
        if sku_key(code) not in map(sku_key, known):
            raise _no_outlet(code, known)


def invite_to(services: Services, outlet_code: str, groups: tuple[str, ...]) -> Invitation:
    """Make an enrolment code for the outlet with this code.

    Raises:
        Refusal: `no_outlet_of_code`, `outlet_code_ambiguous` (two merchants use it) or `unknown_group`.
    """
    table = metadata.tables["outlets"]
    query = select(table.c.merchant_id, table.c.id).where(table.c.code_key == sku_key(outlet_code))
    with services.database.reader.connect() as connection, connection.begin():
        found = connection.execute(query).all()
    if not found:
        raise _no_outlet(outlet_code, _outlet_codes(services))
    if len(found) > 1:
        raise Refusal("outlet_code_ambiguous", outlet=outlet_code)
    return services.invite(found[0].merchant_id, InviteRequest(found[0].id, groups))
