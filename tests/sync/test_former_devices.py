"""A desk that is enrolled again in the middle of its work is the same desk: its scans stay its own."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.counting import CloseCount, CountGoods, OpenCount
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.stock import UndoScan
from merchant_desk.models.queries.open_work import own_open_document
from merchant_desk.sync.transport import Request, Response, ServerBehind, Unreachable
from tests.helpers.lone_desk import Backups, LoneDesk, adjust, assert_agrees, enrol, log_of
from tests.helpers.shop import Shop

HOUR = 3_600_000_000


class Count:
    """A count of rice on the first shelf, where the book has 50."""

    def __init__(self, shop: Shop, desk: LoneDesk) -> None:
        self.shop = shop
        self.id = desk.engine.new_id()
        shop.stock(shop.rice, 50)
        desk.sync()
        at = shop.world
        desk.do(OpenCount(self.id, "CT-1", at.outlet, at.warehouse, at.shelves[0], False), about=self.id)

    def scan(self, desk: LoneDesk, units: int, person: UUID | None = None) -> UUID:
        at = self.shop.world
        goods = (at.shelves[0], self.shop.rice, "", None, units * MICRO, 1, "", "x")
        return desk.do(CountGoods(self.id, at.outlet, at.warehouse, *goods), person, self.id)

    def close(self, desk: LoneDesk) -> None:
        desk.do(CloseCount(self.id, self.shop.world.outlet, ()))

    def end(self, desk: LoneDesk, units: int) -> tuple[list[int], list[str]]:
        """Scan the last units, end it, and return what is told once everybody knows."""
        self.scan(desk, units)
        self.close(desk)
        for _ in range(3):
            desk.sync()
        assert_agrees(desk)
        return told(desk)

    def undo(self, desk: LoneDesk, scan: UUID) -> UUID:
        return desk.do(UndoScan(self.shop.world.outlet, self.id, scan), self.shop.world.worker)


def told(desk: LoneDesk) -> tuple[list[int], list[str]]:
    """Return what lines say was counted, in whole units, and the tasks' codes."""
    with desk.profile.reader.connect() as connection, connection.begin():
        lines = connection.exec_driver_sql("SELECT counted FROM count_lines").scalars()
        tasks = connection.exec_driver_sql("SELECT code FROM tasks ORDER BY code").scalars()
        return [counted // MICRO for counted in lines], list(tasks)


@contextmanager
def clock_ahead(shop: Shop) -> Iterator[None]:
    """Let clocks run an hour ahead, until they are put right."""
    shop.world.chance.now += HOUR
    yield
    shop.world.chance.now -= HOUR


@pytest.mark.parametrize("synced", [True, False], ids=["synced before the end", "ended before a sync"])
@pytest.mark.parametrize("times", [1, 3])
def test_a_count_goes_on_after_a_new_enrolment(
    shop: Shop, desk: LoneDesk, times: int, *, synced: bool
) -> None:
    count = Count(shop, desk)
    for _ in range(times):
        count.scan(desk, 10)
        desk.sync()
        count.scan(desk, 3)  # waits, and is sent by the new device
        desk.enrol_again()
    if synced:
        desk.sync()
    assert count.end(desk, 11) == ([13 * times + 11], [])


@pytest.mark.parametrize("times", [1, 2])
def test_a_clock_that_was_put_right_meanwhile_changes_nothing(shop: Shop, desk: LoneDesk, times: int) -> None:
    count = Count(shop, desk)
    desk.sync()
    with clock_ahead(shop):
        count.scan(desk, 30)
    desk.sync()
    for _ in range(times):
        desk.enrol_again()
        desk.sync()
    assert count.end(desk, 20) == ([50], [])


@pytest.mark.parametrize("times", [1, 2])
def test_what_it_put_there_by_a_wrong_clock_is_in_the_book_of_its_count(
    shop: Shop, desk: LoneDesk, times: int
) -> None:
    count = Count(shop, desk)
    desk.sync()
    with clock_ahead(shop):
        desk.do(adjust(shop, 30))
    desk.sync()
    for _ in range(times):
        desk.enrol_again()
        desk.sync()
    assert count.end(desk, 80) == ([80], [])
    with desk.profile.reader.connect() as connection, connection.begin():
        assert connection.exec_driver_sql("SELECT variance FROM count_lines").scalar() == 0


@pytest.mark.expects_log("rebuild_needed")
def test_scans_that_a_restored_server_lost_are_counted_once(shop: Shop, desk: LoneDesk) -> None:
    count = Count(shop, desk)
    count.scan(desk, 30)
    desk.sync()
    backups = Backups(shop)
    copy = backups.make()
    count.scan(desk, 9)
    desk.sync()
    backups.restore(copy)
    desk.enrol_again()
    assert count.end(desk, 11) == ([50], [])


def test_what_the_feed_brought_before_its_answer_is_its_own(shop: Shop, desk: LoneDesk) -> None:
    count = Count(shop, desk)
    desk.sync()
    count.scan(desk, 30)

    def lost(request: Request, response: Response) -> Response:
        if request.path == "/push":
            raise Unreachable("interrupted", "the test says so")
        return response

    desk.wire.after = lost
    with pytest.raises(Unreachable):
        desk.run()
    version = shop.fetch.version
    shop.fetch.version = msgspec.structs.replace(version, version="0.0.1")
    assert isinstance(desk.run().fault, ServerBehind), "it pulls, but does not push"
    assert (desk.outbox("status")[-1][0], desk.unsettled()) == ("pending", 0)
    shop.fetch.version = version
    desk.wire.after = lambda request, response: response
    desk.enrol_again()
    desk.sync()
    assert count.end(desk, 20) == ([50], [])


def copied(desk: LoneDesk, folder: Path) -> LoneDesk:
    """Copy a desk's folder while it is closed, and open both."""
    desk.close()
    shutil.copytree(desk.folder, folder)
    desk.open()
    return LoneDesk(desk.shop, folder).open()


@pytest.mark.expects_log("desk_stuck")
def test_what_a_copy_of_its_folder_counted_since_is_another_desks(
    shop: Shop, desk: LoneDesk, tmp_path: Path
) -> None:
    count = Count(shop, desk)
    count.scan(desk, 30)
    desk.sync()
    copy = copied(desk, tmp_path / "copy")
    count.scan(desk, 5)
    desk.sync()
    count.scan(copy, 7)
    assert copy.run().fault is not None
    copy.enrol_again()
    copy.sync()
    count.close(copy)
    for one in (copy, desk, copy):
        one.sync()
    assert told(copy) == ([37], ["counted_by_two_desks"])
    copy.close()


@pytest.mark.parametrize("synced", [True, False], ids=["synced", "before the first pull"])
@pytest.mark.parametrize("times", [1, 2])
def test_ones_own_scan_from_before_can_be_undone(
    shop: Shop, desk: LoneDesk, times: int, *, synced: bool
) -> None:
    worker = shop.world.worker
    count = Count(shop, desk)
    mine = count.scan(desk, 30, worker)
    desk.sync()
    other = enrol(shop, "other")
    other.sync()
    for _ in range(times):
        desk.enrol_again()
        if synced:
            desk.sync()
    with pytest.raises(Refusal, match="not_allowed"):
        count.undo(other, mine)
    undone = count.undo(desk, mine)
    for one in (desk, other, desk):
        one.sync()
    assert (log_of(shop)[undone], told(desk)) == ("applied", ([], []))
    assert_agrees(desk)
    other.close()


def test_what_a_desk_was_is_signed_by_that_device(shop: Shop, desk: LoneDesk) -> None:
    other = enrol(shop, "other")
    device_id = other.engine.identity.device_id
    desk.engine.identity = msgspec.structs.replace(desk.engine.identity, device_id=device_id)
    with pytest.raises(Refusal, match="enrolment_unreadable"):
        desk.enrol_again()
    other.close()


def taken_up(desk: LoneDesk) -> UUID | None:
    """Return the count that a desk goes on with at the first shelf."""
    with desk.profile.reader.connect() as connection, connection.begin():
        return own_open_document(connection, "counts", desk.shop.world.shelves[0])


@pytest.mark.parametrize("synced", [True, False], ids=["synced", "before the first pull"])
def test_a_document_that_it_began_before_is_still_its_own(
    shop: Shop, desk: LoneDesk, *, synced: bool
) -> None:
    count = Count(shop, desk)
    desk.sync()
    other = enrol(shop, "other")
    count.scan(other, 3)
    for _ in range(2):
        desk.enrol_again()
        if synced:
            desk.sync()
        assert taken_up(desk) == count.id
    assert taken_up(other) is None, "scans do not make it its own"
    other.close()


@pytest.mark.expects_log("desk_stuck")
def test_what_the_original_of_its_folder_began_since_is_another_desks(
    shop: Shop, desk: LoneDesk, tmp_path: Path
) -> None:
    desk.do(adjust(shop))
    desk.sync()
    copy = copied(desk, tmp_path / "copy")
    count = Count(shop, desk)
    desk.sync()
    copy.do(adjust(shop))
    assert copy.run().fault is not None
    copy.enrol_again()
    copy.sync()
    assert (taken_up(desk), taken_up(copy)) == (count.id, None)
    copy.close()
