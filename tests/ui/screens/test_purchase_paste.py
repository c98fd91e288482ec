"""Cells of a spreadsheet pasted into a purchase order: right rows become lines, the others are told."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.domain.amounts import MICRO
from merchant_desk.ui.screens.purchasing.line_paste import WrongRows
from merchant_desk.ui.screens.purchasing.purchase_form import PurchaseForm
from tests.ui.screens.acting import CONTROL, notices_of, press, settled, texts_in, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene
from tests.ui.screens.test_amounts import keep_books
from tests.ui.screens.test_purchasing import add, begin, written

Key = Qt.Key


def paste(program: Program, *rows: str) -> None:
    """Copy rows as a spreadsheet does, and press Ctrl+V."""
    QApplication.clipboard().setText("\r\n".join(rows) + "\r\n")
    press(program, Key.Key_V, CONTROL)


def lines(form: PurchaseForm) -> dict[str, tuple[int, int]]:
    return {line.name: (line.quantity, line.cost) for line in form.lines.lines}


def told(program: Program) -> WrongRows | None:
    shown = [one for one in program.window.findChildren(WrongRows) if one.isVisible()]
    return shown[0] if shown else None


OIL, NOODLE, MILK, SOY = "金龙鱼大豆油 5L", "康师傅红烧牛肉面", "蒙牛纯牛奶 250ml", "海天生抽 1.9L"


def test_cells_without_headings_become_lines(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "purchasing")
    form = begin(qtbot, program)
    # A SKU however it is written, a barcode, a carton's code: 72 noodles of one carton at 216.
    paste(program, "oil-5\t24\t61.5", "9520000100020\t10\t", "1952000010001\t2\t216.00", "OIL-5\t6\t61.50")
    until(qtbot, lambda: len(form.lines.lines) == 3)
    assert lines(form) == {
        OIL: (30 * MICRO, 61_500_000),
        MILK: (10 * MICRO, 0),
        NOODLE: (144 * MICRO, 3_000_000),
    }
    assert notices_of(program) == ["已粘贴 3 种商品"]
    assert QApplication.focusWidget() is form.lines.product
    press(program, Key.Key_S, CONTROL)
    until(qtbot, lambda: not form.isVisible())
    settled(qtbot, program)
    assert [row[1:] for row in written(scene)] == [
        (OIL, 30 * MICRO, 61_500_000),
        (MILK, 10 * MICRO, 0),
        (NOODLE, 144 * MICRO, 3_000_000),
    ]


def test_what_is_wrong_is_told_by_row_and_right_rows_stay(scene: Scene, show: Show, qtbot: QtBot) -> None:
    keep_books(scene, "JPY")
    program = show(scene.a, "purchasing", "en")
    form = begin(qtbot, program)
    add(qtbot, program, form, "SOY", "6", "9")
    paste(
        program,
        "Remarks\tQuantity\tSKU\tUnit cost",
        "now\t2\tSOY-19\t10",
        "\tmany\tOIL-5\t1",
        "\t3\tNOPE\t1",
        "\t0\tNOODLE\t1",
        "\t1,5\tMILK-250\t1",
        "\t4\tTISSUE\tUSD 3",
        "\t4\tMILK-250\t3.25",
        "\t4\tMILK-250\t3.5",
        "\t\t\t",
        "\t4\t\t3.5",
    )
    until(qtbot, lambda: told(program) is not None)
    dialog = told(program)
    assert dialog is not None
    assert lines(form) == {SOY: (8 * MICRO, 10 * MICRO), MILK: (4 * MICRO, 3_250_000)}
    assert "7 rows were not taken" in texts_in(dialog)
    assert "The other 2 products are in the lines" in texts_in(dialog)
    model = dialog.table.model()
    cells = [[str(model.index(row, column).data()) for column in range(2)] for row in range(model.rowCount())]
    assert [row for row, _ in cells] == ["3", "4", "5", "6", "7", "9", "11"]
    assert '"many" is not a number' in cells[0][1]
    assert 'No product has "NOPE"' in cells[1][1]
    assert '"0" must be above zero' in cells[2][1]
    assert '"1,5" is not a number' in cells[3][1]
    assert '"USD 3" is not a number' in cells[4][1]
    assert "Row 8 is the same product at another cost" in cells[5][1]
    press(program, Key.Key_Escape)
    until(qtbot, lambda: not program.window.findChildren(WrongRows))
    assert len(form.lines.lines) == 2


def test_one_cell_is_for_its_field_and_unknown_columns_are_not_guessed(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    program = show(scene.a, "purchasing")
    form = begin(qtbot, program)
    QApplication.clipboard().setText("OIL-5\r\n")
    press(program, Key.Key_V, CONTROL)
    assert form.lines.product.text().strip() == "OIL-5"
    form.lines.product.clear()
    paste(program, "OIL-5\t金龙鱼\t24\t61.5", "NOODLE\t面\t72\t3.25")
    until(qtbot, lambda: notices_of(program) != [])
    assert "有 4 列而没有认得的标题" in notices_of(program)[0]
    paste(program, *["OIL-5\t1\t1"] * 1_001)
    until(qtbot, lambda: "有 1,001 行，一次最多 1,000 行" in " ".join(notices_of(program)))
    paste(program, 'OIL-5\t"' + "1" * 140_000)
    until(qtbot, lambda: "读不出单元格" in " ".join(notices_of(program)))
    assert not form.lines.lines
