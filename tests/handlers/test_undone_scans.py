"""Is an undo more than taking back one's own slip? Then it needs the right to reverse, or is told."""

from dataclasses import replace
from uuid import UUID

import pytest

from merchant_desk.domain.organisation import EnrolDevice, GrantRole
from merchant_desk.domain.receiving import CloseReceipt
from merchant_desk.domain.shipping import CloseShipment
from merchant_desk.domain.stock import UndoScan
from merchant_desk.server.house import House
from tests.helpers.floor import (
    DESK_A,
    DESK_B,
    MANAGER,
    OTHER_OUTLET,
    OUTLET,
    START,
    WORKER,
    Floor,
    adjusted,
    count,
    counted,
    end_count,
    named,
    order,
    picked,
    receipt,
    received,
    shipment,
)

ELSEWHERE = named("a document that is none")
LOST, LATE = "lost_right", "undone_after_close"


def scanned(floor: Floor, of: str, *, close: bool) -> UndoScan:
    """Scan as the worker at desk A, and return its undo, which names a document that is not the scan's."""
    floor.send(adjusted(9))
    floor.send(order(5))
    floor.send({"receipt": receipt(), "shipment": shipment(), "count": count()}[of])
    floor.send({"receipt": received(5), "shipment": picked(5), "count": counted(9)}[of], by=WORKER)
    undo = UndoScan(OUTLET, ELSEWHERE, floor.last_op)
    if close:
        closing = {
            "receipt": CloseReceipt(named(of), OUTLET),
            "shipment": CloseShipment(named(of), OUTLET, "", ""),
            "count": end_count(),
        }
        floor.send(closing[of])
    assert floor.flags() == []
    return undo


@pytest.mark.parametrize("of", ["receipt", "shipment", "count"])
def test_ones_own_slip_in_an_open_document_is_nobody_elses_business(floor: Floor, of: str) -> None:
    floor.send(scanned(floor, of, close=False), by=WORKER)
    assert floor.flags() == []
    floor.assert_conserved()


@pytest.mark.parametrize("of", ["receipt", "shipment", "count"])
@pytest.mark.parametrize("by", [WORKER, MANAGER], ids=["worker", "manager"])
def test_a_closed_documents_scan_is_told_whatever_document_the_undo_names(
    floor: Floor, of: str, by: UUID
) -> None:
    assert floor.send(scanned(floor, of, close=True), by=by).status == "applied"
    assert floor.flags() == ([LOST, LATE] if by == WORKER else [LATE])
    floor.assert_conserved()


@pytest.mark.parametrize("of", ["receipt", "shipment", "count"])
def test_a_scan_of_another_desk_takes_the_right_to_reverse(floor: Floor, of: str) -> None:
    floor.send(scanned(floor, of, close=False), by=WORKER, device=DESK_B)
    assert floor.flags() == [LOST]
    assert '"reverse"' in floor.one("tasks")["facts"]


def test_a_scan_of_another_person_takes_the_right_to_reverse(floor: Floor) -> None:
    floor.send(receipt())
    floor.send(received(5), by=MANAGER)
    floor.send(UndoScan(OUTLET, named("receipt"), floor.last_op), by=WORKER)
    assert floor.flags() == [LOST]


def test_who_may_reverse_undoes_a_colleagues_scan_without_a_word(floor: Floor) -> None:
    floor.send(scanned(floor, "receipt", close=False), by=MANAGER, device=DESK_B)
    assert floor.flags() == []


def test_an_adjustment_by_somebody_else_is_a_reversal_too(floor: Floor) -> None:
    floor.send(adjusted(5))
    floor.send(UndoScan(OUTLET, ELSEWHERE, floor.last_op), by=WORKER, device=DESK_B)
    assert floor.flags() == [LOST]


def test_the_right_is_that_of_the_outlet_whose_stock_moves(floor: Floor) -> None:
    house = House(floor.store, lambda: START, lambda: named(f"grant {floor.merchant}"))
    house.do(floor.merchant, GrantRole(WORKER, "manager", OTHER_OUTLET))
    floor.send(adjusted(5))
    floor.send(UndoScan(OTHER_OUTLET, ELSEWHERE, floor.last_op), by=WORKER, device=DESK_B)
    assert set(floor.flags()) == {"foreign_outlet", LOST}
    assert {row["outlet_id"] for row in floor.rows("tasks")} == {OUTLET}


@pytest.mark.parametrize(("last", "flags"), [(99, []), (0, [LOST])], ids=["its own", "a copy's"])
def test_a_desk_that_was_enrolled_again_may_undo_what_it_did_before(
    floor: Floor, last: int, flags: list[str]
) -> None:
    undo = scanned(floor, "receipt", close=False)
    first = EnrolDevice(DESK_A, OUTLET, "01", "desk", b"v", b"s")
    floor.do(first, device=floor.house)
    for n, (device, former) in enumerate([(DESK_B, DESK_A), (named("desk c"), DESK_B)]):
        again = replace(first, new_device_id=device, code=f"1{n}", former_id=former, former_seq=last)
        floor.do(again, device=floor.house)
    floor.send(undo, by=WORKER, device=named("desk c"))
    assert floor.flags() == flags
