"""Does a page of the feed cost what it holds, however much of it is others'?"""

from pathlib import Path
from typing import Any
from uuid import UUID

from sqlalchemy import event, insert, update

from merchant_desk.models.server_tables import counters, feed
from merchant_desk.server.intake import Device
from tests.helpers.world import World

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
