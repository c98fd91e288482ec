"""Orders and what becomes of them: at the till, by the system before, and on the desk's own floor."""

from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.orders import (
    AcceptOrder,
    CancelOrder,
    HoldOrder,
    ImportOrders,
    NewOrder,
    PlaceOrder,
    RefundOrder,
)
from merchant_desk.domain.products import lot_id
from merchant_desk.domain.sales import CompleteOrders, RecordSales, SoldGoods
from merchant_desk.domain.shipping import CloseShipment, OpenShipment, PickGoods
from merchant_desk.domain.visits import ChannelVisits, RecordVisits
from merchant_desk.server.demo.baskets import PREFIXES, Basket, fill_basket
from merchant_desk.server.demo.catalogue import Article
from merchant_desk.server.demo.chance import Dice
from merchant_desk.server.demo.dates import (
    DAY,
    HOUR,
    MINUTE,
    days_after,
    local_day,
    local_second,
    moment,
    number,
)
from merchant_desk.server.demo.rhythm import CHANNELS, CONVERSION, MEANS, SHOP, expected_orders, seconds
from merchant_desk.server.demo.shelves import Taken
from merchant_desk.server.demo.story import Story
from merchant_desk.server.demo.structure import MERCHANT_ID, OUTLETS, DemoOutlet, homes
from merchant_desk.server.demo.terms import CARRIERS, carrier_id

CLOSING = 20 * HOUR + 30 * MINUTE
CANCEL_REASONS = ("买家不想要了", "地址填错", "重复下单", "等待太久")
HOLD_REASONS = ("等待买家确认地址", "大额订单待核实", "买家要求改日送", "缺少联系电话")
REFUND_REASONS = ("包装破损", "少发", "质量问题", "买错了", "临期")
TILL, OLD_SYSTEM = "till", "before"
JOB_ID = derived_id(MERCHANT_ID, "job", "orders")


@dataclass
class Selling:
    """The orders of the story, day by day."""

    story: Story
    delivered: dict[tuple[str, date], list[UUID]] = field(default_factory=lambda: defaultdict(list))
    returns: dict[date, list[tuple[DemoOutlet, Article, Taken]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    chunks: int = 0

    def tell_day(self, day: date) -> None:
        """Tell one day's orders, visits and refunds."""
        self._take_returns(day)
        baskets = self._baskets(day)
        closed: dict[str, list[Basket]] = defaultdict(list)
        for basket in baskets:
            if basket.channel == SHOP or day < self.story.first_desk_day:
                closed[basket.outlet.code].append(basket)
            else:
                self._tell_online(basket, self.story.dice("fate", basket.order.number))
        for outlet in OUTLETS:
            self._close_day(outlet, day, closed[outlet.code])
            self._tell_visits(outlet, day, baskets)

    def finish(self) -> None:
        """Tell which orders reached their buyers, once all days are told."""
        self._take_returns(self.story.day)
        for (code, day), order_ids in sorted(self.delivered.items(), key=lambda one: (one[0][1], one[0][0])):
            outlet = next(outlet for outlet in OUTLETS if outlet.code == code)
            self.story.tell(moment(day, 10 * HOUR), CompleteOrders(outlet.outlet_id, tuple(order_ids)))

    def _take_returns(self, day: date) -> None:
        for outlet, article, taken in self.returns.pop(day, []):
            self.story.shelves.give_back(outlet, article, taken)

    def _baskets(self, day: date) -> list[Basket]:
        """Return a day's orders over all outlets and channels, numbered in the order of their times."""
        story, found = self.story, list[Basket]()
        for code, channel in MEANS:
            outlet = next(outlet for outlet in OUTLETS if outlet.code == code)
            dice = story.dice("orders", day.isoformat(), code, channel)
            count = dice.events(expected_orders(story.seed, outlet, channel, day))
            for second in seconds(dice, channel, count):
                basket = fill_basket(story, dice, outlet, channel, moment(day, second))
                if basket is not None:
                    found.append(basket)
        found.sort(key=lambda basket: basket.placed_at)
        counts: dict[str, int] = defaultdict(int)
        for basket in found:
            counts[basket.channel] += 1
            text = f"{PREFIXES[basket.channel]}{day:%y%m%d}-{counts[basket.channel]:04}"
            basket.number(text)
        return found

    # -- at the till, and in the system before ---------------------------------------------------

    def _close_day(self, outlet: DemoOutlet, day: date, baskets: list[Basket]) -> None:
        """Tell what till and former system report at the day's end: orders, and the goods that left."""
        orders: list[NewOrder] = []
        goods: list[SoldGoods] = []
        closing = moment(day, CLOSING)
        for basket in baskets:
            dice = self.story.dice("fate", basket.order.number)
            status = _old_status(dice) if basket.channel != SHOP else "completed"
            order = replace(basket.order, status=status)
            orders.append(order)
            for wish in basket.wishes:
                if status == "completed":
                    self.story.shelves.leave(outlet, wish.article, wish.taken)
                    goods += sold_goods(outlet, order.order_id, wish.article, wish.taken)
                else:
                    self.story.shelves.give_back(outlet, wish.article, wish.taken)
            if status == "completed":
                self._maybe_refund(outlet, order, closing + DAY * MICRO, dice)
        if orders:
            source = TILL if day >= self.story.first_desk_day else OLD_SYSTEM
            self.chunks += 1
            told = ImportOrders(JOB_ID, self.chunks, outlet.outlet_id, tuple(orders))
            sales = RecordSales(outlet.outlet_id, outlet.warehouse_id, source, tuple(goods))
            self.story.tell(closing, told, *([sales] if goods else []))

    def _maybe_refund(self, outlet: DemoOutlet, order: NewOrder, after: int, dice: Dice) -> None:
        if not dice.happens(1.2 if order.channel == SHOP else 3.5):
            return
        goods = sum(line.amount for line in order.lines)
        paid = goods + order.freight - order.discount
        amount = min(dice.pick(order.lines).amount, paid) if dice.happens(60) else paid
        time = moment(local_day(after), dice.between(9 * HOUR, 18 * HOUR)) + dice.below(4) * DAY * MICRO
        reason = dice.pick(REFUND_REASONS)
        self.story.tell(time, RefundOrder(order.order_id, outlet.outlet_id, amount, reason))

    def _tell_visits(self, outlet: DemoOutlet, day: date, baskets: list[Basket]) -> None:
        dice, counted = self.story.dice("visits", day.isoformat(), outlet.code), []
        for channel in CHANNELS:
            if (outlet.code, channel) in MEANS:
                came = sum(basket.outlet is outlet and basket.channel == channel for basket in baskets)
                visitors = (came * 100 + dice.between(0, 180)) // CONVERSION[channel]
                counted.append(ChannelVisits(channel, visitors))
        record = RecordVisits(outlet.outlet_id, number(day), tuple(counted))
        self.story.tell(moment(day, 23 * HOUR + 50 * MINUTE), record)

    # -- on the desk's own floor -----------------------------------------------------------------

    def _tell_online(self, basket: Basket, dice: Dice) -> None:
        """Tell the way of one order: in, accepted, picked, shipped, delivered; or not."""
        outlet, order, story = basket.outlet, basket.order, self.story
        if dice.happens(2):
            self._return(basket, basket.placed_at)
            story.tell(basket.placed_at, PlaceOrder(outlet.outlet_id, replace(order, status="refused")))
            return
        story.tell(basket.placed_at, PlaceOrder(outlet.outlet_id, order))
        accepted_at = _opening(basket.placed_at + dice.between(5, 50) * MINUTE * MICRO)
        if dice.happens(2):
            self._cancel(basket, basket.placed_at + dice.between(60, 280) * MICRO, dice)
            return
        if not story.tell(accepted_at, AcceptOrder(order.order_id, outlet.outlet_id)):
            return
        if dice.happens(2):
            self._cancel(basket, accepted_at + dice.between(20, 90) * MINUTE * MICRO, dice)
            return
        if local_day(accepted_at) >= days_after(story.day, -2) and dice.happens(7):
            hold = HoldOrder(order.order_id, outlet.outlet_id, dice.pick(HOLD_REASONS))
            story.tell(accepted_at + 25 * MINUTE * MICRO, hold)
            return
        picked_at = _next_round(accepted_at, dice)
        if dice.happens(5):
            picked_at += dice.between(2, 3) * DAY * MICRO
        shipped_at = self._ship(basket, picked_at, dice)
        if shipped_at is not None:
            self.delivered[outlet.code, days_after(local_day(shipped_at), dice.between(3, 5))].append(
                order.order_id
            )
            self._maybe_refund(outlet, order, shipped_at + 3 * DAY * MICRO, dice)

    def _cancel(self, basket: Basket, time: int, dice: Dice) -> None:
        order_id, outlet_id = basket.order.order_id, basket.outlet.outlet_id
        if self.story.tell(time, CancelOrder(order_id, outlet_id, dice.pick(CANCEL_REASONS))):
            self._return(basket, time)

    def _return(self, basket: Basket, time: int) -> None:
        """Make its goods free again on the morning after: nobody can have counted on them before."""
        day = days_after(local_day(time), 1)
        for wish in basket.wishes:
            if day > self.story.day:
                self.story.shelves.give_back(basket.outlet, wish.article, wish.taken)
            else:
                self.returns[day].append((basket.outlet, wish.article, wish.taken))

    def _ship(self, basket: Basket, time: int, dice: Dice) -> int | None:
        """Tell picking and handing over; returns when the parcel left, None if it has not yet."""
        outlet, order, story = basket.outlet, basket.order, self.story
        shipment_id = derived_id(order.order_id, "shipment")
        opened = OpenShipment(shipment_id, "", order.order_id, outlet.outlet_id, outlet.warehouse_id)
        picks = [
            pick
            for wish, line in zip(basket.wishes, order.lines, strict=True)
            for pick in picks_of(outlet, shipment_id, wish.article, line.line_id, wish.taken)
        ]
        shipped_at = time + (len(picks) + 4) * MINUTE * MICRO
        if shipped_at > story.end:
            return None
        story.tell(time, opened)
        for n, pick in enumerate(picks, 1):
            story.tell(time + n * 40 * MICRO, pick)
        tracking = f"QS{dice.below(10**10):010}"
        code = dice.pick(tuple(CARRIERS))
        parcel = (CARRIERS[code][0], tracking, carrier_id(code))
        story.tell(shipped_at, CloseShipment(shipment_id, outlet.outlet_id, *parcel))
        for wish in basket.wishes:
            story.shelves.leave(outlet, wish.article, wish.taken)
        return shipped_at


def sold_goods(outlet: DemoOutlet, order_id: UUID, article: Article, taken: Taken) -> list[SoldGoods]:
    """Return what left an article's shelf, lot by lot."""
    shelf = outlet.location_id(homes(outlet)[article.index])
    return [
        SoldGoods(order_id, shelf, article.sku_id, lot_id(article.sku_id, code) if code else None, quantity)
        for code, quantity in taken
    ]


def picks_of(
    outlet: DemoOutlet, shipment_id: UUID, article: Article, line_id: UUID, taken: Taken
) -> list[PickGoods]:
    """Return the picks of goods set aside, lot by lot."""
    shelf = outlet.location_id(homes(outlet)[article.index])
    return [
        PickGoods(
            shipment_id,
            outlet.outlet_id,
            outlet.warehouse_id,
            shelf,
            outlet.staging_id,
            article.sku_id,
            lot_id(article.sku_id, code) if code else None,
            line_id,
            quantity,
            MICRO,
            "",
            article.code,
        )
        for code, quantity in taken
    ]


def _old_status(dice: Dice) -> str:
    if dice.happens(4):
        return "cancelled"
    return "refused" if dice.happens(3) else "completed"


def _opening(time: int) -> int:
    """Return the same moment, or if nobody works then, shortly after the next opening."""
    second, day = local_second(time), local_day(time)
    if second < 7 * HOUR:
        return moment(day, 7 * HOUR + second % (20 * MINUTE))
    if second > 20 * HOUR:
        return moment(days_after(day, 1), 7 * HOUR + second % (20 * MINUTE))
    return time


def _next_round(accepted_at: int, dice: Dice) -> int:
    """Return when an order is picked: afternoon of the same day, or the next morning."""
    day, second = local_day(accepted_at), local_second(accepted_at)
    if second < 13 * HOUR:
        return moment(day, dice.between(14 * HOUR, 17 * HOUR))
    return moment(days_after(day, 1), dice.between(8 * HOUR, 11 * HOUR))
