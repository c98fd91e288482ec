"""Floor 4, 7, 11: scans are journaled first, held back while a person is asked, and never lost."""

from collections.abc import Callable

import pytest
from sqlalchemy import event

from merchant_desk.domain.refusals import Refusal
from merchant_desk.stations.journal import lines_of, unfinished
from merchant_desk.stations.outcomes import history_of
from merchant_desk.stations.scans import Ask, Scan, Step, Tone
from merchant_desk.stations.session import StationSession
from tests.helpers.shop import Shop
from tests.stations.conftest import BOTTLE, CARTON_OF_A_LOT, LOTTED, RICE, Floor, Floors, restarted


def blocked(floor: Floors) -> tuple[Floor, Step]:
    here = floor("inbound")
    here.step("PO-1")
    return here, here.step("PO-1")


def test_scans_while_stopped_are_journaled_and_listed_and_applied_in_order(floor: Floors) -> None:
    here, step = blocked(floor)
    assert step.results[0].code == "expected_product"
    assert here.scan(RICE, LOTTED, RICE).code == "held_back"
    seen = here.do(lambda session: session.acknowledge(accept=False, of=step.results[0].n))
    assert [scan.text for scan in seen.situation.held] == [RICE, LOTTED, RICE]
    assert seen.situation.question is None
    assert here.step(CARTON_OF_A_LOT).results[0].code == "held_back", "a later scan must not overtake"
    applied = here.do(lambda session: session.apply_held())
    assert [(r.code, r.done // 1_000_000) for r in applied.results] == [
        ("accepted", 1),
        ("accepted", 1),
        ("accepted", 2),
        ("accepted", 13),
    ]
    assert not applied.situation.stopped


@pytest.mark.parametrize("card", ["MD:QTY", "MD:FINISH"])
def test_a_card_on_which_a_screen_asks_lets_what_is_behind_it_wait(floor: Floors, card: str) -> None:
    """Until a person has answered: a quantity that is asked for is that of the scan behind."""
    here, step = blocked(floor)
    here.scan(RICE, card, RICE, LOTTED)
    here.do(lambda session: session.acknowledge(accept=False, of=step.results[0].n))
    first = here.do(lambda session: session.apply_held())
    kind = {"QTY": "quantity"}.get(card[3:], card[3:].casefold())
    assert [result.code for result in first.results] == ["accepted", f"command_{kind}"]
    assert [scan.text for scan in first.situation.held] == [RICE, LOTTED]
    here.do(lambda session: session.pause())
    here.do(lambda session: session.set_quantity(5_000_000))
    rest = here.do(lambda session: session.apply_held())
    assert [result.quantity // 1_000_000 for result in rest.results] == [5, 1]


@pytest.mark.parametrize("card", ["NEXT", "PRINT"])
def test_a_card_that_asks_for_nothing_holds_nothing_back(floor: Floors, card: str) -> None:
    here, step = blocked(floor)
    here.do(lambda session: session.acknowledge(accept=False, of=step.results[0].n))
    here.do(lambda session: session.pause())
    here.scan(RICE, f"MD:{card}", LOTTED)
    step = here.do(lambda session: session.resume())
    assert [result.code for result in step.results] == ["accepted", f"command_{card.casefold()}", "accepted"]
    assert not step.situation.stopped
    assert here.scan(RICE).done == 2_000_000


def test_discarded_scans_stay_in_the_journal(floor: Floors) -> None:
    here, step = blocked(floor)
    here.scan(RICE, RICE)
    here.do(lambda session: session.acknowledge(accept=False, of=step.results[0].n))
    gone = here.do(lambda session: session.discard_held())
    assert [result.code for result in gone.results] == ["discarded", "discarded", "held_discarded"]
    assert gone.results[-1].facts["count"] == 2
    assert here.scan(RICE).done == 1_000_000
    head = here.session.head
    assert head is not None
    lines = here.desk.ask(lambda connection: lines_of(connection, "inbound", head.document_id))
    assert [line.state for line in reversed(lines)] == ["done", "discarded", "discarded", "done"]
    assert [line.raw for line in lines] == [RICE.encode()] * 3 + [b"PO-1"]


def test_the_ok_card_answers_and_then_lets_the_held_scans_go(floor: Floors) -> None:
    here, _ = blocked(floor)
    here.scan(RICE)
    first = here.step("MD:OK")
    assert first.results[0].code == "acknowledged"
    assert [scan.text for scan in first.situation.held] == [RICE]
    second = here.step("MD:OK")
    assert [result.code for result in second.results] == ["command_ok", "accepted"]


def test_the_undo_card_discards_what_was_held(floor: Floors) -> None:
    here, _ = blocked(floor)
    here.scan(RICE)
    here.step("MD:UNDO")
    assert here.step("MD:UNDO").results[-1].code == "held_discarded"
    assert here.scan(RICE).done == 1_000_000


def test_an_answer_meant_for_another_question_changes_nothing(floor: Floors) -> None:
    here, step = blocked(floor)
    late = here.do(lambda session: session.acknowledge(accept=True, of=step.results[0].n + 7))
    assert late.results[0].code == "nothing_waits"
    assert late.situation.question is not None


def test_a_question_that_stands_at_the_crash_is_listed_after_it(floor: Floors, shop: Shop) -> None:
    here = floor("inbound")
    here.step("PO-1")
    asked = here.step("(01)09520000000011(17)251122(10)OLD")
    assert asked.situation.question is not None
    assert asked.situation.question.ask is Ask.CONFIRM
    here.scan(RICE)
    here = floor("inbound", restarted(shop, here.desk))
    step = here.do(lambda session: session.resume_last())
    assert [scan.text[:4] for scan in step.situation.held] == ["(01)", RICE[:4]]
    applied = here.do(lambda session: session.apply_held())
    assert applied.results[0].code == "short_dated"
    yes = here.do(lambda session: session.acknowledge(accept=True, of=applied.results[0].n))
    assert (yes.results[0].code, yes.results[0].tone) == ("short_dated", Tone.ATTENTION)
    assert here.do(lambda session: session.apply_held()).results[0].code == "accepted"


def test_a_scan_that_was_journaled_and_not_applied_is_found_after_a_crash(floor: Floors, shop: Shop) -> None:
    here = floor("inbound")
    head = here.step("PO-1").head
    assert head is not None
    desk = here.desk

    def write() -> int:
        return here.session._gate.journal.record(
            Scan(RICE.encode(), RICE, None, "wedge", 1), head.document_id, desk.person.id
        )

    desk.runtime.writer.run(write)
    here = floor("inbound", restarted(shop, desk))
    step = here.do(lambda session: session.resume_last())
    assert [scan.text for scan in step.situation.held] == [RICE]
    assert here.do(lambda session: session.apply_held()).results[0].done == 1_000_000


def test_held_scans_belong_to_their_own_document(floor: Floors, shop: Shop) -> None:
    here, step = blocked(floor)
    here.scan(RICE)
    here.do(lambda session: session.acknowledge(accept=False, of=step.results[0].n))
    here.do(lambda session: session.leave())
    other = here.do(lambda session: session.open_blind())
    assert other.situation.held == ()
    assert here.scan(RICE).done == 1_000_000
    assert here.do(lambda session: session.open("purchase_orders", shop.purchase)).situation.stopped


def test_a_form_holds_scans_back_and_lets_them_go_when_it_is_done(floor: Floors) -> None:
    here = floor("inbound")
    here.step("PO-1")
    here.do(lambda session: session.pause())
    assert here.scan(RICE).code == "held_back"
    assert here.step("MD:OK").results[0].code == "command_ok"
    step = here.do(lambda session: session.set_quantity(4_000_000))
    assert [result.code for result in step.results] == ["next_quantity", "accepted"]
    assert step.results[-1].done == 4_000_000


def test_a_burst_that_cannot_be_trusted_stops_the_station_and_is_kept_raw(floor: Floors) -> None:
    here = floor("inbound")
    head = here.step("PO-1").head
    scan = Scan(b"95200\x1d9520", "95200\x1d9520", None, "wedge", 5)
    step = here.do(lambda session: session.reject(scan, "mixed", RICE))
    assert (step.results[0].code, step.results[0].tone) == ("unreadable_burst", Tone.REFUSED)
    assert step.situation.stopped
    assert head is not None
    line = here.desk.ask(lambda connection: lines_of(connection, "inbound", head.document_id))[0]
    assert (line.raw, line.state) == (scan.raw, "done")
    shown = history_of([line])[0]
    assert (shown.code, shown.facts["suspect"]) == ("unreadable_burst", RICE)


def test_a_burst_waits_for_the_disk_once(floor: Floors) -> None:
    here = floor("inbound")
    here.step("PO-1")
    commits: list[object] = []
    event.listen(here.desk.runtime.profile.writer, "commit", commits.append)
    step = here.do(lambda session: session.reject(Scan(b"95200\x1d9520", "95200", None, "wedge", 5), "mixed"))
    assert (len(commits), step.situation.stopped) == (1, True)


def test_an_open_question_keeps_the_document_open(floor: Floors) -> None:
    here, _ = blocked(floor)
    step = here.do(lambda session: session.finish())
    assert step.results[0].code == "scans_wait"
    assert step.head is not None


def test_nothing_is_recorded_for_nobody(floor: Floors) -> None:
    here = floor("inbound")
    here.step("PO-1")
    person = here.desk.signed_in
    assert person is not None
    here.desk.sign_out()
    step = here.step(RICE)
    assert (step.results[0].code, step.results[0].ask) == ("nobody_signed_in", Ask.ACKNOWLEDGE)
    badge = here.step("P:1001").results[0]
    assert (badge.code, badge.facts["name"]) == ("badge_scanned", "仓管")
    assert here.step(RICE).results[0].code == "held_back"
    with pytest.raises(Refusal, match="nobody_signed_in"):
        _ = here.desk.person
    here.desk._person = person
    here.do(lambda session: session.acknowledge(accept=False, of=step.results[0].n))
    assert here.do(lambda session: session.apply_held()).results[0].done == 1_000_000


def test_every_scan_is_in_the_journal_with_its_bytes_and_none_is_left_over(floor: Floors) -> None:
    here = floor("inbound")
    head = here.step("PO-1").head
    codes = [RICE, BOTTLE, LOTTED, "mystery", "MD:UNDO", "L:A-02", "MD:QTY:3", RICE]
    for code in codes:
        here.step(code)
        if here.session._gate.waiting is not None:
            here.do(lambda session: session.give_lot("L1", 20271231, ""))
    assert head is not None
    lines = here.desk.ask(lambda connection: lines_of(connection, "inbound", head.document_id))
    assert [line.raw.decode() for line in reversed(lines)] == codes
    assert here.desk.ask(lambda connection: unfinished(connection, "inbound", head.document_id)) == []


@pytest.mark.parametrize("job", [StationSession.correct_last, StationSession.set_quantity])
def test_a_quantity_never_takes_the_place_of_an_open_question(
    floor: Floors, job: Callable[[StationSession, int], Step]
) -> None:
    """Not even one that would itself be asked about."""
    here = floor("inbound")
    head = here.step("PO-1").head
    here.scan(RICE)
    asked = here.scan("(01)09520000000011(17)251122(10)OLD")
    assert asked.ask is Ask.CONFIRM
    here.do(lambda session: session.pause())
    step = here.do(lambda session: job(session, 10_000_000_000))
    assert (step.results[0].code, step.results[0].facts["count"]) == ("scans_wait", 1)
    assert step.situation.question is not None
    assert (step.situation.question.result.n, step.situation.quantity) == (asked.n, None)
    here.do(lambda session: session.acknowledge(accept=False, of=asked.n))
    assert head is not None
    assert here.desk.ask(lambda connection: unfinished(connection, "inbound", head.document_id)) == []
    assert here.do(lambda session: session.finish()).finished is not None


def test_a_second_question_is_a_mistake_and_forgets_no_scan(floor: Floors) -> None:
    here = floor("inbound")
    here.step("PO-1")
    asked = here.scan("(01)09520000000011(17)251122(10)OLD")
    gate = here.session._gate
    with pytest.raises(LookupError, match="waits for an answer"):
        gate.block(0, Scan(b"", ""), Ask.CONFIRM, "expired", {})
    assert gate.waiting is not None
    assert gate.waiting.question.result.n == asked.n
