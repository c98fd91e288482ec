"""Floor 14 to 16, and the look-up: picking by the shelf, counting blind, finding out, reversing."""

import re

import pytest
from PySide6.QtCore import Qt
from sqlalchemy import event

from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.ui.screens.outbound.screen import OUTBOUND
from merchant_desk.ui.tables.row_model import CELL_ROLE
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.widgets.last_scan import ScanState
from tests.ui.screens.stations.conftest import Stages
from tests.ui.screens.stations.scenes import sales
from tests.ui.screens.stations.stage import Floor, Stage

Key = Qt.Key


def on_hand(desk: Desk) -> dict[str, int]:
    """Return what the desk's warehouse has, in whole units."""
    return {row.sku: row.on_hand // MICRO for row in desk.stock()}


def selling(stage: Stages, floor: Floor, station: str, **options: str) -> Stage:
    here = stage(**options)
    sales(here, floor)
    return here.open(station)


@pytest.mark.parametrize(
    ("language", "goods"), [(LanguageCode.CHINESE, "抽纸 10包"), (LanguageCode.ENGLISH, "Tissues × 10")]
)
def test_the_orders_that_wait_name_their_goods_in_the_language_of_the_window(
    stage: Stages, floor: Floor, language: LanguageCode, goods: str
) -> None:
    here = stage(language=language)
    sales(here, floor)
    here.open("outbound")
    amount = [column.key for column in OUTBOUND.columns].index("amount")
    model = here.screen.start.view.model()
    told = [model.index(row, amount).data(CELL_ROLE).detail for row in range(3)]
    assert goods in told


def test_the_most_urgent_order_is_picked_and_shipped_and_the_next_one_begun(
    stage: Stages, floor: Floor
) -> None:
    here = selling(stage, floor, "outbound")
    assert [row.number for row in here.screen.start.rows] == ["WX-88213", "WX-88214", "MT-30418"]
    here.press(Key.Key_Return)
    assert here.document == "WX-88213"
    places = {line.sku: line.place for line in here.screen.lines.lines}
    assert places == {"RICE-10": "A-01", "NOODLE": "A-02", "OIL-5": "A-03"}
    here.scan("MD:QTY:2", floor.codes["RICE-10"], floor.cartons["NOODLE"])
    assert not here.screen.panel.answers.isVisible()
    here.scan(floor.codes["OIL-5"])
    assert here.screen.control.situation.complete
    assert here.screen.panel.answers.isVisible()
    here.press(Key.Key_Return)
    assert here.document == ""
    assert [row.number for row in here.screen.start.rows] == ["WX-88214", "MT-30418"]
    here.press(Key.Key_Return)
    assert here.document == "WX-88214"
    assert on_hand(here.desk)["NOODLE"] == 176


def test_the_next_order_s_number_ships_the_complete_one(stage: Stages, floor: Floor) -> None:
    here = selling(stage, floor, "outbound").scan("WX-88214", "MD:QTY:3", floor.codes["TISSUE"], "MT-30418")
    assert here.document == "MT-30418"
    assert on_hand(here.desk)["TISSUE"] == 197
    assert [line.sku for line in here.screen.lines.lines] == ["SOY-19", "RICE-10"]


def test_what_is_not_ordered_or_packed_already_is_refused(stage: Stages, floor: Floor) -> None:
    here = selling(stage, floor, "outbound").scan("WX-88214", floor.codes["RICE-10"])
    assert (here.state, here.headline) == (ScanState.BLOCKED, "单据上没有这个商品")
    here.press(Key.Key_Return).scan("MD:QTY:4", floor.codes["TISSUE"])
    assert here.headline == "超出：4 / 3"
    here.press(Key.Key_Return).scan("MD:QTY:3", floor.codes["TISSUE"], floor.codes["TISSUE"])
    assert here.headline == "已经拣够 3 / 3"
    here.press(Key.Key_Return)
    assert here.done("TISSUE") == 3


def test_goods_that_the_book_does_not_have_are_shipped_offline_all_the_same(
    stage: Stages, floor: Floor
) -> None:
    floor.stock(floor.skus["SOY-19"], 2)
    floor.sale("WX-1", "尾号 1", 1, ("SOY-19", 2))
    floor.stock(floor.skus["SOY-19"], -2)
    here = stage("outbound")
    floor.fetch.down = True
    here.scan("WX-1")
    assert "无库存" in str(here.screen.lines.view.model().index(0, 1).data())
    here.scan("MD:QTY:2", floor.codes["SOY-19"]).press(Key.Key_Return)
    assert here.document == ""
    assert on_hand(here.desk)["SOY-19"] == -2
    assert "stock_negative" in {task.code for task in here.desk.tasks()}
    floor.fetch.down = False
    here.desk.sync()
    assert here.desk.status.waiting == 0
    assert here.desk.refused() == []


def test_a_blind_counter_s_screen_neither_shows_nor_reads_the_book(stage: Stages, floor: Floor) -> None:
    here = selling(stage, floor, "stocktake")
    statements: list[str] = []
    reader = here.desk.runtime.profile.reader

    @event.listens_for(reader, "checkout")
    def trace(connection: object, record: object, proxy: object) -> None:
        connection.set_trace_callback(statements.append)  # type: ignore[attr-defined]

    writer = here.desk.runtime.profile.writer
    event.listen(writer, "checkout", trace)
    here.scan("L:A-02", "MD:QTY:190", floor.codes["NOODLE"], floor.cartons["NOODLE"])
    here.press(Key.Key_F12)
    told = [text for text in statements if re.search(r"SELECT.*on_hand", text, re.IGNORECASE | re.DOTALL)]
    chosen = [re.split(r"\bFROM\b", text, maxsplit=1)[0] for text in told]
    assert [text for text in chosen if "on_hand" in text] == []
    assert statements, "the trace saw nothing"
    shown = [cell for line in here.screen.lines.lines for cell in (line.expected, line.done)]
    assert shown == [None, 214 * MICRO]
    left = [row.item.sku for row in here.screen.sheets.finish._uncounted.rows]
    assert left == ["SOY-19"]
    words = " ".join(
        label.text()
        for label in here.screen.sheets.finish.findChildren(type(here.screen.sheets.finish._note))
    )
    assert not re.search(r"\b(200|12)\b", words)


def test_uncounted_is_decided_on_and_never_taken_for_zero(stage: Stages, floor: Floor) -> None:
    here = selling(stage, floor, "stocktake")
    here.scan("L:A-02", "MD:QTY:200", floor.codes["NOODLE"]).press(Key.Key_F12, Key.Key_Return)
    assert on_hand(here.desk)["SOY-19"] == 12, "left as the book has it"
    here.scan("L:A-02", "MD:QTY:200", floor.codes["NOODLE"]).press(Key.Key_F12, Key.Key_Space)
    assert len(here.screen.sheets.finish.gone) == 1
    here.press(Key.Key_Return)
    assert on_hand(here.desk)["SOY-19"] == 0
    counted = {row.number: row.counted_at for row in here.screen.start.rows}
    assert counted["A-02"] is not None
    assert counted["A-01"] is None


def test_another_location_waits_until_this_one_is_counted(stage: Stages, floor: Floor) -> None:
    here = selling(stage, floor, "stocktake").scan("L:A-02", "L:A-03")
    assert here.headline == "正在盘 A-02，先完成再盘 A-03"
    here.press(Key.Key_Return).scan(floor.codes["NOODLE"])
    assert here.done("NOODLE") == 1


def test_look_up_tells_price_places_documents_and_movements(stage: Stages, floor: Floor) -> None:
    here = selling(stage, floor, "lookup").scan(floor.codes["SOY-19"])
    page = here.lookup.page
    assert here.lookup.panel.scan.headline == "生抽 1.9L"
    assert page.tiles["price"]._figure.text() == "¥ 18.00"
    assert page.tiles["on_hand"]._figure.text() == "12 瓶"
    assert [(row.location, row.on_hand // MICRO) for row in page.stock.rows] == [("A-02", 12)]
    assert {(row.kind, row.number) for row in page.documents.rows} == {
        ("purchase_orders", "PO-2611-0457"),
        ("purchase_orders", "PO-2611-0460"),
        ("orders", "MT-30418"),
    }
    assert [row.kind for row in page.moves.rows] == ["adjust"]
    here.scan("L:A-02")
    assert [row.sku for row in here.lookup.contents.rows] == ["NOODLE", "SOY-19"]
    here.scan("no such thing")
    assert here.lookup.panel.scan.state is ScanState.ATTENTION
    here.press(Key.Key_F6)
    assert "no such thing 已放入待处理盘" in [notice.text for notice in here.window.notices.notices()]


def test_look_up_finds_by_name_and_stays_right(stage: Stages, floor: Floor) -> None:
    here = selling(stage, floor, "lookup")
    here.wait_for_search()
    here.press((Key.Key_F, Qt.KeyboardModifier.ControlModifier)).type("sheng")
    here.press(Key.Key_Return, Key.Key_Return)
    here.settle(50)
    assert here.lookup.panel.scan.headline == "生抽 1.9L"
    floor.stock(floor.skus["SOY-19"], 5, 3)
    here.desk.sync()
    here.settle()
    assert here.lookup.page.tiles["on_hand"]._figure.text() == "17 瓶"


def test_a_code_of_several_meanings_lists_them(stage: Stages, floor: Floor) -> None:
    floor.twin()
    here = stage("lookup").scan(floor.codes["SOY-19"])
    assert [row.code for row in here.lookup.readings.rows] == ["SOY-19", "SOY-19-OLD"]
    here.press(Key.Key_Down, Key.Key_Return)
    assert here.lookup.panel.scan.headline == "生抽 1.9L（旧包装）"


def closed_receipt(stage: Stages, floor: Floor, login: str) -> Stage:
    here = stage("inbound", login=login).scan("PO-2611-0457", "MD:QTY:5", floor.codes["OIL-5"])
    here.scan(floor.codes["SOY-19"], floor.codes["SOY-19"], "MD:UNDO").press(Key.Key_F12, Key.Key_Return)
    here.window.go("lookup")
    return here.scan("RC-01-000001")


def test_a_closed_receipt_is_reversed_by_line_and_then_whole(stage: Stages, floor: Floor) -> None:
    here = closed_receipt(stage, floor, "manager")
    sheet = here.lookup.document
    assert [(line.sku, line.moved // MICRO) for line in sheet.lines] == [("OIL-5", 5), ("SOY-19", 1)]
    sheet.view.choose(sheet.lines[0].id)
    here.press(Key.Key_Return, Key.Key_Return)
    assert sheet._field.error == "请写明原因"
    here.type("counted twice").press(Key.Key_Return)
    here.settle(50)
    assert on_hand(here.desk)["OIL-5"] == 0
    assert [(line.moved // MICRO, line.standing // MICRO, line.reason) for line in sheet.lines] == [
        (5, 0, "counted twice"),
        (1, 1, ""),
    ]
    here.press(Key.Key_Return).press((Key.Key_Tab), Key.Key_Right)
    sheet.which.choose("whole")
    sheet.reason.setText("wrong supplier")
    here.press(Key.Key_Return)
    here.settle(50)
    assert on_hand(here.desk)["SOY-19"] == 0
    assert sheet._document is not None
    assert sheet._document.status == "reversed"
    assert sheet.yes.isHidden()


def test_reversing_is_offered_to_whoever_has_the_right(stage: Stages, floor: Floor) -> None:
    here = closed_receipt(stage, floor, "worker")
    sheet = here.lookup.document
    assert sheet.yes.isHidden()
    assert sheet._hint.text() == "冲销需要店长的权限"
    here.press(Key.Key_Return, Key.Key_Return)
    assert on_hand(here.desk)["OIL-5"] == 5


@pytest.mark.parametrize(("login", "told"), [("worker", None), ("manager", 3 * MICRO)])
def test_variances_of_a_count_are_for_whoever_approves(
    stage: Stages, floor: Floor, login: str, told: int | None
) -> None:
    here = selling(stage, floor, "stocktake", login=login)
    here.scan("L:A-01", "MD:QTY:203", floor.codes["RICE-10"]).press(Key.Key_F12, Key.Key_Return)
    here.window.go("lookup")
    here.scan("CT-01-000001")
    assert [line.variance for line in here.lookup.document.lines] == [told]
    here.press(Key.Key_Escape)


def test_a_shipment_is_reversed_with_all_that_it_moved(stage: Stages, floor: Floor) -> None:
    here = selling(stage, floor, "outbound", login="manager")
    here.scan("WX-88214", "MD:QTY:3", floor.codes["TISSUE"]).press(Key.Key_Return)
    assert on_hand(here.desk)["TISSUE"] == 197
    here.window.go("lookup")
    here.scan("SH-01-000001").press(Key.Key_Return).type("came back").press(Key.Key_Return)
    here.settle(50)
    assert on_hand(here.desk)["TISSUE"] == 200
    here.scan("L:A-04")
    assert [(row.sku, row.on_hand // MICRO) for row in here.lookup.contents.rows] == [("TISSUE", 200)]


def test_a_hidden_station_catches_up_when_it_is_shown(stage: Stages, floor: Floor) -> None:
    here = stage("outbound")
    assert here.screen.start.rows == []
    here.window.go("lookup")
    sales(here, floor)
    here.settle()
    outbound = here.window.built("outbound")
    assert outbound is not None
    assert outbound.start.rows == []  # type: ignore[attr-defined]
    here.window.go("outbound")
    here.settle()
    assert len(here.screen.start.rows) == 3


def test_another_desk_s_receipt_is_named_as_such(stage: Stages, floor: Floor) -> None:
    other = floor.desk()
    other.receive("PO-2611-0460").scan(floor.codes["TISSUE"])
    other.sync()
    here = stage()
    here.desk.sync()
    here.open("inbound")
    row = here.screen.start.rows[0]
    assert (row.begun, row.own, row.device) == (True, False, other.identity.code)
    assert f"工作台 {other.identity.code} 进行中" in str(here.screen.start.view.model().index(0, 4).data())


def test_a_receipt_that_the_desk_began_before_it_was_enrolled_again_is_its_own(
    stage: Stages, floor: Floor
) -> None:
    here = stage()
    here.desk.receive("PO-2611-0460")  # a scan would open it again
    here.desk.sync()
    former = floor.desk().identity.device_id
    with here.desk.runtime.profile.writer.begin() as connection:
        connection.exec_driver_sql("UPDATE receipts SET device_id = ?", (former.bytes,))
    here.open("inbound")
    first, *others = here.screen.start.rows
    assert (first.number[:2], first.begun, first.own) == ("RC", True, True)
    assert "PO-2611-0460" not in [row.number for row in others]
