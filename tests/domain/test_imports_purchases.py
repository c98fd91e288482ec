"""Purchase orders from a file: every row under one rule, amounts exact, half an order never placed."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.domain.amounts import MAX_QUANTITY, MICRO
from merchant_desk.domain.imports import Effect, Fault, FaultCode, ImportTally, UnreadRow
from merchant_desk.domain.imports_articles import Article
from merchant_desk.domain.imports_purchases import (
    PurchaseNote,
    PurchaseOutcome,
    PurchaseRow,
    classify_purchases,
    purchase_id,
)

SUPPLIER, OTHER = UUID(int=1), UUID(int=2)
BEER, RICE = UUID(int=11), UUID(int=12)
CARTON = 7 * MICRO


class Trade:
    """A merchant of two suppliers and two products; the beer comes in cartons of seven."""

    def suppliers(self, names: Iterable[str]) -> Mapping[str, tuple[UUID, ...]]:
        known = {"S1": (SUPPLIER,), "Northern": (SUPPLIER,), "S2": (OTHER,), "Twice": (SUPPLIER, OTHER)}
        return {name: known.get(name, ()) for name in names}

    def skus(self, codes: Iterable[str]) -> Mapping[str, UUID]:
        known = {"BEER": BEER, "RICE": RICE}
        return {code: known[code] for code in codes if code in known}

    def barcodes(self, codes: Iterable[str]) -> Mapping[str, tuple[Article, ...]]:
        known = {
            "B1": (Article(BEER, MICRO),),
            "B7": (Article(BEER, CARTON),),
            "X": (Article(BEER, MICRO), Article(RICE, MICRO)),
        }
        return {code: known.get(code, ()) for code in codes}

    def units(self, skus: Iterable[UUID]) -> Mapping[UUID, str]:
        return dict.fromkeys(skus, "bottle")


def row(number: int, **more: Any) -> PurchaseRow:
    plain = PurchaseRow(number, "PO-1", "S1", "BEER", "", 5 * MICRO, 2 * MICRO, 20251201)
    return plain._replace(**more)


def outcomes(*rows: PurchaseRow | UnreadRow) -> list[PurchaseOutcome]:
    return list(classify_purchases(rows, Trade(), 2))


def test_a_carton_is_counted_in_base_units_and_its_cost_rounded_once() -> None:
    (found,) = outcomes(row(2, sku="", barcode="B7", quantity=3 * MICRO, unit_cost=10 * MICRO))
    assert found.order is not None
    (line,) = found.order.lines
    assert (line.sku_id, line.quantity, line.unit_cost) == (BEER, 21 * MICRO, 1_428_571)
    assert found.rows[0].notes == (PurchaseNote.PACK_COUNTED, PurchaseNote.ROUNDED)
    assert found.rows[0].amount == 3_000


def test_lines_of_one_number_are_one_order_wherever_they_stand() -> None:
    first, second = outcomes(
        row(2), row(3, order_number="PO-2"), row(4, order_number="po-1", supplier="Northern", sku="RICE")
    )
    assert first.order is not None
    assert second.order is not None
    assert [line.sku_id for line in first.order.lines] == [BEER, RICE]
    assert (first.order.number, second.order.number) == ("PO-1", "PO-2")
    assert purchase_id(SUPPLIER, "PO-1") == purchase_id(SUPPLIER, "po-1")


def test_one_wrong_line_leaves_the_order_out() -> None:
    unread = UnreadRow(3, "PO-1", Fault(FaultCode.NUMBER_NOT_READ, "quantity", "six"))
    (found,) = outcomes(row(2), unread, row(4, sku="", barcode="X"))
    assert found.order is None
    assert [one.rule for one in found.rows] == ["order_incomplete", "number_not_read", "ambiguous_product"]


def test_two_suppliers_or_two_days_are_no_order() -> None:
    (suppliers,) = outcomes(row(2), row(3, supplier="S2"))
    (days,) = outcomes(row(2), row(3, due_day=20251202))
    assert {one.rule for one in suppliers.rows} == {"order_of_two_suppliers"}
    assert {one.rule for one in days.rows} == {"order_of_two_days"}


rows = st.lists(
    st.builds(
        row,
        st.just(0),
        order_number=st.sampled_from(["PO-1", "po-1", "PO-2", "PO-3"]),
        supplier=st.sampled_from(["S1", "S1", "S2", "Northern", "Twice", "Nobody"]),
        sku=st.sampled_from(["BEER", "RICE", "NONE", ""]),
        barcode=st.sampled_from(["", "B1", "B7", "X", "?"]),
        quantity=st.one_of(st.integers(-MICRO, 9 * MICRO), st.just(MAX_QUANTITY)),
        unit_cost=st.integers(-1, 100 * MICRO),
        due_day=st.sampled_from([20251201, 20251201, 20251202]),
    ),
    max_size=12,
)


@given(rows)
def test_rows_and_amounts_add_up_whatever_the_file(made: list[PurchaseRow]) -> None:
    numbered = [one._replace(number=n) for n, one in enumerate(made, 2)]
    tally = ImportTally()
    found = list(tally.follow(outcomes(*numbered)))
    assert tally.rows == len(numbered)
    assert sorted(one.row for outcome in found for one in outcome.rows) == [one.number for one in numbered]
    assert tally.amount_pico == sum(one.quantity * one.unit_cost for one in numbered)
    for outcome in found:
        effects = {one.effect for one in outcome.rows}
        assert effects == ({Effect.WRITTEN} if outcome.order is not None else {Effect.REFUSED})
        if outcome.order is not None:
            assert len(outcome.order.lines) == len(outcome.rows)
            assert all(0 < line.quantity <= MAX_QUANTITY for line in outcome.order.lines)
            assert all(line.unit_cost >= 0 for line in outcome.order.lines)
        else:
            assert all(one.fault is not None for one in outcome.rows)
