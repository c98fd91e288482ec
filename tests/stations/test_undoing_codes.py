"""Floor 13: an undo takes back the last thing that was scanned, which may be a code that nobody knows."""

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.tasks import DismissUnknownCode
from merchant_desk.models.queries.work import unknown_code_count, unknown_codes
from merchant_desk.stations.journal import lines_of
from merchant_desk.stations.outcomes import history_of
from merchant_desk.stations.scans import Ask, Tone
from tests.helpers.shop import Shop
from tests.stations.conftest import RICE, Floor, Floors, restarted


@pytest.fixture
def receipt(floor: Floors) -> Floor:
    here = floor("inbound")
    here.step("PO-1")
    here.scan(RICE, "HUH-1")
    return here


def in_tray(here: Floor) -> int:
    return here.desk.ask(unknown_code_count)


def history(here: Floor) -> list[tuple[str, bool]]:
    head = here.session.head
    assert head is not None
    document_id = head.document_id
    lines = here.desk.ask(lambda connection: lines_of(connection, "inbound", document_id))
    return [(line.code, line.undone) for line in history_of(lines)]


def test_an_undo_after_an_unknown_code_leaves_the_goods_before_it(receipt: Floor) -> None:
    undone = receipt.scan("MD:UNDO")
    assert (undone.code, undone.tone, undone.text) == ("undone", Tone.ACCEPTED, "HUH-1")
    assert in_tray(receipt) == 0
    assert history(receipt)[:3] == [("undone", False), ("unknown_code", True), ("accepted", False)]
    assert receipt.scan(RICE).done == 2 * MICRO


def test_the_next_undo_takes_the_goods(receipt: Floor) -> None:
    receipt.scan("MD:UNDO")
    again = receipt.scan("MD:UNDO")
    assert (again.code, again.done, again.quantity) == ("undone", 0, -MICRO)
    assert receipt.scan("MD:UNDO").ask is Ask.ACKNOWLEDGE


def test_what_a_colleague_settled_stays_and_the_goods_are_next(receipt: Floor) -> None:
    (entry,) = receipt.desk.ask(unknown_codes)
    receipt.desk.do(DismissUnknownCode(entry.id, receipt.desk.identity.outlet_id))
    assert receipt.scan("MD:UNDO").quantity == -MICRO


def test_a_code_with_goods_after_it_is_not_the_last(receipt: Floor) -> None:
    assert receipt.scan(RICE, "MD:UNDO").quantity == -MICRO
    assert in_tray(receipt) == 1


def test_it_holds_after_a_restart(shop: Shop, receipt: Floor, floor: Floors) -> None:
    again = floor("inbound", restarted(shop, receipt.desk))
    again.do(lambda session: session.resume_last())
    assert again.scan("MD:UNDO").text == "HUH-1"
    assert in_tray(again) == 0


def test_every_desk_sees_that_it_is_gone(shop: Shop, receipt: Floor) -> None:
    office = shop.desk("manager")
    receipt.desk.sync()
    office.sync()
    assert office.ask(unknown_code_count) == 1
    receipt.scan("MD:UNDO")
    receipt.desk.sync()
    office.sync()
    assert office.ask(unknown_code_count) == 0
