"""Does a desk whose server was restored or forgot its beginning come to agree with it, and lose nothing?"""

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.models.list_indexes import make_next_index
from merchant_desk.models.search import SearchIndex, found_rows
from merchant_desk.sync.desk_state import write_value
from merchant_desk.sync.transport import Request, Response, Unreachable
from tests.helpers.lone_desk import (
    Backups,
    LoneDesk,
    adjust,
    assert_agrees,
    enrol,
    examples,
    images,
    log_of,
    order,
    receipt,
    small_pages,
)
from tests.helpers.shop import Shop

pytestmark = pytest.mark.expects_log("rebuild_needed")


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = Shop(tmp_path)
    opened.stock(opened.rice, 20)
    yield opened
    opened.close()


# ---------------------------------------------------------------- a restored server


def test_what_the_backup_did_not_have_is_sent_again_and_unsent_work_stays_on_top(
    shop: Shop, desk: LoneDesk
) -> None:
    other = enrol(shop, "other")
    backups = Backups(shop)
    kept = [desk.do(body) for body in receipt(shop, "RC-1")]
    desk.sync()
    copy = backups.make()
    lost = [desk.do(body) for body in (*receipt(shop, "RC-2"), *order(shop, "SO-1"))]
    desk.sync()
    others = [other.do(body) for body in receipt(shop, "RC-3")]
    other.sync()
    desk.sync()
    unsent = [desk.do(body) for body in receipt(shop, "RC-4")]
    shown = images(desk.engine.store, shop, ["receipts"])
    backups.restore(copy)

    assert desk.run().fault is None
    log = log_of(shop)
    assert {log[op_id] for op_id in (*kept, *lost, *unsent)} == {"applied"}
    assert desk.engine.position.epoch == shop.world.server.epoch
    now = images(desk.engine.store, shop, ["receipts"])
    missing = [key for key in shown if key not in now]
    assert len(missing) == 1, "only what the other desk alone can offer again"
    other.run()
    other.sync()
    assert {log_of(shop)[op_id] for op_id in others} == {"applied"}
    for one in (desk, other):
        one.sync()
        assert_agrees(one)
        assert one.draft_files() == []
    changed = {table for changes in desk.changes for table in changes}
    assert {"receipts", "ledger", "stock_balances"} <= changed
    other.close()


def test_effects_of_waiting_work_are_seen_all_the_time(shop: Shop, desk: LoneDesk) -> None:
    backups = Backups(shop)
    copy = backups.make()
    desk.do(adjust(shop))
    desk.sync()
    backups.restore(copy)
    desk.do(adjust(shop, 3))
    mine = {key for key in images(desk.engine.store, shop, ["ledger"]) if key[0] == "ledger"}

    def down_after_the_pull(request: Request) -> Request:
        if request.path == "/push" and desk.engine.position.epoch == shop.world.server.epoch:
            raise Unreachable("interrupted", "the test says so")
        return request

    desk.wire.before = down_after_the_pull
    with pytest.raises(Unreachable):
        desk.run()
    assert desk.engine.position.epoch == shop.world.server.epoch
    assert mine <= images(desk.engine.store, shop, ["ledger"]).keys()
    assert [row[1] for row in desk.outbox()] == ["pending", "pending"]
    desk.restart()
    assert len(desk.engine.pending.standing()) == 2
    desk.wire.before = lambda request: request
    desk.sync()
    assert_agrees(desk)


def test_what_was_sent_but_not_answered_is_neither_lost_nor_shown_twice(shop: Shop, desk: LoneDesk) -> None:
    backups = Backups(shop)
    op_ids = [desk.do(body) for body in (*receipt(shop, "RC-1"), adjust(shop))]

    def lost_answer(request: Request, response: Response) -> Response:
        if request.path == "/push":
            raise Unreachable("interrupted", "the answer is lost")
        return response

    desk.wire.after = lost_answer
    with pytest.raises(Unreachable):
        desk.run()
    assert set(op_ids) <= set(log_of(shop))
    backups.restore(backups.make())
    desk.wire.after = lambda request, response: response
    desk.sync()
    assert_agrees(desk)
    desk.sync()
    assert_agrees(desk)


@pytest.mark.parametrize("since", [0, 15], ids=["its feed is shorter", "its feed is longer again"])
def test_a_server_that_went_back_behind_everybodys_back_is_noticed(
    shop: Shop, desk: LoneDesk, since: int
) -> None:
    backups = Backups(shop)
    copy = backups.make()
    op_ids = [desk.do(body) for body in receipt(shop, "RC-1")]
    desk.sync()
    backups.restore(copy, epoch=False)
    for _ in range(since):
        shop.stock(shop.beer, 2)
    desk.run()
    desk.sync()
    assert set(op_ids) <= set(log_of(shop))
    assert_agrees(desk)


def test_a_server_restored_while_a_desk_rebuilds(shop: Shop, desk: LoneDesk) -> None:
    backups = Backups(shop)
    copy = backups.make()
    for body in receipt(shop, "RC-1"):
        desk.do(body)
    desk.sync()
    backups.restore(copy)
    again = iter([True])

    def once_more(request: Request, response: Response) -> Response:
        if request.path.startswith("/feed?after=0") and next(again, False):
            shop.stock(shop.beer, 4)
            backups.restore(copy)
        return response

    desk.exchange.rows.amount = 5
    desk.wire.after = once_more
    desk.run()
    desk.sync()
    assert_agrees(desk)


# ---------------------------------------------------------------- a compacted feed


def set_floor(shop: Shop, floor: int) -> None:
    with shop.world.server.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE counters SET floor = ?", (floor,))


def test_a_desk_behind_the_floor_begins_anew(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    cursor = desk.engine.position.cursor
    for _ in range(20):
        shop.stock(shop.rice, 1)
    unsent = [desk.do(body) for body in receipt(shop, "RC-1")]
    set_floor(shop, cursor + 10)
    small_pages(monkeypatch, 7)
    desk.wire.requests.clear()
    assert desk.run().fault is None
    assert set(unsent) <= set(log_of(shop))
    paths = desk.wire.feeds()
    assert paths[1].startswith("/feed?after=0&")
    assert all(f"floor={cursor + 10}" in path for path in paths[2:5])
    desk.sync()
    assert_agrees(desk)


def test_a_floor_that_moves_meanwhile_begins_once_more(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    cursor = desk.engine.position.cursor
    for _ in range(20):
        shop.stock(shop.rice, 1)
    set_floor(shop, cursor + 5)
    small_pages(monkeypatch, 7)
    moves = iter([cursor + 9])

    def moving(request: Request, response: Response) -> Response:
        if f"floor={cursor + 5}" in request.path and (floor := next(moves, None)):
            set_floor(shop, floor)
        return response

    desk.wire.after = moving
    desk.wire.requests.clear()
    desk.run()
    assert len([path for path in desk.wire.feeds() if path.startswith("/feed?after=0&")]) == 2
    desk.sync()
    assert_agrees(desk)


def test_tables_that_gained_columns_are_fetched_again(shop: Shop, desk: LoneDesk) -> None:
    unsent = desk.do(adjust(shop))
    with desk.profile.writer.begin() as connection:
        write_value(connection.connection.cursor(), "fetch_again", ["skus"])
    desk.wire.requests.clear()
    desk.run()
    assert desk.wire.feeds()[1].startswith("/feed?after=0&")
    assert unsent in log_of(shop)
    desk.sync()
    assert desk.wire.feeds() == [f"/feed?after={desk.engine.position.cursor}&rows=1000"]
    assert_agrees(desk)


# ---------------------------------------------------------------- what is this desk's own


def test_everything_of_its_own_comes_along(shop: Shop, desk: LoneDesk) -> None:
    with desk.profile.writer.begin() as connection:
        run = connection.exec_driver_sql
        run(
            "INSERT INTO scan_journal"
            " VALUES (1, x'39', '9', 's', 'inbound', NULL, NULL, 7, 'new', '', NULL, 6000000, 1, 7)"
        )
        run("INSERT INTO document_numbers VALUES ('RC', 42)")
        run("INSERT INTO sign_ins VALUES (x'01', 'pin', 'worker', 'v', 2, NULL, 3)")
        write_value(connection.connection.cursor(), "pin_pepper", b"pepper")
        while make_next_index(connection):
            pass
    index = SearchIndex(desk.profile.writer)
    index.prepare()
    while index.step():
        pass
    own = ("scan_journal", "document_numbers", "sign_ins", "outbox")
    before = {name: rows_of(desk, f"SELECT * FROM {name}") for name in own}
    objects = "SELECT name FROM sqlite_master WHERE name NOT LIKE 'search_%_%' ORDER BY name"
    named = rows_of(desk, objects)
    backups = Backups(shop)
    backups.restore(backups.make())
    desk.run()
    assert {name: rows_of(desk, f"SELECT * FROM {name}") for name in own} == before
    assert rows_of(desk, "SELECT value FROM desk_state WHERE name = 'pin_pepper'")
    assert not rows_of(desk, "SELECT 1 FROM desk_state WHERE name IN ('draft', 'uncertain', 'stuck')")
    assert rows_of(desk, objects) == named
    while index.step():
        pass
    with desk.profile.reader.connect() as connection, connection.begin():
        assert len(found_rows(connection, "skus", "大米")) == 1
    assert_agrees(desk)


def rows_of(desk: LoneDesk, sql: str) -> list[tuple[object, ...]]:
    with desk.profile.reader.connect() as connection, connection.begin():
        return [tuple(row) for row in connection.exec_driver_sql(sql).all()]


# ---------------------------------------------------------------- properties

STEPS = st.lists(
    st.sampled_from(["adjust", "receipt", "order", "sync", "other", "restart", "back up", "restore", "cut"]),
    min_size=3,
    max_size=14,
)


class Story:
    """Two desks, a server with backups, and a line that may be bad."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.shop = Shop(folder, seed=seed)
        self.shop.stock(self.shop.rice, 50)
        self.desks = [enrol(self.shop, "one"), enrol(self.shop, "two")]
        self.backups = Backups(self.shop)
        self.copy = self.backups.make()
        self.done: list[UUID] = []

    def lossy(self, place: str) -> None:
        if self.shop.world.chance.dice.random() < 0.3:
            raise Unreachable("interrupted", place)

    def play(self, n: int, step: str) -> None:
        shop, desk = self.shop, self.desks[step == "other"]
        if step == "back up":
            self.copy = self.backups.make()
        elif step == "restore":
            self.backups.restore(self.copy)
        elif step == "restart":
            desk.restart()
        elif step in ("sync", "cut", "other"):
            shop.fetch.trouble = self.lossy if step == "cut" else shop.fetch.trouble
            self.done.append(desk.do(adjust(shop, n + 1)))
            with suppress(Unreachable):
                desk.run()
            shop.fetch.trouble = lambda place: None
        else:
            bodies: dict[str, list[object]] = {
                "adjust": [adjust(shop, n + 1)],
                "receipt": receipt(shop, f"RC-{n}", 1),
                "order": order(shop, f"SO-{n}"),
            }
            self.done += [desk.do(body) for body in bodies[step]]


@examples(10)
@given(STEPS, st.integers(0, 1_000))
def test_whatever_happens_to_server_and_line(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str], seed: int
) -> None:
    story = Story(tmp_path_factory.mktemp("shop"), seed + 1)
    for n, step in enumerate(steps):
        story.play(n, step)
    for desk in (*story.desks, *story.desks):
        report = desk.run()
        assert (report.fault, report.alarm) == (None, None)
    outcomes = log_of(story.shop)
    assert {outcomes.get(op_id) for op_id in story.done} <= {"applied", "refused"}
    for desk in story.desks:
        desk.sync()
        assert_agrees(desk)
        desk.close()
    story.shop.close()
