"""The linters: every vector of the identifiers that the floor reads, with the place of each fault."""

from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.domain.gs1_identifiers import Identifier, can_begin, identifier
from merchant_desk.domain.gs1_linters import LINTERS, SHORTEST_COMPANY_PREFIX, Fault, gcppos1, gcppos2
from tests.domain import gs1_exclusions
from tests.domain.gs1_vectors import Entry, read_dictionary, read_vectors

FLOOR = [
    *(
        "00",
        "01",
        "02",
        "10",
        "11",
        "13",
        "15",
        "16",
        "17",
        "20",
        "21",
        "30",
        "37",
        "400",
        "410",
        "414",
        "420",
    ),
    *(f"310{decimals}" for decimals in range(6)),
]
SETS = {"csetnumeric": "N", "cset82": "X"}
PREFIX_LINTERS = {"gcppos1": gcppos1, "gcppos2": gcppos2}
Case = tuple[str, str, str | None, str]


@pytest.fixture(scope="module")
def dictionary(data_dir: Path) -> dict[str, Entry]:
    return read_dictionary(data_dir / "gs1")


@pytest.fixture(scope="module")
def vectors(data_dir: Path) -> list[dict[str, Any]]:
    return read_vectors(data_dir / "gs1" / "gs1-linter_vectors.jsonl")


def marked(value: str, fault: Fault) -> str:
    """Write a fault as the vectors do: the faulty characters between asterisks."""
    end = fault.position + fault.length
    return f"{value[: fault.position]}*{value[fault.position : end]}*{value[end:]}"


def prefix_cases(linter: str, error: str | None, line: int) -> list[tuple[str, str]]:
    """Return values and marked values of a row whose arguments are variables of a C loop (data, expect).

    The loops run over the least length of a company prefix; `gcppos2` has one character before it.
    """
    lead, digits = ("" if linter == "gcppos1" else "I"), "0123456789"
    least = SHORTEST_COMPANY_PREFIX
    if error is None:
        values = {
            169: digits[: least + 1], 171: digits[:least], 199: digits[:least] + "A",
            114: digits[: least + 1], 116: digits[:least], 161: digits[:least] + "A",
        }  # fmt: skip
        return [(lead + values[line], "")]
    if error == "TOO_SHORT_FOR_GCP" and line == 150:
        return [("I", "*I*"), ("", "**")]
    if error == "TOO_SHORT_FOR_GCP":
        lengths = range(least) if not lead else range(1, least)
        return [(lead + digits[:n], f"{lead}*{digits[:n]}*") for n in lengths]
    return [
        (lead + digits[:n] + "A" * (least + 1 - n), f"{lead}{digits[:n]}*A*{'A' * (least - n)}")
        for n in range(least)
    ]


def cases(vectors: list[dict[str, Any]]) -> Iterator[Case]:
    """Yield linter, value, error (None if it passes) and marked value of every vector that is run."""
    for row in vectors:
        name = row["args"][0].removeprefix("gs1_lint_")
        if name in gs1_exclusions.LINTERS:
            continue
        value, *wanted = row["args"][1:]
        error = wanted[0].removeprefix("GS1_LINTER_") if wanted else None
        assert (row["macro"] == "UNIT_TEST_PASS") == (error is None)
        if value == "data":
            assert not wanted or wanted[1] == "expect"
            for looped, mark in prefix_cases(name, error, row["line"]):
                yield name, looped, error, mark
        else:
            yield name, value, error, wanted[1] if wanted else ""


def source_of_prefixes(error: str | None, value: str) -> Callable[[str], bool | None] | None:
    """Return the source of company prefixes with which the original runs a case: off, or knowing none."""
    if error == "GCP_DATASOURCE_OFFLINE":
        return lambda _: None
    return (lambda _: False) if error == "INVALID_GCP_PREFIX" and "A" not in value else None


def test_every_vector_is_run_or_excluded_by_name(vectors: list[dict[str, Any]]) -> None:
    present = {row["args"][0].removeprefix("gs1_lint_") for row in vectors}
    assert present == LINTERS.keys() | gs1_exclusions.LINTERS.keys()
    assert not LINTERS.keys() & gs1_exclusions.LINTERS.keys()
    assert len(vectors) == 5682


def test_no_linter_of_the_floor_is_excluded(dictionary: dict[str, Entry]) -> None:
    needed = {linter for ai in FLOOR for linter in dictionary[ai].linters}
    assert needed == {"csum", "csetnumeric", "cset82", "gcppos1", "gcppos2", "yymmd0"}
    assert needed <= LINTERS.keys()


def test_every_vector_gives_its_error_and_its_place(vectors: list[dict[str, Any]]) -> None:
    failures, run = [], Counter[str]()
    for name, value, error, mark in cases(vectors):
        run[name] += 1
        lookup = source_of_prefixes(error, value)
        fault = PREFIX_LINTERS[name](value, lookup) if name in PREFIX_LINTERS else LINTERS[name](value)
        found = (fault and fault.error.upper(), marked(value, fault) if fault else "")
        if found != (error, mark):
            failures.append((name, value, error, mark, found))
    assert failures == []
    assert run == {
        "csum": 14, "csetnumeric": 12, "cset82": 264, "yymmd0": 61, "yymmdd": 61,
        "gcppos1": 3 + 4 + 4 + 2, "gcppos2": 3 + 3 + 2 + 4 + 2,
    }  # fmt: skip


def test_our_linters_stand_where_the_dictionary_puts_them(dictionary: dict[str, Entry]) -> None:
    ours = {ai: {check for check in known(ai).checks if check[0] not in SETS} for ai in dictionary}
    assert ours == {ai: checks_of(entry) for ai, entry in dictionary.items()}


def checks_of(entry: Entry) -> set[tuple[str, int, int | None]]:
    """Return what the dictionary says of an identifier, as far as our linters go."""
    found: set[tuple[str, int, int | None]] = set()
    start = 0
    for part in entry.components:
        stop = None if part.variable else start + part.longest
        found |= {(linter, start, stop) for linter in part.linters if linter in LINTERS}
        start += part.longest
    return found


def known(ai: str) -> Identifier:
    found = identifier(ai)
    assert found is not None
    assert found.ai == ai
    return found


def test_identifiers_and_lengths_agree_with_the_dictionary(dictionary: dict[str, Entry]) -> None:
    wrong = [
        (ai, known(ai))
        for ai, entry in dictionary.items()
        if (known(ai).shortest, known(ai).longest)
        != (sum(part.shortest for part in entry.components), sum(part.longest for part in entry.components))
    ]
    assert wrong == []
    all_keys = (str(number).zfill(width) for width in (2, 3, 4) for number in range(10**width))
    assert {found.ai for key in all_keys if (found := identifier(key))} == dictionary.keys()


def test_characters_are_checked_as_the_dictionary_types_them(dictionary: dict[str, Entry]) -> None:
    wrong = []
    for ai, entry in dictionary.items():
        kinds = "".join(part.kind * part.longest for part in entry.components)
        # The dictionary says X3 and adds a linter that asks for "digit / digit"; biip says so in its types.
        kinds = "NXN" if ai == "7258" else kinds
        checks = [(SETS[linter], start, stop) for linter, start, stop in known(ai).checks if linter in SETS]
        checked = "".join(kind * ((stop or 0) - start) for kind, start, stop in checks)
        if checked != kinds.replace("Y", "").replace("Z", ""):
            wrong.append((ai, kinds, checked))
        wrong += [(ai, kinds, kind) for kind, start, stop in checks if set(kinds[start:stop]) != {kind}]
    assert wrong == []


def test_can_begin_knows_every_beginning_and_its_least_length(dictionary: dict[str, Entry]) -> None:
    least = {
        start: min(
            (len(ai) + sum(part.shortest for part in entry.components), ai)
            for ai, entry in dictionary.items()
            if ai.startswith(start)
        )[0]
        for start in {ai[:2] for ai in dictionary}
    }
    for number in range(100):
        start = str(number).zfill(2)
        lengths = [n for n in range(2, 40) if can_begin(start.ljust(n, "0"))]
        assert lengths == list(range(least.get(start, 40), 40)), start


@given(st.text(max_size=40))
def test_a_linter_marks_characters_that_are_there(value: str) -> None:
    for linter in LINTERS.values():
        fault = linter(value)
        if fault:
            assert 0 <= fault.position <= fault.position + fault.length <= len(value)
