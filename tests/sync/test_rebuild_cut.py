"""Is a rebuild that was cut, cancelled, disturbed or short of disk just a longer one?"""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from merchant_desk.models.faults import DatabaseBusy, DiskFull
from merchant_desk.models.gate import Gate
from merchant_desk.sync.desk import DeskEngine
from merchant_desk.sync.draft import draft_path
from merchant_desk.sync.transport import Request, Unreachable
from tests.helpers.lone_desk import (
    Backups,
    LoneDesk,
    adjust,
    assert_agrees,
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


def test_a_rebuild_goes_on_where_it_was_cut(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups = Backups(shop)
    backups.restore(backups.make())
    small_pages(monkeypatch, 5)
    desk.wire.requests.clear()
    asked: list[int] = []

    def cut(request: Request) -> Request:
        if request.path.startswith("/feed"):
            asked.append(int(request.path.split("after=")[1].split("&")[0]))
            if len(asked) % 3 == 0:
                raise Unreachable("interrupted", "the test says so")
        return request

    desk.wire.before = cut
    rounds = 0
    while desk.engine.position.epoch != shop.world.server.epoch:
        rounds += 1
        assert rounds < 40
        desk.do(adjust(shop, rounds))
        try:
            desk.run()
        except Unreachable:
            desk.restart()
    drafts = [after for after in asked if after < max(asked)]
    assert drafts == sorted(drafts) or len(set(asked)) > 5
    assert asked.count(0) == 1, "the draft is never begun anew"
    desk.wire.before = lambda request: request
    desk.sync()
    assert_agrees(desk)


def test_cancelled_at_any_point_it_only_takes_longer(shop: Shop, desk: LoneDesk) -> None:
    backups = Backups(shop)
    for body in receipt(shop, "RC-1"):
        desk.do(body)
    desk.sync()
    backups.restore(backups.make())
    looks, patience = 0, 0

    def cancelled() -> bool:
        nonlocal looks
        looks += 1
        return looks > patience

    while desk.engine.position.epoch != shop.world.server.epoch:
        patience, looks = patience + 1, 0
        desk.do(adjust(shop))
        desk.run(cancelled)
        assert patience < 60
    assert patience > 3
    desk.sync()
    assert_agrees(desk)


def test_readers_at_work_are_waited_for_and_nothing_is_lost(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("merchant_desk.models.gate.WAIT_SECONDS", 0.2)
    backups = Backups(shop)
    backups.restore(backups.make())
    desk.do(adjust(shop))
    reading = desk.profile.reader.connect()
    with pytest.raises(DatabaseBusy):
        desk.run()
    assert desk.engine.position.epoch != shop.world.server.epoch
    desk.do(adjust(shop))
    timer = threading.Timer(0.1, reading.close)
    timer.start()
    desk.wire.requests.clear()
    desk.run()
    timer.join()
    assert desk.wire.feeds()[0].split("after=")[1].split("&")[0] != "0", "the draft was kept"
    desk.sync()
    assert_agrees(desk)


def test_a_closed_gate_holds_readers_back_and_lets_them_go_on(desk: LoneDesk) -> None:
    profile, got = desk.profile, threading.Event()

    def read() -> None:
        with profile.reader.connect() as connection, connection.begin():
            connection.exec_driver_sql("SELECT count(*) FROM outbox").scalar()
        got.set()

    thread = threading.Thread(target=read)
    with profile.gate.closed(profile.reader, profile.path):
        thread.start()
        assert not got.wait(0.1)
    assert got.wait(5.0)
    thread.join()


def test_a_gate_that_could_not_close_is_open(desk: LoneDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("merchant_desk.models.gate.WAIT_SECONDS", 0.05)
    profile = desk.profile
    with (
        profile.reader.connect(),
        pytest.raises(DatabaseBusy),
        profile.gate.closed(profile.reader, profile.path),
    ):
        raise AssertionError
    profile.reader.connect().close()
    assert isinstance(profile.gate, Gate)


def test_a_full_disk_takes_the_draft_away_not_the_work(
    shop: Shop, desk: LoneDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    backups = Backups(shop)
    backups.restore(backups.make())
    op_id = desk.do(adjust(shop))
    take_in = DeskEngine.apply_slice

    def full(engine: DeskEngine, *args: object) -> object:
        if engine is not desk.engine:
            raise DiskFull(desk.profile.path, 0)
        return take_in(engine, *args)  # type: ignore[arg-type]

    monkeypatch.setattr(DeskEngine, "apply_slice", full)
    with pytest.raises(DiskFull):
        desk.run()
    assert desk.draft_files() == []
    assert desk.op_ids() == [op_id]
    monkeypatch.undo()
    desk.run()
    desk.sync()
    assert_agrees(desk)


@pytest.mark.parametrize("rubbish", [b"", b"no database" * 500, bytes(8192)])
def test_a_strange_draft_is_thrown_away(shop: Shop, desk: LoneDesk, rubbish: bytes) -> None:
    backups = Backups(shop)
    backups.restore(backups.make())
    draft_path(desk.profile).write_bytes(rubbish)
    desk.run()
    desk.sync()
    assert_agrees(desk)
    assert desk.draft_files() == []


def test_a_draft_that_nobody_needs_is_removed(shop: Shop, desk: LoneDesk) -> None:
    draft_path(desk.profile).write_bytes(b"left over")
    desk.restart()
    desk.sync()
    assert desk.draft_files() == []
