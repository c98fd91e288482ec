"""Does a feed forget only what nobody misses, whoever reads it while it does?"""

import random
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.organisation import RetireDevice
from merchant_desk.domain.products import AddProduct, Barcode, ChangePrice, ChangeProduct
from merchant_desk.server import compaction
from merchant_desk.server.compaction import DAY, HELD_DAYS, KEPT_DAYS, Compaction
from merchant_desk.server.intake import Device
from merchant_desk.server.pages import CursorTooOld
from merchant_desk.server.upkeep import Upkeep
from merchant_desk.sync import exchange
from merchant_desk.sync.protocol import PushRequest, Status
from merchant_desk.sync.transport import Request
from tests.helpers.lone_desk import LoneDesk
from tests.helpers.web_desk import WebShop, stored
from tests.server.test_exchange import adjust, rice
from tests.server.web import WebWorld

Image = tuple[str, UUID]


@pytest.fixture
def shop(world: WebWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WebShop:
    """A shop with twelve products, on each database; a page of a new desk is small, and a step too."""
    monkeypatch.setattr(exchange, "LOOK_ROWS", 20)
    monkeypatch.setattr(compaction, "STEP", 7)
    return WebShop(world, tmp_path, goods=12)


@pytest.fixture
def desk(shop: WebShop) -> Iterator[LoneDesk]:
    opened = shop.newcomer()
    opened.sync()
    yield opened
    opened.close()


def do(shop: WebShop, *bodies: object) -> None:
    shop.web.services.house.do(shop.web.merchant.id, *bodies)


def busy(shop: WebShop, times: int = 5) -> None:
    """Let a product's price and codes change, and goods move."""
    for n in range(times):
        do(shop, ChangePrice(shop.rice, (n + 1) * MICRO))
        do(shop, ChangeProduct(shop.rice, codes=(Barcode(f"C{n}", None, MICRO, "袋"),)))
        do(shop, ChangeProduct(shop.rice, dropped=(f"C{n}",)))


def nights(shop: WebShop, days: int) -> None:
    """Let days pass, and compact."""
    shop.web.chance.now += days * DAY
    shop.web.services.contacts.flush()
    list(Compaction(shop.web.services.database, shop.web.chance.clock).run())


def counter(shop: WebShop, name: str) -> int:
    with shop.web.services.database.reader.connect() as connection, connection.begin():
        return int(connection.exec_driver_sql(f"SELECT {name} FROM counters").scalar_one())


def feed_of(shop: WebShop, table: str) -> list[bool]:
    """Return for each feed row of a table, in order, whether it has an image."""
    with shop.web.services.database.reader.connect() as connection, connection.begin():
        sql = f"SELECT image IS NOT NULL FROM feed WHERE table_name = '{table}' ORDER BY seq"
        return [bool(row[0]) for row in connection.exec_driver_sql(sql)]


def by_feed(desk: LoneDesk) -> None:
    """Let a desk's server know nothing of snapshots."""
    desk.wire.before = lambda request: (
        Request("GET", "/nothing", b"", request.token, 1.0) if request.path == "/snapshot" else request
    )


def agrees(desk: LoneDesk) -> bool:
    return desk.exchange.compare(desk.changes.append, lambda: False, asked=True) is None


# ---------------------------------------------------------------- what goes


def test_what_is_young_stays_whole(shop: WebShop, desk: LoneDesk) -> None:
    busy(shop)
    desk.sync()
    desk.sync()
    before = counter(shop, "seq"), len(feed_of(shop, "skus")), len(feed_of(shop, "barcodes"))
    nights(shop, 0)
    nights(shop, KEPT_DAYS - 1)
    assert counter(shop, "floor") == 0
    assert (counter(shop, "seq"), len(feed_of(shop, "skus")), len(feed_of(shop, "barcodes"))) == before


def test_superseded_images_go_first_and_tombstones_a_night_later(shop: WebShop, desk: LoneDesk) -> None:
    busy(shop)
    desk.sync()
    desk.sync()
    head, moves = counter(shop, "seq"), len(feed_of(shop, "ledger"))
    assert len(feed_of(shop, "skus")) == 12 + 5
    nights(shop, KEPT_DAYS + 1)
    assert counter(shop, "floor") == head
    assert feed_of(shop, "skus") == [True] * 12
    assert feed_of(shop, "barcodes") == [False] * 5
    nights(shop, 1)
    assert feed_of(shop, "barcodes") == [False] * 5
    do(shop, ChangePrice(shop.rice, 77 * MICRO))
    desk.sync()
    desk.sync()
    nights(shop, KEPT_DAYS + 1)
    assert feed_of(shop, "barcodes") == []
    assert len(feed_of(shop, "ledger")) == moves
    desk.sync()
    assert agrees(desk)


def test_the_slowest_desk_keeps_its_rows_but_not_for_ever(shop: WebShop, desk: LoneDesk) -> None:
    slow = shop.newcomer("slow")
    slow.sync()
    slow.sync()
    held = slow.engine.position.cursor
    busy(shop)
    desk.sync()
    desk.sync()
    nights(shop, KEPT_DAYS + 1)
    assert counter(shop, "floor") == held
    assert len(feed_of(shop, "barcodes")) == 10
    slow.wire.requests.clear()
    slow.sync()
    assert "/snapshot" not in slow.wire.paths()
    assert agrees(slow)
    busy(shop)
    desk.sync()
    desk.sync()
    nights(shop, HELD_DAYS + 1)
    assert counter(shop, "floor") == counter(shop, "seq")
    slow.close()


def test_a_retired_desk_is_not_waited_for(shop: WebShop, desk: LoneDesk) -> None:
    gone = shop.newcomer("gone")
    gone.sync()
    gone.sync()
    busy(shop)
    do(shop, RetireDevice(gone.engine.identity.device_id, "被盗"))
    desk.sync()
    desk.sync()
    nights(shop, KEPT_DAYS + 1)
    assert counter(shop, "floor") == counter(shop, "seq")
    gone.close()


@pytest.mark.parametrize("forked", [False, True], ids=["the same desk", "a copy of one that goes on"])
def test_what_a_desk_was_before_it_was_enrolled_again_is_not_waited_for(
    shop: WebShop, desk: LoneDesk, forked: bool
) -> None:
    again = shop.newcomer("again")
    again.sync()
    again.sync()
    former, held = again.api, again.engine.position.cursor
    again.enrol_again()
    shop.web.chance.now += DAY
    if forked:
        former.feed(held, 1)
        shop.web.services.contacts.flush()
    busy(shop)
    for _ in range(2):
        again.sync()
        desk.sync()
    codes = {one.code for one in desk.api.desks()}
    assert codes == ({"01", "02", "03"} if forked else {"01", "03"})
    nights(shop, KEPT_DAYS + 1)
    assert counter(shop, "floor") == (held if forked else counter(shop, "seq"))
    again.close()


def test_what_was_settled_long_after_it_was_filed_is_of_the_day_of_its_rows(
    shop: WebShop, desk: LoneDesk
) -> None:
    """Its rows lie between those of today; looked for by when it was filed, the floor would pass the slow."""
    filer = shop.newcomer("filer")
    filer.sync()
    for _ in range(30):
        filer.do(adjust(shop.web, rice(shop.web), 1))
    whole = list(filer.engine.next_batch().ops)
    bare = [msgspec.structs.replace(op, body=None) for op in whole]
    parked = filer.api.push(PushRequest(bare))
    assert {one.status for one in parked.outcomes} == {Status.PARKED}
    desk.sync()
    desk.sync()
    head = counter(shop, "seq")
    shop.web.chance.now += (HELD_DAYS + 10) * DAY
    busy(shop, 1)
    settled = filer.api.push(PushRequest(whole))
    assert {one.status for one in settled.outcomes} == {Status.APPLIED}
    busy(shop, 1)
    nights(shop, 0)
    assert counter(shop, "floor") == head
    filer.close()


# ---------------------------------------------------------------- who comes late


@pytest.mark.expects_log("rebuild_needed")
@pytest.mark.parametrize("way", ["snapshot", "feed"])
def test_a_desk_below_the_floor_is_built_anew_and_keeps_its_unsent_work(
    shop: WebShop, desk: LoneDesk, way: str
) -> None:
    late = shop.newcomer("late")
    late.sync()
    busy(shop)
    do(shop, AddProduct(rice(shop.web)))
    desk.sync()
    desk.sync()
    sku = rice(shop.web)
    waiting = [late.do(AddProduct(sku)), late.do(adjust(shop.web, sku, 3))]
    nights(shop, HELD_DAYS + 1)
    nights(shop, 1)
    assert 0 < late.engine.position.cursor < counter(shop, "floor")
    if way == "feed":
        by_feed(late)
    late.wire.requests.clear()
    late.sync()
    assert "/snapshot" in late.wire.paths()
    assert [(UUID(bytes=row[0]), row[1]) for row in late.outbox()] == [(id, "applied") for id in waiting]
    late.sync()
    desk.sync()
    assert late.unsettled() == 0
    assert stored(late.engine.store) == stored(desk.engine.store)
    assert agrees(late)
    late.close()


@pytest.mark.parametrize("way", ["snapshot", "feed"])
def test_a_new_desk_gets_all_from_a_compacted_feed(shop: WebShop, desk: LoneDesk, way: str) -> None:
    for _ in range(2):
        busy(shop)
        desk.sync()
        desk.sync()
        nights(shop, KEPT_DAYS + 1)
    fresh = shop.newcomer("fresh")
    if way == "feed":
        by_feed(fresh)
    fresh.sync()
    desk.sync()
    assert stored(fresh.engine.store) == stored(desk.engine.store)
    assert agrees(fresh)
    fresh.close()


# ---------------------------------------------------------------- at any moment


class Reader:
    """Somebody who reads the feed page by page and holds what it said; below the floor begins anew."""

    def __init__(self, shop: WebShop, device: Device) -> None:
        self._shop = shop
        self._device = device
        self.begin()

    def begin(self) -> None:
        self.cursor = self._floor = 0
        self.rows: dict[Image, bytes] = {}

    def step(self, history: list[tuple[int, Image, bytes | None]]) -> bool:
        """Read a page; returns whether there is more. At the head all is as the whole feed says."""
        try:
            page = self._shop.web.services.pages.page(self._device, self.cursor, 4, self._floor)
        except CursorTooOld:
            self.begin()
            return True
        self._floor = self._floor if self.cursor else page.floor
        for op in page.ops:
            for row in op.rows:
                self.rows.pop((row.table, row.id), None)
                if row.image is not None:
                    self.rows[row.table, row.id] = row.image
        self.cursor = page.until
        if not page.more:
            truth: dict[Image, bytes] = {}
            for seq, key, image in history:
                truth.pop(key, None)
                if image is not None and seq <= page.until:
                    truth[key] = image
            assert self.rows == truth
        return page.more


def remember(shop: WebShop, history: list[tuple[int, Image, bytes | None]]) -> None:
    """Take what is new in the feed over into a history that forgets nothing."""
    last = history[-1][0] if history else 0
    sql = f"SELECT seq, table_name, row_id, image FROM feed WHERE seq > {last} AND grp IN ('', 'cost')"
    with shop.web.services.database.reader.connect() as connection, connection.begin():
        for seq, table, id, image in connection.exec_driver_sql(f"{sql} ORDER BY seq"):
            key = id if isinstance(id, UUID) else UUID(bytes=id)
            history.append((seq, (table, key), bytes(image) if image is not None else None))


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_whoever_reads_at_any_moment_of_it_ends_with_what_the_whole_feed_says(
    shop: WebShop, desk: LoneDesk, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(seed)
    at = desk.engine.identity
    device = Device(at.merchant_id, at.device_id, at.outlet_id, ("cost",))
    readers = [Reader(shop, device) for _ in range(5)]
    history: list[tuple[int, Image, bytes | None]] = []
    run: Iterator[int] = iter(())
    monkeypatch.setattr(compaction, "_slowest", lambda connection, merchant_id, head: head)
    went = 0
    remember(shop, history)
    for _ in range(900):
        code, happened = f"C{dice.randrange(6)}", dice.randrange(20)
        match happened:
            case 0:
                do(shop, ChangePrice(shop.rice, dice.randrange(1, 99) * MICRO))
            case 1:
                do(shop, ChangeProduct(shop.rice, codes=(Barcode(code, None, MICRO, "袋"),)))
            case 2:
                do(shop, ChangeProduct(shop.rice, dropped=(code,)))
            case 3:
                shop.web.chance.now += dice.randrange(1, 9) * DAY
            case 4:
                dice.choice(readers).begin()
            case 5 | 6 | 7:
                step = next(run, None)
                went += step or 0
                if step is None:
                    run = Compaction(shop.web.services.database, shop.web.chance.clock).run()
            case _:
                dice.choice(readers).step(history)
        if happened <= 2:  # nothing else writes rows
            remember(shop, history)
    assert went > 10
    for reader in readers:
        while reader.step(history):
            pass


def test_who_began_since_the_floor_moved_still_hears_that_a_row_is_gone(
    shop: WebShop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(compaction, "_slowest", lambda connection, merchant_id, head: head)
    history: list[tuple[int, Image, bytes | None]] = []
    busy(shop)
    remember(shop, history)
    shop.web.chance.now += (KEPT_DAYS + 1) * DAY
    at = desk.engine.identity
    reader = Reader(shop, Device(at.merchant_id, at.device_id, at.outlet_id, ("cost",)))
    run = Compaction(shop.web.services.database, shop.web.chance.clock).run()
    while not counter(shop, "floor"):
        next(run)
    while not any(table == "barcodes" for table, _ in reader.rows):
        assert reader.step(history)
    list(run)
    for _ in range(3):
        nights(shop, 0)
    while reader.step(history):
        pass


# ---------------------------------------------------------------- by itself


def test_a_running_server_does_it_once_a_night(shop: WebShop, desk: LoneDesk) -> None:
    upkeep = Upkeep(shop.web.services, shop.web.app.state.lanes, shop.web.app.state.notices)
    busy(shop)
    desk.sync()
    desk.sync()
    shop.web.chance.now += (KEPT_DAYS + 1) * DAY
    shop.web.loop.run(upkeep.compact())
    head = counter(shop, "floor")
    assert head == counter(shop, "seq")
    assert feed_of(shop, "skus") == [True] * 12
    do(shop, ChangePrice(shop.rice, 77 * MICRO), ChangePrice(shop.rice, 78 * MICRO))
    shop.web.loop.run(upkeep.compact())
    assert len(feed_of(shop, "skus")) == 14
    shop.web.chance.now += DAY
    shop.web.loop.run(upkeep.compact())
    assert len(feed_of(shop, "skus")) == 13
    assert counter(shop, "floor") == head
