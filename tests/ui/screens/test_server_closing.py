"""Does the founder's window ask before its server leaves other desks, and only then?"""

import gc
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.desk import Desk
from merchant_desk.domain.organisation import RetireDevice
from merchant_desk.sync.own_server import ERROR_FILE, FOLDER, PORT_FILE
from merchant_desk.ui.screens.sign_in.server_closing import ServerClosingDialog
from tests.helpers.web_server import PortServer
from tests.ui.screens.acting import until
from tests.ui.screens.conftest import Show


@pytest.fixture
def desk(desk: Desk, tmp_path: Path) -> Desk:
    """The founder's desk: the profile says that its server runs beside it."""
    folder = tmp_path / "desk" / FOLDER
    folder.mkdir()
    (folder / PORT_FILE).write_text('{"port": 1}', "utf-8")
    return desk


@pytest.fixture
def other(server: PortServer, desk: Desk, tmp_path: Path) -> Desk:
    """Another desk of the shop, which has joined; closed again."""
    with server.desk(tmp_path / "till") as joined:
        desk.sync()
        return joined


def asked() -> ServerClosingDialog | None:
    shown = [one for one in QApplication.topLevelWidgets() if isinstance(one, ServerClosingDialog)]
    return next((one for one in shown if one.isVisible()), None)


def ask(program: Program, qtbot: QtBot) -> ServerClosingDialog:
    program.window.close()
    until(qtbot, asked)
    dialog = asked()
    assert dialog is not None
    assert program.window.isVisible()
    qtbot.waitUntil(dialog.isActiveWindow)
    return dialog


@pytest.mark.usefixtures("other")
def test_it_asks_by_keyboard_in_both_languages_and_stays_or_ends(
    desk: Desk, show: Show, qtbot: QtBot
) -> None:
    program = show(desk, "home", "en")
    dialog = ask(program, qtbot)
    said = dialog.text.text() + dialog._can.text() + dialog._cannot.text() + dialog._rather.text()
    for words in ("serves till 02 too", "work on offline", "Nothing is lost", "first sign-in", "locks"):
        assert words in said
    program.look.language.toggle()
    assert "till 02 也在用" in dialog.text.text()
    assert "不会丢" in dialog._can.text()
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    until(qtbot, lambda: asked() is None)
    assert program.window.isVisible()
    program.lock()  # the sheet hides forms of the desk, not this
    dialog = ask(program, qtbot)
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    until(qtbot, lambda: not program.window.isVisible())
    assert asked() is None


@pytest.mark.usefixtures("other")
def test_the_end_of_the_program_asks_nobody(desk: Desk, show: Show, qtbot: QtBot) -> None:
    program = show(desk, "home", "en")
    ask(program, qtbot)
    program.window.end()
    until(qtbot, lambda: not program.window.isVisible())
    assert asked() is None


@pytest.mark.usefixtures("other")
def test_the_question_stays_until_it_is_answered(desk: Desk, show: Show, qtbot: QtBot) -> None:
    """A window without a parent that nobody keeps goes with the garbage."""
    program = show(desk, "home", "en")
    ask(program, qtbot)
    gc.collect()
    QApplication.processEvents()
    dialog = asked()
    assert dialog is not None
    QTest.keyClick(dialog, Qt.Key.Key_Return)
    until(qtbot, lambda: not program.window.isVisible())


def test_with_nobody_else_it_closes_at_once(desk: Desk, show: Show) -> None:
    program = show(desk)
    program.window.close()
    assert (program.window.isVisible(), asked()) == (False, None)


def test_a_desk_that_has_ended_is_nobody(server: PortServer, desk: Desk, other: Desk, show: Show) -> None:
    server.services.house.do(server.merchant, RetireDevice(other.identity.device_id, "sold"))
    desk.sync()
    program = show(desk)
    program.window.close()
    assert (program.window.isVisible(), asked()) == (False, None)


@pytest.mark.usefixtures("other")
@pytest.mark.parametrize("why", ["none of its own", "it does not run"])
def test_no_server_no_question(desk: Desk, show: Show, why: str) -> None:
    folder = desk.runtime.profile.folder / FOLDER
    if why == "none of its own":
        (folder / PORT_FILE).unlink()
    else:
        (folder / ERROR_FILE).write_text("another server runs on it", "utf-8")
    program = show(desk)
    program.window.close()
    assert (program.window.isVisible(), asked()) == (False, None)
