"""Does what is asked of a line at once come to what it carries in ten seconds?"""

from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.sync.pace import Pace
from merchant_desk.sync.protocol import BATCH_BYTES


@given(st.integers(500, 2_000_000), st.lists(st.integers(1, 40), min_size=1, max_size=30))
def test_a_pace_settles_within_the_goal(bytes_a_second: int, spans: list[int]) -> None:
    pace = Pace(128_000, 2_000, BATCH_BYTES)
    for _ in range(25):
        pace.took(pace.amount, pace.amount / bytes_a_second)
    assert 2_000 <= pace.amount <= BATCH_BYTES
    assert pace.amount / bytes_a_second <= 10.0 or pace.amount == 2_000
    assert pace.amount / bytes_a_second >= 1.0 or pace.amount == BATCH_BYTES


def test_a_small_request_says_nothing_of_the_line() -> None:
    pace = Pace(128_000, 2_000, BATCH_BYTES)
    pace.took(300, 4.0)
    assert pace.amount == 128_000
    pace.failed()
    assert pace.amount == 32_000
