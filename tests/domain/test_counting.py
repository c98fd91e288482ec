"""Before or after the count: known by the desk's own order, else by clocks, else asked."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.domain.counting import Moment, Side, side_of

A, B = UUID(int=1), UUID(int=2)
times = st.integers(0, 10**6)
bounds = st.integers(0, 10**5)
seqs = st.integers(1, 1000)


@given(seqs, seqs, times, times, bounds, bounds)
def test_one_desk_knows_its_own_order_whatever_its_clock_did(
    moved: int, counted: int, time: int, count_time: int, bound: int, count_bound: int
) -> None:
    side = side_of(Moment(A, moved, time, bound), Moment(A, counted, count_time, count_bound))
    assert side is (Side.BEFORE if moved < counted else Side.AFTER)


@given(seqs, seqs, times, times, bounds, bounds)
def test_two_clocks_decide_only_beyond_their_doubt(
    seq: int, count_seq: int, time: int, count_time: int, bound: int, count_bound: int
) -> None:
    side = side_of(Moment(A, seq, time, bound), Moment(B, count_seq, count_time, count_bound))
    # All true times that the two clocks allow, at their extremes.
    if time + bound < count_time - count_bound:
        assert side is Side.BEFORE
    elif time - bound > count_time + count_bound:
        assert side is Side.AFTER
    else:
        assert side is Side.UNKNOWN


@given(seqs, seqs, times, times, bounds, bounds)
def test_what_is_before_one_is_not_before_the_other_too(
    seq: int, other_seq: int, time: int, other_time: int, bound: int, other_bound: int
) -> None:
    one, other = Moment(A, seq, time, bound), Moment(B, other_seq, other_time, other_bound)
    opposite = {Side.BEFORE: Side.AFTER, Side.AFTER: Side.BEFORE, Side.UNKNOWN: Side.UNKNOWN}
    assert side_of(other, one) is opposite[side_of(one, other)]
