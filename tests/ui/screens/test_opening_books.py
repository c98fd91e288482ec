"""The opening books at the window, by keyboard: what is lacking, a day, taking all of it back, going live."""

from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.documents.mapping import suggested_mapping
from merchant_desk.documents.tabular import open_table
from merchant_desk.domain.go_live import Check
from merchant_desk.jobs.import_job import ImportJob
from merchant_desk.ui.screens.opening.opening import OpeningScreen
from tests.ui.screens.acting import chinese, notices_of, press, texts_in, type_text, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene

Key = Qt.Key


def screen_of(program: Program) -> OpeningScreen:
    found = program.window.built("opening")
    assert isinstance(found, OpeningScreen)
    return found


def blocking(program: Program) -> set[Check]:
    return {state.check for state in screen_of(program)._checks.rows if state.blocks}


def answer(qtbot: QtBot, program: Program, text: str = "") -> None:
    """Answer the form that is open, and wait until it is gone."""
    until(qtbot, lambda: isinstance(QApplication.activeWindow(), QDialog))
    if text:
        type_text(text)
    press(program, Key.Key_Return)
    until(qtbot, lambda: QApplication.activeWindow() is program.window)


def facts(program: Program) -> Any:
    found = screen_of(program).facts
    assert found is not None
    return found


def test_a_shop_is_set_up_taken_back_and_goes_live(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path
) -> None:
    path = tmp_path / "期初.csv"
    path.write_text("货号,库位,数量,单位成本\nOIL-5,A-02,7,50\nNOODLE,A-03,3,\n", encoding="utf-8")
    mapping = suggested_mapping("opening_stock", open_table(path).headers, "import")
    desk = scene.a
    ImportJob(desk.runtime, lambda: desk.person.id, path, mapping).run()
    program = show(desk, "opening")
    until(qtbot, lambda: screen_of(program)._checks.rows)
    assert (facts(program).stated, facts(program).uncosted, facts(program).day) == (2, 1, None)
    assert "期初.csv" in [row.source for row in screen_of(program)._came_in.rows]
    assert blocking(program) == set()
    press(program, Key.Key_F2)
    answer(qtbot, program, "2099-12-01")
    until(qtbot, lambda: facts(program).day == 20991201)
    assert "2099" in texts_in(screen_of(program))
    press(program, Key.Key_F9)
    answer(qtbot, program)
    until(qtbot, lambda: facts(program).stated == 0)
    assert any("撤销 2 项" in one for one in notices_of(program))
    assert {row.status for row in screen_of(program)._came_in.rows} == {"undone"}
    press(program, Key.Key_F10)
    until(qtbot, lambda: isinstance(QApplication.activeWindow(), QDialog))
    press(program, Key.Key_Return)
    form = QApplication.activeWindow()
    assert isinstance(form, QDialog)
    assert chinese("opening.check.stock") in texts_in(form)
    assert chinese("opening.live_unsure") in texts_in(form)
    press(program, Key.Key_Space)
    answer(qtbot, program)
    until(qtbot, lambda: facts(program).live_at is not None)
    press(program, Key.Key_F9)
    assert not isinstance(QApplication.activeWindow(), QDialog)
    screen_of(program).checks.choose(Check.PRICES)
    screen_of(program).checks.setFocus()
    press(program, Key.Key_Return)
    until(qtbot, lambda: program.window.current == "products")
