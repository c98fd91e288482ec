"""What a form, a key or a sentence is about is what it was about when it came up."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from merchant_desk.models.queries.documents import documents
from merchant_desk.stations.journal import Journal
from merchant_desk.ui.scanner.source import CapturedScan
from merchant_desk.ui.screens.stations import screen as screen_module
from merchant_desk.ui.screens.stations.sheets import GUARD_MS
from merchant_desk.ui.widgets.last_scan import ScanState
from tests.ui.screens.stations.conftest import Stages
from tests.ui.screens.stations.stage import Floor, Stage
from tests.ui.screens.stations.test_hurried_keys import two_orders
from tests.ui.screens.stations.test_lookup_order import Holdup, wait

Key = Qt.Key


def captured(code: str) -> CapturedScan:
    """Return a scan by a serial scanner, made now."""
    return CapturedScan(code.encode(), code, None, "ttyACM0", time.time_ns() // 1_000, time.monotonic_ns())


def asked(here: Stage) -> str:
    """Return what the station asks."""
    question = here.screen.control.situation.question
    return question.result.code if question is not None else ""


def strike(here: Stage, key: Qt.Key) -> None:
    """Press a key and wait for nothing."""
    QTest.keyClick(here.window.windowHandle(), key)


def history(here: Stage) -> list[tuple[str, bool]]:
    """Return the codes of the history with whether each was undone, the last first."""
    return [(line.code, line.undone) for line in here.screen.history.lines]


# -- ending --------------------------------------------------------------------------------------


def test_an_end_asked_for_one_document_ends_no_other(
    stage: Stages, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = two_orders(floor, stage)
    slow = Holdup(here, monkeypatch)
    slow.on = True
    strike(here, Key.Key_F12)
    wait(lambda: slow.held)
    slow.on = False
    here.burst("SO-2")
    wait(lambda: here.document == "SO-2")
    slow.release()
    here.settle(300)
    assert here.asking() is None, "its differences are not those of the order in front"
    here.press(Key.Key_Return)
    here.settle(200)
    assert here.document == "SO-2"
    states = [one.status for one in here.desk.ask(lambda c: documents(c, "shipments", most=5))]
    assert sorted(states) == ["open", "shipped"]


# -- another quantity ----------------------------------------------------------------------------


@pytest.fixture
def busy(stage: Stages, floor: Floor) -> Iterator[tuple[Stage, threading.Event]]:
    """A receipt with a scan of oil, and a writer that is kept until the event."""
    here, gate = stage("inbound").scan("PO-2611-0457", floor.codes["OIL-5"]), threading.Event()
    here.desk.runtime.writer.submit(lambda: gate.wait(10))
    yield here, gate
    gate.set()


def test_a_quantity_asked_for_one_scan_corrects_no_other(
    busy: tuple[Stage, threading.Event], floor: Floor
) -> None:
    here, gate = busy
    here.burst(floor.codes["SOY-19"])
    QTest.qWait(60)
    strike(here, Key.Key_F4)
    wait(here.asking)
    gate.set()
    here.settle(200)
    here.type("5").press(Key.Key_Return)
    here.settle(200)
    assert (here.done("OIL-5"), here.done("SOY-19")) == (1, 1)
    assert here.headline == "期间又扫了别的，数量没有改；请再改一次"
    here.press(Key.Key_Return, Key.Key_F4).type("5").press(Key.Key_Return)
    assert (here.done("OIL-5"), here.done("SOY-19")) == (1, 5)


# -- what waits at another document --------------------------------------------------------------


def test_what_waits_at_a_document_is_listed_when_it_is_opened_over_a_form(
    stage: Stages, floor: Floor
) -> None:
    here = stage("inbound").scan("PO-2611-0460", "PO-2611-0457", floor.codes["SOY-19"], floor.codes["SOY-19"])
    assert here.screen.sheet is not None
    first = here.screen.sheet.document_id
    here.press(Key.Key_F10).scan("PO-2611-0457").press(Key.Key_F12)
    assert here.asking() is here.screen.sheets.finish
    here.screen.show_target(("receipts", first))
    here.settle(200)
    assert here.document == "PO-2611-0460"
    assert here.asking() is here.screen.sheets.held
    assert here.done("SOY-19") == 0
    here.press(Key.Key_Return)
    here.settle(200)
    assert here.done("SOY-19") == 2


# -- hurried answers -----------------------------------------------------------------------------


@pytest.mark.parametrize("first", ["the answer", "the scan"])
def test_a_scan_in_between_lets_no_second_question_be_answered_unread(
    stage: Stages, floor: Floor, first: str
) -> None:
    here = stage("inbound").scan("PO-2611-0457", "MD:QTY:10000")
    here.scan(f"(01)0{floor.codes['MILK-250']}(17)251101(10)M1101")
    here.settle(GUARD_MS)
    assert asked(here) == "expired"
    if first == "the scan":
        here.screen.take_scan(captured(floor.codes["OIL-5"]))
    strike(here, Key.Key_Return)
    if first == "the answer":
        here.screen.take_scan(captured(floor.codes["OIL-5"]))
    wait(lambda: asked(here) == "absurd_quantity")
    wait(lambda: here.screen.control.situation.held)
    strike(here, Key.Key_Return)
    here.settle(200)
    assert asked(here) == "absurd_quantity", "it came up under the finger"
    here.settle(GUARD_MS)
    here.press(Key.Key_Return)
    assert (asked(here), here.done("MILK-250")) == ("", 10_000)


# -- a document over the screen ------------------------------------------------------------------


@pytest.fixture
def shown(stage: Stages, floor: Floor) -> Stage:
    """A receipt at work, with one that was finished lying over it."""
    floor.twin()
    here = stage("inbound", login="manager").scan("PO-2611-0460", floor.codes["TISSUE"])
    assert here.screen.sheet is not None
    first = here.screen.sheet.document_id
    here.press(Key.Key_F12, Key.Key_Return)
    here.scan("PO-2611-0457")
    here.screen.sheets.document.ask("receipts", first)
    here.settle(100)
    assert here.asking() is here.screen.sheets.document
    return here


def test_a_choice_that_is_asked_for_lies_on_top(shown: Stage, floor: Floor) -> None:
    shown.scan(floor.codes["SOY-19"])
    choose = shown.screen.sheets.choose
    assert shown.asking() is choose
    top = shown.screen.childAt(choose.sheet.mapTo(shown.screen, QPoint(choose.sheet.width() // 2, 20)))
    assert top is not None
    assert choose.isAncestorOf(top)


def test_a_question_and_what_waits_behind_it_are_seen(shown: Stage, floor: Floor) -> None:
    shown.burst(f"(01)0{floor.codes['MILK-250']}(17)251101(10)M1101")
    wait(lambda: asked(shown))
    strike(shown, Key.Key_Return)
    shown.settle(100)
    assert shown.asking() is None
    assert asked(shown) == "expired", "the Enter was meant for the document"
    shown.scan(floor.codes["OIL-5"])
    shown.settle(GUARD_MS)
    shown.press(Key.Key_Escape)
    assert shown.asking() is shown.screen.sheets.held


def test_a_fault_is_seen(shown: Stage, floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_the_disk(monkeypatch)
    shown.scan(floor.codes["OIL-5"])
    assert (shown.asking(), shown.state) == (None, ScanState.BLOCKED)


def test_scans_wait_while_the_reason_of_a_reversal_is_typed(shown: Stage, floor: Floor) -> None:
    sheet = shown.screen.sheets.document
    shown.press(Key.Key_Return)
    assert sheet.asks_reason
    shown.type("wrong")
    shown.scan(floor.codes["SOY-19"])
    assert (shown.asking(), sheet.reason.text()) == (sheet, "wrong")
    assert asked(shown) == ""
    shown.press(Key.Key_Return)
    shown.settle(200)
    assert shown.asking() is shown.screen.sheets.choose


def test_a_card_answers_the_document_that_is_seen_and_not_the_form_below(shown: Stage) -> None:
    sheets = shown.screen.sheets
    seen = sheets.document._id
    assert seen is not None
    shown.press(Key.Key_Escape, Key.Key_F12)
    sheets.document.ask("receipts", seen)
    shown.settle(100)
    shown.scan("MD:UNDO")
    assert sheets.document.isHidden()
    assert (shown.document, shown.asking()) == ("PO-2611-0457", sheets.finish)


def test_scans_wait_for_the_form_below_when_the_reason_above_it_is_called_off(
    shown: Stage, floor: Floor
) -> None:
    sheets = shown.screen.sheets
    seen = sheets.document._id
    assert seen is not None
    shown.press(Key.Key_Escape, Key.Key_F12)
    sheets.document.ask("receipts", seen)
    shown.settle(100)
    shown.press(Key.Key_Return)
    assert sheets.document.asks_reason
    shown.scan(floor.codes["OIL-5"])
    shown.press(Key.Key_Escape, Key.Key_Escape)
    assert (shown.asking(), shown.done("OIL-5")) == (sheets.finish, 0)
    shown.scan(floor.codes["OIL-5"])
    shown.press(Key.Key_Escape)
    shown.settle(100)
    assert (shown.asking(), shown.done("OIL-5")) == (None, 2)


def fill_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the next scan find no room in the journal."""
    real = Journal.record

    def full(*args: Any, **options: Any) -> int:
        monkeypatch.setattr(Journal, "record", real)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Journal, "record", full)


# -- what is kept over the sign-in sheet ---------------------------------------------------------


def test_a_scan_that_could_not_be_kept_is_told_as_lost_and_stays_a_fault(
    stage: Stages, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = stage("inbound").scan("PO-2611-0457", floor.codes["OIL-5"])
    told: list[bool] = []
    fill_the_disk(monkeypatch)
    here.screen.control.hold(captured(floor.codes["SOY-19"]), told.append)
    here.settle(100)
    assert (told, here.state) == ([False], ScanState.BLOCKED)
    here.screen.take_scan(captured(floor.codes["OIL-5"]))
    here.screen.control.hold(captured(floor.codes["OIL-5"]), told.append)
    here.settle(100)
    assert (told, here.state) == ([False, True], ScanState.BLOCKED), "nobody has seen the fault yet"
    assert here.done("OIL-5") == 1
    here.press(Key.Key_Return)
    assert here.asking() is here.screen.sheets.held
    here.press(Key.Key_Return)
    here.settle(100)
    assert (here.done("OIL-5"), here.done("SOY-19")) == (3, 0)


# -- the history ---------------------------------------------------------------------------------


def test_the_history_of_a_document_has_no_scan_of_the_one_before(stage: Stages, floor: Floor) -> None:
    floor.stock(floor.skus["OIL-5"], 9)
    for number in ("SO-1", "SO-2"):
        floor.sale(number, "a", 3, ("OIL-5", 1))
    oil = floor.codes["OIL-5"]
    here = stage("outbound").scan("SO-1", "PO-2611-0457", oil, "SO-2", oil)
    here.press(Key.Key_Return, Key.Key_Return)
    here.settle(200)
    assert here.document == "SO-2"
    assert history(here) == [("accepted", False)]
    assert here.screen.history._count == 1


@pytest.mark.parametrize("way", ["quantity", "minus"])
def test_the_history_shows_what_was_replaced_as_undone(stage: Stages, floor: Floor, way: str) -> None:
    oil = floor.codes["OIL-5"]
    here = stage("inbound").scan("PO-2611-0457")
    if way == "quantity":
        here.scan(oil).press(Key.Key_F4).type("5").press(Key.Key_Return)
    else:
        here.scan("MD:QTY:6", oil).press(Key.Key_F9).scan(oil)
    here.settle(100)
    assert here.done("OIL-5") == 5
    seen = history(here), here.screen.history._count
    assert [line for line in seen[0] if line[0] in ("accepted", "undone")] == [
        ("undone", False),
        ("accepted", False),
        ("accepted", True),
    ]
    here.press(Key.Key_F10).scan("PO-2611-0457")
    here.settle(100)
    assert (history(here), here.screen.history._count) == seen, "as the journal tells it"


# -- readings ------------------------------------------------------------------------------------


def test_a_reading_that_failed_is_no_fault_of_the_station(
    stage: Stages, floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = stage("inbound").scan("PO-2611-0457", floor.codes["OIL-5"])

    def unread(*args: object) -> object:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(screen_module, "read_lines", unread)
    here.press(Key.Key_F12)
    here.settle(100)
    assert here.asking() is None
    here.press(Key.Key_F12)
    here.settle(100)
    (notice,) = here.window.notices.notices()
    assert notice.text == "读不出最新内容，显示的可能已过时；扫描不受影响"
    assert notice.seconds == 0, "it stays until somebody has seen it"
    assert here.state is ScanState.ACCEPTED
    assert here.scan(floor.codes["OIL-5"]).done("OIL-5") == 2
