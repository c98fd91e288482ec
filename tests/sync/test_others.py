"""Are other desks asked for now and then, at once where a person asks, and again where nobody answered?"""

from typing import cast
from uuid import uuid4

import pytest

from merchant_desk.sync.administration import DeskSeen
from merchant_desk.sync.others import NEWS_SECONDS, SENDING_SECONDS, Others
from merchant_desk.sync.server_calls import SyncApi
from merchant_desk.sync.transport import Unreachable

MINE = uuid4()


class Api:
    def __init__(self) -> None:
        self.asked = 0
        self.there = True
        self.ids = (MINE, uuid4())
        self.pending: int | None = None

    def desks(self) -> list[DeskSeen]:
        self.asked += 1
        if not self.there:
            raise Unreachable("no_answer", "")
        left = self.asked if self.pending is None else self.pending
        return [DeskSeen(id, f"{n:02d}", "desk", 5, left, 0, 0, uuid4()) for n, id in enumerate(self.ids)]


def test_while_desks_exchange_by_themselves_they_ask_now_and_then() -> None:
    api, now = Api(), [100.0]
    others = Others(lambda: now[0])
    first = others.ask(cast(SyncApi, api), MINE, now=False)
    assert first is not None
    assert [(desk.code, desk.pending) for desk in first] == [("01", 1)], "itself is none of them"
    now[0] += NEWS_SECONDS - 1
    assert others.ask(cast(SyncApi, api), MINE, now=False) is None
    now[0] += 1
    assert others.ask(cast(SyncApi, api), MINE, now=False) is not None
    assert api.asked == 2


def test_a_person_is_told_at_once() -> None:
    api = Api()
    others = Others(lambda: 100.0)
    assert others.ask(cast(SyncApi, api), MINE, now=False) is not None
    assert others.ask(cast(SyncApi, api), MINE, now=True) is not None


def test_where_nobody_answered_it_asks_again() -> None:
    api = Api()
    api.there = False
    others = Others(lambda: 100.0)
    with pytest.raises(Unreachable):
        others.ask(cast(SyncApi, api), MINE, now=False)
    api.there = True
    assert others.ask(cast(SyncApi, api), MINE, now=False) is not None


def test_a_desk_that_is_asked_about_in_the_middle_of_its_work_is_sending() -> None:
    api, now = Api(), [100.0]
    others = Others(lambda: now[0])

    def is_sending(pending: int, later: float) -> bool:
        api.pending, now[0] = pending, now[0] + later
        found = others.ask(cast(SyncApi, api), MINE, now=True)
        assert found is not None
        assert [one.pending for one in found] == [pending]
        return found[0].sending

    assert is_sending(3, 0)
    assert is_sending(3, SENDING_SECONDS - 1)
    assert not is_sending(3, 1), "what it has stays there"
    assert not is_sending(0, 5)
    assert is_sending(1, 5), "it is new work"
