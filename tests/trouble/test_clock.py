"""Wrong clock, expired sign-in: work goes on, in order and on the right day; the server's word renews it."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from merchant_desk import desk as desk_module
from merchant_desk.cli.shift.proxy import Proxy
from merchant_desk.desk import Desk
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.sign_in import DAY
from merchant_desk.sync.administration import CredentialKind, NewPassword
from merchant_desk.sync.days import CHINA
from merchant_desk.sync.findings import Grade
from merchant_desk.sync.health import examine
from merchant_desk.sync.protocol import encode
from merchant_desk.sync.status import Link
from tests.trouble.shopfloor import RealShop, ask, at_work, differences, on_hand, real_shop
from tests.trouble.words import told

YEAR = 365 * DAY
REAL = desk_module.now_us


class Clock:
    """This computer's clock, as far off as it is told."""

    def __init__(self) -> None:
        self.off = 0

    def __call__(self) -> int:
        return REAL() + self.off


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The clock of every desk that is opened after it."""
    made = Clock()
    monkeypatch.setattr(desk_module, "now_us", made)
    return made


def today() -> set[int]:
    """Return the business day in China; two of them if midnight is near."""
    now = datetime.now(CHINA)
    days = (now, now + timedelta(minutes=2))
    return {day.year * 10_000 + day.month * 100 + day.day for day in days}


@pytest.mark.parametrize("off", [-26 * YEAR, 9 * YEAR], ids=["in 1999", "nine years ahead"])
def test_a_clock_years_off_changes_neither_order_nor_day(
    clock: Clock, shop: RealShop, tmp_path: Path, off: int
) -> None:
    clock.off = off
    desk = shop.desk(tmp_path / "wrong")
    floor = at_work(desk)
    floor.scan(3)
    assert desk.calendar() in today()
    for days, code in ((-400, "expired"), (400, "accepted")):
        expiry = (datetime.now(CHINA) + timedelta(days=days)).strftime("%y%m%d")
        assert floor.sheet.scan(f"(01)0{floor.code}(17){expiry}").code == code
        floor.sheet.acknowledge()
    desk.sync()
    clock.off = 0
    other = shop.desk(tmp_path / "right")
    assert on_hand(other, floor.sku_id) == 4
    with other.read() as connection, connection.begin():
        times = connection.exec_driver_sql(
            "SELECT time, device_seq FROM ledger WHERE sku_id = ? ORDER BY device_seq", (floor.sku_id.bytes,)
        ).fetchall()
    assert all(abs(time - REAL()) < 60_000_000 for time, _ in times)
    assert [time for time, _ in times] == sorted(time for time, _ in times)
    assert differences(shop.data, [desk, other]) == ()


def test_a_clock_that_jumps_while_offline_stops_nobody_and_is_told(
    clock: Clock, shop: RealShop, desk: Desk, wire: Proxy
) -> None:
    floor = at_work(desk)
    desk.sync()
    wire.close_line()
    for off in (0, 3 * YEAR, -3 * YEAR, 0):
        clock.off = off
        floor.scan()
    with desk.read() as connection, connection.begin():
        seqs = connection.exec_driver_sql("SELECT device_seq FROM outbox ORDER BY device_seq").scalars().all()
    assert list(seqs) == list(range(seqs[0], seqs[0] + len(seqs)))
    clock.off = 3 * YEAR
    wire.open_line()
    assert desk.sync().link is Link.ONLINE
    assert desk.calendar() in today()
    (finding,) = [one for one in examine(desk.runtime) if one.subject == "clock"]
    assert finding.grade is Grade.NOTE
    assert "上次联系服务器时，本机时钟快 1,09" in finding.zh
    assert "this clock was 1,09" in finding.en
    clock.off = 0
    fresh, offline = (
        next(one for one in examine(desk.runtime, api) if one.subject == "clock") for api in (desk.api, None)
    )
    assert (fresh.grade, fresh.zh, fresh.en) == (Grade.GOOD, "时钟准确。", "The clock is right.")
    assert offline.grade is Grade.NOTE, "what the last contact told"
    assert floor.on_hand() == floor.saved == 4
    assert differences(shop.data, [desk]) == ()


def test_an_offline_sign_in_ends_after_90_days_and_the_server_renews_it(
    clock: Clock, shop: RealShop, wire: Proxy, desk: Desk
) -> None:
    password = shop.password
    floor = at_work(desk)
    wire.close_line()
    clock.off = 89 * DAY
    desk.sign_in("manager", password)
    clock.off = 91 * DAY
    floor.scan()  # who is signed in works on
    with pytest.raises(Refusal) as refused:
        desk.sign_in("manager", password)
    assert refused.value.code == "sign_in_expired"
    told(refused.value).says("过期.*联网登录一次", "expired.*[Ss]ign in once")
    floor.scan()
    wire.open_line()
    desk.sign_in("manager", password)
    wire.close_line()
    desk.sign_in("manager", password)  # good again for 90 days
    clock.off = 2 * YEAR
    with pytest.raises(Refusal, match="sign_in_expired"):
        desk.sign_in("manager", password)
    wire.open_line()
    desk.sync()
    desk.sign_in("manager", password)
    assert floor.on_hand() == floor.saved == 2
    assert differences(shop.data, [desk]) == ()


def test_a_locked_worker_is_let_in_after_the_managers_reset(shop: RealShop, wire: Proxy, desk: Desk) -> None:
    """The manager's own session resets it; the desk learns of it where it asks."""
    password = shop.password
    pin = NewPassword(desk.person.id, "2586", password, CredentialKind.PIN)
    ask(shop.desks[0], "/password", encode(pin), shop.session)
    desk.sign_in("manager", pin="2586")
    wire.close_line()
    for expected in ["sign_in_failed"] * 4 + ["sign_in_locked"]:
        with pytest.raises(Refusal, match=expected):
            desk.sign_in("manager", pin="1111")
    with pytest.raises(Refusal, match="sign_in_locked"):
        desk.sign_in("manager", pin="2586")
    desk.sign_in("manager", password)  # another credential has its own guard
    wire.open_line()
    with pytest.raises(Refusal, match="sign_in_locked"):
        desk.sign_in("manager", pin="2586")
    ask(shop.desks[0], "/password", encode(pin), shop.session)
    assert desk.sign_in("manager", pin="2586").login == "manager"
    wire.close_line()
    assert desk.sign_in("manager", pin="2586").login == "manager"


def test_the_first_sign_in_needs_the_server_and_says_so(desk: Desk, wire: Proxy) -> None:
    wire.close_line()
    with pytest.raises(Refusal) as refused:
        desk.sign_in("somebody", "else's password")
    assert refused.value.code == "sign_in_needs_server"
    told(refused.value).says("第一次登录需要联网", "first sign-in.*needs the server")
    for nobody in ("", "   "):
        with pytest.raises(Refusal):
            desk.sign_in(nobody, "x")


def test_a_lock_made_offline_is_opened_by_the_server_alone(tmp_path: Path) -> None:
    """In a shop of its own, whose manager is locked out in the end."""
    with real_shop(tmp_path) as shop:
        wire = Proxy(int(shop.server.url.rpartition(":")[2]))
        desk = shop.reopened(shop.desk(tmp_path / "desk"), f"http://127.0.0.1:{wire.port}")
        wire.close_line()
        _lock_out(desk, wire, shop.password)
        wire.end()


def _lock_out(desk: Desk, wire: Proxy, password: str) -> None:
    for _ in range(4):
        with pytest.raises(Refusal) as refused:
            desk.sign_in("manager", "not my password")
        assert refused.value.code == "sign_in_failed"
        told(refused.value).says("不对", "wrong")
    with pytest.raises(Refusal, match="sign_in_locked"):
        desk.sign_in("manager", "not my password")
    with pytest.raises(Refusal) as locked:
        desk.sign_in("manager", password)
    assert locked.value.code == "sign_in_locked"
    told(locked.value).says("5 次.*店长.*联网", "5 failures.*manager.*server")
    wire.open_line()
    for _ in range(5):
        with pytest.raises(Refusal):
            desk.sign_in("manager", "still not")
    with pytest.raises(Refusal) as at_server:
        desk.sign_in("manager", password)
    assert at_server.value.code == "sign_in_locked"
    told(at_server.value).says("5 次", "5 failures")
