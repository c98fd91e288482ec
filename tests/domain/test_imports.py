"""Imports in general: chunks that resume, tallies that add up, ids that two imports share."""

from itertools import chain, pairwise
from typing import NamedTuple
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.domain.imports import (
    Effect,
    Fault,
    FaultCode,
    ImportTally,
    RowOutcome,
    buyer_id,
    chunks,
    job_id,
    line_id,
    order_id,
    sku_id,
)

MERCHANT = UUID(int=7)


class Made(NamedTuple):
    rows: tuple[RowOutcome, ...]
    text_bytes: int


def made(first: int, rows: int, size: int) -> Made:
    return Made(tuple(RowOutcome(first + n, "sale_line", Effect.WRITTEN) for n in range(rows)), size)


outcomes_of = st.lists(st.tuples(st.integers(1, 12), st.integers(1, 60)), max_size=40).map(
    lambda sizes: [made(n * 100, rows, size) for n, (rows, size) in enumerate(sizes)]
)


@given(outcomes_of)
def test_chunks_keep_everything_in_order_within_their_limits(outcomes: list[Made]) -> None:
    cut = list(chunks(outcomes, max_rows=10, max_bytes=100))
    assert list(chain.from_iterable(chunk.outcomes for chunk in cut)) == outcomes
    assert [chunk.number for chunk in cut] == list(range(1, len(cut) + 1))
    for chunk in cut:
        assert chunk.row_count == sum(len(one.rows) for one in chunk.outcomes)
        alone = len(chunk.outcomes) == 1
        assert alone or (chunk.row_count <= 10 and sum(one.text_bytes for one in chunk.outcomes) <= 100)


@given(outcomes_of)
def test_a_chunk_is_full_before_the_next_begins(outcomes: list[Made]) -> None:
    cut = list(chunks(outcomes, max_rows=10, max_bytes=100))
    for chunk, following in pairwise(cut):
        together = [*chunk.outcomes, following.outcomes[0]]
        rows, size = sum(len(one.rows) for one in together), sum(one.text_bytes for one in together)
        assert rows > 10 or size > 100


@given(outcomes_of, st.integers(0, 40))
def test_chunks_before_a_change_do_not_move(outcomes: list[Made], place: int) -> None:
    cut = list(chunks(outcomes, max_rows=10, max_bytes=100))
    shorter = list(chunks(outcomes[:place], max_rows=10, max_bytes=100))
    assert shorter[:-1] == cut[: max(len(shorter) - 1, 0)]


row_outcomes = st.builds(
    RowOutcome,
    st.integers(1, 999),
    st.sampled_from(["sale_line", "free_line", "lost_digits"]),
    st.just(Effect.WRITTEN),
    st.integers(-(10**15), 10**15),
    st.integers(-(10**5), 10**5),
    st.lists(st.sampled_from(["walk_in", "repeated_line"]), unique=True).map(tuple),
)


@given(st.lists(row_outcomes))
def test_a_tally_adds_up(rows: list[RowOutcome]) -> None:
    tally = ImportTally()
    for row in rows:
        tally.add(row)
    assert tally.rows == len(rows)
    assert tally.amount_pico == sum(row.amount_pico for row in rows)
    assert tally.amount == sum(row.amount for row in rows)
    assert sum(total.rows for total in tally.by_note.values()) == sum(len(row.notes) for row in rows)
    for rule, total in tally.by_rule.items():
        own = [row for row in rows if row.rule == rule]
        assert (total.rows, total.amount) == (len(own), sum(row.amount for row in own))


def digest(*rows: RowOutcome) -> str:
    tally = ImportTally()
    for row in rows:
        tally.add(row)
    return tally.digest


def test_a_digest_tells_any_other_outcome() -> None:
    row = RowOutcome(2, "sale_line", Effect.WRITTEN, 5)
    assert digest(row) == digest(row._replace(notes=("walk_in",)))
    others = [row._replace(row=3), row._replace(rule="free_line"), row._replace(amount_pico=6)]
    assert len({digest(one) for one in (row, *others)}) == 4
    assert digest(row, others[0]) != digest(others[0], row)


def test_a_tally_keeps_a_thousand_faults_and_counts_all() -> None:
    tally = ImportTally()
    fault = Fault(FaultCode.LOST_DIGITS, "barcode", "6.9E+12")
    for number in range(1500):
        tally.add(RowOutcome(number, fault.code, Effect.REFUSED, fault=fault))
    assert (len(tally.faults), tally.by_rule["lost_digits"].rows) == (1000, 1500)


def test_ids_are_those_of_natural_keys() -> None:
    order = order_id(MERCHANT, "shop", "SO-1a")
    assert order == order_id(MERCHANT, "shop", "so-1A")
    others = [
        order_id(MERCHANT, "market", "SO-1a"),
        order_id(UUID(int=8), "shop", "SO-1a"),
        buyer_id(MERCHANT, "shop", "SO-1a"),
        sku_id(MERCHANT, "so-1a"),
        line_id(order, 1),
        line_id(order, 2),
    ]
    assert len({order, *others}) == 7


def test_a_job_is_the_same_only_for_the_same_file_and_mapping() -> None:
    ids = {job_id(MERCHANT, file, mapping) for file in ("aa", "a") for mapping in ("b", "ab")}
    assert len(ids) == 4
    assert job_id(MERCHANT, "aa", "b") in ids
