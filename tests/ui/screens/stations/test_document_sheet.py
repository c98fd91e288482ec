"""The sheet of a document is about the one that was asked for last, however late the answer about another."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from merchant_desk.models.queries.documents import DocumentView, documents
from merchant_desk.models.queries.reversals import MovedLine
from merchant_desk.ui.screens.stations.document_sheet import DocumentSheet, columns_of
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Tone
from tests.helpers.shop import PASSWORD
from tests.ui.screens.stations.conftest import Stages
from tests.ui.screens.stations.stage import Floor, Stage
from tests.ui.screens.stations.test_lookup_order import Holdup, wait
from tests.ui.screens.stations.test_meant_for import strike

Key = Qt.Key


@dataclass(frozen=True)
class Pair:
    """A station with two finished receipts, and what keeps answers from it."""

    here: Stage
    slow: Holdup
    first: UUID
    second: UUID

    @property
    def sheet(self) -> DocumentSheet:
        return self.here.screen.sheets.document

    def number(self, id: UUID) -> str:
        return next(row.number for row in self._rows() if row.id == id)

    def status(self, id: UUID) -> str:
        return next(row.status for row in self._rows() if row.id == id)

    def shows(self, id: UUID) -> bool:
        return self.number(id) in self.sheet.accessibleName()

    def show(self, id: UUID) -> None:
        self.sheet.ask("receipts", id)
        wait(lambda: self.shows(id))

    def notices(self) -> list[tuple[str, Tone]]:
        return [(notice.text, notice.tone) for notice in self.here.window.notices.notices()]

    def reverse_slowly(self, id: UUID, meanwhile: Callable[[], object] = lambda: None) -> None:
        """Reverse a document, with the answer kept, and close the sheet."""
        self.show(id)
        strike(self.here, Key.Key_Return)
        self.sheet.reason.setText("wrong")
        meanwhile()
        self.slow.on = True
        strike(self.here, Key.Key_Return)
        wait(lambda: self.slow.held)
        self.slow.on = False
        self.sheet.close_sheet()

    def _rows(self) -> list[DocumentView]:
        return self.here.desk.ask(lambda connection: documents(connection, "receipts", most=5))


@pytest.fixture
def pair(stage: Stages, floor: Floor, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pair]:
    here, made = stage("inbound", login="manager"), []
    for order, sku in (("PO-2611-0457", "OIL-5"), ("PO-2611-0460", "SOY-19")):
        here.scan(order, floor.codes[sku])
        assert here.screen.sheet is not None
        made.append(here.screen.sheet.document_id)
        here.press(Key.Key_F12, Key.Key_Return)
        here.settle(200)
    slow = Holdup(here, monkeypatch)
    here.window.notices.clear()
    yield Pair(here, slow, *made)
    slow.release()


def test_a_late_reading_is_not_shown_as_the_document_asked_for_after_it(pair: Pair) -> None:
    pair.slow.on = True
    pair.sheet.ask("receipts", pair.first)
    wait(lambda: pair.slow.held)
    pair.slow.on = False
    pair.sheet.close_sheet()
    pair.show(pair.second)
    pair.slow.release()
    QTest.qWait(200)
    assert (pair.shows(pair.second), [line.sku for line in pair.sheet.lines]) == (True, ["SOY-19"])
    strike(pair.here, Key.Key_Return)
    pair.sheet.reason.setText("wrong")
    pair.here.press(Key.Key_Return)
    pair.here.settle(200)
    assert (pair.status(pair.first), pair.status(pair.second)) == ("closed", "reversed")


def test_it_is_said_who_reversed_and_when(pair: Pair) -> None:
    pair.show(pair.first)
    assert "冲销" not in pair.sheet._note.text()
    strike(pair.here, Key.Key_Return)
    pair.sheet.reason.setText("wrong")
    pair.here.press(Key.Key_Return)
    pair.here.settle(200)
    assert re.search(r"\d\d:\d\d 由 店长 冲销", pair.sheet._note.text())
    pair.show(pair.second)
    assert "冲销" not in pair.sheet._note.text(), "nor is it said of another"


def test_a_variance_alone_is_no_alarm(look: Look) -> None:
    line = MovedLine(UUID(int=1), UUID(int=2), "A", "甲", "", "个", None, "", 7, 7, "", 2_000_000)
    (cell,) = [one.cell(line, look.language) for one in columns_of("counts") if one.key == "variance"]
    assert (cell.text, cell.tone, cell.strong) == ("+2", None, True)


def test_the_reason_for_another_document_is_asked_for_still_when_a_reversal_is_done(pair: Pair) -> None:
    pair.reverse_slowly(pair.first)
    pair.show(pair.second)
    strike(pair.here, Key.Key_Return)
    assert pair.sheet.reason.text() == "", "that was the reason for the first"
    pair.sheet.reason.setText("twice")
    pair.slow.release()
    wait(pair.notices)
    pair.here.settle(100)
    assert pair.notices() == [(f"{pair.number(pair.first)} 已冲销 1 行", Tone.OK)]
    assert (pair.sheet.asks_reason, pair.sheet.reason.text()) == (True, "twice")
    assert pair.shows(pair.second)


@pytest.mark.parametrize("other", [True, False])
def test_a_reversal_that_failed_is_told_by_its_number_where_it_is_shown_no_more(
    pair: Pair, other: bool
) -> None:
    pair.reverse_slowly(pair.first, pair.here.desk.sign_out)
    if other:
        pair.show(pair.second)
    pair.slow.release()
    wait(pair.notices)
    ((words, tone),) = pair.notices()
    assert (words.startswith(f"{pair.number(pair.first)} 没有冲销："), tone) == (True, Tone.REFUSED)
    assert pair.sheet.error == ""


def test_a_reversal_that_was_cancelled_leaves_nothing_to_the_next(pair: Pair) -> None:
    """Esc, Esc, another person, another document."""
    pair.show(pair.first)
    strike(pair.here, Key.Key_Return)
    pair.here.settle(100)
    pair.here.press(Key.Key_Return)
    assert pair.sheet._field.error, "a reason is asked for"
    pair.sheet.reason.setText("all wrong")
    pair.sheet.which.choose("whole")
    pair.here.press(Key.Key_Escape, Key.Key_Escape)
    assert pair.sheet.isHidden()
    pair.here.desk.sign_out()
    pair.here.desk.sign_in("manager", PASSWORD)
    pair.show(pair.second)
    strike(pair.here, Key.Key_Return)
    pair.here.settle(100)
    sheet = pair.sheet
    assert (sheet.reason.text(), sheet._field.error, sheet.which.current) == ("", "", "lines")


def reverse_elsewhere(pair: Pair, id: UUID) -> None:
    desk = pair.here.desk
    (document,) = desk.documents("receipts", number=pair.number(id))
    desk.reverse(document, reason="elsewhere")


def test_what_was_reversed_elsewhere_meanwhile_is_refused(pair: Pair) -> None:
    pair.show(pair.first)
    strike(pair.here, Key.Key_Return)
    pair.sheet.reason.setText("wrong")
    reverse_elsewhere(pair, pair.first)
    pair.here.press(Key.Key_Return)
    pair.here.settle(200)
    assert pair.sheet.error == "已经冲销过了，没有再冲销。"
    assert pair.notices() == []


def test_a_line_that_was_reversed_before_is_not_passed_over_in_silence(pair: Pair, floor: Floor) -> None:
    here = pair.here.scan("PO-2611-0457", floor.codes["OIL-5"], floor.codes["SOY-19"])
    head = here.screen.sheet
    assert head is not None
    here.press(Key.Key_F12, Key.Key_Return)
    here.settle(200)
    here.window.notices.clear()
    pair.show(head.document_id)
    gone = pair.sheet.lines[0]
    (document,) = here.desk.documents("receipts", number=head.number)
    here.desk.reverse(document, [gone], reason="first")
    pair.sheet.refresh()
    here.settle(200)
    pair.sheet.view.choose(gone.id)
    strike(here, Key.Key_Return)
    pair.sheet.reason.setText("again")
    here.press(Key.Key_Return)
    here.settle(200)
    assert (pair.sheet.error, pair.status(head.document_id)) == (
        "已经冲销过了，没有再冲销。",
        "partly_reversed",
    )
