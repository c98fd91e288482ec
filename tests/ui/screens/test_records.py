"""Can a manager set up suppliers, carriers, taxes and outlets by keyboard, and see who did it?"""

from typing import Any

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QCheckBox, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.domain.carriers import AddCarrier
from merchant_desk.domain.settings import Level, SetSetting
from merchant_desk.domain.settings_known import USUAL_CARRIER
from merchant_desk.domain.taxes import AddTax, SetTaxRate
from merchant_desk.ui.screens.documents.documents import DocumentsScreen
from merchant_desk.ui.screens.products.products import ProductsScreen
from merchant_desk.ui.screens.purchasing.purchasing import PurchasingScreen
from merchant_desk.ui.screens.records.record_list import RecordList
from merchant_desk.ui.widgets.form import FormDialog
from tests.ui.screens.acting import CONTROL, press, texts_in, type_text, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene

Key = Qt.Key
FULLY = QUrl.ComponentFormattingOption.FullyEncoded


def screen_of(program: Program, name: str) -> RecordList[Any]:
    found = program.window.built(name)
    assert isinstance(found, RecordList)
    return found


def go(qtbot: QtBot, program: Program, name: str) -> RecordList[Any]:
    program.window.go(name)
    until(qtbot, lambda: not program.runner.busy)
    return screen_of(program, name)


def rows(screen: RecordList[Any]) -> list[Any]:
    return list(screen.pane.model.rows)


def fill(
    qtbot: QtBot, program: Program, key: Key, *typed: str, modifiers: Any = Qt.KeyboardModifier.NoModifier
) -> None:
    """Open a form by its key, type into its fields (empty: as it stands), walk on by Tab, and save."""
    press(program, key, modifiers)
    until(qtbot, lambda: QApplication.focusWindow() is not program.window.windowHandle())
    for i, text in enumerate(typed):
        field = QApplication.focusWidget()
        if text:
            editor = field.lineEdit() if isinstance(field, QComboBox) else field
            assert isinstance(editor, QLineEdit), field
            editor.selectAll()
            editor.insert(text)
        if i + 1 < len(typed):
            press(program, Key.Key_Tab)
    press(program, Key.Key_Return)


def shut(qtbot: QtBot, program: Program) -> None:
    until(qtbot, lambda: not [f for f in program.window.findChildren(FormDialog) if f.isVisible()])
    until(qtbot, program.window.isActiveWindow)


def said(program: Program, words: str) -> bool:
    return words in texts_in(program.window)


def test_suppliers_are_added_renamed_archived_and_ordered_from(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a, "suppliers", "en")
    screen = go(qtbot, program, "suppliers")
    until(qtbot, lambda: rows(screen))
    before = {row.code for row in rows(screen)}
    fill(qtbot, program, Key.Key_N, "NEW-1", "Mill", modifiers=CONTROL)
    until(qtbot, lambda: said(program, "The supplier is added."))
    until(qtbot, lambda: {row.code for row in rows(screen)} == {*before, "NEW-1"})
    fill(qtbot, program, Key.Key_N, "new-1", "Again", modifiers=CONTROL)
    until(
        qtbot, lambda: any("exists already" in texts_in(f) for f in program.window.findChildren(FormDialog))
    )
    press(program, Key.Key_Escape)
    shut(qtbot, program)
    (made,) = [row.id for row in rows(screen) if row.code == "NEW-1"]
    screen.show_target(made)
    until(qtbot, lambda: [row.id for row in rows(screen)] == [made] and screen.row is not None)
    fill(qtbot, program, Key.Key_F2, "Old Mill")
    until(qtbot, lambda: rows(screen)[0].name == "Old Mill")
    shut(qtbot, program)
    until(qtbot, lambda: "renamed: Mill → Old Mill" in (screen.panel._history.accessibleName() or ""))
    press(program, Key.Key_F6)
    purchasing = program.window.built("purchasing")
    assert isinstance(purchasing, PurchasingScreen)
    until(qtbot, lambda: purchasing.form.supplier.currentText() == "Old Mill")
    go(qtbot, program, "suppliers")
    press(program, Key.Key_F8)
    until(qtbot, lambda: rows(screen) and rows(screen)[0].archived)
    press(program, Key.Key_F10)
    until(qtbot, lambda: rows(screen) and not rows(screen)[0].archived)
    assert "archived" in screen.panel._history.accessibleName()


def test_carriers_and_taxes_are_checked_where_they_are_typed(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "carriers", "en")
    carriers = go(qtbot, program, "carriers")
    fill(qtbot, program, Key.Key_N, "POST", "Post", "example.com", modifiers=CONTROL)
    until(
        qtbot,
        lambda: any("begins with https" in texts_in(f) for f in program.window.findChildren(FormDialog)),
    )
    field = QApplication.focusWidget()
    assert isinstance(field, QLineEdit)
    field.setText("https://example.com/?no={tracking}")
    press(program, Key.Key_Return)
    until(qtbot, lambda: [row.code for row in rows(carriers)] == ["POST"])
    shut(qtbot, program)
    until(qtbot, lambda: said(program, "https://example.com/?no=123456789"))
    press(program, Key.Key_F6)
    until(qtbot, lambda: any(chip.text == "usual here" for chip in carriers.panel._shown_chips))

    taxes = go(qtbot, program, "taxes")
    fill(qtbot, program, Key.Key_N, "V13", "VAT", "13", modifiers=CONTROL)
    until(qtbot, lambda: [row.code for row in rows(taxes)] == ["V13"])
    shut(qtbot, program)
    press(program, Key.Key_F6)
    until(qtbot, lambda: any(chip.text == "usual" for chip in taxes.panel._shown_chips))
    fill(qtbot, program, Key.Key_F7, "9.5", "2099-01-01")
    until(qtbot, lambda: rows(taxes)[0].rates.endswith("20990101:95000"))
    shut(qtbot, program)
    until(qtbot, lambda: said(program, "from 2099-01-01"))
    press(program, Key.Key_F9)
    until(qtbot, lambda: QApplication.focusWindow() is not program.window.windowHandle())
    press(program, Key.Key_Return)
    until(qtbot, lambda: rows(taxes)[0].products > 0)
    shut(qtbot, program)
    give_another_tax(qtbot, program)


def test_a_rate_of_a_day_is_corrected_only_where_that_is_said(scene: Scene, show: Show, qtbot: QtBot) -> None:
    scene.a.do(AddTax(scene.world.chance.new_id(), "V6", "增值税", 60_000, 20_260_101))
    program = show(scene.a, "taxes", "en")
    taxes = screen_of(program, "taxes")
    until(qtbot, lambda: [row.code for row in rows(taxes)] == ["V6"])
    fill(qtbot, program, Key.Key_F7, "9", "2026-01-01")
    form = next(one for one in program.window.findChildren(FormDialog) if one.isVisible())
    assert "Tax V6 is 6% from 2026-01-01 already" in texts_in(form)
    assert rows(taxes)[0].rates == "20260101:60000"
    assert isinstance(QApplication.focusWidget(), QCheckBox)
    press(program, Key.Key_Space)
    press(program, Key.Key_Return)
    until(qtbot, lambda: rows(taxes)[0].rates == "20260101:90000")


def give_another_tax(qtbot: QtBot, program: Program) -> None:
    """A product shows its tax beside its price, and is given another one."""
    taxes = go(qtbot, program, "taxes")
    fill(qtbot, program, Key.Key_N, "V09", "Low VAT", "9", modifiers=CONTROL)
    until(qtbot, lambda: len(rows(taxes)) == 2)
    shut(qtbot, program)
    program.window.go("products")
    products = program.window.built("products")
    assert isinstance(products, ProductsScreen)
    until(qtbot, lambda: "13%, " in texts_in(products) and "of the price" in texts_in(products))
    press(program, Key.Key_F8)
    until(qtbot, lambda: QApplication.focusWindow() is not program.window.windowHandle())
    press(program, Key.Key_Home)
    press(program, Key.Key_Down)
    press(program, Key.Key_Return)
    until(qtbot, lambda: "9%, " in texts_in(products) and "Low VAT" in texts_in(products))
    press(program, Key.Key_F8)
    until(qtbot, lambda: QApplication.focusWindow() is not program.window.windowHandle())
    asked = QApplication.focusWidget()
    assert isinstance(asked, QComboBox)
    assert asked.currentText().startswith("V09"), "Enter alone changes nothing"
    press(program, Key.Key_Escape)
    until(qtbot, lambda: QApplication.focusWindow() is program.window.windowHandle())
    usual = next(row.id for row in rows(taxes) if row.code == "V13")
    program._desk.do(SetTaxRate(usual, 130_000, 2020_01_01))  # an order has the rate of its own day
    program.window.go("orders")
    orders = program.window.built("orders")
    assert orders is not None
    until(qtbot, lambda: "tax in the goods, 13%" in texts_in(orders))


def test_an_outlet_is_asked_for_and_renamed_and_tells_what_it_lacks(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a, "outlets", "en")
    screen = go(qtbot, program, "outlets")
    until(qtbot, lambda: len(rows(screen)) == 1)
    fill(qtbot, program, Key.Key_N, "ZH", "镇上店", "", "04:30", modifiers=CONTROL)
    until(qtbot, lambda: said(program, "1 request waits for the server"))
    shut(qtbot, program)
    scene.a.sync()
    until(qtbot, lambda: len(rows(screen)) == 2)
    (made,) = [row.id for row in rows(screen) if row.code == "ZH"]
    screen.show_target(made)
    until(qtbot, lambda: [row.id for row in rows(screen)] == [made] and screen.row is not None)
    until(qtbot, lambda: said(program, "04:30") and said(program, "No desk: F7 leads to an enrolment code"))
    fill(qtbot, program, Key.Key_F2, "Market", "Market store")
    shut(qtbot, program)
    scene.a.sync()
    until(qtbot, lambda: (rows(screen)[0].name, rows(screen)[0].warehouse) == ("Market", "Market store"))


def test_a_second_warehouse_is_asked_for_chosen_and_closed(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "outlets", "en")
    screen = go(qtbot, program, "outlets")
    until(qtbot, lambda: len(rows(screen)) == 1 and screen.row is not None)
    fill(qtbot, program, Key.Key_N, "城关", "后仓", modifiers=CONTROL | Qt.KeyboardModifier.ShiftModifier)
    until(qtbot, lambda: bool(program.window.findChildren(FormDialog)))
    (form,) = program.window.findChildren(FormDialog)
    assert "labels begin with it" in texts_in(form)
    code = next(one for one in form.findChildren(QLineEdit) if one.text() == "城关")
    code.setText("CG2")
    press(program, Key.Key_Return)
    shut(qtbot, program)
    until(qtbot, lambda: not program.runner.busy)
    scene.a.sync()
    until(qtbot, lambda: rows(screen)[0].others == 1)
    press(program, Key.Key_F11)
    until(qtbot, lambda: bool(program.window.findChildren(FormDialog)))
    until(qtbot, lambda: isinstance(QApplication.focusWidget(), QComboBox))
    press(program, Key.Key_Down)
    press(program, Key.Key_Return)
    shut(qtbot, program)
    until(qtbot, lambda: said(program, "This desk works in CG2 后仓 now."))
    assert scene.a.warehouse().code == "CG2"
    until(qtbot, lambda: said(program, "后仓 · this desk's · 2 locations"))
    screen._context.actions.trigger("outlets.close_warehouse")
    until(qtbot, lambda: bool(program.window.findChildren(FormDialog)))
    until(qtbot, lambda: isinstance(QApplication.focusWidget(), QComboBox))
    press(program, Key.Key_Tab)
    type_text("moved")
    press(program, Key.Key_Return)
    shut(qtbot, program)
    until(qtbot, lambda: not program.runner.busy)
    scene.a.sync()
    until(qtbot, lambda: said(program, "后仓 · closed"))
    assert scene.a.warehouse().code == "CG"


def test_a_parcel_goes_with_the_usual_carrier_until_another_is_noted(
    scene: Scene, show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    post, bus = scene.world.chance.new_id(), scene.world.chance.new_id()
    scene.a.do(AddCarrier(post, "POST", "Post", "https://example.com/?no={tracking}"))
    scene.a.do(AddCarrier(bus, "BUS", "Bus", ""))
    stored = USUAL_CARRIER.kind.stored("BUS")
    scene.a.do(SetSetting(USUAL_CARRIER.key, Level.OUTLET, scene.world.outlet, stored))
    scene.shop.order("WX261121-5000", (scene.goods[0], 1))
    scene.a.sync()
    sheet = scene.a.ship("WX261121-5000")
    sheet.scan("9520000100000")
    sheet.finish()
    program = show(scene.a, "shipments", "en")
    screen = program.window.built("shipments")
    assert isinstance(screen, DocumentsScreen)
    until(qtbot, lambda: "Bus" in texts_in(screen))
    fill(qtbot, program, Key.Key_F7, "Post", "T 1&2")
    until(qtbot, lambda: "T 1&2" in texts_in(screen))
    shut(qtbot, program)
    followed: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: followed.append(url.toString(FULLY)))
    press(program, Key.Key_F9)
    until(qtbot, lambda: followed == ["https://example.com/?no=T%201%262"])
