"""A desk whose server takes nothing from it any more: can its people see it, and mend it in the window?"""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot
from sqlalchemy import update

from merchant_desk.app import Program
from merchant_desk.domain.orders import AcceptOrder
from merchant_desk.domain.organisation import RetireDevice
from merchant_desk.models.server_tables import device_heads
from merchant_desk.sync.enrolment_code import EnrolmentCode
from merchant_desk.sync.server_faults import DeskRetired, DeskUnknown
from merchant_desk.ui.scanner.source import CapturedScan
from merchant_desk.ui.screens.sign_in.enrolment import EnrolmentWindow
from merchant_desk.ui.window.sync_indicator import SyncIndicator
from tests.ui.screens.acting import texts_in, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene


def forget(scene: Scene) -> None:
    """The server forgets desk `a`, which then works on."""
    with scene.world.server.engine.begin() as connection:
        found = device_heads.c.device_id == scene.a.identity.device_id
        connection.execute(update(device_heads).where(found).values(token_hash=bytes(32)))
    scene.a.do(AcceptOrder(scene.orders[5], scene.world.outlet))
    with pytest.raises(DeskUnknown):
        scene.a.sync()
    assert scene.a.status.waiting == 1


def retire(scene: Scene) -> None:
    """Desk `a` is retired elsewhere, and works on."""
    house = scene.world.server.house
    house.do(scene.world.merchant_id, RetireDevice(scene.a.identity.device_id, "被盗"))
    scene.a.do(AcceptOrder(scene.orders[5], scene.world.outlet))
    with pytest.raises(DeskRetired):
        scene.a.sync()


def new_code(scene: Scene) -> str:
    world = scene.world
    secret = world.server.enrolment.invite(world.merchant_id, world.outlet, ("cost",))
    return EnrolmentCode("127.0.0.1", 1, world.outlet, bytes.fromhex(secret), tls=False).text


def asking(program: Program) -> EnrolmentWindow:
    assert program.joining.window is not None
    return program.joining.window


def test_a_healthy_desk_is_not_offered_to_be_enrolled_again(scene: Scene, show: Show) -> None:
    program = show(scene.a, "sync")
    assert not program.window.commands.possible("sync.enrol_again")
    assert program.sheet.enrol.isHidden()


def test_a_scanned_code_gives_the_desk_a_new_identity_and_its_work_is_sent(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    forget(scene)
    old = scene.a.identity
    program = show(scene.a, "sync")
    until(qtbot, lambda: program.window.commands.possible("sync.enrol_again"))
    program.window.commands.trigger("sync.enrol_again")
    window = asking(program)
    assert "以新身份补发" in texts_in(window)
    code = new_code(scene)
    program.hub.scanned.emit(CapturedScan(code.encode(), code, None, "wedge", 0, 0))
    assert "http://127.0.0.1:1" in texts_in(window), "the scan went to the window"
    QTest.keyClick(window.name, Qt.Key.Key_Return)
    until(qtbot, lambda: program.joining.window is None)
    assert scene.a.identity.device_id != old.device_id
    assert scene.a.identity.name == old.name
    assert scene.a.status.waiting == 0
    until(qtbot, lambda: not program.window.commands.possible("sync.enrol_again"))
    told = [notice.text for notice in program.window.notices.notices()]
    assert any(f"已重新登记为工作台 {scene.a.identity.code}" in text for text in told), told


def test_nobody_needs_to_be_signed_in_and_a_wrong_code_changes_nothing(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    forget(scene)
    scene.a.sign_out()
    old = scene.a.identity
    program = show(scene.a, "home", language="en")
    assert program.sheet.isVisible()
    until(qtbot, lambda: not program.sheet.enrol.isHidden())
    QTest.mouseClick(program.sheet.enrol, Qt.MouseButton.LeftButton)
    window = asking(program)
    foreign = EnrolmentCode("127.0.0.1", 1, scene.world.chance.new_id(), bytes(10), tls=False)
    window.code.setPlainText(foreign.text)
    window.try_enrol()
    until(qtbot, lambda: "another merchant" in texts_in(window))
    assert scene.a.identity == old
    window.close()
    until(qtbot, lambda: program.joining.window is None)
    assert scene.a.status.waiting == 1


def test_a_retired_desk_says_so_in_the_header_and_the_sync_centre_and_offers_to_enrol(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    retire(scene)
    program = show(scene.a, "sync")
    until(qtbot, lambda: program.window.commands.possible("sync.enrol_again"))
    pill = program.window.findChild(SyncIndicator)
    assert pill is not None
    assert any("已被停用" in line and "重新登记" in line for line in pill.words.lines), pill.words
    centre = program.window.built("sync")
    assert centre is not None
    assert "已被停用" in texts_in(centre)
    program.window.commands.trigger("sync.enrol_again")
    window = asking(program)
    window.code.setPlainText(new_code(scene))
    window.try_enrol()
    until(qtbot, lambda: program.joining.window is None)
    assert scene.a.status.waiting == 0
    until(qtbot, lambda: "已被停用" not in texts_in(centre))
