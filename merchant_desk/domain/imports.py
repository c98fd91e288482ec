"""Imports: what the rows of a merchant's own file become.

Every row ends under exactly one rule, so that the counts of the rules add up to the rows of the file; a
rule's effect says what is done with its rows. Notes say what else was noticed: a row can carry several, and
they change nothing. `imports_products` and `imports_orders` hold the rules themselves.
"""

from collections.abc import Iterable, Iterator
from dataclasses import InitVar, dataclass, field
from enum import StrEnum
from hashlib import sha256
from itertools import count
from typing import Any, Final, Generic, NamedTuple, Protocol, TypeVar
from uuid import UUID

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.ids import derived_id, near_id, placed_id

RULES_VERSION: Final = 1
"""Goes up when a rule changes what becomes of a row: a job begun under older rules is not continued."""

CHUNK_ROWS: Final = 500
CHUNK_BYTES: Final = 200_000
"""Text that one chunk may carry: an operation's body is at most 256 KB."""

PICO: Final = MICRO * MICRO
"""Exact amounts are counted in 10^-12 major units: a quantity in 10^-6 times a price in 10^-6."""

_KEPT_FAULTS: Final = 1000
_PLACED_DIGITS: Final = 15
_PLACE_BYTES: Final = 6


class Effect(StrEnum):
    """What is done with a row."""

    WRITTEN = "written"
    UNCHANGED = "unchanged"
    NOTHING = "nothing"
    REFUSED = "refused"
    CORRECTED = "corrected"


class FaultCode(StrEnum):
    """Why a row is refused; each is a rule whose effect is REFUSED."""

    MISSING_VALUE = "missing_value"
    LOST_DIGITS = "lost_digits"
    NUMBER_NOT_READ = "number_not_read"
    OTHER_DECIMAL_MARK = "other_decimal_mark"
    OTHER_CURRENCY = "other_currency"
    NUMBER_TOO_LARGE = "number_too_large"
    DATE_NOT_READ = "date_not_read"
    DATE_IS_NUMBER = "date_is_number"
    DATE_OUT_OF_RANGE = "date_out_of_range"
    ERROR_CELL = "error_cell"
    FORMULA_WITHOUT_VALUE = "formula_without_value"
    TOO_MANY_CELLS = "too_many_cells"
    TEXT_TOO_LONG = "text_too_long"
    CONTROL_CHARACTER = "control_character"
    RESERVED_CODE = "reserved_code"
    NEGATIVE_PRICE = "negative_price"
    ORDER_INCOMPLETE = "order_incomplete"
    ORDER_OF_TWO_CUSTOMERS = "order_of_two_customers"
    ORDER_TOO_LONG = "order_too_long"
    FLAG_NOT_READ = "flag_not_read"
    DAYS_NOT_READ = "days_not_read"
    PACK_INCOMPLETE = "pack_incomplete"
    PACK_IS_UNIT = "pack_is_unit"
    QUANTITY_NOT_POSITIVE = "quantity_not_positive"
    NEGATIVE_COST = "negative_cost"
    UNKNOWN_SUPPLIER = "unknown_supplier"
    AMBIGUOUS_SUPPLIER = "ambiguous_supplier"
    UNKNOWN_PRODUCT = "unknown_product"
    AMBIGUOUS_PRODUCT = "ambiguous_product"
    CODES_DISAGREE = "codes_disagree"
    SKU_TWICE = "sku_twice"
    ORDER_OF_TWO_SUPPLIERS = "order_of_two_suppliers"
    ORDER_OF_TWO_DAYS = "order_of_two_days"
    NUMBER_TAKEN = "number_taken"
    TOTALS_ROW = "totals_row"
    HEADING_AGAIN = "heading_again"
    NOT_SPLIT = "not_split"
    QUANTITY_NEGATIVE = "quantity_negative"
    UNKNOWN_LOCATION = "unknown_location"
    LOT_MISSING = "lot_missing"
    EXPIRY_MISSING = "expiry_missing"
    EXPIRY_WITHOUT_LOT = "expiry_without_lot"
    SERIAL_MISSING = "serial_missing"
    SERIAL_IS_ONE = "serial_is_one"
    STOCK_TWICE = "stock_twice"
    LOT_EXPIRIES = "lot_expiries"
    QUANTITY_NOT_WHOLE = "quantity_not_whole"
    STATUS_NOT_READ = "status_not_read"
    COUNTED_HERE = "counted_here"
    PARTY_TWICE = "party_twice"
    TRACKING_URL_NOT_READ = "tracking_url_not_read"
    RATE_NOT_READ = "rate_not_read"
    LOCATION_CODE_NOT_READ = "location_code_not_read"
    LOCATION_KIND_NOT_READ = "location_kind_not_read"
    LOGIN_NOT_READ = "login_not_read"
    PERSON_LEFT = "person_left"
    ROLE_NOT_READ = "role_not_read"
    OUTLET_CODE_NOT_READ = "outlet_code_not_read"
    ZONE_NOT_READ = "zone_not_read"
    DAY_START_NOT_READ = "day_start_not_read"
    WAREHOUSE_CODE_TAKEN = "warehouse_code_taken"
    OUTLET_CLOSED = "outlet_closed"
    LOCATION_ELSEWHERE = "location_elsewhere"
    UNKNOWN_OUTLET = "unknown_outlet"
    UNKNOWN_TAX = "unknown_tax"
    STOCK_ON_HAND = "stock_on_hand"
    PRODUCT_ARCHIVED = "product_archived"
    LINE_TWICE = "line_twice"
    UNKNOWN_CUSTOMER = "unknown_customer"
    PRICE_MISSING = "price_missing"
    ORDER_HALF_SENT = "order_half_sent"
    ORDER_OF_TWO_TIMES = "order_of_two_times"


class Fault(NamedTuple):
    """What is wrong with a row: the field concerned ("" for the whole row) and the text that stands there."""

    code: FaultCode
    field: str
    text: str


class UnreadRow(NamedTuple):
    """A row of which a cell cannot be used; `key` is the number of its order, if that is known."""

    number: int
    key: str
    fault: Fault


class RowOutcome(NamedTuple):
    """What became of one row.

    `amount_pico` is its exact amount in 10^-12 major units, `amount` the same in minor units, rounded half up
    once; both are 0 where the row has no amount or could not be read. `meant` is the code that its own was
    probably meant to be.
    """

    row: int
    rule: str
    effect: Effect
    amount_pico: int = 0
    amount: int = 0
    notes: tuple[str, ...] = ()
    fault: Fault | None = None
    meant: str = ""


class Outcome(Protocol):
    """Rows that stand or fall together: one product, or one order with all its lines."""

    @property
    def rows(self) -> tuple[RowOutcome, ...]:
        """The rows, each with its rule."""

    @property
    def text_bytes(self) -> int:
        """About how much room it takes in an operation's body."""


OutcomeT = TypeVar("OutcomeT", bound=Outcome)


@dataclass(frozen=True)
class Chunk(Generic[OutcomeT]):
    """What one operation of an import job carries; `number` counts from 1."""

    number: int
    outcomes: tuple[OutcomeT, ...]
    row_count: int


def chunks(
    outcomes: Iterable[OutcomeT], max_rows: int = CHUNK_ROWS, max_bytes: int = CHUNK_BYTES
) -> Iterator[Chunk[OutcomeT]]:
    """Cut outcomes into chunks of at most `max_rows` rows and about `max_bytes` of text, in their order.

    The cut depends on the outcomes alone: the same file, mapping and rules give the same chunks, so that a
    job which was interrupted continues at the first chunk that has no answer. An outcome is never cut in
    two: an order of more than `max_rows` lines is a chunk by itself.
    """
    held: list[OutcomeT] = []
    rows = size = 0
    numbers = count(1)
    for outcome in outcomes:
        more_rows, more_bytes = len(outcome.rows), outcome.text_bytes
        if held and (rows + more_rows > max_rows or size + more_bytes > max_bytes):
            yield Chunk(next(numbers), tuple(held), rows)
            held, rows, size = [], 0, 0
        held.append(outcome)
        rows += more_rows
        size += more_bytes
    if held:
        yield Chunk(next(numbers), tuple(held), rows)


@dataclass
class Total:
    """Rows and their amounts: exact in 10^-12 major units, and rounded line by line in minor units."""

    rows: int = 0
    amount_pico: int = 0
    amount: int = 0

    def add(self, row: RowOutcome) -> None:
        """Count one row in."""
        self.rows += 1
        self.amount_pico += row.amount_pico
        self.amount += row.amount

    def add_all(self, other: "Total") -> None:
        """Count in the rows of another total."""
        self.rows += other.rows
        self.amount_pico += other.amount_pico
        self.amount += other.amount


@dataclass
class ImportTally:
    """The account of an import, kept while its outcomes go by; shown after the dry run and at the end.

    `by_rule` adds up to all rows; `by_note` counts the rows that carry a note; `faults` keeps the first 1,000
    refused rows. `under_way` (SHA-256) is shared by the accounts of a file's parts.
    """

    by_rule: dict[str, Total] = field(default_factory=dict)
    by_note: dict[str, Total] = field(default_factory=dict)
    effects: dict[str, Effect] = field(default_factory=dict)
    faults: list[RowOutcome] = field(default_factory=list)
    under_way: InitVar[Any] = None

    def __post_init__(self, under_way: Any) -> None:
        self._digest = under_way or sha256()
        self._lines: list[str] = []
        self._sealed = ""

    def __getstate__(self) -> dict[str, Any]:
        """Return what travels to another process: the account, without the digest under way."""
        return {**self.__dict__, "_digest": None}

    def follow(self, outcomes: Iterable[OutcomeT]) -> Iterator[OutcomeT]:
        """Pass outcomes on and count them."""
        for outcome in outcomes:
            for row in outcome.rows:
                self.add(row)
            yield outcome

    def add(self, row: RowOutcome) -> None:
        """Count one row."""
        rule = row.rule
        total = self.by_rule.get(rule)
        if total is None:
            total = self.by_rule[rule] = Total()
            self.effects[rule] = row.effect
        total.add(row)
        for note in row.notes:
            self.by_note.setdefault(note, Total()).add(row)
        if row.fault is not None and len(self.faults) < _KEPT_FAULTS:
            self.faults.append(row)
        self._lines.append(f"{row.row} {rule} {row.amount_pico}\n")
        if len(self._lines) >= CHUNK_ROWS:
            self.settle()

    def absorb(self, part: "ImportTally") -> None:
        """Count in what was counted apart; its rows are in the digest that `seal` brings."""
        self.effects.update(part.effects)
        for mine, theirs in ((self.by_rule, part.by_rule), (self.by_note, part.by_note)):
            for name, total in theirs.items():
                mine.setdefault(name, Total()).add_all(total)
        self.faults += part.faults[: _KEPT_FAULTS - len(self.faults)]

    def seal(self, digest: str) -> None:
        """Take the digest of all rows, made by whoever counted the parts."""
        self._sealed = digest

    def settle(self) -> None:
        """Bring the digest up to the rows that were counted."""
        self._digest.update("".join(self._lines).encode())
        self._lines.clear()

    @property
    def rows(self) -> int:
        """All rows counted."""
        return sum(total.rows for total in self.by_rule.values())

    @property
    def amount_pico(self) -> int:
        """The exact sum of all rows, in 10^-12 major units."""
        return sum(total.amount_pico for total in self.by_rule.values())

    @property
    def amount(self) -> int:
        """The sum of all rows, each rounded once, in minor units."""
        return sum(total.amount for total in self.by_rule.values())

    @property
    def digest(self) -> str:
        """SHA-256 (hex) of every row's number, rule and amount: a dry run and its job must agree in it."""
        if self._sealed:
            return self._sealed
        self.settle()
        return str(self._digest.hexdigest())


def job_id(merchant_id: UUID, file_sha256: str, mapping_digest: str) -> UUID:
    """Return the id of the job that imports this file by this mapping under today's rules."""
    return derived_id(merchant_id, "import", file_sha256, mapping_digest, str(RULES_VERSION))


def sku_id(merchant_id: UUID, sku_key: str) -> UUID:
    """Return the id that a SKU gets from its case-folded code: two imports of one product meet in it."""
    return placed_id(_place(sku_key), merchant_id, "skus", sku_key)


def buyer_id(merchant_id: UUID, channel: str, customer_code: str) -> UUID:
    """Return the id that a channel's customer gets from its code."""
    key = customer_code.casefold()
    return placed_id(_place(key), merchant_id, "buyers", channel, key)


def order_id(merchant_id: UUID, channel: str, number: str) -> UUID:
    """Return the id that a channel's order gets from its number; numbers compare case-folded."""
    key = number.casefold()
    return placed_id(_place(key), merchant_id, "orders", channel, key)


def line_id(order: UUID, position: int) -> UUID:
    """Return the id of an order's n-th line, counted from 1 as the lines stand in the file."""
    return near_id(order, "order_lines", str(position))


def _place(key: str) -> int:
    """Return 48 bits that put codes in about the order in which files list them.

    Digits by their number, everything else by its first letters; where two fall together, no harm is done.
    """
    if len(key) < _PLACED_DIGITS and key.isascii() and key.isdigit():
        return int(key)
    return int.from_bytes(key.encode()[:_PLACE_BYTES].ljust(_PLACE_BYTES, b"\0"), "big")
