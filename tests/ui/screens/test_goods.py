"""Products and stock by keyboard: found by what is remembered, opened, counted; drafts apart."""

from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.products import Barcode, DraftProduct, NewSku
from merchant_desk.ui.screens.lists.list_pane import ListPane
from merchant_desk.ui.screens.products.products import ProductsScreen
from merchant_desk.ui.screens.stock.stock import StockScreen
from tests.ui.screens.acting import CONTROL, press, settled, texts_in, type_text, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene

Key = Qt.Key


def products_of(program: Program) -> ProductsScreen:
    found = program.window.built("products")
    assert isinstance(found, ProductsScreen)
    return found


def stock_of(program: Program) -> StockScreen:
    found = program.window.built("stock")
    assert isinstance(found, StockScreen)
    return found


def find(qtbot: QtBot, program: Program, pane: ListPane, typed: str) -> list[str]:
    """Search a list; returns the SKUs that it shows."""
    until(qtbot, lambda: not program.search.behind)
    press(program, Key.Key_F, CONTROL)
    assert QApplication.focusWidget() is pane.table.search
    type_text(typed)
    press(program, Key.Key_Return)
    until(qtbot, lambda: pane.model.search_text == typed and not pane.model.busy)
    settled(qtbot, program)
    return [row.sku for row in pane.model.rows]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("酱油", set()),
        ("生抽", {"SOY-19"}),
        ("htsc", {"SOY-19"}),
        ("haitian", {"SOY-19"}),
        ("milk-250", {"MILK-250"}),
        ("1952000010002", {"MILK-250"}),
        ("粮油", {"OIL-5", "RICE-10"}),
    ],
)
def test_a_product_is_found_by_name_initials_sku_barcode_and_category(
    scene: Scene, show: Show, qtbot: QtBot, typed: str, expected: set[str]
) -> None:
    program = show(scene.a, "products")
    assert set(find(qtbot, program, products_of(program).pane, typed)) == expected


def test_a_product_tells_codes_places_and_movements(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "products", language="en")
    screen = products_of(program)
    find(qtbot, program, screen.pane, "OIL-5")
    until(qtbot, lambda: screen.panel.detail is not None and screen.panel.detail.row.sku == "OIL-5")
    shown = texts_in(screen.panel)
    assert "9520000100000" in shown
    assert "1952000010000" in shown
    assert "A-01" in shown
    assert "30" in shown
    assert "A-01" in screen.panel._moves.accessibleName()
    press(program, Key.Key_F6)
    settled(qtbot, program)
    assert program.window.current == "stocktake"

    def counting() -> str:
        with scene.a.read() as connection, connection.begin():
            sql = "SELECT l.code FROM counts c JOIN locations l ON l.id = c.location_id"
            return str(connection.exec_driver_sql(sql).scalar())

    until(qtbot, lambda: counting() == "A-01")


def draft(scene: Scene) -> UUID:
    world = scene.shop.world
    id = world.chance.new_id()
    codes = (Barcode("6900000000011", None, MICRO, "把"),)
    item = NewSku(id, "DRAFT-1", "新到的拖把", "", "", "把", 0, False, False, 0, 0, codes)
    scene.a.do(DraftProduct(item, world.outlet, None))
    return id


def test_drafts_stand_apart_and_the_overview_leads_to_them(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "products")
    screen = products_of(program)
    press(program, Key.Key_PageDown, CONTROL)
    settled(qtbot, program)
    assert screen.pane.tabs.current == "draft"
    assert "没有" in texts_in(screen.pane)
    draft(scene)
    until(qtbot, lambda: [row.name for row in screen.pane.model.rows] == ["新到的拖把"])
    press(program, Key.Key_PageUp, CONTROL)
    assert screen.pane.tabs.current == "active"
    program.window.go("home")
    home = program.window.built("home")
    assert home is not None
    until(qtbot, lambda: "drafts" in [todo.id for todo in home._todo.rows])  # type: ignore[attr-defined]
    home.todo.choose("drafts")  # type: ignore[attr-defined]
    press(program, Key.Key_Return)
    settled(qtbot, program)
    assert program.window.current == "products"
    assert screen.pane.tabs.current == "draft"


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("A-02", {"NOODLE"}),
        ("a-0", {"OIL-5", "NOODLE", "MILK-250", "SOY-19", "RICE-10"}),
        ("蒙牛", {"MILK-250"}),
    ],
)
def test_stock_is_found_by_location_and_by_product(
    scene: Scene, show: Show, qtbot: QtBot, typed: str, expected: set[str]
) -> None:
    program = show(scene.a, "stock")
    assert set(find(qtbot, program, stock_of(program).pane, typed)) == expected


def test_stock_leads_to_the_product_and_to_a_count(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "stock")
    find(qtbot, program, stock_of(program).pane, "A-03")
    press(program, Key.Key_Return)
    settled(qtbot, program)
    assert program.window.current == "products"
    panel = products_of(program).panel
    until(qtbot, lambda: panel.detail is not None and panel.detail.row.sku == "MILK-250")
    program.window.go("stock")
    press(program, Key.Key_F6)
    assert program.window.current == "stocktake"


def test_negative_stock_is_marked_in_words(scene: Scene, show: Show, qtbot: QtBot) -> None:
    scene._break_more_than_there_is(scene.a)
    program = show(scene.a, "stock")
    pane = stock_of(program).pane
    find(qtbot, program, pane, "蒙牛")
    column = next(i for i, one in enumerate(pane.model.columns) if one.key == "on_hand")
    assert pane.model.rows[0].on_hand == -4 * MICRO
    said = str(pane.model.index(0, column).data())
    assert "−4" in said
    assert said != "−4"
