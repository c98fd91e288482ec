"""Codes: keys, and every reading that the form of a code allows."""

from unicodedata import normalize

import pytest
from biip.checksums import gs1_standard_check_digit
from hypothesis import example, given
from hypothesis import strategies as st

from merchant_desk.domain.codes import (
    Classified,
    check_digit,
    classify,
    fold,
    gtin14,
    sku_key,
    upc_e_gtin14,
    visible,
)
from merchant_desk.domain.gtins import GtinForm, has_check_digit
from merchant_desk.domain.house_codes import Command, CommandKind
from merchant_desk.domain.in_store import InStorePattern
from merchant_desk.domain.symbologies import UNKNOWN, ElementStrings, split_aim, symbology

TODAY = 20261121
GTIN = "09521234543213"
SCALE = (InStorePattern("scale", "21IIIIIWWWWWK"),)
DIGITS = st.text("0123456789", min_size=1, max_size=20)


def read(raw: str, aim: str | None = None) -> Classified:
    return classify(raw, aim, SCALE, TODAY)


def keys(found: Classified) -> list[tuple[str, GtinForm]]:
    return [(reading.key, reading.form) for reading in found.gtins]


@given(DIGITS)
def test_check_digits_are_the_library_s(digits: str) -> None:
    assert check_digit(digits) == gs1_standard_check_digit(digits)
    assert has_check_digit(digits + str(check_digit(digits)))
    assert not has_check_digit(digits + str((check_digit(digits) + 1) % 10))


@pytest.mark.parametrize("text", ["", "12a", " 1", "１２", "-1", "²"])
def test_a_check_digit_needs_digits(text: str) -> None:
    with pytest.raises(ValueError, match="digits expected"):
        check_digit(text)
    assert not has_check_digit(text + "0")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("96385074", "00000096385074"),
        ("614141000036", "00614141000036"),
        ("0614141000036", "00614141000036"),
        ("9521234543213", GTIN),
        (GTIN, GTIN),
        ("19521234543210", "19521234543210"),
        ("9521234543214", None),
        ("952123454321", None),
        ("521234543213", None),
        ("9521234543213 ", None),
        ("９５２１２３４５４３２１３", None),
        ("", None),
    ],
)
def test_the_gtin_14_key_needs_a_right_check_digit(text: str, key: str | None) -> None:
    assert gtin14(text) == key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("04252614", "00042100005264"),
        ("01234565", "00012345000065"),
        ("04963406", "00049000006346"),
        ("11621355", "00116213000055"),
        ("21621355", None),
        ("04252615", None),
        ("0425261", None),
        ("0425261x", None),
    ],
)
def test_upc_e_is_expanded(text: str, key: str | None) -> None:
    assert upc_e_gtin14(text) == key


def test_raw_codes_keep_their_case_and_their_separators() -> None:
    assert fold(" aB1-Cafe\u0301\r\n") == "aB1-Caf\u00e9"
    assert fold("\x1d01\x1d") == "\x1d01\x1d"
    assert sku_key(" aB1-CAFE\u0301 ") == sku_key("AB1-caf\u00e9") == "ab1-caf\u00e9"
    assert sku_key("STRASSE") == sku_key("Straße")


@given(st.text())
@example("ͅΐΰ")
def test_keys_are_stable(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert sku_key(sku_key(text)) == sku_key(text)
    assert normalize("NFC", sku_key(text)) == sku_key(text)


def test_control_characters_are_shown_as_pictures() -> None:
    assert visible("A\x1dB\x7f\n") == "A<GS>B<DEL><LF>"


@pytest.mark.parametrize(
    ("text", "split"),
    [
        ("]C10195", ("]C1", "0195")),
        ("]e0", ("]e0", "")),
        ("]", (None, "]")),
        ("]C", (None, "]C")),
        ("]]C1", (None, "]]C1")),
        ("C10195", (None, "C10195")),
        ("", (None, "")),
    ],
)
def test_aim_identifiers_are_split_off(text: str, split: tuple[str | None, str]) -> None:
    assert split_aim(text) == split


@pytest.mark.parametrize(
    ("aim", "elements", "forms"),
    [
        ("]C1", ElementStrings.ALWAYS, ""),
        ("]e0", ElementStrings.ALWAYS, ""),
        ("]e1", ElementStrings.ALWAYS, ""),
        ("]d2", ElementStrings.ALWAYS, ""),
        ("]Q3", ElementStrings.ALWAYS, ""),
        ("]J1", ElementStrings.ALWAYS, ""),
        ("]E0", ElementStrings.NEVER, "ean13 upca upce"),
        ("]E3", ElementStrings.NEVER, "ean13 upca upce"),
        ("]E4", ElementStrings.NEVER, "ean8"),
        ("]E1", ElementStrings.NEVER, ""),
        ("]E2", ElementStrings.NEVER, ""),
        ("]I0", ElementStrings.NEVER, "gtin14"),
        ("I1", ElementStrings.NEVER, "gtin14"),
        ("]C0", ElementStrings.POSSIBLE, "ean13 ean8 gtin14 upca upce"),
        ("]A0", ElementStrings.POSSIBLE, "ean13 ean8 gtin14 upca upce"),
        ("]Q1", ElementStrings.POSSIBLE, "ean13 ean8 gtin14 upca upce"),
        ("]d1", ElementStrings.POSSIBLE, "ean13 ean8 gtin14 upca upce"),
    ],
)
def test_what_a_symbol_can_hold(aim: str, elements: ElementStrings, forms: str) -> None:
    found = symbology(aim)
    assert found.element_strings is elements
    assert sorted(found.gtin_forms) == forms.split()
    assert found.name


@pytest.mark.parametrize("aim", ["]?0", "]", "", "]é1"])
def test_an_identifier_that_nobody_knows_says_nothing(aim: str) -> None:
    assert symbology(aim) is UNKNOWN


def test_an_ean_8_may_be_an_internal_element_without_an_identifier() -> None:
    found = read("96385074")
    assert keys(found) == [("00000096385074", GtinForm.EAN_8)]
    assert found.elements is not None
    assert found.elements.value("96") == "385074"
    assert not found.elements_sure
    with_aim = read("]E496385074")
    assert (with_aim.raw, with_aim.aim) == ("96385074", "]E4")
    assert keys(with_aim) == keys(found)
    assert with_aim.elements is None
    only_elements = read("96385074", "]C1")
    assert only_elements.gtins == ()
    assert only_elements.elements == found.elements
    assert only_elements.elements_sure


def test_eight_digits_may_be_an_ean_8_and_a_upc_e() -> None:
    both = next(
        text
        for number in range(10_000_000)
        if gtin14(text := f"{number:07}{check_digit(f'{number:07}')}") and upc_e_gtin14(text)
    )
    assert [form for _, form in keys(read(both))] == [GtinForm.EAN_8, GtinForm.UPC_E]
    assert [form for _, form in keys(read(both, "]E0"))] == [GtinForm.UPC_E]
    assert [form for _, form in keys(read(both, "]E4"))] == [GtinForm.EAN_8]


def test_a_wrong_check_digit_leaves_the_raw_code() -> None:
    found = read("6901234567890")
    assert (found.raw, found.sku_key, found.gtins, found.elements) == (
        "6901234567890",
        "6901234567890",
        (),
        None,
    )
    assert found == Classified("6901234567890", None, "6901234567890")


def test_an_add_on_symbol() -> None:
    (reading,) = read("978073520044951299"[:13] + "51299", "]E3").gtins
    assert (reading.key, reading.form, reading.add_on) == ("09780735200449", GtinForm.EAN_13, "51299")
    (reading,) = read("9780735200449 12").gtins
    assert (reading.key, reading.add_on) == ("09780735200449", "12")
    assert read("978073520044912").gtins == ()
    assert read("9780735200448 12").gtins == ()
    assert read("9780735200449 12", "]E0").gtins == ()
    assert read("51299", "]E2").gtins == ()


def test_one_number_in_three_forms_has_one_key() -> None:
    found = [read(text).gtin_keys for text in ("614141000036", "0614141000036", "00614141000036")]
    assert found == [("00614141000036",)] * 3
    assert read(f"01{GTIN}10ABC").gtin_keys == (GTIN,)
    assert read(f"02{GTIN}3712").gtin_keys == ()


@pytest.mark.parametrize(
    ("raw", "aim", "sure"),
    [
        (f"01{GTIN}10ABC", "]C1", True),
        (f"01{GTIN}10ABC", None, True),
        (f"(01){GTIN}(10)ABC", None, True),
        (f"\x1d01{GTIN}10ABC", None, True),
        (f"https://id.gs1.org/01/{GTIN}/10/ABC", None, True),
        (f"https://id.gs1.org/01/{GTIN}/10/ABC", "]Q1", True),
        (f"01{GTIN}1726133110ABC", None, True),
        (f"01{GTIN[:-1]}010ABC", None, False),
        ("10ABC", None, False),
        ("10ABC", "]d2", True),
        ("10ABC", "]A0", False),
        ("10AB\x1d21C", None, True),
    ],
)
def test_gs1_messages_are_recognised(raw: str, aim: str | None, sure: bool) -> None:
    found = read(raw, aim)
    assert found.elements is not None
    assert found.elements_sure is sure
    assert found.elements.lot in ("ABC", "AB")


@pytest.mark.parametrize(
    "raw",
    [
        "3017620422003",
        "(x)",
        "(50) red",
        "https://example.com/shop",
        "RC-03-000123",
        "05X\x1d06Y",
        "10",
        "01",
        "A1B2",
    ],
)
def test_what_is_no_gs1_message_has_no_elements(raw: str) -> None:
    assert read(raw).elements is None


def test_a_symbol_that_must_be_gs1_says_what_is_wrong() -> None:
    found = read("3017620422003", "]C1")
    assert found.elements is not None
    assert [problem.code for problem in found.elements.problems] == ["too_long"]
    assert found.elements_sure
    assert found.gtins == ()


def test_a_symbol_that_holds_a_gtin_has_no_elements() -> None:
    assert read(f"01{GTIN}", "]I1").elements is None
    assert read("1095212345432103", "]E0").elements is None
    assert [form for _, form in keys(read(GTIN, "]I1"))] == [GtinForm.GTIN_14]
    assert keys(read("9521234543213", "]I1")) == []


def test_an_in_store_code_is_a_gtin_too() -> None:
    found = read("2112345017501")
    (weighed,) = found.in_store
    assert (weighed.weight, weighed.item) == (1_750_000, "2112345")
    assert [form for _, form in keys(found)] == [GtinForm.EAN_13]
    assert read("2112345017501", "]E0").in_store == (weighed,)
    assert read("2112345017501", "]C0").in_store == (weighed,)
    for aim in ("]E4", "]C1", "]I1"):
        assert read("2112345017501", aim).in_store == ()


def test_house_codes() -> None:
    assert read("MD:OK").command == Command(CommandKind.OK)
    assert read("L:A-01-3").location == "A-01-3"
    assert read("P:7f3a").person == "7f3a"
    assert read("RC-03-000123").document == read("rc-03-000123").document == "rc-03-000123"
    assert read("RC-03-12").document is None
    for raw in ("MD:OK", "MD:DANCE", "L:A-01-3", "L:", "P:7f3a"):
        assert read(raw).reserved
    for raw in ("RC-03-000123", "md:ok", "9521234543213", "A1B2"):
        assert not read(raw).reserved


def test_house_codes_in_any_symbol() -> None:
    assert read("]A0MD:UNDO") == read("MD:UNDO", "]A0")
    assert read("]A0MD:UNDO").command == Command(CommandKind.UNDO)
    assert read("]Q1L:A-01").location == "A-01"


def test_case_and_symbols_survive() -> None:
    found = read("aB#1~$ü")
    assert (found.raw, found.sku_key) == ("aB#1~$ü", "ab#1~$ü")


@given(st.text(), st.one_of(st.none(), st.text(max_size=4)))
@example("\x1d", "]C1")
@example("", None)
@example("]E0", None)
@example("٣٤٥٦٧٨٩١", None)
def test_no_text_raises(raw: str, aim: str | None) -> None:
    found = classify(raw, aim, SCALE, TODAY)
    assert found.raw == fold(found.raw)
    for key in found.gtin_keys:
        assert gtin14(key) == key


@given(
    st.sampled_from(["", "]E0", "]E4", "]C0", "]C1", "]I1", "]Q3"]), st.text("0123456789\x1d()", max_size=40)
)
def test_no_number_raises(aim: str, raw: str) -> None:
    found = read(aim + raw)
    assert found.aim == (aim or None)
    assert found.raw == raw
