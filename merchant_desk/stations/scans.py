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


class LotBy(StrEnum):
    """Who says which lot goods are of: their code, a person, or (which must be shown) the station."""

    CODE = ""
    TYPED = "typed"
    BEFORE = "before"
    FIRST_EXPIRY = "first_expiry"


@dataclass(frozen=True, slots=True)
class Product:
    """One product that a code can be: `quantity` is what one scan stands for, 10^-6 base units."""

    item: CodeHit
    quantity: int
    lot: str = ""
    expiry: int | None = None
    serial: str = ""
    lot_by: LotBy = LotBy.CODE


@dataclass(frozen=True, slots=True)
class ScanResult:
    """What became of a scan: shown large, kept in the history.

    `code` names the sentence, `facts` fill it in. Quantities are 10^-6 base units: `quantity` what this
    scan moved (negative for an undo), `pack` one scanned unit, `done` and `expected` the running count.
    `location` is the code of the place that goods went to or came from.
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
    serial: str = ""
    location: str = ""
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
    lot_by: LotBy = LotBy.CODE

    @property
    def pack(self) -> int:
        """One scanned unit, 10^-6 base units."""
        return self.item.quantity


@dataclass(frozen=True, slots=True)
class HeldScan:
    """A scan that came while the station was stopped: journaled, not applied."""

    n: int
    text: str
    at: int


@dataclass(frozen=True, slots=True)
class Question:
    """What the station waits for: the scan that raised it, and what there is to choose or to fill in."""

    ask: Ask
    result: ScanResult
    choices: tuple[Product, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Situation:
    """A station between two scans. `quantity` (10^-6) is what the next scan is multiplied by.

    `complete` tells that an order has all that it asks for, `failed` that a job broke half-way: what is
    scanned is held back until a person has seen it. `left` is how many scans wait where no document is open,
    because power went on their way to the next one: they are listed there.
    """

    question: Question | None = None
    held: tuple[HeldScan, ...] = ()
    minus: bool = False
    quantity: int | None = None
    location: str = ""
    complete: bool = False
    failed: bool = False
    left: int = 0

    @property
    def stopped(self) -> bool:
        """Whether scans are held back until a person has answered."""
        return self.question is not None or bool(self.held) or self.failed


@dataclass(frozen=True, slots=True)
class SheetHead:
    """Which document is open. `kind` is its table, `about` the order's number or the location's code."""

    kind: str
    document_id: UUID
    number: str
    about: str = ""
    about_id: UUID | None = None
    party: str = ""
    blind: bool = False
    opened_at: int = 0


@dataclass(frozen=True, slots=True)
class Step:
    """What a job at a station led to: results in order, the situation after it, the document then open.

    `finished` is the document that this job ended.
    """

    results: tuple[ScanResult, ...]
    situation: Situation
    head: SheetHead | None = None
    finished: SheetHead | None = None
