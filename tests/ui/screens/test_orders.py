"""Orders by keyboard: found by whatever is remembered of them, accepted, held, resumed, cancelled."""

from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox, QDialog, QLineEdit
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.domain.orders import AcceptOrder
from merchant_desk.ui.screens.orders.orders import OrdersScreen
from tests.ui.screens.acting import (
    CONTROL,
    buttons_in,
    notices_of,
    press,
    settled,
    texts_in,
    type_text,
    until,
)
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene

REVIEWED, ACCEPTED, HELD = "WX261121-4112", "WX261121-4127", "WX261121-4100"


def numbered(*places: int) -> set[str]:
    """Return the numbers of the scene's orders by their places."""
    return {f"WX261121-{4127 - 3 * i}" for i in places}


def orders_of(program: Program) -> OrdersScreen:
    found = program.window.built("orders")
    assert isinstance(found, OrdersScreen)
    return found


def numbers(screen: OrdersScreen) -> list[str]:
    return [row.number for row in screen.pane.model.rows]


def find(qtbot: QtBot, program: Program, typed: str, tab: str = "all") -> OrdersScreen:
    """Search a tab for what a person would type."""
    screen = orders_of(program)
    until(qtbot, lambda: not program.search.behind)
    screen.pane.choose_tab(tab)
    press(program, Qt.Key.Key_F, CONTROL)
    type_text(typed)
    press(program, Qt.Key.Key_Return)
    until(qtbot, lambda: screen.pane.model.search_text == typed and not screen.pane.model.busy)
    settled(qtbot, program)
    return screen


def choose(qtbot: QtBot, program: Program, number: str) -> OrdersScreen:
    """Find one order and wait until the panel shows it."""
    screen = find(qtbot, program, number)
    until(qtbot, lambda: screen.panel.order is not None and screen.panel.order.row.number == number)
    return screen


def state(scene: Scene, number: str) -> str:
    with scene.a.read() as connection, connection.begin():
        sql = "SELECT status FROM orders WHERE number = ?"
        return str(connection.exec_driver_sql(sql, (number,)).scalar())


def reason_field() -> QLineEdit:
    """Return the field of the reason that is asked for."""
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, QDialog)
    field = dialog.findChild(QComboBox)
    assert isinstance(field, QComboBox)
    edit = field.lineEdit()
    assert edit is not None
    return edit


def give_reason(qtbot: QtBot, program: Program, reason: str) -> None:
    until(qtbot, lambda: isinstance(QApplication.activeModalWidget(), QDialog))
    until(qtbot, lambda: isinstance(QApplication.focusWidget(), QComboBox))
    reason_field().setText(reason)
    press(program, Qt.Key.Key_Return)


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("WX261121-4112", {"WX261121-4112"}),
        ("4112", {"WX261121-4112"}),
        ("尾号 2226", {"WX261121-4112"}),
        ("蒙牛", numbered(1, 2, 5, 6, 8, 10)),
        ("mncn", numbered(1, 2, 5, 6, 8, 10)),
    ],
)
def test_an_order_is_found_by_what_is_remembered_of_it(
    scene: Scene, show: Show, qtbot: QtBot, typed: str, expected: set[str]
) -> None:
    program = show(scene.a, "orders")
    screen = find(qtbot, program, typed)
    assert set(numbers(screen)) == expected
    assert QApplication.focusWidget() is screen.pane.table.view


def test_nothing_found_says_what_to_do_and_escape_brings_all_back(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a, "orders", language="en")
    screen = find(qtbot, program, "no such order")
    assert "no such order" in texts_in(screen.pane)
    assert "Try fewer characters" in texts_in(screen.pane)
    assert "Clear search" in buttons_in(screen.pane)
    press(program, Qt.Key.Key_F, CONTROL)
    press(program, Qt.Key.Key_Escape)
    until(qtbot, lambda: len(numbers(screen)) == 12)
    press(program, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is screen.pane.table.view


def test_f6_accepts_and_tells(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "orders")
    screen = choose(qtbot, program, REVIEWED)
    press(program, Qt.Key.Key_F6)
    press(program, Qt.Key.Key_F6)
    until(qtbot, lambda: state(scene, REVIEWED) == "accepted")
    settled(qtbot, program)
    assert [one.kind for one in scene.a.pending()].count("accept_order") == 1
    assert notices_of(program) == [f"订单 {REVIEWED} 已接单，货已预占"]
    until(qtbot, lambda: "接单，货已预占" in str(screen.panel._timeline.accessibleName()))


def test_held_with_a_reason_and_resumed(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "orders")
    screen = choose(qtbot, program, ACCEPTED)
    press(program, Qt.Key.Key_F7)
    give_reason(qtbot, program, "地址待确认")
    until(qtbot, lambda: state(scene, ACCEPTED) == "on_hold")
    until(qtbot, lambda: "挂起原因：地址待确认" in texts_in(screen.panel))
    assert QApplication.focusWidget() is screen.pane.table.view
    program.window.commands.trigger("orders.resume")
    until(qtbot, lambda: state(scene, ACCEPTED) == "review")


def test_a_reason_is_asked_for_until_there_is_one_and_escape_leaves_all_as_it_was(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a, "orders")
    screen = choose(qtbot, program, ACCEPTED)
    press(program, Qt.Key.Key_F9)
    give_reason(qtbot, program, "")
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    assert "请写一个原因" in texts_in(dialog)
    assert "预占会释放" in texts_in(dialog)
    press(program, Qt.Key.Key_Escape)
    until(qtbot, lambda: QApplication.activeModalWidget() is None)
    until(qtbot, lambda: QApplication.focusWidget() is screen.pane.table.view)
    assert state(scene, ACCEPTED) == "accepted"
    assert scene.a.pending() == []


def test_cancelled_with_a_reason_and_found_among_the_cancelled(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a, "orders")
    choose(qtbot, program, ACCEPTED)
    press(program, Qt.Key.Key_F9)
    give_reason(qtbot, program, "买家要求")
    until(qtbot, lambda: state(scene, ACCEPTED) == "cancelled")
    screen = find(qtbot, program, ACCEPTED, tab="cancelled")
    assert numbers(screen) == [ACCEPTED]
    until(qtbot, lambda: screen.panel.order is not None and screen.panel.order.row.status == "cancelled")
    assert not program.window.commands.possible("orders.cancel")


def test_the_reason_is_for_the_order_that_was_chosen_when_it_was_asked_for(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a, "orders")
    choose(qtbot, program, ACCEPTED)
    press(program, Qt.Key.Key_F9)
    until(qtbot, lambda: isinstance(QApplication.activeModalWidget(), QDialog))
    # Meanwhile a colleague's work moves the choice: the order shown is another one.
    screen = orders_of(program)
    screen.show_target(scene.orders[6])
    until(qtbot, lambda: screen.panel.order is not None and screen.panel.order.row.id == scene.orders[6])
    give_reason(qtbot, program, "买家要求")
    until(qtbot, lambda: state(scene, ACCEPTED) == "cancelled")
    assert state(scene, "WX261121-4109") == "review"


def test_a_key_is_about_the_order_just_chosen_not_about_the_one_before(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a, "orders")
    screen = orders_of(program)
    screen.pane.choose_tab("review")
    until(qtbot, lambda: screen.panel.order is not None and len(numbers(screen)) > 2)
    settled(qtbot, program)
    first, second = numbers(screen)[:2]
    screen.pane.table.view.setFocus()
    press(program, Qt.Key.Key_Home)
    settled(qtbot, program)
    press(program, Qt.Key.Key_Down)
    press(program, Qt.Key.Key_F6)
    until(qtbot, lambda: state(scene, second) == "accepted")
    assert state(scene, first) == "review"


def test_whoever_lacks_the_right_is_told_so(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.b, "orders", language="en")
    screen = choose(qtbot, program, REVIEWED)
    assert "Accept" not in buttons_in(screen.panel)
    press(program, Qt.Key.Key_F6)
    assert notices_of(program) == ["You lack the right to do this (work on orders); ask a manager."]
    # A right may be lost while the window still believes in it: the desk's own rule says no, in words.
    row = screen.panel.order
    assert row is not None
    screen._doing.do(AcceptOrder(row.row.id, row.row.outlet_id), about=row.row.id)
    until(qtbot, lambda: len(notices_of(program)) == 2)
    assert "ask a manager" in notices_of(program)[1]
    assert scene.b.pending() == []


def test_products_speak_the_language_of_the_window(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "orders", language="en")
    screen = choose(qtbot, program, "WX261121-4127")
    model = screen.pane.model
    goods = next(i for i, column in enumerate(model.columns) if column.key == "goods")
    assert model.index(0, goods).data() == "Arawana oil 5 l"
    program.look.language.toggle()
    assert model.index(0, goods).data() == "金龙鱼大豆油 5L"


def test_one_order_alone_makes_room_for_its_tab_again(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "orders")
    screen = orders_of(program)
    program.window.go("orders", scene.orders[4])
    until(qtbot, lambda: numbers(screen) == ["WX261121-4115"])
    press(program, Qt.Key.Key_PageDown, CONTROL)
    until(qtbot, lambda: screen.pane.tabs.current == "accepted" and len(numbers(screen)) == 5)
    assert screen.pane._only.isHidden()


def test_from_the_order_to_the_picking_of_it(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "orders")
    choose(qtbot, program, ACCEPTED)
    press(program, Qt.Key.Key_F12)
    settled(qtbot, program)
    assert program.window.current == "outbound"

    def picking() -> UUID | None:
        with scene.a.read() as connection, connection.begin():
            found = connection.exec_driver_sql("SELECT order_id FROM shipments WHERE status = 'open'")
            row = found.scalar()
            return UUID(bytes=row) if row else None

    until(qtbot, lambda: picking() == scene.orders[0])
