"""The two public files, whole: every line under one rule, counts and amounts to the last one."""

from pathlib import Path

import pytest

from merchant_desk.documents.import_rows import order_outcomes, product_rows, survey_table
from merchant_desk.documents.mapping import open_mapped
from merchant_desk.documents.presets import ONLINE_RETAIL, OPEN_FOOD_FACTS
from merchant_desk.domain.imports import CHUNK_ROWS, Effect, ImportTally, chunks
from merchant_desk.domain.imports_orders import OrderOutcome
from merchant_desk.domain.imports_products import ProductClassifier

RETAIL = "online_retail_2010-12_2011-12.csv.gz"
FOOD = "off_2019-06_code_name.csv.gz"
MILLIONTH = 10**6  # 10^-12 major units in 10^-6

# rule: lines, exact amount in 10^-6 pounds, amount of the lines rounded one by one in pence
ORDER_RULES = {
    "sale_line": (527_761, 10_271_433_063_000, 1_027_143_306),
    "free_line": (400, 0, 0),
    "service_line": (2_318, 383_503_611_000, 38_350_361),
    "voucher_line": (31, 685_810_000, 68_581),
    "cancelled_line": (8_704, -478_724_180_000, -47_872_418),
    "credit_line": (584, -418_088_310_000, -41_808_831),
    "stock_written_off": (1_336, 0, 0),
    "stock_written_on": (762, 0, 0),
    "bad_debt_adjustment": (3, -11_062_060_000, -1_106_206),
    "no_effect": (10, 0, 0),
}
ORDER_NOTES = {"walk_in": 135_080, "repeated_line": 5_268, "second_time": 2_025, "other_spelling": 2_162}
PRODUCT_RULES = {
    "new_product": 807_872,
    "empty_name": 1,
    "raw_code": 6_802,
    "odd_length": 3_877,
    "gtin_clash": 224,
    "repeated_code": 70,
}


@pytest.fixture(scope="module")
def retail(data_dir: Path) -> tuple[ImportTally, list[OrderOutcome], list[int]]:
    """All orders of the file (they fit in memory here), their tally and the sizes of their chunks."""
    table = open_mapped(data_dir / RETAIL, ONLINE_RETAIL)
    tally = ImportTally()
    cut = list(chunks(tally.follow(order_outcomes(table, ONLINE_RETAIL))))
    return tally, [one for chunk in cut for one in chunk.outcomes], [chunk.row_count for chunk in cut]


def test_every_order_line_stands_under_one_rule(
    retail: tuple[ImportTally, list[OrderOutcome], list[int]],
) -> None:
    tally, _, _ = retail
    found = {
        rule: (total.rows, total.amount_pico // MILLIONTH, total.amount)
        for rule, total in tally.by_rule.items()
    }
    assert found == ORDER_RULES
    assert tally.rows == 541_909
    assert tally.amount_pico == 9_747_747_934_000 * MILLIONTH
    assert Effect.REFUSED not in tally.effects.values()


def test_what_is_noticed_about_order_lines(retail: tuple[ImportTally, list[OrderOutcome], list[int]]) -> None:
    tally, _, _ = retail
    assert {note: total.rows for note, total in tally.by_note.items()} == ORDER_NOTES
    assert tally.by_note["repeated_line"].amount_pico == 21_740_980_000 * MILLIONTH
    assert tally.by_note["walk_in"].amount_pico == 1_447_682_120_000 * MILLIONTH


def test_the_orders_themselves(retail: tuple[ImportTally, list[OrderOutcome], list[int]]) -> None:
    _, outcomes, _ = retail
    orders = [outcome.order for outcome in outcomes if outcome.order is not None]
    kinds: dict[str, int] = {}
    for order in orders:
        kinds[order.kind] = kinds.get(order.kind, 0) + 1
    assert len(outcomes) == 25_900
    assert kinds == {"sale": 19_963, "cancellation": 3_836, "stock_adjustment": 2_089, "money_adjustment": 3}
    assert len({order.number for order in orders}) == len(orders) == 25_891
    assert sum(order.two_times for order in orders) == 43
    assert len({order.customer_code for order in orders} - {None}) == 4_372
    assert sum(order.customer_code is None for order in orders) == 3_710 - 9
    bad_debts = [line.unit_price for order in orders for line in order.lines if line.unit_price < 0]
    assert bad_debts == [-11_062_060_000] * 2


def test_an_order_whose_lines_do_not_stand_together(
    retail: tuple[ImportTally, list[OrderOutcome], list[int]],
) -> None:
    _, outcomes, _ = retail
    (split,) = (one for one in outcomes if one.order and one.order.number == "542806")
    assert len(split.rows) == 39
    assert {row.row for row in split.rows} < set(range(78_080, 78_130))
    # 2011-02-01 11:19 in London, the earlier of its two times
    assert split.order is not None
    assert split.order.placed_at == 1_296_559_140_000_000


def test_codes_that_differ_in_case_are_one_sku(
    retail: tuple[ImportTally, list[OrderOutcome], list[int]], data_dir: Path
) -> None:
    _, outcomes, _ = retail
    survey = survey_table(open_mapped(data_dir / RETAIL, ONLINE_RETAIL), ONLINE_RETAIL)
    assert (len(survey.codes), survey.other_spellings) == (4_070, 112)
    skus = [sku for outcome in outcomes if outcome.order for sku in outcome.order.new_skus]
    assert len(skus) == len({sku.key for sku in skus}) == 3_958
    assert sum(bool(sku.service) for sku in skus) == 15
    named = {sku.key: sku.name for sku in skus}
    assert named["85123a"] == "WHITE HANGING HEART T-LIGHT HOLDER"
    assert named["m"] == "Manual"


def test_chunks_of_orders_are_whole_and_small(
    retail: tuple[ImportTally, list[OrderOutcome], list[int]],
) -> None:
    _, outcomes, sizes = retail
    assert sum(sizes) == 541_909
    assert sorted(size for size in sizes if size > CHUNK_ROWS) == sorted(
        len(outcome.rows) for outcome in outcomes if len(outcome.rows) > CHUNK_ROWS
    )
    assert max(sizes) == 1_114


@pytest.mark.long
def test_the_second_reading_is_the_first(
    retail: tuple[ImportTally, list[OrderOutcome], list[int]], data_dir: Path
) -> None:
    tally, outcomes, sizes = retail
    again = ImportTally()
    table = open_mapped(data_dir / RETAIL, ONLINE_RETAIL)
    cut = chunks(again.follow(order_outcomes(table, ONLINE_RETAIL)))
    place = 0
    for chunk, size in zip(cut, sizes, strict=True):
        assert chunk.row_count == size
        assert list(chunk.outcomes) == outcomes[place : place + len(chunk.outcomes)]
        place += len(chunk.outcomes)
    assert place > 0
    assert again.digest == tally.digest


def peak_kib() -> int:
    """Return the most memory that this process ever held, where the system tells."""
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.exists() else []
    return next((int(line.split()[1]) for line in lines if line.startswith("VmHWM")), 0)


@pytest.mark.long
def test_every_code_stands_under_one_rule(data_dir: Path) -> None:
    table = open_mapped(data_dir / FOOD, OPEN_FOOD_FACTS)
    tally = ImportTally()
    judge = ProductClassifier()
    before = peak_kib()
    clashing: set[str] = set()
    keys = 0
    sizes = []
    for chunk in chunks(tally.follow(judge.outcomes(product_rows(table, OPEN_FOOD_FACTS)))):
        sizes.append(chunk.row_count)
        for outcome in chunk.outcomes:
            if outcome.product is not None:
                keys += outcome.product.gtin is not None
                if outcome.clashes_with:
                    clashing.update((outcome.product.barcode, *outcome.clashes_with))
    assert {rule: total.rows for rule, total in tally.by_rule.items()} == PRODUCT_RULES
    assert tally.rows == sum(sizes) == 818_846
    assert keys == 808_160 - 63
    # 286 GTINs stand in more than one row: 63 by a repeated text, 223 written differently (447 codes).
    assert (len(judge.repeated_gtins), len(judge.ambiguous_gtins), len(clashing)) == (286, 223, 447)
    assert set(sizes[:-1]) == {CHUNK_ROWS}
    # What is remembered of each code, and a chunk: not the file.
    assert peak_kib() - before < 120_000
