"""Floor 7 to 10, 12, 13: what a product scan does, asks and refuses, and how it is taken back."""

from functools import partial

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.products import AddProduct, Barcode, NewSku
from merchant_desk.domain.units import check_whole
from merchant_desk.models.queries.work import unknown_codes
from merchant_desk.stations.journal import lines_of, pack_counts
from merchant_desk.stations.outcomes import history_of
from merchant_desk.stations.scans import Ask, Tone
from merchant_desk.stations.session import StationSession
from merchant_desk.stations.sheet_lines import sheet_lines
from tests.helpers.shop import Shop
from tests.stations.conftest import BOTTLE, CARTON, CARTON_OF_A_LOT, LOTTED, RICE, Floor, Floors, restarted


@pytest.fixture
def receipt(floor: Floors) -> Floor:
    here = floor("inbound")
    here.step("PO-1")
    return here


def lines(here: Floor) -> dict[str, tuple[int | None, int]]:
    head, desk = here.session.head, here.desk
    assert head is not None
    found = desk.ask(lambda connection: sheet_lines(connection, head, desk.calendar.limits()))
    return {line.sku: (line.expected and line.expected // MICRO, line.done // MICRO) for line in found}


def each_line(here: Floor) -> list[tuple[str, int, int]]:
    head, desk = here.session.head, here.desk
    assert head is not None
    found = desk.ask(lambda connection: sheet_lines(connection, head, desk.calendar.limits()))
    return [(line.sku, (line.expected or 0) // MICRO, line.done // MICRO) for line in found]


def test_a_carton_and_a_bottle_are_kept_in_bottles(receipt: Floor) -> None:
    receipt.scan(LOTTED)
    assert receipt.scan(CARTON_OF_A_LOT).done == 13 * MICRO
    head = receipt.session.head
    assert head is not None
    packs = receipt.desk.ask(lambda connection: pack_counts(connection, "inbound", head.document_id))
    assert [(p.pack // MICRO, p.unit, p.quantity // MICRO) for p in packs] == [(12, "箱", 12), (1, "瓶", 1)]
    assert lines(receipt) == {"BEER-500": (60, 13), "RICE-10": (10, 0)}


@pytest.mark.parametrize("quantity", ["0.5", "1.000001", "20000.5"], ids=["half", "hair", "asked about"])
def test_half_a_bag_is_refused_and_stops(receipt: Floor, quantity: str) -> None:
    receipt.scan(f"MD:QTY:{quantity}")
    step = receipt.step(RICE)
    assert step.results[-1].code == "quantity_not_whole"
    assert step.situation.question is not None
    assert step.situation.question.ask is Ask.ACKNOWLEDGE
    assert lines(receipt)["RICE-10"] == (10, 0)


def test_half_a_carton_is_six_bottles_and_half_a_kilogram_is_goods(receipt: Floor) -> None:
    receipt.scan(LOTTED)
    receipt.scan("MD:QTY:0.5")
    assert receipt.scan(CARTON_OF_A_LOT).done == 7 * MICRO
    check_whole(MICRO // 2, "公斤")
    check_whole(MICRO // 2, "Eimer")


def test_a_lot_is_asked_for_once_and_belongs_to_its_product(receipt: Floor) -> None:
    step = receipt.step(BOTTLE)
    question = step.situation.question
    assert question is not None
    assert (question.ask, question.missing) == (Ask.LOT, ("lot", "expiry"))
    half = receipt.do(lambda session: session.give_lot("L9", None, ""))
    assert half.situation.question is not None
    assert half.situation.question.missing == ("expiry",)
    done = receipt.do(lambda session: session.give_lot("", 20271231, ""))
    assert (done.results[0].lot, done.results[0].expiry, done.results[0].done) == ("L9", 20271231, MICRO)
    again = receipt.scan(CARTON)
    assert (again.lot, again.expiry, again.done) == ("L9", 20271231, 13 * MICRO)
    assert again.facts["lot_by"] == "before", "it was not read from the code, and is shown so"
    receipt.do(lambda session: session.forget_lots())
    assert receipt.scan(BOTTLE).code == "lot_needed"


@pytest.mark.parametrize(
    "between", ["another product", "refused", "another lot", "unknown", "undo", "restart"]
)
def test_a_lot_that_was_typed_is_asked_for_again(
    floor: Floors, receipt: Floor, shop: Shop, between: str
) -> None:
    receipt.scan(BOTTLE)
    receipt.do(lambda session: session.give_lot("L9", 20271231, ""))
    assert receipt.scan("L:A-02", BOTTLE).lot == "L9", "a place changes nothing"
    if between == "restart":
        receipt = floor("inbound", restarted(shop, receipt.desk))
        receipt.do(lambda session: session.resume_last())
    elif between == "refused":
        receipt.scan("MD:QTY:10000", RICE, "MD:UNDO")
    else:
        codes = {"another product": RICE, "another lot": LOTTED, "unknown": "mystery", "undo": "MD:UNDO"}
        assert receipt.scan(codes[between]).ask is Ask.NOTHING
    asked = receipt.scan(BOTTLE)
    assert (asked.code, asked.ask) == ("lot_needed", Ask.LOT)


def test_a_lot_belongs_to_its_own_scan(receipt: Floor) -> None:
    receipt.scan(LOTTED)
    assert receipt.scan(BOTTLE).code == "lot_needed"


def test_a_correction_keeps_that_a_lot_was_proposed(receipt: Floor) -> None:
    receipt.scan(BOTTLE)
    receipt.do(lambda session: session.give_lot("L9", 20271231, ""))
    receipt.scan(BOTTLE)
    corrected = receipt.do(lambda session: session.correct_last(3 * MICRO)).results[0]
    assert (corrected.lot, corrected.facts["lot_by"]) == ("L9", "before")
    assert receipt.scan(BOTTLE).lot == "L9"


def test_a_lot_that_first_expiry_names_is_shown_as_such(floor: Floors, shop: Shop) -> None:
    receipt = floor("inbound")
    receipt.scan("PO-1", LOTTED)
    receipt.do(lambda session: session.finish())
    receipt.desk.sync()
    shop.order("WX-1", (shop.beer, 1))
    receipt.desk.sync()
    here = floor("outbound", receipt.desk)
    picked = here.scan("WX-1", BOTTLE)
    assert (picked.lot, picked.facts["lot_by"]) == ("L2611A", "first_expiry")


def test_the_expiry_of_a_known_lot_is_not_asked_again(receipt: Floor) -> None:
    receipt.scan(LOTTED)
    receipt.do(lambda session: session.forget_lots())
    receipt.scan(BOTTLE)
    done = receipt.do(lambda session: session.give_lot("L2611A", None, ""))
    assert done.results[0].expiry == 20271231


def test_an_unknown_code_never_stops_the_line_and_remembers_its_neighbours(receipt: Floor) -> None:
    receipt.scan("L:A-02", RICE)
    step = receipt.step("4711 mystery")
    assert (step.results[0].code, step.results[0].tone) == ("unknown_code", Tone.ATTENTION)
    assert not step.situation.stopped
    (found,) = receipt.desk.ask(unknown_codes)
    assert (found.code, found.location, found.previous_code) == ("4711 mystery", "A-02", RICE)
    assert receipt.scan(RICE).done == 2 * MICRO


@pytest.mark.parametrize(
    ("code", "wanted", "found"),
    [
        ("PO-1", "expected_product", "document"),
        ("L:NOWHERE", "unknown_location", None),
        ("(00)195200000000000018", "expected_product", "parcel"),
        ("(10)L77", "expected_product", "lot"),
        ("RC-99-000001", "unknown_document", None),
        ("MD:DANCE", "unknown_card", None),
    ],
)
def test_a_code_of_the_wrong_class_says_what_it_is(
    receipt: Floor, code: str, wanted: str, found: str | None
) -> None:
    result = receipt.scan(code)
    assert (result.code, result.tone, result.facts.get("found")) == (wanted, Tone.REFUSED, found)


def test_two_products_of_one_code_are_shown_and_never_guessed(floor: Floors, shop: Shop) -> None:
    new_id = shop.world.chance.new_id
    twin = NewSku(
        new_id(), "TWIN", "双胞胎", "Twin", "", "个", MICRO, False, False, 0, 0,
        (Barcode(RICE, "09520000000028", MICRO, "个"),),
    )  # fmt: skip
    shop.world.server.house.do(shop.world.merchant_id, AddProduct(twin))
    here = floor("inbound")
    here.step("PO-1")
    step = here.step(RICE)
    question = step.situation.question
    assert question is not None
    assert question.ask is Ask.CHOOSE
    assert sorted(product.item.sku for product in question.choices) == ["RICE-10", "TWIN"]
    assert lines(here)["RICE-10"] == (10, 0)
    assert here.step("MD:OK").situation.question is not None, "an OK card cannot say which"
    at = [product.item.sku for product in question.choices].index("RICE-10")
    assert here.do(lambda session: session.choose(at)).results[0].done == MICRO


def test_checks_ask_or_refuse_by_policy(receipt: Floor) -> None:
    step = receipt.step("(01)09520000000011(17)251101(10)OLD")
    assert (step.results[0].code, step.results[0].ask) == ("expired", Ask.CONFIRM)
    no = receipt.do(lambda session: session.acknowledge(accept=False, of=step.results[0].n))
    assert (no.results[0].code, no.results[0].facts["of"]) == ("declined", "expired")
    receipt.scan("MD:QTY:61")
    more = receipt.step(LOTTED).results[0]
    assert (more.code, more.tone, more.ask) == ("more_than_expected", Tone.ATTENTION, Ask.NOTHING)
    assert more.done == 61 * MICRO
    receipt.scan("MD:QTY:10000")
    assert receipt.step(RICE).results[0].ask is Ask.CONFIRM
    receipt.scan("MD:OK")
    assert lines(receipt)["RICE-10"] == (10, 10_000)


def test_nothing_and_less_are_refused_as_quantities(receipt: Floor) -> None:
    assert receipt.scan("MD:QTY:0").code == "quantity_zero"
    receipt.scan("MD:OK")
    assert receipt.scan("MD:QTY:999999999").code == "quantity_absurd"
    receipt.scan("MD:OK")
    assert lines(receipt)["RICE-10"] == (10, 0)
    receipt.scan("MD:QTY:10000")
    asked = receipt.step(RICE)
    assert asked.results[0].code == "absurd_quantity"
    meant = receipt.do(lambda session: session.acknowledge(accept=True, of=asked.results[0].n))
    assert meant.results[0].quantity == 10_000 * MICRO


def test_quantity_before_the_scan_counts_once(receipt: Floor) -> None:
    receipt.do(lambda session: session.set_quantity(5 * MICRO))
    assert receipt.scan(RICE).done == 5 * MICRO
    assert receipt.scan(RICE).done == 6 * MICRO


def test_quantity_after_the_scan_corrects_it(receipt: Floor) -> None:
    receipt.scan(LOTTED, CARTON_OF_A_LOT)
    step = receipt.do(lambda session: session.correct_last(3 * MICRO))
    assert (step.results[0].code, step.results[0].done, step.results[0].lot) == (
        "accepted",
        37 * MICRO,
        "L2611A",
    )
    over = receipt.do(lambda session: session.correct_last(5 * MICRO))
    assert over.results[0].code == "more_than_expected"
    assert lines(receipt)["BEER-500"] == (60, 61)


def test_an_absurd_correction_is_asked_about_as_it_was_typed(receipt: Floor) -> None:
    receipt.scan(RICE)
    asked = receipt.do(lambda session: session.correct_last(900_000 * MICRO)).results[0]
    seen = []
    while asked.ask is Ask.CONFIRM:
        seen.append((asked.code, asked.facts.get("quantity")))
        yes = partial(StationSession.acknowledge, accept=True, of=asked.n)
        asked = receipt.do(yes).results[0]
    assert ("absurd_quantity", 900_000 * MICRO) in seen
    assert lines(receipt)["RICE-10"] == (10, 900_000)


def test_a_correction_that_is_refused_leaves_the_scan_as_it_was(floor: Floors, shop: Shop) -> None:
    shop.stock(shop.rice, 20)
    shop.order("WX-1", (shop.rice, 3))
    here = floor("outbound")
    here.step("WX-1")
    here.scan(RICE)
    step = here.do(lambda session: session.correct_last(4 * MICRO))
    assert (step.results[0].code, step.results[0].ask) == ("more_than_expected", Ask.ACKNOWLEDGE)
    assert lines(here)["RICE-10"] == (3, 1)
    here.scan("MD:OK")
    assert here.do(lambda session: session.correct_last(3 * MICRO)).situation.complete


def test_undo_is_an_event_of_its_own(receipt: Floor) -> None:
    receipt.scan(RICE, RICE)
    taken = receipt.do(lambda session: session.undo()).results[0]
    assert (taken.code, taken.quantity, taken.done) == ("undone", -MICRO, MICRO)
    head = receipt.session.head
    assert head is not None
    found = receipt.desk.ask(lambda connection: lines_of(connection, "inbound", head.document_id))
    shown = history_of(found)
    assert [(line.code, line.undone) for line in shown] == [
        ("undone", False),
        ("accepted", True),
        ("accepted", False),
    ]
    receipt.do(lambda session: session.undo())
    assert receipt.do(lambda session: session.undo()).results[0].code == "nothing_to_undo"


def test_minus_mode_takes_back_by_pack(receipt: Floor) -> None:
    receipt.scan(LOTTED, CARTON_OF_A_LOT, LOTTED)
    receipt.scan("MD:MINUS")
    assert receipt.scan(CARTON).done == 2 * MICRO
    assert receipt.scan(CARTON).code == "nothing_to_take_back"
    receipt.scan("MD:OK")
    step = receipt.do(lambda session: session.turn_minus())
    assert (step.results[0].code, step.situation.minus) == ("minus_off", False)


def test_outbound_refuses_what_is_packed_and_asks_about_another_shelf(floor: Floors, shop: Shop) -> None:
    shop.stock(shop.rice, 20, shelf=0)
    shop.order("WX-1", (shop.rice, 1))
    here = floor("outbound")
    here.step("WX-1")
    asked = here.scan("L:A-02", RICE)
    assert (asked.code, asked.facts["elsewhere"], asked.ask) == ("not_at_location", "A-01", Ask.CONFIRM)
    here.scan("MD:UNDO")
    assert here.scan("L:A-01", RICE).location == "A-01"
    refused = here.scan(RICE)
    assert (refused.code, refused.tone) == ("already_packed", Tone.REFUSED)


def test_one_scan_fills_two_lines_of_one_product(floor: Floors, shop: Shop) -> None:
    shop.stock(shop.rice, 50)
    shop.order("WX-1", (shop.rice, 2), (shop.rice, 3))
    here = floor("outbound")
    here.step("WX-1")
    here.scan("MD:QTY:4")
    step = here.step(RICE)
    assert (step.results[0].done, step.results[0].expected) == (4 * MICRO, 5 * MICRO)
    assert not step.situation.complete
    assert each_line(here) == [("RICE-10", 2, 2), ("RICE-10", 3, 2)]
    assert here.step(RICE).situation.complete
    assert each_line(here) == [("RICE-10", 2, 2), ("RICE-10", 3, 3)]
    assert here.scan(RICE).code == "already_packed"
    here.scan("MD:OK")
    assert here.do(lambda session: session.finish()).finished is not None
    here.desk.sync()
    assert here.desk.tasks() == [], "it was neither too much nor too little"


def test_serial_numbers_are_asked_for_and_never_twice(floor: Floors, shop: Shop) -> None:
    new_id = shop.world.chance.new_id
    kettle = NewSku(
        new_id(), "KETTLE", "电水壶", "Kettle", "", "台", MICRO, False, False, 0, 0,
        (Barcode("9520000000035", "09520000000035", MICRO, "台"),), None, True,
    )  # fmt: skip
    shop.world.server.house.do(shop.world.merchant_id, AddProduct(kettle))
    here = floor("inbound")
    here.do(lambda session: session.open_blind())
    step = here.step("9520000000035")
    assert step.situation.question is not None
    assert step.situation.question.missing == ("serial",)
    assert here.do(lambda session: session.give_lot("", None, "SN1")).results[0].code == "accepted"
    twice = here.step("(01)09520000000035(21)SN1").results[0]
    assert (twice.code, twice.facts["serial"]) == ("duplicate_serial", "SN1")


def test_a_blind_count_neither_tells_nor_asks_the_book(floor: Floors, shop: Shop) -> None:
    shop.stock(shop.rice, 20)
    shop.stock(shop.beer, 7)
    here = floor("stocktake")
    here.step("L:A-01")
    here.scan("MD:QTY:19")
    result = here.scan(RICE)
    assert (result.done, result.expected) == (19 * MICRO, None)
    assert lines(here) == {"RICE-10": (None, 19)}
    assert here.scan("L:A-02").code == "counting_elsewhere"


def test_uncounted_is_a_list_to_decide_on(floor: Floors, shop: Shop) -> None:
    shop.stock(shop.rice, 20)
    shop.stock(shop.beer, 7)
    desk = shop.desk()
    count = desk.count("A-01")
    count.scan("MD:QTY:20")
    count.scan(RICE)
    (left,) = count.uncounted()
    assert left.sku == "BEER-500"
    assert not any(name in left.__slots__ for name in ("on_hand", "quantity", "expected"))
    count.finish(gone=(left.stock_key_id,))
    on_hand = {row.sku: row.on_hand // MICRO for row in desk.stock()}
    assert on_hand == {"RICE-10": 20, "BEER-500": 0}
