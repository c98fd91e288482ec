"""Floor 11: every refusal stops the line until it was seen, and takes away nothing meant for goods."""

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.house_codes import CommandKind
from merchant_desk.stations.journal import lines_of
from merchant_desk.stations.outcomes import history_of
from merchant_desk.stations.scans import Ask
from tests.stations.conftest import RICE, Floor, Floors


@pytest.fixture
def receipt(floor: Floors) -> Floor:
    here = floor("inbound")
    here.step("PO-1")
    return here


@pytest.mark.parametrize("card", ["MD:QTY:0", "MD:QTY:999999999", "MD:UNDO"])
def test_a_card_that_is_refused_stops_the_line(receipt: Floor, card: str) -> None:
    assert receipt.scan(card).ask is Ask.ACKNOWLEDGE
    assert receipt.scan(RICE).code == "held_back"
    receipt.scan("MD:OK")
    assert receipt.scan("MD:OK").done == MICRO


def test_nothing_to_undo_stops_where_nothing_is_open_too(floor: Floors) -> None:
    here = floor("inbound")
    assert here.scan("MD:UNDO").ask is Ask.ACKNOWLEDGE
    assert here.step("PO-1").head is None


def test_what_is_refused_of_a_form_stops_what_was_scanned_meanwhile(receipt: Floor) -> None:
    last = receipt.scan(RICE)
    receipt.do(lambda session: session.pause(CommandKind.QUANTITY))
    receipt.scan(RICE)
    step = receipt.do(lambda session: session.correct_last(2 * MICRO, of=last.n + 5))
    assert [(one.code, one.ask) for one in step.results] == [("another_scan_last", Ask.ACKNOWLEDGE)]
    assert len(step.situation.held) == 1


@pytest.mark.parametrize("wrong", ["L:NOWHERE", "PO-1"])
def test_a_quantity_outlives_a_refusal_that_is_about_no_goods(receipt: Floor, wrong: str) -> None:
    receipt.scan("MD:QTY:2", wrong)
    step = receipt.step("MD:OK")
    assert step.situation.quantity == 2 * MICRO
    assert receipt.scan(RICE).quantity == 2 * MICRO


def test_a_quantity_goes_with_the_goods_that_it_was_meant_for(receipt: Floor) -> None:
    asked = receipt.scan("MD:QTY:10000", RICE)
    step = receipt.do(lambda session: session.acknowledge(accept=False, of=asked.n))
    assert step.situation.quantity is None


def test_what_was_discarded_reads_so_at_once(receipt: Floor) -> None:
    receipt.scan("PO-1", RICE, "MD:UNDO")
    step = receipt.step("MD:UNDO")
    assert [one.code for one in step.results] == ["command_undo", "discarded", "held_discarded"]
    head = step.head
    assert head is not None
    lines = receipt.desk.ask(lambda connection: lines_of(connection, "inbound", head.document_id))
    (gone,) = (line for line in history_of(lines) if line.code == "discarded")
    assert step.results[1].n == gone.n


@pytest.mark.parametrize("kind", [CommandKind.FINISH, CommandKind.QUANTITY])
def test_a_card_that_bounced_asks_once(receipt: Floor, kind: CommandKind) -> None:
    receipt.scan(f"MD:{kind}")
    receipt.do(lambda session: session.pause(kind))
    step = receipt.step(f"MD:{kind}")
    assert ([one.code for one in step.results], step.situation.held) == (["command_repeated"], ())
    receipt.scan(RICE, f"MD:{kind}")
    step = receipt.do(lambda session: session.resume())
    assert [one.code for one in step.results] == ["accepted", f"command_{kind.name.casefold()}"]


def test_a_form_stays_open_over_a_fault_that_was_seen(
    receipt: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt.do(lambda session: session.pause(CommandKind.FINISH))

    def full(*args: object, **options: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(receipt.session._gate.journal, "record", full)
        with pytest.raises(OSError, match="No space"):
            receipt.step(RICE)
    receipt.step(RICE)
    receipt.do(lambda session: session.recover())
    step = receipt.step("MD:OK")
    assert [one.code for one in step.results] == ["command_ok"], "the card is the form's"
    step = receipt.do(lambda session: session.resume())
    assert (len(step.situation.held), step.results) == (1, ()), "what waits is listed after the form"
    assert receipt.do(lambda session: session.apply_held()).results[-1].done == MICRO
    assert receipt.scan(RICE).done == 2 * MICRO


def test_a_quantity_that_could_not_be_kept_leaves_no_form_behind(
    receipt: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt.do(lambda session: session.pause(CommandKind.QUANTITY))

    def full(*args: object, **options: object) -> int:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(receipt.session._gate.journal, "record", full)
        with pytest.raises(OSError, match="No space"):
            receipt.do(lambda session: session.set_quantity(2 * MICRO))
    assert not receipt.do(lambda session: session.recover()).situation.stopped
    assert receipt.scan(RICE).done == MICRO
