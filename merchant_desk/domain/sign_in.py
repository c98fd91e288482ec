"""Who may still try to sign in: counted failures, the lock, and what a password or PIN must be.

Server and desk keep one guard for each person and kind of credential and apply the same rules. Times
are microseconds UTC.
"""

from dataclasses import dataclass, replace
from itertools import pairwise

from merchant_desk.domain.gtins import gtin14
from merchant_desk.domain.house_codes import command, person_badge
from merchant_desk.domain.refusals import Refusal

MOST_FAILURES = 5
"""Failures in a row after which only a manager's reset helps."""

LEAST_PASSWORD_LETTERS = 8
LEAST_PIN_DIGITS = 4
MOST_PIN_DIGITS = 8

DAY = 24 * 3600 * 1_000_000
OFFLINE_SIGN_IN = 90 * DAY
"""How long a person may sign in without the server's word: as long as unsent work may be old."""


@dataclass(frozen=True, slots=True)
class SignInGuard:
    """The failures of one person with one kind of credential since the last success or reset."""

    failures: int = 0
    last_failure_at: int | None = None
    locked_at: int | None = None

    @property
    def locked(self) -> bool:
        """Whether no further try is taken."""
        return self.locked_at is not None

    @property
    def tries_left(self) -> int:
        """How many more failures are allowed before the lock."""
        return 0 if self.locked else MOST_FAILURES - self.failures


def check_may_try(guard: SignInGuard) -> None:
    """Pass while the guard is not locked: asked before a password is looked at.

    Raises:
        Refusal: `sign_in_locked`, with the number of failures and since when (microseconds UTC).
    """
    if guard.locked_at is not None:
        raise Refusal("sign_in_locked", failures=guard.failures, since=guard.locked_at)


def after_failure(guard: SignInGuard, now: int) -> SignInGuard:
    """Return the guard after a wrong password or PIN at `now`; the fifth in a row locks it.

    A failure that arrives late at a locked guard changes nothing.
    """
    if guard.locked:
        return guard
    failures = guard.failures + 1
    return SignInGuard(failures, now, now if failures >= MOST_FAILURES else None)


def after_lock(guard: SignInGuard, now: int) -> SignInGuard:
    """Return the guard after somebody else who keeps one for the same person said that it is locked."""
    return guard if guard.locked else SignInGuard(MOST_FAILURES, guard.last_failure_at, now)


def after_success(guard: SignInGuard) -> SignInGuard:
    """Return the guard after the right password or PIN.

    Raises:
        Refusal: `sign_in_locked`; the right password does not open a lock.
    """
    check_may_try(guard)
    return SignInGuard()


def after_reset(guard: SignInGuard) -> SignInGuard:
    """Return the guard after a manager's reset; when it failed last stays known."""
    return replace(guard, failures=0, locked_at=None)


def check_offline_sign_in(confirmed_at: int | None, now: int, *, allowed: int = OFFLINE_SIGN_IN) -> None:
    """Pass while a sign-in without the server is allowed.

    Args:
        confirmed_at: when the server last confirmed this person on this desk, None if never.
        now: the desk's corrected time; one before `confirmed_at` is a clock set back, and passes.
        allowed: how long the server's word is good, in microseconds.

    Raises:
        Refusal: `sign_in_needs_server` the first time, `sign_in_expired` when the word is too old.
    """
    if confirmed_at is None:
        raise Refusal("sign_in_needs_server")
    if now - confirmed_at > allowed:
        raise Refusal("sign_in_expired", confirmed_at=confirmed_at, days=allowed // DAY)


def is_badge_or_card(text: str) -> bool:
    """Whether a burst is a person's badge or a command card, whatever has the focus."""
    return person_badge(text) is not None or command(text) is not None


def is_code(text: str) -> bool:
    """Whether a text is goods (a GTIN whose check digit is right), a badge or a card, and so no secret.

    Typed at a scanner's pace it is taken for a scan, shown and journaled.
    """
    return is_badge_or_card(text) or gtin14(text) is not None


def check_new_password(password: str, sign_in_name: str) -> None:
    """Pass when a new password is fit to be used.

    Raises:
        Refusal: `password_too_short`, `password_is_name` or `password_is_code`.
    """
    if len(password) < LEAST_PASSWORD_LETTERS:
        raise Refusal("password_too_short", least=LEAST_PASSWORD_LETTERS)
    if password.strip().casefold() == sign_in_name.strip().casefold():
        raise Refusal("password_is_name")
    if is_code(password):
        raise Refusal("password_is_code")


def check_new_pin(pin: str) -> None:
    """Pass when a new PIN is 4 to 8 digits, not all alike, no run up or down (1234, 8765), and no EAN-8.

    Raises:
        Refusal: `pin_not_digits`, `pin_wrong_length`, `pin_too_simple` or `pin_is_code`.
    """
    if not pin.isdecimal():
        raise Refusal("pin_not_digits")
    if not LEAST_PIN_DIGITS <= len(pin) <= MOST_PIN_DIGITS:
        raise Refusal("pin_wrong_length", least=LEAST_PIN_DIGITS, most=MOST_PIN_DIGITS)
    digits = [int(digit) for digit in pin]
    steps = {after - before for before, after in pairwise(digits)}
    if steps in ({0}, {1}, {-1}):
        raise Refusal("pin_too_simple")
    if is_code(pin):
        raise Refusal("pin_is_code")
