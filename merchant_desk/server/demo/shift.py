"""The first shift at the town outlet: what its two desks scan, code by code, and what must come of it.

Desk A takes in a delivery, counts a shelf, and takes in another; desk B picks and ships orders, counts
another shelf, and goes on. A desk's rounds follow each other, and both desks finish a round before
either begins the next, so that what stands on a shelf when it is counted is known.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from uuid import UUID

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.house_codes import Command, CommandKind, command_code, location_label
from merchant_desk.domain.products import lot_id
from merchant_desk.server.demo.baskets import Basket
from merchant_desk.server.demo.buying import Delivery
from merchant_desk.server.demo.catalogue import Article, is_plain, with_check
from merchant_desk.server.demo.incidents import STRANGER
from merchant_desk.server.demo.load import DemoMerchant
from merchant_desk.server.demo.shift_goods import OVER, DeliveredLine
from merchant_desk.server.demo.structure import PEOPLE, TOWN, DemoOutlet, DemoPerson, assortment, homes

Place = tuple[str, int, str]
"""A shelf's code, an article's index, a lot's code."""

MANY = 6
"""Pieces above which a counter says how many there are, by a card, instead of scanning each."""

FNC1 = "\x1d"


@dataclass(frozen=True, slots=True)
class Scan:
    """One scan: the text that the scanner sends, and what must come of it.

    `meaning` is product, location, command or unknown. `quantity` is what it moves or counts (10^-6 base
    units; 0 for what is no product); `finding` the check that it is to raise, if any.
    """

    code: str
    meaning: str
    sku_id: UUID | None = None
    sku: str = ""
    quantity: int = 0
    lot: str = ""
    expiry: int | None = None
    finding: str = ""


@dataclass(frozen=True, slots=True)
class Stint:
    """One document's work. `station` is inbound, outbound or stocktake; `round` 1, 2, 3.

    `document_id` and `number` are those of what it is about: the purchase order, the sales order, or the
    location (its code) to be counted. `opened_by` is the code that names it.
    """

    round: int
    station: str
    document_id: UUID
    number: str
    opened_by: str
    scans: tuple[Scan, ...]


@dataclass(frozen=True, slots=True)
class DeskShift:
    """One desk's work, in order."""

    name: str
    person: DemoPerson
    stints: tuple[Stint, ...]

    @property
    def scan_count(self) -> int:
        """How many codes are scanned in all."""
        return sum(len(stint.scans) for stint in self.stints)


@dataclass(frozen=True, slots=True)
class ShelfStock:
    """What must be on hand of a stock key when everything is synced, 10^-6 base units."""

    location_id: UUID
    location: str
    sku_id: UUID
    sku: str
    lot_id: UUID | None
    lot: str
    on_hand: int


@dataclass(frozen=True, slots=True)
class ShiftPlan:
    """Both desks' work, what the touched shelves hold afterwards, and what the counts must find.

    `variances` are by SKU id; SKUs that were counted and not named there must have none. `negative` is
    the SKU whose book goes below zero, `over_delivered` the one of which too much came.
    """

    outlet: DemoOutlet
    desk_a: DeskShift
    desk_b: DeskShift
    stock: tuple[ShelfStock, ...]
    variances: Mapping[UUID, int]
    negative: UUID
    over_delivered: UUID
    unknown_code: str


def shift_plan(demo: DemoMerchant) -> ShiftPlan:
    """Return the plan of the first shift on the morning of the demo merchant's day."""
    return _Planner(demo).plan()


class _Planner:
    """Follows the physical stock of the town outlet through the shift, and writes down what is scanned."""

    def __init__(self, demo: DemoMerchant) -> None:
        self.goods = demo.shift
        self.numbers = demo.numbers
        self.homes = homes(TOWN)
        self.on_hand: dict[Place, int] = {}
        self.touched: dict[Place, Article] = {}
        for article in assortment(TOWN):
            for lot in demo.story.shelves.lots(TOWN, article):
                self.on_hand[self.homes[article.index], article.index, lot.code] = lot.free + lot.promised
        self.variances: dict[UUID, int] = {}

    def plan(self) -> ShiftPlan:
        """Write the rounds in the order in which goods move."""
        goods, half = self.goods, len(self.goods.baskets) * 3 // 5
        shelf_a, shelf_b = self._shelves_to_count(goods.baskets[:half], goods.baskets[half:])
        stranger = with_check(f"{STRANGER}90001")
        first_a = [self._delivery(1, goods.delivery, goods.lines, stranger)]
        first_b = [self._shipment(1, basket) for basket in goods.baskets[:half]]
        second_a = [self._count(shelf_a, miss=False)]
        second_b = [self._count(shelf_b, miss=True)]
        third_a = [self._delivery(3, goods.second, goods.second_lines, "")]
        third_b = [self._shipment(3, basket) for basket in goods.baskets[half:]]
        people = [person for person in PEOPLE if person.outlet is TOWN]
        return ShiftPlan(
            TOWN,
            DeskShift("A", people[0], (*first_a, *second_a, *third_a)),
            DeskShift("B", people[1], (*first_b, *second_b, *third_b)),
            tuple(self._stock()),
            MappingProxyType(self.variances),
            goods.short.sku_id,
            goods.lines[-1].line.article.sku_id,
            stranger,
        )

    # -- inbound ---------------------------------------------------------------------------------

    def _delivery(
        self, round_: int, delivery: Delivery, lines: tuple[DeliveredLine, ...], stranger: str
    ) -> Stint:
        scans: list[Scan] = []
        for n, line in enumerate(lines):
            scans.append(_at(self.homes[line.line.article.index]))
            scans += self._unpacked(line)
            if stranger and n == len(lines) // 2:
                scans.append(Scan(stranger, "unknown"))
        if stranger:
            last = lines[-1]
            code = unit_code(last, last.units)
            scans += [self._received(last, code, MICRO, finding="more_than_expected") for _ in range(OVER)]
        number = self.numbers[delivery.order_id]
        return Stint(round_, "inbound", delivery.order_id, number, number, tuple(scans))

    def _unpacked(self, delivered: DeliveredLine) -> list[Scan]:
        """Return the scans of one line: cartons first, then single units."""
        carton = delivered.line.article.carton * MICRO
        cartons = [
            self._received(delivered, carton_code(delivered), carton) for _ in range(delivered.cartons)
        ]
        units = [self._received(delivered, unit_code(delivered, n), MICRO) for n in range(delivered.units)]
        return cartons + units

    def _received(self, delivered: DeliveredLine, code: str, quantity: int, finding: str = "") -> Scan:
        article = delivered.line.article
        self._move(self.homes[article.index], article, delivered.lot, quantity)
        return _product(code, article, quantity, delivered.lot, delivered.expiry, finding)

    # -- outbound --------------------------------------------------------------------------------

    def _shipment(self, round_: int, basket: Basket) -> Stint:
        scans: list[Scan] = []
        shelf = ""
        for wish in sorted(
            basket.wishes, key=lambda wish: (self.homes[wish.article.index], wish.article.index)
        ):
            home = self.homes[wish.article.index]
            if home != shelf:
                scans.append(_at(home))
                shelf = home
            for code, quantity in wish.taken:
                self._move(home, wish.article, code, -quantity)
                expiry = wish.article.expiry_of(code)
                one = _product(wish.article.code, wish.article, MICRO, code, expiry)
                scans += [one] * (quantity // MICRO)
        order = basket.order
        return Stint(round_, "outbound", order.order_id, order.number, order.number, tuple(scans))

    # -- stocktake -------------------------------------------------------------------------------

    def _count(self, shelf: str, *, miss: bool) -> Stint:
        """Return the blind count of a shelf; with `miss` one piece of its fullest article is not found."""
        held = [(article, self.on_hand[shelf, article.index, ""]) for article in self._kept_at(shelf)]
        held = [(article, quantity) for article, quantity in held if quantity > 0]
        missed = max(held, key=lambda one: (one[1], one[0].index))[0] if miss else None
        scans: list[Scan] = []
        for article, book in held:
            quantity = book - (MICRO if article is missed else 0)
            if quantity != book:
                self.variances[article.sku_id] = quantity - book
            self._move(shelf, article, "", quantity - book)
            scans += _counted(article, quantity)
        return Stint(2, "stocktake", TOWN.location_id(shelf), shelf, location_label(shelf), tuple(scans))

    def _shelves_to_count(self, early: Iterable[Basket], late: Iterable[Basket]) -> tuple[str, str]:
        """Return two shelves without lots and scales, picked from before and after if there are such."""
        picked = [
            {self.homes[wish.article.index] for basket in part for wish in basket.wishes}
            for part in (early, late)
        ]
        simple = [shelf for shelf in TOWN.shelves if self._is_simple(shelf)]
        ranked = sorted(simple, key=lambda shelf: (-sum(shelf in part for part in picked), shelf))
        return ranked[0], ranked[1]

    def _is_simple(self, shelf: str) -> bool:
        kept = self._kept_at(shelf)
        short = self.goods.short.index
        return all(is_plain(article) and article.index != short for article in kept) and any(
            self.on_hand[shelf, article.index, ""] > MANY * MICRO for article in kept
        )

    def _kept_at(self, shelf: str) -> list[Article]:
        return [article for article in assortment(TOWN) if self.homes[article.index] == shelf]

    # -- what it comes to ------------------------------------------------------------------------

    def _move(self, shelf: str, article: Article, lot: str, quantity: int) -> None:
        place = (shelf, article.index, lot)
        self.on_hand[place] = self.on_hand.get(place, 0) + quantity
        self.touched[place] = article

    def _stock(self) -> Iterable[ShelfStock]:
        for place, article in sorted(self.touched.items(), key=lambda one: one[0]):
            shelf, _, lot = place
            yield ShelfStock(
                TOWN.location_id(shelf),
                shelf,
                article.sku_id,
                article.sku,
                lot_id(article.sku_id, lot) if lot else None,
                lot,
                self.on_hand[place],
            )


def unit_code(delivered: DeliveredLine, n: int) -> str:
    """Return what the scanner sends for the n-th single unit: its EAN, or with a lot a GS1 message.

    The orders of elements that makers print take turns: expiry before lot, lot (ended by FNC1) before
    expiry, and the bracketed form that people type.
    """
    article = delivered.line.article
    return element_string(article.code.zfill(14), delivered, n) if delivered.lot else article.code


def carton_code(delivered: DeliveredLine) -> str:
    """Return what the scanner sends for a whole carton."""
    article = delivered.line.article
    code = article.carton_code
    return element_string(code.zfill(14), delivered, 0) if delivered.lot else code


def element_string(gtin: str, delivered: DeliveredLine, n: int) -> str:
    """Return a GS1 element string of GTIN (AI 01), expiry (AI 17) and lot (AI 10)."""
    expiry = f"{(delivered.expiry or 0) % 1_000_000:06}"
    if n % 5 == 3:
        return f"(01){gtin}(17){expiry}(10){delivered.lot}"
    if n % 5 == 4:
        return f"01{gtin}10{delivered.lot}{FNC1}17{expiry}"
    return f"01{gtin}17{expiry}10{delivered.lot}"


def _product(
    code: str, article: Article, quantity: int, lot: str = "", expiry: int | None = None, finding: str = ""
) -> Scan:
    return Scan(code, "product", article.sku_id, article.sku, quantity, lot, expiry, finding)


def _at(shelf: str) -> Scan:
    return Scan(location_label(shelf), "location")


def _counted(article: Article, quantity: int) -> list[Scan]:
    pieces = quantity // MICRO
    if pieces <= MANY:
        return [_product(article.code, article, MICRO) for _ in range(pieces)]
    card = command_code(Command(CommandKind.QUANTITY, quantity))
    return [Scan(card, "command"), _product(article.code, article, quantity)]
