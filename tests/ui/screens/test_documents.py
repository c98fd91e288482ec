"""Receipts, shipments and counts from their lists: shown, gone on with, reversed whole and by line."""

from dataclasses import dataclass

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.domain.amounts import MICRO
from merchant_desk.ui.screens.documents.documents import DocumentsScreen
from tests.ui.screens.acting import buttons_in, notices_of, press, settled, texts_in, type_text, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene

Key = Qt.Key
HOUR = 3_600_000_000
MINUTE = 60_000_000
OIL, NOODLE = "9520000100000", "9520000100010"


@dataclass(frozen=True)
class Made:
    """A document of two lines, the balances before it, and what each of its scans moved."""

    kind: str
    moved: dict[str, int]


def make(scene: Scene, kind: str) -> Made:
    """Finish a document of two products, one piece each, at desk `a`."""
    if kind == "receipts":
        sheet, moved = scene.a.receive("PO-2611-0450"), {"OIL-5": 1, "NOODLE": 1}
        sheet.scan(OIL)
        sheet.scan(NOODLE)
    elif kind == "shipments":
        scene.shop.order("WX261121-5000", (scene.goods[0], 1), (scene.goods[1], 1))
        scene.a.sync()
        sheet, moved = scene.a.ship("WX261121-5000"), {"OIL-5": -1, "NOODLE": -1}
        sheet.scan(OIL)
        sheet.scan(NOODLE)
    else:
        sheet, moved = scene.a.count("A-01"), {"OIL-5": -29, "RICE-10": -7}
        sheet.scan(OIL)
        sheet.scan("9520000000028")
    sheet.finish()
    return Made(kind, moved)


def on_hand(scene: Scene) -> dict[str, int]:
    return {row.sku: row.on_hand // MICRO for row in scene.a.stock()}


def status(scene: Scene, kind: str) -> str:
    with scene.a.read() as connection, connection.begin():
        return str(connection.exec_driver_sql(f"SELECT status FROM {kind}").scalar())


def screen_of(program: Program, kind: str) -> DocumentsScreen:
    found = program.window.built(kind)
    assert isinstance(found, DocumentsScreen)
    return found


def opened(qtbot: QtBot, program: Program, kind: str) -> DocumentsScreen:
    """Open the document's sheet from its row by Enter."""
    screen = screen_of(program, kind)
    until(qtbot, lambda: screen.panel.document is not None)
    settled(qtbot, program)
    assert QApplication.focusWidget() is screen.pane.table.view
    press(program, Key.Key_Return)
    until(qtbot, lambda: len(screen.sheet.lines) > 1 or screen.sheet._document is not None)
    settled(qtbot, program)
    return screen


KINDS = ("receipts", "shipments", "counts")


@pytest.mark.parametrize("kind", KINDS)
def test_reversed_whole_with_a_reason_and_both_are_shown(
    scene: Scene, show: Show, qtbot: QtBot, kind: str
) -> None:
    before = on_hand(scene)
    made = make(scene, kind)
    changed = on_hand(scene)
    assert {sku: changed[sku] - before[sku] for sku in made.moved} == made.moved
    program = show(scene.a, kind)
    screen = opened(qtbot, program, kind)
    sheet = screen.sheet
    press(program, Key.Key_Return)
    sheet.which.setFocus(Qt.FocusReason.TabFocusReason)
    press(program, Key.Key_Right)
    assert sheet.which.current == "whole"
    sheet.reason.setFocus()
    press(program, Key.Key_Return)
    assert "请写明原因" in texts_in(sheet)
    type_text("登记错了")
    press(program, Key.Key_Return)
    until(qtbot, lambda: status(scene, kind) == "reversed")
    settled(qtbot, program)
    after = on_hand(scene)
    assert {sku: after[sku] for sku in made.moved} == {sku: before[sku] for sku in made.moved}
    until(qtbot, lambda: {line.standing for line in sheet.lines} == {0})
    assert {line.reason for line in sheet.lines} == {"登记错了"}
    number = screen.panel.document.row.number if screen.panel.document else ""
    assert any(number in told for told in notices_of(program))
    press(program, Key.Key_Escape)
    assert QApplication.focusWidget() is screen.pane.table.view
    # The original stays where it was; the list says what became of it.
    screen.pane.choose_tab("reversed")
    until(qtbot, lambda: [row.status for row in screen.pane.model.rows] == ["reversed"])
    until(qtbot, lambda: screen.panel.document is not None and screen.panel.document.row.status == "reversed")
    assert "已冲销" in str(screen.pane.model.index(0, 2).data())


@pytest.mark.parametrize("kind", KINDS)
def test_it_says_when_it_was_reversed_by_whom_and_from_when_that_counts(
    scene: Scene, show: Show, qtbot: QtBot, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = scene.a.runtime.now()
    now -= now % MINUTE + MINUTE // 2  # in mid-minute: the desk corrects its clock by a little
    monkeypatch.setattr(scene.a.runtime.engine, "_clock", lambda: now - 2 * HOUR)
    make(scene, kind)
    monkeypatch.setattr(scene.a.runtime.engine, "_clock", lambda: now)
    scene.a.reverse(scene.a.documents(kind)[0], reason="登记错了")
    program = show(scene.a, kind, language="en")
    screen = opened(qtbot, program, kind)
    moment = program.look.language.moment
    at, since = moment(now), moment(now - 2 * HOUR)
    goods_came_back = kind == "shipments"  # when they did, not when they left
    since = "" if goods_came_back else f"; in stock it counts from {since}, as the original did"
    assert texts_in(screen.sheet).splitlines()[2] == f"Reversed {at} by 店长{since}"
    facts = texts_in(screen.panel)
    assert ("Counts from" in facts) is not goods_came_back
    assert facts.count("店长") >= 2, "who opened it, and who reversed it"


@pytest.mark.parametrize("kind", KINDS)
def test_reversed_by_line_leaves_the_other_line(scene: Scene, show: Show, qtbot: QtBot, kind: str) -> None:
    before = on_hand(scene)
    made = make(scene, kind)
    changed = on_hand(scene)
    program = show(scene.a, kind, language="en")
    screen = opened(qtbot, program, kind)
    sheet = screen.sheet
    line = next(line for line in sheet.lines if line.sku == "OIL-5")
    sheet.view.choose(line.id)
    press(program, Key.Key_Return)
    assert sheet.which.current == "lines"
    type_text("one too many")
    press(program, Key.Key_Return)
    until(qtbot, lambda: status(scene, kind) == "partly_reversed")
    settled(qtbot, program)
    other = next(sku for sku in made.moved if sku != "OIL-5")
    after = on_hand(scene)
    assert after["OIL-5"] == before["OIL-5"]
    assert after[other] == changed[other]
    until(qtbot, lambda: [one.standing == 0 for one in sheet.lines].count(True) == 1)
    press(program, Key.Key_Escape)
    screen.pane.choose_tab("reversed")
    until(qtbot, lambda: len(screen.pane.model.rows) == 1)


def test_whoever_may_not_reverse_sees_the_lines_and_why(scene: Scene, show: Show, qtbot: QtBot) -> None:
    make(scene, "receipts")
    scene.a.sync()
    scene.b.sync()
    program = show(scene.b, "receipts", language="en")
    screen = opened(qtbot, program, "receipts")
    assert len(screen.sheet.lines) == 2
    assert screen.sheet.yes.isHidden()
    assert "manager" in screen.sheet._hint.text()
    press(program, Key.Key_Return)
    assert screen.sheet._field.isHidden()
    press(program, Key.Key_Escape)
    assert screen.sheet.isHidden()


def test_an_open_document_is_gone_on_with_at_its_station(scene: Scene, show: Show, qtbot: QtBot) -> None:
    scene.a.receive("PO-2611-0450").scan(OIL)
    program = show(scene.a, "receipts")
    screen = screen_of(program, "receipts")
    until(qtbot, lambda: screen.panel.document is not None)
    settled(qtbot, program)
    assert "继续收货" in buttons_in(screen.panel)
    press(program, Key.Key_F12)
    settled(qtbot, program)
    assert program.window.current == "inbound"


def test_enter_opens_the_document_just_chosen(scene: Scene, show: Show, qtbot: QtBot) -> None:
    make(scene, "receipts")
    second = scene.a.receive("PO-2611-0451")
    second.scan(NOODLE)
    second.finish()
    program = show(scene.a, "receipts")
    screen = screen_of(program, "receipts")
    until(qtbot, lambda: screen.panel.document is not None and len(screen.pane.model.rows) == 2)
    settled(qtbot, program)
    first, other = (row.number for row in screen.pane.model.rows)
    press(program, Key.Key_Down)
    press(program, Key.Key_Return)
    until(qtbot, lambda: screen.sheet._document is not None)
    assert screen.sheet._document is not None
    assert screen.sheet._document.number == other != first


@pytest.mark.parametrize(
    ("kind", "words", "next_step"),
    [
        ("receipts", "No receipts yet", "Receive a delivery at Inbound."),
        ("shipments", "No shipments yet", "Pick an order at Outbound."),
        ("counts", "No counts yet", "Scan a location at Stocktake."),
    ],
)
def test_an_empty_list_says_where_such_documents_are_made(
    scene: Scene, show: Show, qtbot: QtBot, kind: str, words: str, next_step: str
) -> None:
    program = show(scene.a, kind, language="en")
    screen = screen_of(program, kind)
    settled(qtbot, program)
    assert words in texts_in(screen.pane)
    assert next_step in texts_in(screen.pane)
