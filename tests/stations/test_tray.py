"""Floor 9: an unknown code waits with its context: document, place, neighbours, time; at every desk."""

from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.models.queries.work import UnknownCodeView, unknown_code_count, unknown_codes
from tests.helpers.shop import Shop
from tests.stations.conftest import LOTTED, RICE, Floors


def tray(desk: Desk) -> list[UnknownCodeView]:
    return desk.ask(unknown_codes)


def test_a_code_in_the_tray_has_its_document_its_place_and_both_neighbours(shop: Shop, floor: Floors) -> None:
    here, office = floor("inbound"), shop.desk("manager")
    here.step("PO-1")
    here.scan(RICE, "HUH-1")
    (first,) = tray(here.desk)
    assert (first.previous_code, first.next_name) == (RICE, "")
    here.scan(LOTTED, "HUH-2", RICE)
    head = here.session.head
    assert head is not None
    here.desk.sync()
    office.sync()
    for desk in (here.desk, office):
        first, second = tray(desk)
        assert {first.document, second.document} == {head.number}
        assert {first.location, second.location} == {"CG-IN"}
        assert (first.next_name, first.next_name_en) == ("青石啤酒 500ml", "Qingshi beer 500 ml")
        assert (second.previous_code, second.next_name) == (LOTTED, "白水大米 10kg")
        assert (first.previous_name, first.previous_name_en) == ("白水大米 10kg", "Baishui rice 10 kg")
        assert second.previous_name == "青石啤酒 500ml"
        assert desk.ask(unknown_code_count) == 2


def test_the_quantity_that_was_given_for_a_code_waits_with_it(shop: Shop, floor: Floors) -> None:
    here, office = floor("inbound"), shop.desk("manager")
    here.step("PO-1")
    here.scan("MD:QTY:5", "HUH-1", "HUH-2")
    here.desk.sync()
    office.sync()
    for desk in (here.desk, office):
        assert [(one.code, one.quantity) for one in tray(desk)] == [("HUH-1", 5 * MICRO), ("HUH-2", None)]


def test_a_count_tells_its_neighbours_too(shop: Shop, floor: Floors) -> None:
    here = floor("stocktake")
    here.step("L:A-01")
    here.scan("HUH-3", RICE)
    (one,) = tray(here.desk)
    assert (one.location, one.previous_code, one.next_name) == ("A-01", "", "白水大米 10kg")
