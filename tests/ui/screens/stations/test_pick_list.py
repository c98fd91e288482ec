"""Can the lines of a pick list be read on a small laptop: whole names, and above all whole lots?"""

from dataclasses import replace

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QFontMetricsF

from merchant_desk.stations.sheet_lines import SheetLine
from merchant_desk.ui.tables.delegate import PADDING, row_height
from merchant_desk.ui.tables.folding_view import FoldingView
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.theme.fonts import font
from merchant_desk.ui.theme.tokens import Type
from merchant_desk.ui.widgets.bigtext import wrapped
from tests.ui.screens.stations.conftest import Stages
from tests.ui.screens.stations.scenes import sales
from tests.ui.screens.stations.stage import Floor, Stage

LAPTOP = QSize(1280, 701)
NAMES = ("Qingshi facial tissues 4-ply 6 packs", "Qingshi pressed rapeseed oil 1.8L", "noodles")
LOT = "L260930117-04"


def long_lines(lines: tuple[SheetLine, ...]) -> list[SheetLine]:
    return [
        replace(line, name_en=name, lot=LOT, expiry=20261231, place="A-02-1")
        for line, name in zip(lines, NAMES, strict=False)
    ]


def picking(stage: Stages, floor: Floor, language: LanguageCode, size: QSize = LAPTOP) -> Stage:
    """An order of goods with long names and lots, in a window of this size."""
    here: Stage = stage(language=language)
    here.size = size
    sales(here, floor)
    here.open("outbound").scan("WX-88213")
    here.screen.lines.show_lines(long_lines(here.screen.lines.lines))
    return here


def column(view: FoldingView, key: str) -> float:
    at = [one.key for one in view._model.columns].index(key)
    return view.columnWidth(at) - 2 * PADDING


def test_english_names_and_lots_stand_whole_at_1280(stage: Stages, floor: Floor) -> None:
    view = picking(stage, floor, LanguageCode.ENGLISH).screen.lines.view
    strong = QFontMetricsF(font(Type.STRONG))
    room = column(view, "product")
    for name in NAMES:
        lines = wrapped(name, strong, room, 2)
        assert all(strong.horizontalAdvance(line) <= room for line in lines), name
    assert QFontMetricsF(font(Type.SMALL)).horizontalAdvance(LOT) <= column(view, "place")
    assert view.rowHeight(0) == row_height(2)


@pytest.mark.parametrize("language", list(LanguageCode))
def test_rows_take_one_line_where_that_is_enough(stage: Stages, floor: Floor, language: LanguageCode) -> None:
    here: Stage = stage(language=language)
    sales(here, floor)
    here.open("outbound").scan("WX-88213")
    view = here.screen.lines.view
    assert view.rowHeight(0) == row_height()


@pytest.mark.parametrize("language", list(LanguageCode))
def test_other_lines_decide_anew(stage: Stages, floor: Floor, language: LanguageCode) -> None:
    here = picking(stage, floor, language)
    lines, view = here.screen.lines, here.screen.lines.view
    long = [replace(line, name="长" * 90, name_en="long " * 40) for line in lines.lines]
    lines.show_lines(long[:1])
    assert view.rowHeight(0) == row_height(2)
    lines.show_lines([replace(long[1], name="短", name_en="short", lot="", expiry=None)])
    assert view.rowHeight(0) == row_height()
