"""When a desk may end."""

from dataclasses import asdict, dataclass

from merchant_desk.domain.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Unsent:
    """What is at one desk alone: operations, scans that wait to be applied, keys of buyers' values."""

    operations: int = 0
    scans: int = 0
    keys: int = 0


def check_leavable(desk: str, unsent: Unsent) -> None:
    """Refuse (`desk_has_unsent`) to end a desk, by its code, that has what nobody else has."""
    if unsent != Unsent():
        raise Refusal("desk_has_unsent", desk=desk, **asdict(unsent))


def check_left(desk: str, unsent: Unsent) -> None:
    """Tell (`desk_left_unsent`) that a desk ended while something was done there that is nowhere else yet."""
    if unsent != Unsent():
        raise Refusal("desk_left_unsent", desk=desk, **asdict(unsent))
