"""A shop with a desk, and stations driven as a window drives them."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from merchant_desk.stations.scans import Scan, ScanResult, Step
from merchant_desk.stations.session import StationSession
from merchant_desk.sync.profile import open_profile
from tests.helpers.shop import PASSWORD, Shop

BOTTLE, CARTON, RICE = "9520000000011", "19520000000018", "9520000000028"
LOTTED = "(01)09520000000011(17)271231(10)L2611A"
CARTON_OF_A_LOT = "(01)19520000000018(17)271231(10)L2611A"


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    """A shop with an open delivery PO-1 of 60 beer and 10 rice."""
    made = Shop(tmp_path)
    yield made
    made.close()


class Floor:
    """One station of one desk, driven on the writer's thread."""

    def __init__(self, desk: Desk, station: str, *, blind: bool = True) -> None:
        self.desk = desk
        self.session = StationSession(
            desk.runtime, station, lambda: desk.person.id, desk.calendar, blind=blind
        )

    def do(self, job: Callable[[StationSession], Step]) -> Step:
        """Do one job in the writer's order."""
        return self.desk.runtime.writer.run(lambda: job(self.session))

    def step(self, text: str, aim: str | None = None) -> Step:
        """Scan, and return the whole step."""
        at = self.desk.runtime.clock()
        return self.do(lambda session: session.take(Scan(text.encode(), text, aim, "wedge", at)))

    def scan(self, *texts: str) -> ScanResult:
        """Scan one code after another; return the last result."""
        return [self.step(text) for text in texts][-1].results[-1]


Floors = Callable[..., Floor]


@pytest.fixture
def floor(shop: Shop) -> Floors:
    """Make a station: `floor("inbound")`, at a new desk or at `desk`."""

    def make(station: str, desk: Desk | None = None, *, blind: bool = True) -> Floor:
        return Floor(desk or shop.desk(), station, blind=blind)

    return make


def restarted(shop: Shop, desk: Desk) -> Desk:
    """Return the desk as it is after its process ended without a word and began again."""
    folder = desk.runtime.profile.folder
    shop.desks.remove(desk)
    desk.close()
    again = Desk(open_profile(folder, demo=True, ask_passphrase=lambda request: None), fetch=shop.fetch)
    again.sign_in("worker", PASSWORD)
    shop.desks.append(again)
    return again
