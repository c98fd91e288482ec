"""Purchase orders by keyboard: written from start to sent, received, closed short, given up."""

import threading
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QDialog
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.settings_known import WAREHOUSE
from merchant_desk.domain.warehouses import AddWarehouse
from merchant_desk.ui.screens.purchasing.purchase_form import PurchaseForm
from merchant_desk.ui.screens.purchasing.purchasing import PurchasingScreen
from merchant_desk.ui.tables.delegate import PADDING, CellDelegate
from tests.ui.screens.acting import CONTROL, notices_of, press, settled, texts_in, type_text, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene

Key = Qt.Key


def purchasing_of(program: Program) -> PurchasingScreen:
    found = program.window.built("purchasing")
    assert isinstance(found, PurchasingScreen)
    return found


def begin(qtbot: QtBot, program: Program) -> PurchaseForm:
    """Open the form by its key; with one supplier it waits for the first product."""
    until(qtbot, lambda: not program.search.behind)
    press(program, Key.Key_N, CONTROL)
    form = purchasing_of(program).form
    until(qtbot, lambda: QApplication.focusWidget() is form.lines.product)
    return form


def add(qtbot: QtBot, program: Program, form: PurchaseForm, typed: str, many: str, cost: str) -> None:
    """Type one line: product, Enter, quantity, Enter, cost, Enter."""
    before = len(form.lines.lines)
    until(qtbot, lambda: not program.search.behind)
    type_text(typed)
    press(program, Key.Key_Return)
    until(qtbot, lambda: goes_on(program, form))
    type_text(many)
    press(program, Key.Key_Return)
    assert QApplication.focusWidget() is form.lines.cost
    type_text(cost)
    press(program, Key.Key_Return)
    assert len(form.lines.lines) == before + 1
    assert QApplication.focusWidget() is form.lines.product


def goes_on(program: Program, form: PurchaseForm) -> bool:
    """Whether the quantity is asked for; who sees several products offered instead presses Enter again."""
    if QApplication.focusWidget() is form.lines.quantity:
        return True
    if form.lines.matches.isVisible():
        press(program, Key.Key_Return)
    return False


def rows(scene: Scene, sql: str) -> list[Any]:
    with scene.a.read() as connection, connection.begin():
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


def written(scene: Scene) -> list[Any]:
    """Return the orders that this desk wrote: state, lines, quantity and cost of the lines by name."""
    return rows(
        scene,
        "SELECT o.status, s.name, l.quantity, c.unit_cost FROM purchase_orders o"
        " JOIN purchase_lines l ON l.order_id = o.id JOIN skus s ON s.id = l.sku_id"
        " JOIN purchase_line_costs c ON c.id = l.id"
        " WHERE o.number LIKE 'PO-0%' ORDER BY l.position",
    )


def test_an_order_is_written_and_sent_without_a_mouse(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "purchasing")
    form = begin(qtbot, program)
    add(qtbot, program, form, "jly", "24", "61.5")
    add(qtbot, program, form, "NOODLE", "72", "3.25")
    assert "2 种 · 合计 1,710.00" in texts_in(form)
    number = form._number
    press(program, Key.Key_F10)
    press(program, Key.Key_F10)
    until(qtbot, lambda: not form.isVisible())
    settled(qtbot, program)
    assert written(scene) == [
        ("sent", "金龙鱼大豆油 5L", 24 * MICRO, 61_500_000),
        ("sent", "康师傅红烧牛肉面", 72 * MICRO, 3_250_000),
    ]
    assert notices_of(program) == [f"采购单 {number} 已发出，货已计入在途"]
    assert {one.kind for one in scene.a.pending()} == {"place_purchase_order", "send_purchase_order"}
    assert len(scene.a.pending()) == 2
    screen = purchasing_of(program)
    until(qtbot, lambda: number in [row.number for row in screen.pane.model.rows])
    assert QApplication.focusWidget() is screen.pane.table.view


def test_a_draft_is_kept_and_sent_later(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "purchasing")
    form = begin(qtbot, program)
    add(qtbot, program, form, "SOY", "6", "9")
    press(program, Key.Key_S, CONTROL)
    until(qtbot, lambda: not form.isVisible())
    screen = purchasing_of(program)
    screen.pane.choose_tab("draft")
    until(qtbot, lambda: screen.panel.purchase is not None and screen.panel.purchase.row.status == "draft")
    press(program, Key.Key_F6)
    until(qtbot, lambda: [row[0] for row in written(scene)] == ["sent"])


def test_what_is_wrong_is_said_at_its_field(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "purchasing", language="en")
    form = begin(qtbot, program)
    press(program, Key.Key_F10)
    assert notices_of(program)[0] != ""
    type_text("SOY")
    press(program, Key.Key_Return)
    until(qtbot, lambda: QApplication.focusWidget() is form.lines.quantity)
    type_text("many")
    press(program, Key.Key_Return)
    press(program, Key.Key_Return)
    assert "A quantity is a number above 0." in texts_in(form)
    assert QApplication.focusWidget() is form.lines.quantity
    type_text("5")
    press(program, Key.Key_Return)
    press(program, Key.Key_Return)
    form.due.setText("soon")
    form.supplier.setCurrentText("")
    press(program, Key.Key_F10)
    shown = texts_in(form)
    assert "Choose a supplier or type a name." in shown
    assert "Not a date, such as 2026-11-28." in shown
    assert written(scene) == []


def test_a_new_supplier_is_added_with_the_order(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "purchasing")
    form = begin(qtbot, program)
    add(qtbot, program, form, "SOY", "6", "9")
    form.supplier.setFocus()
    form.supplier.lineEdit().selectAll()  # type: ignore[union-attr]
    named = form.supplier.lineEdit()
    assert named is not None
    named.clear()
    named.insert("周口调味品厂")
    press(program, Key.Key_Return)
    assert QApplication.focusWidget() is form.due
    press(program, Key.Key_F10)
    until(qtbot, lambda: not form.isVisible())
    settled(qtbot, program)
    sql = "SELECT s.name FROM purchase_orders o JOIN suppliers s ON s.id = o.supplier_id"
    assert rows(scene, sql + " WHERE o.number LIKE 'PO-0%'") == [("周口调味品厂",)]


def test_who_types_before_the_form_has_read_keeps_the_keys_where_they_go(
    scene: Scene, show: Show, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = show(scene.a, "purchasing")
    until(qtbot, lambda: not program.search.behind)
    go_on = threading.Event()
    read = PurchaseForm._read

    def late(form: PurchaseForm) -> Any:
        go_on.wait(10)
        return read(form)

    monkeypatch.setattr(PurchaseForm, "_read", late)
    press(program, Key.Key_N, CONTROL)
    form = purchasing_of(program).form
    until(qtbot, lambda: QApplication.focusWidget() is form.lines.product)
    type_text("SOY")
    press(program, Key.Key_Return)
    until(qtbot, lambda: goes_on(program, form))
    go_on.set()
    until(qtbot, lambda: form.supplier.currentText() == "鲁北粮油批发")
    settled(qtbot, program)
    assert QApplication.focusWidget() is form.lines.quantity


def test_escape_gives_an_empty_form_up_and_asks_about_a_full_one(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a, "purchasing", language="en")
    screen = purchasing_of(program)
    screen.pane.table.search.setFocus()
    form = begin(qtbot, program)
    press(program, Key.Key_Escape)
    assert not form.isVisible()
    until(qtbot, lambda: QApplication.focusWidget() is screen.pane.table.view)
    form = begin(qtbot, program)
    add(qtbot, program, form, "SOY", "6", "9")
    press(program, Key.Key_Escape)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QDialog)
    assert "Discard this order with 1 line?" in texts_in(dialog)
    press(program, Key.Key_Escape)
    until(qtbot, lambda: QApplication.activeModalWidget() is None)
    assert form.isVisible()
    assert len(form.lines.lines) == 1
    press(program, Key.Key_Escape)
    press(program, Key.Key_Return)
    until(qtbot, lambda: not form.isVisible())
    assert written(scene) == []


def test_several_matches_are_shown_and_none_is_guessed(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "purchasing")
    form = begin(qtbot, program)
    type_text("9520")
    press(program, Key.Key_Return)
    until(qtbot, lambda: len(form.lines._matches.rows) > 3)
    settled(qtbot, program)
    assert QApplication.focusWidget() is form.lines.product
    press(program, Key.Key_Down)
    wanted = form.lines._matches.rows[1].name
    press(program, Key.Key_Return)
    assert form.lines.product.text() == wanted
    assert QApplication.focusWidget() is form.lines.quantity


def test_a_line_is_taken_out_again(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "purchasing")
    form = begin(qtbot, program)
    add(qtbot, program, form, "SOY", "6", "9")
    form.lines.table.setFocus(Qt.FocusReason.TabFocusReason)
    press(program, Key.Key_Delete)
    assert list(form.lines.lines) == []
    assert "还没有商品" in texts_in(form)


def chosen(qtbot: QtBot, program: Program, scene: Scene, number: str) -> PurchasingScreen:
    screen = purchasing_of(program)
    sql = "SELECT id FROM purchase_orders WHERE number = ?"
    with scene.a.read() as connection, connection.begin():
        found = connection.exec_driver_sql(sql, (number,)).scalar()
    until(qtbot, lambda: screen.pane.model.rows)
    row = next(row for row in screen.pane.model.rows if row.id.bytes == found)
    screen.pane.table.choose(row.id)
    screen.pane.table.view.setFocus()
    until(qtbot, lambda: screen.panel.purchase is not None and screen.panel.purchase.row.number == number)
    return screen


def test_received_against_it_and_what_is_missing_closed_short(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "purchasing")
    chosen(qtbot, program, scene, "PO-2611-0450")
    press(program, Key.Key_F12)
    settled(qtbot, program)
    assert program.window.current == "inbound"
    until(qtbot, lambda: rows(scene, "SELECT count(*) FROM receipts WHERE status = 'open'") == [(1,)])
    sheet = scene.a.receive("PO-2611-0450")
    sheet.scan("9520000100000")
    sheet.finish()
    program.window.go("purchasing")
    screen = chosen(qtbot, program, scene, "PO-2611-0450")
    until(qtbot, lambda: "1 / 72" in texts_in(screen.panel))
    cells = [screen.panel._lines.index(0, column).data() for column in range(3)]
    assert cells == ["金龙鱼大豆油 5L", "1 / 24", "23"]
    press(program, Key.Key_F9)
    until(qtbot, lambda: isinstance(QApplication.focusWidget(), QComboBox))
    press(program, Key.Key_Return)
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    assert "请写一个原因" in texts_in(dialog)
    press(program, Key.Key_Down)
    press(program, Key.Key_Return)
    until(qtbot, lambda: notices_of(program) == ["采购单 PO-2611-0450 已关闭"])
    screen.pane.choose_tab("closed")
    until(qtbot, lambda: [row.number for row in screen.pane.model.rows] == ["PO-2611-0450"])
    until(qtbot, lambda: not program.window.commands.possible("purchasing.receive"))


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_an_overdue_day_is_read_whole(scene: Scene, show: Show, qtbot: QtBot, language: Any) -> None:
    program = show(scene.a, "purchasing", language)
    screen = purchasing_of(program)
    until(qtbot, lambda: screen.pane.model.rows)
    view = screen.pane.table.view
    delegate, columns = view.itemDelegate(), screen.pane.model.columns
    assert isinstance(delegate, CellDelegate)
    (at,) = (n for n, column in enumerate(columns) if column.key == "due")
    late = replace(screen.pane.model.rows[0], due_day=20201231, status="sent")
    cell = columns[at].cell(late, program.look.language)
    assert cell.icon
    assert delegate.width_of(cell) + 2 * PADDING <= view.columnWidth(at)


def test_whoever_may_not_buy_is_told_so(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.b, "purchasing", language="en")
    press(program, Key.Key_N, CONTROL)
    assert notices_of(program) == ["You lack the right to do this (purchase); ask a manager."]
    assert purchasing_of(program)._listing()


def test_nothing_expected_says_what_to_do(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "purchasing", language="en")
    screen = purchasing_of(program)
    screen.pane.choose_tab("draft")
    settled(qtbot, program)
    assert "No drafts" in texts_in(screen.pane)
    assert "Ctrl+N makes one" in texts_in(screen.pane)


def test_where_no_warehouse_is_chosen_what_was_typed_stays(scene: Scene, show: Show, qtbot: QtBot) -> None:
    world = scene.world
    new = AddWarehouse(world.outlet, world.chance.new_id(), "CG2", "后仓")
    world.server.house.do(world.merchant_id, new)
    scene.a.sync()
    program = show(scene.a, "purchasing", "en")
    form = begin(qtbot, program)
    add(qtbot, program, form, "9520000100000", "3", "2.5")
    press(program, Key.Key_S, CONTROL)
    until(qtbot, lambda: any("several warehouses (CG, CG2)" in one for one in notices_of(program)))
    assert (len(form.lines.lines), written(scene)) == (1, [])
    scene.a.settings.follow({WAREHOUSE.key: "CG2"})
    press(program, Key.Key_S, CONTROL)
    until(qtbot, lambda: len(written(scene)) == 1)
    sql = "SELECT w.code FROM purchase_orders o JOIN warehouses w ON w.id = o.warehouse_id"
    assert rows(scene, f"{sql} WHERE o.number LIKE 'PO-0%'") == [("CG2",)]
