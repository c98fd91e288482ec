"""Every document state has a transition for every fact: the server never refuses one, whatever the state."""

import dataclasses
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest

from merchant_desk.domain.counting import CloseCount, PlaceMovement, ReverseCount
from merchant_desk.domain.operations import KINDS
from merchant_desk.domain.orders import CancelOrder
from merchant_desk.domain.products import DraftProduct
from merchant_desk.domain.purchasing import ClosePurchaseOrder, SendPurchaseOrder
from merchant_desk.domain.receiving import CloseReceipt, ReverseReceipt
from merchant_desk.domain.shipping import CloseShipment, ReverseShipment
from merchant_desk.domain.stock import UndoScan
from merchant_desk.domain.tasks import TRAVELLING, DismissUnknownCode, ReportUnknownCode, SettleTask
from merchant_desk.handlers.subjects import SUBJECTS
from tests.helpers.floor import (
    BEER,
    DESK_B,
    OUTLET,
    Floor,
    adjusted,
    count,
    counted,
    end_count,
    item,
    named,
    order,
    picked,
    purchase,
    receipt,
    received,
    shipment,
)

DOC = {"receipt": named("receipt"), "shipment": named("shipment"), "count": named("count")}


def to_receipt(floor: Floor, state: str) -> None:
    """Bring the receipt (with two scans of the purchase order's line) into a state."""
    floor.do(purchase(10))
    floor.do(SendPurchaseOrder(named("po"), OUTLET))
    if state == "missing":
        return
    floor.do(receipt(order=named("po")))
    scans = [floor.do(received(units, line=named("po line"))) for units in (2, 3)]
    if state != "open":
        floor.do(CloseReceipt(DOC["receipt"], OUTLET))
    if state == "partly_reversed":
        row = next(r for r in floor.rows("ledger") if r["op_id"] == scans[0])
        floor.do(ReverseReceipt(DOC["receipt"], OUTLET, (row["id"],), "x"))
    if state == "reversed":
        floor.do(ReverseReceipt(DOC["receipt"], OUTLET, (), "x"))


def to_shipment(floor: Floor, state: str) -> None:
    """Bring the shipment (with two picks) into a state."""
    floor.do(adjusted(10))
    floor.do(order(5))
    if state == "missing":
        return
    floor.do(shipment())
    scans = [floor.do(picked(units)) for units in (2, 3)]
    if state == "cancelled":
        floor.do(CancelOrder(named("order"), OUTLET, "x"))
    elif state != "open":
        floor.do(CloseShipment(DOC["shipment"], OUTLET, "", ""))
    if state == "partly_reversed":
        row = next(r for r in floor.rows("ledger") if r["op_id"] == scans[0])
        floor.do(ReverseShipment(DOC["shipment"], OUTLET, (row["id"],), "x"))
    if state == "reversed":
        floor.do(ReverseShipment(DOC["shipment"], OUTLET, (), "x"))


def to_count(floor: Floor, state: str) -> None:
    """Bring the count (with two keys) into a state."""
    floor.do(adjusted(10))
    if state == "missing":
        return
    floor.do(count())
    floor.do(counted(8))
    floor.do(counted(1, sku=named("rice")))
    if state != "open":
        floor.do(end_count())
    if state == "partly_reversed":
        line = floor.rows("count_lines")[0]
        floor.do(ReverseCount(DOC["count"], OUTLET, (line["id"],), "x"))
    if state == "reversed":
        floor.do(ReverseCount(DOC["count"], OUTLET, (), "x"))


STATES: dict[str, tuple[Callable[[Floor, str], None], tuple[str, ...]]] = {
    "receipt": (to_receipt, ("missing", "open", "closed", "partly_reversed", "reversed")),
    "shipment": (to_shipment, ("missing", "open", "cancelled", "closed", "partly_reversed", "reversed")),
    "count": (to_count, ("missing", "open", "closed", "partly_reversed", "reversed")),
}


def facts_of(document: str, floor: Floor) -> dict[str, Any]:
    """Return every fact that can concern a kind of document, by its operation's name."""
    scans = [row["op_id"] for row in floor.rows("ledger") if row["document_id"] == DOC[document]]
    scans += [row["op_id"] for row in floor.rows("count_entries")]
    undo = UndoScan(OUTLET, DOC[document], min(scans) if scans else UUID(int=1))
    if document == "receipt":
        facts = [
            dataclasses.replace(receipt("again"), number="RC-receipt"), received(1, line=named("po line")),
            CloseReceipt(DOC["receipt"], OUTLET), ReverseReceipt(DOC["receipt"], OUTLET, (), "x"), undo,
        ]  # fmt: skip
    elif document == "shipment":
        facts = [
            shipment("again"), picked(1), CloseShipment(DOC["shipment"], OUTLET, "", ""),
            ReverseShipment(DOC["shipment"], OUTLET, (), "x"), undo,
        ]  # fmt: skip
    else:
        lines = floor.rows("count_lines")
        where = PlaceMovement(
            UUID(int=3), OUTLET, floor.rows("ledger")[0]["id"], lines[0]["id"] if lines else UUID(int=4), True
        )
        facts = [
            count("again"), counted(1), CloseCount(DOC["count"], OUTLET, ()),
            ReverseCount(DOC["count"], OUTLET, (), "x"), undo, where,
        ]  # fmt: skip
    return {type(fact).__name__: fact for fact in facts}


CASES = [(document, state) for document, (_, states) in STATES.items() for state in states]


@pytest.mark.parametrize(("document", "state"), CASES)
def test_every_fact_is_accepted_in_every_state_and_totals_stay_sums(
    floor: Floor, document: str, state: str
) -> None:
    reach, _ = STATES[document]
    reach(floor, state)
    for name, fact in facts_of(document, floor).items():
        before = len(floor.rows("tasks"))
        outcome = floor.send(fact, device=DESK_B)
        assert outcome.status == "applied", (name, outcome)
        assert outcome.last_seq > 0, f"{name} left no trace"
        floor.assert_conserved()
        if state in ("missing", "reversed") and not name.startswith(("Open", "Reverse")):
            assert len(floor.rows("tasks")) > before, f"{name} should be flagged in {state}"


# What becomes of the document: the state after a fact, for each state before it.
ALL = ("open", "closed", "partly_reversed", "reversed")
STAYS = {state: state for state in ALL}
SHIPPED = {**STAYS, "closed": "shipped", "cancelled": "open"}
AFTER: dict[tuple[str, str], dict[str, str]] = {
    ("receipt", "CloseReceipt"): {**STAYS, "open": "closed"},
    ("receipt", "ReceiveGoods"): STAYS,
    ("receipt", "ReverseReceipt"): dict.fromkeys(ALL, "reversed"),
    ("shipment", "CloseShipment"): {**SHIPPED, "open": "shipped", "cancelled": "shipped"},
    ("shipment", "PickGoods"): SHIPPED,
    ("shipment", "ReverseShipment"): dict.fromkeys((*ALL, "cancelled"), "reversed"),
    ("count", "CloseCount"): {**STAYS, "open": "closed"},
    ("count", "CountGoods"): STAYS,
    ("count", "ReverseCount"): dict.fromkeys(ALL, "reversed"),
}


@pytest.mark.parametrize(
    ("document", "name", "before", "after"),
    [(doc, name, before, after) for (doc, name), moves in AFTER.items() for before, after in moves.items()],
)
def test_the_state_after(floor: Floor, document: str, name: str, before: str, after: str) -> None:
    reach, _ = STATES[document]
    reach(floor, before)
    floor.send(facts_of(document, floor)[name], device=DESK_B)
    assert floor.one(f"{document}s", id=DOC[document])["status"] == after


def test_the_table_of_states_knows_every_fact_about_a_document() -> None:
    about = {"receipt_id": "receipt", "shipment_id": "shipment", "count_id": "count"}
    found = {
        (about[name], kind.body.__name__)
        for kind in KINDS.values()
        if kind.is_fact
        for name in (field.name for field in dataclasses.fields(kind.body))
        if name in about and not kind.body.__name__.startswith("Open")
    }
    assert SUBJECTS
    assert found == set(AFTER)


def test_facts_about_other_things_are_accepted_too(floor: Floor) -> None:
    facts = [
        adjusted(-5),
        DraftProduct(item(BEER, "BEER"), OUTLET, named("no tray")),
        DraftProduct(item(named("draft"), "beer"), OUTLET, None),
        ReportUnknownCode(named("tray"), OUTLET, "?", None, None, "", "inbound"),
        ReportUnknownCode(named("tray"), OUTLET, "?", None, None, "", "inbound"),
        DismissUnknownCode(named("tray"), OUTLET),
        DismissUnknownCode(named("tray"), OUTLET),
        DismissUnknownCode(named("no tray"), OUTLET),
        UndoScan(OUTLET, named("nothing"), UUID(int=77)),
        PlaceMovement(UUID(int=1), OUTLET, UUID(int=2), UUID(int=3), before=True),
    ]
    for fact in facts:
        assert floor.send(fact).status == "applied"
    assert floor.flags() == [
        "id_taken", "id_taken", "nothing_to_place", "nothing_to_undo", "sku_taken_by_draft", "stock_negative",
    ]  # fmt: skip
    floor.assert_conserved()


DECISIONS = [
    SendPurchaseOrder(UUID(int=1), OUTLET),
    ClosePurchaseOrder(UUID(int=1), OUTLET, "x"),
    CancelOrder(UUID(int=1), OUTLET, "x"),
    SettleTask(UUID(int=1), OUTLET, "seen", ""),
]


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda body: type(body).__name__)
def test_a_decision_about_nothing_is_refused_in_words_and_becomes_a_task(floor: Floor, decision: Any) -> None:
    outcome = floor.send(decision)
    assert (outcome.status, outcome.code) == ("refused", "not_here")
    task = floor.one("tasks")
    assert (task["kind"], task["code"], task["op_kind"]) == ("refusal", "not_here", floor_kind(decision))
    travels = task["op_kind"] in TRAVELLING
    assert [row["id"] for row in floor.rows("refused_bodies")] == [task["id"]] * travels
    assert outcome.first_seq == outcome.last_seq - travels > 0, "the task, and what was asked"


def floor_kind(body: Any) -> str:
    """Return the name of an operation."""
    return next(kind.name for kind in KINDS.values() if kind.body is type(body))
