"""What goes wrong or waits: losses, a book that is short, unknown codes, a stocktake, orders half done."""

from datetime import date
from uuid import UUID

from merchant_desk.domain.amounts import MICRO, line_amount
from merchant_desk.domain.counting import CloseCount, CountGoods, OpenCount
from merchant_desk.domain.currencies import minor_digits
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.orders import AcceptOrder, ImportOrders, NewOrder, OrderLine, PlaceOrder
from merchant_desk.domain.sales import RecordSales
from merchant_desk.domain.shipping import OpenShipment
from merchant_desk.domain.tasks import ReportUnknownCode
from merchant_desk.server.demo.baskets import Basket, fill_basket
from merchant_desk.server.demo.buyers import WALK_IN
from merchant_desk.server.demo.buying import Buying, Line, write_off
from merchant_desk.server.demo.catalogue import DEMONSTRATION_PREFIX, Article, articles, is_plain, with_check
from merchant_desk.server.demo.chance import Dice
from merchant_desk.server.demo.dates import DAY, HOUR, MINUTE, days_after, moment
from merchant_desk.server.demo.rhythm import MALL, SHOP
from merchant_desk.server.demo.selling import TILL, picks_of, sold_goods
from merchant_desk.server.demo.story import Story
from merchant_desk.server.demo.structure import (
    CENTRAL,
    CURRENCY,
    MERCHANT_ID,
    OUTLETS,
    RIVER,
    TOWN,
    VILLAGE,
    DemoOutlet,
    assortment,
    homes,
)

LAST_CLEARING = 6
"""Days before the loading day at which expired goods were looked for last: some stand there since."""

STRANGER = f"{DEMONSTRATION_PREFIX}9{999:03}"
"""How the codes of things begin that are not in the catalogue."""


def tell_losses(story: Story, day: date) -> None:
    """Tell what is written off on the morning of a day: breakages, and on Mondays what has expired."""
    dice = story.dice("losses", day.isoformat())
    time = moment(day, 6 * HOUR + 5 * MINUTE)
    if dice.happens(35):
        outlet = dice.pick(OUTLETS)
        article = dice.pick(assortment(outlet))
        if not article.track_lot and story.shelves.free(outlet, article, day) > 3 * MICRO:
            story.shelves.lose(outlet, article, "", MICRO)
            story.tell(time, write_off(outlet, article, "", MICRO, "breakage"))
    if day.weekday() == 0 and day <= days_after(story.day, -LAST_CLEARING):
        by_code = {outlet.code: outlet for outlet in OUTLETS}
        for code, index, lot in list(story.shelves.expired(day)):
            article = articles(MERCHANT_ID)[index]
            story.tell(time, write_off(by_code[code], article, lot.code, lot.free, "expired"))
            story.shelves.lose(by_code[code], article, lot.code, lot.free)


def tell_stocktake(story: Story, outlet: DemoOutlet, day: date) -> None:
    """Tell the count of one shelf on the evening before the desks came; one piece is missing there."""
    dice = story.dice("stocktake", outlet.code)
    shelf = dice.pick(outlet.shelves)
    location_id, count_id = outlet.location_id(shelf), derived_id(MERCHANT_ID, "stocktake", outlet.code)
    time = moment(day, 21 * HOUR + dice.below(HOUR))
    where = (count_id, "", outlet.outlet_id, outlet.warehouse_id, location_id)
    story.tell(time, OpenCount(*where, blind=True))
    missing = True
    for article in assortment(outlet):
        if homes(outlet)[article.index] != shelf:
            continue
        for lot in story.shelves.lots(outlet, article):
            if lot.free <= 0:
                continue
            if missing and not article.weighed and lot.free > 2 * MICRO:
                story.shelves.lose(outlet, article, lot.code, MICRO)
                missing = False
            time += 30 * MICRO
            story.tell(
                time, _counted(outlet, count_id, location_id, article, (lot.code, lot.expiry, lot.free))
            )
    story.tell(time + MINUTE * MICRO, CloseCount(count_id, outlet.outlet_id, ()))


def tell_short_book(story: Story, day: date) -> None:
    """Tell a sale at the river outlet of two pieces more than the book had: stock goes below zero."""
    outlet = RIVER
    few = []
    for article in assortment(outlet):
        lots = story.shelves.lots(outlet, article)
        if is_plain(article) and not any(lot.promised for lot in lots):
            free = sum(lot.free for lot in lots)
            few += [(free, article.index, article)] if free > 0 else []
    free, _, article = min(few, key=lambda one: one[:2])
    quantity, time = free + 2 * MICRO, moment(day, 20 * HOUR + 31 * MINUTE)
    story.shelves.lose(outlet, article, "", quantity)
    order = _till_order(outlet, article, quantity, time)
    job_id = derived_id(MERCHANT_ID, "job", "late slip")
    goods = sold_goods(outlet, order.order_id, article, (("", quantity),))
    story.tell(time, ImportOrders(job_id, 1, outlet.outlet_id, (order,)))
    story.tell(time, RecordSales(outlet.outlet_id, outlet.warehouse_id, TILL, tuple(goods)))


def tell_unknown_codes(story: Story, day: date) -> None:
    """Tell two codes that were scanned at the town outlet and that nobody knew."""
    for n in range(2):
        code = with_check(f"{STRANGER}{80001 + n:05}")
        entry = derived_id(MERCHANT_ID, "unknown code", code)
        time = moment(day, 10 * HOUR + n * 17 * MINUTE)
        report = ReportUnknownCode(entry, TOWN.outlet_id, code, None, TOWN.receiving_id, "", "inbound")
        story.tell(time, report)


def tell_waiting_orders(story: Story, buying: Buying) -> None:
    """Tell a purchase order that is overdue by two days, and one that nobody has sent yet."""
    for outlet, supplier, back, due in ((VILLAGE, "S06", 6, -2), (CENTRAL, "S04", 1, 4)):
        time = moment(days_after(story.day, -back), 17 * HOUR + 40 * MINUTE)
        order_id = derived_id(MERCHANT_ID, "waiting order", outlet.code, story.day.isoformat())
        kept = [article for article in assortment(outlet) if article.supplier == supplier and article.carton]
        lines = [
            Line(article, article.carton * MICRO, 0, derived_id(order_id, "line", str(n)))
            for n, article in enumerate(kept[:24:4])
        ]
        buying.place(order_id, outlet, supplier, lines, time, days_after(story.day, due))
        if due < 0:
            buying.send(order_id, outlet, time + MINUTE * MICRO)


def tell_half_picked(story: Story) -> None:
    """Tell two orders of the central warehouse that somebody began to pick last evening."""
    yesterday = days_after(story.day, -1)
    for n in range(2):
        dice = story.dice("half picked", n)
        placed_at = moment(yesterday, 12 * HOUR + n * 9 * MINUTE)
        basket = _of_two_lines(story, dice, placed_at)
        order = basket.number(f"WX{yesterday:%y%m%d}-{701 + n:04}")
        shipment_id = derived_id(order.order_id, "shipment")
        outlet, first = CENTRAL, basket.wishes[0]
        opened = OpenShipment(shipment_id, "", order.order_id, outlet.outlet_id, outlet.warehouse_id)
        pick = picks_of(outlet, shipment_id, first.article, order.lines[0].line_id, first.taken[:1])
        story.tell(placed_at, PlaceOrder(outlet.outlet_id, order))
        story.tell(placed_at + 10 * MINUTE * MICRO, AcceptOrder(order.order_id, outlet.outlet_id))
        story.tell(placed_at + 7 * HOUR * MICRO, opened, *pick)
        story.shelves.leave(outlet, first.article, first.taken[:1])


def _of_two_lines(story: Story, dice: Dice, placed_at: int) -> Basket:
    while True:
        basket = fill_basket(story, dice, CENTRAL, MALL, placed_at)
        if basket is not None and len(basket.wishes) > 1:
            return basket
        for wish in basket.wishes if basket else ():
            story.shelves.give_back(CENTRAL, wish.article, wish.taken)


def _counted(
    outlet: DemoOutlet,
    count_id: UUID,
    location_id: UUID,
    article: Article,
    lot: tuple[str, int | None, int],
) -> CountGoods:
    code, expiry, quantity = lot
    return CountGoods(
        count_id,
        outlet.outlet_id,
        outlet.warehouse_id,
        location_id,
        article.sku_id,
        code,
        expiry,
        quantity,
        MICRO,
        "",
        article.code,
    )


def _till_order(outlet: DemoOutlet, article: Article, quantity: int, time: int) -> NewOrder:
    order_id = derived_id(MERCHANT_ID, "order", "late slip")
    line = OrderLine(
        derived_id(order_id, "line", "0"),
        article.sku_id,
        quantity,
        article.price,
        line_amount(quantity, article.price, minor_digits(CURRENCY)),
    )
    number = f"MD-LATE-{time // (DAY * MICRO)}"
    return NewOrder(
        order_id,
        number,
        SHOP,
        outlet.warehouse_id,
        None,
        WALK_IN,
        "completed",
        time - HOUR * MICRO,
        None,
        0,
        0,
        (line,),
        "手写小票补录",
    )
