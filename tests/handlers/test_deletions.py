"""Does a deletion of a large part of a table wait until its author confirmed how many rows go?"""

from uuid import UUID

import pytest

from merchant_desk.domain.deletions import FEW
from merchant_desk.domain.jobs import StartImport, UndoImport
from merchant_desk.domain.products import AddProduct, ChangeProduct, ImportProducts, MergeProducts, barcode_id
from merchant_desk.domain.refusals import Refusal
from merchant_desk.sync.protocol import Status
from tests.helpers.floor import BEER, OUTLET, Floor, item, named

TEA = named("tea")
JOB = named("import of tea")
CODES = tuple(f"T{n}" for n in range(30))
BARCODES = tuple(barcode_id(TEA, code) for code in CODES)


def undo(barcodes: tuple[UUID, ...], confirmed: int = 0) -> UndoImport:
    return UndoImport(JOB, OUTLET, 1, (), (), barcodes, last=True, confirmed=confirmed)


@pytest.fixture
def stocked(floor: Floor) -> Floor:
    """A merchant with 32 barcodes, 30 of them the tea's."""
    floor.do(StartImport(JOB, OUTLET, "products", "tea.csv", "", "", "", 1))
    floor.do(ImportProducts(JOB, 1, (item(TEA, "TEA", *CODES),)))
    return floor


def test_an_undo_that_takes_most_barcodes_is_refused_until_that_number_is_confirmed(stocked: Floor) -> None:
    refused = stocked.send(undo(BARCODES))
    assert (refused.status, refused.code) == (Status.REFUSED, "deletes_much")
    assert len(stocked.rows("barcodes")) == 32
    assert stocked.send(undo(BARCODES, confirmed=29)).status is Status.REFUSED
    assert stocked.send(undo(BARCODES, confirmed=30)).status is Status.APPLIED
    assert len(stocked.rows("barcodes")) == 2


def test_the_refusal_says_how_many_of_how_many(stocked: Floor) -> None:
    with pytest.raises(Refusal) as refused:
        stocked.do(ChangeProduct(TEA, dropped=CODES[:25]))
    assert refused.value.facts == {"table": "barcodes", "rows": 25, "held": 32}
    assert len(stocked.rows("barcodes")) == 32


def test_a_few_rows_need_no_word_however_small_the_table(stocked: Floor) -> None:
    stocked.do(ChangeProduct(TEA, dropped=CODES[:FEW]))
    assert len(stocked.rows("barcodes")) == 32 - FEW


def test_a_small_part_of_a_large_table_needs_no_word(stocked: Floor) -> None:
    stocked.do(AddProduct(item(named("pen"), "PEN", *(f"P{n}" for n in range(73)))))
    assert len(stocked.rows("barcodes")) == 105
    stocked.do(ChangeProduct(TEA, dropped=CODES[:21]))
    with pytest.raises(Refusal):
        stocked.do(ChangeProduct(named("pen"), dropped=tuple(f"P{n}" for n in range(21))))


def test_codes_that_go_over_to_another_product_are_not_deleted(stocked: Floor) -> None:
    stocked.do(MergeProducts(BEER, TEA))
    assert len(stocked.rows("barcodes", sku_id=BEER)) == 31
