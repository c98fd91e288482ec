"""Amounts have the decimals of the books' currency, on every screen and wherever they are taken from it."""

from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.documents.tabular import open_table
from merchant_desk.domain.amounts import MICRO
from merchant_desk.ui.screens.orders.orders import OrdersScreen
from merchant_desk.ui.screens.products.products import ProductsScreen
from tests.ui.screens.acting import CONTROL, press, settled, texts_in, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene
from tests.ui.screens.test_purchasing import add, begin, written

Key = Qt.Key

ORDER = "WX261121-4121"
"""Three lines of 6,990, 6,490 and 5,990 minor units."""

# Of each currency: the order's line, total and total with its sign, a line of 1.5 at 3.25, its price.
WORDS = {
    "CNY": ("69.90", "194.70", "¥ 194.70", "4.88", "3.25", "69.90"),
    "JPY": ("6,990", "19,470", "JP¥ 19,470", "5", "3.25", "69.9"),
    "KWD": ("6.990", "19.470", "KWD 19.470", "4.875", "3.250", "69.900"),
}


def keep_books(scene: Scene, currency: str) -> None:
    """Let desk `a` keep its books in a currency; what stands in them are whole minor units all the same."""
    runtime = scene.a.runtime

    def write() -> None:
        with runtime.profile.writer.begin() as connection:
            connection.exec_driver_sql("UPDATE merchants SET currency = ?", (currency,))

    runtime.writer.run(write)


def keeps(program: Program, currency: str) -> bool:
    return program.look.language.currency == currency


def orders_of(qtbot: QtBot, program: Program) -> OrdersScreen:
    found = program.window.built("orders")
    assert isinstance(found, OrdersScreen)
    until(qtbot, lambda: not program.search.behind)
    found.pane.choose_tab("all")
    until(qtbot, lambda: any(row.number == ORDER for row in found.pane.model.rows))
    found.pane.table.view.choose(next(row.id for row in found.pane.model.rows if row.number == ORDER))
    until(qtbot, lambda: found.panel.order is not None and found.panel.order.row.number == ORDER)
    settled(qtbot, program)
    return found


@pytest.mark.parametrize("currency", WORDS)
def test_orders_by_list_panel_file_and_clipboard(
    scene: Scene, show: Show, qtbot: QtBot, tmp_path: Path, currency: str
) -> None:
    keep_books(scene, currency)
    line, total, named, *_ = WORDS[currency]
    program = show(scene.a, "orders", "en")
    screen = orders_of(qtbot, program)
    column = next(one for one in screen.pane.model.columns if one.key == "total")
    row = next(row for row in screen.pane.model.rows if row.number == ORDER)
    language = program.look.language
    assert column.cell(row, language).words == total
    lines = screen.panel._lines
    assert (
        next(one for one in lines.columns if one.key == "amount").cell(lines.rows[0], language).words == line
    )
    assert named in texts_in(screen.panel)
    path = tmp_path / "orders.csv"
    screen.pane.export.write(screen.pane.shown(), path)
    until(qtbot, lambda: path.exists() and not program.runner.busy)
    table = open_table(path)
    cells = next(row.cells for row in table.rows() if ORDER in row.cells)
    figure = total.replace(",", "")
    assert figure in cells
    screen.pane.table.view.setFocus()
    until(qtbot, lambda: QApplication.focusWidget() is screen.pane.table.view)
    press(program, Key.Key_C, CONTROL)
    assert figure in QApplication.clipboard().text().split("\t")
    assert f'<td sdval="{figure}">{figure}</td>' in QApplication.clipboard().mimeData().html()


@pytest.mark.parametrize("currency", WORDS)
def test_a_purchase_is_typed_and_saved(scene: Scene, show: Show, qtbot: QtBot, currency: str) -> None:
    keep_books(scene, currency)
    *_, amount, cost, _ = WORDS[currency]
    program = show(scene.a, "purchasing")
    form = begin(qtbot, program)
    add(qtbot, program, form, "NOODLE", "1.5", "3.25")
    (line,) = form.lines.lines
    words = [column.cell(line, program.look.language).words for column in form.lines._lines.columns]
    assert words[2:] == [cost, amount]
    assert f"合计 {amount}" in texts_in(form)
    press(program, Key.Key_S, CONTROL)
    until(qtbot, lambda: not form.isVisible())
    settled(qtbot, program)
    assert written(scene) == [("draft", "康师傅红烧牛肉面", 3 * MICRO // 2, 3_250_000)]


def test_a_currency_that_is_changed_is_followed(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "products")
    found = program.window.built("products")
    assert isinstance(found, ProductsScreen)
    until(qtbot, lambda: found.pane.model.rows)
    column = next(one for one in found.pane.model.columns if one.key == "price")
    oil = next(row for row in found.pane.model.rows if row.sku == "OIL-5")
    for currency, (*_, price) in WORDS.items():
        keep_books(scene, currency)
        program.changes.note({"merchants": set()})
        until(qtbot, partial(keeps, program, currency))
        assert column.cell(oil, program.look.language).words == price
