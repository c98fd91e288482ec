"""Floor 3, 4: scans held back around the way from one document to the next go where they belong."""

from uuid import UUID

import pytest

from merchant_desk.domain.refusals import Refusal
from merchant_desk.stations.counter import Sheet
from merchant_desk.stations.journal import Journal, lines_of
from merchant_desk.stations.scans import Step
from tests.helpers.shop import Shop
from tests.stations.conftest import RICE, Floor, Floors, restarted


@pytest.fixture
def orders(shop: Shop) -> Shop:
    """Rice on the shelf, and three orders of it: one bag, two, and two."""
    shop.stock(shop.rice, 50)
    for number, count in (("SO-1", 1), ("SO-2", 2), ("SO-3", 2)):
        shop.order(number, (shop.rice, count))
    return shop


def lines(here: Floor, document_id: UUID) -> list[tuple[str, str]]:
    found = here.desk.ask(lambda connection: lines_of(connection, here.session.station, document_id))
    return [(line.text, line.state) for line in reversed(found)]


def complete(here: Floor) -> UUID:
    """Open SO-1 and pack it; return its shipment."""
    here.step("SO-1")
    assert here.step(RICE).situation.complete
    assert here.session.head is not None
    return here.session.head.document_id


def held_back(here: Floor, *codes: str) -> Step:
    """Scan while a form is open, and close it."""
    here.do(lambda session: session.pause())
    for code in codes:
        assert here.scan(code).code == "held_back"
    return here.do(lambda session: session.resume())


def test_the_next_order_and_its_goods_may_be_held_back_behind_a_complete_one(
    floor: Floors, orders: Shop
) -> None:
    here = floor("outbound")
    first = complete(here)
    step = held_back(here, "SO-2", RICE)
    assert [result.code for result in step.results] == ["next_document", "accepted"]
    assert (step.finished and step.finished.about, step.head and step.head.about) == ("SO-1", "SO-2")
    assert step.head is not None
    assert (step.results[-1].done, step.situation.held) == (1_000_000, ())
    assert lines(here, first) == [(RICE, "done"), ("SO-2", "done")]
    assert lines(here, step.head.document_id) == [(RICE, "done")]


def test_a_burst_may_lead_through_several_orders(floor: Floors, orders: Shop) -> None:
    here = floor("outbound")
    asked = here.step(RICE)
    here.scan("SO-1", RICE, "SO-2", RICE, RICE, "SO-3", RICE)
    here.do(lambda session: session.acknowledge(accept=False, of=asked.results[0].n))
    step = here.do(lambda session: session.apply_held())
    assert [(result.code, result.done // 1_000_000) for result in step.results] == [
        ("open_document", 0), ("accepted", 1),
        ("next_document", 0), ("accepted", 1), ("accepted", 2),
        ("next_document", 0), ("accepted", 1),
    ]  # fmt: skip
    assert (step.head and step.head.about, step.situation.held) == ("SO-3", ())


def test_a_scan_that_stops_keeps_what_is_behind_it_at_its_document(floor: Floors, orders: Shop) -> None:
    here = floor("outbound")
    complete(here)
    step = held_back(here, "SO-2", RICE, "L:A-02", RICE, RICE)
    assert step.results[-1].code == "not_at_location"
    assert step.head is not None
    assert [scan.text for scan in step.situation.held] == [RICE]
    assert lines(here, step.head.document_id)[-1] == (RICE, "held_back")


def test_a_refused_end_keeps_all_of_it_at_the_open_document(
    floor: Floors, orders: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = floor("outbound")
    first = complete(here)

    def refuse(*args: object) -> None:
        raise Refusal("document_not_open", number="SH", status="closed")

    with monkeypatch.context() as patch:
        patch.setattr(Sheet, "finish_here", refuse)
        step = held_back(here, "SO-2", RICE)
    assert [result.code for result in step.results] == ["next_document", "document_not_open"]
    assert (step.head and step.head.about, step.finished) == ("SO-1", None)
    assert [scan.text for scan in step.situation.held] == ["SO-2", RICE]
    assert lines(here, first)[-2:] == [("SO-2", "held_back"), (RICE, "held_back")]
    again = here.do(lambda session: session.apply_held())
    assert (again.head and again.head.about, again.results[-1].code) == ("SO-2", "accepted")


@pytest.mark.parametrize("broken", ["finish_here", "open_shipment", "the move"])
def test_power_may_go_anywhere_between_two_orders(
    floor: Floors, orders: Shop, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """And no scan is lost: it waits at the entrance or at the order that it is for."""
    here = floor("outbound")
    complete(here)

    def die(*args: object, **options: object) -> None:
        raise SystemExit("power")

    def waits() -> list[str]:
        return [scan.text for scan in here.session._gate.held]

    moves = Journal.move
    moved: list[int] = []

    def move(journal: Journal, *what: tuple[list[int], UUID | None, str]) -> None:
        """Only the first is written: after it the power is gone."""
        moved.append(1)
        if len(moved) > 1:
            die()
        moves(journal, *what)

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "move", move)
        if broken == "finish_here":
            patch.setattr(Sheet, "finish_here", die)
        elif broken == "open_shipment":
            patch.setattr("merchant_desk.stations.documents_in_turn.open_shipment", die)
        with pytest.raises(SystemExit):
            held_back(here, "SO-2", RICE)
    here = floor("outbound", restarted(orders, here.desk))
    here.do(lambda session: session.resume_last())
    if not waits():
        here.do(lambda session: session.finish())
    assert waits() == ["SO-2", RICE]
    step = here.do(lambda session: session.apply_held())
    assert (step.head and step.head.about, step.results[-1].done) == ("SO-2", 1_000_000)


def test_scans_that_were_left_at_the_entrance_are_told_of_in_the_document(
    floor: Floors, orders: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = floor("outbound")
    complete(here)

    def die(*args: object) -> None:
        raise SystemExit("power")

    def cut(*args: object) -> None:
        """Nothing is written any more, not even on the way out."""
        patch.setattr(Journal, "move", die)
        die()

    with monkeypatch.context() as patch:
        patch.setattr(Sheet, "finish_here", cut)
        with pytest.raises(SystemExit):
            held_back(here, "SO-2", RICE)
    here = floor("outbound", restarted(orders, here.desk))
    step = here.do(lambda session: session.resume_last())
    assert (step.head and step.head.about, step.situation.held, step.situation.left) == ("SO-1", (), 2)
    assert here.do(lambda session: session.pause()).situation.left == 2
    step = here.do(lambda session: session.finish())
    assert ([scan.text for scan in step.situation.held], step.situation.left) == (["SO-2", RICE], 0)
    step = here.do(lambda session: session.apply_held())
    assert (step.head and step.head.about, step.situation.left) == ("SO-2", 0)


def test_power_may_go_while_a_scan_is_carried_to_its_first_document(
    floor: Floors, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = floor("inbound")
    asked = here.step(RICE)
    here.scan("PO-1", RICE)
    here.do(lambda session: session.acknowledge(accept=False, of=asked.results[0].n))

    def die(*args: object) -> None:
        raise SystemExit("power")

    with monkeypatch.context() as patch:
        patch.setattr("merchant_desk.stations.station.Station.judge", die)
        with pytest.raises(SystemExit):
            here.do(lambda session: session.apply_held())
    here = floor("inbound", restarted(shop, here.desk))
    step = here.do(lambda session: session.resume_last())
    assert (step.head and step.head.about, [scan.text for scan in step.situation.held]) == ("PO-1", [RICE])
    assert here.do(lambda session: session.apply_held()).results[-1].done == 1_000_000
