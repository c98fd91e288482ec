"""What an operation is: its kinds, natures and the envelope it travels in."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from types import MappingProxyType
from typing import TypeVar
from uuid import UUID

from merchant_desk.domain.refusals import Refusal

Body = TypeVar("Body")


class Nature(Enum):
    """A fact happened in the world and is accepted and flagged; a decision may be refused."""

    FACT = "fact"
    DECISION = "decision"


class Place(Enum):
    """Where a kind can be carried out: at any desk, or only where all rows are (the server)."""

    ANYWHERE = "anywhere"
    SERVER_ONLY = "server_only"


@dataclass(frozen=True)
class Kind:
    """What is known of every operation of one name; `right` is what a person needs to do it."""

    name: str
    version: int
    body: type
    nature: Nature
    right: str
    place: Place = Place.ANYWHERE

    @property
    def is_fact(self) -> bool:
        """Tell whether the server must accept it, with an exception if need be."""
        return self.nature is Nature.FACT

    @property
    def is_request(self) -> bool:
        """Tell whether a desk can only ask for it, and shows nothing of it before the server has done it."""
        return self.place is Place.SERVER_ONLY


_kinds: dict[str, Kind] = {}
KINDS = MappingProxyType(_kinds)
"""Every operation kind by name; filled as the subjects' modules are imported."""

_by_body: dict[type, Kind] = {}


def operation(
    name: str, *, nature: Nature, right: str, version: int = 1, place: Place = Place.ANYWHERE
) -> Callable[[type[Body]], type[Body]]:
    """Register a frozen dataclass as the body of operation `name`."""

    def register(body: type[Body]) -> type[Body]:
        if name in _kinds:
            raise ValueError(f"operation {name} is defined twice")
        kind = Kind(name, version, body, nature, right, place)
        _kinds[name] = kind
        _by_body[body] = kind
        return body

    return register


def kind_of(body: object) -> Kind:
    """Return the kind of an operation's body.

    Raises:
        Refusal: `unknown_kind`, when the class is no operation.
    """
    kind = _by_body.get(type(body))
    if kind is None:
        raise Refusal("unknown_kind", kind=type(body).__name__)
    return kind


@dataclass(frozen=True, slots=True)
class Envelope:
    """What every operation carries beside its body. Minted once; never changed.

    Times are microseconds UTC. `desk_time` is what the desk's clock said, `time` the same corrected by
    the last known drift, `time_bound` how far off it may be; they never order the applying. `base_seq`
    is the feed cursor that the person was looking at, `rights_version` the rights that the desk knew.
    `depends_on` names pending operations that made a row which this one reads by id.
    """

    op_id: UUID
    merchant_id: UUID
    device_id: UUID
    device_seq: int
    kind: str
    version: int
    person_id: UUID
    rights_version: int
    desk_time: int
    time: int
    time_bound: int
    base_seq: int
    depends_on: tuple[UUID, ...] = ()
