"""The demo merchant's two months, told as operations with the times at which they were done."""

from dataclasses import dataclass, field, replace
from datetime import date

from merchant_desk.domain.counting import OpenCount
from merchant_desk.domain.purchasing import PlacePurchaseOrder
from merchant_desk.domain.receiving import OpenReceipt
from merchant_desk.domain.shipping import OpenShipment
from merchant_desk.server.demo.chance import Dice
from merchant_desk.server.demo.dates import days_after, local_day, moment
from merchant_desk.server.demo.shelves import Shelves

DAYS = 61
"""How many days the story goes back."""

DAYS_ON_THE_DESK = 14
"""For how long the outlets have worked with the product; what is older came from the system before."""

_PREFIXES = {OpenReceipt: "RC", OpenShipment: "SH", OpenCount: "CT"}


@dataclass
class Story:
    """What happened, in the order in which it is told; the future is left out."""

    day: date
    seed: int
    shelves: Shelves = field(default_factory=Shelves)
    told: list[tuple[int, int, object]] = field(default_factory=list)

    @property
    def first_day(self) -> date:
        """The first day of the story."""
        return days_after(self.day, -DAYS)

    @property
    def first_desk_day(self) -> date:
        """The first day on which the outlets worked with the product."""
        return days_after(self.day, -DAYS_ON_THE_DESK)

    @property
    def end(self) -> int:
        """The midnight at which the story ends (microseconds UTC): whenever on its day, it is all past."""
        return moment(self.day, 0)

    def dice(self, *purpose: object) -> Dice:
        """Return a stream of chance of this story."""
        return Dice(self.seed, self.day.isoformat(), *purpose)

    def tell(self, time: int, *bodies: object) -> bool:
        """Add operations done at a moment; tells whether it is not in the future."""
        if time > self.end:
            return False
        for body in bodies:
            self.told.append((time, len(self.told), body))
        return True

    def in_order(self) -> tuple[list[object], list[int]]:
        """Return operations and their times, oldest first, documents numbered in that order."""
        counts: dict[str, int] = {}
        bodies, times = [], []
        for time, _, body in sorted(self.told, key=lambda one: one[:2]):
            bodies.append(_numbered(body, time, counts))
            times.append(time)
        return bodies, times


def _numbered(body: object, time: int, counts: dict[str, int]) -> object:
    """Give a document its number: those of device 0 carry desk code 00, purchase orders their month."""
    if isinstance(body, PlacePurchaseOrder):
        series = f"PO-{local_day(time):%y%m}"
        counts[series] = counts.get(series, 0) + 1
        return replace(body, number=f"{series}-{counts[series]:04}")
    if isinstance(body, OpenReceipt | OpenShipment | OpenCount):
        prefix = _PREFIXES[type(body)]
        counts[prefix] = counts.get(prefix, 0) + 1
        return replace(body, number=f"{prefix}-00-{counts[prefix]:06}")
    return body
