"""Does a page of the feed cost what it holds, however much of it is others'?"""

from pathlib import Path
from typing import Any
from unittest.mock import Mock
from uuid import UUID

from sqlalchemy import event, insert, update

from merchant_desk.models.server_tables import counters, feed
from merchant_desk.server.intake import Device
from merchant_desk.server.shared_pages import MOST_PAGES, MOST_ROWS, SharedPages
from merchant_desk.sync.protocol import FeedOp, FeedRow
from tests.helpers.world import World
from tests.server.test_beside_others import device_of
from tests.server.test_notices import add_shelf
from tests.server.web import WebWorld

ROWS = 20_000
ELSEWHERE = UUID(int=77)


def test_a_page_does_not_walk_past_what_other_outlets_have(tmp_path: Path) -> None:
    world = World(tmp_path)
    desk = world.desk()
    identity = desk.engine.identity
    device = Device(identity.merchant_id, identity.device_id, identity.outlet_id, ())
    pages, engine = world.server.pages, world.server.engine
    until = pages.page(device, 0).until
    with engine.begin() as connection:
        row: dict[str, Any] = {
            "merchant_id": identity.merchant_id,
            "op_id": ELSEWHERE,
            "scope": ELSEWHERE,
            "row_id": ELSEWHERE,
        }
        row |= {"grp": "", "table_name": "orders", "image": b""}
        connection.execute(insert(feed), [row | {"seq": until + n} for n in range(1, ROWS + 1)])
        connection.execute(update(counters).values(seq=until + ROWS))
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    @event.listens_for(engine, "checkout")
    def watch(driver: Any, record: object, proxy: object) -> None:
        driver.set_progress_handler(count, 100)

    page = pages.page(device, until)
    assert page.ops == []
    assert page.until == until + ROWS
    assert steps < ROWS / 100


def test_what_desks_of_an_outlet_ask_for_at_once_is_read_once(world: WebWorld) -> None:
    first, second = (device_of(world, world.desk()) for _ in range(2))
    outlet = second.outlet_id
    pages = world.services.pages
    heads = Mock(side_effect=pages._heads)
    pages._heads = heads  # type: ignore[method-assign]
    reads = Mock(side_effect=pages._rows)
    pages._rows = reads  # type: ignore[method-assign]
    after = pages.page(first, 0).until
    add_shelf(world)
    reads.reset_mock()
    heads.reset_mock()
    one, other = pages.page(first, after), pages.page(second, after)
    assert one.ops == other.ops != []
    assert (reads.call_count, heads.call_count) == (
        1,
        2,
    )  # who asks, and how far the feed is, is asked each time
    assert pages.page(second, after, rows=1).ops == one.ops
    assert reads.call_count == 2
    elsewhere = Device(second.merchant_id, second.device_id, ELSEWHERE, second.groups)
    secret = Device(second.merchant_id, second.device_id, outlet, ("cost",))
    assert pages.page(elsewhere, after).ops == []
    assert pages.page(secret, after).ops == one.ops
    assert reads.call_count == 4
    add_shelf(world)
    assert len(pages.page(first, after).ops) == 2
    assert reads.call_count == 5


def test_large_pages_are_not_kept() -> None:
    shared, span = SharedPages(), (ELSEWHERE, ELSEWHERE, (), 1, 2, 3)
    rows = [FeedRow(n, "orders", ELSEWHERE, b"") for n in range(MOST_ROWS + 1)]
    shared.keep(span, [FeedOp(ELSEWHERE, rows)])
    assert shared.find(span) is None
    shared.keep(span, [FeedOp(ELSEWHERE, rows[1:])])
    assert shared.find(span) == [FeedOp(ELSEWHERE, rows[1:])]
    for n in range(MOST_PAGES):
        shared.keep((*span[:5], n + 10), [])
    assert shared.find(span) is None
