"""Every list as a file: types, order, cancel, and memory that does not grow."""

import csv
import gzip
import tracemalloc
from datetime import datetime
from itertools import repeat
from pathlib import Path
from zoneinfo import ZoneInfo

import openpyxl
import pytest

from merchant_desk.desk import Desk
from merchant_desk.documents.exports import Style, UnknownFormat, export_table
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.counting import CloseCount, CountGoods, OpenCount
from merchant_desk.domain.receiving import OpenReceipt, ReceiveGoods
from merchant_desk.jobs.export_job import TOLD_EVERY, ExportStopped, export, watched
from merchant_desk.jobs.export_tables import EXPORTS
from tests.helpers.shop import Shop

BEER_LOT = ("L-7", 20270131)


@pytest.fixture
def busy(shop: Shop) -> Desk:
    """A desk after a morning: goods came in, some were counted, one order was placed."""
    desk, world = shop.desk("manager"), shop.world
    new_id = world.chance.new_id
    receipt, count = new_id(), new_id()
    desk.do(OpenReceipt(receipt, "RC-1", world.outlet, world.warehouse, shop.purchase, None))
    shelf, other = world.shelves[0], world.shelves[1]
    place = (world.outlet, world.warehouse)
    line, lot, expiry = shop.beer_line, *BEER_LOT
    desk.do(
        ReceiveGoods(
            receipt, *place, shelf, shop.beer, line, 12 * MICRO, MICRO, lot, expiry, "", "sellable", "9520"
        )
    )  # fmt: skip
    desk.do(OpenCount(count, "ST-1", *place, other, False))
    desk.do(CountGoods(count, *place, other, shop.rice, "", None, 3 * MICRO, MICRO, "", "9520000000028"))
    desk.do(CloseCount(count, world.outlet, (), True))
    shop.stock(shop.rice, 20)
    shop.order("SO-1", (shop.rice, 2))
    desk.sync()
    return desk


def read(path: Path) -> list[list[object]]:
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    return [[cell.value for cell in row] for row in sheet.iter_rows()]


def table(desk: Desk, kind: str, folder: Path) -> list[dict[str, object]]:
    export(desk.runtime, kind, folder / f"{kind}.xlsx", "en")
    head, *rows = read(folder / f"{kind}.xlsx")
    return [dict(zip(map(str, head), row, strict=True)) for row in rows]


def test_every_list_is_exported_with_its_types(busy: Desk, tmp_path: Path) -> None:
    found = {kind: table(busy, kind, tmp_path) for kind in EXPORTS}
    assert all(found.values()), "each list has something in it"
    (receipt,) = found["receipts"]
    assert (receipt["Receipt"], receipt["Purchase order"], receipt["SKU"]) == ("RC-1", "PO-1", "BEER-500")
    assert (receipt["Lot"], receipt["Expiry"], receipt["Quantity"]) == ("L-7", datetime(2027, 1, 31), 12)  # noqa: DTZ001
    beer = next(row for row in found["purchase-orders"] if row["SKU"] == "BEER-500")
    assert (beer["Due date"], beer["Quantity"], beer["Received"]) == (datetime(2025, 11, 21), 60, 12)  # noqa: DTZ001
    assert (beer["Supplier code"], beer["Unit cost"]) == ("S1", 3)
    (count,) = found["counts"]
    assert (count["Count"], count["Book quantity"], count["Counted"], count["Variance"]) == ("ST-1", 0, 3, 3)
    (order,) = found["orders"]
    assert (order["Order number"], order["Quantity"], order["Amount"]) == ("SO-1", 2, 10)
    codes = {row["Barcode"] for row in found["products"]}
    assert codes == {"9520000000011", "9520000000028"}
    packs = {(row["Carton code"], row["Carton quantity"]) for row in found["products"]}
    assert packs == {("19520000000018", 12), (None, None)}
    assert {row["Expiry"] for row in found["stock"]} == {datetime(2027, 1, 31), None}  # noqa: DTZ001


def test_money_has_its_decimals_and_codes_are_text(busy: Desk, tmp_path: Path) -> None:
    path = tmp_path / "p.xlsx"
    export(busy.runtime, "products", path, "en")
    sheet = openpyxl.load_workbook(path).active
    assert sheet is not None
    heads = {cell.value: cell.column for cell in sheet[1]}
    price, code = (sheet.cell(2, heads[name]) for name in ("Price", "Barcode"))
    assert (price.data_type, price.value, price.number_format) == ("n", 5, "#,##0.00####")
    assert (code.data_type, code.number_format) == ("s", "@")
    export(busy.runtime, "products", tmp_path / "p.csv", "en")
    with (tmp_path / "p.csv").open(encoding="utf-8-sig", newline="") as stream:
        assert {row["Price"] for row in csv.DictReader(stream)} == {"5.00", "68.00"}


def test_the_desk_sorts_no_whole_list(busy: Desk) -> None:
    """It would do so in memory; one document, location or SKU at a time it may sort."""
    for kind, listed in EXPORTS.items():
        with busy.read() as connection, connection.begin():
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {listed.sql}").all()
        steps = [str(step[3]) for step in plan]
        assert not [step for step in steps if step == "USE TEMP B-TREE FOR ORDER BY"], kind


def test_a_cancelled_export_leaves_the_file_that_was_there(
    busy: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("merchant_desk.jobs.export_job.TOLD_EVERY", 1)
    folder = tmp_path / "exports"
    folder.mkdir()
    path = folder / "p.csv"
    path.write_text("the former one")
    told: list[int] = []
    with pytest.raises(ExportStopped):
        export(busy.runtime, "products", path, "zh", told.append, lambda: len(told) == 2)
    assert (told, path.read_text()) == ([1, 2], "the former one")
    assert [one.name for one in folder.iterdir()] == ["p.csv"]


def test_a_wrong_name_is_said_before_anything_is_read(busy: Desk, tmp_path: Path) -> None:
    with pytest.raises(UnknownFormat):
        export(busy.runtime, "products", tmp_path / "p.ods", told=lambda _: pytest.fail("read"))


@pytest.mark.parametrize("name", ["t.xlsx", "t.csv.gz"])
def test_memory_does_not_grow_with_the_list(tmp_path: Path, name: str) -> None:
    """Ten times the rows, and no more memory: what holds for 5,000 holds for a million."""
    columns = EXPORTS["products"].columns
    row = ("A-1", "9520", "=大米", "", "粮油", "袋", "19520", 12 * MICRO, 68 * MICRO, 0, 1, 0, 30, "active")
    style = Style("zh", ZoneInfo("Asia/Shanghai"))

    def peak(rows: int) -> int:
        tracemalloc.start()
        counts: list[int] = []
        assert export_table(
            tmp_path / name, columns, watched(repeat(row, rows), counts.append, lambda: False), style
        )
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert counts == [*range(TOLD_EVERY, rows + 1, TOLD_EVERY), rows]
        return found

    peak(100)
    small, large = peak(500), peak(5_000)
    assert large < small + 200_000
    if name.endswith(".gz"):
        with gzip.open(tmp_path / name, "rt", encoding="utf-8-sig") as stream:
            assert "'=大米" in stream.readlines()[1]
