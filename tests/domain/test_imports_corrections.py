"""What a file corrects: only what it says, only what is as it was seen, and back again."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.domain.imports_corrections import (
    PRODUCT_FIELDS,
    Said,
    differing,
    product_correction,
    still_open,
    values_of,
)
from merchant_desk.domain.products import ChangeProduct

SKU = UUID(int=1)
TEXTS = ("name", "name_en", "category", "base_unit")
FLAGS = ("track_lot", "track_expiry", "track_serial")
words = st.sampled_from(("", " ", "醋", "陈醋", "tea"))
numbers = st.integers(0, 3)

standing = st.fixed_dictionaries(
    {
        **dict.fromkeys(TEXTS, st.sampled_from(("醋", "陈醋", "tea"))),
        **dict.fromkeys(FLAGS, st.integers(0, 1)),
        "price": numbers,
        "min_days_left": numbers,
    }
)
said = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(TEXTS, words),
        **dict.fromkeys(FLAGS, st.none() | st.booleans()),
        "price": st.none() | numbers,
        "min_days_left": st.none() | numbers,
    },
)
Row = dict[str, Said]


def written(correction: ChangeProduct, was: ChangeProduct, row: Row) -> Row:
    """Return the row after a correction, as the handler writes it."""
    wanted, _ = still_open(values_of(was), values_of(correction), row)
    return {**row, **{name: int(value) if name in FLAGS else value for name, value in wanted.items()}}  # type: ignore[arg-type]


@given(said, standing)
def test_a_correction_says_what_the_file_says_and_a_second_one_nothing(file: Row, row: Row) -> None:
    made = product_correction(SKU, file, row)
    if made is None:
        assert differing(file, row) == {}
        return
    assert values_of(made.was).keys() == values_of(made.now).keys() <= set(PRODUCT_FIELDS)
    after = written(made.now, made.was, row)
    for name, value in row.items():
        told = file.get(name)
        says = told is not None and str(told).strip() != ""
        assert after[name] == (told if says else value), "an empty cell never erases"
    assert product_correction(SKU, file, after) is None


@given(said, standing, standing)
def test_what_was_changed_since_is_left_alone_field_by_field(file: Row, row: Row, since: Row) -> None:
    made = product_correction(SKU, file, row)
    if made is None:
        return
    now = values_of(made.now)
    wanted, stale = still_open(values_of(made.was), now, since)
    assert set(wanted) | set(stale) <= set(now)
    assert not set(wanted) & set(stale)
    for name, value in now.items():
        if since[name] == row[name]:
            assert wanted[name] == value
        elif since[name] == value:
            assert name not in wanted
            assert name not in stale, "somebody wrote the same: that is no conflict"
        else:
            assert name in stale


@given(standing, standing, standing)
def test_the_order_of_two_desks_decides_no_field_that_one_of_them_did_not_touch(
    row: Row, first: Row, second: Row
) -> None:
    one, two = product_correction(SKU, first, row), product_correction(SKU, second, row)
    if one is None or two is None:
        return
    after = written(two.now, two.was, written(one.now, one.was, row))
    for name in row:
        if first[name] == row[name]:
            assert after[name] == second[name]
        else:
            assert after[name] == first[name], "the first one that the server sees"
