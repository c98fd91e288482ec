"""A corrected file at the window, by keyboard: what differs is shown, asked about, corrected and put back."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.domain.ids import id_of
from merchant_desk.domain.products import ChangePrice
from merchant_desk.jobs.account import State
from merchant_desk.ui.screens.imports.imports import ImportsScreen
from merchant_desk.ui.widgets.form import FormDialog
from tests.ui.screens.acting import press, texts_in, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene
from tests.ui.screens.test_imports import dialog, ended, opened, screen_of, written

Key = Qt.Key
FIRST = "货号,名称,售价\nHP-1,醋,5.00\nHP-2,茶,3.00\n"
RIGHT = "货号,名称,售价\nHP-1,陈醋,6.50\nHP-2,,\nHP-3,盐,1.00\n"


def goods(scene: Scene) -> list[tuple[str, str, int]]:
    sql = "SELECT sku, name, price FROM skus WHERE sku LIKE 'HP-_' AND archived = 0 ORDER BY sku"
    with scene.a.read() as connection, connection.begin():
        return [tuple(row) for row in connection.exec_driver_sql(sql)]


BEFORE = [("HP-1", "醋", 5_000_000), ("HP-2", "茶", 3_000_000)]
ADDED = [*BEFORE, ("HP-3", "盐", 1_000_000)]
CORRECTED = [("HP-1", "陈醋", 6_500_000), BEFORE[1], ADDED[2]]


def begun(scene: Scene, program: Program, qtbot: QtBot, tmp_path: Path) -> ImportsScreen:
    """Bring the first file in, without a question, and open the one that was put right."""
    opened(qtbot, program, written(tmp_path, FIRST))
    press(program, Key.Key_F10)
    ended(qtbot, program)
    assert goods(scene) == BEFORE
    press(program, Key.Key_F3)
    return opened(qtbot, program, written(tmp_path, RIGHT, "right.csv"))


def asked(qtbot: QtBot) -> FormDialog:
    until(qtbot, lambda: isinstance(QApplication.activeWindow(), QDialog))
    form = dialog(FormDialog)
    assert isinstance(form, FormDialog)
    return form


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("zh_CN", ("名称 醋 → 陈醋; 售价 5 → 6.5", "1 更正")),
        ("en", ("name 醋 → 陈醋; price 5 → 6.5", "1 corrected")),
    ],
)
def test_what_differs_is_asked_about_corrected_and_put_back_by_keys(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path, language: str, told: tuple[str, ...]
) -> None:
    program = show(scene.a, "imports", language)
    screen = begun(scene, program, qtbot, tmp_path)
    press(program, Key.Key_F10)
    form = asked(qtbot)
    assert goods(scene) == BEFORE, "nothing is written before the answer"
    reasons = {one.row: one.zh if language == "zh_CN" else one.en for one in screen.results._rows.rows}
    chips = " ".join(chip.text for chip in screen.results._shown_chips)
    assert told[0] in reasons[2]
    assert told[1] in chips
    assert "1" in texts_in(form)
    press(program, Key.Key_Return)
    ended(qtbot, program)
    assert goods(scene) == CORRECTED
    assert screen.flow.result is not None
    assert screen.flow.result.account.state is State.FINISHED
    press(program, Key.Key_F9)
    asked(qtbot)
    press(program, Key.Key_Return)
    until(qtbot, lambda: goods(scene) == BEFORE)
    ended(qtbot, program)


def test_the_answer_may_be_to_add_alone_and_escape_imports_nothing(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path
) -> None:
    program = show(scene.a, "imports")
    screen = begun(scene, program, qtbot, tmp_path)
    press(program, Key.Key_F6)
    ended(qtbot, program)
    press(program, Key.Key_F10)
    asked(qtbot)
    press(program, Key.Key_Escape)
    until(qtbot, lambda: QApplication.activeWindow() is program.window)
    assert goods(scene) == BEFORE
    press(program, Key.Key_F10)
    asked(qtbot)
    press(program, Key.Key_Down)
    press(program, Key.Key_Return)
    ended(qtbot, program)
    assert goods(scene) == ADDED
    assert screen.setup.correct.currentIndex() == 2, "the answer stays chosen for this file"


@pytest.mark.parametrize(("steps", "after"), [(1, CORRECTED), (2, ADDED)])
def test_the_choice_before_the_import_spares_the_question(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path, steps: int, after: list[tuple[str, str, int]]
) -> None:
    program = show(scene.a, "imports")
    screen = begun(scene, program, qtbot, tmp_path)
    screen.setup.mapping.setFocus()
    press(program, Key.Key_Tab)
    assert QApplication.focusWidget() is screen.setup.correct
    for _ in range(steps):
        press(program, Key.Key_Down)
    press(program, Key.Key_F10)
    ended(qtbot, program)
    assert goods(scene) == after
    assert QApplication.activeWindow() is program.window


def test_an_undo_shows_what_it_left_alone(scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path) -> None:
    program = show(scene.a, "imports")
    begun(scene, program, qtbot, tmp_path)
    press(program, Key.Key_F10)
    asked(qtbot)
    press(program, Key.Key_Return)
    ended(qtbot, program)
    with scene.a.read() as connection, connection.begin():
        id = connection.exec_driver_sql("SELECT id FROM skus WHERE sku = 'HP-1'").scalar_one()
    scene.a.do(ChangePrice(id_of(id), 7_000_000))
    press(program, Key.Key_F9)
    asked(qtbot)
    press(program, Key.Key_Return)
    until(qtbot, lambda: screen_of(program).flow.is_free and goods(scene)[0][2] == 7_000_000)
    until(qtbot, lambda: "HP-1: 售价 7 → 5" in texts_in(asked(qtbot)))
    press(program, Key.Key_Return)
    until(qtbot, lambda: QApplication.activeWindow() is program.window)
    assert goods(scene)[0] == ("HP-1", "醋", 7_000_000)


def test_what_cannot_correct_asks_nothing(scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path) -> None:
    program = show(scene.a, "imports")
    screen = opened(qtbot, program, written(tmp_path, "登录名,姓名,角色,门店\nnobody,某人,,\n"))
    assert screen.flow.draft is not None
    assert (screen.flow.draft.mapping.kind, screen.flow.draft.all_choices.correct) == ("people", False)
    assert not screen.setup.correct.isVisible()
