"""Is it told how long the rest of an exchange takes, and never what nobody can know?"""

from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.sync.speed import LEAST, Speed


class Watch:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@given(st.integers(1, 400), st.integers(1, 10), st.integers(2, 40))
def test_an_even_line_is_foretold(batch: int, seconds: int, batches: int) -> None:
    watch = Watch()
    speed = Speed(watch)
    left = batch * batches
    speed.begin(left)
    while left > batch:
        watch.now += seconds
        left -= batch
        due = left // batch * seconds
        assert speed.note(left) == (due if due >= LEAST else None)


def test_before_the_first_answer_nobody_knows() -> None:
    watch = Watch()
    speed = Speed(watch)
    speed.begin(500)
    watch.now += 30
    assert speed.note(500) is None
    assert speed.note(0) is None


def test_work_that_is_added_is_more_to_do_and_no_slower_line() -> None:
    watch = Watch()
    speed = Speed(watch)
    speed.begin(1_000)
    watch.now += 10
    assert speed.note(900) == 90
    assert speed.note(1_000) == 100


def test_a_line_that_stalls_takes_longer_by_the_minute() -> None:
    watch = Watch()
    speed = Speed(watch)
    speed.begin(1_000)
    watch.now += 10
    assert speed.note(900) == 90
    watch.now += 50
    assert speed.note(900) == 540


def test_what_was_an_hour_ago_does_not_count() -> None:
    watch = Watch()
    speed = Speed(watch)
    speed.begin(100_000)
    for _ in range(360):  # an hour of 1 a second, then 100 a second
        watch.now += 10
        speed.note(100_000 - int(watch.now - 1_000))
    left = 100_000 - 3_600
    for _ in range(12):
        watch.now += 10
        left -= 1_000
        found = speed.note(left)
    assert found == left // 100
