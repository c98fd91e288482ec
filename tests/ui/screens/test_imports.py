"""Files brought in at the window, by keyboard: dropped, matched, checked, imported, stopped, taken back."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, QStandardPaths, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QDialog, QLineEdit
from pytestqt.qtbot import QtBot
from python_calamine import CalamineWorkbook

from merchant_desk.app import Program
from merchant_desk.jobs.account import State
from merchant_desk.ui.screens.imports.field_form import FieldForm
from merchant_desk.ui.screens.imports.imports import ImportsScreen
from merchant_desk.ui.screens.imports.options_form import OptionsForm
from merchant_desk.ui.screens.imports.template_form import TemplateForm
from merchant_desk.ui.window.file_drops import why_not
from tests.ui.screens.acting import CONTROL, notices_of, press, settled, texts_in, type_text, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene

Key = Qt.Key
GOODS = "条码,商品名称,售价\n9520001110013,陈醋,6.50\n9520001110020,香油,x\n9520001110037,麻油,12.00\n"


def written(folder: Path, text: str, name: str = "goods.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def screen_of(program: Program) -> ImportsScreen:
    found = program.window.built("imports")
    assert isinstance(found, ImportsScreen)
    return found


def opened(qtbot: QtBot, program: Program, path: Path) -> ImportsScreen:
    program.window.go("imports", path)
    screen = screen_of(program)
    until(qtbot, lambda: screen.flow.is_free and (screen.flow.draft or screen.flow.trouble))
    return screen


def ended(qtbot: QtBot, program: Program) -> None:
    screen = screen_of(program)
    until(qtbot, lambda: screen.flow.is_free)
    settled(qtbot, program)


def names(scene: Scene) -> set[str]:
    with scene.a.read() as connection, connection.begin():
        found = connection.exec_driver_sql(
            "SELECT name FROM skus WHERE sku LIKE '952000111%' AND archived = 0"
        ).all()
    return {str(row[0]) for row in found}


def dialog(kind: type[Any] = QDialog) -> Any:
    found = QApplication.activeWindow()
    assert isinstance(found, kind), found
    return found


@pytest.mark.parametrize(
    ("language", "told"),
    [("zh_CN", ("2 新增", "1 行未导入", "导入完成")), ("en", ("2 new", "1 row left out", "Imported"))],
)
def test_a_file_is_checked_imported_and_taken_back_by_keys(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path, language: str, told: tuple[str, ...]
) -> None:
    program = show(scene.a, "imports", language)
    screen = opened(qtbot, program, written(tmp_path, GOODS))
    assert screen.flow.draft is not None
    assert screen.flow.draft.mapping.columns == {"barcode": "条码", "name": "商品名称", "price": "售价"}
    press(program, Key.Key_F6)
    ended(qtbot, program)
    assert screen.flow.result is not None
    assert screen.flow.result.account.state is State.CHECKED
    assert names(scene) == set()
    assert [(one.row, one.refused) for one in screen.results._rows.rows] == [(3, True)]
    press(program, Key.Key_F7)
    ended(qtbot, program)
    head, row = CalamineWorkbook.from_path(tmp_path / "goods.import.xlsx").get_sheet_by_index(0).to_python()
    assert (head[3], row[1]) == ({"zh_CN": "未导入原因", "en": "Reason"}[language], "香油")
    press(program, Key.Key_F10)
    ended(qtbot, program)
    assert names(scene) == {"陈醋", "麻油"}
    said = texts_in(screen.results) + " ".join(chip.text for chip in screen.results._shown_chips)
    assert all(words in said for words in told), said
    press(program, Key.Key_F9)
    until(qtbot, lambda: isinstance(QApplication.activeWindow(), QDialog))
    press(program, Key.Key_Return)
    until(qtbot, lambda: names(scene) == set())
    ended(qtbot, program)
    assert any("2" in one for one in notices_of(program))


def match(qtbot: QtBot, program: Program, field: str, column: str, part: str, shown: str) -> None:
    """Set a column by its form; without a part of the text it has decimal commas. Samples show what comes."""
    fields = screen_of(program).setup.fields
    fields.choose(field)
    fields.setFocus()
    press(program, Key.Key_Return)
    until(qtbot, lambda: isinstance(QApplication.activeWindow(), FieldForm))
    form = dialog(FieldForm)
    form.column.setCurrentText(column)
    if part:
        form.separator.setFocus()
        type_text("/")
        press(program, Key.Key_Tab)
        type_text(part)
    else:
        form.comma.setChecked(True)
    assert f"“{shown}”" in texts_in(form)
    press(program, Key.Key_Return)
    until(qtbot, lambda: QApplication.activeWindow() is program.window)


def test_columns_are_matched_and_transformed_and_kept_for_the_next_file(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path
) -> None:
    program = show(scene.a, "imports")
    text = "artikel;preis\n9520001110013/陈醋;6,50\n9520001110037/麻油;1.012,00\n"
    screen = opened(qtbot, program, written(tmp_path, text))
    assert not screen.flow.is_ready, "nothing says which column is what"
    match(qtbot, program, "barcode", "artikel", "1", "9520001110013")
    match(qtbot, program, "name", "artikel", "2", "陈醋")
    match(qtbot, program, "price", "preis", "", "6.50")
    press(program, Key.Key_S, CONTROL)
    until(qtbot, lambda: isinstance(QApplication.activeWindow(), QDialog))
    dialog().findChild(QLineEdit).setFocus()
    type_text("german")
    press(program, Key.Key_Return)
    until(qtbot, lambda: QApplication.activeWindow() is program.window)
    press(program, Key.Key_F10)
    ended(qtbot, program)
    assert names(scene) == {"陈醋", "麻油"}
    screen = opened(qtbot, program, written(tmp_path, text.replace("0013", "0044"), "next.csv"))
    box = screen.setup.mapping
    box.setCurrentText("german")
    box.activated.emit(box.currentIndex())
    ended(qtbot, program)
    press(program, Key.Key_F6)
    ended(qtbot, program)
    assert screen.flow.result is not None
    assert (screen.flow.result.account.new, screen.flow.result.account.standing) == (1, 1)


def test_a_file_that_cannot_be_read_says_why_and_options_help(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path
) -> None:
    program = show(scene.a, "imports")
    screen = opened(qtbot, program, written(tmp_path, GOODS.replace(",", "^")))
    assert "看起来是用“^”分隔的" in texts_in(screen)
    press(program, Key.Key_F4)
    until(qtbot, lambda: isinstance(QApplication.activeWindow(), OptionsForm))
    form = dialog(OptionsForm)
    form.delimiter.setCurrentText("^")
    press(program, Key.Key_Return)
    ended(qtbot, program)
    assert screen.flow.is_ready
    program.look.language.toggle()
    assert 'split by "^"' in texts_in(screen)


def test_a_stopped_import_goes_on_where_it_was(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path
) -> None:
    rows = "".join(f"HP-{n},货 {n},1\n" for n in range(10_000))
    program = show(scene.a, "imports")
    screen = opened(qtbot, program, written(tmp_path, "货号,商品名称,售价\n" + rows))
    press(program, Key.Key_F6)
    ended(qtbot, program)
    screen.work.progressed.connect(lambda *_: press(program, Key.Key_F8))
    press(program, Key.Key_F10)
    ended(qtbot, program)
    assert screen.flow.result is not None
    account = screen.flow.result.account
    assert account.state is State.CANCELLED
    assert 0 < account.written_rows < 10_000
    assert "到停下为止没有要改的行" in texts_in(screen.results), "not that no row does"
    screen.work.progressed.disconnect()
    told: list[bool] = []
    screen.work.progressed.connect(screen.results.show_progress)
    screen.work.progressed.connect(lambda *_: told.append("正在逐行处理…" in texts_in(screen.results)))
    press(program, Key.Key_F10)
    ended(qtbot, program)
    assert screen.flow.result.account.state is State.FINISHED
    assert screen.flow.result.account.written_rows == 10_000
    assert told
    assert all(told)
    assert "没有要改的行" in texts_in(screen.results)


def test_closing_the_window_stops_an_import_between_two_steps(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path
) -> None:
    rows = "".join(f"HP-{n},货 {n},1\n" for n in range(12_000))
    program = show(scene.a, "imports")
    screen = opened(qtbot, program, written(tmp_path, "货号,商品名称,售价\n" + rows))
    with qtbot.waitSignal(screen.work.progressed, timeout=10_000):
        press(program, Key.Key_F10)
    program.window.go("home")
    assert not screen.flow.is_free, "another screen in front stops nothing"
    program.window.close()
    ended(qtbot, program)
    assert screen.flow.result is not None
    assert screen.flow.result.account.state is State.CANCELLED


def test_a_file_is_dropped_anywhere_on_the_window(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path
) -> None:
    program = show(scene.a, "home")
    data, path = QMimeData(), written(tmp_path, GOODS)
    data.setUrls([QUrl.fromLocalFile(str(path))])
    where = (QPointF(800, 500), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton)
    enter = QDragEnterEvent(where[0].toPoint(), *where[1:], Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(program.window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(program.window, QDropEvent(*where, Qt.KeyboardModifier.NoModifier))
    until(qtbot, lambda: program.window.current == "imports" and screen_of(program).flow.draft)
    assert screen_of(program).flow.path == path
    several = QMimeData()
    several.setUrls([QUrl.fromLocalFile(str(path)), QUrl("https://example.com/a.csv")])
    enter = QDragEnterEvent(
        where[0].toPoint(), Qt.DropAction.CopyAction, several, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    QApplication.sendEvent(program.window, enter)
    assert enter.isAccepted(), "so that a drop can be answered"


def said(program: Program, told: str) -> bool:
    return told in texts_in(program.window.notices)


def test_what_cannot_be_dropped_is_told(scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path) -> None:
    program = show(scene.a, "home", "en")
    path, folder = written(tmp_path, GOODS), tmp_path / "folder"
    folder.mkdir()
    local = QUrl.fromLocalFile
    for urls, told in (
        ([local(str(path)), local(str(path))], "One file at a time: 2 files were dropped"),
        ([local(str(folder))], "That is a folder"),
        ([QUrl("https://example.com/a.csv")], "No file of this computer"),
        ([local(str(tmp_path / "gone.csv"))], "No file of this computer"),
    ):
        data = QMimeData()
        data.setUrls(urls)
        where = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
        QApplication.sendEvent(program.window, QDragEnterEvent(QPoint(800, 500), *where))
        QApplication.sendEvent(program.window, QDropEvent(QPointF(800, 500), *where))
        until(qtbot, partial(said, program, told))
        assert "One table at a time" in texts_in(program.window.notices)
        assert program.window.current == "home"
    program.look.language.toggle()
    until(qtbot, lambda: "可以把一个表格文件" in texts_in(program.window.notices))
    scene.a.sign_out()
    assert why_not(data, may=False) == "drop.not_allowed"


def test_opening_books_come_in_by_files_and_an_empty_table_is_given(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda place: str(tmp_path / "documents"))
    program = show(scene.a, "imports")
    press(program, Key.Key_T, CONTROL)
    dialog(TemplateForm).kind.setCurrentText("期初库存")
    press(program, Key.Key_Return)
    until(qtbot, (tmp_path / "documents" / "期初库存.xlsx").exists)
    until(qtbot, lambda: QApplication.activeWindow() is program.window)
    with scene.a.read() as connection:
        sql = "SELECT sku, code FROM skus, locations WHERE kind = 'storage' AND track_lot = 0 LIMIT 1"
        sku, location = connection.exec_driver_sql(sql).one()
    rows = f"货号,库位,数量,单位成本\n{sku},{location},7,2.50\n{sku},Z-99,1,1\n"
    screen = opened(qtbot, program, written(tmp_path, rows, "stock.csv"))
    assert screen.setup.kind.currentText() == "期初库存"
    press(program, Key.Key_F10)
    ended(qtbot, program)
    assert next((one.row, one.refused) for one in screen.results._rows.rows) == (3, True)
    with scene.a.read() as connection:
        found = connection.exec_driver_sql("SELECT quantity FROM openings").all()
    assert [row[0] for row in found] == [7_000_000]
    press(program, Key.Key_F9)
    until(qtbot, lambda: isinstance(QApplication.activeWindow(), QDialog))
    press(program, Key.Key_Return)
    until(qtbot, lambda: screen.flow.is_free and screen.flow.result is None)
    with scene.a.read() as connection:
        assert connection.exec_driver_sql("SELECT sum(quantity) FROM openings").scalar() == 0
