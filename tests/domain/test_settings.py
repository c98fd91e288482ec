"""Settings: what can be typed comes back, what is no value is refused, the narrowest level counts."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.domain.in_store import parse_in_store
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.scan_checks import DEFAULT_POLICIES, Policy
from merchant_desk.domain.setting_kinds import (
    Choice,
    Clock,
    Keys,
    Kind,
    Listed,
    Several,
    Switch,
    Whole,
    Words,
)
from merchant_desk.domain.settings import Decided, Decisions, Level, check_decision, setting_id
from merchant_desk.domain.settings_known import (
    CHECKS,
    KNOWN,
    LANGUAGE,
    LOCK_MINUTES,
    SCALES,
    patterns_of,
    policies_of,
    setting_of,
)

CG, ZH = UUID(int=1), UUID(int=2)

words = st.text(max_size=20).map(str.strip)
keys = st.text(st.characters(codec="utf-8", exclude_characters="\\"), max_size=20)
KINDS: list[tuple[Kind[Any], st.SearchStrategy[Any]]] = [
    (Switch(), st.booleans()),
    (Whole(-5, 900), st.integers(-5, 900)),
    (Clock(), st.integers(0, 24 * 60 - 1)),
    (Choice(("a", "b"), "x"), st.sampled_from(["a", "b"])),
    (
        Several(("a", "b", "c"), "x"),
        st.sets(st.sampled_from("abc")).map(lambda found: tuple(sorted(found))),
    ),
    (Words(40), words),
    (Keys(), keys),
    (Listed(), st.lists(st.sampled_from(["{GS}", "~", "<GS>"])).map(tuple)),
]


@given(st.data())
def test_what_is_typed_or_kept_comes_back(data: st.DataObject) -> None:
    kind, values = data.draw(st.sampled_from(KINDS))
    value = data.draw(values)
    assert kind.restored(kind.stored(value)) == value
    assert kind.read(kind.written(value)) == value


@pytest.mark.parametrize(
    ("kind", "typed", "code"),
    [
        (Switch(), "perhaps", "not_a_switch"),
        (Whole(1, 5), "6", "number_out_of_range"),
        (Whole(1, 5), "five", "not_a_whole_number"),
        (Clock(), "24:00", "not_a_time_of_day"),
        (Clock(), "25:00", "not_a_time_of_day"),
        (Clock(), "12.30", "not_a_time_of_day"),
        (Clock(), "12:75", "not_a_time_of_day"),
        (Choice(("a",), "x"), "b", "not_a_choice"),
        (Several(("a", "b"), "x", least=1), "", "too_few_chosen"),
        (Several(("a", "b"), "x"), "a,c", "not_a_choice"),
        (Words(3), "abcd", "text_too_long"),
        (Listed(2), "ab abc", "text_too_long"),
    ],
)
def test_what_is_no_value_is_refused_by_name(kind: Kind[Any], typed: str, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        kind.read(typed)


@pytest.mark.parametrize("stored", ["{", "[1]", '{"a": 1}', "null", '"5"', "true"])
def test_what_no_kind_stored_is_refused(stored: str) -> None:
    with pytest.raises(Refusal):
        Whole(1, 9).restored(stored)


@pytest.mark.parametrize("key", sorted(KNOWN))
def test_every_default_is_a_value_and_levels_stand_widest_first(key: str) -> None:
    setting = KNOWN[key]
    assert setting.kind.restored(setting.kind.stored(setting.default)) == setting.default
    assert list(setting.levels) == sorted(setting.levels, key=list(Level).index)
    assert setting.levels


def decided(key: str, level: Level, value: str) -> Decided:
    return Decided(key, level, value, 0, None)


@given(st.sets(st.sampled_from([Level.MERCHANT, Level.OUTLET, Level.DESK])))
def test_the_narrowest_decision_counts(levels: set[Level]) -> None:
    minutes = {Level.MERCHANT: 5, Level.OUTLET: 30, Level.DESK: 60}
    found = Decisions.of(KNOWN, [decided("lock.minutes", one, str(minutes[one])) for one in levels])
    narrowest = max(levels, key=list(Level).index, default=None)
    assert found.level(LOCK_MINUTES) is narrowest
    assert found.value(LOCK_MINUTES) == (minutes[narrowest] if narrowest else LOCK_MINUTES.default)


def test_what_a_newer_version_decided_does_not_disturb() -> None:
    newer = [
        decided("moon.phase", Level.MERCHANT, "1"),
        decided("lock.minutes", Level.PERSON, "5"),
        decided("lock.minutes", Level.OUTLET, '"soon"'),
        decided("lock.minutes", Level.MERCHANT, ""),
        decided("look.language", Level.PERSON, '"tlh"'),
    ]
    found = Decisions.of(KNOWN, newer)
    assert found.values == {}
    assert found.value(LANGUAGE) == "zh_CN"
    with pytest.raises(Refusal, match="unknown_setting"):
        setting_of("moon.phase")


@pytest.mark.parametrize(
    ("level", "outlet"),
    [("desk", CG), ("person", CG), ("planet", None), ("merchant", CG), ("outlet", None)],
)
def test_a_level_at_which_it_cannot_be_decided_is_refused(level: str, outlet: UUID | None) -> None:
    with pytest.raises(Refusal, match="setting_not_at_level"):
        check_decision(LOCK_MINUTES, level, outlet, "5")


def test_every_check_of_every_station_may_be_each_of_the_three() -> None:
    assert policies_of(Decisions()) == {name: dict(checks) for name, checks in DEFAULT_POLICIES.items()}
    for (station, check), setting in CHECKS.items():
        for policy in Policy:
            one = Decisions.of(KNOWN, [decided(setting.key, Level.OUTLET, setting.kind.stored(policy))])
            expected = {name: dict(checks) for name, checks in DEFAULT_POLICIES.items()}
            expected[station][check] = policy
            assert policies_of(one) == expected


@pytest.mark.parametrize(
    ("prefix", "written"),
    [
        ("23", "21IIIIIWW.WWWK"),
        ("23", "23IIIII"),
        ("21", "21IIIIIWWWWW.K"),
        ("21", "21IIII.IWWWWWK"),
        ("21", "21IIIIIW.WW.WWK"),
        ("21", "21IIIIIWW..WWWK"),
        ("21", "WWWWW"),
    ],
)
def test_what_no_scale_writes_under_a_prefix_is_refused(prefix: str, written: str) -> None:
    with pytest.raises(Refusal, match="not_a_scale_layout"):
        SCALES[prefix].kind.read(written)


def test_scales_are_read_as_they_were_set_and_the_point_tells_the_decimals() -> None:
    usual = [(one.layout, one.weight_decimals, one.price_decimals) for one in patterns_of(Decisions())]
    assert usual == [("21IIIIIWWWWWK", 3, 0), ("22IIIIIPPPPPK", 0, 2)]
    one = Decisions.of(
        KNOWN,
        [
            decided("scale.21", Level.OUTLET, '""'),
            decided("scale.22", Level.MERCHANT, '"22IIIIIWWW.WWK"'),
            decided("scale.27", Level.OUTLET, '"27IIIIIQQQQQK"'),
            decided("scale.28", Level.OUTLET, '"28IIIIIPPP.PPWW.WWWK"'),
        ],
    )
    patterns = patterns_of(one)
    assert [p.layout for p in patterns] == ["22IIIIIWWWWWK", "27IIIIIQQQQQK", "28IIIIIPPPPPWWWWWK"]
    assert (patterns[2].price_decimals, patterns[2].weight_decimals) == (2, 3)
    (reading,) = parse_in_store("2212345001231", patterns)
    assert (reading.item, reading.weight) == ("2212345", 1_230_000)
    assert parse_in_store("2112345012506", patterns) == ()


def test_a_decision_has_one_row_at_every_desk_and_outlets_have_their_own() -> None:
    assert setting_id(CG, "lock.minutes") == setting_id(CG, "lock.minutes")
    assert len({setting_id(scope, key) for scope in (CG, ZH) for key in KNOWN}) == 2 * len(KNOWN)
