"""Does the screen of moving house lead by keyboard, and say what would be lost, with a real server?"""

import threading
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.desk import Desk
from merchant_desk.domain.desk_leaving import Unsent
from merchant_desk.server import archive as archives
from merchant_desk.server.archive import taken
from merchant_desk.sync.archiving import ArchiveFetched
from merchant_desk.ui.screens.moving.moving import MovingScreen
from merchant_desk.ui.screens.moving.steps import ORDER, Facts, Grade, Step, Way, states_of
from merchant_desk.ui.screens.people.asking import AskingForm, GivenSheet
from merchant_desk.ui.screens.people.people import PeopleScreen
from merchant_desk.ui.widgets.buttons import ActionButton
from merchant_desk.ui.widgets.form import FormDialog
from tests.helpers.web_server import PortServer
from tests.server.web import PASSWORD
from tests.ui.screens.acting import CONTROL, texts_in, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.test_people import confirm, form_in

CLEAN = Facts(Unsent(), (), ended=False, serves=False, given=False, others=1)


@pytest.fixture
def desk(desk: Desk, server: PortServer) -> Desk:
    """A desk with work that is nowhere else, and a count that is open."""
    desk.do(server.adjust())
    desk.count("A-01")
    return desk


def shown(program: Program) -> MovingScreen:
    screen = program.window.built("moving")
    assert isinstance(screen, MovingScreen)
    return screen


def at(screen: MovingScreen) -> Step | None:
    return screen.chosen.step if screen.chosen is not None else None


def enter(screen: MovingScreen) -> None:
    QTest.keyClick(screen.steps, Qt.Key.Key_Return)


@pytest.mark.parametrize("way", list(Way))
def test_one_step_at_most_is_next(way: Way) -> None:
    unsent = Facts(Unsent(3, 0, 0), ("CT-1",), ended=False, serves=True, given=False, others=0)
    for facts in (CLEAN, unsent):
        grades = [state.grade for state in states_of(way, facts)]
        assert grades.count(Grade.NEXT) <= 1
        assert (Step.SERVER in [one.step for one in states_of(way, facts)]) == (
            facts.serves and Step.SERVER in ORDER[way]
        )


def test_a_pc_is_replaced_by_keys(desk: Desk, show: Show, qtbot: QtBot, server: PortServer) -> None:
    program = show(desk, "moving", language="en")
    screen = shown(program)
    until(qtbot, lambda: at(screen) is Step.SEND)
    assert "operations not sent 2" in texts_in(screen)
    enter(screen)
    until(qtbot, lambda: at(screen) is Step.CODE)
    assert "All of it has arrived." in texts_in(program.window)
    assert "This is the outlet's only desk" in texts_in(screen), "nobody could make a code after its end"
    enter(screen)
    until(qtbot, lambda: bool(program.window.findChildren(AskingForm)))
    form: FormDialog = form_in(program, AskingForm)
    confirm(qtbot, form)
    until(qtbot, lambda: bool(program.window.findChildren(GivenSheet)))
    form_in(program, GivenSheet).reject()
    until(qtbot, lambda: at(screen) is Step.END)
    assert "go on with its open documents: CT-" in texts_in(screen)
    enter(screen)
    form = form_in(program, FormDialog)
    QTest.keyClicks(form.focusWidget(), "replaced")
    confirm(qtbot, form)
    until(qtbot, lambda: at(screen) is Step.NEW)
    assert "This PC takes an old one's place" in texts_in(screen)
    assert set(server.outcomes().values()) == {"applied"}


def test_a_pc_that_is_gone(desk: Desk, show: Show, qtbot: QtBot, server: PortServer, tmp_path: Path) -> None:
    with server.desk(tmp_path / "gone") as gone:
        code = gone.identity.code
        gone.sync()
    desk.sync()
    program = show(desk, "moving", language="en")
    screen = shown(program)
    screen.show_target(Way.GONE)
    until(qtbot, lambda: at(screen) is Step.CODE)
    QTest.keyClick(screen.steps, Qt.Key.Key_Down)
    assert "Do not retire the old desk before." in texts_in(screen)
    until(qtbot, lambda: f"Not sent at the last contact: {code} gone" in texts_in(screen))
    QTest.keyClick(screen.steps, Qt.Key.Key_Down)
    assert "what the old disk had not sent" in texts_in(screen)
    enter(screen)
    until(qtbot, lambda: program.window.current == "people")
    assert isinstance(program.window.built("people"), PeopleScreen)


def ask_for_archive(program: Program, qtbot: QtBot, folder: Path) -> FormDialog:
    screen = shown(program)
    screen.show_target(Way.ARCHIVE)
    until(qtbot, lambda: at(screen) is Step.TAKE)
    enter(screen)
    form = form_in(program, FormDialog)
    field = form._fields["folder"].editor
    assert form.focusWidget() is field
    QTest.keyClick(field, Qt.Key.Key_A, CONTROL)
    QTest.keyClicks(field, str(folder))
    return form


def give_password(form: FormDialog, password: str) -> None:
    field = form._fields["own"].editor
    field.setFocus()
    field.setText(password)  # type: ignore[attr-defined]  # an input method commits what no key has


def test_all_data_are_fetched_by_keys(
    desk: Desk, show: Show, qtbot: QtBot, server: PortServer, tmp_path: Path
) -> None:
    desk.sync()
    program = show(desk, "moving", language="en")
    form = ask_for_archive(program, qtbot, tmp_path / "nowhere")
    QTest.keyClick(form, Qt.Key.Key_Return)
    assert form._fields["folder"].error
    assert form._fields["own"].error
    form.reject()
    form = ask_for_archive(program, qtbot, tmp_path)
    give_password(form, "not this one")
    confirm(qtbot, form)
    until(qtbot, lambda: "password" in texts_in(program.window.notices.parentWidget() or program.window))
    assert list(tmp_path.glob("*.zip")) == []
    form = ask_for_archive(program, qtbot, tmp_path)
    give_password(form, PASSWORD)
    confirm(qtbot, form)
    until(qtbot, lambda: "All data are in" in texts_in(program.window))
    (made,) = tmp_path.glob("merchant-desk-*.zip")
    with zipfile.ZipFile(made) as file:
        assert file.testzip() is None
    assert [one.name for one in taken(server.services, server.merchant)] == [made.name]


def test_fetching_is_stopped(
    desk: Desk,
    show: Show,
    qtbot: QtBot,
    server: PortServer,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk.sync()
    monkeypatch.setattr(archives, "PIECE", 1)
    real, told_enough = desk.take_archive, threading.Event()

    def slowly(path: Path, password: str, **options: Any) -> ArchiveFetched | None:
        told = options.pop("told")

        def tell(size: int) -> None:
            told(size)
            told_enough.wait(10)  # until the person has pressed the button

        return real(path, password, told=tell, **options)

    monkeypatch.setattr(desk, "take_archive", slowly)
    program = show(desk, "moving", language="en")
    form = ask_for_archive(program, qtbot, tmp_path)
    give_password(form, PASSWORD)
    confirm(qtbot, form)
    until(qtbot, lambda: "MB received" in texts_in(program.window))
    stop = program.window.focusWidget()
    assert isinstance(stop, ActionButton)
    QTest.keyClick(stop, Qt.Key.Key_Space)
    told_enough.set()
    until(qtbot, lambda: "Stopped: no file was left" in texts_in(program.window))
    assert list(tmp_path.glob("*.zip*")) == []
    assert taken(server.services, server.merchant) == []
