"""Is what is told of the line the newest, however threads that look at it come between each other?"""

import threading
from collections.abc import Callable

import pytest

from tests.helpers.shop import Shop


def test_who_counted_before_an_exchange_ended_does_not_tell_after_it(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An estimate of work in hand would stand there, and nobody at work, until something else happens."""
    runtime = shop.desk().runtime
    runtime._refresh(working=True)
    counted, go_on = threading.Event(), threading.Event()
    left: Callable[..., dict[str, int | None]] = runtime._progress.left

    def slow(waiting: int, *, working: bool) -> dict[str, int | None]:
        found = {**left(waiting, working=working), "sending": 30 if working else None}
        if threading.current_thread() is late:
            counted.set()
            assert go_on.wait(20)
        return found

    monkeypatch.setattr(runtime._progress, "left", slow)
    late = threading.Thread(target=runtime.refresh_status)
    late.start()
    assert counted.wait(20)
    ended = threading.Thread(target=lambda: runtime._refresh(working=False))
    ended.start()
    ended.join(0.5)  # waits its turn, or (where there are none) has ended
    go_on.set()
    late.join(20)
    ended.join(20)
    assert (runtime.status.working, runtime.status.sending) == (False, None)
