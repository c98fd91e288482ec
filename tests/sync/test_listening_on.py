"""Does a desk that is told of its own work listen on at once, and one that is told nothing not at once?"""

from collections import deque

import msgspec
import pytest

from merchant_desk.sync.runtime import DeskRuntime
from tests.helpers.shop import Shop


class Ears:
    """What a server answers to those who wait, in turn, and where the desk's cursor stands then."""

    def __init__(self, runtime: DeskRuntime, answers: list[tuple[int, int]]) -> None:
        self._runtime = runtime
        self._answers = deque(answers)
        self.asked: list[int] = []

    def wait_for_notice(self, after: int, seconds: float) -> int:
        self.asked.append(after)
        head, cursor = self._answers.popleft()
        self.pull(cursor)
        return head

    def pull(self, cursor: int) -> None:
        """Let the desk's cursor stand where an exchange has brought it."""
        engine = self._runtime.engine
        engine.position = msgspec.structs.replace(engine.position, cursor=cursor)


@pytest.mark.parametrize(
    ("answers", "news", "asked"),
    [
        ([(8, 5)], True, [5]),  # somebody else's
        ([(7, 7), (9, 7)], True, [5, 7]),  # its own, pulled with the push; then somebody else's
        ([(5, 5)], False, [5]),  # nothing: whoever asks again waits a little
        ([(7, 7), (7, 7)], False, [5, 7]),
    ],
)
def test_what_is_here_already_is_no_news(
    shop: Shop,
    monkeypatch: pytest.MonkeyPatch,
    answers: list[tuple[int, int]],
    news: bool,
    asked: list[int],
) -> None:
    runtime = shop.desk().runtime
    ears = Ears(runtime, answers)
    ears.pull(5)
    monkeypatch.setattr(runtime, "_api", lambda: ears)
    assert runtime._has_news(25.0) is news
    assert ears.asked == asked
