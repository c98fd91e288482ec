"""Operations of a job that come with keys: what opens personal values is no part of any operation."""

from dataclasses import dataclass, field

from merchant_desk.sync.desk import Extra


@dataclass(frozen=True, slots=True)
class Keyed:
    """An operation with what has to be written beside it, in one transaction."""

    body: object
    keep: Extra = field(repr=False)
