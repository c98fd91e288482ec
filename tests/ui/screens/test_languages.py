"""Does a live switch of the language reach every text of every screen?"""

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QComboBox,
    QLabel,
    QLineEdit,
    QTableView,
    QWidget,
)
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.ui.screens.registry import ENTRIES
from merchant_desk.ui.texts.catalogue import catalogue
from merchant_desk.ui.widgets.tabs import FilterTabs
from tests.ui.screens.acting import CONTROL, press, settled, texts_in
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene

CHINESE = re.compile(r"[\u3400-\u9fff\u3000-\u303f\uff00-\uffef]")
SHIFT = Qt.KeyboardModifier.ShiftModifier
BOTH = {"中 / EN", "中文 (Chinese)", "English", "Merchant Desk", "Switch language (中 / EN)", "manager"}
"""What is written the same way in both languages; `manager` is a login here."""


def cells(model: QAbstractItemModel) -> Iterator[str]:
    for column in range(model.columnCount()):
        yield str(model.headerData(column, Qt.Orientation.Horizontal) or "")
        for row in range(min(model.rowCount(), 30)):
            yield str(model.index(row, column).data() or "")


def own_texts(widget: QWidget) -> Iterator[str]:
    """Give what one widget says, to the eye or to a screen reader."""
    yield widget.accessibleName()
    yield widget.accessibleDescription()
    yield widget.windowTitle()
    if isinstance(widget, QLabel | QAbstractButton):
        yield widget.text()
    if isinstance(widget, QLineEdit):
        yield widget.placeholderText()
    if isinstance(widget, QComboBox):
        yield from (widget.itemText(i) for i in range(widget.count()))
    if isinstance(widget, FilterTabs):
        yield from (tab.text for tab in widget._tabs)
    if isinstance(widget, QTableView) and widget.model() is not None:
        yield from cells(widget.model())


def texts_of(program: Program, qtbot: QtBot) -> dict[str, str]:
    """Return every text that can be seen, on any screen, each with the class of a widget that says it."""
    found: dict[str, str] = {}
    window = program.window
    for entry in ENTRIES:
        window.go(entry.id)
        settled(qtbot, program)
        for widget in [window, *window.findChildren(QWidget)]:
            if not widget.isVisible() or isinstance(widget.parentWidget(), QAbstractItemView):
                continue
            for text in own_texts(widget):
                if text.strip():
                    found.setdefault(text, f"{entry.id}: {type(widget).__name__}")
    for action in window.actions():
        if action.text():
            found.setdefault(action.text(), "action")
    return found


def data_of(scene: Scene) -> list[str]:
    """Return every Chinese text that somebody typed, the longest first: names, notes, units."""
    found: set[str] = set()
    with scene.a.read() as connection, connection.begin():
        tables = connection.exec_driver_sql("SELECT name FROM sqlite_master WHERE type = 'table'")
        for (table,) in [tuple(row) for row in tables]:
            if table.startswith(("search_", "sqlite_")):
                continue
            for row in connection.exec_driver_sql(f"SELECT * FROM {table}"):
                found.update(value for value in row if isinstance(value, str) and CHINESE.search(value))
    return sorted(found, key=len, reverse=True)


def without(text: str, data: list[str]) -> str:
    for name in data:
        text = text.replace(name, "")
    return text


def english_only() -> set[str]:
    """Return the catalogue's English texts that stand as they are and are written otherwise in Chinese."""
    both = {str(text[0]) for text in catalogue().values()}
    english = {str(text[1]) for text in catalogue().values()}
    return {text for text in english - both - BOTH if "{" not in text and len(text) > 2}


@pytest.fixture
def everywhere(scene: Scene, show: Show, qtbot: QtBot) -> Program:
    """The program in Chinese after a visit to each screen, with rows to read on most."""
    scene.work()
    program = show(scene.a)
    for entry in ENTRIES:
        program.window.go(entry.id)
    settled(qtbot, program)
    return program


def test_no_text_of_the_other_language_is_left(everywhere: Program, scene: Scene, qtbot: QtBot) -> None:
    program, data, english = everywhere, data_of(scene), english_only()
    press(program, Qt.Key.Key_L, CONTROL | SHIFT)
    texts = {text: who for text, who in texts_of(program, qtbot).items() if text not in BOTH}
    assert len(texts) > 250
    assert [(text, who) for text, who in texts.items() if CHINESE.search(without(text, data))] == []
    press(program, Qt.Key.Key_L, CONTROL | SHIFT)
    assert [line for line in texts_of(program, qtbot).items() if line[0] in english] == []


def test_a_form_and_a_sheet_that_are_open_change_too(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "purchasing")
    press(program, Qt.Key.Key_N, CONTROL)
    settled(qtbot, program)
    press(program, Qt.Key.Key_F1)
    press(program, Qt.Key.Key_L, CONTROL | SHIFT)
    shown = texts_in(program.window._help)
    assert "Save and send" in shown
    assert not CHINESE.search(shown.replace("中 / EN", ""))
    press(program, Qt.Key.Key_Escape)
    form = program.window.built("purchasing")
    assert form is not None
    assert not CHINESE.search(without(texts_in(form), data_of(scene)))


LISTS = ("home", "orders", "products", "stock", "purchasing", "receipts", "shipments", "counts", "tasks")


def test_products_are_named_in_the_language_of_the_window(
    everywhere: Program, scene: Scene, qtbot: QtBot
) -> None:
    """A product with an English name is called by it wherever a list or a panel shows it."""
    program = everywhere
    program.look.language.toggle()
    with scene.a.read() as connection, connection.begin():
        rows = connection.exec_driver_sql("SELECT name FROM skus WHERE name_en <> ''")
        names = [str(row[0]) for row in rows]
    for name in (*LISTS, "sync"):
        program.window.go(name)
        settled(qtbot, program)
        screen = program.window.built(name)
        assert screen is not None
        widgets = [widget for widget in screen.findChildren(QWidget) if widget.isVisible()]
        shown = [text for widget in widgets for text in own_texts(widget)]
        assert [text for text in shown if any(product in text for product in names)] == [], name
