"""What goes into an order: which articles, how much, at which price."""

from dataclasses import dataclass, field
from functools import lru_cache
from itertools import accumulate
from uuid import UUID

from merchant_desk.domain.amounts import MICRO, line_amount
from merchant_desk.domain.currencies import minor_digits
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.orders import NewOrder, OrderLine
from merchant_desk.server.demo.buyers import WALK_IN, buyers
from merchant_desk.server.demo.catalogue import HOUSE_CODE, Article
from merchant_desk.server.demo.chance import Dice
from merchant_desk.server.demo.dates import HOUR, local_day
from merchant_desk.server.demo.rhythm import CLOUD, GROUP, MALL, MEANS, SHOP
from merchant_desk.server.demo.shelves import Taken
from merchant_desk.server.demo.story import Story
from merchant_desk.server.demo.structure import CURRENCY, MERCHANT_ID, DemoOutlet, assortment

CENT = 10_000
"""One hundredth of a yuan, in 10^-6 yuan."""

PRICE_PERCENT = {SHOP: 100, MALL: 100, GROUP: 92, CLOUD: 97}
FREE_FREIGHT, FREIGHT = 5_900, 600
REBATES = {MALL: (9_900, 600), CLOUD: (19_900, 1_500)}
"""From so many fen of goods, so many fen less."""

DUE_HOURS = {MALL: 48, GROUP: 24, CLOUD: 36}
PREFIXES = {SHOP: "MD", MALL: "WX", GROUP: "PT", CLOUD: "YC"}
_LINES = (46, 26, 14, 8, 4, 2)
_LINE_SUMS = tuple(accumulate(_LINES))


@dataclass(slots=True)
class Wish:
    """One line of an order to be, with the goods set aside for it."""

    article: Article
    quantity: int
    taken: Taken


@dataclass(slots=True)
class Basket:
    """An order before it has a number."""

    outlet: DemoOutlet
    channel: str
    placed_at: int
    wishes: list[Wish]
    buyer_id: UUID | None = None
    buyer: str = WALK_IN
    order: NewOrder = field(init=False)

    def number(self, number: str) -> NewOrder:
        """Return the order under its number, not looked at yet."""
        order_id = derived_id(MERCHANT_ID, "order", number)
        lines = tuple(self._line(order_id, n, wish) for n, wish in enumerate(self.wishes))
        goods = sum(line.amount for line in lines)
        least, rebate = REBATES.get(self.channel, (goods + 1, 0))
        due = DUE_HOURS.get(self.channel)
        self.order = NewOrder(
            order_id,
            number,
            self.channel,
            self.outlet.warehouse_id,
            self.buyer_id,
            self.buyer,
            "review",
            self.placed_at,
            self.placed_at + due * HOUR * MICRO if due else None,
            FREIGHT if due and goods < FREE_FREIGHT else 0,
            rebate if goods >= least else 0,
            lines,
        )
        return self.order

    def _line(self, order_id: UUID, n: int, wish: Wish) -> OrderLine:
        price = wish.article.price * PRICE_PERCENT[self.channel] // 100 // CENT * CENT
        amount = line_amount(wish.quantity, price, minor_digits(CURRENCY))
        line_id = derived_id(order_id, "line", str(n))
        return OrderLine(line_id, wish.article.sku_id, wish.quantity, price, amount)


def fill_basket(story: Story, dice: Dice, outlet: DemoOutlet, channel: str, time: int) -> Basket | None:
    """Return what somebody buys at a moment, set aside for him; None if nothing of it is there."""
    articles, sums = _choice(outlet, channel)
    day, wishes, seen = local_day(time), list[Wish](), set[int]()
    for _ in range(dice.weighted(range(1, 7), _LINE_SUMS)):
        article = dice.weighted(articles, sums)
        quantity = wanted(dice, article)
        free = story.shelves.free(outlet, article, day)
        if not article.weighed:
            free = free // MICRO * MICRO
        quantity = min(quantity, free)
        if article.index in seen or quantity <= 0:
            continue
        seen.add(article.index)
        wishes.append(Wish(article, quantity, story.shelves.promise(outlet, article, quantity, day)))
    basket = Basket(outlet, channel, time, wishes) if wishes else None
    if basket is not None and (channel != SHOP or dice.happens(45)):
        people, faith = buyers(story.seed)
        buyer = dice.weighted(people, faith)
        basket.buyer_id, basket.buyer = buyer.buyer_id, buyer.shown
    return basket


def wanted(dice: Dice, article: Article) -> int:
    """Return how much of an article somebody buys, 10^-6 base units."""
    if article.weighed:
        return dice.between(30, 280) * (MICRO // 100)
    most = next(
        most for price, most in ((5, 6), (20, 3), (60, 2), (10**9, 1)) if article.price <= price * MICRO
    )
    return dice.between(1, most) * MICRO


@lru_cache(maxsize=64)
def daily_demand(outlet: DemoOutlet) -> dict[int, int]:
    """Return how much of each article (by index) an outlet sells on an average day, 10^-6 base units."""
    found: dict[int, int] = {}
    for (code, channel), mean in MEANS.items():
        if code != outlet.code:
            continue
        articles, sums = _choice(outlet, channel)
        lines = mean * sum(n * share for n, share in enumerate(_LINES, 1)) / sum(_LINES)
        for article in articles:
            pieces = 1.5 if article.weighed or article.price > 5 * MICRO else 3.5
            units = lines * _weight(article, channel) / sums[-1] * pieces
            found[article.index] = found.get(article.index, 0) + round(units * MICRO)
    return found


@lru_cache(maxsize=64)
def _choice(outlet: DemoOutlet, channel: str) -> tuple[tuple[Article, ...], tuple[int, ...]]:
    """Return what an outlet sells in a channel, with the running sums of how wanted each is."""
    posted = tuple(
        article
        for article in assortment(outlet)
        if channel == SHOP or not (article.weighed or article.sku == HOUSE_CODE[0])
    )
    return posted, tuple(accumulate(_weight(article, channel) for article in posted))


def _weight(article: Article, channel: str) -> int:
    """Return how often an article is chosen: dear ones less, most of all by post."""
    weight = article.demand**2
    if article.price > 100 * MICRO:
        weight = weight // 3 + 1
    if channel != SHOP and article.price < 5 * MICRO:
        weight = weight // 2 + 1
    return weight
