"""What was set for this desk's merchant, its outlet and whoever works here, and who changed it when."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.settings import Decided, Decisions
from merchant_desk.domain.settings_known import KNOWN
from merchant_desk.models.queries.rows import fetch, marks

TABLES = frozenset({"settings"})
"""What tells that something was decided anew."""


@dataclass(frozen=True, slots=True)
class Whose:
    """Who may have decided something for a desk; nobody is signed in: no person."""

    merchant_id: UUID
    outlet_id: UUID
    person_id: UUID | None = None

    @property
    def scopes(self) -> tuple[UUID, ...]:
        """The ids that decisions stand under."""
        return tuple(id for id in (self.merchant_id, self.outlet_id, self.person_id) if id is not None)


def decided(connection: Connection, whose: Whose) -> list[Decided]:
    """Return what stands decided, all levels."""
    sql = (
        "SELECT key, level, value, set_at, set_by AS set_by_id FROM settings"
        f" WHERE scope_id IN ({marks(whose.scopes)})"
    )
    return fetch(connection, Decided, sql, whose.scopes)


def decisions_of(connection: Connection, whose: Whose) -> Decisions:
    """Return what stands decided by merchant, outlet and person; what desks decide is not in it."""
    return Decisions.of(KNOWN, decided(connection, whose))


@dataclass(frozen=True, slots=True)
class Change:
    """One change: at which level, from and to what (as stored, empty: undecided), when, by whom, where."""

    key: str
    level: str
    was: str
    value: str
    set_at: int
    person: str
    desk: str


def changes_of(connection: Connection, whose: Whose, key: str, most: int = 20) -> list[Change]:
    """Return the last changes of a setting, the latest first."""
    sql = (
        "SELECT c.key, c.level, c.was, c.value, c.set_at, coalesce(p.name, ''), coalesce(d.code, '')"
        " FROM setting_changes c LEFT JOIN persons p ON p.id = c.set_by"
        " LEFT JOIN devices d ON d.id = c.device_id"
        f" WHERE c.key = ? AND c.scope_id IN ({marks(whose.scopes)})"
        " ORDER BY c.set_at DESC, c.id DESC LIMIT ?"
    )
    return fetch(connection, Change, sql, (key, *whose.scopes, most))
