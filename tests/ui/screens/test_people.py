"""Can a manager look after people and desks by keyboard, with a real server, and is told what needs it?"""

from pathlib import Path
from typing import Any, TypeVar

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit, QWidget
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

from merchant_desk.app import Program
from merchant_desk.desk import Desk
from merchant_desk.domain.organisation import AddPerson, ArchivePerson, GrantRole
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.faults import Fault
from merchant_desk.sync.administration import CredentialKind
from merchant_desk.sync.server_faults import DeskRetired
from merchant_desk.ui.screens.people.asking import AskingForm, GivenSheet
from merchant_desk.ui.screens.people.people import PeopleScreen
from merchant_desk.ui.screens.sync_centre.sync_centre import SyncCentre
from merchant_desk.ui.tables.row_model import CELL_ROLE
from merchant_desk.ui.widgets.form import FormDialog
from tests.helpers.web_server import PortServer
from tests.server.web import PASSWORD
from tests.ui.printing.test_drawing import read_pdf
from tests.ui.screens.acting import press, texts_in, type_text, until
from tests.ui.screens.conftest import Show

PIN = "4711"
Form = TypeVar("Form", bound=QWidget)


@pytest.fixture
def server(server: PortServer) -> PortServer:
    """A server whose worker has a password too."""
    people = server.services.people
    people.set_password(server.merchant, people.person(server.merchant, "worker")["id"], PASSWORD)
    return server


def screen_of(program: Program) -> PeopleScreen:
    """Return the screen."""
    found = program.window.built("people")
    assert isinstance(found, PeopleScreen)
    return found


def form_in(program: Program, kind: type[Form]) -> Form:
    """Return the form that is open."""
    found = [one for one in program.window.findChildren(kind) if one.isVisible()]
    assert len(found) == 1
    return found[0]


def choose(program: Program, qtbot: QtBot, server: PortServer, login: str) -> None:
    """Choose a person in the list."""
    screen = screen_of(program)
    person_id = server.services.people.person(server.merchant, login)["id"]
    until(qtbot, lambda: screen.pane.table.choose(person_id))
    until(qtbot, lambda: screen.panel.row is not None and screen.panel.row.id == person_id)
    screen.pane.table.view.setFocus()


def lock_out(desk: Desk, kind: CredentialKind = CredentialKind.PASSWORD) -> None:
    """Five wrong tries for the worker; the manager is signed in again after."""
    for n in range(5):
        with pytest.raises(Refusal):
            desk.sign_in("worker", f"wrong {n}") if kind is CredentialKind.PASSWORD else desk.sign_in(
                "worker", pin=f"835{n}"
            )
    desk.sign_in("manager", PASSWORD)


def try_in(desk: Desk, password: str) -> str:
    """Sign the worker in; return "" or the refusal's code, with the manager signed in again."""
    try:
        desk.sign_in("worker", password)
    except Refusal as refusal:
        return refusal.code
    finally:
        desk.sign_in("manager", PASSWORD)
    return ""


def test_a_person_is_added_by_keyboard_and_shown_as_requested(
    server: PortServer, desk: Desk, show: Show, qtbot: QtBot
) -> None:
    program = show(desk, "people")
    screen = screen_of(program)
    until(qtbot, lambda: screen.panel.view is not None)
    press(program, Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    form = form_in(program, FormDialog)
    form.try_submit()
    assert form.isVisible()
    assert "登录名要有" in texts_in(form)
    type_text("小林")
    form.try_submit()
    assert not form.isVisible()
    until(qtbot, lambda: "新增 小林（xiaolin）" in _requests(screen))
    assert "已申请" in _requests(screen)
    desk.sync()
    until(qtbot, lambda: screen.pane.model.rowCount() == 3)
    until(qtbot, lambda: not _requests(screen))
    choose(program, qtbot, server, "xiaolin")
    assert "没有角色" not in texts_in(screen.panel)
    assert "仓管" in texts_in(screen.panel)
    until(qtbot, lambda: screen.standing.as_of > 0)
    screen.standing.ask()
    until(qtbot, lambda: chips(screen) == ["未设密码"])


def chips(screen: PeopleScreen) -> list[str]:
    """Return the state that the panel's head shows."""
    return [chip.text for chip in screen.panel._shown_chips]


def _requests(screen: PeopleScreen) -> str:
    shown = screen.panel._requests
    return shown.accessibleName() if shown.isVisible() else ""


def test_a_locked_person_is_seen_and_unlocked(
    server: PortServer, desk: Desk, show: Show, qtbot: QtBot
) -> None:
    lock_out(desk)
    program = show(desk, "people")
    screen = screen_of(program)
    choose(program, qtbot, server, "worker")
    until(qtbot, lambda: chips(screen) == ["已锁定"])
    press(program, Qt.Key.Key_F12)
    form = form_in(program, AskingForm)
    form.try_submit()
    until(qtbot, lambda: chips(screen) == ["可登录"])
    assert try_in(desk, PASSWORD) == ""


def test_a_reset_shows_the_password_once(server: PortServer, desk: Desk, show: Show, qtbot: QtBot) -> None:
    program = show(desk, "people", language="en")
    choose(program, qtbot, server, "worker")
    press(program, Qt.Key.Key_F11)
    form_in(program, AskingForm).try_submit()
    until(qtbot, lambda: any(one.isVisible() for one in program.window.findChildren(GivenSheet)))
    sheet = form_in(program, GivenSheet)
    assert "Shown this once" in texts_in(sheet)
    new = sheet.secret
    sheet.copy.click()
    assert QApplication.clipboard().text() == new
    sheet.try_submit()
    until(qtbot, lambda: not program.window.findChildren(GivenSheet))
    assert try_in(desk, PASSWORD) == "sign_in_failed"
    assert try_in(desk, new) == ""


def test_ones_own_password_is_asked_for_where_the_server_wants_it(
    server: PortServer, desk: Desk, show: Show, qtbot: QtBot
) -> None:
    desk.people.end_session()
    program = show(desk, "people")
    screen = screen_of(program)
    choose(program, qtbot, server, "worker")
    until(qtbot, lambda: "要经服务器确认" in texts_in(screen))
    press(program, Qt.Key.Key_F5)
    form = form_in(program, AskingForm)
    form.try_submit()
    assert "请填写" in texts_in(form)
    type_text("not mine")
    form.try_submit()
    until(qtbot, lambda: "密码或 PIN 不对" in texts_in(form))
    form._own.setText(PASSWORD)
    form.try_submit()
    until(qtbot, lambda: chips(screen) == ["可登录"])
    assert "要经服务器确认" not in texts_in(screen)


def test_a_code_for_a_new_desk_enrols_it(
    server: PortServer, desk: Desk, show: Show, qtbot: QtBot, tmp_path: Path
) -> None:
    program = show(desk, "people")
    screen = screen_of(program)
    until(qtbot, lambda: screen.panel.view is not None)
    press(program, Qt.Key.Key_F7)
    form_in(program, AskingForm).try_submit()
    until(qtbot, lambda: any(one.isVisible() for one in program.window.findChildren(GivenSheet)))
    sheet = form_in(program, GivenSheet)
    assert "其他电脑连不上" in texts_in(sheet), "the server of this test answers on loopback alone"
    press(program, Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    until(qtbot, lambda: isinstance(QApplication.activeWindow(), QFileDialog))
    chosen = QApplication.activeWindow()
    assert isinstance(chosen, QFileDialog)
    edit = chosen.findChild(QLineEdit)
    assert edit is not None
    edit.setText(str(tmp_path / "code.pdf"))
    QTest.keyClick(edit, Qt.Key.Key_Return)
    until(qtbot, lambda: "已保存" in texts_in(sheet))
    assert read_pdf(tmp_path / "code.pdf", 0) == [sheet.secret]
    with Desk.enrol(tmp_path / "new", sheet.secret, "收银台 2", demo=True) as new:
        code = new.identity.code
    sheet.try_submit()
    desk.sync()
    until(qtbot, lambda: screen.desks.model.rowCount() == 2)
    assert {row.code for row in screen.desks.model.rows} == {desk.identity.code, code}


def test_without_the_server_it_is_said_and_what_can_wait_waits(
    server: PortServer, desk: Desk, show: Show, qtbot: QtBot
) -> None:
    server.stop()
    with pytest.raises(Fault):
        desk.sync()
    program = show(desk, "people")
    screen = screen_of(program)
    choose_offline(screen, qtbot)
    assert "连不上服务器" in texts_in(screen)
    assert "未知" in texts_in(screen.panel)
    actions = program.window.commands
    for name in ("people.invite", "people.reset", "people.set_pin", "people.unlock", "people.change"):
        assert not actions.possible(name)
    press(program, Qt.Key.Key_F9)
    form = form_in(program, FormDialog)
    type_text("P:77")
    form.try_submit()
    until(qtbot, lambda: "P:77" in _requests(screen))
    server.start()
    desk.sync()
    until(qtbot, lambda: not _requests(screen))
    until(qtbot, lambda: any(row.badge == "P:77" for row in screen.pane.model.rows))


def choose_offline(screen: Any, qtbot: QtBot) -> None:
    """Wait for the first person."""
    until(qtbot, lambda: screen.panel.row is not None)
    screen.pane.table.view.setFocus()


def test_everybody_changes_the_own_password_and_pin_from_the_window(
    server: PortServer, desk: Desk, show: Show, qtbot: QtBot
) -> None:
    desk.sign_in("worker", PASSWORD)
    program = show(desk, "home")
    program.window.commands.trigger("person.password")
    form = form_in(program, AskingForm)
    for name, text in (("old", PASSWORD), ("new", "白水-sesame-8"), ("again", "白水-sesame-9")):
        form._fields[name].editor.setProperty("text", text)
    form.try_submit()
    assert form._fields["again"].error == "两次输入不一样。"
    form._fields["again"].editor.setProperty("text", "白水-sesame-8")
    form.try_submit()
    until(qtbot, lambda: not [one for one in program.window.findChildren(AskingForm) if one.isVisible()])
    program.window.commands.trigger("person.pin")
    form = form_in(program, AskingForm)
    for name, text in (("pin", PIN), ("again", PIN), ("password", "白水-sesame-8")):
        form._fields[name].editor.setProperty("text", text)
    form.try_submit()
    until(qtbot, lambda: not [one for one in program.window.findChildren(AskingForm) if one.isVisible()])
    assert desk.sign_in("worker", "白水-sesame-8").login == "worker"
    assert desk.sign_in("P:1001", pin=PIN).login == "worker"


def test_the_sync_centre_calls_a_request_so(server: PortServer, desk: Desk, show: Show, qtbot: QtBot) -> None:
    server.stop()
    desk.do(AddPerson(desk.runtime.new_id(), "lin", "小林", ""))
    with pytest.raises(Fault):
        desk.sync()
    program = show(desk, "sync")
    centre = program.window.built("sync")
    assert isinstance(centre, SyncCentre)
    until(qtbot, lambda: centre.history.model.rowCount() == 1)
    model = centre.history.model
    said = [str(model.data(model.index(0, column))) for column in range(model.columnCount())]
    assert any("新增人员" in text for text in said)
    assert any("已申请" in text for text in said)
    server.start()
    desk.sync()
    until(qtbot, lambda: "已申请" not in str(model.data(model.index(0, 2))))


def test_a_manager_of_one_outlet_is_told_that_it_needs_more(
    server: PortServer, desk: Desk, show: Show, qtbot: QtBot
) -> None:
    worker = server.services.people.person(server.merchant, "worker")["id"]
    server.services.house.do(server.merchant, GrantRole(worker, "manager", server.outlet))
    desk.sync()
    desk.sign_in("worker", PASSWORD)
    program = show(desk, "people", language="en")
    screen = screen_of(program)
    until(qtbot, lambda: "needs the manager's role for all outlets" in texts_in(screen))
    assert screen.standing.state(worker) == "unknown"
    with pytest.raises(Refusal, match="not_allowed"):
        desk.do(AddPerson(desk.runtime.new_id(), "lin", "小林", ""))


def test_what_a_script_asked_for_is_shown_too(
    server: PortServer, desk: Desk, show: Show, qtbot: QtBot
) -> None:
    program = show(desk, "people")
    screen = screen_of(program)
    until(qtbot, lambda: screen.panel.view is not None)
    server.stop()
    desk.do(AddPerson(desk.runtime.new_id(), "lin", "小林", ""))
    until(qtbot, lambda: "新增 小林（lin）" in _requests(screen))
    server.start()
    desk.sync()
    until(qtbot, lambda: not _requests(screen))


def confirm(qtbot: QtBot, form: FormDialog) -> None:
    """Press Enter in a form, as who reads it does."""
    QTest.keyClick(form.focusWidget(), Qt.Key.Key_Return)
    until(qtbot, lambda: not isValid(form) or not form.isVisible())


def test_who_leaves_is_archived_by_keys_shown_apart_and_brought_back(
    server: PortServer, desk: Desk, show: Show, qtbot: QtBot
) -> None:
    program = show(desk, "people")
    screen = screen_of(program)
    commands = program.window.commands
    choose(program, qtbot, server, "manager")
    assert not commands.possible("people.archive"), "nobody archives himself"
    choose(program, qtbot, server, "worker")
    press(program, Qt.Key.Key_F8, Qt.KeyboardModifier.ControlModifier)
    form = form_in(program, FormDialog)
    assert "停用 仓管？" in texts_in(form)
    confirm(qtbot, form)
    until(qtbot, lambda: "停用 仓管" in _requests(screen))
    desk.sync()
    until(qtbot, lambda: [row.login for row in screen.pane.model.rows] == ["manager"])
    assert try_in(desk, PASSWORD) == "sign_in_failed"
    press(program, Qt.Key.Key_PageDown, Qt.KeyboardModifier.ControlModifier)
    until(qtbot, lambda: [row.login for row in screen.pane.model.rows] == ["worker"])
    until(qtbot, lambda: chips(screen) == ["已停用"])
    cell = screen.pane.model.data(screen.pane.model.index(0, 0), CELL_ROLE)
    assert cell.quiet
    for name in ("people.archive", "people.grant", "people.give_badge", "people.reset", "people.set_pin"):
        assert not commands.possible(name), name
    press(program, Qt.Key.Key_F6, Qt.KeyboardModifier.ControlModifier)
    confirm(qtbot, form_in(program, FormDialog))
    until(qtbot, lambda: "恢复 仓管" in _requests(screen))
    desk.sync()
    until(qtbot, lambda: not screen.pane.model.rows)
    assert try_in(desk, PASSWORD) == ""


def test_a_desk_is_retired_by_keys_with_a_reason(
    server: PortServer, desk: Desk, show: Show, qtbot: QtBot, tmp_path: Path
) -> None:
    with server.desk(tmp_path / "stolen") as other:
        code, device_id = other.identity.code, other.identity.device_id
        desk.sync()
        program = show(desk, "people", language="en")
        screen = screen_of(program)
        until(qtbot, lambda: screen.desks.table.choose(device_id))
        press(program, Qt.Key.Key_F7, Qt.KeyboardModifier.ControlModifier)
        form = form_in(program, FormDialog)
        assert f"Retire desk {code}" in texts_in(form)
        QTest.keyClick(form.focusWidget(), Qt.Key.Key_Return)
        assert form.isVisible(), "not without a reason"
        QTest.keyClicks(form.focusWidget(), "stolen")
        confirm(qtbot, form)
        until(qtbot, lambda: f"retire desk {code} (stolen)" in _requests(screen))
        desk.sync()
        until(qtbot, lambda: any(row.retired_at for row in screen.desks.model.rows))
        row = next(row for row in screen.desks.model.rows if row.retired_at)
        assert (row.code, row.retired_reason) == (code, "stolen")
        until(qtbot, lambda: not program.window.commands.possible("people.retire"))
        with pytest.raises(DeskRetired):
            other.sync()
        assert screen.desks.table.choose(desk.identity.device_id)
        press(program, Qt.Key.Key_F7, Qt.KeyboardModifier.ControlModifier)
        assert "All work is sent to the server first" in texts_in(form_in(program, FormDialog))


def test_who_is_archived_elsewhere_while_at_work_is_signed_out(
    server: PortServer, desk: Desk, show: Show, qtbot: QtBot
) -> None:
    desk.sign_in("worker", PASSWORD)
    program = show(desk, "home")
    assert not program.sheet.isVisible()
    worker = server.services.people.person(server.merchant, "worker")["id"]
    server.services.house.do(server.merchant, ArchivePerson(worker))
    desk.sync()
    until(qtbot, program.sheet.isVisible)
    assert desk.signed_in is None
    assert desk.sign_in("manager", PASSWORD).login == "manager"
