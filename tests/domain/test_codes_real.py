"""Codes as they are in the world: the barcodes of Open Food Facts and the stock codes of a wholesaler."""

import csv
import gzip
import subprocess
import sys
from collections import Counter, defaultdict
from pathlib import Path
from time import perf_counter_ns

import pytest

from merchant_desk.domain.codes import classify, fold, gtin14, sku_key
from merchant_desk.domain.gs1 import preload
from merchant_desk.domain.in_store import InStorePattern

TODAY = 20261121
SCALES = (InStorePattern("weight", "21IIIIIWWWWWK"), InStorePattern("price", "22IIIICPPPPPK"))
MOST_P99_MS = 0.2


def column(file: Path, name: str) -> list[str]:
    with gzip.open(file, "rt", encoding="utf-8", newline="") as lines:
        return [row[name] for row in csv.DictReader(lines)]


@pytest.fixture(scope="module")
def food(data_dir: Path) -> list[str]:
    return column(data_dir / "off_2019-06_code_name.csv.gz", "code")


def test_repeated_codes_and_clashes_of_gtins(food: list[str]) -> None:
    assert len(food) == 818_846
    assert all(fold(code) == code == sku_key(code) for code in food)
    rows_of_text = Counter(food)
    assert sum(count > 1 for count in rows_of_text.values()) == 70
    assert set(rows_of_text.values()) == {1, 2}
    rows_of_key: dict[str, Counter[str]] = defaultdict(Counter)
    for code in food:
        key = gtin14(code)
        if key:
            rows_of_key[key][code] += 1
    assert sum(texts.total() for texts in rows_of_key.values()) == 808_160
    shared = [texts for texts in rows_of_key.values() if texts.total() > 1]
    assert len(shared) == 286
    assert sum(len(texts) > 1 for texts in shared) == 223
    assert {"00011686", "0000000011686"} in [set(texts) for texts in shared]


def test_every_code_keeps_its_text_and_has_at_most_its_own_key(food: list[str]) -> None:
    found = Counter[str]()
    step = 7
    for code in food[::step]:
        one = classify(code, None, (), TODAY)
        assert one.raw == code
        key = gtin14(code)
        assert (key is None) == (not any(reading.form != "upce" for reading in one.gtins))
        assert key is None or key in one.gtin_keys
        found["sure" if one.elements_sure else "unsure" if one.elements else "none"] += 1
    # Nine in ten have no other reading; whole GS1 messages were typed in here and there.
    assert found["none"] > 0.88 * found.total()
    assert 0 < found["sure"] < 50


def test_gs1_messages_that_people_typed_as_codes(food: list[str]) -> None:
    codes = set(food)
    message = "0100232533000008320300137539220000328"
    assert message in codes
    found = classify(message, None, (), TODAY)
    assert found.elements_sure
    assert found.elements is not None
    assert (found.elements.gtin, found.elements.measures) == ("00232533000008", (("320", 1_375_000),))
    assert found.elements.price is not None
    assert found.elements.price.micro == 3_280_000
    cut_short = "010430652874676217"
    assert cut_short in codes
    found = classify(cut_short, None, (), TODAY)
    assert found.elements is not None
    assert [(one.ai, one.code) for one in found.elements.problems] == [("17", "too_short")]


def test_classifying_is_fast(food: list[str], long_run: bool) -> None:
    preload()
    times = []
    for code in food if long_run else food[::20]:
        begin = perf_counter_ns()
        classify(code, None, SCALES, TODAY)
        times.append(perf_counter_ns() - begin)
    times.sort()
    assert times[len(times) * 99 // 100] / 1e6 < MOST_P99_MS


def test_a_chinese_barcode_needs_no_library() -> None:
    # biip takes about 0.1 s to load: a desk that scans before it was preloaded must not stall for it.
    program = (
        "import sys; from merchant_desk.domain.codes import classify\n"
        "found = classify('6901234567892', None, (), 20261121)\n"
        "assert found.gtin_keys == ('06901234567892',)\n"
        "sys.exit('biip' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=False, cwd=Path(__file__).parents[2])
    assert done.returncode == 0


def test_stock_codes_that_differ_by_case_are_one_sku(data_dir: Path) -> None:
    codes = set(column(data_dir / "online_retail_2010-12_2011-12.csv.gz", "StockCode"))
    assert len(codes) == 4070
    assert len(codes) - len({sku_key(code) for code in codes}) == 112
    assert len({fold(code) for code in codes}) == len(codes)
