"""Taking an import back in the window: how far it is, that it was stopped, and going on with the rest."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_desk.domain.counting import ReverseCount
from merchant_desk.domain.ids import id_of
from merchant_desk.jobs.undo_job import UndoJob, Undone
from merchant_desk.ui.widgets.form import FormDialog
from tests.ui.screens.acting import notices_of, press, settled, texts_in, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene
from tests.ui.screens.test_imports import GOODS, ended, names, opened, written

Key = Qt.Key


def test_an_undo_that_was_stopped_says_so_and_goes_on(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = show(scene.a, "imports", "en")
    screen = opened(qtbot, program, written(tmp_path, GOODS))
    press(program, Key.Key_F10)
    ended(qtbot, program)
    press(program, Key.Key_F3)
    until(qtbot, lambda: screen.past.row is not None)
    settled(qtbot, program)
    real = UndoJob.run

    def stopped(self: UndoJob, cancelled: Any, told: Callable[[int, int], None]) -> Undone:
        return real(self, lambda: True, told)

    with monkeypatch.context() as stopping:
        stopping.setattr(UndoJob, "run", stopped)
        confirm(qtbot, program)
        until(qtbot, lambda: any("The undo was stopped" in said for said in notices_of(program)))
    assert names(scene) != set()
    shown: list[str] = []
    screen.work.progressed.connect(lambda done, total: shown.append(texts_in(screen)))
    settled(qtbot, program)
    confirm(qtbot, program)
    until(qtbot, lambda: screen.past.row is not None and screen.past.row.status == "undone")
    assert "Taking back: 0 of 2" in shown[0]
    settled(qtbot, program)
    assert "Taking back:" not in texts_in(screen)
    assert names(scene) == set()


def test_what_an_undo_left_is_taken_back_once_nothing_uses_it(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path
) -> None:
    program = show(scene.a, "imports", "en")
    screen = opened(qtbot, program, written(tmp_path, GOODS))
    press(program, Key.Key_F10)
    ended(qtbot, program)
    (code,) = scene.a.ask(
        lambda connection: connection.exec_driver_sql(
            "SELECT b.code FROM barcodes b JOIN skus s ON s.id = b.sku_id WHERE s.name = '麻油'"
        ).one()
    )
    count = scene.a.count("A-03")
    assert count.scan(code).code == "accepted"
    press(program, Key.Key_F3)
    until(qtbot, lambda: screen.past.row is not None)
    settled(qtbot, program)
    confirm(qtbot, program)
    until(qtbot, lambda: screen.past.row is not None and screen.past.row.status == "undone")
    assert names(scene) == {"麻油"}
    until(qtbot, lambda: screen.past.can_undo)
    count.finish()
    (counted,) = scene.a.ask(lambda connection: connection.exec_driver_sql("SELECT id FROM counts").one())
    scene.a.do(ReverseCount(id_of(counted), scene.a.identity.outlet_id, (), "wrong shelf"))
    settled(qtbot, program)
    confirm(qtbot, program)
    until(qtbot, lambda: len([said for said in notices_of(program) if "taken back" in said]) > 1)
    assert names(scene) == set()


def confirm(qtbot: QtBot, program: Any) -> None:
    press(program, Key.Key_F9)
    until(qtbot, lambda: isinstance(QApplication.activeWindow(), FormDialog))
    press(program, Key.Key_Return)
