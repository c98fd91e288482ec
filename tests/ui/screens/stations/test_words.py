"""What is said of a scan, without widgets: sentences for every code, sums, days, quantities."""

import ast
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.house_codes import CommandKind
from merchant_desk.domain.scan_checks import DEFAULT_POLICIES
from merchant_desk.stations.journal import PackCount
from merchant_desk.stations.outcomes import HistoryLine
from merchant_desk.stations.scans import Situation, Tone
from merchant_desk.ui.scanner.reasons import RejectReason
from merchant_desk.ui.screens.stations.latency import ScanLatency
from merchant_desk.ui.screens.stations.typed import read_day, read_quantity
from merchant_desk.ui.screens.stations.words import (
    day_text,
    equation,
    last_scan,
    moved_text,
    result_chip,
    running_count,
    said,
)
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.texts.speech import FixedSpeech
from merchant_desk.ui.widgets.last_scan import ScanState

PRODUCT = Path(__file__).resolve().parents[4] / "merchant_desk"
CHINESE, ENGLISH = FixedSpeech(LanguageCode.CHINESE), FixedSpeech(LanguageCode.ENGLISH)
SKU = UUID(int=7)

SAYING = {"tell": 3, "block": 3, "Finding": 0, "ScanResult": 2}
"""Calls that name a result's code, and at which place."""


def codes() -> Iterator[str]:
    """Yield every code that a station's result can have, from the program itself."""
    for path in [*sorted((PRODUCT / "stations").glob("*.py")), PRODUCT / "domain" / "scan_checks.py"]:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
                first = node.value.elts[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value
            if not isinstance(node, ast.Call):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            place = SAYING.get(name)
            if place is None or len(node.args) <= place:
                continue
            given = node.args[place]
            if isinstance(given, ast.Constant) and given.value:
                yield str(given.value)
    for station in DEFAULT_POLICIES.values():
        yield from station
    yield from (f"command_{kind.name.casefold()}" for kind in CommandKind)


def test_every_scan_code_has_a_sentence_in_both_languages() -> None:
    found = set(codes())
    assert len(found) > 40
    silent = [
        code
        for code in sorted(found)
        if not any(CHINESE.knows(f"{kind}.{code}") for kind in ("said", "refusal"))
    ]
    assert silent == []


def not_refused() -> Iterator[str]:
    """Yield every code that a station gives a scan which it did not refuse."""
    for path in sorted((PRODUCT / "stations").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call):
                continue
            for tone, code in pairwise(node.args):
                if ast.unparse(tone) in ("Tone.ACCEPTED", "Tone.ATTENTION") and isinstance(
                    code, ast.Constant
                ):
                    yield str(code.value)


def test_only_a_question_waits_for_an_answer_in_the_history() -> None:
    asks = {"ambiguous", "lot_needed"}
    found = set(not_refused()) - {""}
    assert {"open_document", "acknowledged", "at_location", *asks} <= found
    for code in sorted(found):
        line = HistoryLine(1, 0, "x", "done", Tone.ACCEPTED, code, {"number": "PO-1", "location": "A-01"})
        chip = result_chip(line, "inbound", CHINESE).text
        assert (chip == "等待回答") == (code in asks), (code, chip)


def test_every_way_in_which_a_burst_is_refused_has_its_own_sentence() -> None:
    for reason in RejectReason:
        line = HistoryLine(1, 0, "x", "done", Tone.REFUSED, "unreadable_burst", {"reason": reason.value})
        assert said(line, CHINESE) != CHINESE.text("said.unreadable_burst"), reason


@pytest.mark.parametrize("station", ["inbound", "outbound", "stocktake"])
def test_a_station_without_a_document_says_what_it_expects(station: str) -> None:
    for found in ("product", "location", "document", "unknown"):
        facts = {"found": found, "what": "X"}
        line = HistoryLine(1, 0, "X", "done", Tone.REFUSED, f"expected_at_{station}", facts)
        assert "X" in said(line, CHINESE)
        assert "X" in said(line, ENGLISH)


def pack(size: int, count: int) -> PackCount:
    return PackCount(SKU, size * MICRO, "箱" if size > 1 else "瓶", size * count * MICRO)


@pytest.mark.parametrize(
    ("packs", "done", "words"),
    [
        ((pack(6, 1), pack(1, 1)), 7, "1 × 6 + 1 = 7"),
        ((pack(12, 2),), 24, "2 × 12 = 24"),
        ((pack(12, 1), pack(1, 3)), 20, "5 + 1 × 12 + 3 = 20"),
        ((pack(1, 3),), 3, ""),
        ((), 0, ""),
        ((), 5, ""),
    ],
)
def test_how_a_quantity_came_about(packs: tuple[PackCount, ...], done: int, words: str) -> None:
    assert equation(packs, done * MICRO) == words


@given(st.lists(st.tuples(st.integers(2, 48), st.integers(1, 99)), max_size=4, unique_by=lambda p: p[0]),
       st.integers(0, 99))  # fmt: skip
def test_the_sum_is_true(cartons: list[tuple[int, int]], singles: int) -> None:
    packs = [pack(size, count) for size, count in cartons]
    packs += [pack(1, singles)] if singles else []
    done = sum(one.quantity for one in packs)
    words = equation(packs, done)
    if not cartons:
        assert words == ""
        return
    left, _, right = words.replace(",", "").partition(" = ")
    assert eval(left.replace("×", "*")) == int(right) == done // MICRO  # noqa: S307 - our own figures


def product(**changes: object) -> HistoryLine:
    facts: dict[str, object] = {
        "n": 4, "at": 0, "text": "19520000000018", "state": "done", "tone": Tone.ACCEPTED, "code": "accepted",
        "sku_id": SKU, "name": "青石啤酒 500ml", "name_en": "Qingshi beer 500 ml", "unit": "箱",
        "base_unit": "瓶", "quantity": 12 * MICRO, "pack": 12 * MICRO, "done": 48 * MICRO,
        "expected": 60 * MICRO,
    }  # fmt: skip
    return HistoryLine(**(facts | changes))  # type: ignore[arg-type]


def test_a_recorded_scan_in_words() -> None:
    line = product(lot="L2611A", expiry=20270530)
    shown = last_scan(line, Situation(location="A-03"), "inbound", 20261121, CHINESE)
    assert (shown.state, shown.headline) == (ScanState.ACCEPTED, "青石啤酒 500ml")
    assert shown.detail == "19520000000018 · 批次 L2611A · 到期 2027-05-30（余 190 天）"
    assert [chip.text for chip in shown.chips] == ["整装条码 · 1 箱 = 12 瓶", "库位 A-03"]
    count = running_count(line, "inbound", (pack(12, 4),), CHINESE)
    assert count is not None
    assert (count.caption, count.count, count.expected) == ("本品已收 / 应收（瓶）", "48", "60")
    assert (count.remainder, count.permille) == ("4 × 12 = 48 · 还差 12（1 箱）", 800)
    assert result_chip(line, "inbound", CHINESE).text == "已入 48 / 60"
    assert moved_text(line, CHINESE) == "箱 ×1 = 12"
    assert moved_text(line, ENGLISH) == "carton ×1 = 12"


@pytest.mark.parametrize(
    ("quantity", "pack", "words"),
    [
        (9 * MICRO, 6 * MICRO, "箱 ×1.5 = 9"),
        (-12 * MICRO, 12 * MICRO, "箱 ×−1 = −12"),
        (MICRO, 3 * MICRO, "瓶 ×1"),
    ],
    ids=["a half more", "undone", "not even"],
)
def test_how_many_packs_a_scan_moved(quantity: int, pack: int, words: str) -> None:
    assert moved_text(product(quantity=quantity, pack=pack), CHINESE) == words


def test_what_is_not_expected_has_no_bar_and_no_figure() -> None:
    count = running_count(product(expected=None), "stocktake", (), CHINESE)
    assert count is not None
    assert (count.caption, count.expected, count.permille) == ("本品已盘（瓶）", "", None)
    assert running_count(product(quantity=0), "inbound", (), CHINESE) is None


def test_a_refused_correction_says_that_the_scan_before_it_is_gone() -> None:
    gone = {"quantity": 10**15, "most": 10**15, "undone": 12 * MICRO}
    line = product(quantity=0, code="quantity_absurd", tone=Tone.REFUSED, facts=gone)
    assert "12" in last_scan(line, Situation(), "inbound", 20261121, CHINESE).detail
    assert "(12) was undone" in last_scan(line, Situation(), "inbound", 20261121, ENGLISH).detail


@pytest.mark.parametrize(
    ("missing", "words"),
    [
        (["lot", "expiry"], "Which lot is it?"),
        (["expiry"], "What is its last day of use?"),
        (["serial"], "What is its serial number?"),
    ],
)
def test_what_is_asked_is_what_is_missing(missing: list[str], words: str) -> None:
    line = product(quantity=0, code="lot_needed", tone=Tone.ATTENTION, facts={"missing": missing})
    assert last_scan(line, Situation(), "inbound", 20261121, ENGLISH).headline == words


def test_what_waits_at_the_entrance_is_told_in_the_document() -> None:
    chips = last_scan(product(), Situation(left=2), "inbound", 20261121, ENGLISH).chips
    assert "2 scans wait elsewhere: F10 lists them" in [chip.text for chip in chips]


def test_a_control_character_is_shown_and_not_printed() -> None:
    line = product(quantity=0, code="unknown_code", tone=Tone.ATTENTION, text="01\x1d10", name="", name_en="")
    assert last_scan(line, Situation(), "inbound", 20261121, CHINESE).detail == "01<GS>10"


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        ("20271231", 20271231), ("2027-12-31", 20271231), ("2027.1.5", 20270105), ("2027/12/31", 20271231),
        ("2027年12月31日", 20271231), ("271231", 20271231), ("2027-12", 20271200), ("202712", 20271200),
        ("２０２７１２３１", 20271231), (" 20271231 ", 20271231),
        ("20271301", None), ("2027-02-30", None), ("271340", None), ("", None), ("soon", None),
        ("2027", None), ("12345678901", None), ("2027-12-31-1", None),
    ],
)  # fmt: skip
def test_days_are_read_strictly(typed: str, day: int | None) -> None:
    assert read_day(typed) == day


@given(st.dates())
def test_every_day_is_read_back(day: object) -> None:
    text = f"{day}"
    number = int(text.replace("-", ""))
    assert read_day(text) == number
    assert day_text(number) == text


@pytest.mark.parametrize(
    ("typed", "quantity"),
    [
        ("12", 12 * MICRO), ("1.5", 1_500_000), ("0.000001", 1), ("１２", 12 * MICRO),
        ("1,200", 1200 * MICRO),
        ("0", None), ("-3", None), ("", None), ("1.0000001", None), ("9520000000011", None), ("1e3", None),
        ("12 ", 12 * MICRO),
    ],
)  # fmt: skip
def test_quantities_are_read_strictly(typed: str, quantity: int | None) -> None:
    assert read_quantity(typed) == quantity


def test_percentiles_by_nearest_rank() -> None:
    latency = ScanLatency()
    assert (latency.p50, latency.p99, latency.count) == (0.0, 0.0, 0)
    for milliseconds in range(1, 201):
        latency.note(milliseconds * 1_000_000)
    assert (latency.p50, latency.p99, latency.percentile(100)) == (100.0, 198.0, 200.0)
    latency.clear()
    assert latency.count == 0
