"""What goes into a station and what comes out of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any
from uuid import UUID

from merchant_desk.models.queries.floor import CodeHit


@dataclass(frozen=True, slots=True)
class Scan:
    """One captured scan: raw bytes as they came, their text, the AIM identifier if the scanner sent one.

    `at` is when it was captured, microseconds of this computer's clock.
    """

    raw: bytes
    text: str
    aim: str | None = None
    source: str = "keyboard"
    at: int = 0


class Tone(StrEnum):
    """How a scan sounds and what colour it has."""

    ACCEPTED = "accepted"
    ATTENTION = "attention"
    REFUSED = "refused"


class Ask(StrEnum):
    """What the station waits for before it goes on."""

    NOTHING = ""
    ACKNOWLEDGE = "acknowledge"
    CONFIRM = "confirm"
    CHOOSE = "choose"
    LOT = "lot"


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What became of a scan: shown large, kept in the history.

    `code` names the sentence, `facts` fill it in. Quantities are 10^-6 base units: `quantity` what this
    scan moved (negative for an undo), `pack` one scanned unit, `done` and `expected` the running count.
    """

    n: int
    tone: Tone
    code: str
    text: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    item: CodeHit | None = None
    quantity: int = 0
    pack: int = 0
    lot: str = ""
    expiry: int | None = None
    done: int = 0
    expected: int | None = None
    ask: Ask = Ask.NOTHING
    op_id: UUID | None = None
    at: int = 0


@dataclass(frozen=True, slots=True)
class Proposal:
    """A product scan that was understood: what would be done with how much of what."""

    item: CodeHit
    packs: int
    quantity: int
    lot: str
    expiry: int | None
    serial: str
    code: str

    @property
    def pack(self) -> int:
        """One scanned unit, 10^-6 base units."""
        return self.item.quantity
