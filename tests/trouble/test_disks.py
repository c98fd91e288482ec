"""A full, read-only or damaged disk under a desk: said by name, what was saved stands, work goes on after."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from merchant_desk.cli.shift.proxy import Proxy
from merchant_desk.desk import Desk
from merchant_desk.models.encrypted import checkpoint, open_engine
from merchant_desk.models.faults import Corrupted, DiskFull, Fault, FileUnusable, ReadOnlyDatabase, WrongKey
from merchant_desk.sync.findings import Grade
from merchant_desk.sync.health import examine
from merchant_desk.sync.status import Link
from tests.server.running import run
from tests.trouble.edges import SmallDisk, small_disk
from tests.trouble.shopfloor import Floor, RealShop, at_work, differences, on_hand, patiently, real_shop
from tests.trouble.words import failed, told

PAGE = 4096


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    """A disk of its own for a desk, with some megabytes of room."""
    with small_disk(tmp_path / "disk", "8m") as mounted:
        yield mounted


def until_full(floor: Floor, fault: type[Fault]) -> Fault:
    """Scan until the disk says no; a scan that was not saved is not counted."""
    for _ in range(5_000):
        try:
            floor.scan()
        except fault as met:
            return met
    raise AssertionError("the disk never got full")


def within(seconds: float, work: Callable[[], object]) -> None:
    """Do something that must not hang."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(seconds)
    assert not thread.is_alive(), "it hangs"


# ---------------------------------------------------------------- full


@pytest.mark.expects_log("rest_disturbed")
def test_a_full_disk_costs_the_scan_that_finds_it_and_no_other(
    shop: RealShop, disk: SmallDisk, tmp_path: Path
) -> None:
    desk = shop.desk(disk.folder / "desk")
    floor = at_work(desk)
    floor.scan(3)
    desk.sync()
    disk.fill(leave=400_000)
    full = until_full(floor, DiskFull)
    told(full).says(
        "磁盘已满.*上一步没有保存.*腾出空间后重试", "disk is full.*not saved.*make room and try again"
    )
    assert floor.on_hand() == floor.saved > 3, "what was saved can still be read"
    for _ in range(3):
        with suppress(DiskFull):
            assert floor.sheet.scan(floor.code).code == "held_back", "nothing overtakes the one that failed"
    with pytest.raises(DiskFull):
        desk.sync()
    assert isinstance(desk.runtime.status.fault, DiskFull)
    assert desk.runtime.status.link is Link.ONLINE, "the line is not what failed"
    disk.make_room()
    held = floor.sheet.apply_held()
    assert all(result.code == "accepted" for result in held)
    floor.saved += len(held)
    within(20, floor.scan)
    assert desk.sync().fault is None
    assert floor.on_hand() == floor.saved
    other = shop.desk(tmp_path / "other")
    assert on_hand(other, floor.sku_id) == floor.saved
    assert differences(shop.data, [desk, other]) == ()


@pytest.mark.expects_log("rest_disturbed")
def test_what_was_saved_on_a_full_disk_is_there_after_a_restart(
    shop: RealShop, disk: SmallDisk, wire: Proxy
) -> None:
    desk = shop.reopened(shop.desk(disk.folder / "desk"), f"http://127.0.0.1:{wire.port}")
    floor = at_work(desk)
    wire.close_line()
    disk.fill(leave=400_000)
    until_full(floor, DiskFull)
    receipt = floor.sheet.document_id
    disk.make_room()
    wire.open_line()
    again = shop.reopened(desk, f"http://127.0.0.1:{wire.port}")
    assert on_hand(again, floor.sku_id) == floor.saved
    sheet = again.reopen("receipts", receipt)
    held = sheet.station.held
    assert len(held) <= 1, "at most the scan that met the full disk waits to be applied"
    applied = [one for one in sheet.apply_held() if one.code == "accepted"]
    again.sync()
    assert on_hand(again, floor.sku_id) == floor.saved + len(applied)
    assert differences(shop.data, [again]) == ()


def test_a_desk_is_not_half_enrolled_on_a_full_disk(shop: RealShop, tmp_path: Path) -> None:
    code = shop.code()
    with small_disk(tmp_path / "disk", "2m") as disk:
        disk.fill(leave=300_000)
        with pytest.raises(DiskFull) as full:
            Desk.enrol(disk.folder / "desk", code, "工作台", demo=True)
        told(full.value).says("磁盘已满", "disk is full")
        disk.fill()
        with pytest.raises(DiskFull):
            Desk.enrol(disk.folder / "other", code, "工作台", demo=True)
        failed(run("enrol", code, "--profile", str(disk.folder / "third")), "磁盘已满", "disk is full")
        disk.make_room()
        desk = patiently(lambda: Desk.enrol(disk.folder / "desk", code, "工作台", demo=True))
        shop.desks.append(desk)
        assert desk.sync().link is Link.ONLINE
        shop.desks.remove(desk)
        desk.close()


# ---------------------------------------------------------------- read-only


@pytest.mark.expects_log("rest_disturbed")
def test_a_write_protected_disk_is_said_so_and_loses_nothing(shop: RealShop, disk: SmallDisk) -> None:
    desk = shop.desk(disk.folder / "desk")
    floor = at_work(desk)
    floor.scan(2)
    desk.close()
    shop.desks.remove(desk)
    disk.read_only(on=True)
    with pytest.raises((ReadOnlyDatabase, FileUnusable)) as refused:
        Desk.open(disk.folder / "desk", demo=True)
    told(refused.value).says("只读.*(权限|写保护)", "read-only.*(permissions|protection)")
    failed(run("doctor", "--offline", "--profile", str(disk.folder / "desk")), "只读", "read-only")
    disk.read_only(on=False)
    again = Desk.open(disk.folder / "desk", demo=True)
    shop.desks.append(again)
    again.sync()
    assert on_hand(again, floor.sku_id) == floor.saved
    assert differences(shop.data, [again]) == ()
    shop.desks.remove(again)
    again.close()


# ---------------------------------------------------------------- damaged


@pytest.fixture
def stopped(shop: RealShop, tmp_path: Path) -> tuple[Floor, Path]:
    """A desk that worked, was synced and is closed; its log is in its file."""
    desk = shop.desk(tmp_path / "stopped")
    floor = at_work(desk)
    floor.scan(40)
    desk.sync()
    checkpoint(desk.runtime.profile.writer, "TRUNCATE")
    desk.close()
    shop.desks.remove(desk)
    return floor, desk.runtime.profile.folder


def damage(path: Path, pages: range) -> None:
    content = bytearray(path.read_bytes())
    for page in pages:
        for at in range(page * PAGE + 200, min(page * PAGE + 260, len(content))):
            content[at] ^= 0x5A
    path.write_bytes(content)


def test_a_database_whose_first_page_is_damaged(stopped: tuple[Floor, Path]) -> None:
    _, folder = stopped
    damage(folder / "desk.db", range(1))
    broken = (folder / "desk.db").read_bytes()
    with pytest.raises(Corrupted) as refused:
        Desk.open(folder, demo=True)
    told(refused.value).says(
        "已损坏.*先复制整个文件夹.*doctor", "damaged.*Copy the whole folder first.*doctor"
    )
    done = run("doctor", "--offline", "--profile", str(folder))
    failed(done, "已损坏", "damaged")
    assert (folder / "desk.db").read_bytes() == broken, "what may be rescued is left as it is"


def test_a_database_that_is_another_ones(stopped: tuple[Floor, Path], shop: RealShop, tmp_path: Path) -> None:
    _, folder = stopped
    foreign = shop.desk(tmp_path / "foreign")
    checkpoint(foreign.runtime.profile.writer, "TRUNCATE")
    (folder / "desk.db").write_bytes((tmp_path / "foreign" / "desk.db").read_bytes())
    with pytest.raises(WrongKey) as refused:
        Desk.open(folder, demo=True)
    told(refused.value).says(
        "密钥与数据库.*不匹配.*没有写入任何内容", "key does not fit.*Nothing was written"
    )
    (folder / "desk.db").write_bytes(b"name,price\n" * 1_000)
    failed(run("doctor", "--offline", "--profile", str(folder)), "不是本程序的数据库", "is not a database")


def test_damage_further_on_is_found_by_the_doctor_and_told_where_it_is_met(
    stopped: tuple[Floor, Path], shop: RealShop, tmp_path: Path
) -> None:
    floor, folder = stopped
    path = folder / "desk.db"
    damage(path, range(60, path.stat().st_size // PAGE))
    done = run("doctor", "--offline", "--profile", str(folder))
    assert done.returncode == 1, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert "损坏" in done.stdout + done.stderr
    assert "damaged" in done.stdout + done.stderr
    again = shop.desk(tmp_path / "again")
    assert on_hand(again, floor.sku_id) == floor.saved, "the server has what was synced"


def page_of(path: Path, name: str) -> int:
    """Return the first page of a table or index, counted from 0."""
    engine = open_engine(path, bytes.fromhex((path.parent / "demo.key").read_text("ascii")), role="reader")
    with engine.connect() as connection:
        page = connection.exec_driver_sql(
            f"SELECT rootpage FROM sqlite_master WHERE name = '{name}'"
        ).scalar()
    engine.dispose()
    return int(str(page)) - 1


@pytest.mark.parametrize("part", ["desk_state", "ix_outbox_settled_at", "ix_tasks_status_raised_at"])
def test_damage_that_the_start_meets_is_told_and_leaves_the_profile_free(
    stopped: tuple[Floor, Path], part: str
) -> None:
    """A desk reads who it is, what was not sent and how many tasks there are before it is open."""
    _, folder = stopped
    page = page_of(folder / "desk.db", part)
    damage(folder / "desk.db", range(page, page + 1))
    threads = threading.active_count()
    for _ in range(2):
        with pytest.raises(Corrupted) as refused:
            Desk.open(folder, demo=True)
        told(refused.value).says("已损坏.*先复制整个文件夹", "damaged.*Copy the whole folder first")
    assert threading.active_count() == threads, "a desk that did not open leaves nothing running"


def test_damage_that_the_start_meets_is_told_by_every_command(stopped: tuple[Floor, Path]) -> None:
    _, folder = stopped
    page = page_of(folder / "desk.db", "ix_outbox_settled_at")
    damage(folder / "desk.db", range(page, page + 1))
    done = run("doctor", "--offline", "--json", "--profile", str(folder))
    failed(done, "已损坏", "damaged")
    found = {one["subject"]: one for one in map(json.loads, done.stdout.splitlines())}
    assert found["desk"]["grade"] == "bad"
    assert "先复制整个文件夹" in found["desk"]["zh"]
    for words in (("export", "stock", str(folder / "stock.csv")), ("open", "--player")):
        failed(run(*words, "--profile", str(folder)), "已损坏", "damaged")


def test_a_file_cut_short_is_damaged(stopped: tuple[Floor, Path]) -> None:
    _, folder = stopped
    content = (folder / "desk.db").read_bytes()
    (folder / "desk.db").write_bytes(content[: len(content) // 2 // PAGE * PAGE])
    with pytest.raises(Corrupted) as refused:
        Desk.open(folder, demo=True)
    told(refused.value).says("已损坏", "damaged")


@pytest.mark.expects_log("rest_disturbed")
def test_damage_under_an_open_desk_is_told_by_name_wherever_it_is_met(shop: RealShop, tmp_path: Path) -> None:
    """Pages that are read for the first time turn out damaged: each question says so, and none hangs."""
    desk = shop.desk(tmp_path / "desk")
    floor = at_work(desk)
    floor.scan(30)
    desk.sync()
    checkpoint(desk.runtime.profile.writer, "TRUNCATE")
    desk.close()
    shop.desks.remove(desk)
    path = tmp_path / "desk" / "desk.db"
    opened = Desk.open(tmp_path / "desk", demo=True)
    try:
        damage(path, range(60, path.stat().st_size // PAGE))
        with pytest.raises(Corrupted) as met:
            _read_all(opened, floor)
        told(met.value).says("已损坏", "damaged")
        findings = examine(opened.runtime)
        bad = [one for one in findings if one.grade is Grade.BAD]
        assert [one.subject for one in bad][:2] == ["database", "ledger"]
        assert all("损坏" in one.zh and "damaged" in one.en for one in bad)
    finally:
        within(20, opened.close)


# ---------------------------------------------------------------- the server's


@pytest.mark.expects_log("rest_disturbed")
def test_the_servers_disk_is_full_and_desks_work_on(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "24m") as disk, real_shop(disk.folder) as shop:
        desk = shop.desk(tmp_path / "desk")
        floor = at_work(desk)
        floor.scan(5)
        desk.sync()
        disk.fill()
        floor.scan(20)
        with pytest.raises(Fault) as trouble:
            _sync_until_refused(floor)
        told(trouble.value).says("服务器磁盘已满.*自动重试", "disk is full.*sent again by itself")
        assert desk.status.fault is trouble.value
        assert desk.status.waiting >= 5
        assert shop.server.process.poll() is None, "the server goes on"
        floor.scan(5)
        health = _health(desk)
        assert health["status"] in ("degraded", "down")
        disk.make_room()
        assert desk.sync().waiting == 0
        other = shop.desk(tmp_path / "other")
        assert on_hand(other, floor.sku_id) == floor.saved
        assert differences(shop.data, [desk, other]) == ()


def _read_all(desk: Desk, floor: Floor) -> None:
    desk.reopen("receipts", floor.sheet.document_id)
    desk.stock()


def _sync_until_refused(floor: Floor) -> None:
    for _ in range(200):
        floor.scan(5)
        floor.desk.sync()


def _health(desk: Desk) -> dict[str, object]:
    import httpx

    found: dict[str, object] = httpx.get(f"{desk.identity.server_url}/health", trust_env=False).json()
    return found
