"""Floor 4: what breaks half-way stops the station, and no scan is left behind in the journal."""

from collections.abc import Callable
from typing import Any

import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.refusals import Refusal
from merchant_desk.stations.journal import unfinished
from merchant_desk.stations.scans import Ask
from tests.helpers.shop import Shop
from tests.stations.conftest import RICE, Floor, Floors, restarted

OLD = "(01)09520000000011(17)251122(10)OLD"
"""Beer that expires soon: a question."""


def fails_once(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> None:
    """Let the disk be full for the next operation."""
    real: Callable[..., Any] = desk.runtime.do_here

    def full(*args: Any, **options: Any) -> Any:
        monkeypatch.setattr(desk.runtime, "do_here", real)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(desk.runtime, "do_here", full)


def broken(*args: object, **options: object) -> None:
    raise OSError(5, "Input/output error")


def left(here: Floor) -> list[str]:
    head = here.session.head
    assert head is not None
    lines = here.desk.ask(lambda connection: unfinished(connection, "inbound", head.document_id))
    return [line.text for line in lines]


@pytest.fixture
def receipt(floor: Floors) -> Floor:
    here = floor("inbound")
    here.step("PO-1")
    return here


def test_what_comes_after_a_fault_is_held_back_behind_it(
    receipt: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt.scan("MD:QTY:3")
    fails_once(monkeypatch, receipt.desk)
    with pytest.raises(OSError, match="No space"):
        receipt.scan(RICE)
    after = receipt.step(RICE)
    assert (after.results[0].code, after.situation.failed) == ("held_back", True)
    assert receipt.step("MD:OK").situation.failed, "an OK card alone applies nothing: the fault must be seen"
    seen = receipt.do(lambda session: session.recover())
    assert (seen.situation.failed, [scan.text for scan in seen.situation.held]) == (False, [RICE, RICE])
    applied = receipt.do(lambda session: session.apply_held())
    assert [result.done // 1_000_000 for result in applied.results] == [3, 4]
    assert left(receipt) == []


def test_a_fault_while_held_scans_are_applied_keeps_them_in_order(
    receipt: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = receipt.step("PO-1")
    receipt.scan("MD:QTY:2", RICE)
    receipt.do(lambda session: session.acknowledge(accept=False, of=asked.results[0].n))
    fails_once(monkeypatch, receipt.desk)
    with pytest.raises(OSError, match="No space"):
        receipt.do(lambda session: session.apply_held())
    assert [scan.text for scan in receipt.session._gate.held] == [RICE]
    assert receipt.do(lambda session: session.apply_held()).results[-1].done == 2_000_000


def test_a_yes_that_fails_is_asked_again(receipt: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = receipt.scan(OLD)
    fails_once(monkeypatch, receipt.desk)
    with pytest.raises(OSError, match="No space"):
        receipt.do(lambda session: session.acknowledge(accept=True, of=asked.n))
    again = receipt.do(lambda session: session.apply_held()).results[0]
    assert (again.n, again.ask) == (asked.n, Ask.CONFIRM)


def test_a_document_with_a_scan_that_was_not_applied_stays_open(
    receipt: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails_once(monkeypatch, receipt.desk)
    with pytest.raises(OSError, match="No space"):
        receipt.scan(RICE)
    step = receipt.do(lambda session: session.finish())
    assert (step.results[0].code, step.finished) == ("fault_unseen", None)
    receipt.do(lambda session: session.recover())
    step = receipt.do(lambda session: session.finish())
    assert (step.results[0].code, step.finished) == ("scans_wait", None)
    assert [scan.text for scan in step.situation.held] == [RICE]


def test_a_fault_that_nobody_has_seen_stays_one_though_nothing_waits(
    receipt: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("merchant_desk.stations.journal.Journal.record", broken)
        with pytest.raises(OSError, match="Input/output"):
            receipt.scan(RICE)
    step = receipt.do(lambda session: session.finish())
    assert (step.results[0].code, step.finished) == ("fault_unseen", None)
    assert (step.situation.failed, step.situation.held) == (True, ())
    receipt.do(lambda session: session.recover())
    assert receipt.do(lambda session: session.finish()).finished is not None


def test_the_journal_decides_whether_a_document_may_end(receipt: Floor) -> None:
    """Whatever the station remembers."""
    receipt.scan(OLD)
    receipt.session._gate.waiting = None
    step = receipt.do(lambda session: session.finish())
    assert (step.results[0].code, step.finished) == ("scans_wait", None)
    assert left(receipt) == [OLD]


def test_a_script_is_stopped_by_a_fault_too(receipt: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = receipt.desk
    sheet = desk.receive("PO-1")
    fails_once(monkeypatch, desk)
    with pytest.raises(OSError, match="No space"):
        sheet.scan(RICE)
    assert sheet.scan(RICE).code == "held_back"
    with pytest.raises(Refusal, match="fault_unseen"):
        sheet.finish()
    assert [result.code for result in sheet.apply_held()] == ["accepted", "accepted"]
    sheet.finish()


def test_after_a_fault_and_a_restart_nothing_is_missing(
    floor: Floors, receipt: Floor, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    fails_once(monkeypatch, receipt.desk)
    with pytest.raises(OSError, match="No space"):
        receipt.scan(RICE)
    receipt.scan(RICE)
    here = floor("inbound", restarted(shop, receipt.desk))
    here.do(lambda session: session.resume_last())
    assert here.do(lambda session: session.apply_held()).results[-1].done == 2_000_000


def test_a_list_that_cannot_be_read_stops_the_entrance(
    receipt: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("merchant_desk.stations.gate.unfinished", broken)
        with pytest.raises(OSError, match="Input/output"):
            receipt.do(lambda session: session.leave())
        assert receipt.session.head is None
        with pytest.raises(OSError, match="Input/output"):
            receipt.do(lambda session: session.recover())
    assert receipt.scan("PO-1").code == "held_back", "it was not seen yet"
    receipt.do(lambda session: session.recover())
    assert receipt.do(lambda session: session.apply_held()).head is not None
