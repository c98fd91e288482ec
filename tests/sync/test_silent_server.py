"""A server that takes a connection and never answers: memory lets in who signs in there, and it is said."""

import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.refusals import Refusal
from merchant_desk.sync.status import Link
from merchant_desk.sync.transport import Request, Response, Unreachable
from tests.helpers.shop import PASSWORD, Shop, WireFetch
from tests.helpers.world import World

MOST_SECONDS = 0.8
"""A change of users by badge and PIN has 2 s in all."""


class Frozen(WireFetch):
    """Answers as long as it is not frozen; then every request runs into its own timeout."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.frozen = False
        self.waits: list[tuple[str, float]] = []

    def __call__(self, request: Request) -> Response:
        if self.frozen:
            self.waits.append((request.path, request.timeout))
            raise Unreachable("timeout", "ReadTimeout")
        return super().__call__(request)


@pytest.fixture
def server(shop: Shop) -> Frozen:
    made = Frozen(shop.world)
    shop.fetch = made
    return made


@pytest.fixture
def desk(shop: Shop, server: Frozen) -> Desk:
    return shop.desk("manager")


def link(desk: Desk) -> Link:
    return desk.status.link


def test_the_first_waits_a_moment_and_the_second_not_at_all(server: Frozen, desk: Desk) -> None:
    assert link(desk) is Link.ONLINE
    server.frozen = True
    assert desk.check_person("manager", PASSWORD).login == "manager"
    ((path, seconds),) = server.waits
    assert path == "/sign-in"
    assert seconds <= MOST_SECONDS
    assert link(desk) is Link.UNREACHABLE
    assert desk.check_person("manager", PASSWORD).login == "manager"
    assert len(server.waits) == 1, "it is known by now that nobody answers"
    server.frozen = False
    desk.sync()
    assert link(desk) is Link.ONLINE


def test_a_wrong_password_still_locks_after_five(server: Frozen, desk: Desk) -> None:
    server.frozen = True
    for _ in range(4):
        with pytest.raises(Refusal, match="sign_in_failed"):
            desk.check_person("manager", "guess")
    with pytest.raises(Refusal, match="sign_in_locked"):
        desk.check_person("manager", "guess")


def test_a_desk_that_works_offline_by_choice_says_so_on(server: Frozen, desk: Desk) -> None:
    desk.work_offline(True)
    server.frozen = True
    with pytest.raises(Refusal, match="sign_in_needs_server"):
        desk.check_person("worker", PASSWORD)
    assert link(desk) is Link.OFFLINE
