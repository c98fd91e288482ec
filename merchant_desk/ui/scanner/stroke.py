"""One key event and one ending, as the pure parts see them."""

from dataclasses import dataclass
from typing import Any

from merchant_desk.ui.scanner.keymap import Meaning
from merchant_desk.ui.scanner.settings import Terminator

NS_PER_MS = 1_000_000
STAMP_RANGE = 1 << 32
"""X11 and Windows stamp events with 32 bits of milliseconds, which start again after 49.7 days."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """One key event.

    `code` names the physical key, `at_ms` is the window system's stamp (0: it gave none), `arrived_ns` is
    when it reached us on a monotonic clock; `token` is handed back with whatever becomes of the key.
    """

    press: bool
    code: int
    meaning: Meaning
    at_ms: int
    arrived_ns: int
    repeat: bool = False
    token: Any = None

    def since(self, earlier: "Stroke") -> int:
        """Return the milliseconds from an earlier stroke to this one; negative if stamps run backwards."""
        if not (self.at_ms and earlier.at_ms):
            return (self.arrived_ns - earlier.arrived_ns) // NS_PER_MS
        span = (self.at_ms - earlier.at_ms) % STAMP_RANGE
        return span if span < STAMP_RANGE // 2 else span - STAMP_RANGE


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: by what, by which key (None for silence), and when that arrived."""

    by: Terminator
    stroke: Stroke | None
    arrived_ns: int
