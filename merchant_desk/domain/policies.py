"""What a manager sets for an outlet's scan stations: what each check leads to, how the scales write codes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.in_store import InStorePattern
from merchant_desk.domain.operations import Nature, operation
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.scan_checks import DEFAULT_POLICIES, Policy

SCALE_PREFIXES = ("02", *(str(number) for number in range(20, 30)))
"""What GS1 leaves to the shops (Restricted Circulation Numbers of 13 digits)."""

DEFAULT_LAYOUTS: Mapping[str, str] = MappingProxyType({"21": "21IIIIIWWWWWK", "22": "22IIIIIPPPPPK"})
"""How scales write their codes, by prefix, where nobody said otherwise: weight in grams, price in cents."""


@operation("set_policy", nature=Nature.DECISION, right="organise")
@dataclass(frozen=True)
class SetPolicy:
    """Decision: what a check leads to at one kind of station of an outlet: accept, ask or refuse.

    Of several the last in the server's order stands.
    """

    outlet_id: UUID
    station: str
    check: str
    policy: str


@operation("set_scale_layout", nature=Nature.DECISION, right="organise")
@dataclass(frozen=True)
class SetScaleLayout:
    """Decision: how an outlet's scales write the codes that begin with two digits.

    `layout` is one of `InStorePattern`, or empty: those codes are read as any other.
    """

    outlet_id: UUID
    prefix: str
    layout: str
    weight_decimals: int
    price_decimals: int


def policy_id(outlet_id: UUID, station: str, check: str) -> UUID:
    """Return the id of the row that holds a policy: the same at every desk, so that decisions meet."""
    return derived_id(outlet_id, "scan policy", station, check)


def layout_id(outlet_id: UUID, prefix: str) -> UUID:
    """Return the id of the row that holds how codes with a prefix are written."""
    return derived_id(outlet_id, "scale layout", prefix)


def check_policy(station: str, check: str, policy: str) -> None:
    """Refuse a check that this station does not make (`unknown_check`), a policy that is none."""
    if check not in DEFAULT_POLICIES.get(station, {}):
        raise Refusal("unknown_check", station=station, check=check)
    if policy not in frozenset(Policy):
        raise Refusal("unknown_policy", policy=policy)


def check_layout(prefix: str, layout: str, weight_decimals: int, price_decimals: int) -> None:
    """Refuse a layout that no scale can write, or not under this prefix (`not_a_scale_layout`)."""
    if prefix not in SCALE_PREFIXES or not layout.startswith(prefix if layout else ""):
        raise Refusal("not_a_scale_layout", layout=layout, prefix=prefix)
    if layout:
        try:
            InStorePattern(prefix, layout, weight_decimals, price_decimals)
        except ValueError:
            raise Refusal("not_a_scale_layout", layout=layout, prefix=prefix) from None


@dataclass(frozen=True, slots=True)
class PolicySet:
    """One decision as it is stored."""

    station: str
    check: str
    policy: str


@dataclass(frozen=True, slots=True)
class LayoutSet:
    """One layout as it is stored; an empty one takes the prefix out."""

    prefix: str
    layout: str
    weight_decimals: int
    price_decimals: int


def policies_of(decided: Iterable[PolicySet]) -> dict[str, dict[str, Policy]]:
    """Return what every check leads to, by station: what was decided, else the default.

    A decision on a check that this version does not know changes nothing.
    """
    found = {station: dict(checks) for station, checks in DEFAULT_POLICIES.items()}
    for one in decided:
        if one.check in found.get(one.station, {}) and one.policy in frozenset(Policy):
            found[one.station][one.check] = Policy(one.policy)
    return found


def layouts_of(decided: Iterable[LayoutSet]) -> tuple[InStorePattern, ...]:
    """Return how this outlet's scales write codes: what was decided, else the default; by prefix."""
    chosen = {prefix: LayoutSet(prefix, layout, 3, 2) for prefix, layout in DEFAULT_LAYOUTS.items()}
    chosen |= {one.prefix: one for one in decided}
    return tuple(
        InStorePattern(prefix, one.layout, one.weight_decimals, one.price_decimals)
        for prefix, one in sorted(chosen.items())
        if one.layout
    )
