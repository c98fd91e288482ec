"""What the first shift finds at the town outlet: two deliveries due today, and orders to pick."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.orders import AcceptOrder, PlaceOrder
from merchant_desk.server.demo.baskets import PREFIXES, Basket, Wish
from merchant_desk.server.demo.buyers import buyers
from merchant_desk.server.demo.buying import Buying, Delivery, Line, write_off
from merchant_desk.server.demo.catalogue import Article, is_plain
from merchant_desk.server.demo.chance import Dice
from merchant_desk.server.demo.dates import HOUR, MINUTE, days_after, moment, number
from merchant_desk.server.demo.rhythm import GROUP, ONLINE
from merchant_desk.server.demo.shelves import Lot
from merchant_desk.server.demo.story import Story
from merchant_desk.server.demo.structure import MERCHANT_ID, TOWN, assortment

SUPPLIER = "S01"
SECOND_SUPPLIER = "S02"
ORDERS = 30
SCANS = 205
"""Units that the orders ask for at least: each is one scan."""

PLAIN_LINES, TRACKED_LINES = 10, 3
OVER = 2
"""Pieces of the last line that come beyond the order."""

SHORT_ORDER = 11
"""Which of the orders asks for one piece more than the book has left."""


@dataclass(frozen=True)
class DeliveredLine:
    """One line of the delivery as it stands on the ramp: so many cartons and so many single units."""

    line: Line
    cartons: int
    units: int
    lot: str
    expiry: int | None


@dataclass(frozen=True)
class ShiftGoods:
    """The shift's documents. `short` is the article of which one piece is missing in the book."""

    delivery: Delivery
    lines: tuple[DeliveredLine, ...]
    second: Delivery
    second_lines: tuple[DeliveredLine, ...]
    baskets: tuple[Basket, ...]
    short: Article


def prepare_shift(story: Story, buying: Buying) -> ShiftGoods:
    """Tell the deliveries that are due today and the orders that came in over the last evening."""
    dice = story.dice("shift")
    lines = _lines(story, dice, SUPPLIER, PLAIN_LINES, TRACKED_LINES)
    delivery = _order(story, buying, SUPPLIER, lines, days_after(story.day, -3))
    second_lines = _lines(story, dice, SECOND_SUPPLIER, 3, 0)
    second = _order(story, buying, SECOND_SUPPLIER, second_lines, days_after(story.day, -2))
    coming = {one.line.article.index for one in (*lines, *second_lines)}
    baskets, short = _baskets(story, dice, coming)
    return ShiftGoods(delivery, lines, second, second_lines, baskets, short)


# -- the deliveries ------------------------------------------------------------------------------


def _lines(story: Story, dice: Dice, supplier: str, plain: int, tracked: int) -> tuple[DeliveredLine, ...]:
    kept = [article for article in assortment(TOWN) if article.supplier == supplier]
    packed = [article for article in kept if is_plain(article) and 4 <= article.carton <= 30]
    dated = [article for article in kept if article.track_expiry and article.carton]
    order_id = _order_id(supplier, story.day)
    chosen = [*_some(dice, packed, plain), *_some(dice, dated, tracked)]
    return tuple(_delivered(story, dice, order_id, n, article) for n, article in enumerate(chosen))


def _delivered(story: Story, dice: Dice, order_id: UUID, n: int, article: Article) -> DeliveredLine:
    made = days_after(story.day, -dice.between(3, max(article.shelf_days // 20, 4)))
    lot, expiry = article.lot(made)
    cartons, units = dice.between(1, 3), dice.between(14, 18) if not lot else dice.between(9, 13)
    quantity = (cartons * article.carton + units) * MICRO
    line = Line(article, quantity, quantity, derived_id(order_id, "line", str(n)))
    return DeliveredLine(line, cartons, units, lot, expiry)


def _order(
    story: Story, buying: Buying, supplier: str, delivered: tuple[DeliveredLine, ...], placed: date
) -> Delivery:
    order_id = _order_id(supplier, story.day)
    lines = [one.line for one in delivered]
    time = moment(placed, 17 * HOUR + 20 * MINUTE)
    buying.place(order_id, TOWN, supplier, lines, time, story.day)
    buying.send(order_id, TOWN, time + MINUTE * MICRO)
    return Delivery(order_id, TOWN, supplier, lines)


def _order_id(supplier: str, day: date) -> UUID:
    return derived_id(MERCHANT_ID, "shift delivery", supplier, day.isoformat())


def _some(dice: Dice, articles: list[Article], count: int) -> list[Article]:
    """Return so many different ones, in the order of the catalogue."""
    rest, chosen = list(articles), list[Article]()
    while rest and len(chosen) < count:
        chosen.append(rest.pop(dice.below(len(rest))))
    return sorted(chosen, key=lambda article: article.index)


# -- the orders ----------------------------------------------------------------------------------


def _baskets(story: Story, dice: Dice, coming: set[int]) -> tuple[tuple[Basket, ...], Article]:
    plain = [article for article in assortment(TOWN) if is_plain(article) and article.price < 60 * MICRO]
    dated = [article for article in assortment(TOWN) if _one_good_lot(story, article)]
    short = _nearly_gone(story, [article for article in plain if article.index not in coming])
    plain.remove(short)
    baskets: list[Basket] = []
    units = 0
    while len(baskets) < ORDERS or units < SCANS:
        wishes = [_wish(story, dice.pick(plain), dice.between(1, 4)) for _ in range(dice.between(3, 4))]
        if len(baskets) % 9 == 4:
            wishes.append(_wish(story, dice.pick(dated), 1))
        if len(baskets) == SHORT_ORDER:
            wishes.append(_wish(story, short, story.shelves.free(TOWN, short, story.day) // MICRO))
        wishes = _different(wishes)
        if wishes:
            baskets.append(_place(story, dice, len(baskets), wishes))
            units += sum(wish.quantity for wish in wishes) // MICRO
    loss = write_off(TOWN, short, "", MICRO, "breakage")
    story.shelves.lose(TOWN, short, "", MICRO)
    story.tell(moment(days_after(story.day, -1), 21 * HOUR + 30 * MINUTE), loss)
    return tuple(baskets), short


def _wish(story: Story, article: Article, pieces: int) -> Wish:
    free = story.shelves.free(TOWN, article, story.day) // MICRO
    return Wish(article, min(pieces, free) * MICRO, ())


def _different(wishes: list[Wish]) -> list[Wish]:
    """Return one wish an article, those of which there is something."""
    return list({wish.article.index: wish for wish in wishes if wish.quantity > 0}.values())


def _place(story: Story, dice: Dice, n: int, wishes: list[Wish]) -> Basket:
    """Tell an order of yesterday afternoon, accepted before the evening."""
    yesterday = days_after(story.day, -1)
    channel = GROUP if n % 3 else dice.pick(ONLINE)
    placed_at = moment(yesterday, 13 * HOUR + n * 11 * MINUTE + dice.below(MINUTE))
    people, faith = buyers(story.seed)
    buyer = dice.weighted(people, faith)
    basket = Basket(TOWN, channel, placed_at, wishes, buyer.buyer_id, buyer.shown)
    for wish in wishes:
        wish.taken = story.shelves.promise(TOWN, wish.article, wish.quantity, story.day)
    order = basket.number(f"{PREFIXES[channel]}{yesterday:%y%m%d}-{501 + n:04}")
    story.tell(placed_at, PlaceOrder(TOWN.outlet_id, order))
    story.tell(placed_at + 9 * MINUTE * MICRO, AcceptOrder(order.order_id, TOWN.outlet_id))
    return basket


def _one_good_lot(story: Story, article: Article) -> bool:
    """Tell whether all that stands there of an article is one lot that may still be sold for long."""
    if not article.track_expiry or article.price >= 60 * MICRO or article.weighed:
        return False
    lots = [lot for lot in story.shelves.lots(TOWN, article) if lot.free + lot.promised]
    limit = number(days_after(story.day, article.min_days_left))
    return len(lots) == 1 and _free_of(lots[0]) >= 4 * MICRO and (lots[0].expiry or 0) > limit


def _free_of(lot: Lot) -> int:
    return lot.free if not lot.promised else 0


def _nearly_gone(story: Story, articles: list[Article]) -> Article:
    """Return an article with the fewest free pieces of which none is promised: two or more."""
    left = []
    for article in articles:
        lots = story.shelves.lots(TOWN, article)
        pieces = sum(lot.free for lot in lots) // MICRO
        if pieces >= 2 and not any(lot.promised for lot in lots):
            left.append((pieces, article.index, article))
    return min(left, key=lambda one: one[:2])[2]
