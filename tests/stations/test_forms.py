"""What a form was opened for is what it is about: what came in between is left alone."""

from typing import Any

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.models.queries.documents import documents
from merchant_desk.stations.journal import Journal
from merchant_desk.stations.scans import Ask, Scan
from tests.helpers.shop import Shop
from tests.stations.conftest import LOTTED, RICE, Floor, Floors


@pytest.fixture
def receipt(floor: Floors) -> Floor:
    """An open receipt that has one bottle."""
    here = floor("inbound")
    here.scan("PO-1", LOTTED)
    return here


def done(here: Floor) -> int:
    """Return how many scans moved goods."""
    sql = "SELECT count(*) FROM scan_journal WHERE json_extract(nullif(outcome, ''), '$.quantity') > 0"
    return here.desk.ask(lambda connection: int(connection.exec_driver_sql(sql).scalar() or 0))


def test_an_end_that_was_meant_for_another_document_ends_nothing(floor: Floors, shop: Shop) -> None:
    shop.stock(shop.rice, 9)
    for number in ("SO-1", "SO-2"):
        shop.order(number, (shop.rice, 1))
    here = floor("outbound")
    here.scan("SO-1")
    first = here.session.head
    assert first is not None
    here.scan(RICE, "SO-2")
    step = here.do(lambda session: session.finish(of=first.document_id))
    assert [result.code for result in step.results] == ["another_document"]
    assert step.finished is None
    states = here.desk.ask(
        lambda connection: [one.status for one in documents(connection, "shipments", most=5)]
    )
    assert sorted(states) == ["open", "shipped"]
    second = step.head
    assert second is not None
    here.scan(RICE)
    assert here.do(lambda session: session.finish(of=second.document_id)).finished == second


def test_a_quantity_that_was_meant_for_another_scan_changes_nothing(receipt: Floor) -> None:
    first = receipt.scan(LOTTED)
    receipt.scan(RICE)
    told = receipt.do(lambda session: session.correct_last(5 * MICRO, of=first.n)).results
    assert [(result.code, result.ask) for result in told] == [("another_scan_last", Ask.ACKNOWLEDGE)]
    receipt.scan("MD:OK")
    third = receipt.scan(RICE)
    assert third.done == 2 * MICRO
    told = receipt.do(lambda session: session.correct_last(5 * MICRO, of=third.n)).results
    assert (told[0].quantity, told[0].done) == (5 * MICRO, 6 * MICRO)


def test_only_what_was_paused_goes_on_when_a_form_closes(receipt: Floor, shop: Shop) -> None:
    first = receipt.session.head
    receipt.scan("PO-1")
    receipt.scan(RICE, RICE)
    receipt.do(lambda session: session.leave())
    receipt.do(lambda session: session.open_blind())
    receipt.do(lambda session: session.pause())
    receipt.do(lambda session: session.open("purchase_orders", shop.purchase))
    step = receipt.do(lambda session: session.resume())
    assert step.head == first
    assert (len(step.situation.held), step.results) == (2, ()), "they are for a person to decide on"


def test_a_form_over_scans_that_wait_applies_none_of_them(receipt: Floor) -> None:
    receipt.scan("PO-1", RICE)
    receipt.do(lambda session: session.acknowledge(accept=True, of=_asked(receipt)))
    receipt.do(lambda session: session.pause())
    receipt.scan(RICE)
    assert len(receipt.do(lambda session: session.resume()).situation.held) == 2
    told = receipt.do(lambda session: session.set_quantity(3 * MICRO))
    assert ([one.code for one in told.results], len(told.situation.held)) == (["next_quantity"], 2)


def test_a_scan_that_could_not_be_kept_leaves_a_fault(
    receipt: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = done(receipt)
    real = Journal.record

    def full(*args: Any, **options: Any) -> int:
        monkeypatch.setattr(Journal, "record", real)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Journal, "record", full)
    with pytest.raises(OSError, match="No space"):
        hold(receipt, RICE)
    step = receipt.step(LOTTED)
    assert (step.results[0].code, step.situation.failed) == ("held_back", True)
    step = hold(receipt, LOTTED)
    assert (len(step.situation.held), step.situation.failed) == (2, True), "nobody has seen it yet"
    assert not receipt.do(lambda session: session.recover()).situation.failed
    assert len(receipt.do(lambda session: session.apply_held()).results) == 2
    assert done(receipt) == before + 2


def test_a_scan_that_is_kept_waits_for_a_decision_even_behind_a_form(receipt: Floor) -> None:
    receipt.do(lambda session: session.pause())
    assert [one.text for one in hold(receipt, RICE).situation.held] == [RICE]
    step = receipt.do(lambda session: session.resume())
    assert (len(step.situation.held), step.results) == (1, ())


@pytest.mark.parametrize("card", ["OK", "UNDO"])
def test_a_card_that_is_meant_for_a_form_decides_on_nothing_that_was_kept(receipt: Floor, card: str) -> None:
    before = done(receipt)
    receipt.do(lambda session: session.pause())
    receipt.step(RICE)
    hold(receipt, LOTTED)
    step = receipt.step(f"MD:{card}")
    assert [result.code for result in step.results] == [f"command_{card.casefold()}"]
    step = receipt.do(lambda session: session.resume())
    assert [one.text for one in step.situation.held] == [RICE, LOTTED], "nobody has seen the list yet"
    assert done(receipt) == before
    receipt.do(lambda session: session.apply_held())
    assert done(receipt) == before + 2


def hold(here: Floor, text: str) -> Any:
    """Scan while users are being switched."""
    at = here.desk.runtime.clock()
    return here.do(lambda session: session.hold(Scan(text.encode(), text, None, "wedge", at)))


def _asked(here: Floor) -> int:
    question = here.do(lambda session: session.pause()).situation.question
    assert question is not None
    return question.result.n
