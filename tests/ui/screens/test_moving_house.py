"""Can a manager close an outlet, end a desk and follow the server by keyboard, with a real server?"""

from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.desk import Desk
from merchant_desk.domain.organisation import AddOutlet
from merchant_desk.sync.enrolment_code import EnrolmentCode
from merchant_desk.ui.screens.outlets.outlets import OutletsScreen
from merchant_desk.ui.screens.people.people import PeopleScreen
from merchant_desk.ui.screens.settings.settings import SettingsScreen
from merchant_desk.ui.widgets.form import FormDialog
from tests.helpers.postgres import free_port
from tests.helpers.web_server import PortServer
from tests.server.web import PASSWORD
from tests.ui.screens.acting import press, texts_in, type_text, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.test_people import confirm, form_in

Place = tuple[Program, Desk, QtBot]


@pytest.fixture
def second(server: PortServer) -> UUID:
    """The other outlet."""
    outlet, warehouse = server.chance.new_id(), server.chance.new_id()
    added = AddOutlet(outlet, "ZH", "镇上门店", "Asia/Shanghai", 0, warehouse)
    server.services.house.do(server.merchant, added)
    return outlet


def enrolled(server: PortServer, folder: Path, outlet: UUID) -> Desk:
    secret = server.services.enrolment.invite(server.merchant, outlet, ())
    code = EnrolmentCode("127.0.0.1", server.port, outlet, bytes.fromhex(secret), tls=False).text
    desk = Desk.enrol(folder, code, folder.name, demo=True)
    desk.sign_in("manager", PASSWORD)
    desk.sync()
    return desk


def test_the_whole_way_by_keys(
    server: PortServer, second: UUID, show: Show, qtbot: QtBot, tmp_path: Path
) -> None:
    with enrolled(server, tmp_path / "second", second) as other:
        other.runtime.refresh_status()
        other.api.desks()
        with enrolled(server, tmp_path / "first", server.outlet) as desk:
            program = show(desk, "outlets", language="en")
            close_outlet((program, desk, qtbot), second, other.identity.code)
            follow_server((program, desk, qtbot), server)
            end_desk((program, desk, qtbot), server)
    assert set(server.outcomes().values()) == {"applied"}


def close_outlet(at: Place, outlet: UUID, code: str) -> None:
    """Close an outlet with its one desk."""
    program, desk, qtbot = at
    screen = program.window.built("outlets")
    assert isinstance(screen, OutletsScreen)
    until(qtbot, lambda: screen.pane.table.choose(outlet))
    until(qtbot, lambda: program.window.commands.possible("outlets.close"))
    press(program, Qt.Key.Key_F8)
    until(qtbot, lambda: bool(program.window.findChildren(FormDialog)))
    form = form_in(program, FormDialog)
    assert f"Desk {code} is retired with it" in texts_in(form)
    QTest.keyClicks(form.focusWidget(), "no customers")
    confirm(qtbot, form)
    until(qtbot, lambda: desk.runtime.status.waiting == 1)
    desk.sync()
    until(qtbot, lambda: len(screen.pane.model.rows) == 1)


def follow_server(at: Place, server: PortServer) -> None:
    """Let the server come back at another port; say first what is no address, then where it is."""
    program, desk, qtbot = at
    server.stop()
    server.port = free_port()
    server.start()
    program.window.go("settings")
    screen = program.window.built("settings")
    assert isinstance(screen, SettingsScreen)
    until(qtbot, screen.isVisible)
    for typed in ("server.example", server.url):
        form = screen.facts.place.ask()
        until(qtbot, form.isActiveWindow)
        type_text(typed)
        confirm(qtbot, form)
        if typed != server.url:
            until(qtbot, lambda: "is neither a server's address" in texts_in(program.window))
    until(qtbot, lambda: desk.identity.server_url == server.url)


def end_desk(at: Place, server: PortServer) -> None:
    """End this desk, which has not sent everything and has a count open."""
    program, desk, qtbot = at
    desk.do(server.adjust())
    desk.count("A-01")
    program.window.go("people")
    screen = program.window.built("people")
    assert isinstance(screen, PeopleScreen)
    until(qtbot, lambda: screen.desks.table.choose(desk.identity.device_id))
    until(qtbot, lambda: program.window.commands.possible("people.retire"))
    press(program, Qt.Key.Key_F7, Qt.KeyboardModifier.ControlModifier)
    form = form_in(program, FormDialog)
    assert f"End this desk ({desk.identity.code})?" in texts_in(form)
    QTest.keyClicks(form.focusWidget(), "replaced")
    confirm(qtbot, form)
    until(qtbot, lambda: "Other desks can go on with CT-" in texts_in(program.window))
