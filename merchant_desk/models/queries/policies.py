"""What an outlet's manager set for the scan stations."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.policies import LayoutSet, PolicySet
from merchant_desk.models.queries.rows import fetch

TABLES = frozenset({"scan_policies", "scale_layouts"})
"""What these questions read."""


def policies_set(connection: Connection, outlet_id: UUID) -> list[PolicySet]:
    """Return what was decided about checks at an outlet."""
    sql = "SELECT station, check_code, policy FROM scan_policies WHERE outlet_id = ?"
    return fetch(connection, PolicySet, sql, [outlet_id])


def layouts_set(connection: Connection, outlet_id: UUID) -> list[LayoutSet]:
    """Return what was decided about scales' codes at an outlet."""
    sql = "SELECT prefix, layout, weight_decimals, price_decimals FROM scale_layouts WHERE outlet_id = ?"
    return fetch(connection, LayoutSet, sql, [outlet_id])


@dataclass(frozen=True, slots=True)
class LastSet:
    """Who decided last, and when (microseconds UTC)."""

    person: str
    at: int


def last_set(connection: Connection, outlet_id: UUID) -> LastSet | None:
    """Return who last decided anything about checks or scales here, or None while nobody has."""
    part = "SELECT set_by, set_at FROM {0} WHERE outlet_id = ?"
    sql = (
        "SELECT coalesce(p.name, ''), s.set_at FROM"
        f" ({part.format('scan_policies')} UNION ALL {part.format('scale_layouts')}) s"
        " LEFT JOIN persons p ON p.id = s.set_by ORDER BY s.set_at DESC LIMIT 1"
    )
    found = fetch(connection, LastSet, sql, [outlet_id, outlet_id])
    return found[0] if found else None
