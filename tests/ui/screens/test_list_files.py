"""What a list shows, elsewhere: as a file, by keyboard; on the clipboard, as spreadsheets take it."""

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.documents.tabular import open_table
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.products import AddProduct, Barcode, NewSku
from merchant_desk.ui.background import Progress
from merchant_desk.ui.screens.lists.list_file import write_list
from merchant_desk.ui.screens.products.products import ProductsScreen
from tests.ui.screens.acting import CONTROL, press, settled, texts_in, type_text, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene

Key, Modifier = Qt.Key, Qt.KeyboardModifier


def screen_of(program: Program) -> ProductsScreen:
    found = program.window.built("products")
    assert isinstance(found, ProductsScreen)
    return found


def add_odd(scene: Scene) -> None:
    """Take in a product whose words a spreadsheet would run, and whose code it would shorten."""
    id = scene.world.chance.new_id()
    codes = (Barcode("0000012", None, MICRO, "瓶"),)
    item = NewSku(id, "0012", "=1+1 油", "=1+1 oil", "粮油", "瓶", 1_250_000, False, False, 0, 0, codes)
    scene.a.do(AddProduct(item))


def dialog_of(program: Program) -> QFileDialog | None:
    shown = [one for one in program.window.findChildren(QFileDialog) if one.isVisible()]
    return shown[0] if shown else None


def test_what_a_list_shows_goes_to_a_file_and_to_the_clipboard(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path
) -> None:
    add_odd(scene)
    program = show(scene.a, "products", "en")
    pane = screen_of(program).pane
    until(qtbot, lambda: pane.model.rows and not program.search.behind)
    press(program, Key.Key_F, CONTROL)
    type_text("oil")
    press(program, Key.Key_Return)
    until(qtbot, lambda: pane.model.search_text == "oil" and not pane.model.busy)
    settled(qtbot, program)
    shown = [row.sku for row in pane.model.rows]
    assert set(shown) == {"0012", "OIL-5"}

    press(program, Key.Key_E, CONTROL)
    until(qtbot, lambda: dialog_of(program) is not None)
    dialog = dialog_of(program)
    assert dialog is not None
    dialog.close()
    program.window.activateWindow()
    until(qtbot, program.window.isActiveWindow)
    for name in ("goods.xlsx", "goods.csv"):
        pane.export.write(pane.shown(), tmp_path / name)
        until(qtbot, lambda: "2 rows exported" in texts_in(program.window) and not program.runner.busy)
    check_files(tmp_path, shown)
    settled(qtbot, program)
    pane.table.view.choose(next(row.id for row in pane.model.rows if row.sku == "0012"))
    pane.table.view.setFocus()
    until(qtbot, lambda: QApplication.focusWidget() is pane.table.view)
    check_clipboard(program)


def check_files(folder: Path, shown: list[str]) -> None:
    """Both files hold what was shown, in its order, codes whole and nothing that runs."""
    table = open_table(folder / "goods.xlsx")
    assert table.headers == ["Name", "SKU", "Barcodes", "Price", "On hand", "Available", "Unit"]
    rows = [row.cells for row in table.rows()]
    assert [row[1] for row in rows] == shown
    assert rows[shown.index("0012")] == ("=1+1 oil", "0012", "0000012", "1.25", "0", "0", "bottle")
    assert (
        (folder / "goods.csv")
        .read_text("utf-8-sig")
        .splitlines()[1 + shown.index("0012")]
        .startswith("'=1+1 oil,0012,0000012,1.25,0,0,")
    )


def check_clipboard(program: Program) -> None:
    """The chosen row goes to the clipboard as text and as a table."""
    press(program, Key.Key_C, CONTROL)
    plain = QApplication.clipboard().text()
    assert plain.split("\t")[:4] == ["'=1+1 oil", "0012", "0000012", "1.25"]
    html = QApplication.clipboard().mimeData().html()
    assert 'sdnum="0;0;@">0012</td>' in html
    assert '<td sdval="1.25">1.25</td>' in html
    press(program, Key.Key_C, CONTROL | Modifier.ShiftModifier)
    assert QApplication.clipboard().text().split("\n")[0].split("\t")[:2] == ["Name", "SKU"]


def test_an_export_that_is_stopped_or_fails_leaves_the_file_as_it_was(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path
) -> None:
    program = show(scene.a, "products", "en")
    pane, path = screen_of(program).pane, tmp_path / "goods.csv"
    until(qtbot, lambda: pane.model.rows)
    path.write_text("as it was", "utf-8")
    progress = Progress()
    progress.cancel()
    assert write_list(scene.a, pane.shown(), path, program.window._look.language, progress) is None
    assert (path.read_text("utf-8"), [one.name for one in tmp_path.glob(".*")]) == ("as it was", [])
    pane.export.write(pane.shown(), tmp_path / "nowhere" / "goods.xlsx")
    until(qtbot, lambda: "nowhere" in texts_in(program.window))
