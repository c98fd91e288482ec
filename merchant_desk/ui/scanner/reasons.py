"""Why a burst that looked like a scan is refused."""

from enum import StrEnum


class RejectReason(StrEnum):
    """Why something that looked like a scan was refused aloud."""

    MIXED = "mixed"
    """Two scanners, or a scanner and a person, typed into each other."""
    INPUT_METHOD = "input_method"
    """An input method or a dead key took some of the characters."""
    BROKEN = "broken"
    """The scan came in two pieces with a pause between them."""
    OUT_OF_ORDER = "out_of_order"
    """Keys arrived in another order than they were typed."""
    UNTERMINATED = "unterminated"
    """The prefix came, the terminator did not."""
    STRAY_TERMINATOR = "stray_terminator"
    """A second terminator right behind a scan: the one before may hold two codes."""
    TOO_LONG = "too_long"
    """More bytes without a terminator than any code has (wrong speed or wrong device)."""
    SOURCE_LOST = "source_lost"
    """The scanner was unplugged in mid-scan."""
