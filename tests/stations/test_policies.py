"""Do stations obey what managers set: at once, after a sync, and with a document open?"""

from datetime import date, timedelta

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.products import AddProduct, Barcode, NewSku
from merchant_desk.domain.settings import SetSetting
from merchant_desk.stations.lookup import LookUp
from merchant_desk.stations.scans import Ask, Scan, Tone
from tests.helpers.shop import Shop
from tests.stations.conftest import BOTTLE, LOTTED, RICE, Floors

WEIGHED = "2112345012506"
"""Item 12345 with 1.250 kg as most scales write it."""


def policy(shop: Shop, check: str, value: str) -> SetSetting:
    """Return the decision of the outlet about a check of its inbound stations."""
    return SetSetting(f"check.inbound.{check}", "outlet", shop.world.outlet, f'"{value}"')


def test_a_station_obeys_a_decision_from_another_desk_with_its_document_open(
    shop: Shop, floor: Floors
) -> None:
    office, here = shop.desk("manager"), floor("inbound")
    here.step("PO-1")
    for _ in range(10):
        assert here.scan(RICE).tone is Tone.ACCEPTED
    over = here.scan(RICE)
    assert (over.ask, over.done) == (Ask.NOTHING, 11_000_000), "the default: accepted and flagged"
    office.do(policy(shop, "more_than_expected", "refuse"))
    office.sync()
    assert here.scan(RICE).ask is Ask.NOTHING, "what this desk has not heard it cannot obey"
    here.desk.sync()
    refused = here.scan(RICE)
    assert (refused.tone, refused.ask, refused.code) == (Tone.REFUSED, Ask.ACKNOWLEDGE, "more_than_expected")
    here.do(lambda session: session.acknowledge(accept=True, of=refused.n))
    office.do(policy(shop, "more_than_expected", "ask"))
    office.sync()
    here.desk.sync()
    asked = here.scan(RICE)
    assert asked.ask is Ask.CONFIRM
    done = here.do(lambda session: session.acknowledge(accept=True, of=asked.n))
    assert done.results[-1].done == 13_000_000


def test_what_the_merchant_decides_holds_where_the_outlet_decided_nothing(shop: Shop, floor: Floors) -> None:
    office, here = shop.desk("manager"), floor("inbound")
    here.step("PO-1")
    for _ in range(10):
        here.scan(RICE)
    office.do(SetSetting("check.inbound.more_than_expected", "merchant", None, '"refuse"'))
    office.sync()
    here.desk.sync()
    refused = here.scan(RICE)
    assert (refused.tone, refused.code) == (Tone.REFUSED, "more_than_expected")
    here.do(lambda session: session.acknowledge(accept=True, of=refused.n))
    office.do(policy(shop, "more_than_expected", "accept"))
    office.sync()
    here.desk.sync()
    assert here.scan(RICE).ask is Ask.NOTHING


def test_limits_are_those_that_managers_set(shop: Shop, floor: Floors) -> None:
    office, here = shop.desk("manager"), floor("inbound")
    office.do(policy(shop, "more_than_expected", "refuse"))
    office.do(SetSetting("goods.over_percent", "merchant", None, "20"))
    office.do(SetSetting("goods.absurd_quantity", "outlet", shop.world.outlet, "11"))
    office.sync()
    here.desk.sync()
    here.step("PO-1")
    here.scan("MD:QTY:11")
    assert here.scan(RICE).tone is Tone.ACCEPTED, "ten were ordered, twelve may come"
    here.scan(RICE)
    refused = here.scan(RICE)
    assert (refused.code, refused.ask) == ("more_than_expected", Ask.ACKNOWLEDGE)
    here.do(lambda session: session.acknowledge(accept=True, of=refused.n))
    here.scan("MD:QTY:12")
    asked = here.scan(LOTTED)
    assert (asked.code, asked.ask) == ("absurd_quantity", Ask.CONFIRM)


def test_goods_are_short_dated_by_what_managers_set_unless_the_product_says_so(
    shop: Shop, floor: Floors
) -> None:
    office, here = shop.desk("manager"), floor("inbound")
    code = (Barcode("9520000000035", "09520000000035", MICRO, "袋"),)
    silent = NewSku(
        shop.world.chance.new_id(), "NUTS", "坚果", "Nuts", "", "袋", MICRO, True, True, 0, 0, code,
    )  # fmt: skip
    office.do(AddProduct(silent))
    office.do(policy(shop, "not_on_document", "accept"))
    office.sync()
    here.desk.sync()
    here.step("PO-1")
    soon = date.fromisoformat(str(here.desk.calendar())) + timedelta(days=30)
    scan = f"(01)09520000000035(17){soon:%y%m%d}(10)N1"
    assert here.scan(scan).ask is Ask.NOTHING, "nobody asked for any days to be left"
    office.do(SetSetting("goods.days_left", "merchant", None, "31"))
    office.sync()
    here.desk.sync()
    asked = here.scan(scan)
    assert (asked.code, asked.ask, asked.facts["least"]) == ("short_dated", Ask.CONFIRM, 31)


def test_a_scan_asks_the_database_nothing_about_policies(shop: Shop, floor: Floors) -> None:
    here = floor("inbound")
    here.step("PO-1")
    here.scan(RICE)
    asked: list[str] = []
    profile = here.desk.runtime.profile
    for engine in (profile.reader, profile.writer):
        with engine.connect() as connection:
            raw = connection.connection.driver_connection
        assert raw is not None
        raw.set_trace_callback(asked.append)
    here.scan(RICE)
    assert any("barcodes" in sql for sql in asked), "the trace sees what a scan asks"
    assert not any("settings" in sql for sql in asked)


def test_scales_are_read_as_the_outlet_set_them(shop: Shop, floor: Floors) -> None:
    here, office = floor("inbound"), shop.desk("manager")
    apple = NewSku(
        shop.world.chance.new_id(), "APPLE", "苹果", "Apples", "水果", "kg", 12_000_000,
        False, False, 0, 0, (Barcode("2112345", None, 1_000_000, "kg"),),
    )  # fmt: skip
    office.do(AddProduct(apple))
    office.sync()
    here.desk.sync()
    look_up = LookUp(here.desk.runtime, lambda: here.desk.person.id, here.desk.calendar)

    def weight() -> list[int]:
        scan = Scan(WEIGHED.encode(), WEIGHED, None, "wedge", 0)
        found = here.desk.runtime.writer.run(lambda: look_up.take(scan))
        return [product.quantity for product in found.meaning.products]

    assert weight() == [1_250_000]
    office.do(SetSetting("scale.21", "outlet", shop.world.outlet, '"21IIIIIWWW.WWK"'))
    office.sync()
    here.desk.sync()
    assert weight() == [12_500_000]
    office.do(SetSetting("scale.21", "outlet", shop.world.outlet, '""'))
    office.sync()
    here.desk.sync()
    assert weight() == []


def test_a_yes_to_one_question_answers_no_other(shop: Shop, floor: Floors) -> None:
    """By the policies that stand where no manager decided: not ordered, and expired years ago."""
    codes = (Barcode("9520000000035", "09520000000035", MICRO, "盒"),)
    yoghurt = NewSku(
        shop.world.chance.new_id(), "YOG", "酸奶", "Yoghurt", "", "盒", MICRO, True, True, 30, 5, codes,
    )  # fmt: skip
    shop.world.server.house.do(shop.world.merchant_id, AddProduct(yoghurt))
    here = floor("inbound")
    here.step("PO-1")
    first = here.scan("(01)09520000000035(17)200101(10)X1")
    assert (first.code, first.ask) == ("not_on_document", Ask.CONFIRM)
    second = here.do(lambda session: session.acknowledge(accept=True, of=first.n)).results[0]
    assert (second.n, second.code, second.ask) == (first.n, "expired", Ask.CONFIRM)
    step = here.do(lambda session: session.acknowledge(accept=True, of=first.n))
    done = step.results[0]
    assert (done.done, step.situation.stopped) == (MICRO, False)
    assert {done.code, *(found["code"] for found in done.facts["also"])} == {"not_on_document", "expired"}


def test_a_no_to_the_second_question_leaves_the_scan(shop: Shop, floor: Floors) -> None:
    here = floor("inbound")
    here.step("PO-1")
    here.scan("MD:QTY:10000")
    first = here.scan("(01)09520000000011(17)200101(10)OLD")
    assert first.code == "expired"
    here.do(lambda session: session.acknowledge(accept=True, of=first.n))
    no = here.do(lambda session: session.acknowledge(accept=False, of=first.n))
    assert (no.results[0].code, no.results[0].facts["of"]) == ("declined", "absurd_quantity")
    assert here.scan(LOTTED).done == MICRO


def test_what_the_manager_refuses_is_refused_whatever_else_there_is_to_ask(shop: Shop, floor: Floors) -> None:
    office, here = shop.desk("manager"), floor("inbound")
    office.do(policy(shop, "more_than_expected", "refuse"))
    office.do(policy(shop, "short_dated", "ask"))
    office.sync()
    here.desk.sync()
    here.step("PO-1")
    here.scan("MD:QTY:61")
    refused = here.scan("(01)09520000000011(17)251122(10)OLD")
    assert (refused.code, refused.ask) == ("more_than_expected", Ask.ACKNOWLEDGE)
    here.do(lambda session: session.acknowledge(accept=True, of=refused.n))
    assert here.scan(LOTTED).done == MICRO


def test_a_lot_that_the_book_does_not_have_is_asked_about(floor: Floors, shop: Shop) -> None:
    shop.stock(shop.beer, 20)
    shop.order("WX-1", (shop.beer, 2))
    here = floor("outbound")
    here.step("WX-1")
    asked = here.scan(f"(01)0{BOTTLE}(10)STRANGE")
    assert (asked.code, asked.ask) == ("lot_not_here", Ask.CONFIRM)
    assert asked.facts == {"lot": "STRANGE", "location": "A-01"}
    here.scan("MD:UNDO")
    assert here.scan(BOTTLE).done == MICRO
    here.scan(f"(01)0{BOTTLE}(10)STRANGE")
    taken = here.scan("MD:OK")
    assert (taken.lot, taken.done) == ("STRANGE", 2 * MICRO)
