"""What an import is going to do: a file, how it is read, and what was chosen beside."""

from collections.abc import Iterator
from collections.abc import Mapping as Pairs
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Final
from uuid import UUID

from merchant_desk.documents.column_names import ImportKind
from merchant_desk.documents.import_rows import order_outcomes, product_outcomes
from merchant_desk.documents.mapping import Mapping, open_mapped
from merchant_desk.documents.tabular import Table
from merchant_desk.domain.amounts import MAX_AMOUNT
from merchant_desk.domain.imports import Effect, Fault, FaultCode, RowOutcome, job_id
from merchant_desk.domain.imports_orders import ImportedOrder, OrderOutcome
from merchant_desk.domain.imports_products import ProductOutcome
from merchant_desk.jobs.faults import MappingForOtherKind, OtherCurrency
from merchant_desk.jobs.order_lines import order_bytes
from merchant_desk.jobs.place import Place

MAX_ORDER_BYTES: Final = 250_000
"""What one order may take in an operation's body, whose limit is 256 KB."""


@dataclass(frozen=True)
class Choices:
    """What a person chooses beside the mapping.

    `channel` is where the orders come from; together with its number it is what an order is known by.
    `open_from` (microseconds UTC): sales placed from then on are still to be shipped and come in for review;
    all others are history, which moves no stock. None: everything is history.
    """

    channel: str = "import"
    open_from: int | None = None


@dataclass(frozen=True)
class Step:
    """What one chunk asks for: operations, and how its outcomes stand here.

    `new` outcomes will be written, `standing` ones, with their rows, are here already. `taken` are the rows,
    with the reason, of orders whose number is another order's (channel or content): left out. `differing`
    are rows of products that stand here with another name, price, category or unit: those stay as they are.
    `clashing` are rows of products with a barcode that another product has here.
    """

    number: int
    operations: tuple[object, ...]
    new: int
    standing: int
    taken: Pairs[int, Fault] = field(default_factory=dict)
    differing: tuple[RowOutcome, ...] = ()
    clashing: tuple[RowOutcome, ...] = ()
    standing_rows: tuple[int, ...] = ()


@dataclass(frozen=True)
class Plan:
    """A file that was found readable, with its mapping and choices, at a place."""

    table: Table
    mapping: Mapping
    place: Place
    choices: Choices

    @property
    def kind(self) -> ImportKind:
        """What the file holds."""
        return self.mapping.kind

    @property
    def hash(self) -> str:
        """SHA-256 (hex) of the mapping and of everything that was chosen beside it."""
        place, choices = self.place, self.choices
        parts = [self.mapping.digest, place.outlet_id.hex, place.warehouse_id.hex]
        if self.kind in ("orders", "open_orders"):
            parts += [choices.channel, str(choices.open_from)]
        return sha256("\0".join(parts).encode()).hexdigest()

    def job_id(self, result_hash: str) -> UUID:
        """Return the id of the job that does what a dry run found."""
        whole = sha256(f"{self.hash}\0{result_hash}".encode()).hexdigest()
        return job_id(self.place.merchant_id, self.table.sha256, whole)

    def products(self) -> Iterator[ProductOutcome]:
        """Read the file: what becomes of each product."""
        return product_outcomes(self.table, self.mapping)

    def orders(self) -> Iterator[OrderOutcome]:
        """Read the file: what becomes of each order; one that no operation could hold is refused."""
        return (_sized(outcome) for outcome in order_outcomes(self.table, self.mapping))


def make_plan(
    path: Path, mapping: Mapping, place: Place, choices: Choices, wanted: ImportKind | None = None
) -> Plan:
    """Open a file and look whether it can be imported here.

    Raises:
        ImportProblem: the file or the mapping cannot be used.
        MappingForOtherKind, OtherCurrency: they can, but not for this.
        OSError: the file cannot be opened.
    """
    if wanted is not None and mapping.kind != wanted:
        raise MappingForOtherKind(mapping.name, mapping.kind, wanted)
    carries_money = bool({"price", "unit_price", "unit_cost"} & mapping.fields)
    if carries_money and mapping.options.currency != place.currency:
        raise OtherCurrency(mapping.options.currency, place.currency)
    return Plan(open_mapped(path, mapping), mapping, place, choices)


def _sized(outcome: OrderOutcome) -> OrderOutcome:
    """Refuse an order whose amounts no column holds, or whose lines no operation does."""
    order = outcome.order
    fault = _fault(order) if order is not None else None
    if fault is None:
        return outcome
    rows = tuple(_refused(row, fault) for row in outcome.rows)
    return OrderOutcome(rows, None)


def _refused(row: RowOutcome, fault: Fault) -> RowOutcome:
    return row._replace(rule=fault.code.value, effect=Effect.REFUSED, fault=fault)


def _fault(order: ImportedOrder) -> Fault | None:
    for line in order.lines:
        if abs(line.amount) > MAX_AMOUNT:
            text = f"{line.quantity // 1_000_000} × {line.unit_price // 1_000_000}"
            return Fault(FaultCode.NUMBER_TOO_LARGE, "unit_price", text)
    if order_bytes(order) > MAX_ORDER_BYTES:
        return Fault(FaultCode.ORDER_TOO_LONG, "order_number", str(len(order.lines)))
    return None
