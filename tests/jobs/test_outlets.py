"""Outlets with their warehouses by file: once, by the server alone; what stands stays, clashes are told."""

from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from merchant_desk.desk import Desk
from merchant_desk.documents.templates import write_template
from merchant_desk.domain.imports import FaultCode
from merchant_desk.domain.locations import AddLocations
from merchant_desk.domain.organisation import AddOutlet
from merchant_desk.domain.outlet_closing import CloseOutlet
from merchant_desk.domain.settings_known import DAY_START
from merchant_desk.domain.warehouses import AddWarehouse, CloseWarehouse
from merchant_desk.jobs import reading
from merchant_desk.models.queries.settings import Whose, decisions_of
from tests.helpers.shop import Shop
from tests.jobs.imports import on_desk
from tests.jobs.test_setting_up import bring_in, refused, write

OUTLETS = (
    "门店编号,门店名称,时区,营业日开始,仓库编号,仓库名称",
    "ZH,镇上门店,Asia/Urumqi,04:30,,",
    "ZH,镇上门店,Asia/Urumqi,04:30,ZH2,后仓",
    "bs,白水门店,,,BS-COLD,",
    "CG,城关门店,,,CG2,冷库",
    "CG,别的名字,,,,",
    "城北,城北门店,,,,",
    "X1,火星店,Mars/Base,,,",
    "X2,晚店,,25:00,,",
    "X3,缺编号,,,,后仓",
    "X4,占用,,,CG,前仓",
    ",没有编号,,,,",
)


def standing(desk: Desk) -> list[tuple[str, str, str, str]]:
    sql = (
        "SELECT o.code, o.name, w.code, w.name FROM outlets o JOIN warehouses w ON w.outlet_id = o.id"
        " ORDER BY o.code_key, w.code <> o.code, w.code"
    )
    return on_desk(desk, sql)


def test_outlets_come_in_once_with_their_warehouses(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    path = write(tmp_path, "outlets", OUTLETS)
    account = bring_in(desk, path, "outlets")
    assert refused(account) == {
        5: FaultCode.PARTY_TWICE,
        6: FaultCode.PARTY_TWICE,
        7: FaultCode.OUTLET_CODE_NOT_READ,
        8: FaultCode.ZONE_NOT_READ,
        9: FaultCode.DAY_START_NOT_READ,
        10: FaultCode.MISSING_VALUE,
        11: FaultCode.WAREHOUSE_CODE_TAKEN,
        12: FaultCode.MISSING_VALUE,
    }
    assert (account.new, account.asked) == (3, True)
    assert [row[0] for row in standing(desk)] == ["CG"], "only the server adds any"
    desk.sync()
    assert desk.refused() == []
    here = [
        ("bs", "白水门店", "bs", "白水门店"),
        ("bs", "白水门店", "BS-COLD", "BS-COLD"),
        ("CG", "城关门店", "CG", "城关门店"),
        ("ZH", "镇上门店", "ZH", "镇上门店"),
        ("ZH", "镇上门店", "ZH2", "后仓"),
    ]
    assert standing(desk) == here
    town = desk.ask(lambda c: c.exec_driver_sql("SELECT id FROM outlets WHERE code = 'ZH'").scalar())
    whose = Whose(desk.identity.merchant_id, type(desk.identity.merchant_id)(bytes=town))
    assert desk.ask(lambda c: decisions_of(c, whose)).value(DAY_START) == 270
    assert (bring_in(desk, path, "outlets").new, standing(desk)) == (0, here)
    places = on_desk(desk, "SELECT count(*) FROM warehouses WHERE receiving_id IS NULL")
    assert places == [0]


def test_a_further_warehouse_of_an_outlet_that_stands(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    lines = (OUTLETS[0], "cg,换了名,,,CG2,冷库", "CG,换了名,,,CG,x")
    account = bring_in(desk, write(tmp_path, "outlets", lines), "outlets")
    assert (account.new, account.standing, refused(account)) == (1, 1, {})
    assert account.noticed == {2: ("differs_here",), 3: ("differs_here",)}
    desk.sync()
    assert standing(desk) == [("CG", "城关门店", "CG", "城关门店"), ("CG", "城关门店", "CG2", "冷库")]


def test_a_workbooks_time_of_day(desk: Desk, tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (["Outlet code", "Outlet name", "Day start"], ["N1", "North", 0.1875], ["N2", "South", 7]):
        sheet.append(row)
    path = tmp_path / "outlets.xlsx"
    book.save(path)
    account = bring_in(desk, path, "outlets")
    assert (account.new, refused(account)) == (1, {3: FaultCode.DAY_START_NOT_READ})


def test_the_template_is_read_again(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "outlets.xlsx"
    write_template(path, "outlets", "zh")
    book = load_workbook(path)
    book.worksheets[0].append(["ZH", "镇上门店", None, "04:30", "ZH2", "后仓"])
    book.save(path)
    account = bring_in(desk, path, "outlets")
    assert (account.new, refused(account)) == (1, {})


def test_a_location_that_another_warehouse_has_is_told_in_its_row(
    shop: Shop, desk: Desk, tmp_path: Path
) -> None:
    world = shop.world
    there = world.chance.new_id()
    world.server.house.do(world.merchant_id, AddWarehouse(world.outlet, there, "CG2", "后仓"))
    desk.sync()
    desk.settings.follow({"desk.warehouse": "CG2"})
    account = bring_in(desk, write(tmp_path, "places", ("库位编码,用途", "B-01,", "a-01,")), "locations")
    assert (account.new, refused(account)) == (1, {3: FaultCode.LOCATION_ELSEWHERE})
    desk.sync()
    assert on_desk(desk, "SELECT w.code FROM locations p JOIN warehouses w ON w.id = p.warehouse_id"
                   " WHERE p.code = 'B-01'") == ["CG2"]  # fmt: skip


CLASHING = (
    OUTLETS[0],
    "N1,一店,,,W-1,前仓",
    "N2,二店,,,w-1,前仓",
    "N3,三店,,,N4,前仓",
    "N4,四店,,,,",
    "N5,五店,,,N1,前仓",
    "OLD,旧店,,,W-2,前仓",
    "CG,城关门店,,,CG9,前仓",
    "N6,六店,,,n6,前仓",
    "N1,一店,,,W-3,后仓",
)


def test_the_check_tells_what_the_server_would_refuse(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    """Codes that rows before have taken, in one chunk or another, and what is for a closed outlet."""
    world = shop.world
    gone, first = world.chance.new_id(), world.chance.new_id()
    world.server.house.do(
        world.merchant_id,
        AddOutlet(gone, "OLD", "旧店", "Asia/Shanghai", 0, first),
        CloseOutlet(gone, "租约到期"),
        AddLocations(world.outlet, desk.warehouse().id, "storage", ("CG9-IN",)),
    )
    desk.sync()
    account = bring_in(desk, write(tmp_path, "outlets", CLASHING), "outlets")
    assert refused(account) == {
        3: FaultCode.WAREHOUSE_CODE_TAKEN,
        5: FaultCode.WAREHOUSE_CODE_TAKEN,
        6: FaultCode.WAREHOUSE_CODE_TAKEN,
        7: FaultCode.OUTLET_CLOSED,
        8: FaultCode.LOCATION_ELSEWHERE,
    }
    assert account.new == 4
    desk.sync()
    assert desk.refused() == []
    assert [(outlet, store) for outlet, _, store, _ in standing(desk)] == [
        ("CG", "CG"),
        ("N1", "N1"),
        ("N1", "W-1"),
        ("N1", "W-3"),
        ("N3", "N3"),
        ("N3", "N4"),
        ("N6", "N6"),
        ("OLD", "OLD"),
    ]


def test_codes_taken_by_rows_of_another_chunk_are_told(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CHUNK_ROWS", 1)
    lines = (OUTLETS[0], "N1,一店,,,W-1,前仓", "N2,二店,,,W-1,前仓", "N1,一店,,,W-2,后仓")
    account = bring_in(desk, write(tmp_path, "outlets", lines), "outlets")
    assert (account.new, refused(account)) == (2, {3: FaultCode.WAREHOUSE_CODE_TAKEN})
    desk.sync()
    assert desk.refused() == []


def test_a_location_of_a_closed_warehouse_is_nobodys(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    world = shop.world
    there = world.chance.new_id()
    world.server.house.do(
        world.merchant_id,
        AddWarehouse(world.outlet, there, "CG2", "后仓"),
        AddLocations(world.outlet, there, "storage", ("B-01",)),
        CloseWarehouse(world.outlet, there, "x"),
    )
    desk.sync()
    account = bring_in(desk, write(tmp_path, "places", ("库位编码,用途", "B-01,")), "locations")
    assert (account.new, refused(account)) == (1, {})
