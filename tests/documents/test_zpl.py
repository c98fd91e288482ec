"""Does a printer get the dots that were drawn?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.documents.zpl import Bitmap, dots_per_mm, label_zpl, packed
from tests.helpers.zpl_printer import read_label, unpacked


@st.composite
def bitmaps(draw: st.DrawFn) -> Bitmap:
    """Rows that are alike, empty, full and mixed."""
    size, height = draw(st.integers(1, 240)), draw(st.integers(1, 6))
    row = st.one_of(
        st.just(b"\0" * size),
        st.just(b"\xff" * size),
        st.binary(min_size=size, max_size=size),
        st.builds(
            lambda n, mark: (mark * n).ljust(size, b"\0")[:size],
            st.integers(0, size),
            st.binary(min_size=1, max_size=1),
        ),
    )
    rows = b"".join(draw(row) for _ in range(height))
    return Bitmap(size * 8 - draw(st.integers(0, 7)), height, rows)


@given(bitmaps())
def test_what_is_packed_is_unpacked_to_the_same_dots(drawn: Bitmap) -> None:
    assert unpacked(packed(drawn), drawn.row_bytes) == drawn.rows
    label = read_label(label_zpl(drawn))
    assert label.dots.shape == (drawn.height, drawn.width)


def test_the_packing_is_that_of_the_guide() -> None:
    assert packed(Bitmap(16, 3, b"\x00\x00\xff\xff\xff\xff")) == ",!:"
    assert packed(Bitmap(32, 1, b"\x00\x00\xaa\x00")) == "J0AA,"
    assert packed(Bitmap(8 * 210, 1, b"\xee" * 210)) == "zYEE"
    assert packed(Bitmap(8 * 30, 1, b"\x11" * 30)) == "i1"


def test_a_label_of_203_dpi_has_eight_dots_a_millimetre() -> None:
    assert dots_per_mm(203) == pytest.approx(8)
    assert round(60 * dots_per_mm(300)) == 709


def test_a_bitmap_of_another_size_is_none() -> None:
    with pytest.raises(ValueError, match="size"):
        Bitmap(9, 1, b"\0")
