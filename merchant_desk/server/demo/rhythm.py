"""When people buy: hours, weekdays, market days, pay-days and rain."""

from bisect import bisect_right
from datetime import date
from itertools import accumulate

from merchant_desk.server.demo.chance import Dice
from merchant_desk.server.demo.dates import HOUR
from merchant_desk.server.demo.structure import CENTRAL, RIVER, TOWN, VILLAGE, DemoOutlet

SHOP = "门店"
MALL = "微信商城"
GROUP = "拼团"
CLOUD = "零售云"
ONLINE = (MALL, GROUP, CLOUD)
CHANNELS = (SHOP, *ONLINE)

MEANS = {
    (TOWN.code, SHOP): 24.0,
    (TOWN.code, MALL): 5.0,
    (TOWN.code, GROUP): 3.0,
    (TOWN.code, CLOUD): 1.5,
    (VILLAGE.code, SHOP): 9.0,
    (VILLAGE.code, MALL): 1.2,
    (RIVER.code, SHOP): 12.0,
    (RIVER.code, MALL): 1.5,
    (CENTRAL.code, MALL): 8.0,
    (CENTRAL.code, GROUP): 5.0,
    (CENTRAL.code, CLOUD): 4.0,
}
"""Orders on an average day."""

CONVERSION = {SHOP: 62, MALL: 14, GROUP: 21, CLOUD: 9}
"""Buyers among a hundred visitors."""

PAY_DAYS = (10, 25)
_WEEK_SHOP = (88, 90, 94, 96, 108, 132, 124)
_WEEK_ONLINE = (96, 94, 96, 98, 106, 112, 116)
_HOURS_SHOP = (0, 0, 0, 0, 0, 0, 0, 3, 6, 9, 12, 14, 9, 6, 6, 7, 9, 13, 12, 5, 0, 0, 0, 0)
_HOURS_ONLINE = (2, 1, 0, 0, 0, 0, 1, 3, 4, 5, 6, 7, 11, 8, 5, 5, 5, 6, 7, 10, 14, 13, 8, 4)
_SHOP_SUMS = tuple(accumulate(_HOURS_SHOP))
_ONLINE_SUMS = tuple(accumulate(_HOURS_ONLINE))


def rains(seed: int, day: date) -> bool:
    """Tell whether it rains on a day: about one in five."""
    return Dice(seed, "weather", day.isoformat()).happens(20)


def expected_orders(seed: int, outlet: DemoOutlet, channel: str, day: date) -> float:
    """Return how many orders are to be expected on a day."""
    mean = MEANS.get((outlet.code, channel), 0.0)
    percent = (_WEEK_SHOP if channel == SHOP else _WEEK_ONLINE)[day.weekday()]
    if day.day in PAY_DAYS:
        percent = percent * 130 // 100
    if channel == SHOP and is_market_day(outlet, day):
        percent = percent * 155 // 100
    if rains(seed, day):
        percent = percent * (62 if channel == SHOP else 112) // 100
    return mean * percent / 100


def is_market_day(outlet: DemoOutlet, day: date) -> bool:
    """Tell whether there is a market: on days ending in 3 and 8 in the village, in 1 and 6 at the river."""
    return (outlet is VILLAGE and day.day % 5 == 3) or (outlet is RIVER and day.day % 5 == 1)


def seconds(dice: Dice, channel: str, count: int) -> list[int]:
    """Return the seconds of a day at which `count` orders are placed, in order."""
    sums = _SHOP_SUMS if channel == SHOP else _ONLINE_SUMS
    hours = (bisect_right(sums, dice.below(sums[-1])) for _ in range(count))
    return sorted(hour * HOUR + dice.below(HOUR) for hour in hours)
