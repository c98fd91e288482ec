"""Floor 4: what waits is applied as it was made: so much, by whom, at which shelf, instead of what."""

from typing import Any

import pytest
from sqlalchemy import Connection

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.settings import SetSetting
from merchant_desk.domain.shipping import PickGoods
from merchant_desk.domain.stock import UndoScan
from merchant_desk.models.queries.work import own_operations
from merchant_desk.stations.journal import DONE, Journal, lines_of, unfinished
from merchant_desk.stations.outcomes import history_of
from merchant_desk.stations.scans import Ask, Scan
from tests.helpers.shop import PASSWORD, Shop
from tests.stations.conftest import CARTON_OF_A_LOT, LOTTED, RICE, Floor, Floors, restarted

OLD = "(01)09520000000011(17)251122(10)OLD"
"""Beer that expires soon: a question."""


@pytest.fixture
def receipt(floor: Floors) -> Floor:
    here = floor("inbound")
    here.step("PO-1")
    return here


def again(floor: Floors, shop: Shop, here: Floor) -> Floor:
    """Let the power go, and open the document again."""
    found = floor(here.session.station, restarted(shop, here.desk))
    found.do(lambda session: session.resume_last())
    return found


def asks_about_more(shop: Shop, here: Floor) -> None:
    office = shop.desk("manager")
    office.do(SetSetting("check.inbound.more_than_expected", "outlet", shop.world.outlet, '"ask"'))
    office.sync()
    here.desk.sync()


def test_the_quantity_of_a_scan_in_question(floor: Floors, receipt: Floor, shop: Shop) -> None:
    receipt.scan("MD:QTY:6")
    assert receipt.scan(OLD).ask is Ask.CONFIRM
    assert receipt.scan(RICE).code == "held_back"
    here = again(floor, shop, receipt)
    asked = here.do(lambda session: session.apply_held()).results[-1]
    yes = here.do(lambda session: session.acknowledge(accept=True, of=asked.n)).results[-1]
    assert yes.quantity == 6 * MICRO
    assert here.do(lambda session: session.apply_held()).results[-1].quantity == MICRO


def test_the_quantity_of_a_question_that_was_answered_before_is_gone(
    floor: Floors, receipt: Floor, shop: Shop
) -> None:
    receipt.scan("MD:QTY:6")
    asked = receipt.scan(OLD)
    receipt.scan(RICE)
    receipt.do(lambda session: session.acknowledge(accept=True, of=asked.n))
    here = again(floor, shop, receipt)
    assert here.do(lambda session: session.apply_held()).results[-1].quantity == MICRO


def test_a_quantity_that_was_held_back_and_applied_before_the_question(
    floor: Floors, receipt: Floor, shop: Shop
) -> None:
    asked = receipt.scan("PO-1")
    receipt.scan("MD:QTY:6", OLD)
    receipt.do(lambda session: session.acknowledge(accept=False, of=asked.n))
    asked = receipt.do(lambda session: session.apply_held()).results[-1]
    assert asked.ask is Ask.CONFIRM
    here = again(floor, shop, receipt)
    asked = here.do(lambda session: session.apply_held()).results[-1]
    yes = here.do(lambda session: session.acknowledge(accept=True, of=asked.n)).results[-1]
    assert yes.quantity == 6 * MICRO


def test_discarding_what_waits_leaves_no_quantity_behind(floor: Floors, receipt: Floor, shop: Shop) -> None:
    receipt.scan("MD:QTY:6", OLD)
    here = again(floor, shop, receipt)
    here.do(lambda session: session.discard_held())
    assert here.scan(RICE).quantity == MICRO


def test_a_correction_in_question_stays_a_correction(floor: Floors, receipt: Floor, shop: Shop) -> None:
    asks_about_more(shop, receipt)
    receipt.scan(LOTTED)
    asked = receipt.do(lambda session: session.correct_last(70 * MICRO)).results[0]
    assert (asked.code, asked.ask) == ("more_than_expected", Ask.CONFIRM)
    here = again(floor, shop, receipt)
    asked = here.do(lambda session: session.apply_held()).results[0]
    assert (asked.code, asked.ask) == ("more_than_expected", Ask.CONFIRM)
    yes = here.do(lambda session: session.acknowledge(accept=True, of=asked.n)).results[0]
    assert (yes.quantity, yes.done) == (70 * MICRO, 70 * MICRO)


def test_a_correction_that_was_half_done_is_finished_once(
    floor: Floors, receipt: Floor, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt.scan(RICE)

    def die(*args: object) -> None:
        raise SystemExit("power")

    with monkeypatch.context() as patch:
        patch.setattr("merchant_desk.stations.judging.recorded", die)
        with pytest.raises(SystemExit):
            receipt.do(lambda session: session.correct_last(3 * MICRO))
    here = again(floor, shop, receipt)
    applied = here.do(lambda session: session.apply_held())
    assert [result.done for result in applied.results] == [3 * MICRO]
    assert here.scan(RICE).done == 4 * MICRO


def test_a_correction_whose_undo_is_refused_is_closed(
    receipt: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    receipt.scan(RICE)
    runtime = receipt.desk.runtime
    real = runtime.do_here

    def refuse(body: object, *args: object, **options: object) -> object:
        if isinstance(body, UndoScan):
            raise Refusal("nothing_to_undo")
        return real(body, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(runtime, "do_here", refuse)
    step = receipt.do(lambda session: session.correct_last(3 * MICRO))
    assert (step.results[0].code, step.results[0].ask) == ("nothing_to_undo", Ask.ACKNOWLEDGE)
    receipt.do(lambda session: session.acknowledge(accept=False, of=step.results[0].n))
    head = receipt.session.head
    assert head is not None
    assert receipt.desk.ask(lambda connection: unfinished(connection, "inbound", head.document_id)) == []


@pytest.mark.parametrize("way", ["restart", "leave"])
def test_the_shelf_that_was_scanned(floor: Floors, receipt: Floor, shop: Shop, way: str) -> None:
    here = receipt
    assert here.scan("L:A-02", RICE).location == "A-02"
    if way == "restart":
        here = again(floor, shop, here)
    else:
        here.do(lambda session: session.leave())
        here.do(lambda session: session.open("purchase_orders", shop.purchase))
    assert here.do(lambda session: session.pause()).situation.location == "A-02"
    here.do(lambda session: session.resume())
    assert here.scan(RICE).location == "A-02"


def test_the_shelf_that_is_picked_from(floor: Floors, shop: Shop) -> None:
    shop.stock(shop.rice, 5, 0)
    shop.stock(shop.rice, 5, 1)
    shop.order("SO-1", (shop.rice, 5))
    here = floor("outbound")
    assert here.scan("SO-1", "L:A-02", RICE).location == "A-02"
    here = again(floor, shop, here)
    assert here.scan(RICE).location == "A-02"


def test_a_held_scan_is_recorded_as_whoever_made_it(receipt: Floor, shop: Shop) -> None:
    world = shop.world
    asked = receipt.scan("PO-1")
    receipt.scan(RICE)
    receipt.desk.sign_in("manager", PASSWORD)
    receipt.do(lambda session: session.acknowledge(accept=False, of=asked.n))
    receipt.do(lambda session: session.apply_held())
    receipt.scan(RICE)
    sql = "SELECT person_id FROM scan_journal WHERE text = ? ORDER BY n"
    journaled = receipt.desk.ask(lambda connection: connection.exec_driver_sql(sql, (RICE,)).fetchall())
    assert [row[0] for row in journaled] == [world.worker.bytes, world.manager.bytes]
    own = receipt.desk.ask(lambda connection: own_operations(connection, status="pending", most=9))
    people = [operation.person for operation in own if operation.kind == "receive_goods"]
    assert sorted(people) == sorted(("仓管", "店长"))


def broken_burst(here: Floor) -> None:
    here.do(lambda session: session.reject(Scan(b"952\x1d952", "952\x1d952", None, "wedge", 5), "mixed"))


@pytest.mark.parametrize("last", ["before the line", "the line"])
def test_power_may_go_anywhere_while_a_burst_is_refused(
    floor: Floors, receipt: Floor, shop: Shop, monkeypatch: pytest.MonkeyPatch, last: str
) -> None:
    receipt.scan("L:A-02", RICE)

    real = Journal.file

    def die(*args: Any) -> None:
        if last == "the line":
            real(*args)
        raise SystemExit("power")

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "file", die)
        with pytest.raises(SystemExit):
            broken_burst(receipt)
    here = again(floor, shop, receipt)
    told = here.desk.ask(lambda connection: history(connection, here))
    assert told == [*(["unreadable_burst"] if last == "the line" else []), "accepted", "at_location"]
    assert here.scan(RICE).location == "A-02"


def history(connection: Connection, here: Floor) -> list[str]:
    head = here.session.head
    assert head is not None
    lines = history_of(lines_of(connection, here.session.station, head.document_id))
    return [line.code for line in lines]


def test_a_line_that_was_filed_without_an_outcome_keeps_no_document_closed(
    floor: Floors, receipt: Floor, shop: Shop
) -> None:
    """Desks that were cut off while a burst was refused have such a line."""
    receipt.scan("L:A-02", RICE)
    head, journal = receipt.session.head, receipt.session._gate.journal
    assert head is not None
    nothing = Scan(b"952", "952", None, "wedge", 5)
    receipt.desk.runtime.writer.run(lambda: journal.record(nothing, head.document_id, None, DONE))
    assert again(floor, shop, receipt).scan(RICE).location == "A-02"


def test_a_correction_that_is_too_much_by_its_pack_leaves_the_scan_as_it_is(receipt: Floor) -> None:
    carton = receipt.scan(CARTON_OF_A_LOT)
    step = receipt.do(lambda session: session.correct_last(9_999_999 * MICRO))
    assert (step.results[0].code, step.situation.stopped) == ("quantity_absurd", True)
    receipt.scan("MD:OK")
    assert receipt.scan(CARTON_OF_A_LOT).done == 2 * carton.quantity


def test_a_correction_refused_after_its_undo_says_that_the_scan_was_undone(
    floor: Floors, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.stock(shop.rice, 5)
    shop.order("SO-1", (shop.rice, 2))
    here = floor("outbound")
    here.scan("SO-1", "MD:QTY:2")
    assert here.step(RICE).situation.complete
    runtime = here.desk.runtime
    real = runtime.do_here

    def refuse(body: object, *args: object, **options: object) -> object:
        if isinstance(body, PickGoods):
            raise Refusal("not_your_right", right="outbound")
        return real(body, *args, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(runtime, "do_here", refuse)
    step = here.do(lambda session: session.correct_last(MICRO))
    told = step.results[0]
    assert (told.code, told.ask, told.facts["undone"]) == ("not_your_right", Ask.ACKNOWLEDGE, 2 * MICRO)
    assert not step.situation.complete
