"""What became of something that was to be printed."""

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """What became of it; only the first two need nobody."""

    PRINTED = "printed"
    """The printer says that nothing of it is left to print."""
    SENT = "sent"
    """Handed over whole; whether it is on paper the printer, or the system's queue, does not tell."""
    UNREACHABLE = "unreachable"
    """No way to its address, or no such address."""
    REFUSED = "refused"
    """Somebody is there who takes nothing at this port, or broke off."""
    TIMED_OUT = "timed_out"
    """No answer in time."""
    PAPER_OUT = "paper_out"
    """No paper, or no ribbon, in it."""
    HEAD_OPEN = "head_open"
    """It stands open."""
    PAUSED = "paused"
    """Somebody stopped it."""
    NO_QUEUE = "no_queue"
    """The system has no queue of this name, or none at all."""
    PAPER_UNKNOWN = "paper_unknown"
    """The queue has no paper of this size."""
    CALLED_OFF = "called_off"
    """Somebody called it off."""

    @property
    def is_well(self) -> bool:
        """Whether nobody needs to do anything."""
        return self in (Outcome.PRINTED, Outcome.SENT)


@dataclass(frozen=True, slots=True)
class Report:
    """What became of it: how many of `total` pages or labels were handed over, and how long was waited.

    `seconds` is the limit that was kept to where nothing came in time, else 0.
    """

    outcome: Outcome
    done: int = 0
    total: int = 0
    seconds: int = 0
