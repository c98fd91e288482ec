"""The buyer of an order: opened for whose right and whose desk it is, a lock and words for all others."""

from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.buyers import BuyerDetails
from merchant_desk.domain.orders import NewOrder, OrderLine, PlaceOrder
from merchant_desk.sync.personal import Withheld
from merchant_desk.ui.screens.orders.orders import OrdersScreen
from merchant_desk.ui.widgets.buttons import ActionButton
from tests.helpers.shop import PASSWORD
from tests.ui.screens.acting import notices_of, press, settled, texts_in, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene

LI = BuyerDetails("李小明", "10000002041", "青石县白水乡东沟村 7 号")
GRANTED = ("cost", "personal")


def order_of(scene: Scene, desk: Desk, buyer_id: UUID) -> UUID:
    """Place an order of a buyer at a desk."""
    world = scene.world
    order_id = world.chance.new_id()
    line = OrderLine(world.chance.new_id(), scene.shop.rice, MICRO, 68 * MICRO, 6_800)
    new = NewOrder(
        order_id, "WX261121-7001", "微信商城", world.warehouse, buyer_id, "尾号 2041", "review",
        world.chance.now, None, 0, 0, (line,),
    )  # fmt: skip
    desk.do(PlaceOrder(world.outlet, new))
    desk.sync()
    return order_id


def at_order(qtbot: QtBot, program: Program, order_id: UUID) -> OrdersScreen:
    """Show the order in the panel."""
    screen = program.window.built("orders")
    assert isinstance(screen, OrdersScreen)
    screen.show_target(order_id)
    until(qtbot, lambda: screen.panel.order is not None and screen.panel.order.row.id == order_id)
    settled(qtbot, program)
    return screen


@pytest.fixture
def granted(scene: Scene) -> Desk:
    return scene.shop.desk("manager", GRANTED)


def test_who_may_sees_all_and_the_next_person_nothing(
    scene: Scene, granted: Desk, show: Show, qtbot: QtBot
) -> None:
    buyer_id = granted.add_buyer("B1", LI, level="金卡")
    order_id = order_of(scene, granted, buyer_id)
    program = show(granted, "orders")
    screen = at_order(qtbot, program, order_id)
    shown = texts_in(screen.panel)
    assert LI.name in shown
    assert LI.phone in shown
    assert LI.address in shown
    done: list[object] = []
    program.session.sign_in("worker", PASSWORD, by_pin=False, done=done.append, failed=done.append)
    until(qtbot, lambda: done and screen.panel.buyer.seen is Withheld.RIGHT)
    settled(qtbot, program)
    shown = texts_in(screen.panel)
    assert LI.name not in shown
    assert LI.phone not in shown
    assert "没有「看买家资料」的权限" in shown


def test_a_desk_without_the_group_says_so(scene: Scene, granted: Desk, show: Show, qtbot: QtBot) -> None:
    order_id = order_of(scene, granted, granted.add_buyer("B1", LI))
    scene.a.sync()
    program = show(scene.a, "orders", language="en")
    screen = at_order(qtbot, program, order_id)
    assert "this desk is not granted personal data" in texts_in(screen.panel)
    assert LI.name not in texts_in(screen.panel)


def test_what_a_person_erases_is_gone_from_the_screen(
    scene: Scene, granted: Desk, show: Show, qtbot: QtBot
) -> None:
    buyer_id = granted.add_buyer("B1", LI)
    order_id = order_of(scene, granted, buyer_id)
    program = show(granted, "orders")
    screen = at_order(qtbot, program, order_id)
    scene.shop.fetch.down = True
    assert program.window.commands.trigger("orders.erase")
    until(qtbot, lambda: isinstance(QApplication.activeModalWidget(), QDialog))
    until(qtbot, lambda: isinstance(QApplication.focusWidget(), ActionButton))
    press(program, Qt.Key.Key_Return)
    until(qtbot, lambda: len(granted.pending()) == 1)
    settled(qtbot, program)
    assert "已请求抹除；服务器执行后各工作台随即销毁密钥" in notices_of(program)
    assert LI.name in texts_in(screen.panel)
    scene.shop.fetch.down = False
    granted.sync()
    until(qtbot, lambda: screen.panel.buyer.seen is Withheld.ERASED)
    assert LI.name not in texts_in(screen.panel)
    assert "已抹除" in texts_in(screen.panel)
    assert not program.window.commands.trigger("orders.erase")
    with granted.read() as connection, connection.begin():
        assert connection.exec_driver_sql("SELECT count(*) FROM buyer_keys").scalar() == 0
