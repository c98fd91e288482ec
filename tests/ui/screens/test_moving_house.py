"""Can a manager close an outlet, end a desk and follow the server by keyboard, with a real server?"""

from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from merchant_desk.desk import Desk
from merchant_desk.domain.organisation import AddOutlet
from merchant_desk.sync.enrolment_code import EnrolmentCode
from merchant_desk.ui.screens.outlets.outlets import OutletsScreen
from merchant_desk.ui.screens.people.people import PeopleScreen
from merchant_desk.ui.screens.settings.settings import SettingsScreen
from merchant_desk.ui.widgets.form import FormDialog
from tests.helpers.postgres import free_port
from tests.helpers.web_server import PortServer, port_server
from tests.ui.screens.acting import press, texts_in, type_text, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.test_people import confirm, form_in

PASSWORD = "青石-sesame-7"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PortServer]:
    """A server with two outlets."""
    with port_server(tmp_path) as opened:
        opened.services.people.set_password(opened.merchant, opened.manager, PASSWORD)
        yield opened


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
            # An outlet closes.
            outlets = program.window.built("outlets")
            assert isinstance(outlets, OutletsScreen)
            until(qtbot, lambda: outlets.pane.table.choose(second))
            until(qtbot, lambda: program.window.commands.possible("outlets.close"))
            press(program, Qt.Key.Key_F8)
            until(qtbot, lambda: bool(program.window.findChildren(FormDialog)))
            form = form_in(program, FormDialog)
            assert f"Desk {other.identity.code} is retired with it" in texts_in(form)
            QTest.keyClicks(form.focusWidget(), "no customers")
            confirm(qtbot, form)
            until(qtbot, lambda: desk.runtime.status.waiting == 1)
            desk.sync()
            until(qtbot, lambda: len(outlets.pane.model.rows) == 1)
            # The server moves.
            server.stop()
            server.port = free_port()
            server.start()
            program.window.go("settings")
            settings = program.window.built("settings")
            assert isinstance(settings, SettingsScreen)
            until(qtbot, settings.isVisible)
            form = settings.facts.place.ask()
            until(qtbot, form.isActiveWindow)
            type_text("server.example")
            confirm(qtbot, form)
            until(qtbot, lambda: "is neither a server's address" in texts_in(program.window))
            form = settings.facts.place.ask()
            until(qtbot, form.isActiveWindow)
            type_text(server.url)
            confirm(qtbot, form)
            until(qtbot, lambda: desk.identity.server_url == server.url)
            # The desk ends.
            desk.do(server.adjust())
            desk.count("A-01")
            program.window.go("people")
            people = program.window.built("people")
            assert isinstance(people, PeopleScreen)
            until(qtbot, lambda: people.desks.table.choose(desk.identity.device_id))
            until(qtbot, lambda: program.window.commands.possible("people.retire"))
            press(program, Qt.Key.Key_F7, Qt.KeyboardModifier.ControlModifier)
            form = form_in(program, FormDialog)
            assert f"End this desk ({desk.identity.code})?" in texts_in(form)
            QTest.keyClicks(form.focusWidget(), "replaced")
            confirm(qtbot, form)
            until(qtbot, lambda: "Other desks can go on with CT-" in texts_in(program.window))
    assert set(server.outcomes().values()) == {"applied"}
