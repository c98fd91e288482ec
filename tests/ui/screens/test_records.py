"""Can a manager set up suppliers, carriers, taxes and outlets by keyboard, and see who did it?"""

from typing import Any

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.domain.carriers import AddCarrier
from merchant_desk.domain.settings import Level, SetSetting
from merchant_desk.domain.settings_known import USUAL_CARRIER
from merchant_desk.domain.taxes import SetTaxRate
from merchant_desk.ui.screens.documents.documents import DocumentsScreen
from merchant_desk.ui.screens.products.products import ProductsScreen
from merchant_desk.ui.screens.purchasing.purchasing import PurchasingScreen
from merchant_desk.ui.screens.records.record_list import RecordList
from merchant_desk.ui.widgets.form import FormDialog
from tests.ui.screens.acting import CONTROL, press, texts_in, until
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
