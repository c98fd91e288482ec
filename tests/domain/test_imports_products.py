"""Products from a file: the rule that each row comes under."""

from collections import Counter
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.gtins import check_digit, gtin14
from merchant_desk.domain.imports import Effect, Fault, FaultCode, UnreadRow, sku_id
from merchant_desk.domain.imports_products import Care, ProductClassifier, ProductRow, classify_products
from merchant_desk.domain.products import Barcode, NewSku, check_item


def coded(*codes: str) -> list[ProductRow]:
    return [ProductRow(number, "", code, "醋") for number, code in enumerate(codes, 2)]


def rules(*rows: ProductRow | UnreadRow, has_skus: bool = False) -> list[str]:
    return [str(outcome.row.rule) for outcome in classify_products(rows, has_skus)]


@pytest.mark.parametrize(
    ("code", "rule", "gtin"),
    [
        ("6901234567892", "new_product", "06901234567892"),
        ("96385074", "new_product", "00000096385074"),
        ("036000291452", "new_product", "00036000291452"),
        ("16901234567899", "new_product", "16901234567899"),
        ("6901234567890", "raw_code", None),
        ("96385075", "raw_code", None),
        ("12345", "odd_length", None),
        ("690123456789201", "odd_length", None),
        ("AB-12", "house_code", None),
        ("６９０", "house_code", None),
    ],
)
def test_a_code_by_its_form(code: str, rule: str, gtin: str | None) -> None:
    (outcome,) = classify_products(coded(code))
    assert (outcome.row.rule, outcome.row.effect) == (rule, Effect.WRITTEN)
    assert outcome.product is not None
    assert (outcome.product.sku, outcome.product.barcode, outcome.product.gtin) == (code, code, gtin)


def test_a_repeated_code_leaves_the_first_row_standing() -> None:
    first, other, again = classify_products(coded("6901234567892", "12345", "6901234567892"))
    assert (again.row.rule, again.row.effect, again.product) == ("repeated_code", Effect.UNCHANGED, None)
    assert (first.row.rule, other.row.rule) == ("new_product", "odd_length")


def test_codes_compare_without_case_as_skus_do() -> None:
    assert rules(*coded("ab-1", "AB-1")) == ["house_code", "repeated_code"]


def test_one_gtin_written_in_several_ways_is_several_products() -> None:
    judge = ProductClassifier()
    found = list(judge.outcomes(coded("00011686", "0000000011686", "00000000011686", "00011686")))
    assert [outcome.row.rule for outcome in found] == [
        "new_product",
        "gtin_clash",
        "gtin_clash",
        "repeated_code",
    ]
    assert [outcome.clashes_with for outcome in found] == [
        (),
        ("00011686",),
        ("00011686", "0000000011686"),
        (),
    ]
    assert {outcome.product.gtin for outcome in found if outcome.product} == {"00000000011686"}
    assert judge.ambiguous_gtins == judge.repeated_gtins == {"00000000011686"}


def test_a_repeated_text_alone_is_not_ambiguous() -> None:
    judge = ProductClassifier()
    assert len(list(judge.outcomes(coded("6901234567892", "6901234567892")))) == 2
    assert (judge.repeated_gtins, judge.ambiguous_gtins) == ({"06901234567892"}, set())


def test_a_wrong_check_digit_clashes_with_nothing() -> None:
    assert rules(*coded("00011687", "0000000011687")) == ["raw_code", "raw_code"]


def test_skus_of_their_own() -> None:
    rows = [
        ProductRow(2, "A", "6901234567892", "醋"),
        ProductRow(3, "a", "6901234567908", "醋"),
        ProductRow(4, "B", "6901234567892", "盐"),
        ProductRow(5, "C", "16901234567899", "糖"),
        ProductRow(6, "D", "", "茶"),
        ProductRow(7, "", "96385074", "米"),
        ProductRow(8, "E", "0000096385074", "面"),
        ProductRow(9, "F", "12345", "油"),
        ProductRow(10, "G", "12345", "油"),
    ]
    assert rules(*rows, has_skus=True) == [
        "new_product",
        "sku_twice",
        "code_clash",
        "new_product",
        "new_product",
        "new_product",
        "gtin_clash",
        "odd_length",
        "code_clash",
    ]
    first, *_ = classify_products(rows, has_skus=True)
    assert first.product is not None
    assert (first.product.key, first.product.sku) == ("a", "A")


def test_a_sku_again_with_a_code_that_is_lost_is_left_out_with_the_reason() -> None:
    """Whatever the case of the SKU; what says nothing new only repeats the first row."""
    carton = Care(pack_code="16901234567899", pack_quantity=12 * MICRO)
    rows = [
        ProductRow(2, "A1", "6901234567892", "铅笔"),
        ProductRow(3, "a1", "9529000000060", "铅笔红"),
        ProductRow(4, "A1", "6901234567892", "铅笔", care=carton),
        ProductRow(5, "A1", "6901234567892", "铅笔"),
        ProductRow(6, "A1", "", "铅笔"),
    ]
    found = [one.row for one in classify_products(rows, has_skus=True)]
    assert [(row.effect, row.fault) for row in found[1:]] == [
        (Effect.REFUSED, Fault(FaultCode.SKU_TWICE, "barcode", "9529000000060")),
        (Effect.REFUSED, Fault(FaultCode.SKU_TWICE, "pack_code", "16901234567899")),
        (Effect.UNCHANGED, None),
        (Effect.UNCHANGED, None),
    ]


def test_a_product_without_a_name_is_named_by_its_code() -> None:
    rows = [ProductRow(2, "", "6901234567892", ""), ProductRow(3, "", "12345", "")]
    found = list(classify_products(rows))
    assert [(one.row.rule, one.row.notes) for one in found] == [
        ("empty_name", ("unnamed",)),
        ("odd_length", ("unnamed",)),
    ]
    assert [one.product.name for one in found if one.product] == ["6901234567892", "12345"]


def test_zeros_that_a_spreadsheet_cut_off_are_noticed() -> None:
    found = [one.row for one in classify_products(coded("36000291452", "36000291453", "5"))]
    assert [(row.notes, row.meant) for row in found] == [
        (("zeros_lost",), "036000291452"),
        ((), ""),
        ((), ""),
    ]


def test_an_unread_row_is_refused_and_remembered_nowhere() -> None:
    fault = Fault(FaultCode.LOST_DIGITS, "barcode", "6.9E+12")
    bad, good = classify_products([UnreadRow(2, "", fault), *coded("6901234567892")])
    assert (bad.row.rule, bad.row.effect, bad.row.fault, bad.product) == (
        "lost_digits",
        Effect.REFUSED,
        fault,
        None,
    )
    assert good.row.rule == "new_product"


bodies = st.text("0123456789", min_size=1, max_size=7).map(lambda body: body + str(check_digit(body)))
codes = st.one_of(
    bodies.flatmap(lambda code: st.sampled_from([8, 12, 13, 14]).map(code.zfill)),
    st.text("0123456789", min_size=1, max_size=15),
    st.text("AaBb-1", min_size=1, max_size=3),
)


@given(st.lists(codes, max_size=60))
def test_the_rules_agree_with_a_plain_account_of_the_file(found: list[str]) -> None:
    judge = ProductClassifier()
    outcomes = list(judge.outcomes(coded(*found)))
    assert len(outcomes) == len(found)
    written = [outcome.product for outcome in outcomes if outcome.product]
    # Each SKU once, and none lost.
    assert Counter(product.key for product in written) == dict.fromkeys(
        {code.casefold() for code in found}, 1
    )
    by_gtin: dict[str, list[str]] = {}
    for code in found:
        if key := gtin14(code):
            by_gtin.setdefault(key, []).append(code)
    assert judge.repeated_gtins == {key for key, texts in by_gtin.items() if len(texts) > 1}
    assert judge.ambiguous_gtins == {key for key, texts in by_gtin.items() if len(set(texts)) > 1}
    clashes = sum(outcome.row.rule == "gtin_clash" for outcome in outcomes)
    assert clashes == sum(len(set(texts)) - 1 for texts in by_gtin.values())


@given(st.lists(codes, max_size=20), st.sampled_from(["", "醋"]), st.sampled_from([None, 0, 6_900_000]))
def test_what_is_written_passes_the_rule_of_the_operation(
    found: list[str], name: str, price: int | None
) -> None:
    for outcome in classify_products(ProductRow(2, "", code, name, "件", "", price) for code in found):
        if product := outcome.product:
            barcode = Barcode(product.barcode, product.gtin, 1_000_000, product.unit)
            key = sku_id(UUID(int=7), product.key)
            given_price = product.price or 0
            check_item(
                NewSku(
                    key, product.sku, product.name, "", "", "件", given_price, False, False, 0, 0, (barcode,)
                )
            )
