"""Orders from a file: the kind of each order, the rule of each line, and what is gathered into one."""

from itertools import groupby
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.domain.amounts import line_amount
from merchant_desk.domain.imports import Effect, Fault, FaultCode, ImportTally, UnreadRow, chunks
from merchant_desk.domain.imports_order_lines import OrderRow, OrderSettings, Service
from merchant_desk.domain.imports_order_survey import SurveyRow, order_mark, survey_orders
from merchant_desk.domain.imports_orders import MAX_ORDER_LINES, OrderOutcome, classify_orders

SETTINGS = OrderSettings(
    cancellation_prefix="C",
    adjustment_prefix="A",
    services={"post": Service.FREIGHT, "m": Service.MANUAL},
    service_prefixes={"gift_": Service.VOUCHER},
)
ONE = 1_000_000


def line(number: int, order: str, code: str = "85123A", **changes: Any) -> OrderRow:
    row = OrderRow(number, order, code, "LANTERN", 6 * ONE, 1000, 2_550_000, "17850", "United Kingdom")
    return row._replace(**changes)


def judged(*rows: OrderRow | UnreadRow) -> list[OrderOutcome]:
    seen = [
        SurveyRow(row.order_number, row.stock_code, row.description, bool(row.unit_price))
        if isinstance(row, OrderRow)
        else SurveyRow(row.key, "", "", False)
        for row in rows
    ]
    return list(classify_orders(rows, survey_orders(seen, SETTINGS), SETTINGS))


def rules(*rows: OrderRow | UnreadRow) -> list[str]:
    return [str(row.rule) for outcome in judged(*rows) for row in outcome.rows]


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({}, "sale_line"),
        ({"unit_price": 0}, "free_line"),
        ({"quantity": -ONE}, "returned_line"),
        ({"quantity": -ONE, "unit_price": 0}, "returned_line"),
        ({"quantity": 0}, "no_effect"),
        ({"unit_price": -ONE}, "negative_price"),
        ({"stock_code": "POST"}, "service_line"),
        ({"stock_code": "Post", "unit_price": 0}, "service_line"),
        ({"stock_code": "M", "unit_price": -ONE}, "service_line"),
        ({"stock_code": "gift_20"}, "voucher_line"),
        ({"order_number": "C1", "quantity": -ONE}, "cancelled_line"),
        ({"order_number": "c1", "quantity": -ONE}, "cancelled_line"),
        ({"order_number": "C1", "quantity": -ONE, "stock_code": "POST"}, "credit_line"),
        ({"order_number": "C1", "quantity": -ONE, "stock_code": "gift_20"}, "credit_line"),
        ({"order_number": "C1", "unit_price": -ONE}, "negative_price"),
        ({"order_number": "CASH1"}, "sale_line"),
        ({"order_number": "C"}, "sale_line"),
        ({"order_number": "A1", "unit_price": -ONE}, "bad_debt_adjustment"),
        ({"order_number": "A1"}, "bad_debt_adjustment"),
        ({"customer_code": "", "unit_price": 0, "quantity": -ONE}, "stock_written_off"),
        ({"customer_code": "", "unit_price": 0}, "stock_written_on"),
        ({"customer_code": "", "unit_price": 0, "stock_code": "M"}, "no_effect"),
    ],
)
def test_a_line_alone_in_its_order(changes: dict[str, Any], rule: str) -> None:
    assert rules(line(2, "536365")._replace(**changes)) == [rule]


def test_without_prefixes_a_number_means_nothing() -> None:
    row = line(2, "C1")
    seen = [SurveyRow("C1", "85123A", "", True)]
    plain = OrderSettings()
    (outcome,) = classify_orders([row], survey_orders(seen, plain), plain)
    assert outcome.rows[0].rule == "sale_line"


def test_a_price_anywhere_makes_an_order_without_customer_a_sale() -> None:
    free: dict[str, Any] = {"customer_code": "", "unit_price": 0}
    assert rules(line(2, "1", **free), line(3, "1", customer_code="")) == ["free_line", "sale_line"]
    assert rules(line(2, "1", **free), line(3, "1", **free)) == ["stock_written_on"] * 2


def test_an_order_as_it_is_written() -> None:
    (outcome,) = judged(
        line(2, "536365", quantity=3_333_333, unit_price=1_005_000),
        line(3, "536365", "POST", description="", country=""),
    )
    order = outcome.order
    assert order is not None
    assert (order.number, order.kind, order.customer_code, order.country) == (
        "536365",
        "sale",
        "17850",
        "United Kingdom",
    )
    assert [one.position for one in order.lines] == [1, 2]
    assert order.lines[0].amount == line_amount(3_333_333, 1_005_000, 2) == 335
    assert outcome.rows[0].amount_pico == 3_333_333 * 1_005_000
    assert [(sku.sku, sku.name, sku.service) for sku in order.new_skus] == [
        ("85123A", "LANTERN", ""),
        ("POST", "POST", "freight"),
    ]


def test_the_earliest_time_is_the_orders() -> None:
    (outcome,) = judged(line(2, "1", placed_at=90), line(3, "1", placed_at=60), line(4, "1", placed_at=90))
    assert outcome.order is not None
    assert (outcome.order.placed_at, outcome.order.two_times) == (60, True)
    assert ["second_time" in row.notes for row in outcome.rows] == [True, False, True]


def test_a_repeated_line_counts_and_is_noticed() -> None:
    (outcome,) = judged(line(2, "1"), line(3, "1", "B"), line(4, "1"), line(5, "1", quantity=ONE))
    assert [row.notes for row in outcome.rows] == [(), (), ("repeated_line",), ()]
    assert outcome.order is not None
    assert [one.row for one in outcome.order.lines] == [2, 3, 4, 5]


@pytest.mark.parametrize(
    "change",
    [
        {"stock_code": "B"},
        {"description": "lantern"},
        {"quantity": ONE},
        {"placed_at": 1001},
        {"unit_price": ONE},
        {"customer_code": ""},
        {"country": "France"},
    ],
)
def test_a_line_that_differs_in_any_cell_is_no_repetition(change: dict[str, Any]) -> None:
    (outcome,) = judged(line(2, "1"), line(3, "1", **change))
    assert "repeated_line" not in outcome.rows[1].notes


def test_the_same_line_in_two_orders_is_no_repetition() -> None:
    assert [row.notes for one in judged(line(2, "1"), line(3, "2")) for row in one.rows] == [(), ()]


def test_codes_that_differ_in_case_are_one_sku_spelled_as_first_seen() -> None:
    first, second = judged(line(2, "1", "15056BL"), line(3, "2", "15056bl"))
    assert first.order is not None
    assert second.order is not None
    (sku,) = first.order.new_skus
    assert (sku.key, sku.sku, second.order.new_skus) == ("15056bl", "15056BL", ())
    (written,) = second.order.lines
    assert (written.stock_code, written.written_code, written.sku_key) == ("15056BL", "15056bl", "15056bl")
    assert second.rows[0].notes == ("other_spelling",)


def test_a_sku_is_named_by_what_stands_beside_a_price() -> None:
    found = judged(
        line(2, "1", description="damaged", unit_price=0, customer_code="", quantity=-ONE),
        line(3, "2", description="", unit_price=ONE),
        line(4, "3", description="WHITE LANTERN", unit_price=ONE),
        line(5, "4", description="lantern, white", unit_price=ONE),
    )
    assert found[0].order is not None
    assert found[0].order.new_skus[0].name == "WHITE LANTERN"


def test_an_order_without_customer_is_a_walk_ins() -> None:
    (outcome,) = judged(line(2, "1", customer_code=""), line(3, "1", "B", customer_code=""))
    assert outcome.order is not None
    assert outcome.order.customer_code is None
    assert [row.notes for row in outcome.rows] == [("walk_in",)] * 2


def test_a_customer_on_one_line_is_the_orders() -> None:
    (outcome,) = judged(line(2, "1", customer_code=""), line(3, "1", "B"))
    assert outcome.order is not None
    assert outcome.order.customer_code == "17850"
    assert [row.notes for row in outcome.rows] == [(), ()]


def refused_as(*rows: OrderRow | UnreadRow) -> list[tuple[int, str, str]]:
    (outcome,) = judged(*rows)
    assert outcome.order is None
    assert {row.effect for row in outcome.rows} == {Effect.REFUSED}
    return [(row.row, row.rule, row.fault.text) for row in outcome.rows if row.fault]


def test_two_customers_on_one_number_are_refused() -> None:
    rows = (line(2, "1"), line(3, "1", customer_code="9"))
    assert refused_as(*rows) == [
        (2, "order_of_two_customers", "17850, 9"),
        (3, "order_of_two_customers", "17850, 9"),
    ]


def test_an_order_is_refused_whole_and_says_for_which_line() -> None:
    unread = UnreadRow(4, "1", Fault(FaultCode.DATE_NOT_READ, "placed_at", "soon"))
    wrong = line(3, "1", unit_price=-ONE)
    assert refused_as(line(2, "1"), wrong) == [(2, "order_incomplete", "3"), (3, "negative_price", "85123A")]
    assert refused_as(line(2, "1"), unread) == [(2, "order_incomplete", "4"), (4, "date_not_read", "soon")]


def test_refused_lines_keep_their_amounts() -> None:
    (outcome,) = judged(line(2, "1"), line(3, "1", unit_price=-ONE))
    assert [row.amount_pico for row in outcome.rows] == [6 * ONE * 2_550_000, -6 * ONE * ONE]
    assert [row.amount for row in outcome.rows] == [1530, -600]


def test_no_order_is_longer_than_an_operation_can_be() -> None:
    rows = [line(n, "1") for n in range(2, MAX_ORDER_LINES + 3)]
    assert {row[1] for row in refused_as(*rows)} == {"order_too_long"}
    (outcome,) = judged(*rows[:-1])
    assert outcome.order is not None
    assert outcome.text_bytes < 240_000


def test_an_order_that_moves_nothing_is_not_written() -> None:
    (outcome,) = judged(line(2, "1", quantity=0))
    assert (outcome.order, outcome.rows[0].effect) == (None, Effect.NOTHING)


def test_marks_of_orders_are_the_same_everywhere() -> None:
    # As `b2sum -l 64` gives it (RFC 7693).
    assert order_mark("536365") == 0xB35F43264D89BC2B


orders = st.sampled_from(["536365", "C1", "c1", "A1", "7", ""])
order_lines = st.builds(
    OrderRow,
    st.just(0),
    orders,
    st.sampled_from(["a", "A", "POST", "gift_1", "b"]),
    st.sampled_from(["", "LANTERN"]),
    st.integers(-3, 3).map(lambda n: n * ONE),
    st.integers(0, 2),
    st.integers(-1, 3).map(lambda n: n * 333_333),
    st.sampled_from(["", "K1", "K2"]),
    st.just(""),
)


def numbered(rows: list[OrderRow]) -> list[OrderRow | UnreadRow]:
    fault = Fault(FaultCode.MISSING_VALUE, "order_number", "")
    return [
        row._replace(number=n) if row.order_number else UnreadRow(n, "", fault)
        for n, row in enumerate(rows, 2)
    ]


@given(st.lists(order_lines, max_size=40))
def test_every_row_has_one_outcome_and_every_order_one_place(found: list[OrderRow]) -> None:
    rows = numbered(found)
    outcomes = judged(*rows)
    assert sorted(row.row for outcome in outcomes for row in outcome.rows) == [row.number for row in rows]
    written = [outcome.order.number.casefold() for outcome in outcomes if outcome.order]
    assert len(set(written)) == len(written)
    for outcome in outcomes:
        effects = {row.effect for row in outcome.rows}
        assert Effect.REFUSED not in effects or effects == {Effect.REFUSED}
        if outcome.order:
            kept = [row.row for row in outcome.rows if row.effect is Effect.WRITTEN]
            assert [one.row for one in outcome.order.lines] == kept


@given(st.lists(order_lines, max_size=40))
def test_amounts_add_up_whatever_becomes_of_the_rows(found: list[OrderRow]) -> None:
    rows = numbered(found)
    tally = ImportTally()
    for _ in tally.follow(judged(*rows)):
        pass
    read = [row for row in rows if isinstance(row, OrderRow)]
    assert tally.amount_pico == sum(row.quantity * row.unit_price for row in read)
    assert tally.amount == sum(line_amount(row.quantity, row.unit_price, 2) for row in read)


@given(st.lists(order_lines, max_size=40), st.randoms(use_true_random=False))
def test_where_an_orders_lines_stand_changes_nothing_of_it(found: list[OrderRow], chance: Any) -> None:
    """Compare orders in a file that is sorted by number with the same lines shuffled, order by order."""
    lines = [row for row in found if row.order_number and row.stock_code in ("a", "b")]
    together = sorted(lines, key=lambda row: row.order_number.casefold())
    runs = {key: list(run) for key, run in groupby(together, key=lambda row: row.order_number.casefold())}
    places = [key for key, run in runs.items() for _ in run]
    chance.shuffle(places)
    waiting = {key: iter(run) for key, run in runs.items()}
    mixed = [next(waiting[key]) for key in places]

    def content(rows: list[OrderRow]) -> set[Any]:
        return {
            (
                outcome.order.kind,
                outcome.order.placed_at,
                outcome.order.number,
                tuple(one._replace(row=0) for one in outcome.order.lines),
            )
            if outcome.order
            else tuple(sorted(row.rule for row in outcome.rows))
            for outcome in judged(*numbered(rows))
        }

    assert content(mixed) == content(together)


@given(st.lists(order_lines, max_size=40))
def test_orders_are_never_cut_by_chunks(found: list[OrderRow]) -> None:
    outcomes = judged(*numbered(found))
    again = [one for chunk in chunks(outcomes, max_rows=3) for one in chunk.outcomes]
    assert again == outcomes
