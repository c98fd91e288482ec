"""The whole story of the demo merchant, from its founding to the night before the loading day."""

from collections.abc import Iterator
from datetime import date

from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.products import ImportProducts, SetCost
from merchant_desk.domain.suppliers import AddSupplier
from merchant_desk.server.demo import incidents
from merchant_desk.server.demo.buyers import joining
from merchant_desk.server.demo.buying import Buying
from merchant_desk.server.demo.catalogue import SUPPLIERS, articles, new_sku
from merchant_desk.server.demo.dates import HOUR, days_after, moment
from merchant_desk.server.demo.selling import Selling
from merchant_desk.server.demo.shift_goods import ShiftGoods, prepare_shift
from merchant_desk.server.demo.story import DAYS, Story
from merchant_desk.server.demo.structure import MERCHANT_ID, OUTLETS, founding, supplier_id
from merchant_desk.server.demo.terms import settling_terms

CHUNK = 200
"""Articles in one operation of the import."""


def tell_history(day: date, seed: int) -> tuple[Story, ShiftGoods]:
    """Return the story that ends at the beginning of `day`, and what the first shift finds.

    The same day and seed give the same story on every machine.
    """
    story = Story(day, seed)
    buying, selling = Buying(story), Selling(story)
    story.tell(moment(story.first_day, 4 * HOUR), *founding(), *_range(), *settling_terms(), *joining(seed))
    buying.tell_opening()
    for back in range(DAYS, 0, -1):
        _tell_day(story, buying, selling, days_after(day, -back))
    shift = prepare_shift(story, buying)
    incidents.tell_half_picked(story)
    incidents.tell_waiting_orders(story, buying)
    selling.finish()
    return story, shift


def _tell_day(story: Story, buying: Buying, selling: Selling, day: date) -> None:
    """Tell one whole day. What comes in is sold from the next day on, so that nobody sells too early."""
    incidents.tell_losses(story, day)
    selling.tell_day(day)
    buying.tell_deliveries(day)
    if day == days_after(story.first_desk_day, -1):
        for outlet in OUTLETS:
            incidents.tell_stocktake(story, outlet, day)
    if day == days_after(story.day, -1):
        incidents.tell_short_book(story, day)
        incidents.tell_unknown_codes(story, day)
    buying.tell_orders(day)


def _range() -> Iterator[object]:
    """Yield suppliers, articles and costs."""
    for code, name in SUPPLIERS.items():
        yield AddSupplier(supplier_id(code), code, name)
    job_id = derived_id(MERCHANT_ID, "job", "catalogue")
    everything = articles(MERCHANT_ID)
    for chunk, start in enumerate(range(0, len(everything), CHUNK)):
        part = everything[start : start + CHUNK]
        items = tuple(new_sku(article, supplier_id(article.supplier)) for article in part)
        yield ImportProducts(job_id, chunk, items)
    for article in everything:
        yield SetCost(article.sku_id, article.cost)
