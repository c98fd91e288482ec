"""Do desks and server agree over HTTP, in small pages, compressed, and twice?"""

import sys
from pathlib import Path
from uuid import UUID

from merchant_desk.domain.products import AddProduct, NewSku
from merchant_desk.domain.stock import AdjustStock
from merchant_desk.models.store import Store
from merchant_desk.sync.administration import DeskSeen
from merchant_desk.sync.desk_state import Identity
from merchant_desk.sync.protocol import CheckAnswer, FeedPage, PushAnswer, PushRequest, decode, encode
from tests.helpers.world import KEY, WorldDesk
from tests.server.web import WebDesk, WebWorld, problem

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

MICRO = 1_000_000


def real_desk(world: WebWorld, desk: WebDesk, folder: Path) -> WorldDesk:
    """Put the real desk engine behind an enrolled device."""
    at, keys = desk.enrolled, desk.keys
    identity = Identity(
        at.merchant_id,
        at.device_id,
        at.outlet_id,
        at.code,
        "收银台",
        "",
        "",
        at.token,
        keys.signing_seed,
        keys.agreement_seed,
    )
    made = WorldDesk(folder / f"desk{at.code}.db", identity, world.chance, desk, KEY)  # type: ignore[arg-type]
    made.sync()
    return made


def rice(world: WebWorld) -> NewSku:
    sku = world.chance.new_id()
    return NewSku(sku, f"RICE-{sku}", "大米", "Rice", "粮油", "袋", 68 * MICRO, False, False, 0, 0, ())


def adjust(world: WebWorld, sku: NewSku, quantity: int) -> AdjustStock:
    at = world.merchant
    return AdjustStock(
        at.outlet, at.warehouse, at.shelves[0], sku.sku_id, None, "sellable", quantity * MICRO, "opening", ""
    )


def on_hand(store: Store) -> dict[bytes, int]:
    with store.engine.connect() as connection, connection.begin():
        rows = connection.exec_driver_sql("SELECT stock_key, sum(quantity) FROM ledger GROUP BY stock_key")
        return {key.bytes if isinstance(key, UUID) else bytes(key): int(total) for key, total in rows.all()}


def test_two_desks_and_the_server_agree(world: WebWorld, tmp_path: Path) -> None:
    first = real_desk(world, world.desk(), tmp_path)
    second = real_desk(world, world.desk(), tmp_path)
    sku = rice(world)
    world.services.house.do(world.merchant.id, AddProduct(sku))
    first.sync()
    second.sync()
    for n in range(60):
        desk = (first, second)[n % 2]
        desk.engine.do(adjust(world, sku, n + 1), world.merchant.worker)
    first.push(most=7)
    for desk in (first, second, first, second):
        desk.sync()
    expected = on_hand(world.services.store)
    assert sum(expected.values()) == sum(range(1, 61)) * MICRO
    assert on_hand(first.engine.store) == expected
    assert on_hand(second.engine.store) == expected
    first.db.dispose()
    second.db.dispose()


def test_pages_may_be_tiny_and_the_cursor_is_remembered(world: WebWorld) -> None:
    desk = world.desk()
    after, seen, more = 0, [], True
    while more:
        page = desk.pull("", after, 1)
        seen += [row.seq for op in page.ops for row in op.rows]
        after, more = page.until, page.more
    whole = desk.pull("", 0, 2_000)
    assert seen == [row.seq for op in whole.ops for row in op.rows]
    assert len(seen) > 10
    assert after == whole.until
    desk.get(f"/feed?after={after}")
    world.loop.run(world.app.state.upkeep.write_contacts())
    (me,) = world.services.contacts.desks(world.services.enrolment.device_of(desk.enrolled.token))  # type: ignore[arg-type]
    assert me.cursor == after


def test_both_ways_compressed(world: WebWorld) -> None:
    desk = world.desk()
    headers = {**desk.headers, "Accept-Encoding": "gzip, zstd"}
    with world.client.stream("GET", "/feed?after=0", headers=headers) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["Content-Encoding"] == "zstd"
    page = decode(zstd.decompress(raw), FeedPage)
    assert page.epoch == world.services.epoch
    assert len(raw) < len(encode(page))
    pushed = desk.post("/push", zstd.compress(encode(PushRequest([]))), **{"Content-Encoding": "zstd"})
    assert decode(pushed.content, PushAnswer).expected == 1


def test_the_check_sums_are_those_of_the_pulled_rows(world: WebWorld, tmp_path: Path) -> None:
    desk = world.desk()
    check = decode(desk.get("/check").content, CheckAnswer)
    engine = real_desk(world, desk, tmp_path)
    with engine.db.connect() as connection:
        for found in check.checks:
            hashes = connection.exec_driver_sql(f"SELECT feed_hash FROM {found.table}").scalars().all()
            assert len(hashes) == found.count, found.table
            assert sum(hashes) % (1 << 64) == found.sum % (1 << 64), found.table
    engine.db.dispose()


def test_one_table_alone_and_the_cursor_stays(world: WebWorld) -> None:
    desk = world.desk()
    desk.pull("", 7, 10)
    page = decode(desk.get("/feed?after=0&table=persons").content, FeedPage)
    assert {row.table for op in page.ops for row in op.rows} == {"persons"}
    (me,) = decode(desk.get("/desks").content, list[DeskSeen])
    assert me.cursor == 7
    for table in ("operations", "stock_balances", "x; DROP TABLE feed"):
        answer = desk.get(f"/feed?table={table}")
        assert (answer.status_code, problem(answer).code) == (400, "bad_choice"), table


def test_a_cursor_below_the_floor_is_told_so(world: WebWorld) -> None:
    desk = world.desk()
    with world.services.database.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE counters SET floor = 5")
    answer = desk.get("/feed?after=4")
    assert answer.status_code == 410
    assert problem(answer).code == "cursor_too_old"
    assert problem(answer).facts == {"floor": 5}
    assert desk.get("/feed?after=5").status_code == 200
    assert desk.pull("", 0, 10).floor == 5
    assert desk.get("/feed?after=4&floor=5").status_code == 200
    assert desk.get("/feed?after=4&floor=3").status_code == 410
