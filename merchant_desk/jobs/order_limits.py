"""Orders from a file that no operation could hold, or that say they are of the future."""

from typing import Final

from merchant_desk.domain.amounts import MAX_AMOUNT
from merchant_desk.domain.imports import Effect, Fault, FaultCode, RowOutcome
from merchant_desk.domain.imports_order_lines import LineNote
from merchant_desk.domain.imports_orders import ImportedOrder, OrderOutcome
from merchant_desk.jobs.order_lines import order_bytes

MAX_ORDER_BYTES: Final = 250_000
"""What one order may take in an operation's body, whose limit is 256 KB."""


def sized(outcome: OrderOutcome) -> OrderOutcome:
    """Refuse an order whose amounts no column holds, or whose lines no operation does."""
    order = outcome.order
    fault = _fault(order) if order is not None else None
    if fault is None:
        return outcome
    rows = tuple(_refused(row, fault) for row in outcome.rows)
    return OrderOutcome(rows, None)


def dated(outcome: OrderOutcome, latest: int) -> OrderOutcome:
    """Note on every row of an order that it is placed after `latest`, microseconds UTC."""
    if outcome.order is None or outcome.order.placed_at <= latest:
        return outcome
    rows = (row._replace(notes=(*row.notes, LineNote.IN_THE_FUTURE)) for row in outcome.rows)
    return outcome._replace(rows=tuple(rows))


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
