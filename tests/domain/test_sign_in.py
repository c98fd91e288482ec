"""Do five failures lock, does only a manager unlock, and are weak secrets refused by name?"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.sign_in import (
    DAY,
    MOST_FAILURES,
    OFFLINE_SIGN_IN,
    SignInGuard,
    after_failure,
    after_reset,
    after_success,
    check_may_try,
    check_new_password,
    check_new_pin,
    check_offline_sign_in,
)

NOW = 1_790_000_000_000_000


def failed(times: int) -> SignInGuard:
    guard = SignInGuard()
    for n in range(times):
        check_may_try(guard)
        guard = after_failure(guard, NOW + n)
    return guard


def test_the_fifth_failure_in_a_row_locks() -> None:
    almost = failed(4)
    check_may_try(almost)
    assert (almost.locked, almost.tries_left) == (False, 1)
    locked = failed(5)
    assert (locked.locked, locked.tries_left) == (True, 0)
    with pytest.raises(Refusal) as refused:
        check_may_try(locked)
    assert (refused.value.code, refused.value.facts) == ("sign_in_locked", {"failures": 5, "since": NOW + 4})


def test_a_success_forgives_earlier_failures_but_opens_no_lock() -> None:
    assert after_success(failed(4)) == SignInGuard()
    with pytest.raises(Refusal, match="sign_in_locked"):
        after_success(failed(5))


def test_a_reset_opens_the_lock_and_remembers_the_last_failure() -> None:
    guard = after_reset(failed(5))
    check_may_try(guard)
    assert (guard.failures, guard.last_failure_at) == (0, NOW + 4)


def test_late_failures_do_not_move_the_lock() -> None:
    assert after_failure(failed(5), NOW + 99) == failed(5)


@given(st.lists(st.sampled_from(["fail", "succeed", "reset"]), max_size=40))
def test_a_guard_is_locked_exactly_after_five_failures_in_a_row(story: list[str]) -> None:
    guard, in_a_row = SignInGuard(), 0
    for step in story:
        if step == "fail":
            in_a_row += not guard.locked
            guard = after_failure(guard, NOW)
        elif step == "reset":
            guard, in_a_row = after_reset(guard), 0
        elif not guard.locked:
            guard, in_a_row = after_success(guard), 0
        assert guard.locked == (in_a_row >= MOST_FAILURES)
        assert guard.tries_left == max(0, MOST_FAILURES - in_a_row)


def test_offline_sign_in_needs_the_server_first_and_again_after_ninety_days() -> None:
    with pytest.raises(Refusal, match="sign_in_needs_server"):
        check_offline_sign_in(None, NOW)
    check_offline_sign_in(NOW, NOW + OFFLINE_SIGN_IN)
    check_offline_sign_in(NOW, NOW - 10 * DAY)  # a clock set back locks nobody out
    with pytest.raises(Refusal) as expired:
        check_offline_sign_in(NOW, NOW + OFFLINE_SIGN_IN + 1)
    assert (expired.value.code, expired.value.facts["days"]) == ("sign_in_expired", 90)


@pytest.mark.parametrize(
    ("password", "code"),
    [
        ("short", "password_too_short"),
        ("七个字的口令啊", "password_too_short"),
        (" Li.Xiaoming ", "password_is_name"),
        ("9520000000028", "password_is_code"),
        ("96385074", "password_is_code"),
        ("P:1001-2002", "password_is_code"),
    ],
)
def test_passwords_that_are_refused(password: str, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        check_new_password(password, "li.xiaoming")


def test_passwords_that_pass() -> None:
    check_new_password("正确的马电池订书钉", "li.xiaoming")
    check_new_password("li.xiaoming1", "li.xiaoming")


@pytest.mark.parametrize(
    ("pin", "code"),
    [
        ("", "pin_not_digits"),
        ("12a4", "pin_not_digits"),
        ("-123", "pin_not_digits"),
        ("137", "pin_wrong_length"),
        ("137137137", "pin_wrong_length"),
        ("7777", "pin_too_simple"),
        ("1234", "pin_too_simple"),
        ("98765", "pin_too_simple"),
        ("96385074", "pin_is_code"),
    ],
)
def test_pins_that_are_refused(pin: str, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        check_new_pin(pin)


@pytest.mark.parametrize("pin", ["1357", "1223", "90210", "20261120", "１３５７"])
def test_pins_that_pass(pin: str) -> None:
    check_new_pin(pin)
