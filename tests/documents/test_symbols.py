"""Bar codes that leave on paper are read back by a decoder that is not ours."""

import numpy as np
import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st

from merchant_desk.documents.command_cards import command_cards
from merchant_desk.documents.symbols import Symbol, code128, ean13, gs1_128, gs1_datamatrix, product_symbol
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.house_codes import CommandKind, command


def read(symbol: Symbol, module: int = 3) -> list[tuple[str, str]]:
    bars = "0" * symbol.quiet + symbol.bars + "0" * symbol.quiet
    row = np.repeat(np.array([0 if bar == "1" else 255 for bar in bars], np.uint8), module)
    image = np.tile(row, (80, 1))
    return [(code.format.name, code.text) for code in zxingcpp.read_barcodes(np.ascontiguousarray(image))]


@pytest.mark.parametrize("card", command_cards(), ids=lambda card: card.symbol.text)
def test_every_card_says_its_command(card: object) -> None:
    symbol = card.symbol  # type: ignore[attr-defined]
    assert read(symbol) == [("Code128", symbol.text)]
    assert command(symbol.text) == card.command  # type: ignore[attr-defined]


def test_a_sheet_has_every_command_and_the_quantities_asked_for() -> None:
    cards = command_cards((3, 500))
    assert {card.command.kind for card in cards} == set(CommandKind)
    assert [card.quantity for card in cards if card.quantity is not None] == [3 * MICRO, 500 * MICRO]
    with pytest.raises(ValueError, match="no card can say"):
        command_cards((-1,))


@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=4, max_size=30))
@settings(max_examples=60)
def test_code_128_says_any_ascii(text: str) -> None:
    assert [found for _, found in read(code128(text))] == [text]


@given(st.lists(st.text("0123456789ABCabc-/", min_size=1, max_size=9), min_size=1, max_size=3))
@settings(max_examples=60)
def test_gs1_128_says_its_separators(parts: list[str]) -> None:
    text = "\x1d".join(["0106901234567892", *parts])
    bars = gs1_128(text)
    module = np.repeat(
        np.array([0 if bar == "1" else 255 for bar in "0" * 10 + bars.bars + "0" * 10], np.uint8), 3
    )
    (found,) = zxingcpp.read_barcodes(np.ascontiguousarray(np.tile(module, (80, 1))))
    assert found.symbology_identifier == "]C1"
    assert found.bytes.decode() == text


@pytest.mark.parametrize(
    "text",
    [
        "01069012345678921728123110aB7-x",
        "0106901234567892" + "10aB7-x\x1d" + "21z9",
        "17281231" + "10" + "L" * 20,
    ],
)
def test_gs1_datamatrix_says_its_elements(text: str) -> None:
    matrix = gs1_datamatrix(text)
    modules = np.array([[0 if dark == "1" else 255 for dark in row] for row in matrix.rows], np.uint8)
    quiet = np.pad(modules, 1, constant_values=255)
    (found,) = zxingcpp.read_barcodes(np.kron(quiet, np.ones((5, 5), np.uint8)))
    assert (found.format.name, found.symbology_identifier) == ("DataMatrix", "]d2")
    assert found.bytes.decode() == text


def test_what_is_no_element_string_is_no_gs1_datamatrix() -> None:
    for text in ("", "hello", "0106901234567893"):
        with pytest.raises(ValueError, match="no element string"):
            gs1_datamatrix(text)


def test_products_are_printed_as_ean_where_they_are_one() -> None:
    assert read(ean13("9520000000011")) == [("EAN13", "9520000000011")]
    assert product_symbol("9520000000011").kind == "ean13"
    assert product_symbol("9520000000012").kind == "code128"
    assert product_symbol("HX-1").kind == "code128"


@pytest.mark.parametrize("code", ["", "青石"])
def test_what_no_symbol_can_carry_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match="cannot say"):
        product_symbol(code)
