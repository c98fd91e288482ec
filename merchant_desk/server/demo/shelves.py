"""The stock of the demo merchant as its story is told: what is free, what is promised, lot by lot."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from merchant_desk.server.demo.catalogue import Article
from merchant_desk.server.demo.dates import number
from merchant_desk.server.demo.structure import DemoOutlet


@dataclass(slots=True)
class Lot:
    """Stock of one lot on an article's shelf, 10^-6 base units; `promised` is on the shelf but not free."""

    code: str
    expiry: int | None
    free: int
    promised: int = 0


Taken = tuple[tuple[str, int], ...]
"""What was taken: (lot code, quantity) each."""


class Shelves:
    """Free stock is what later chapters of the story may still sell.

    It is lowered when an order is placed and raised on the evening after a delivery, so that at every
    moment the book holds at least as much: no operation of the story is refused for want of stock.
    """

    def __init__(self) -> None:
        self._lots: dict[tuple[str, int], list[Lot]] = {}

    def put(self, outlet: DemoOutlet, article: Article, lot: tuple[str, int | None], quantity: int) -> None:
        """Add goods of a lot (code, expiry)."""
        code, expiry = lot
        lots = self._lots.setdefault((outlet.code, article.index), [])
        for known in lots:
            if known.code == code:
                known.free += quantity
                return
        lots.append(Lot(code, expiry, quantity))
        lots.sort(key=lambda one: (one.expiry or 99_999_999, one.code))

    def lots(self, outlet: DemoOutlet, article: Article) -> list[Lot]:
        """Return the lots of an article, first expiry first."""
        return self._lots.get((outlet.code, article.index), [])

    def free(self, outlet: DemoOutlet, article: Article, day: date) -> int:
        """Return what may be sold on a day: neither promised nor expired."""
        today = number(day)
        return sum(lot.free for lot in self.lots(outlet, article) if (lot.expiry or today) >= today)

    def on_hand(self, outlet: DemoOutlet, article: Article) -> int:
        """Return what stands on the shelf, expired and promised goods included."""
        return sum(lot.free + lot.promised for lot in self.lots(outlet, article))

    def promise(self, outlet: DemoOutlet, article: Article, quantity: int, day: date) -> Taken:
        """Set goods aside, first expiry first; the caller asked `free` before."""
        today, taken, rest = number(day), [], quantity
        for lot in self.lots(outlet, article):
            part = min(rest, lot.free) if (lot.expiry or today) >= today else 0
            if part > 0:
                lot.free -= part
                lot.promised += part
                taken.append((lot.code, part))
                rest -= part
        if rest:
            raise ValueError(f"{rest} of {article.sku} are not free at {outlet.name}")
        return tuple(taken)

    def leave(self, outlet: DemoOutlet, article: Article, taken: Taken) -> None:
        """Let promised goods go."""
        for code, quantity in taken:
            self._lot(outlet, article, code).promised -= quantity

    def give_back(self, outlet: DemoOutlet, article: Article, taken: Taken) -> None:
        """Make promised goods free again."""
        for code, quantity in taken:
            lot = self._lot(outlet, article, code)
            lot.promised -= quantity
            lot.free += quantity

    def lose(self, outlet: DemoOutlet, article: Article, code: str, quantity: int) -> None:
        """Take away free goods of a lot; beyond zero, if the book is to be wrong."""
        self._lot(outlet, article, code).free -= quantity

    def expired(self, day: date) -> Iterator[tuple[str, int, Lot]]:
        """Yield (outlet code, article index, lot) of free goods past their expiry, in a fixed order."""
        today = number(day)
        for (outlet, index), lots in sorted(self._lots.items()):
            for lot in lots:
                if lot.expiry is not None and lot.expiry < today and lot.free > 0:
                    yield outlet, index, lot

    def _lot(self, outlet: DemoOutlet, article: Article, code: str) -> Lot:
        return next(lot for lot in self.lots(outlet, article) if lot.code == code)
