"""A station without a document: the scan that opens one, and what is expected instead."""

import pytest

from merchant_desk.stations.scans import Ask, Tone
from tests.helpers.shop import Shop
from tests.stations.conftest import LOTTED, RICE, Floors, restarted


def test_the_number_of_a_delivery_opens_a_receipt_for_it(floor: Floors) -> None:
    here = floor("inbound")
    step = here.step("po-1")
    assert step.results[0].code == "open_document"
    assert step.head is not None
    assert (step.head.kind, step.head.about, step.head.party) == ("receipts", "PO-1", "鲁北粮油批发")
    assert here.scan(RICE).expected == 10_000_000


def test_a_receipt_that_this_desk_has_open_is_opened_again_instead_of_a_second_one(floor: Floors) -> None:
    here = floor("inbound")
    first = here.step("PO-1").head
    here.scan(RICE)
    here.do(lambda session: session.leave())
    again = here.step("PO-1").head
    assert first is not None
    assert again is not None
    assert again.document_id == first.document_id
    assert here.scan(RICE).done == 2_000_000


@pytest.mark.parametrize(
    ("station", "code", "found"),
    [
        ("inbound", RICE, "product"),
        ("inbound", "L:A-01", "location"),
        ("inbound", "no such thing", "unknown"),
        ("outbound", "PO-1", "document"),
        ("stocktake", RICE, "product"),
    ],
)
def test_what_opens_nothing_is_refused_with_what_was_expected(
    floor: Floors, station: str, code: str, found: str
) -> None:
    here = floor(station)
    step = here.step(code)
    result = step.results[0]
    assert (result.code, result.tone, result.ask) == (f"expected_at_{station}", Tone.REFUSED, Ask.ACKNOWLEDGE)
    assert result.facts["found"] == found
    assert step.situation.stopped
    assert here.scan("PO-1").code == "held_back"


def test_scans_that_came_too_early_follow_into_the_document(floor: Floors) -> None:
    here = floor("inbound")
    refused = here.step(RICE).results[0]
    here.step("PO-1")
    here.step(RICE)
    here.step(RICE)
    seen = here.do(lambda session: session.acknowledge(accept=False, of=refused.n))
    assert [scan.text for scan in seen.situation.held] == ["PO-1", RICE, RICE]
    applied = here.do(lambda session: session.apply_held())
    assert [result.code for result in applied.results] == ["open_document", "accepted", "accepted"]
    assert applied.results[-1].done == 2_000_000
    assert not applied.situation.stopped


def test_a_closed_document_says_so(floor: Floors) -> None:
    here = floor("inbound")
    number = here.step("PO-1").head
    assert number is not None
    here.do(lambda session: session.finish())
    result = here.scan(number.number)
    assert (result.code, result.facts["status"]) == ("document_not_open", "closed")


def test_a_location_begins_a_blind_count(floor: Floors, shop: Shop) -> None:
    shop.stock(shop.rice, 20)
    here = floor("stocktake")
    head = here.step("L:A-01").head
    assert head is not None
    assert (head.kind, head.about, head.blind) == ("counts", "A-01", True)
    assert here.scan(RICE).expected is None


def test_the_next_order_ends_the_complete_one(floor: Floors, shop: Shop) -> None:
    shop.stock(shop.rice, 20)
    shop.order("WX-1", (shop.rice, 1))
    shop.order("WX-2", (shop.rice, 2))
    here = floor("outbound")
    here.step("WX-1")
    assert here.scan("WX-2").code == "expected_product"
    here.scan("MD:OK")
    step = here.step(RICE)
    assert step.situation.complete
    after = here.step("WX-2")
    assert after.finished is not None
    assert after.finished.about == "WX-1"
    assert after.head is not None
    assert after.head.about == "WX-2"
    assert here.scan(RICE).expected == 2_000_000


def test_a_restart_goes_on_where_the_last_scan_was(floor: Floors, shop: Shop) -> None:
    here = floor("inbound")
    here.step("PO-1")
    here.scan(LOTTED, RICE)
    here = floor("inbound", restarted(shop, here.desk))
    step = here.do(lambda session: session.resume_last())
    assert step.head is not None
    assert step.head.about == "PO-1"
    assert here.scan(RICE).done == 2_000_000
    here.do(lambda session: session.finish())
    assert here.do(lambda session: session.resume_last()).head is None
