"""Amounts: rounded once, split without a remainder."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.domain.amounts import MAX_QUANTITY, MICRO, half_up, line_amount, share

numbers = st.integers(-(10**30), 10**30)
amounts = st.integers(-(10**15), 10**15)
weights = st.lists(st.integers(0, 10**12), min_size=1, max_size=30)


@given(numbers, st.integers(1, 10**20))
def test_half_up_is_the_nearest_and_ties_go_away_from_zero(numerator: int, denominator: int) -> None:
    rounded, exact = half_up(numerator, denominator), Fraction(numerator, denominator)
    distance = abs(rounded - exact)
    assert distance <= Fraction(1, 2)
    if distance == Fraction(1, 2):
        assert abs(rounded) > abs(exact)


@given(numbers, st.integers(1, 10**20))
def test_half_up_is_symmetric(numerator: int, denominator: int) -> None:
    assert half_up(-numerator, denominator) == -half_up(numerator, denominator)


@pytest.mark.parametrize(
    ("quantity", "price", "digits", "amount"),
    [
        (3 * MICRO, 19_900_000, 2, 5970),
        (1 * MICRO, 5_000, 2, 1),  # half a fen becomes one
        (1 * MICRO, 4_999, 2, 0),
        (-1 * MICRO, 5_000, 2, -1),
        (1_500_000, 3_330_000, 2, 500),  # 4.995 is 5.00
        (7 * MICRO, 150 * MICRO, 0, 1050),  # yen have no minor unit
        (1, 1, 2, 0),
    ],
)
def test_a_line_is_rounded_once(quantity: int, price: int, digits: int, amount: int) -> None:
    assert line_amount(quantity, price, digits) == amount


@given(st.integers(1, MAX_QUANTITY), st.integers(0, 10**15))
def test_a_line_stays_within_half_a_minor_unit(quantity: int, price: int) -> None:
    exact = Fraction(quantity * price * 100, MICRO * MICRO)
    assert abs(line_amount(quantity, price, 2) - exact) <= Fraction(1, 2)


@given(amounts, weights)
def test_shares_add_up_and_lie_next_to_the_exact_part(amount: int, weights: list[int]) -> None:
    if sum(weights) == 0:
        if amount:
            with pytest.raises(ValueError, match="weights"):
                share(amount, weights)
        else:
            assert share(amount, weights) == [0] * len(weights)
        return
    parts = share(amount, weights)
    assert sum(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - Fraction(amount * weight, sum(weights))) < 1


@given(amounts, weights)
def test_the_largest_remainders_get_what_is_missing(amount: int, weights: list[int]) -> None:
    total = sum(weights)
    if total == 0:
        return
    parts = share(abs(amount), weights)
    rests = [abs(amount) * weight % total for weight in weights]
    raised = [
        rest
        for rest, part, weight in zip(rests, parts, weights, strict=True)
        if part > abs(amount) * weight // total
    ]
    kept = [
        rest
        for rest, part, weight in zip(rests, parts, weights, strict=True)
        if part == abs(amount) * weight // total
    ]
    assert not raised or not kept or min(raised) >= max(kept)


@given(amounts, weights)
def test_a_refund_is_shared_like_the_payment(amount: int, weights: list[int]) -> None:
    if sum(weights):
        assert share(-amount, weights) == [-part for part in share(amount, weights)]


@pytest.mark.parametrize("weights", [[], [-1, 2]])
def test_impossible_weights_are_refused(weights: list[int]) -> None:
    with pytest.raises(ValueError, match="weights"):
        share(1, weights)
