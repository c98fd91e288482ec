"""When an outlet may close and a desk may end: only when nothing at all is left."""

from dataclasses import asdict

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.domain.desk_leaving import Unsent, check_leavable, check_left
from merchant_desk.domain.outlet_closing import OutletWork, check_closable
from merchant_desk.domain.refusals import Refusal

few = st.integers(min_value=0, max_value=3)


@given(st.builds(OutletWork, *([few] * 7)))
def test_an_outlet_closes_only_when_everything_is_ended(work: OutletWork) -> None:
    if work.ended:
        assert work == OutletWork()
        check_closable("CG", work)
        return
    with pytest.raises(Refusal) as refused:
        check_closable("CG", work)
    assert refused.value.facts == {"outlet": "CG", **asdict(work)}


@given(st.builds(Unsent, few, few, few))
def test_a_desk_ends_only_when_nothing_is_on_it_alone(unsent: Unsent) -> None:
    if not any(asdict(unsent).values()):
        check_leavable("01", unsent)
        check_left("01", unsent)
        return
    with pytest.raises(Refusal, match="desk_has_unsent"):
        check_leavable("01", unsent)
    with pytest.raises(Refusal, match="desk_left_unsent") as told:
        check_left("01", unsent)
    assert told.value.facts == {"desk": "01", **asdict(unsent)}
