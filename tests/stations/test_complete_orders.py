"""An order is complete while it has all it asks for: another desk may take goods back, or bring the rest."""

import pytest

from merchant_desk.models.queries.documents import documents
from merchant_desk.stations.scans import Ask
from tests.helpers.shop import Shop
from tests.stations.conftest import RICE, Floor, Floors

Two = tuple[Floor, Floor]


def exchange(*floors: Floor) -> None:
    """Let every desk know what all of them did."""
    for here in (*floors, *floors):
        here.desk.sync()


@pytest.fixture
def two(shop: Shop, floor: Floors) -> Two:
    """Two desks at an order of two bags of rice; the second has packed one."""
    shop.stock(shop.rice, 50)
    shop.order("SO-1", (shop.rice, 2))
    shop.order("SO-2", (shop.rice, 2))
    first, second = floor("outbound"), floor("outbound", shop.desk("manager"))
    exchange(first, second)
    first.step("SO-1")
    second.step("SO-1")
    second.scan(RICE)
    exchange(first, second)
    return first, second


def states(here: Floor) -> dict[str, str]:
    found = here.desk.ask(lambda connection: documents(connection, "shipments", most=9))
    return {one.number: one.status for one in found}


def taken_back(two: Two) -> Floor:
    """Complete the order here, and let the other desk take its bag back."""
    here, other = two
    assert here.step(RICE).situation.complete
    other.do(lambda session: session.undo())
    exchange(here, other)
    return here


def test_the_short_way_to_the_end_asks_once_more_whether_all_is_there(two: Two) -> None:
    here = taken_back(two)
    head = here.session.head
    assert head is not None
    step = here.do(lambda session: session.finish_complete(head.document_id))
    assert (step.results[0].code, step.finished, step.situation.complete) == (
        "no_longer_complete", None, False,
    )  # fmt: skip
    assert states(here)[head.number] == "open"
    assert here.step(RICE).situation.complete
    assert here.do(lambda session: session.finish_complete(head.document_id)).finished == head


def test_the_short_way_ends_no_other_document(two: Two) -> None:
    here, _ = two
    first = here.session.head
    assert first is not None
    here.step(RICE)
    here.step("SO-2")
    step = here.do(lambda session: session.finish_complete(first.document_id))
    assert (step.results[0].code, step.finished) == ("another_document", None)


def test_the_next_order_does_not_end_one_that_lost_goods(two: Two) -> None:
    here = taken_back(two)
    head = here.session.head
    step = here.step("SO-2")
    assert (step.results[0].code, step.results[0].ask) == ("no_longer_complete", Ask.ACKNOWLEDGE)
    assert (step.head, step.finished, step.situation.complete) == (head, None, False)


def test_the_other_desk_may_bring_the_rest(two: Two) -> None:
    here, other = two
    other.scan(RICE)
    exchange(other, here)
    assert here.do(lambda session: session.look()).situation.complete
    step = here.step("SO-2")
    assert [result.code for result in step.results] == ["next_document"]
    assert (step.head and step.head.about, step.finished and step.finished.about) == ("SO-2", "SO-1")


def test_the_next_order_is_opened_where_another_desk_completed_this_one(two: Two) -> None:
    """Even before anybody here has looked."""
    here, other = two
    other.scan(RICE)
    exchange(other, here)
    assert here.step("SO-2").results[0].code == "next_document"
