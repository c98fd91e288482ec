"""The panel shows the last thing said until another is said, and cards are obeyed each in its turn."""

import pytest
from PySide6.QtCore import QPoint, QRect, Qt

from merchant_desk.domain.products import AddProduct, ChangeProduct, NewSku
from merchant_desk.stations.outcomes import HistoryLine
from merchant_desk.ui.screens.stations import screen as screen_module
from merchant_desk.ui.widgets.last_scan import ScanState
from tests.ui.screens.stations.conftest import Stages
from tests.ui.screens.stations.stage import Floor, Stage
from tests.ui.screens.stations.test_meant_for import captured

Key = Qt.Key
MYSTERY = "9999999999994"


@pytest.fixture
def unknown(stage: Stages, floor: Floor) -> Stage:
    """A receipt whose last scan went into the tray."""
    here = stage("inbound").scan("PO-2611-0457", floor.codes["OIL-5"], MYSTERY)
    here.settle(100)
    assert here.state is ScanState.ATTENTION
    return here


def test_lines_are_read_again_for_their_own_products_alone(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", floor.codes["OIL-5"])
    here.settle(400)
    read: list[object] = []
    here.screen.data.sheet_read.connect(lambda reading, whole: read.append(reading))
    server, world = floor.world.server.house, floor.world
    new = NewSku(world.chance.new_id(), "NEW-1", "新货", "", "", "瓶", 0, False, False, 0, 0, ())
    server.do(world.merchant_id, AddProduct(new))
    here.desk.sync()
    here.settle(400)
    assert read == []
    server.do(world.merchant_id, ChangeProduct(floor.skus["OIL-5"], name="新名字的油"))
    here.desk.sync()
    here.settle(400)
    assert [line.name for line in here.screen.lines.lines].count("新名字的油") == 1


def test_others_work_goes_on_once_a_scan_is_shown(
    stage: Stages, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = stage("inbound").scan("PO-2611-0457")
    here.settle(100)
    told: list[str] = []
    writer = here.desk.runtime.writer
    monkeypatch.setattr(writer, "hold", lambda seconds: told.append("hold"))
    monkeypatch.setattr(writer, "release", lambda: told.append("release"))
    here.scan(floor.codes["OIL-5"])
    here.settle(400)
    assert told[0] == "hold"
    assert told[-1] == "release"


@pytest.mark.parametrize("what", ["news", "a form", "a held scan", "a card"])
def test_what_says_nothing_leaves_what_was_said(unknown: Stage, floor: Floor, what: str) -> None:
    before = unknown.headline
    if what == "news":
        unknown.screen.control.submit(unknown.screen.control.session.look)
    elif what == "a card":
        unknown.scan("MD:NEXT")
    else:
        unknown.press(Key.Key_F12)
        if what == "a held scan":
            unknown.scan(floor.codes["SOY-19"])
    unknown.settle(100)
    assert (unknown.headline, unknown.state) == (before, ScanState.ATTENTION)


def test_what_was_asked_gives_way_when_it_is_answered(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", floor.codes["OIL-5"])
    before = here.headline
    here.scan("PO-2611-0457")
    assert here.state is ScanState.BLOCKED
    here.press(Key.Key_Return)
    assert (here.headline, here.state) == (before, ScanState.ACCEPTED)


def test_another_document_begins_with_nothing_said(unknown: Stage) -> None:
    unknown.press(Key.Key_F10).scan("PO-2611-0460")
    unknown.settle(100)
    assert (unknown.document, unknown.state) == ("PO-2611-0460", ScanState.IDLE)


def test_cards_among_held_scans_are_obeyed_each_in_its_turn(
    stage: Stages, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[HistoryLine | None] = []
    monkeypatch.setattr(screen_module, "print_label", lambda line, *_: printed.append(line))
    here = stage("inbound").scan("PO-2611-0457", floor.codes["OIL-5"])
    lines = here.screen.lines
    lines.view.choose(lines.lines[0].id)
    here.press(Key.Key_F12)
    here.scan("MD:PRINT", floor.codes["SOY-19"], "MD:PRINT", "MD:NEXT", "MD:NEXT", floor.codes["TISSUE"])
    assert printed == []
    here.press(Key.Key_Escape)
    here.settle(100)
    assert here.asking() is None
    assert [here.done(sku) for sku in ("SOY-19", "TISSUE")] == [1, 1]
    assert [line.sku_id for line in printed if line] == [floor.skus["OIL-5"], floor.skus["SOY-19"]]
    assert _chosen(here) == "TISSUE", "scanned after the cards"


def test_the_line_that_a_card_chose_stays_chosen(stage: Stages, floor: Floor) -> None:
    here = stage("inbound").scan("PO-2611-0457", floor.codes["OIL-5"])
    here.burst(floor.codes["SOY-19"], "MD:NEXT")
    here.settle(400)
    assert (_chosen(here), here.done("SOY-19")) == ("TISSUE", 1)
    here.press(Key.Key_F12)
    here.scan(floor.codes["OIL-5"], "MD:NEXT", "MD:NEXT").press(Key.Key_Escape)
    here.settle(400)
    assert (_chosen(here), here.done("OIL-5")) == ("MILK-250", 2)
    here.press((Key.Key_Down, Qt.KeyboardModifier.ControlModifier))
    assert _chosen(here) == "SOY-19"


def _chosen(here: Stage) -> str:
    lines = here.screen.lines
    return next(line.sku for line in lines.lines if line.id == lines.view.current_id)


@pytest.mark.parametrize("card", ["MD:OK", "MD:UNDO"])
def test_a_card_closes_the_form_and_what_was_held_over_it_is_listed(
    stage: Stages, floor: Floor, card: str
) -> None:
    here = stage("inbound").scan("PO-2611-0457", floor.codes["OIL-5"]).press(Key.Key_F12)
    kept: list[bool] = []
    here.screen.control.hold(captured(floor.codes["SOY-19"]), kept.append)
    here.settle(100)
    assert (kept, here.asking()) == ([True], here.screen.sheets.finish)
    here.scan(card)
    here.settle(100)
    assert here.document == "PO-2611-0457"
    assert here.asking() is here.screen.sheets.held
    assert here.done("SOY-19") == 0


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_the_tray_of_a_low_window_lies_on_none_of_its_buttons(
    stage: Stages, floor: Floor, language: str
) -> None:
    here = stage("inbound")
    if language == "en":
        here.look.language.toggle()
    here.window.resize(960, 600)
    here.scan("PO-2611-0457", "HX-1", "HX-2").press(Qt.Key.Key_F6)
    tray = here.screen.sheets.tray
    here.settle(100)
    assert tray.isVisible()
    assert len(tray.entries) == 2
    table = QRect(tray.view.mapTo(tray, QPoint(0, 0)), tray.view.size())
    for button in (tray.yes, tray.no, tray.draft_button, tray.misscan_button):
        at = QRect(button.mapTo(tray, QPoint(0, 0)), button.size())
        assert not table.intersects(at)
        assert tray.rect().contains(at)
        assert button.height() >= button.sizeHint().height()
