"""The tasks screen by keyboard: its tabs, unknown codes, and what was settled with its reason."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QComboBox
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.domain.tasks import ReportUnknownCode
from merchant_desk.ui.screens.tasks.tasks_screen import TasksScreen
from merchant_desk.ui.theme.tokens import Tone
from tests.ui.screens.acting import press, settled, texts_in, type_text, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene

Key = Qt.Key


def tasks_of(program: Program) -> TasksScreen:
    found = program.window.built("tasks")
    assert isinstance(found, TasksScreen)
    return found


def test_a_task_is_settled_with_a_reason_and_found_among_the_settled(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    scene.work()
    program = show(scene.a, "tasks", language="en")
    screen = tasks_of(program)
    until(qtbot, lambda: screen.cards.readings)
    settled(qtbot, program)
    at = next(i for i, one in enumerate(screen.cards.readings) if one.task.code == "over_delivered")
    task = screen.cards.readings[at].task.id
    button = screen.cards.cards()[at].buttons()[-1]
    assert button.text() == "Settle…"
    tones = {tab.id: tab.tone for tab in screen.tabs._tabs}
    assert tones == {"tasks": Tone.WARNING, "codes": Tone.WARNING, "settled": Tone.NEUTRAL}
    for _ in range(60):
        if QApplication.focusWidget() is button:
            break
        press(program, Key.Key_Tab)
    assert button.hasFocus()
    press(program, Key.Key_Space)
    until(qtbot, lambda: isinstance(QApplication.focusWidget(), QComboBox))
    press(program, Key.Key_Tab)
    type_text("留下，另付")
    press(program, Key.Key_Return)
    until(qtbot, lambda: task not in [one.task.id for one in screen.cards.readings])
    screen.tabs.setFocus()
    press(program, Key.Key_Right)
    press(program, Key.Key_Right)
    assert screen.tabs.current == "settled"
    until(qtbot, lambda: len(screen.settled.model.rows) == 1)
    cells = [str(screen.settled.model.index(0, column).data()) for column in range(4)]
    assert cells[1].startswith("More than ordered: ")
    assert cells[1].removeprefix("More than ordered: ") in ("Arawana oil 5 l", "Beef noodles")
    assert "留下，另付" in cells[2]


def test_an_unknown_code_is_taken_for_a_slip_by_a_key(scene: Scene, show: Show, qtbot: QtBot) -> None:
    world = scene.shop.world
    body = ReportUnknownCode(
        scene.a.runtime.new_id(), world.outlet, "4006381333931", None, None, "", "lookup"
    )
    scene.a.do(body)
    program = show(scene.a, "tasks")
    screen = tasks_of(program)
    assert QApplication.focusWidget() is screen.tabs
    press(program, Key.Key_Right)
    until(qtbot, lambda: screen.codes.list.row is not None)
    assert "4006381333931" in str(screen.codes.list.model.index(0, 0).data())
    until(qtbot, lambda: program.window.commands.possible("tasks.dismiss"))
    press(program, Key.Key_Delete)
    until(qtbot, lambda: not screen.codes.list.model.rows)
    settled(qtbot, program)
    assert "没有未知条码" in texts_in(screen.codes)
    assert "dismiss_unknown_code" in [one.kind for one in scene.a.pending()]
