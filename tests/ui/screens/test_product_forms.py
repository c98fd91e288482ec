"""The office's work on products by keyboard: new, change, complete, merge; a refusal loses nothing."""

from typing import Any, TypeVar
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QCheckBox
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.products import Barcode, DraftProduct, NewSku
from merchant_desk.ui.screens.products.merge_form import MergeForm
from merchant_desk.ui.screens.products.product_form import ProductForm
from merchant_desk.ui.screens.products.products import ProductsScreen
from merchant_desk.ui.screens.tasks.tasks_screen import TasksScreen
from tests.ui.screens.acting import CONTROL, press, settled, texts_in, type_text, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene

Key = Qt.Key
Form = TypeVar("Form", ProductForm, MergeForm)


def products_of(program: Program) -> ProductsScreen:
    found = program.window.built("products")
    assert isinstance(found, ProductsScreen)
    return found


def form_of(qtbot: QtBot, program: Program, kind: type[Form]) -> Form:
    """Return the form that opens."""
    until(qtbot, lambda: [form for form in program.window.findChildren(kind) if form.isVisible()])
    return next(form for form in program.window.findChildren(kind) if form.isVisible())


def closed(qtbot: QtBot, program: Program, kind: type[Form]) -> None:
    until(qtbot, lambda: not [form for form in program.window.findChildren(kind) if form.isVisible()])
    settled(qtbot, program)


def retype(text: str) -> None:
    """Write over the field that has the keys, and go on to the next."""
    field: Any = QApplication.focusWidget()
    field.selectAll()
    if text:
        type_text(text)
    else:
        field.clear()


def show_only(qtbot: QtBot, program: Program, sku_id: UUID) -> ProductsScreen:
    screen = products_of(program)
    screen.show_target(sku_id)
    until(qtbot, lambda: screen.panel.detail is not None and screen.panel.detail.row.id == sku_id)
    settled(qtbot, program)
    return screen


def asked(scene: Scene, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    with scene.a.read() as connection, connection.begin():
        return [tuple(row) for row in connection.exec_driver_sql(sql, values)]


def draft(scene: Scene, sku: str = "D-01") -> UUID:
    id = scene.world.chance.new_id()
    codes = (Barcode("6901234567892", "06901234567892", MICRO, "件"),)
    item = NewSku(id, sku, "没见过的茶", "", "", "件", 0, False, False, 0, 0, codes)
    scene.b.do(DraftProduct(item, scene.world.outlet, None))
    scene.b.sync()
    scene.a.sync()
    return id


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_a_new_product_without_the_mouse(scene: Scene, show: Show, qtbot: QtBot, language: str) -> None:
    program = show(scene.a, "products", language=language)
    press(program, Key.Key_N, CONTROL)
    form = form_of(qtbot, program, ProductForm)
    press(program, Key.Key_Return)
    assert form._fields["name"].error
    assert form.isVisible()
    typed = ("茶叶", "Tea", "soy-19", "饮料", "盒", "12.5", "9520000000042", "19520000000049", "12")
    for text in typed:
        retype(text)
        press(program, Key.Key_Tab)
    assert isinstance(QApplication.focusWidget(), QCheckBox)
    press(program, Key.Key_Space)
    press(program, Key.Key_Tab)
    press(program, Key.Key_Space)
    for _ in range(2):
        press(program, Key.Key_Tab)
    retype("30")
    press(program, Key.Key_Return)
    # The SKU is another product's: nothing is lost, the field says so.
    until(qtbot, lambda: form._fields["sku"].error)
    until(qtbot, lambda: QApplication.focusWidget() is form.editors["sku"])
    assert form.editors["pack_quantity"].text() == "12"
    retype("TEA-1")
    press(program, Key.Key_Return)
    closed(qtbot, program, ProductForm)
    flags = "track_lot, track_expiry, track_serial, min_days_left"
    row = f"SELECT name, name_en, category, base_unit, price, {flags} FROM skus WHERE sku = 'TEA-1'"
    assert asked(scene, row) == [("茶叶", "Tea", "饮料", "盒", 12_500_000, 1, 1, 0, 30)]
    sql = "SELECT code, quantity, unit FROM barcodes WHERE code LIKE '%952000000004%' ORDER BY quantity"
    assert asked(scene, sql) == [
        ("9520000000042", MICRO, "盒"),
        ("19520000000049", 12 * MICRO, "箱"),
    ]


def test_only_what_was_changed_is_sent(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "products")
    screen = show_only(qtbot, program, scene.goods[4])
    press(program, Key.Key_F2)
    form = form_of(qtbot, program, ProductForm)
    assert form.editors["sku"].text() == "TISSUE"
    assert (form.editors["pack_code"].text(), form.editors["pack_quantity"].text()) == ("1952000010004", "40")
    form.editors["pack_quantity"].setFocus()
    retype("48")
    form.flags["track_serial"].setChecked(True)
    press(program, Key.Key_Return)
    closed(qtbot, program, ProductForm)
    assert asked(scene, "SELECT track_serial, price FROM skus WHERE sku = 'TISSUE'") == [(1, 25_900_000)]
    sql = "SELECT quantity FROM barcodes WHERE sku_id = ? ORDER BY quantity"
    assert asked(scene, sql, scene.goods[4].bytes) == [(MICRO,), (48 * MICRO,)]
    until(qtbot, lambda: "扫描时要问\n序列号" in texts_in(screen.panel))


def test_lots_cannot_be_begun_over_stock(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "products", language="en")
    show_only(qtbot, program, scene.goods[0])
    press(program, Key.Key_F2)
    form = form_of(qtbot, program, ProductForm)
    form.flags["track_lot"].setChecked(True)
    press(program, Key.Key_Return)
    until(qtbot, lambda: "OIL-5 is in stock" in texts_in(form))
    assert asked(scene, "SELECT track_lot FROM skus WHERE sku = 'OIL-5'") == [(0,)]
    press(program, Key.Key_Escape)
    closed(qtbot, program, ProductForm)


def test_a_draft_is_completed(scene: Scene, show: Show, qtbot: QtBot) -> None:
    id = draft(scene)
    program = show(scene.a, "products")
    products_of(program).pane.choose_tab("draft")
    show_only(qtbot, program, id)
    press(program, Key.Key_F7)
    form = form_of(qtbot, program, ProductForm)
    retype("龙井茶")
    form.editors["sku"].setFocus()
    retype("TEA-2")
    press(program, Key.Key_Return)
    closed(qtbot, program, ProductForm)
    assert asked(scene, "SELECT sku, name, draft FROM skus WHERE id = ?", id.bytes) == [
        ("TEA-2", "龙井茶", 0)
    ]


def test_a_draft_is_merged_into_what_it_really_is(scene: Scene, show: Show, qtbot: QtBot) -> None:
    id = draft(scene)
    program = show(scene.a, "products")
    show_only(qtbot, program, id)
    press(program, Key.Key_F9)
    form = form_of(qtbot, program, MergeForm)
    retype("nothing like it")
    press(program, Key.Key_Return)
    until(qtbot, lambda: form._fields["keep"].error)
    retype("D-01")
    press(program, Key.Key_Return)
    until(qtbot, lambda: "D-01" in form._fields["keep"].error)
    retype("tissue")
    press(program, Key.Key_Return)
    # A tin of tea is no pack of tissues: their units differ.
    until(qtbot, lambda: "提" in form._fields["keep"].error)
    press(program, Key.Key_Escape)
    closed(qtbot, program, MergeForm)
    assert asked(scene, "SELECT count(*) FROM sku_merges") == [(0,)]


def test_a_clash_is_merged_from_its_task(scene: Scene, show: Show, qtbot: QtBot) -> None:
    same = scene.world.chance.new_id()
    item = NewSku(same, "seed-605", "玉米种子", "", "", "袋", 0, False, False, 0, 0, ())
    scene.b.do(DraftProduct(item, scene.world.outlet, None))
    scene.b.sync()
    scene.a.sync()
    program = show(scene.a, "tasks")
    screen = program.window.built("tasks")
    assert isinstance(screen, TasksScreen)
    merge = program.look.text("task.merge")

    def buttons() -> list[Any]:
        return [one for card in screen.cards.cards() for one in card.buttons() if one.text() == merge]

    until(qtbot, buttons)
    buttons()[0].setFocus(Qt.FocusReason.TabFocusReason)
    press(program, Key.Key_Space)
    form = form_of(qtbot, program, MergeForm)
    assert form.keep.text().casefold() == "seed-605"
    press(program, Key.Key_Return)
    closed(qtbot, program, MergeForm)
    assert asked(scene, "SELECT kept_id FROM sku_merges WHERE id = ?", same.bytes) == [
        (scene.goods[5].bytes,)
    ]
    until(qtbot, lambda: not buttons())
