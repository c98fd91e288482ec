"""Does an idle desk know soon that its server has died, and that it is back?"""

import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.products import AddProduct, NewSku
from merchant_desk.server.notices import PAUSE_SECONDS
from merchant_desk.sync.line import LOOK_SECONDS
from merchant_desk.sync.schedule import RESTART_MOST
from merchant_desk.sync.status import Link
from tests.helpers.postgres import free_port
from tests.helpers.world import Chance
from tests.server.running import Running, running
from tests.sync.test_line import until

OUTAGES = (1.0, 3.0)
"""Seconds that a local server is away which its keeper starts again."""

SLACK_SECONDS = 2.0
"""On a machine that does other things too."""


class Served:
    """A server on one port that is killed and started again, and two desks of it."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._folder, self._stack, self._port = folder / "server", stack, str(free_port())
        self.process = self.start("--init", "青石供销社", "--outlet", "CG")
        self.busy = self._desk("busy")
        self.busy.sign_in("manager", self.process.ready["founded"]["password"])
        self.kill()
        self.process = self.start("--invite", "CG")
        self.idle = self._desk("idle")

    def start(self, *words: str) -> Running:
        return self._stack.enter_context(running(self._folder, *words, "--plain-http", "--port", self._port))

    def kill(self) -> None:
        self.process.process.kill()
        self.process.process.wait()

    def _desk(self, name: str) -> Desk:
        code = self.process.ready["codes"]["CG"]
        return self._stack.enter_context(
            Desk.enrol(self._folder.parent / name, code, name, demo=True, courier=True)
        )


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    with ExitStack() as stack:
        yield Served(tmp_path, stack)


def products(desk: Desk) -> int:
    with desk.runtime.read() as connection, connection.begin():
        return int(connection.exec_driver_sql("SELECT count(*) FROM skus").scalar() or 0)


def links(served: Served) -> set[Link]:
    return {desk.runtime.status.link for desk in (served.busy, served.idle)}


def test_an_idle_desk_says_that_the_server_died_and_is_up_to_date_soon_after_it_is_back(
    served: Served,
) -> None:
    chance = Chance(1, now=time.time_ns() // 1_000)
    for desk in (served.busy, served.idle):
        desk.start()
    for number, away in enumerate(OUTAGES, 1):
        until(lambda: links(served) == {Link.ONLINE})
        time.sleep(1.0)  # both wait for a notice by now
        served.kill()
        died = time.monotonic()
        until(lambda: links(served) == {Link.UNREACHABLE})
        assert time.monotonic() - died < LOOK_SECONDS + SLACK_SECONDS, (
            "the notice's connection broke: that is a sign"
        )
        sku = NewSku(chance.new_id(), f"R{number}", "大米", "Rice", "", "袋", 1, False, False, 0, 0, ())
        served.busy.do(AddProduct(sku))
        time.sleep(max(0.0, away - (time.monotonic() - died)))
        served.process = served.start()
        back = time.monotonic()
        until(lambda n=number: products(served.idle) == n)  # type: ignore[misc]
        until(lambda: served.idle.runtime.status.link is Link.ONLINE)
        assert time.monotonic() - back < RESTART_MOST + PAUSE_SECONDS + SLACK_SECONDS
