"""Counts: variance against the book of the moment, whenever a movement becomes known."""

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.counting import CloseCount, PlaceMovement, ReverseCount, count_line_id
from merchant_desk.domain.receiving import CloseReceipt, ReverseReceipt
from merchant_desk.domain.stock import StockKey, UndoScan
from tests.helpers.floor import (
    BEER,
    DESK_A,
    DESK_B,
    OUTLET,
    RICE,
    SECOND,
    SHELF,
    SHELF_2,
    START,
    Floor,
    adjusted,
    count,
    counted,
    end_count,
    named,
    receipt,
    received,
)

COUNT = named("count")
KEY = StockKey(SHELF, BEER).id
HOUR = 3600 * SECOND


def line(floor: Floor, name: str = "count") -> tuple[int, int, int]:
    """Return counted, book and variance of the standing line of beer, whole units."""
    row = floor.one("count_lines", id=count_line_id(named(name), KEY))
    return row["counted"] // MICRO, row["book"] // MICRO, row["variance"] // MICRO


def test_the_variance_is_what_was_seen_less_the_book(floor: Floor) -> None:
    floor.do(adjusted(10))
    floor.do(count())
    for units in (3, 4):
        floor.do(counted(units))
    assert floor.on_hand() == 10, "counting moves nothing"
    floor.do(end_count())
    assert line(floor) == (7, 10, -3)
    assert floor.on_hand() == 7
    assert floor.one("counts")["status"] == "closed"
    floor.assert_conserved()


def test_a_count_without_a_variance_is_kept_as_proof(floor: Floor) -> None:
    floor.do(adjusted(5))
    floor.do(count())
    floor.do(counted(5))
    floor.do(end_count())
    assert line(floor) == (5, 5, 0)
    assert len(floor.rows("ledger")) == 1


def test_every_key_of_a_count_gets_its_own_variance(floor: Floor) -> None:
    floor.do(adjusted(5))
    floor.do(adjusted(5, sku=RICE))
    floor.do(count())
    floor.do(counted(4))
    floor.do(counted(7, sku=RICE))
    floor.do(end_count())
    assert (floor.on_hand(), floor.on_hand(RICE)) == (4, 7)
    assert len(floor.rows("ledger", kind="count")) == 2


def test_uncounted_is_not_nought(floor: Floor) -> None:
    floor.do(adjusted(5))
    floor.do(adjusted(5, sku=RICE))
    floor.do(count())
    floor.do(counted(5))
    floor.do(end_count())
    assert floor.on_hand(RICE) == 5


def test_what_is_stated_to_be_gone_is_counted_as_nought(floor: Floor) -> None:
    floor.do(adjusted(5))
    floor.do(count())
    floor.do(end_count("count", KEY, KEY, named("a key that nobody knows")))
    assert line(floor) == (0, 5, -5)
    assert floor.on_hand() == 0


@pytest.mark.parametrize("status", ["hold", "damaged"])
def test_a_key_of_another_status_is_gone_under_its_own_status(floor: Floor, status: str) -> None:
    body = adjusted(5)
    floor.do(type(body)(**{**vars(body), "status": status}))
    floor.do(count())
    floor.do(end_count("count", StockKey(SHELF, BEER, status=status).id))
    assert floor.on_hand(status=status) == 0
    assert floor.on_hand() == 0
    assert floor.available() == (0, 0, 0)
    floor.assert_conserved()


def test_a_scan_that_was_undone_was_not_seen(floor: Floor) -> None:
    floor.do(adjusted(5))
    floor.do(count())
    floor.do(counted(2))
    slip = floor.do(counted(3))
    floor.do(UndoScan(OUTLET, COUNT, slip))
    floor.do(end_count())
    assert line(floor) == (2, 5, -3)


def test_a_key_whose_every_scan_was_undone_was_not_counted(floor: Floor) -> None:
    floor.do(adjusted(5))
    floor.do(count())
    slip = floor.do(counted(1))
    floor.do(UndoScan(OUTLET, COUNT, slip))
    floor.do(end_count())
    assert floor.rows("count_lines") == []
    assert floor.on_hand() == 5


def test_own_movements_are_ordered_by_the_desk_and_not_by_its_clock(floor: Floor) -> None:
    floor.do(adjusted(10), time=START + HOUR)
    floor.do(count(), time=START)
    floor.do(counted(10), time=START)
    floor.do(adjusted(-2), time=START - HOUR)
    floor.do(end_count())
    assert line(floor) == (10, 10, 0), "the two left after the scan, whatever the clock says"
    assert floor.on_hand() == 8


def test_a_movement_by_another_desk_before_the_count_arrives_days_later(floor: Floor) -> None:
    floor.do(adjusted(10), time=START)
    floor.do(count(), time=START + 2 * HOUR)
    floor.do(counted(7), time=START + 2 * HOUR)
    floor.do(end_count(), time=START + 2 * HOUR)
    assert floor.on_hand() == 7
    # Desk B sold three before the count, and its network comes back only now.
    floor.send(adjusted(-3), device=DESK_B, time=START + HOUR)
    assert floor.on_hand() == 7, "the count had seen it"
    assert line(floor) == (7, 10, -3), "the line stays what was written"
    corrections = floor.rows("ledger", reason="late_movement")
    assert [row["quantity"] for row in corrections] == [3 * MICRO]
    floor.send(adjusted(-1), device=DESK_B, time=START + 3 * HOUR)
    assert floor.on_hand() == 6, "this one came after it"
    floor.assert_conserved()


def test_what_a_count_had_seen_leave_is_no_stock_below_zero(floor: Floor) -> None:
    floor.do(receipt(), time=START)
    floor.do(received(5), time=START)
    slip = floor.do(received(4), time=START)
    floor.do(count(), time=START + 2 * HOUR)
    floor.do(counted(2), time=START + 2 * HOUR)
    floor.do(end_count(), time=START + 2 * HOUR)
    floor.send(adjusted(-3), device=DESK_B, time=START + HOUR)
    floor.send(UndoScan(OUTLET, named("receipt"), slip), time=START + 3 * HOUR)
    assert (floor.on_hand(), floor.flags()) == (2, [])
    floor.send(adjusted(-3), device=DESK_B, time=START + 3 * HOUR)
    assert (floor.on_hand(), floor.flags()) == (-1, ["stock_negative"])
    floor.assert_conserved()


def test_where_clocks_cannot_tell_a_person_is_asked(floor: Floor) -> None:
    floor.do(adjusted(10), time=START)
    floor.do(count(), time=START + HOUR)
    floor.do(counted(7), time=START + HOUR, bound=60 * SECOND)
    floor.do(end_count(), time=START + HOUR)
    floor.send(adjusted(-3), device=DESK_B, time=START + HOUR - 30 * SECOND)
    assert floor.on_hand() == 4
    question = floor.one("tasks")
    assert (question["kind"], question["code"]) == ("question", "moved_before_or_after_count")
    answer = PlaceMovement(
        question["id"], OUTLET, question["about_id"], count_line_id(COUNT, KEY), before=True
    )
    floor.do(answer)
    assert floor.on_hand() == 7
    assert floor.one("tasks")["resolution"] == "before"
    assert floor.send(answer, device=DESK_B).status == "applied"
    assert floor.on_hand() == 7
    assert floor.flags() == ["answered_twice", "moved_before_or_after_count"]


def test_an_unclear_movement_that_is_known_at_the_close_is_asked_about_too(floor: Floor) -> None:
    floor.do(adjusted(10), time=START)
    floor.send(adjusted(-3), device=DESK_B, time=START + HOUR - 30 * SECOND)
    floor.do(count(), time=START + HOUR)
    floor.do(counted(7), time=START + HOUR, bound=60 * SECOND)
    floor.do(end_count(), time=START + HOUR)
    assert floor.on_hand() == 4, "left out of the book: seven seen, ten booked, three taken after"
    question = floor.one("tasks")
    after = PlaceMovement(
        question["id"], OUTLET, question["about_id"], count_line_id(COUNT, KEY), before=False
    )
    floor.do(after)
    assert floor.on_hand() == 4
    assert floor.one("tasks")["resolution"] == "after"


def test_two_desks_that_count_one_location_are_told_and_never_summed(floor: Floor) -> None:
    floor.do(adjusted(10), time=START)
    floor.send(count(), time=START + HOUR)
    floor.send(count("other"), device=DESK_B, time=START + HOUR)
    assert floor.flags() == ["counted_twice"]
    floor.send(counted(9), time=START + 2 * HOUR)
    floor.send(counted(8, "other"), device=DESK_B, time=START + 3 * HOUR)
    floor.send(end_count("other"), device=DESK_B, time=START + 3 * HOUR)
    assert floor.on_hand() == 8
    floor.send(end_count(), time=START + 2 * HOUR)
    assert floor.on_hand() == 8, "the later look stands, although the earlier one was closed last"
    assert line(floor) == (9, 10, -1)
    floor.assert_conserved()


def test_an_undo_of_a_scan_from_before_the_count_moves_nothing(floor: Floor) -> None:
    floor.do(receipt())
    slip = floor.do(received(10))
    floor.do(count())
    floor.do(counted(3))
    floor.do(end_count())
    floor.do(UndoScan(OUTLET, named("receipt"), slip))
    assert floor.on_hand() == 3, "the count saw the truth already"


def test_a_receipt_reversed_as_wrong_moves_nothing_that_was_counted_since(floor: Floor) -> None:
    floor.do(receipt())
    floor.do(received(10))
    floor.do(CloseReceipt(named("receipt"), OUTLET))
    floor.do(count())
    floor.do(counted(2))
    floor.do(end_count())
    floor.do(ReverseReceipt(named("receipt"), OUTLET, (), "never came"))
    assert floor.on_hand() == 2


def test_a_reversed_count_leaves_the_book_as_if_it_had_not_been(floor: Floor) -> None:
    floor.do(adjusted(10), time=START)
    floor.do(count(), time=START + 2 * HOUR)
    floor.do(counted(7), time=START + 2 * HOUR)
    floor.do(end_count(), time=START + 2 * HOUR)
    floor.send(adjusted(-1), device=DESK_B, time=START + HOUR)
    assert floor.on_hand() == 7
    floor.do(ReverseCount(COUNT, OUTLET, (), "wrong shelf"))
    assert floor.on_hand() == 9
    assert floor.one("counts")["status"] == "reversed"
    floor.send(adjusted(-2), device=DESK_B, time=START + HOUR)
    assert floor.on_hand() == 7, "a reversed count settles nothing any more"
    assert floor.send(ReverseCount(COUNT, OUTLET, (), "again")).status == "applied"
    assert floor.flags() == ["nothing_reversed"]
    floor.assert_conserved()


def test_a_count_is_reversed_by_line(floor: Floor) -> None:
    floor.do(adjusted(5))
    floor.do(adjusted(5, sku=RICE))
    floor.do(count())
    floor.do(counted(4))
    floor.do(counted(7, sku=RICE))
    floor.do(end_count())
    floor.do(ReverseCount(COUNT, OUTLET, (count_line_id(COUNT, KEY),), "miscounted"))
    assert (floor.on_hand(), floor.on_hand(RICE)) == (5, 7)
    assert floor.one("counts")["status"] == "partly_reversed"
    floor.do(ReverseCount(COUNT, OUTLET, (), "the rest"))
    assert (floor.on_hand(), floor.on_hand(RICE)) == (5, 5)
    assert floor.one("counts")["status"] == "reversed"


def test_when_the_last_count_is_reversed_the_one_before_stands_again(floor: Floor) -> None:
    floor.do(adjusted(10), time=START)
    for name, seen, hours in (("count", 8, 2), ("second", 5, 4)):
        floor.do(count(name), time=START + hours * HOUR)
        floor.do(counted(seen, name), time=START + hours * HOUR)
        floor.do(end_count(name), time=START + hours * HOUR)
    floor.send(adjusted(-1), device=DESK_B, time=START + HOUR)
    floor.send(adjusted(-1), device=DESK_B, time=START + 3 * HOUR)
    assert floor.on_hand() == 5
    floor.do(ReverseCount(named("second"), OUTLET, (), "wrong"))
    assert floor.on_hand() == 7, "eight were seen, and one left between the counts"
    floor.assert_conserved()


def test_counting_where_it_is_closed_or_missing_is_kept_and_flagged(floor: Floor) -> None:
    floor.send(counted(1, "nowhere"))
    floor.do(count())
    floor.do(end_count())
    floor.send(counted(2))
    floor.send(CloseCount(COUNT, OUTLET, ()))
    floor.send(CloseCount(named("nowhere"), OUTLET, ()))
    assert floor.flags() == ["closed_twice", "closed_twice", "document_not_open", "document_not_open"]
    assert len(floor.rows("count_entries")) == 2


def test_other_locations_and_desks_do_not_meet(floor: Floor) -> None:
    floor.do(adjusted(5, location=SHELF_2))
    floor.do(count(), device=DESK_A)
    floor.do(counted(1), device=DESK_A)
    floor.do(end_count(), device=DESK_A)
    assert (floor.on_hand(), floor.on_hand(location=SHELF_2)) == (1, 5)
    assert floor.flags() == []


@pytest.mark.parametrize(("first", "second"), [(10, 10), (7, 4)])
def test_two_desks_in_one_count_are_told_once_and_never_summed(floor: Floor, first: int, second: int) -> None:
    floor.send(adjusted(10))
    floor.send(adjusted(5, sku=RICE))
    floor.send(count())
    for desk, units in ((DESK_A, first), (DESK_B, second)):
        floor.send(counted(units - 1), device=desk)
        floor.send(counted(1), device=desk)
        floor.send(counted(5, sku=RICE), device=desk)
    floor.send(end_count())
    assert (floor.on_hand(), floor.on_hand(RICE)) == (second, 5)
    assert floor.flags() == ["counted_by_two_desks"]
    task = floor.one("tasks")
    assert '"keys": 2' in task["facts"]
    assert (task["about_table"], task["about_id"]) == ("counts", COUNT)
    floor.assert_conserved()


def test_two_desks_that_share_a_count_without_meeting_are_not_told(floor: Floor) -> None:
    floor.send(adjusted(10))
    floor.send(adjusted(5, sku=RICE))
    floor.send(count())
    floor.send(counted(9), device=DESK_A)
    floor.send(counted(5, sku=RICE), device=DESK_B)
    floor.send(end_count())
    assert (floor.on_hand(), floor.on_hand(RICE)) == (9, 5)
    assert floor.flags() == []


def test_what_the_other_desk_undid_is_no_second_count(floor: Floor) -> None:
    floor.send(adjusted(10))
    floor.send(count())
    floor.send(counted(9), device=DESK_A)
    floor.send(counted(4), device=DESK_B)
    floor.send(UndoScan(OUTLET, COUNT, floor.last_op), device=DESK_B)
    floor.send(end_count())
    assert floor.on_hand() == 9
    assert floor.flags() == []
