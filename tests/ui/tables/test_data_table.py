import time
from pathlib import Path

import pytest
from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel
from pytestqt.qtbot import QtBot

from merchant_desk.ui.background import ImmediateRunner, ThreadRunner
from merchant_desk.ui.tables.data_table import DataTable
from merchant_desk.ui.tables.delegate import row_height
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.widgets.buttons import ActionButton
from tests.ui.tables.orders import Orders


@pytest.fixture
def table(look: Look, orders: Orders, qtbot: QtBot) -> DataTable:
    made = DataTable(look, orders.model(look, ImmediateRunner()))
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    qtbot.waitExposed(made)
    made.open()
    return made


def words(table: DataTable) -> list[str]:
    return [label.text() for label in table.findChildren(QLabel) if label.isVisible()]


def chosen(table: DataTable) -> object:
    return table.view.current_id


def top_number(table: DataTable) -> str:
    return str(table.view.indexAt(QPoint(5, 5)).data())


def test_scrolling_down_brings_the_next_rows(table: DataTable) -> None:
    bar = table.view.verticalScrollBar()
    for _ in range(12):
        bar.setValue(bar.maximum())
    assert len(table.model.rows) == 1_000


def test_a_change_above_does_not_move_what_is_read(table: DataTable, orders: Orders) -> None:
    table.choose(60)
    table.view.verticalScrollBar().setValue(50 * row_height() + 13)
    before, offset = top_number(table), table.view.rowViewportPosition(table.view.indexAt(QPoint(5, 5)).row())
    for i in range(5):
        orders.execute("insert into orders values (?, ?, 1, 'new')", 9_000 + i, f"SO-0000000{i}-X")
    orders.execute("delete from orders where id between 30 and 40")
    table.refresh()
    top = table.view.indexAt(QPoint(5, 5))
    assert (top_number(table), table.view.rowViewportPosition(top.row())) == (before, offset)
    assert (table.view.current_id, table.view.selected_ids()) == (60, [60])


def test_at_the_top_a_new_first_row_is_seen(table: DataTable, orders: Orders) -> None:
    orders.execute("insert into orders values (9000, 'A-first', 1, 'new')")
    table.refresh()
    assert top_number(table) == "A-first"


def test_scrolling_up_from_the_end_keeps_its_place(table: DataTable) -> None:
    QTest.keyClick(table.view, Qt.Key.Key_End)
    QTest.qWait(1)
    assert chosen(table) == 999
    bar = table.view.verticalScrollBar()
    bar.setValue(20 * row_height())
    assert len(table.model.rows) > 200
    assert top_number(table) == "SO-00000820"
    QTest.keyClick(table.view, Qt.Key.Key_Home)
    QTest.qWait(1)
    assert chosen(table) == 0


def test_enter_and_double_click_open_a_row(table: DataTable) -> None:
    opened: list[object] = []
    table.activated_row.connect(opened.append)
    table.choose(3)
    QTest.keyClick(table.view, Qt.Key.Key_Return)
    index = table.model.index(5, 0)
    QTest.mouseClick(
        table.view.viewport(), Qt.MouseButton.LeftButton, pos=table.view.visualRect(index).center()
    )
    QTest.mouseDClick(
        table.view.viewport(), Qt.MouseButton.LeftButton, pos=table.view.visualRect(index).center()
    )
    assert opened[0] == 3
    assert set(opened[1:]) == {5}


def test_letters_neither_search_nor_type_and_no_input_method_is_taken(table: DataTable) -> None:
    table.choose(3)
    QTest.keyClicks(table.view, "SO-0009")
    assert table.view.current_id == 3
    assert not table.view.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def test_rows_are_copied_as_they_read(table: DataTable, qapp: QApplication) -> None:
    table.choose(4)
    QTest.keyClick(table.view, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert qapp.clipboard().text() == "SO-00000004\t316.76\tpaid\t…4"


def test_search_waits_for_the_typing_to_end(table: DataTable, orders: Orders, qtbot: QtBot) -> None:
    before = orders.reads
    QTest.keyClicks(table.search, "0099")
    qtbot.waitUntil(lambda: len(table.model.rows) == 11)
    assert orders.reads - before == 1
    QTest.keyClick(table.search, Qt.Key.Key_Down)
    assert table.focusWidget() is table.view
    assert table.view.current_id == 99
    QTest.keyClick(table.search, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: len(table.model.rows) == 200)


def test_nothing_found_says_so_and_offers_the_way_back(table: DataTable, qtbot: QtBot) -> None:
    table.search.setText("没有这个")
    QTest.keyClick(table.search, Qt.Key.Key_Return)
    assert "没有找到「没有这个」" in words(table)
    button = next(one for one in table.findChildren(ActionButton) if one.isVisible())
    button.click()
    qtbot.waitUntil(lambda: len(table.model.rows) == 200)


def test_an_empty_table_says_what_the_screen_wants(look: Look, tmp_path: Path, qtbot: QtBot) -> None:
    table = DataTable(look, Orders(tmp_path / "none.sqlite", 0).model(look, ImmediateRunner()))
    qtbot.addWidget(table)
    table.show()
    table.open()
    assert "这里还没有内容" in words(table)
    table.set_empty(lambda state: state.set_texts("没有订单", "先导入"))
    assert "没有订单" in words(table)


def test_a_failure_is_shown_and_tried_again(look: Look, orders: Orders, qtbot: QtBot) -> None:
    orders.fault = OSError("disk")
    table = DataTable(look, orders.model(look, ImmediateRunner()))
    qtbot.addWidget(table)
    table.show()
    table.open()
    assert "读取失败" in words(table)
    assert any(one.startswith("出了意料之外的问题") and "disk（OSError）" in one for one in words(table))
    orders.fault = None
    next(one for one in table.findChildren(ActionButton) if one.isVisible()).click()
    assert len(table.model.rows) == 200
    assert table.view.isVisible()


def test_the_foot_tells_how_many_and_in_which_order(table: DataTable, look: Look) -> None:
    assert "已显示 200 行，共约 1,000 行 · 按订单排序" in words(table)
    look.language.toggle()
    assert "200 of about 1,000 rows · sorted by Order" in words(table)
    look.language.toggle()


def test_a_head_is_clicked_to_sort_and_again_to_turn(table: DataTable) -> None:
    header = table.view.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(1) + 20, 10)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    totals = [row.total for row in table.model.rows]
    assert totals == sorted(totals, reverse=True)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    totals = [row.total for row in table.model.rows]
    assert totals == sorted(totals)
    assert header.sortIndicatorSection() == 1


def test_thousands_of_cells_are_painted_without_harm(table: DataTable, qapp: QApplication) -> None:
    """Catches a Qt binding that drops references when cells are painted: CPython aborts after about 1,500."""
    bar = table.view.verticalScrollBar()
    for step in range(80):
        bar.setValue(step * 7 * row_height())
        qapp.processEvents()
        table.view.viewport().repaint()
    assert len(table.model.rows) >= 600


@pytest.fixture(scope="session")
def million(tmp_path_factory: pytest.TempPathFactory) -> Orders:
    return Orders(tmp_path_factory.mktemp("million") / "orders.sqlite", 1_000_000)


def painted_after(table: DataTable, qtbot: QtBot, act: str) -> float:
    """Return the seconds from an action until its rows are painted."""
    began = time.perf_counter()
    if act == "open":
        table.show()
        table.open()
    elif act == "end":
        QTest.keyClick(table.view, Qt.Key.Key_End)
    else:
        table.model.sort(1, Qt.SortOrder.DescendingOrder)
    app = QApplication.instance()
    assert app is not None
    tick = QTimer(interval=1)
    tick.start()
    while table.model.busy or not table.model.rows:
        app.processEvents(QEventLoop.ProcessEventsFlag.WaitForMoreEvents)
    tick.stop()
    table.view.viewport().repaint()
    return time.perf_counter() - began


def test_a_million_rows_open_sort_and_end_within_the_budget(
    look: Look, million: Orders, qtbot: QtBot
) -> None:
    runner = ThreadRunner(2)
    taken: dict[str, list[float]] = {"open": [], "sort": [], "end": []}
    for _ in range(5):
        table = DataTable(look, million.model(look, runner))
        qtbot.addWidget(table)
        table.resize(1200, 800)
        for act, times in taken.items():
            times.append(painted_after(table, qtbot, act))
        assert table.model.at_end
        table.close()
    runner.close()
    # What else runs on the computer only makes it slower: the best of five is what the list takes.
    best = {act: min(times) for act, times in taken.items()}
    assert best["open"] <= 0.150
    assert best["sort"] <= 0.100
    assert best["end"] <= 0.100


@pytest.mark.parametrize("language", LanguageCode)
@pytest.mark.parametrize(
    "key",
    ["orders.find", "products.find", "stock.find", "purchasing.find", "documents.find", "people.find"],
)
def test_what_can_be_searched_for_is_said_whole(
    look: Look, orders: Orders, qtbot: QtBot, key: str, language: LanguageCode
) -> None:
    if look.language.code is not language:
        look.language.toggle()
    made = DataTable(look, orders.model(look, ImmediateRunner()), placeholder=key)
    qtbot.addWidget(made)
    made.resize(840, 600)
    made.show()
    qtbot.waitExposed(made)
    says = made.search.placeholderText()
    assert made.search.width() >= made.search.fontMetrics().horizontalAdvance(says) + 40
    assert made.search.toolTip() == says
