"""Who may do what: roles, rights, and the rule that judges them."""

from collections.abc import Iterable
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

ALL_FLOOR = frozenset({"receive", "ship", "count", "look_up", "report_code"})

ROLES = MappingProxyType(
    {
        "manager": ALL_FLOOR
        | {
            "approve_count",
            "learn_known_code",
            "order",
            "organise",
            "people",
            "product",
            "purchase",
            "reverse",
            "settle",
            "import",
            "cost",
            "personal",
            "adjust",
        },
        "warehouse": ALL_FLOOR | {"product_draft", "adjust", "settle"},
        "clerk": ALL_FLOOR | {"order", "purchase", "product_draft", "adjust", "settle"},
        "viewer": frozenset({"look_up"}),
    }
)
"""Rights by role. A role is granted for one outlet, or for all of the merchant's (outlet None)."""


def roles_with(right: str) -> tuple[str, ...]:
    """Return the roles that contain a right."""
    return tuple(role for role, rights in ROLES.items() if right in rights)


IMPLIED = MappingProxyType({"product_draft": "product"})
"""A wider right that contains the narrower one."""


@dataclass(frozen=True)
class Grant:
    """A role that a person held from one rights version until another (None: still)."""

    role: str
    outlet_id: UUID | None
    from_version: int
    to_version: int | None


def may(grants: Iterable[Grant], right: str, outlet_id: UUID | None, rights_version: int) -> bool:
    """Tell whether grants that stood at `rights_version` contain `right` for an outlet.

    Without an outlet (what concerns the whole merchant) only merchant-wide grants count.
    """
    wanted = {right, IMPLIED.get(right, right)}
    return any(
        wanted & ROLES.get(grant.role, frozenset())
        for grant in grants
        if grant.outlet_id in (None, outlet_id)
        and grant.from_version <= rights_version
        and (grant.to_version is None or rights_version < grant.to_version)
    )
