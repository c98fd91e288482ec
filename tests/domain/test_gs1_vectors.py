"""Every case of zxing-cpp's GS1Test.cpp, and the GTINs of its GTINTest.cpp."""

import re
from pathlib import Path
from typing import Any

import pytest
from biip import ParseError
from biip.gtin import Gtin

from merchant_desk.domain.codes import classify, visible
from merchant_desk.domain.gs1_elements import cut, human_readable
from merchant_desk.domain.gtins import gtin14
from tests.domain import gs1_exclusions
from tests.domain.gs1_vectors import read_vectors

TODAY = 20261121
_CHARACTER = re.compile(r"'(\\x[0-9a-fA-F]{2}|\\0|[^'\\])'")


@pytest.fixture(scope="module")
def rows(data_dir: Path) -> list[dict[str, Any]]:
    return read_vectors(data_dir / "gs1" / "zxing-cpp_gs1_gtin_vectors.jsonl")


def place(row: dict[str, Any]) -> tuple[str, int]:
    return row["source"], row["line"]


def cpp_string(expression: str) -> str:
    """Return the UTF-8 text that a C++ list of characters stands for."""
    found = [character.removeprefix("\\") for character in _CHARACTER.findall(expression)]
    return bytes(
        int(one[1:], 16) if len(one) == 3 else ord(one) if one != "0" else 0 for one in found
    ).decode()


def test_every_row_is_run_or_excluded_by_name(rows: list[dict[str, Any]]) -> None:
    functions = {row["fn"] for row in rows if place(row) not in gs1_exclusions.DAMAGED}
    assert functions == {"HRIFromGS1", "HRIFromISO15434", *gs1_exclusions.FUNCTIONS}
    assert gs1_exclusions.DAMAGED.keys() <= {place(row) for row in rows}
    assert len([row for row in rows if row["source"].endswith("GS1Test.cpp")]) == 153 + 1 + 3


def test_human_readable_interpretation(rows: list[dict[str, Any]]) -> None:
    run = [row for row in rows if row["fn"] == "HRIFromGS1"]
    wrong = [(row["args"][0], human_readable(row["args"][0])) for row in run]
    assert wrong == [(row["args"][0], row["expect"]) for row in run]
    assert len(run) == 153


def test_control_characters_are_shown(rows: list[dict[str, Any]]) -> None:
    (row,) = (row for row in rows if row["fn"] == "HRIFromISO15434")
    assert len(cpp_string(row["args"][0])) == 10
    names = {0x2400 + code: visible(chr(code)) for code in range(32)}  # theirs are pictures
    assert visible(cpp_string(row["args"][0])) == row["expect"].translate(names)


def test_damaged_rows_are_cases_run_together(rows: list[dict[str, Any]]) -> None:
    ours = [row for row in rows if row["source"].endswith("GS1Test.cpp")]
    for number, row in enumerate(ours):
        if place(row) in gs1_exclusions.DAMAGED:
            behind = [one for one in ours[number + 1 :] if place(one) not in gs1_exclusions.DAMAGED]
            together = "".join(one["args"][0] + one["expect"] for one in behind)
            assert len(row["expect"]) > 2000
            assert together.startswith(row["expect"])
            assert human_readable(row["args"][0]) == ""
            assert [problem.code for problem in cut(row["args"][0]).problems] == ["unknown_ai"]


def test_gtins_are_valid_exactly_where_the_library_says_so(rows: list[dict[str, Any]]) -> None:
    texts = {row["args"][0].partition(" ")[0] for row in rows if row["fn"] in gs1_exclusions.FUNCTIONS}
    valid: dict[str, str | None] = {}
    for text in texts:
        try:
            valid[text] = Gtin.parse(text).as_gtin_14()
        except ParseError:
            valid[text] = None
    assert {text: gtin14(text) for text in texts} == valid
    assert {len(text) for text, key in valid.items() if key} == {8, 12, 13, 14}
    assert len(texts) == 142
    assert sum(key is not None for key in valid.values()) == 134


def test_an_add_on_does_not_hide_the_gtin(rows: list[dict[str, Any]]) -> None:
    run = [row["args"][0] for row in rows if row["fn"] in gs1_exclusions.FUNCTIONS and " " in row["args"][0]]
    for text in run:
        main, _, add_on = text.partition(" ")
        if len(main) in (12, 13):
            readings = classify(text, None, (), TODAY).gtins
            assert [(one.key, one.add_on) for one in readings] == [
                (key, add_on) for key in [gtin14(main)] if key
            ]
    assert len(run) > 10
