"""Do lines of one product share what was scanned, and lose nothing of it?"""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.domain.order_lines import levelled

BEER, RICE = UUID(int=1), UUID(int=2)
FIRST, SECOND, THIRD = UUID(int=11), UUID(int=12), UUID(int=13)
LINES = [(FIRST, BEER, 2), (SECOND, RICE, 3), (THIRD, BEER, 2)]


def test_what_is_beyond_one_line_is_of_the_next_of_its_product() -> None:
    assert levelled(LINES, {FIRST: 4}) == {FIRST: 2, SECOND: 0, THIRD: 2}
    assert levelled(LINES, {THIRD: 3, SECOND: 1}) == {FIRST: 2, SECOND: 1, THIRD: 1}


def test_what_is_beyond_all_of_them_stays_visible() -> None:
    assert levelled(LINES, {FIRST: 1, THIRD: 6}) == {FIRST: 5, SECOND: 0, THIRD: 2}
    assert levelled(LINES, {SECOND: 9})[SECOND] == 9


@given(st.lists(st.tuples(st.sampled_from([BEER, RICE]), st.integers(1, 9), st.integers(-3, 20)), max_size=6))
def test_sums_by_product_stay_what_they_are(asked: list[tuple[UUID, int, int]]) -> None:
    lines = [(UUID(int=100 + n), sku, ordered) for n, (sku, ordered, _) in enumerate(asked)]
    done = {UUID(int=100 + n): count for n, (_, _, count) in enumerate(asked)}
    found = levelled(lines, done)
    assert set(found) == set(done)
    for sku in (BEER, RICE):
        ids = [line_id for line_id, one, _ in lines if one == sku]
        assert sum(found[id] for id in ids) == sum(done[id] for id in ids)
        ordered = sum(quantity for _, one, quantity in lines if one == sku)
        enough = sum(done[id] for id in ids) >= ordered
        assert enough == all(found[id] >= quantity for id, one, quantity in lines if one == sku)
