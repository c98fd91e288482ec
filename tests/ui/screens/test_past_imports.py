"""What became of past imports, and cells that are pasted: by keyboard."""

from pathlib import Path

import pytest
from PySide6.QtCore import QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_desk.documents.mapping import suggested_mapping
from merchant_desk.documents.tabular import open_table
from merchant_desk.jobs.import_job import ImportJob
from merchant_desk.ui.widgets.form import FormDialog
from tests.ui.screens.acting import CONTROL, notices_of, press, settled, texts_in, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene
from tests.ui.screens.test_imports import GOODS, ended, names, opened, screen_of, written

Key = Qt.Key


def test_a_past_import_is_listed_opened_again_and_taken_back(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: seen.append(QUrl(url).toLocalFile()))
    program = show(scene.a, "imports", "en")
    path = written(tmp_path, GOODS)
    screen = opened(qtbot, program, path)
    assert "No file was imported yet" not in texts_in(screen)
    for key in (Key.Key_F10, Key.Key_F7):
        press(program, key)
        ended(qtbot, program)
    press(program, Key.Key_F3)
    until(qtbot, lambda: screen.past.row is not None and screen.past.workbook is not None)
    row = screen.past.row
    assert row is not None
    counts = (row.rows, row.written, row.unchanged, row.refused)
    assert (row.source, row.kind, row.status, counts) == ("goods.csv", "products", "finished", (3, 2, 0, 1))
    assert (row.person, row.desk) == ("店长", "01")

    press(program, Key.Key_F7)
    assert seen == [str(tmp_path / "goods.import.xlsx")]
    screen.past.pane.table.view.setFocus()
    press(program, Key.Key_Return)
    until(qtbot, lambda: screen.flow.draft is not None)
    assert screen.flow.path == path
    press(program, Key.Key_F3)
    settled(qtbot, program)
    press(program, Key.Key_F9)
    until(qtbot, lambda: isinstance(QApplication.activeWindow(), FormDialog))
    press(program, Key.Key_Return)
    until(qtbot, lambda: screen.past.row is not None and screen.past.row.status == "undone")
    assert names(scene) == set()
    settled(qtbot, program)
    assert not screen.past.can_undo


def test_an_import_of_another_desk_of_the_outlet_is_taken_back(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path
) -> None:
    path = written(tmp_path, GOODS)
    mapping = suggested_mapping("products", open_table(path).headers, "goods")
    ImportJob(scene.a.runtime, lambda: scene.a.person.id, path, mapping).run()
    scene.a.sync()
    other = scene.shop.desk("manager")
    program = show(other, "imports", "en")
    screen = screen_of(program)
    press(program, Key.Key_F3)
    until(qtbot, lambda: screen.past.row is not None)
    assert (screen.past.can_undo, screen.past.file) == (True, None)
    settled(qtbot, program)
    press(program, Key.Key_F9)
    until(qtbot, lambda: isinstance(QApplication.activeWindow(), FormDialog))
    press(program, Key.Key_Return)
    until(qtbot, lambda: screen.past.row is not None and screen.past.row.status == "undone")
    for desk in (other, scene.a):
        desk.sync()
    assert names(scene) == set()


def test_a_block_of_cells_is_pasted_and_imported(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = QStandardPaths.StandardLocation.DocumentsLocation
    monkeypatch.setattr(
        QStandardPaths, "writableLocation", lambda asked: str(tmp_path) if asked == place else ""
    )
    program = show(scene.a, "imports", "en")
    screen = screen_of(program)
    QApplication.clipboard().setText("  ")
    press(program, Key.Key_V, CONTROL)
    until(qtbot, lambda: any("no cells on the clipboard" in said for said in notices_of(program)))
    cells = GOODS.replace(",", "\t").replace("陈醋", '"陈醋\n6 年"').replace("\n952", "\r\n952")
    QApplication.clipboard().setText(cells)
    press(program, Key.Key_V, CONTROL)
    until(qtbot, lambda: screen.flow.is_free and screen.flow.draft is not None)
    draft = screen.flow.draft
    assert draft is not None
    assert draft.mapping.columns == {"barcode": "条码", "name": "商品名称", "price": "售价"}
    for key in (Key.Key_F6, Key.Key_F7, Key.Key_F10):
        press(program, key)
        ended(qtbot, program)
    assert names(scene) == {"陈醋 6 年", "麻油"}
    assert (tmp_path / "Pasted cells.import.xlsx").exists()
    folder = draft.path.parent
    press(program, Key.Key_F3)
    until(qtbot, lambda: screen.past.row is not None and screen.past.row.source == "Pasted cells.txt")
    assert not folder.exists()
    assert screen.past.file is None
