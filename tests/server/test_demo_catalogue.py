"""The demo merchant's range: valid codes that belong to nobody, plausible goods, and the oddities meant."""

from collections import Counter

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.codes import classify, gtin14
from merchant_desk.domain.in_store import InStorePattern, parse_in_store
from merchant_desk.domain.products import check_item
from merchant_desk.server.demo.catalogue import (
    CASE_TWINS,
    CATEGORIES,
    EIGHT_DIGITS,
    HOUSE_CODE,
    SHARED_CODE,
    SUPPLIERS,
    Article,
    articles,
    new_sku,
)
from merchant_desk.server.demo.structure import MERCHANT_ID, OUTLETS, PEOPLE, assortment, homes, supplier_id

TODAY = 20261121
SCALES = (InStorePattern("weight", "21IIIIIWWWWWK"),)


@pytest.fixture(scope="module")
def everything() -> tuple[Article, ...]:
    return articles(MERCHANT_ID)


@pytest.fixture(scope="module")
def by_sku(everything: tuple[Article, ...]) -> dict[str, Article]:
    return {article.sku: article for article in everything}


def test_there_are_about_600_articles_of_every_category(everything: tuple[Article, ...]) -> None:
    assert 580 <= len(everything) <= 620
    counts = Counter(article.category for article in everything)
    assert set(counts) == set(CATEGORIES)
    assert min(counts.values()) >= 12
    assert len({article.sku.casefold() for article in everything}) == len(everything)
    assert len({article.name for article in everything}) == len(everything)
    assert len({article.name_en for article in everything}) == len(everything)


def test_names_stand_in_both_languages(everything: tuple[Article, ...]) -> None:
    assert [article.sku for article in everything if not article.name_en.isascii()] == []
    assert [article.sku for article in everything if article.name.isascii()] == []


def test_prices_are_above_costs_and_the_rules_take_every_article(everything: tuple[Article, ...]) -> None:
    for article in everything:
        assert 0 < article.cost < article.price, article.sku
        check_item(new_sku(article, supplier_id(article.supplier)))
    assert {article.supplier for article in everything} == set(SUPPLIERS)


def test_codes_stand_under_the_demonstration_prefix(everything: tuple[Article, ...]) -> None:
    for article in everything:
        for barcode in article.barcodes:
            code = barcode.code
            if code in CASE_TWINS.values() or code == HOUSE_CODE[1]:
                assert barcode.gtin is None
                continue
            assert barcode.gtin == gtin14(code) is not None, code
            if article.weighed:
                assert code.startswith("21")
            elif len(code) == 14:
                assert code.startswith("1952")
                assert barcode.quantity == article.carton * MICRO
            else:
                assert len(code) in (8, 13)
                assert code.startswith("952")


def test_no_code_could_be_a_real_firms(everything: tuple[Article, ...]) -> None:
    codes = [barcode.gtin for article in everything for barcode in article.barcodes if barcode.gtin]
    prefixes = {int(code[1:4]) for code in codes if len(code.lstrip("0")) > 8}
    assert prefixes <= {952, *range(200, 300)}
    in_store = [article for article in everything for b in article.barcodes if b.code.startswith("2")]
    assert all(article.weighed for article in in_store)


def test_only_the_shared_code_is_ambiguous(
    everything: tuple[Article, ...], by_sku: dict[str, Article]
) -> None:
    holders: dict[str, list[str]] = {}
    for article in everything:
        for barcode in article.barcodes:
            holders.setdefault(barcode.gtin or barcode.code, []).append(article.sku)
    assert [skus for skus in holders.values() if len(skus) > 1] == [list(SHARED_CODE)]
    assert by_sku[SHARED_CODE[1]].extra_code == by_sku[SHARED_CODE[0]].code


def test_the_oddities_read_as_what_they_are(by_sku: dict[str, Article]) -> None:
    for sku in EIGHT_DIGITS:
        assert [reading.form.value for reading in classify(by_sku[sku].code, "]E4", (), TODAY).gtins] == [
            "ean8"
        ]
    assert len(by_sku[HOUSE_CODE[0]].code) == 4
    twins = [by_sku[sku].extra_code for sku in CASE_TWINS]
    assert twins[0] != twins[1]
    assert twins[0].casefold() == twins[1].casefold()
    assert len({classify(code, None, (), TODAY).raw for code in twins}) == 2


def test_the_scale_codes_are_those_of_a_scale(everything: tuple[Article, ...]) -> None:
    weighed = [article for article in everything if article.weighed]
    assert len(weighed) >= 5
    for article in weighed:
        (reading,) = parse_in_store(article.code, SCALES)
        assert reading.base_code == article.code
        assert reading.weight == 0
        assert article.base_unit == "公斤"


def test_most_articles_come_in_cartons(everything: tuple[Article, ...]) -> None:
    packed = [article for article in everything if article.carton]
    assert len(packed) > 500
    forms = Counter(len(article.carton_code) for article in packed)
    assert forms[14] > 400
    assert forms[13] > 40
    assert [article.sku for article in everything if not article.carton and article.carton_code] == []


def test_a_lots_code_tells_its_expiry(everything: tuple[Article, ...]) -> None:
    from datetime import date

    tracked = [article for article in everything if article.track_expiry]
    assert 40 < len(tracked) < 200
    for article in tracked:
        code, expiry = article.lot(date(2026, 11, 3))
        assert code == "L261103"
        assert article.expiry_of(code) == expiry
        assert expiry is not None
        assert expiry > 20261103
        assert 0 < article.min_days_left < article.shelf_days


def test_every_article_of_an_outlet_has_a_shelf_there() -> None:
    for outlet in OUTLETS:
        shelves = homes(outlet)
        assert set(shelves) == {article.index for article in assortment(outlet)}
        assert set(shelves.values()) == set(outlet.shelves)


def test_people_have_badges_pins_and_passwords_of_their_own() -> None:
    from merchant_desk.domain.codes import classify as read
    from merchant_desk.domain.sign_in import check_new_password, check_new_pin

    for person in PEOPLE:
        check_new_password(person.password, person.login)
        check_new_pin(person.pin)
    badges = [person.badge for person in PEOPLE if person.badge]
    assert len(badges) == len(set(badges)) == len(PEOPLE) - 1
    assert all(read(badge, None, (), TODAY).person for badge in badges)
    assert len({person.pin for person in PEOPLE}) == len(PEOPLE)
    for outlet in OUTLETS:
        assert sum(person.outlet is outlet and person.role == "warehouse" for person in PEOPLE) == 2
