"""Floor 7, 9, 10, 11: what a station asks and refuses, and how it is answered by key, click and card."""

from collections.abc import Callable

import numpy as np
import pytest
import zxingcpp
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QTest

from merchant_desk.documents.command_cards import command_cards
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.products import AddProduct, NewSku
from merchant_desk.domain.tasks import ReportUnknownCode
from merchant_desk.ui.screens.stations.paper import paint_cards
from merchant_desk.ui.screens.stations.sheets import GUARD_MS
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.tones import Sound
from merchant_desk.ui.widgets.last_scan import ScanState
from tests.ui.screens.stations.conftest import Stages
from tests.ui.screens.stations.scenes import LOTTED
from tests.ui.screens.stations.stage import Floor, Stage

Key = Qt.Key
ALT = Qt.KeyboardModifier.AltModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def click_ok(here: Stage) -> None:
    QTest.mouseClick(here.screen.panel.large._ok, Qt.MouseButton.LeftButton)
    here.settle()


@pytest.mark.parametrize(
    "answer",
    [
        lambda here: here.press(Key.Key_Return),
        lambda here: here.press(Key.Key_F2),
        lambda here: here.press((Key.Key_Z, CTRL)),
        lambda here: here.scan("MD:OK"),
        lambda here: here.scan("MD:UNDO"),
        click_ok,
    ],
    ids=["enter", "f2", "undo key", "ok card", "undo card", "click"],
)
def test_a_refusal_stops_the_station_until_it_is_acknowledged(
    stage: Stages, floor: Floor, answer: Callable[[Stage], object]
) -> None:
    here = stage("inbound").scan("PO-2611-0457", floor.codes["OIL-5"], "PO-1")
    assert here.state is ScanState.BLOCKED
    here.scan(floor.codes["OIL-5"], floor.codes["SOY-19"])
    assert (here.done("OIL-5"), here.done("SOY-19")) == (1, 0)
    assert here.tones.heard[-1] is Sound.REFUSED
    assert "停止期间又扫了 2 次" in here.screen.panel.large._ok_hint.text()
    answer(here)
    held = here.screen.sheets.held
    assert here.asking() is held
    assert [held.view.model().index(i, 1).data() for i in range(2)] == [
        floor.codes["OIL-5"],
        floor.codes["SOY-19"],
    ]
    here.press(Key.Key_Return)
    assert (here.done("OIL-5"), here.done("SOY-19")) == (2, 1)
    assert here.asking() is None
    assert here.scan(floor.codes["OIL-5"]).done("OIL-5") == 3


def test_held_scans_are_discarded_by_escape_and_kept_in_the_history(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", "PO-1", floor.codes["OIL-5"], floor.codes["OIL-5"])
    here.press(Key.Key_Return, Key.Key_Escape)
    assert here.done("OIL-5") == 0
    assert [line.code for line in here.screen.history.lines[:2]] == ["discarded", "discarded"]
    here.window.go("lookup")
    here.window.go("inbound")
    here.screen.data.follow(here.screen.sheet)
    here.settle()
    assert [line.code for line in here.screen.history.lines[:2]] == ["discarded", "discarded"]


def test_enter_pressed_twice_answers_once(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", "PO-1", floor.codes["OIL-5"])
    handle = here.window.windowHandle()
    assert handle is not None
    QTest.keyClick(handle, Key.Key_Return)
    QTest.keyClick(handle, Key.Key_Return)
    here.settle()
    assert here.asking() is here.screen.sheets.held, "the second Enter applied nothing unseen"
    assert here.done("OIL-5") == 0


@pytest.mark.parametrize(
    ("answer", "received"),
    [
        (lambda here: here.press(Key.Key_Return), 1),
        (lambda here: here.press(Key.Key_Escape), 0),
        (lambda here: here.scan("MD:OK"), 1),
        (lambda here: here.scan("MD:UNDO"), 0),
        (lambda here: QTest.mouseClick(here.screen.panel.answers.yes, Qt.MouseButton.LeftButton), 1),
        (lambda here: QTest.mouseClick(here.screen.panel.answers.no, Qt.MouseButton.LeftButton), 0),
    ],
    ids=["enter", "escape", "ok card", "undo card", "click yes", "click no"],
)
def test_a_question_is_answered_by_key_card_or_click(
    stage: Stages, floor: Floor, answer: Callable[[Stage], object], received: int
) -> None:
    here = stage("inbound").scan("PO-2611-0457")
    here.scan(f"(01)0{floor.codes['MILK-250']}(17)251201(10)M1102")
    assert here.headline == "临期：只剩 10 天（至少要 30 天）"
    assert here.state is ScanState.ATTENTION
    assert here.screen.panel.answers.isVisible()
    answer(here)
    here.settle()
    assert here.done("MILK-250") == received
    assert not here.screen.panel.answers.isVisible()
    assert here.scan(floor.codes["OIL-5"]).done("OIL-5") == 1


def test_one_of_several_products_is_chosen_by_alt_and_digit(stage: Stages, floor: Floor) -> None:
    floor.twin()
    here = stage("inbound").scan("PO-2611-0457", floor.codes["SOY-19"])
    rows = [choice.product.item.sku for choice in here.screen.sheets.choose._model.rows]
    assert sorted(rows) == ["SOY-19", "SOY-19-OLD"]
    digit = Key(Key.Key_1 + rows.index("SOY-19"))
    here.press((digit, ALT))
    assert here.window.current == "inbound", "Alt with a digit goes nowhere else while something is asked"
    assert here.done("SOY-19") == 1
    here.scan(floor.codes["SOY-19"]).press(Key.Key_Down, Key.Key_Up, Key.Key_Escape)
    assert here.asking() is None
    assert here.done("SOY-19") == 1


def test_one_of_several_products_is_chosen_from_the_list(stage: Stages, floor: Floor) -> None:
    floor.twin()
    here = stage("inbound").scan("PO-2611-0457", floor.codes["SOY-19"])
    rows = [choice.product.item.sku for choice in here.screen.sheets.choose._model.rows]
    here.press(*[Key.Key_Down] * rows.index("SOY-19"), Key.Key_Return)
    assert here.done("SOY-19") == 1


def test_a_lot_is_asked_for_once_and_changed_on_demand(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", floor.codes["MILK-250"])
    sheet = here.screen.sheets.lot
    here.press(Key.Key_Return)
    assert sheet._fields["lot"].error == "请填写"
    here.type("M1").press(Key.Key_Tab).type("2027-13").press(Key.Key_Return)
    assert sheet._fields["expiry"].error == "看不懂这个日期"
    here.press(Key.Key_Backspace, Key.Key_Backspace).type("06").press(Key.Key_Return)
    assert here.done("MILK-250") == 1
    here.scan(floor.cartons["MILK-250"])
    assert here.done("MILK-250") == 17
    assert "批次 M1" in here.words()
    here.press(Key.Key_F3).scan(floor.codes["MILK-250"])
    assert here.asking() is sheet
    here.scan("MD:UNDO")
    assert here.asking() is None
    assert here.done("MILK-250") == 17


def test_focus_cannot_leave_the_lot_form(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", floor.codes["MILK-250"])
    sheet = here.screen.sheets.lot
    for _ in range(8):
        here.press(Key.Key_Tab)
        inside = here.app.focusWidget()
        assert inside is not None
        assert sheet.isAncestorOf(inside)
    here.press(Key.Key_F12, Key.Key_F9)
    assert here.asking() is sheet


def test_an_unknown_code_is_learned_for_a_product(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", "HX-1", floor.codes["OIL-5"])
    assert here.done("OIL-5") == 1, "the line never stops"
    assert here.screen.history.tray == 1
    here.wait_for_search()
    here.press(Key.Key_F6, Key.Key_Return).type("sheng").press(Key.Key_Return, Key.Key_Return)
    here.press(Key.Key_Backspace).type("6").press(Key.Key_Tab).type("box").press(Key.Key_Return)
    here.settle(50)
    assert here.screen.sheets.tray.entries == []
    here.press(Key.Key_Escape).scan("HX-1")
    assert here.done("SOY-19") == 6
    assert here.screen.history.tray == 0


def test_scans_during_a_form_of_the_tray_wait_and_are_applied(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", "HX-1").press(Key.Key_F6)
    here.scan(floor.codes["OIL-5"])
    assert here.done("OIL-5") == 1, "the list alone stops nothing"
    here.press(Key.Key_F5).type("new tea").scan(floor.codes["OIL-5"])
    assert here.done("OIL-5") == 1
    here.press(Key.Key_Return)
    here.settle()
    assert here.done("OIL-5") == 2
    here.press(Key.Key_Escape).scan("HX-1")
    assert here.headline == "单据上没有这个商品"
    here.press(Key.Key_Return)
    assert "new tea" in [line.name for line in here.screen.lines.lines]


def test_a_mis_scan_leaves_the_tray(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", "HX-1", "HX-2").press(Key.Key_F6, Key.Key_Delete)
    assert [entry.code for entry in here.screen.sheets.tray.entries] == ["HX-2"]


def test_the_tray_tells_the_quantity_that_was_given_for_a_code(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", "MD:QTY:6", "HX-1", "HX-2").press(Key.Key_F6)
    model = here.screen.sheets.tray._model
    cells = [model.data(model.index(row, 0), int(Qt.ItemDataRole.AccessibleTextRole)) for row in range(2)]
    assert cells == ["HX-1 × 6", "HX-2"]


@pytest.mark.parametrize(("login", "learned"), [("worker", False), ("manager", True)])
def test_pointing_a_known_code_elsewhere_needs_a_manager(
    stage: Stages, floor: Floor, login: str, learned: bool
) -> None:
    here = stage("inbound", login=login).scan("PO-2611-0457")
    code = floor.codes["OIL-5"]

    desk = here.desk
    desk.do(
        ReportUnknownCode(desk.runtime.new_id(), desk.identity.outlet_id, code, None, None, "", "inbound")
    )
    here.wait_for_search()
    here.press(Key.Key_F6, Key.Key_Return).type("sheng").press(Key.Key_Return, Key.Key_Return, Key.Key_Return)
    here.settle(50)
    sheet = here.screen.sheets.learn
    assert sheet.isHidden() is learned
    assert ("需要店长" in sheet.error) is not learned
    while here.asking() is not None:
        here.press(Key.Key_Escape)
    here.scan(code)
    assert here.done("SOY-19" if learned else "OIL-5") == 1


def test_a_sku_typed_in_full_is_the_product_that_a_code_is_learned_for(stage: Stages, floor: Floor) -> None:
    """Others that match as well stand below it, whatever their names."""
    item = NewSku(
        floor.world.chance.new_id(), "SOY-190", "阿香生抽", "A soy", "", "瓶", 0, False, False, 0, 0, ()
    )
    floor.world.server.house.do(floor.world.merchant_id, AddProduct(item))
    here = stage("inbound", language=LanguageCode.ENGLISH).scan("PO-2611-0457", "4006381333931")
    here.wait_for_search()
    here.press(Key.Key_F6, Key.Key_Return).type("SOY-19").press(Key.Key_Return)
    here.settle(50)
    sheet = here.screen.sheets.learn
    assert [row.sku for row in sheet._model.rows] == ["SOY-19", "SOY-190"]
    assert sheet.unit.placeholderText() == "bottle"
    here.press(Key.Key_Return, Key.Key_Return)
    here.settle(50)
    assert sheet.isHidden()
    while here.asking() is not None:
        here.press(Key.Key_Escape)
    here.scan("4006381333931")
    assert here.done("SOY-19") == 1


def test_nothing_is_learned_while_the_product_is_looked_for(stage: Stages) -> None:
    here = stage("inbound").scan("PO-2611-0457", "4006381333931")
    here.wait_for_search()
    here.press(Key.Key_F6, Key.Key_Return)
    here.settle(50)
    sheet = here.screen.sheets.learn
    assert sheet._product() is not None
    sheet.search.setText("sheng")
    sheet.accept()
    assert "请选择一个商品" in sheet.error
    here.settle(300)
    chosen = sheet._product()
    assert chosen is not None
    assert chosen.sku == "SOY-19"


def test_what_differs_is_shown_before_a_receipt_ends(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0463", "MD:QTY:11", floor.cartons["NOODLE"], "HX-1")
    here.press(Key.Key_F8)
    sheet = here.screen.sheets.finish
    assert sheet._title.text() == "差异 · RC-01-000001"
    assert [line.sku for line in sheet._differing.rows] == ["NOODLE"]
    here.press(Key.Key_Escape, Key.Key_F12)
    assert sheet._title.text() == "完成收货？"
    assert "1 个不认识的条码" in sheet._more.text()
    here.press(Key.Key_Escape)
    assert here.document
    here.press(Key.Key_F12, Key.Key_Return)
    assert here.document == ""


def test_what_is_too_much_stands_first_among_what_differs(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", floor.codes["OIL-5"], "MD:QTY:42", floor.codes["TISSUE"])
    assert here.press(Key.Key_Return).done("TISSUE") == 42
    here.press(Key.Key_F8)
    rows = here.screen.sheets.finish._differing.rows
    assert rows[0].sku == "TISSUE"
    assert len(rows) > 3


def test_a_receipt_by_keyboard_alone(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").press(Key.Key_Down, Key.Key_Return)
    assert here.document == "PO-2611-0457"
    here.press(Key.Key_F10)
    assert here.document == ""
    assert here.screen.start.rows[0].begun
    here.press((Key.Key_N, CTRL))
    assert here.document.startswith("RC-")
    here.scan(floor.codes["OIL-5"]).press((Key.Key_Down, CTRL), Key.Key_F12, Key.Key_Return)
    assert here.document == ""


def test_command_cards_are_read_by_a_decoder(stage: Stages) -> None:
    here = stage()
    scale = 12.0
    image = QImage(int(210 * scale), int(297 * scale), QImage.Format.Format_Grayscale8)
    painter = QPainter(image)
    paint_cards(painter, QRectF(image.rect()), scale, here.look.language)
    painter.end()
    pixels = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.bytesPerLine())
    read = {code.text for code in zxingcpp.read_barcodes(pixels[:, : image.width()])}
    assert read == {card.symbol.text for card in command_cards()}
    assert {"MD:OK", "MD:UNDO", "MD:MINUS", "MD:QTY", "MD:NEXT", "MD:FINISH", "MD:PRINT"} <= read


def test_the_sheet_of_cards_is_saved_as_a_pdf(stage: Stages, floor: Floor) -> None:
    here = stage("inbound")
    here.window.commands.trigger("inbound.cards")
    here.settle()
    path = floor.folder / "cards.pdf"
    here.screen.cards.save(str(path))
    assert path.read_bytes().startswith(b"%PDF")
    assert here.screen.cards.isHidden()
    here.window.commands.trigger("inbound.cards")
    here.screen.cards.save(str(floor.folder / "no such folder" / "cards.pdf"))
    assert "无法写入" in here.screen.cards.error
    here.press(Key.Key_Escape)


def test_quantities_beyond_belief_are_asked_about(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457").press(Key.Key_F4)
    here.type("95200").press(Key.Key_Return).scan(floor.codes["OIL-5"])
    assert "像是把条码当成了数量" in here.headline
    here.press(Key.Key_Escape)
    assert here.done("OIL-5") == 0
    assert here.scan(floor.codes["OIL-5"]).done("OIL-5") == 1, "the quantity went with the refused scan"
    assert here.screen.panel.line is not None
    assert here.screen.panel.line.quantity == MICRO


def test_a_lot_of_one_product_is_never_another_s(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", LOTTED, floor.codes["MILK-250"])
    assert here.asking() is here.screen.sheets.lot
    assert "纯牛奶" in here.screen.sheets.lot._title.text()
    here.press(Key.Key_Escape)
    assert here.done("MILK-250") == 0


def test_a_hurried_second_enter_answers_no_second_question(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", "MD:QTY:10000")
    here.scan(f"(01)0{floor.codes['MILK-250']}(17)251101(10)M1101")

    def asked() -> str:
        question = here.screen.control.situation.question
        return question.result.code if question is not None else ""

    assert asked() == "expired"
    here.press(Qt.Key.Key_Return, Qt.Key.Key_Return)
    assert asked() == "absurd_quantity", "it came up under the finger"
    here.settle(GUARD_MS)
    here.press(Qt.Key.Key_Return)
    assert (asked(), here.done("MILK-250")) == ("", 10_000)


def test_nothing_ends_while_a_question_stands(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", floor.codes["OIL-5"])
    here.press(Key.Key_F4).type("5000000").press(Key.Key_Return)
    assert here.screen.panel.question is not None
    before = len(here.tones.heard)
    here.press(Key.Key_F12)
    assert here.tones.heard[before:] == [Sound.REFUSED]
    assert here.asking() is None
    assert [one.text for one in here.window.notices.notices()] == ["请先回答上面的问题，再完成单据"]
    here.press(Key.Key_Escape, Key.Key_F12)
    assert here.asking() is here.screen.sheets.finish
