"""Suppliers, carriers, taxes and outlets: made once under a code, renamed, ended, and who did it."""

from typing import Any
from uuid import UUID

import pytest

from merchant_desk.domain.carriers import AddCarrier, ArchiveCarrier, ChangeCarrier, RestoreCarrier
from merchant_desk.domain.currencies import ChangeCurrency
from merchant_desk.domain.organisation import AddOutlet, RenameOutlet
from merchant_desk.domain.products import MergeProducts
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.shipping import CloseShipment, NoteParcel
from merchant_desk.domain.suppliers import AddSupplier, ArchiveSupplier, RenameSupplier, RestoreSupplier
from merchant_desk.domain.taxes import (
    AddTax,
    ArchiveTax,
    RenameTax,
    RestoreTax,
    SetProductTax,
    SetTaxRate,
    rate_id,
)
from tests.helpers.floor import (
    BEER,
    MANAGER,
    OTHER_OUTLET,
    OUTLET,
    RICE,
    SUPPLIER,
    VIEWER,
    WAREHOUSE,
    WORKER,
    Floor,
    named,
    order,
    purchase,
    shipment,
)

CARRIER, TAX, NEW = named("carrier"), named("tax"), named("new")
URL = "https://example.com/?no={tracking}"
ADD_CARRIER, ADD_TAX = (
    AddCarrier(CARRIER, "POST", "邮政", URL),
    AddTax(TAX, "V13", "增值税", 130_000, 20_260_101),
)


def row(floor: Floor, table: str, id: UUID) -> dict[str, Any]:
    (found,) = floor.rows(table, id=id)
    return found


def history(floor: Floor, id: UUID) -> list[tuple[str, str, str]]:
    rows = sorted(floor.rows("record_changes", about_id=id), key=lambda one: one["time"])
    assert {one["person_id"] for one in rows} <= {MANAGER, rows[0]["person_id"]}
    return [(one["event"], one["was"], one["now"]) for one in rows]


def test_a_supplier_is_renamed_ended_and_back(floor: Floor) -> None:
    for body in (RenameSupplier(SUPPLIER, " 粮油站 "), RenameSupplier(SUPPLIER, "粮油站"),
                 ArchiveSupplier(SUPPLIER), ArchiveSupplier(SUPPLIER)):  # fmt: skip
        floor.do(body)
    assert row(floor, "suppliers", SUPPLIER)["name"] == "粮油站"
    with pytest.raises(Refusal, match="supplier_archived"):
        floor.do(purchase(1))
    floor.do(RestoreSupplier(SUPPLIER))
    floor.do(purchase(1))
    assert history(floor, SUPPLIER) == [
        ("added", "", "粮油"),
        ("renamed", "粮油", "粮油站"),
        ("archived", "", ""),
        ("restored", "", ""),
    ]


def test_a_carrier_is_changed_ended_and_back(floor: Floor) -> None:
    floor.do(ADD_CARRIER)
    other = URL.replace("no", "n")
    floor.do(ChangeCarrier(CARRIER, "邮政快递", URL))
    floor.do(ChangeCarrier(CARRIER, "邮政快递", other))
    floor.do(ArchiveCarrier(CARRIER))
    assert row(floor, "carriers", CARRIER)["archived"] == 1
    floor.do(RestoreCarrier(CARRIER))
    found = row(floor, "carriers", CARRIER)
    assert (found["code_key"], found["name"], found["tracking_url"], found["archived"]) == (
        "post",
        "邮政快递",
        other,
        0,
    )
    assert [event for event, *_ in history(floor, CARRIER)] == [
        "added",
        "renamed",
        "tracking_url",
        "archived",
        "restored",
    ]


def test_a_tax_has_one_rate_from_each_day(floor: Floor) -> None:
    floor.do(ADD_TAX)
    for rate in (90_000, 60_000, 60_000):
        floor.do(SetTaxRate(TAX, rate, 20_270_101))
    assert row(floor, "tax_rates", rate_id(TAX, 20_260_101))["rate"] == 130_000
    assert row(floor, "tax_rates", rate_id(TAX, 20_270_101))["rate"] == 60_000
    floor.do(RenameTax(TAX, "VAT"))
    floor.do(ArchiveTax(TAX))
    floor.do(RestoreTax(TAX))
    assert [one for one in history(floor, TAX) if one[0] == "rate"] == [
        ("rate", "20270101", "90000"),
        ("rate", "20270101", "60000"),
    ]


def test_products_bear_the_tax_that_was_chosen_and_a_merged_one_passes_it_on(floor: Floor) -> None:
    floor.do(ADD_TAX)
    floor.do(MergeProducts(BEER, RICE))
    floor.do(SetProductTax((RICE,), TAX))
    assert row(floor, "sku_taxes", BEER)["tax_id"] == TAX
    floor.do(SetProductTax((BEER,), None))
    assert row(floor, "sku_taxes", BEER)["tax_id"] is None
    assert not floor.rows("sku_taxes", id=RICE)


def test_an_outlet_and_its_warehouse_are_called_something_else(floor: Floor) -> None:
    floor.do(RenameOutlet(OUTLET, "城关店", "城关库"))
    assert (row(floor, "outlets", OUTLET)["name"], row(floor, "warehouses", WAREHOUSE)["name"]) == (
        "城关店",
        "城关库",
    )
    assert history(floor, OUTLET)[-1] == ("renamed", "城关", "城关店")
    assert history(floor, WAREHOUSE) == [("renamed", "城关", "城关库")]


def test_who_has_a_parcel_is_noted_before_and_after_it_left(floor: Floor) -> None:
    floor.do(ADD_CARRIER)
    floor.do(order(1))
    floor.do(shipment())
    floor.do(NoteParcel(named("shipment"), OUTLET, CARRIER, "邮政", "T1"))
    floor.do(CloseShipment(named("shipment"), OUTLET, "", ""))
    found = row(floor, "shipments", named("shipment"))
    assert (found["carrier"], found["carrier_id"], found["tracking"]) == ("邮政", CARRIER, "T1")
    floor.do(NoteParcel(named("shipment"), OUTLET, None, "村级代送", ""))
    found = row(floor, "shipments", named("shipment"))
    assert (found["carrier"], found["carrier_id"], found["tracking"]) == ("村级代送", None, "")


def test_the_currency_changes_until_money_is_in_the_books(floor: Floor) -> None:
    floor.do(ChangeCurrency("USD"))
    floor.do(ChangeCurrency("USD"))
    assert floor.one("merchants")["currency"] == "USD"
    assert history(floor, floor.merchant) == [("currency", "CNY", "USD")]
    floor.do(purchase(1))
    with pytest.raises(Refusal, match="money_booked"):
        floor.do(ChangeCurrency("CNY"))
    floor.do(ChangeCurrency("USD"))


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (AddSupplier(NEW, "s1", "x"), "supplier_code_taken"),
        (AddSupplier(NEW, "", "x"), "record_code_unreadable"),
        (AddSupplier(SUPPLIER, "S2", "x"), "id_taken"),
        (RenameSupplier(SUPPLIER, " "), "name_unreadable"),
        (RenameSupplier(NEW, "x"), "not_here"),
        (AddCarrier(NEW, "post", "x", ""), "carrier_code_taken"),
        (AddCarrier(NEW, "P", "x", "example.com"), "tracking_url_unreadable"),
        (ChangeCarrier(CARRIER, "x", "https://example.com"), "tracking_url_place"),
        (AddTax(NEW, "v13", "x", 0, 20_260_101), "tax_code_taken"),
        (AddTax(NEW, "V", "x", -1, 20_260_101), "tax_rate_absurd"),
        (SetTaxRate(TAX, 1, 20_260_230), "day_unreadable"),
        (SetTaxRate(NEW, 1, 20_260_228), "not_here"),
        (SetProductTax((), TAX), "too_many_products"),
        (SetProductTax((BEER,), NEW), "not_here"),
        (SetProductTax((NEW,), TAX), "not_here"),
        (ChangeCurrency("XTS"), "unknown_currency"),
        (AddOutlet(NEW, "城关", "x", "Asia/Shanghai", 0, named("w")), "outlet_code_unreadable"),
        (AddOutlet(NEW, "N", "", "Asia/Shanghai", 0, named("w")), "name_unreadable"),
        (NoteParcel(named("shipment"), OTHER_OUTLET, None, "", ""), "other_outlet"),
        (NoteParcel(named("shipment"), OUTLET, None, "", "1" * 65), "tracking_unreadable"),
    ],
)
def test_what_is_refused(floor: Floor, body: object, code: str) -> None:
    for made in (ADD_CARRIER, ADD_TAX, order(1), shipment()):
        floor.do(made)
    with pytest.raises(Refusal) as refused:
        floor.do(body)
    assert refused.value.code == code


@pytest.mark.parametrize(
    ("person", "body"),
    [
        (WORKER, ADD_CARRIER),
        (WORKER, AddSupplier(NEW, "S9", "x")),
        (WORKER, ADD_TAX),
        (WORKER, ChangeCurrency("USD")),
        (WORKER, RenameOutlet(OUTLET, "x", "x")),
        (VIEWER, SetProductTax((BEER,), None)),
    ],
)
def test_whoever_has_no_right_to_it_changes_nothing(floor: Floor, person: UUID, body: object) -> None:
    with pytest.raises(Refusal, match="not_allowed"):
        floor.do(body, by=person)
