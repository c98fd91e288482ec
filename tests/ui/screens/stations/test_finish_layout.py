"""Does everything that a person reads before a document ends have its room, however small the window is?"""

from dataclasses import replace
from itertools import pairwise
from uuid import UUID

import pytest
from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QWidget

from merchant_desk.models.queries.sheets import UncountedView
from merchant_desk.ui.screens.stations.finish_sheet import FinishSheet
from merchant_desk.ui.tables.delegate import PADDING, CellDelegate
from merchant_desk.ui.texts.catalogue import LanguageCode
from tests.ui.screens.stations.conftest import Stages
from tests.ui.screens.stations.stage import Floor, Stage

Key = Qt.Key
LAPTOP = QSize(1280, 701)
"""A small laptop's screen below the title bar."""

TWICE = QSize(640, 440)
"""The least that a window may have: the same laptop at 200 %."""


def place(sheet: FinishSheet, part: QWidget) -> QRect:
    return QRect(part.mapTo(sheet.sheet, QPoint()), part.size())


def check_lies_right(sheet: FinishSheet) -> None:
    """Parts stand one below the other, whole, and the buttons below all of them inside the sheet."""
    column = [sheet._title, sheet._note, sheet._decide, sheet.differences, sheet.uncounted, sheet._more]
    shown = [place(sheet, part) for part in (*column, sheet.yes) if part.isVisible()]
    for above, below in pairwise(shown):
        assert above.bottom() < below.top(), (above, below)
    assert shown[-1].bottom() < sheet.sheet.height()
    for words in (sheet._title, sheet._note, sheet._decide, sheet._more):
        if words.isVisible():
            assert words.height() >= words.heightForWidth(words.width()), words.text()
    for view in (sheet.differences, sheet.uncounted):
        if view.isVisible():
            assert view.viewport().height() >= view.rowHeight(0), "a row at least"


def visible_rows(sheet: FinishSheet) -> int:
    view = sheet.uncounted if sheet.uncounted.isVisible() else sheet.differences
    return view.viewport().height() // view.rowHeight(0)


def left(n: int) -> list[UncountedView]:
    return [
        UncountedView(
            UUID(int=i), UUID(int=99), f"LY04-{i}", "糯米 2.5kg 大包装", "glutinous rice 2.5kg", "L2609-A", ""
        )
        for i in range(n)
    ]


def counting(stage: Stages, floor: Floor, size: QSize, language: LanguageCode) -> Stage:
    here: Stage = stage(language=language)
    here.size = size
    here.open("stocktake")
    here.scan("L:A-02", floor.codes["NOODLE"], "mystery-1", "mystery-2", "mystery-3")
    head = here.screen.sheet
    assert head is not None
    here.screen.sheets.finish.ask(head, here.screen.lines.lines, left(8), 3)
    here.settle(50)
    return here


@pytest.mark.parametrize("language", list(LanguageCode))
@pytest.mark.parametrize(("size", "rows"), [(LAPTOP, 7), (TWICE, 1)])
def test_a_count_with_eight_things_left_and_codes_in_the_tray(
    stage: Stages, floor: Floor, size: QSize, rows: int, language: LanguageCode
) -> None:
    here = counting(stage, floor, size, language)
    sheet = here.screen.sheets.finish
    check_lies_right(sheet)
    assert visible_rows(sheet) >= rows
    metrics = sheet.uncounted.fontMetrics()
    decision = sheet.uncounted.columnWidth(len(sheet._uncounted.columns) - 1)
    for key in ("station.uncounted.leave", "station.uncounted.gone"):
        assert metrics.horizontalAdvance(here.look.text(key)) + 32 <= decision, "said whole"
    here.press(Key.Key_Escape)
    assert here.asking() is None


@pytest.mark.parametrize("language", list(LanguageCode))
@pytest.mark.parametrize("size", [LAPTOP, TWICE])
def test_a_receipt_that_differs_with_codes_in_the_tray(
    stage: Stages, floor: Floor, size: QSize, language: LanguageCode
) -> None:
    here: Stage = stage(language=language)
    here.size = size
    here.open("inbound").scan("PO-2611-0457", floor.codes["OIL-5"], "HX-1", "HX-2", "HX-3")
    here.press(Key.Key_F12)
    sheet = here.screen.sheets.finish
    assert here.asking() is sheet
    check_lies_right(sheet)


def test_where_there_is_room_the_panel_stays_in_sight(stage: Stages, floor: Floor) -> None:
    here: Stage = stage("inbound")
    here.scan("PO-2611-0463", floor.cartons["NOODLE"]).press(Key.Key_F12)
    sheet, panel = here.screen.sheets.finish, here.screen.panel
    assert sheet.mapTo(here.screen, QPoint()).y() >= panel.geometry().bottom()


@pytest.mark.parametrize("language", list(LanguageCode))
def test_a_shipment_of_which_nothing_was_picked_offers_no_end(
    stage: Stages, floor: Floor, language: LanguageCode
) -> None:
    floor.stock(floor.skus["OIL-5"], 9)
    floor.sale("XS-1", "尾号 1001", 4, ("OIL-5", 2))
    here: Stage = stage("outbound", language=language).scan("XS-1")
    here.press(Key.Key_F12)
    sheet = here.screen.sheets.finish
    assert sheet.isVisible()
    assert sheet.yes.isHidden()
    assert sheet._title.text() in ("还没有拣任何商品", "Nothing was picked yet")
    check_lies_right(sheet)
    document = here.document
    here.press(Key.Key_Return)
    assert not sheet.isVisible()
    assert here.document == document, "it stays open"
    here.scan(floor.codes["OIL-5"])
    here.press(Key.Key_F12)
    assert sheet.yes.isVisible()


def test_a_long_lot_and_its_day_are_read_whole(stage: Stages, floor: Floor) -> None:
    floor.stock(floor.skus["OIL-5"], 9)
    floor.stock(floor.skus["NOODLE"], 9)
    floor.sale("XS-1", "尾号 1001", 4, ("OIL-5", 2), ("NOODLE", 1))
    here: Stage = stage()
    here.size = LAPTOP
    here.open("outbound").scan("XS-1", floor.codes["OIL-5"])
    head = here.screen.sheet
    assert head is not None
    lines = [
        replace(line, place="CG-A-01-02", lot="L20261123ABCDEFGHIJK", expiry=20271231)
        for line in here.screen.lines.lines
    ]
    sheet = here.screen.sheets.finish
    sheet.ask(head, lines)
    here.settle(50)
    keys = [column.key for column in sheet._differing.columns]
    width = sheet.differences.columnWidth(keys.index("place"))
    delegate = sheet.differences.itemDelegate()
    assert isinstance(delegate, CellDelegate)
    cells = [column.cell(line, here.look.language) for line in lines for column in sheet._differing.columns]
    (asked,) = {delegate.width_of(cell) for cell in cells if cell.text == "CG-A-01-02"}
    assert asked + 2 * PADDING <= width


@pytest.mark.parametrize("language", list(LanguageCode))
def test_a_count_of_nothing_ends_only_where_somebody_says_what_is_gone(
    stage: Stages, floor: Floor, language: LanguageCode
) -> None:
    floor.stock(floor.skus["OIL-5"], 9)
    here: Stage = stage("stocktake", language=language).scan("L:A-01")
    here.press(Key.Key_F12)
    sheet, document = here.screen.sheets.finish, here.document
    assert sheet.isVisible()
    assert sheet.yes.isHidden()
    assert sheet._title.text() in ("A-01 还没有盘到任何商品", "Nothing was counted at A-01 yet")
    check_lies_right(sheet)
    here.press(Key.Key_Return)
    assert here.document == document, "it stays open"
    here.press(Key.Key_F12, Key.Key_Space)
    assert sheet.yes.isVisible()
    here.press(Key.Key_Return)
    assert here.document != document


def test_enter_on_a_button_is_that_button(stage: Stages, floor: Floor) -> None:
    floor.stock(floor.skus["OIL-5"], 9)
    floor.sale("XS-1", "尾号 1001", 4, ("OIL-5", 2))
    here: Stage = stage("outbound").scan("XS-1", floor.codes["OIL-5"])
    here.press(Key.Key_F12)
    sheet, document = here.screen.sheets.finish, here.document
    while not sheet.no.hasFocus():
        here.press(Key.Key_Tab)
    here.press(Key.Key_Return)
    assert not sheet.isVisible()
    assert here.document == document, "to scan on was meant"
    here.press(Key.Key_F12, Key.Key_Return)
    assert here.document != document
