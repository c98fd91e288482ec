"""The facade: documents asked for, and taken back whole or by line."""

import pytest

from merchant_desk.domain.refusals import Refusal
from tests.helpers.shop import Shop
from tests.stations.conftest import LOTTED, RICE

MICRO = 1_000_000


def received(shop: Shop) -> str:
    desk = shop.desk("manager")
    sheet = desk.receive("PO-1")
    for code in (RICE, RICE, LOTTED):
        sheet.scan(code)
    sheet.finish()
    return sheet.number


def on_hand(shop: Shop, name: str) -> int:
    sku_id = {"rice": shop.rice, "beer": shop.beer}[name]
    return sum(row.on_hand for row in shop.desks[0].stock(sku_id)) // MICRO


def test_documents_are_found_by_kind_state_and_number(shop: Shop) -> None:
    number = received(shop)
    desk = shop.desks[0]
    blind = desk.receive()
    assert [found.number for found in desk.documents("receipts")] == [blind.number, number]
    (closed,) = desk.documents("receipts", status="closed")
    assert (closed.number, closed.kind, closed.about) == (number, "receipts", "PO-1")
    assert desk.documents("receipts", number=number.lower()) == [closed]
    assert len(desk.documents("receipts", most=1)) == 1
    assert desk.documents("counts") == []
    with pytest.raises(LookupError, match="no documents are called 'invoices'"):
        desk.documents("invoices")


def test_a_line_is_taken_back_and_then_the_rest(shop: Shop) -> None:
    number = received(shop)
    desk = shop.desks[0]
    (document,) = desk.documents("receipts", number=number)
    lines = {line.sku: line for line in desk.lines(document)}
    assert {sku: line.moved // MICRO for sku, line in lines.items()} == {"RICE-10": 2, "BEER-500": 1}
    assert desk.reverse(document, [lines["RICE-10"]], reason="送错") == 1
    assert (on_hand(shop, "rice"), on_hand(shop, "beer")) == (0, 1)
    (document,) = desk.documents("receipts", number=number)
    assert document.status == "partly_reversed"
    with pytest.raises(Refusal, match="reversed_already"):
        desk.reverse(document, [lines["RICE-10"]], reason="again")
    assert desk.reverse(document, list(lines.values()), reason="退货") == 1
    assert on_hand(shop, "beer") == 0
    (document,) = desk.documents("receipts", number=number)
    assert document.status == "reversed"
    assert {line.sku: (line.moved // MICRO, line.standing) for line in desk.lines(document)} == {
        "RICE-10": (2, 0),
        "BEER-500": (1, 0),
    }, "the original stays"
    assert {line.reason for line in desk.lines(document)} == {"送错", "退货"}
    with pytest.raises(Refusal, match="reversed_already"):
        desk.reverse(document, reason="once more")
    desk.sync()
    assert desk.status.waiting == 0


def test_a_reason_is_asked_for(shop: Shop) -> None:
    number = received(shop)
    desk = shop.desks[0]
    (document,) = desk.documents("receipts", number=number)
    with pytest.raises(Refusal, match="reason_missing"):
        desk.reverse(document, reason="  ")
    assert on_hand(shop, "rice") == 2


def test_a_count_is_taken_back_by_line(shop: Shop) -> None:
    shop.stock(shop.rice, 8)
    desk = shop.desk("manager")
    sheet = desk.count("A-01")
    for code in (RICE, RICE):
        sheet.scan(code)
    sheet.finish()
    (document,) = desk.documents("counts")
    (line,) = desk.lines(document)
    assert (line.moved // MICRO, line.variance) == (2, -6 * MICRO)
    assert on_hand(shop, "rice") == 2
    desk.reverse(document, [line], reason="数错")
    assert on_hand(shop, "rice") == 8
