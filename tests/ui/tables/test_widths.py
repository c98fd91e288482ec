"""How columns share the width of a table: by what they need, the spare ones last."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from merchant_desk.ui.background import ImmediateRunner
from merchant_desk.ui.tables.data_table import DataTable
from merchant_desk.ui.tables.header import title_width
from merchant_desk.ui.tables.widths import LEAST_FREE, Room, fixed, shared, too_many
from merchant_desk.ui.theme.look import Look
from tests.ui.tables.orders import Orders

ROOMS = st.lists(
    st.one_of(
        st.builds(lambda least: Room(0.0, least), st.floats(LEAST_FREE, 400)),
        st.builds(
            lambda width, title, first: fixed(width, title, first=first),
            st.floats(40, 400), st.floats(0, 200), st.booleans(),
        ),
    ),
    min_size=1,
    max_size=9,
)  # fmt: skip


@given(ROOMS, st.integers(200, 3_000))
def test_no_column_gets_less_than_it_needs_where_there_is_room(columns: list[Room], room: int) -> None:
    widths = shared(columns, room)
    needed = sum(column.least for column in columns)
    if needed + len(columns) <= room:
        assert all(width >= int(column.least) - 1 for width, column in zip(widths, columns, strict=True))
        assert sum(widths) <= room
    if any(not column.wanted for column in columns):
        assert sum(widths) >= room - len(columns)
        assert all(
            width >= int(LEAST_FREE) for width, one in zip(widths, columns, strict=True) if not one.wanted
        )


@given(ROOMS, st.integers(200, 3_000))
def test_spare_columns_go_in_order_and_only_as_many_as_have_to(columns: list[Room], room: int) -> None:
    named = {str(i): column for i, column in enumerate(columns)}
    spare = list(named)[1:][::-1]
    gone = too_many(named, spare, room)
    assert gone == set(spare[: len(gone)])
    kept = sum(one.asks for name, one in named.items() if name not in gone)
    assert kept <= room or len(gone) == len(spare)
    if gone:
        last = named[spare[len(gone) - 1]]
        assert kept + last.asks > room


def test_a_title_is_never_cut(look: Look) -> None:
    width = title_width("Received / ordered", sortable=False)
    assert fixed(60.0, width, first=False).least == width


@pytest.mark.parametrize(("room", "away"), [(900, set()), (480, {"status"}), (400, {"status", "total"})])
def test_a_narrow_table_does_without_its_spare_columns(
    look: Look, orders: Orders, qtbot: QtBot, room: int, away: set[str]
) -> None:
    table = DataTable(look, orders.model(look, ImmediateRunner()))
    qtbot.addWidget(table)
    table.resize(room, 400)
    table.show()
    table.open()
    table.view.hide_columns((), ["status", "total"])
    names = [column.key for column in table.model.columns]
    assert {name for i, name in enumerate(names) if table.view.isColumnHidden(i)} == away
    qtbot.waitUntil(lambda: table.view.horizontalScrollBar().maximum() == 0)
    table.resize(900, 400)
    assert not any(table.view.isColumnHidden(i) for i in range(len(names)))


def test_the_order_is_changed_by_a_click_on_the_head(look: Look, orders: Orders, qtbot: QtBot) -> None:
    table = DataTable(look, orders.model(look, ImmediateRunner()))
    qtbot.addWidget(table)
    table.resize(900, 400)
    table.show()
    qtbot.waitExposed(table)
    table.open()
    header = table.view.horizontalHeader()
    section = next(i for i, column in enumerate(table.model.columns) if column.value is not None)
    before = table.model.sort_order
    place = QPoint(header.sectionViewportPosition(section) + 20, header.height() // 2)
    QTest.mouseMove(header.viewport(), place)
    QTest.mouseClick(header.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert table.model.sort_order != before
    assert header.sortIndicatorSection() == section
