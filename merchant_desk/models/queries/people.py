"""People, their roles, outlets and desks, as a list shows them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.models.queries.lists import Listing, Order
from merchant_desk.models.queries.rows import fetch, fetch_one, marks


@dataclass(frozen=True, slots=True)
class PersonRow:
    """A person; `roles` are "role:outlet code" (an asterisk for all outlets), with blanks between.

    `archived` is 1 for who has left.
    """

    id: UUID
    login: str
    name: str
    badge: str
    roles: str
    archived: int = 0


_ROLES = (
    "coalesce((SELECT group_concat(r.role || ':' || coalesce(o.code, '*'), ' ') FROM roles r"
    " LEFT JOIN outlets o ON o.id = r.outlet_id WHERE r.person_id = t.id AND r.to_version IS NULL), '')"
)

PEOPLE = Listing(
    PersonRow,
    f"t.id, t.login, t.name, t.badge, {_ROLES}, t.archived",
    "FROM persons t",
    {"login": Order("t.login", "login")},
)


@dataclass(frozen=True, slots=True)
class DeskRow:
    """A desk of the merchant; times are microseconds UTC."""

    id: UUID
    code: str
    name: str
    outlet_id: UUID
    outlet: str
    enrolled_at: int
    retired_at: int | None
    retired_reason: str


DESKS = Listing(
    DeskRow,
    "t.id, t.code, t.name, t.outlet_id,"
    " coalesce((SELECT o.name FROM outlets o WHERE o.id = t.outlet_id), ''), t.enrolled_at, t.retired_at,"
    " t.retired_reason",
    "FROM devices t",
    {"code": Order("t.code", "code")},
)


@dataclass(frozen=True, slots=True)
class GrantView:
    """A role that a person (by name) holds, at an outlet or (None, with empty names) everywhere."""

    id: UUID
    role: str
    outlet_id: UUID | None
    outlet_code: str
    outlet: str
    person: str


_GRANT = (
    "SELECT r.id, r.role, r.outlet_id, coalesce(o.code, ''), coalesce(o.name, ''), coalesce(p.name, '')"
    " FROM roles r LEFT JOIN outlets o ON o.id = r.outlet_id LEFT JOIN persons p ON p.id = r.person_id"
)


def grants_held(connection: Connection, person_id: UUID) -> list[GrantView]:
    """Return the roles that a person holds now, those for all outlets first."""
    sql = f"{_GRANT} WHERE r.person_id = ? AND r.to_version IS NULL ORDER BY o.code, r.role"
    return fetch(connection, GrantView, sql, [person_id])


def grant(connection: Connection, grant_id: UUID) -> GrantView | None:
    """Return a role that a person holds or held, or None if it is not here."""
    return fetch_one(connection, GrantView, f"{_GRANT} WHERE r.id = ?", [grant_id])


def staff_names(connection: Connection) -> dict[UUID, str]:
    """Return the names of all persons and the codes of all desks, by their ids."""
    rows = connection.exec_driver_sql("SELECT id, name FROM persons UNION ALL SELECT id, code FROM devices")
    return {UUID(bytes=id): name for id, name in rows}


@dataclass(frozen=True, slots=True)
class OutletView:
    """An outlet that is open."""

    id: UUID
    code: str
    name: str


def outlets(connection: Connection) -> list[OutletView]:
    """Return the merchant's outlets by code."""
    return fetch(
        connection, OutletView, "SELECT id, code, name FROM outlets WHERE archived = 0 ORDER BY code"
    )


@dataclass(frozen=True, slots=True)
class OutletRow:
    """An outlet; `archived` is 1 for one that was closed."""

    id: UUID
    code: str
    name: str
    archived: int


def all_outlets(connection: Connection) -> list[OutletRow]:
    """Return the merchant's outlets by code, closed ones too."""
    return fetch(connection, OutletRow, "SELECT id, code, name, archived FROM outlets ORDER BY code")


def person(connection: Connection, person_id: UUID) -> PersonRow | None:
    """Return one person, or None."""
    sql = f"SELECT {PEOPLE.columns} {PEOPLE.source} WHERE t.id = ?"
    return fetch_one(connection, PersonRow, sql, [person_id])


def people(connection: Connection) -> list[PersonRow]:
    """Return everybody by login."""
    return fetch(connection, PersonRow, f"SELECT {PEOPLE.columns} {PEOPLE.source} ORDER BY t.login")


def people_counts(connection: Connection) -> dict[str, int]:
    """Return how many people are here, and how many have left."""
    sql = "SELECT count(*) - coalesce(sum(archived), 0), coalesce(sum(archived), 0) FROM persons"
    here, left = connection.exec_driver_sql(sql).one()
    return {"here": int(here), "left": int(left)}


def has_left(connection: Connection, person_id: UUID) -> bool:
    """Tell whether a person was archived."""
    sql = "SELECT archived FROM persons WHERE id = ?"
    return bool(connection.exec_driver_sql(sql, (person_id.bytes,)).scalar())


def desks(connection: Connection) -> list[DeskRow]:
    """Return the desks by code."""
    return fetch(connection, DeskRow, f"SELECT {DESKS.columns} {DESKS.source} ORDER BY t.code")


def standing_desks(connection: Connection, outlet_id: UUID) -> list[DeskRow]:
    """Return an outlet's desks that were neither retired nor enrolled again since, by code."""
    sql = (
        f"SELECT {DESKS.columns} {DESKS.source} WHERE t.outlet_id = ? AND t.retired_at IS NULL"
        " AND NOT EXISTS (SELECT 1 FROM devices n WHERE n.former_id = t.id) ORDER BY t.code"
    )
    return fetch(connection, DeskRow, sql, [outlet_id])


def other_desks(connection: Connection, own_id: UUID) -> list[DeskRow]:
    """Return the merchant's desks beside one, by code, without those retired or enrolled again since."""
    ended = ended_desks(connection)
    return [desk for desk in desks(connection) if desk.id != own_id and desk.id not in ended]


def ended_desks(connection: Connection) -> frozenset[UUID]:
    """Return the desks that were retired, or enrolled again since as another device."""
    rows = connection.exec_driver_sql(
        "SELECT id FROM devices WHERE retired_at IS NOT NULL"
        " UNION SELECT former_id FROM devices WHERE former_id IS NOT NULL"
    )
    return frozenset(UUID(bytes=row[0]) for row in rows)


@dataclass(frozen=True, slots=True)
class OpenRequest:
    """An operation that this desk has asked the server for; header and body as they are sent."""

    id: UUID
    time: int
    status: str
    header: bytes
    body: bytes


def open_requests(connection: Connection, kinds: Sequence[str]) -> list[OpenRequest]:
    """Return the operations of these kinds that are not settled, in their order."""
    sql = (
        f"SELECT op_id AS id, time, status, header, body FROM outbox WHERE kind IN ({marks(kinds)})"
        " AND settled_at IS NULL AND status <> 'refused' ORDER BY device_seq"
    )
    return fetch(connection, OpenRequest, sql, kinds)


@dataclass(frozen=True, slots=True)
class OwnOutcome:
    """What became of an operation of this desk; `facts` is JSON."""

    status: str
    code: str
    facts: str


def outcome_of(connection: Connection, op_id: UUID) -> OwnOutcome | None:
    """Return what became of an operation of this desk, or None if it is not one."""
    return fetch_one(
        connection, OwnOutcome, "SELECT status, code, facts FROM outbox WHERE op_id = ?", [op_id]
    )


def person_id_of(connection: Connection, who: str) -> UUID | None:
    """Return whose login, or else badge, this is, or None."""
    sql = "SELECT id FROM persons WHERE ? <> '' AND (login = ? OR badge = ?) ORDER BY login <> ? LIMIT 1"
    found = connection.exec_driver_sql(sql, (who,) * 4).scalar()
    return None if found is None else UUID(bytes=found)
