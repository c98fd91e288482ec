"""Who may do what, in which outlet, under which version of the rights."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.domain.operations import KINDS
from merchant_desk.domain.permissions import IMPLIED, ROLES, Grant, may
from merchant_desk.domain.subjects import SUBJECTS

HERE, THERE = UUID(int=1), UUID(int=2)
RIGHTS = sorted(set().union(*ROLES.values()))

outlets = st.sampled_from([HERE, THERE, None])
grants = st.builds(
    Grant, st.sampled_from(sorted(ROLES)), outlets, st.integers(1, 9), st.none() | st.integers(1, 9)
)


def test_every_kind_asks_for_a_right_that_some_role_has() -> None:
    assert SUBJECTS
    assert {kind.right for kind in KINDS.values()} - set(RIGHTS) == {"system"}


@given(st.lists(grants, max_size=5), st.sampled_from(RIGHTS), outlets, st.integers(1, 9))
def test_a_right_comes_from_one_grant_that_stood_there_and_then(
    held: list[Grant], right: str, outlet: UUID | None, version: int
) -> None:
    expected = any(
        (right in ROLES[g.role] or IMPLIED.get(right) in ROLES[g.role])
        and (g.outlet_id is None or g.outlet_id == outlet)
        and g.from_version <= version
        and not (g.to_version is not None and g.to_version <= version)
        for g in held
    )
    assert may(held, right, outlet, version) is expected


@given(st.lists(grants, max_size=5), grants, st.sampled_from(RIGHTS), outlets, st.integers(1, 9))
def test_another_grant_never_takes_a_right_away(
    held: list[Grant], more: Grant, right: str, outlet: UUID | None, version: int
) -> None:
    if may(held, right, outlet, version):
        assert may([*held, more], right, outlet, version)


def test_what_concerns_the_whole_merchant_needs_a_grant_for_all_outlets() -> None:
    assert not may([Grant("manager", HERE, 1, None)], "product", None, 5)
    assert may([Grant("manager", None, 1, None)], "product", None, 5)


def test_a_grant_ends_at_the_version_that_revokes_it() -> None:
    grant = Grant("warehouse", HERE, 3, 7)
    assert [may([grant], "receive", HERE, version) for version in (2, 3, 6, 7)] == [False, True, True, False]


def test_an_unknown_role_gives_nothing() -> None:
    assert not may([Grant("emperor", None, 1, None)], "look_up", HERE, 1)


def test_who_may_add_products_may_draft_them_but_not_the_other_way() -> None:
    assert may([Grant("manager", HERE, 1, None)], "product_draft", HERE, 1)
    assert not may([Grant("warehouse", HERE, 1, None)], "product", HERE, 1)
