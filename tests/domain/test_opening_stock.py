"""Opening stock and going live: the rules, without a database."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.domain.go_live import (
    BLOCKING,
    Check,
    GoLiveFacts,
    check_can_go_live,
    check_can_undo,
    check_go_live_day,
    checklist,
)
from merchant_desk.domain.opening_stock import (
    NOTHING_STATED,
    Opening,
    OpeningItem,
    Stated,
    judge_opening,
    opening_id,
)
from merchant_desk.domain.refusals import Refusal

SOME = st.one_of(st.none(), st.integers(0, 3))
STATED = st.builds(Stated, st.integers(0, 5), SOME, SOME)
COUNTS = st.integers(0, 2)
FACTS = st.builds(GoLiveFacts, *[COUNTS] * 13, st.sampled_from([None, 20261201]), st.just(None))


@given(STATED, STATED, st.booleans())
def test_what_was_stated_is_the_same_again_and_what_was_counted_stands(
    item: Stated, standing: Stated, counted: bool
) -> None:
    found = judge_opening(item, standing, counted=counted)
    kept = item.quantity == standing.quantity
    said = [
        (new, old)
        for new, old in zip(item[1:], standing[1:], strict=True)
        if item.quantity and new is not None
    ]
    if found is Opening.SAME:
        assert kept
        assert all(new == old for new, old in said)
    elif found is Opening.AMENDED:
        assert kept
        assert any(new != old for new, old in said)
        assert not (counted and item.expiry not in (None, standing.expiry))
    elif counted:
        assert found is Opening.COUNTED
    else:
        assert found is (Opening.REPLACED if standing.quantity else Opening.NEW)
    # After it is done, the same item says nothing new.
    assert judge_opening(item, item, counted=counted) is Opening.SAME
    assert judge_opening(Stated(0, 1), NOTHING_STATED, counted=counted) is Opening.SAME


def test_a_stock_key_is_stated_once_whoever_writes_its_codes() -> None:
    plain = OpeningItem(UUID(int=1), UUID(int=2), "L1", 20270101, "", "sellable", 5, 3)
    other = OpeningItem(UUID(int=1), UUID(int=2), "L1", None, "", "sellable", 7, None)
    assert opening_id(plain.key.id) == opening_id(other.key.id)
    lots = {opening_id(OpeningItem(UUID(int=1), UUID(int=2), lot, None, "", status, 1, 1).key.id)
            for lot in ("", "L1", "L2") for status in ("sellable", "hold")}  # fmt: skip
    assert len(lots) == 6


@given(FACTS)
def test_nobody_goes_live_before_what_blocks_is_in_order(facts: GoLiveFacts) -> None:
    states = checklist(facts)
    assert [state.check for state in states] == list(Check)
    blocked = [state for state in states if state.check in BLOCKING and not state.is_ok]
    assert [state for state in states if state.blocks] == blocked
    if not blocked:
        check_can_go_live(facts)
        return
    with pytest.raises(Refusal) as refused:
        check_can_go_live(facts)
    assert (refused.value.code, refused.value.facts["left"]) == ("not_ready_to_go_live", len(blocked))


@given(FACTS)
def test_what_was_sold_from_is_not_taken_back_as_one(facts: GoLiveFacts) -> None:
    if not facts.shipped:
        check_can_undo(facts)
        return
    with pytest.raises(Refusal) as refused:
        check_can_undo(facts)
    assert refused.value.code == "books_in_use"


def test_a_day_that_is_none_and_a_shop_that_is_live_are_refused() -> None:
    check_go_live_day(20280229, None)
    for day, live_at, code in ((20270229, None, "no_such_day"), (20270101, 5, "books_closed")):
        with pytest.raises(Refusal) as refused:
            check_go_live_day(day, live_at)
        assert refused.value.code == code
