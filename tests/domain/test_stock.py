"""What may be moved, ordered, priced: every "no" of the trade's rules by name."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.domain.amounts import MAX_AMOUNT, MAX_PRICE, MAX_QUANTITY, MICRO
from merchant_desk.domain.locations import check_location_kind
from merchant_desk.domain.operations import KINDS, Nature, kind_of, operation
from merchant_desk.domain.orders import (
    STATUSES,
    NewOrder,
    OrderLine,
    check_available,
    check_can_accept,
    check_can_cancel,
    check_order,
    check_refund,
)
from merchant_desk.domain.organisation import check_role
from merchant_desk.domain.products import Barcode, NewSku, check_barcode, check_item
from merchant_desk.domain.purchasing import PurchaseLine, check_can_close, check_can_send, check_lines
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.stock import ADJUST_REASONS, check_adjustment, check_quantity
from merchant_desk.domain.tasks import check_settlement

ID = UUID(int=9)


def refusal_of(rule: Callable[..., None], *args: Any) -> str:
    """Return the code of a rule's "no", or an empty text when it passes."""
    try:
        rule(*args)
    except Refusal as refusal:
        return refusal.code
    return ""


@given(st.integers(-(10**20), 10**20))
def test_quantities(quantity: int) -> None:
    expected = (
        "quantity_zero"
        if quantity == 0
        else "quantity_negative"
        if quantity < 0
        else "quantity_absurd"
        if quantity > MAX_QUANTITY
        else ""
    )
    assert refusal_of(check_quantity, quantity) == expected


@given(st.integers(-(10**20), 10**20), st.sampled_from(["", *ADJUST_REASONS]))
def test_adjustments_are_signed(quantity: int, reason: str) -> None:
    if quantity == 0:
        expected = "quantity_zero"
    elif abs(quantity) > MAX_QUANTITY:
        expected = "quantity_absurd"
    else:
        expected = "" if reason else "unknown_reason"
    assert refusal_of(check_adjustment, quantity, reason) == expected


def test_a_barcode_typed_as_a_quantity_is_absurd() -> None:
    assert refusal_of(check_quantity, 6901234567892 * MICRO) == "quantity_absurd"


def order(lines: tuple[OrderLine, ...], status: str = "review", freight: int = 0) -> NewOrder:
    return NewOrder(ID, "SO-1", "shop", ID, None, "", status, 0, None, freight, 0, lines)


LINE = OrderLine(ID, ID, MICRO, MICRO, 100)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (order((LINE,)), ""),
        (order(()), "no_lines"),
        (order((LINE,), "lost"), "unknown_status"),
        (order((OrderLine(ID, ID, 0, MICRO, 100),)), "quantity_zero"),
        (order((OrderLine(ID, ID, MICRO, MAX_PRICE + 1, 100),)), "price_absurd"),
        (order((OrderLine(ID, ID, MICRO, -1, 100),)), "price_absurd"),
        (order((OrderLine(ID, ID, MICRO, MICRO, MAX_AMOUNT + 1),)), "amount_absurd"),
        (order((LINE,), freight=-MAX_AMOUNT - 1), "amount_absurd"),
    ],
)
def test_orders(wrong: NewOrder, code: str) -> None:
    assert refusal_of(check_order, wrong) == code


@pytest.mark.parametrize("status", STATUSES)
def test_which_orders_can_be_accepted_and_cancelled(status: str) -> None:
    assert refusal_of(check_can_accept, status, "1") == ("" if status == "review" else "order_not_in_review")
    open_ones = {"review", "accepted", "picking", "on_hold"}
    assert refusal_of(check_can_cancel, status, "1") == ("" if status in open_ones else "order_ended")


@given(st.integers(1, 10**13), st.integers(-(10**13), 10**13))
def test_nothing_is_promised_that_is_not_there(wanted: int, available: int) -> None:
    assert refusal_of(check_available, "X", wanted, available) == (
        "stock_short" if wanted > available else ""
    )


@given(st.integers(-5, 200), st.integers(0, 200), st.integers(0, 200))
def test_no_more_is_refunded_than_was_paid(amount: int, total: int, refunded: int) -> None:
    good = amount > 0 and refunded + amount <= total
    assert refusal_of(check_refund, amount, total, refunded) == ("" if good else "refund_amount")


@pytest.mark.parametrize(
    ("barcode", "code"),
    [
        (Barcode("X", None, 1, "each"), ""),
        (Barcode("", None, 1, "each"), "code_missing"),
        (Barcode("X", None, 0, "each"), "pack_quantity"),
        (Barcode("X", None, MAX_QUANTITY + 1, "each"), "pack_quantity"),
    ],
)
def test_barcodes(barcode: Barcode, code: str) -> None:
    assert refusal_of(check_barcode, barcode) == code
    item = NewSku(ID, "S", "N", "", "", "each", 0, False, False, 0, 0, (barcode,))
    assert refusal_of(check_item, item) == code


@pytest.mark.parametrize(
    ("sku", "name", "price", "code"),
    [
        ("S", "N", 0, ""),
        (" ", "N", 0, "sku_missing"),
        ("S", " ", 0, "name_missing"),
        ("S", "N", -1, "price_negative"),
        ("S", "N", MAX_PRICE + 1, "price_absurd"),
    ],
)
def test_items(sku: str, name: str, price: int, code: str) -> None:
    item = NewSku(ID, sku, name, "", "", "each", price, False, False, 0, 0, ())
    assert refusal_of(check_item, item) == code


def test_purchase_orders() -> None:
    line = PurchaseLine(ID, ID, MICRO, 0)
    assert refusal_of(check_lines, (line,)) == ""
    assert refusal_of(check_lines, ()) == "no_lines"
    assert refusal_of(check_lines, (PurchaseLine(ID, ID, MICRO, -1),)) == "cost_negative"
    assert refusal_of(check_lines, (PurchaseLine(ID, ID, MICRO, MAX_PRICE + 1),)) == "cost_absurd"
    sends = {status: refusal_of(check_can_send, status, "1") for status in ("draft", "sent", "closed")}
    assert sends == {"draft": "", "sent": "purchase_order_not_draft", "closed": "purchase_order_not_draft"}
    closes = {status: refusal_of(check_can_close, status, "1") for status in ("draft", "sent", "closed")}
    assert closes == {"draft": "", "sent": "", "closed": "purchase_order_closed"}


def test_the_rest() -> None:
    assert refusal_of(check_settlement, "open", "seen") == ""
    assert refusal_of(check_settlement, "settled", "seen") == "task_settled"
    assert refusal_of(check_settlement, "open", "shrug") == "unknown_resolution"
    assert refusal_of(check_role, "manager") == refusal_of(check_location_kind, "storage") == ""
    assert refusal_of(check_role, "emperor") == "unknown_role"
    assert refusal_of(check_location_kind, "moon") == "unknown_location_kind"


def test_every_kind_says_in_its_docstring_what_it_is() -> None:
    for kind in KINDS.values():
        first = (kind.body.__doc__ or "").split(":")[0]
        assert first == ("Fact" if kind.nature is Nature.FACT else "Decision"), kind.name


def test_a_kind_is_registered_once_and_found_by_its_class() -> None:
    with pytest.raises(ValueError, match="twice"):
        operation("adjust_stock", nature=Nature.FACT, right="adjust")(type("Again", (), {}))
    with pytest.raises(Refusal, match="unknown_kind"):
        kind_of(object())
