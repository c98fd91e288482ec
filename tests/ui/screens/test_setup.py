"""Does a manager of a new shop see what is missing, for what, and get there by keyboard?"""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.desk import Desk
from merchant_desk.domain.readiness import Step, StepState, Task
from merchant_desk.domain.settings_known import SETUP_CLOSED
from merchant_desk.ui.screens.home.home import HomeScreen
from merchant_desk.ui.screens.registry import ENTRIES
from merchant_desk.ui.screens.setup.setup import SetupScreen, _state
from merchant_desk.ui.screens.setup.ways import FIRST, OTHER
from merchant_desk.ui.texts.catalogue import catalogue
from tests.helpers.web_server import PortServer
from tests.server.web import PASSWORD
from tests.ui.screens.acting import ALT, CONTROL, press, texts_in, until
from tests.ui.screens.conftest import Show


def screen_of(program: Program) -> SetupScreen:
    found = program.window.built("setup")
    assert isinstance(found, SetupScreen)
    return found


def open_steps(program: Program) -> set[Step]:
    return {state.step for state in screen_of(program).states if state.is_open}


def chosen(program: Program) -> StepState:
    found = screen_of(program).chosen
    assert found is not None
    return found


def test_what_is_missing_is_shown_and_follows_what_is_done(
    server: PortServer, desk: Desk, show: Show, qtbot: QtBot
) -> None:
    program = show(desk, "setup", "en")
    until(qtbot, lambda: screen_of(program).states)
    later = {Step.PRINTERS, Step.SCANNER, Step.DESKS, Step.TAXES, Step.CARRIERS, Step.LIVE}
    missing = {Step.BARCODES, Step.SUPPLIERS, Step.STOCK, Step.PEOPLE, Step.BADGES}
    assert open_steps(program) == missing | later
    tasks = {row.task: row.lacks for row in screen_of(program)._tasks.rows}
    assert tasks[Task.RECEIVE] == ()
    assert tasks[Task.SHIP] == (Step.STOCK,)
    assert tasks[Task.PURCHASE] == (Step.SUPPLIERS,)
    desk.do(server.adjust(3))
    until(qtbot, lambda: Step.STOCK not in open_steps(program))


def test_enter_goes_to_where_a_step_is_done(server: PortServer, desk: Desk, show: Show, qtbot: QtBot) -> None:
    program = show(desk, "setup", "en")
    until(qtbot, lambda: screen_of(program).states)
    screen_of(program).steps.setFocus()
    press(program, Qt.Key.Key_Home)
    press(program, Qt.Key.Key_Down)
    press(program, Qt.Key.Key_Return)
    until(qtbot, lambda: program.window.current == "locations")


def test_the_overview_sends_a_manager_there_while_a_task_cannot_begin(
    server: PortServer, desk: Desk, show: Show, qtbot: QtBot
) -> None:
    program = show(desk, "home", "en")
    home = program.window.built("home")
    assert isinstance(home, HomeScreen)
    until(qtbot, lambda: [row.id for row in home._todo.rows if row.id == "setup"])
    for width in (1_280, 1_600):
        program.window.resize(width, 720)
        until(qtbot, lambda: all(tile.width() >= tile.wanted_width for tile in home.tiles.values()))
    home.todo.setFocus()
    press(program, Qt.Key.Key_Home)
    press(program, Qt.Key.Key_Return)
    until(qtbot, lambda: program.window.current == "setup")


def test_a_step_is_begun_by_enter_and_coming_back_goes_on(
    server: PortServer, desk: Desk, show: Show, qtbot: QtBot
) -> None:
    program = show(desk, "setup", "en")
    until(qtbot, lambda: screen_of(program).chosen)
    screen = screen_of(program)
    assert screen.chosen is not None
    assert (screen.chosen.step, screen.title.text()) == (Step.STOCK, "Opening stock")
    assert "Ship" in texts_in(screen)
    press(program, Qt.Key.Key_Down)
    assert screen.title.text() == "Suppliers"
    press(program, Qt.Key.Key_Return)
    until(qtbot, lambda: isinstance(QApplication.activeWindow(), QDialog))
    assert program.window.current == "suppliers"
    press(program, Qt.Key.Key_Escape)
    until(qtbot, lambda: QApplication.activeWindow() is program.window)
    desk.do(server.adjust(3))
    press(program, Qt.Key.Key_G, CONTROL | ALT)
    until(qtbot, lambda: screen.title.text() == "Suppliers" and Step.STOCK not in open_steps(program))
    program.look.language.toggle()
    assert screen.title.text() == "供应商"


def test_what_is_ready_is_never_offered_as_next(
    server: PortServer, desk: Desk, show: Show, qtbot: QtBot
) -> None:
    program = show(desk, "setup", "en")
    until(qtbot, lambda: screen_of(program).chosen)
    screen = screen_of(program)
    assert chosen(program).step is Step.STOCK
    assert "Next" in texts_in(screen)
    desk.do(server.adjust(3))
    until(qtbot, lambda: Step.STOCK not in open_steps(program))
    assert chosen(program).step is Step.SUPPLIERS
    assert "Next" in texts_in(screen)
    screen.steps.setFocus()
    press(program, Qt.Key.Key_Home)
    until(qtbot, lambda: screen.title.text() == "Outlets and warehouses")
    assert not chosen(program).is_open, "one outlet is enough"
    chip = _state(chosen(program), program.look.language).chip
    assert chip is not None
    assert chip.text == "Optional"
    press(program, Qt.Key.Key_Down)
    until(qtbot, lambda: screen.title.text() == "Locations")
    assert chosen(program).is_done
    assert "Next" not in texts_in(screen)
    assert "Ready; may be done again" in texts_in(screen)
    press(program, Qt.Key.Key_End)
    assert chosen(program).step is Step.LIVE
    assert "Also to do" in texts_in(screen)


def test_a_manager_ends_it_for_good_and_takes_it_up_again(desk: Desk, show: Show, qtbot: QtBot) -> None:
    program = show(desk, "setup", "en")
    until(qtbot, lambda: screen_of(program).states)
    press(program, Qt.Key.Key_F8)
    until(qtbot, lambda: desk.settings.value(SETUP_CLOSED))
    program.window.go("home")
    home = program.window.built("home")
    assert isinstance(home, HomeScreen)
    until(qtbot, lambda: home._overview)
    assert not [row.id for row in home._todo.rows if row.id == "setup"]
    press(program, Qt.Key.Key_G, CONTROL | ALT)
    until(qtbot, lambda: program.window.commands.possible("setup.reopen"))
    press(program, Qt.Key.Key_F9)
    program.window.go("home")
    until(qtbot, lambda: [row.id for row in home._todo.rows if row.id == "setup"])


def test_the_way_back_is_there_before_the_steps_were_ever_opened(
    server: PortServer, desk: Desk, show: Show, qtbot: QtBot
) -> None:
    program = show(desk, "home", "en")
    assert program.window.built("setup") is None
    press(program, Qt.Key.Key_G, CONTROL | ALT)
    assert program.window.current == "setup"


def test_the_overview_is_true_as_soon_as_somebody_signed_in(
    server: PortServer, desk: Desk, show: Show, qtbot: QtBot
) -> None:
    desk.sign_out()
    program = show(desk, "home", "en")
    home = program.window.built("home")
    assert isinstance(home, HomeScreen)
    until(qtbot, lambda: home._overview)
    program.sheet.login.setText("manager")
    program.sheet.password.setText(PASSWORD)
    program.sheet.try_sign_in()
    until(qtbot, program.sheet.isHidden)
    assert [row.id for row in home._todo.rows if row.id == "setup"]
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.isVisible()
    assert home.isAncestorOf(focused)
    desk.sync()
    until(qtbot, lambda: "offline" not in texts_in(home))
    desk.work_offline(True)
    until(qtbot, lambda: "offline" in texts_in(home))


def test_every_step_has_a_way_and_words_for_it() -> None:
    texts, screens = catalogue(), {entry.id for entry in ENTRIES}
    assert set(FIRST) == set(Step)
    wanted = {f"setup.step.{step}{more}" for step in Step for more in ("", ".detail")}
    wanted |= {f"setup.do.{step}" for step in FIRST} | {f"setup.other.{step}" for step in OTHER}
    assert wanted - texts.keys() == set()
    assert {way.screen for way in (*FIRST.values(), *OTHER.values())} <= screens
