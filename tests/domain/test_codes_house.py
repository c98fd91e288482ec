"""House codes: one grammar for the printer and for the scanner."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.house_codes import (
    Command,
    CommandKind,
    badge_code,
    command,
    command_code,
    is_document_number,
    is_reserved,
    location_code,
    location_label,
    person_badge,
)


@pytest.mark.parametrize("kind", CommandKind)
def test_every_card_reads_back(kind: CommandKind) -> None:
    assert command_code(Command(kind)) == f"MD:{kind}"
    assert command(f"MD:{kind}") == Command(kind)


@given(st.integers(0, 999_999_999 * MICRO + MICRO - 1))
def test_every_quantity_reads_back(quantity: int) -> None:
    wanted = Command(CommandKind.QUANTITY, quantity)
    assert command(command_code(wanted)) == wanted


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("MD:QTY:12", 12_000_000),
        ("MD:QTY:0", 0),
        ("MD:QTY:1.5", 1_500_000),
        ("MD:QTY:0.000001", 1),
        ("MD:QTY:007", 7_000_000),
        ("MD:QTY:999999999", 999_999_999_000_000),
    ],
)
def test_quantities(text: str, quantity: int) -> None:
    assert command(text) == Command(CommandKind.QUANTITY, quantity)


@pytest.mark.parametrize(
    "text",
    [
        "MD:", "MD", "md:ok", "MD:ok", "MD:OK:", "MD:OK:1", "MD:QTY:", "MD:QTY:-1", "MD:QTY:1,5", "MD:QTY:1.",
        "MD:QTY:.5", "MD:QTY:1.0000001", "MD:QTY:1234567890", "MD:QTY:１", "MD:QTY:1:2", "MD:DANCE", " MD:OK",
    ],
)  # fmt: skip
def test_what_is_no_command(text: str) -> None:
    assert command(text) is None


@pytest.mark.parametrize(
    "wanted",
    [
        Command(CommandKind.OK, 1),
        Command(CommandKind.QUANTITY, -1),
        Command(CommandKind.QUANTITY, 1_000_000_000 * MICRO),
    ],
)
def test_a_card_that_cannot_be_read_is_not_printed(wanted: Command) -> None:
    with pytest.raises(ValueError, match="no card can say"):
        command_code(wanted)


@given(st.text(min_size=1))
def test_labels_and_badges_read_back(text: str) -> None:
    assert location_code(location_label(text)) == text
    assert person_badge(badge_code(text)) == text
    assert location_code(badge_code(text)) is None
    assert person_badge(location_label(text)) is None
    assert is_reserved(location_label(text))
    assert is_reserved(badge_code(text))


def test_an_empty_label_is_nothing() -> None:
    assert location_code("L:") is None
    assert person_badge("P:") is None
    assert is_reserved("L:")


@pytest.mark.parametrize("key", ["rc-03-000123", "so-a7-999999", "po-03-1000000", "rc-03-000123-2"])
def test_document_numbers(key: str) -> None:
    assert is_document_number(key)


@pytest.mark.parametrize(
    "key", ["RC-03-000123", "rc-03-00123", "rc--000123", "rc-03-000123-", "r-03-000123", "rc-03-00012é"]
)
def test_what_is_no_document_number(key: str) -> None:
    assert not is_document_number(key)
