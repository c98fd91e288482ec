"""Purchase orders and deliveries: what runs low is ordered, comes in, and sometimes not quite as ordered."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.products import lot_id
from merchant_desk.domain.purchasing import (
    ClosePurchaseOrder,
    PlacePurchaseOrder,
    PurchaseLine,
    SendPurchaseOrder,
)
from merchant_desk.domain.receiving import CloseReceipt, OpenReceipt, ReceiveGoods
from merchant_desk.domain.stock import AdjustStock
from merchant_desk.server.demo.baskets import daily_demand
from merchant_desk.server.demo.catalogue import SUPPLIERS, Article
from merchant_desk.server.demo.chance import Dice
from merchant_desk.server.demo.dates import DAY, HOUR, MINUTE, days_after, moment, number
from merchant_desk.server.demo.story import Story
from merchant_desk.server.demo.structure import (
    CENTRAL,
    MERCHANT_ID,
    OUTLETS,
    DemoOutlet,
    assortment,
    homes,
    supplier_id,
)

REVIEW_DAYS = 12
"""How often an outlet looks at what it needs from a supplier."""

REORDER_DAYS, COVER_DAYS, OPENING_DAYS = 16, 34, 26
MOST_LINES = 18
SHORT_REASON = "供应商缺货，余量不再送"


@dataclass(slots=True)
class Line:
    """What was ordered of an article and what will come, 10^-6 base units."""

    article: Article
    ordered: int
    comes: int
    line_id: UUID


@dataclass(slots=True)
class Delivery:
    """A purchase order on its way."""

    order_id: UUID
    outlet: DemoOutlet
    supplier: str
    lines: list[Line]


@dataclass
class Buying:
    """The purchase orders of the story, day by day."""

    story: Story
    coming: dict[date, list[Delivery]] = field(default_factory=lambda: defaultdict(list))
    expected: dict[tuple[str, int], int] = field(default_factory=lambda: defaultdict(int))

    def tell_opening(self) -> None:
        """Tell what stood on the shelves when the story begins; what has lots comes in by a blind receipt."""
        time = moment(self.story.first_day, 5 * HOUR)
        for outlet in OUTLETS:
            receipt_id = derived_id(MERCHANT_ID, "opening", outlet.code)
            blind = OpenReceipt(receipt_id, "", outlet.outlet_id, outlet.warehouse_id, None, None)
            self.story.tell(time, blind)
            for article in assortment(outlet):
                self._open_article(outlet, article, receipt_id, time)
            self.story.tell(time, CloseReceipt(receipt_id, outlet.outlet_id))

    def tell_deliveries(self, day: date) -> None:
        """Tell what came in on a day."""
        for n, delivery in enumerate(self.coming.pop(day, [])):
            dice = self.story.dice("delivery", delivery.order_id)
            time = moment(day, 8 * HOUR + n * 10 * MINUTE + dice.below(20 * MINUTE))
            if time <= self.story.end:
                self._receive(delivery, day, time, dice)

    def tell_orders(self, day: date) -> None:
        """Tell what is ordered in the evening of a day."""
        for o, outlet in enumerate(OUTLETS):
            for s, supplier in enumerate(SUPPLIERS):
                if (day.toordinal() + 5 * o + 7 * s) % REVIEW_DAYS == 0:
                    self._review(outlet, supplier, day)

    # -- opening ---------------------------------------------------------------------------------

    def _open_article(self, outlet: DemoOutlet, article: Article, receipt_id: UUID, time: int) -> None:
        dice = self.story.dice("opening", outlet.code, article.sku)
        demand = daily_demand(outlet).get(article.index, 0)
        days = OPENING_DAYS + dice.below(8)
        if article.track_expiry:
            days = min(days, max(article.shelf_days * 2 // 5, 4))
        quantity = max(_on_display(outlet, article), demand * days // MICRO * MICRO)
        if not article.track_lot:
            self.story.shelves.put(outlet, article, ("", None), quantity)
            shelf = outlet.location_id(homes(outlet)[article.index])
            place = (outlet.outlet_id, outlet.warehouse_id, shelf, article.sku_id, None)
            self.story.tell(time, AdjustStock(*place, "sellable", quantity, "opening", ""))
            return
        old = quantity // MICRO // 3 * MICRO
        for part, age in ((old, article.shelf_days // 3), (quantity - old, article.shelf_days // 12)):
            if part:
                made = days_after(self.story.first_day, -age - dice.below(5))
                self._put(outlet, article, receipt_id, None, part, made, time)

    # -- ordering --------------------------------------------------------------------------------

    def _review(self, outlet: DemoOutlet, supplier: str, day: date) -> None:
        needs = []
        for article in assortment(outlet):
            if article.supplier == supplier:
                missing, urgency = self._missing(outlet, article, day)
                if missing:
                    needs.append((urgency, article.index, article, missing))
        needs.sort(key=lambda need: need[:2])
        if needs:
            self.order(outlet, supplier, day, [(need[2], need[3]) for need in needs[:MOST_LINES]])

    def _missing(self, outlet: DemoOutlet, article: Article, day: date) -> tuple[int, int]:
        """Return how much to order of an article (0: enough there) and for how many days it still lasts."""
        demand = max(daily_demand(outlet).get(article.index, 0), MICRO // 100)
        cover, least = COVER_DAYS, REORDER_DAYS
        if article.track_expiry:
            cover = min(cover, max(article.shelf_days * 2 // 5, 6))
            least = min(least, cover // 2)
        there = self.story.shelves.free(outlet, article, day) + self.expected[outlet.code, article.index]
        if there >= max(demand * least, 3 * MICRO):
            return 0, 0
        pack = max(article.carton, 1) * MICRO
        if pack > 4 * max(demand * cover, 3 * MICRO):
            pack = MICRO
        wanted = max(demand * cover - there, _on_display(outlet, article) - there, MICRO)
        return -(-wanted // pack) * pack, there // demand

    def order(
        self, outlet: DemoOutlet, supplier: str, day: date, wants: list[tuple[Article, int]]
    ) -> Delivery:
        """Tell a purchase order of the evening of a day and put its delivery on the way."""
        order_id = derived_id(MERCHANT_ID, "purchase order", outlet.code, supplier, day.isoformat())
        dice = self.story.dice("purchase", order_id)
        due = days_after(day, 2 + (int(supplier[1:]) + OUTLETS.index(outlet)) % 4)
        lines = []
        for n, (article, quantity) in enumerate(wants):
            comes = quantity
            if dice.happens(2.5):
                comes = quantity // MICRO // 2 * MICRO
            elif dice.happens(0.7) and not article.weighed:
                comes = quantity + dice.between(1, 3) * MICRO
            lines.append(Line(article, quantity, comes, derived_id(order_id, "line", str(n))))
        time = moment(day, 18 * HOUR + dice.below(HOUR))
        self.place(order_id, outlet, supplier, lines, time, due)
        self.send(order_id, outlet, time + MINUTE * MICRO)
        delivery = Delivery(order_id, outlet, supplier, lines)
        late = dice.between(1, 3) if dice.happens(5) else 0
        self.coming[days_after(due, late)].append(delivery)
        for line in lines:
            self.expected[outlet.code, line.article.index] += line.ordered
        return delivery

    def place(
        self, order_id: UUID, outlet: DemoOutlet, supplier: str, lines: list[Line], time: int, due: date
    ) -> None:
        """Tell that a purchase order was written; it is not sent yet."""
        self.story.tell(
            time,
            PlacePurchaseOrder(
                order_id,
                "",
                outlet.outlet_id,
                outlet.warehouse_id,
                supplier_id(supplier),
                number(due),
                tuple(
                    PurchaseLine(line.line_id, line.article.sku_id, line.ordered, line.article.cost)
                    for line in lines
                ),
            ),
        )

    def send(self, order_id: UUID, outlet: DemoOutlet, time: int) -> None:
        """Tell that a purchase order was sent; its goods are expected from then on."""
        self.story.tell(time, SendPurchaseOrder(order_id, outlet.outlet_id))

    # -- receiving -------------------------------------------------------------------------------

    def _receive(self, delivery: Delivery, day: date, time: int, dice: Dice) -> None:
        outlet = delivery.outlet
        receipt_id = derived_id(delivery.order_id, "receipt")
        opened = OpenReceipt(
            receipt_id,
            "",
            outlet.outlet_id,
            outlet.warehouse_id,
            delivery.order_id,
            supplier_id(delivery.supplier),
        )
        self.story.tell(time, opened)
        for n, line in enumerate(delivery.lines, 1):
            self.expected[outlet.code, line.article.index] -= line.ordered
            age = min(line.article.shelf_days // 12, 20) + dice.below(3)
            if line.comes:
                made, at = days_after(day, -age), time + n * 20 * MICRO
                self._put(outlet, line.article, receipt_id, line.line_id, line.comes, made, at)
        closed_at = time + (len(delivery.lines) + 2) * 20 * MICRO
        self.story.tell(closed_at, CloseReceipt(receipt_id, outlet.outlet_id))
        if any(line.comes < line.ordered for line in delivery.lines):
            close = ClosePurchaseOrder(delivery.order_id, outlet.outlet_id, SHORT_REASON)
            self.story.tell(closed_at + DAY * MICRO, close)

    def _put(
        self,
        outlet: DemoOutlet,
        article: Article,
        receipt_id: UUID,
        line_id: UUID | None,
        quantity: int,
        made: date,
        time: int,
    ) -> None:
        lot = article.lot(made)
        self.story.shelves.put(outlet, article, lot, quantity)
        self.story.tell(
            time,
            ReceiveGoods(
                receipt_id,
                outlet.outlet_id,
                outlet.warehouse_id,
                outlet.location_id(homes(outlet)[article.index]),
                article.sku_id,
                line_id,
                quantity,
                MICRO,
                lot[0],
                lot[1],
                "",
                "sellable",
                article.code,
            ),
        )


def write_off(outlet: DemoOutlet, article: Article, code: str, quantity: int, reason: str) -> AdjustStock:
    """Return the loss of goods of a lot from an article's shelf."""
    shelf = outlet.location_id(homes(outlet)[article.index])
    lot = lot_id(article.sku_id, code) if code else None
    place = (outlet.outlet_id, outlet.warehouse_id, shelf, article.sku_id, lot)
    return AdjustStock(*place, "sellable", -quantity, reason, "")


def _on_display(outlet: DemoOutlet, article: Article) -> int:
    """Return the least that a shelf should show, 10^-6 base units."""
    if article.weighed:
        return 20 * MICRO
    pieces = 12 if article.price < 10 * MICRO else 6 if article.price < 60 * MICRO else 3
    return pieces * (2 if outlet is CENTRAL else 1) * MICRO
