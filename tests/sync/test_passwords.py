"""Do verifiers accept the one password and PIN, give nothing away, and cost what they should?"""

import os
import statistics
import time

import pytest
from argon2 import PasswordHasher

from merchant_desk.sync import passwords
from merchant_desk.sync.passwords import (
    hash_password,
    hash_pin,
    make_pepper,
    needs_new_hash,
    password_fits,
    pin_fits,
)

PASSWORD = "正确的马 battery é"
PEPPER = bytes(range(32))


@pytest.fixture(autouse=True)
def at_full_cost(full_hasher: PasswordHasher, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_hasher", full_hasher)


def test_the_one_password_fits() -> None:
    verifier = hash_password(PASSWORD, os.urandom)
    assert verifier.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert password_fits(verifier, PASSWORD)
    for other in ("", PASSWORD + " ", PASSWORD.upper(), "另一个"):
        assert not password_fits(verifier, other)
    assert not needs_new_hash(verifier)


def test_keyboards_write_the_same_letter_in_different_ways() -> None:
    otherwise = "正确的马\u3000battery e\u0301"
    assert otherwise != PASSWORD
    assert password_fits(hash_password(PASSWORD, os.urandom), otherwise)
    assert password_fits(hash_password(otherwise, os.urandom), PASSWORD)


def test_salt_comes_from_the_given_chance() -> None:
    fixed = [hash_password(PASSWORD, lambda length: b"\x09" * length) for _ in range(2)]
    assert fixed[0] == fixed[1]
    assert hash_password(PASSWORD, os.urandom) != hash_password(PASSWORD, os.urandom)


@pytest.mark.parametrize(
    "verifier", ["", "plain", "$argon2id$v=19$m=65536,t=3,p=4$broken", "$2b$12$abcdefgh"]
)
def test_an_unreadable_verifier_fits_nothing_and_wants_replacing(verifier: str) -> None:
    assert not password_fits(verifier, PASSWORD)
    assert needs_new_hash(verifier)


def test_a_verifier_of_weaker_days_still_fits_and_wants_replacing() -> None:
    weak = PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash("a password")
    assert password_fits(weak, "a password")
    assert needs_new_hash(weak)


def test_a_pin_fits_on_the_desk_that_holds_the_pepper_only() -> None:
    verifier = hash_pin("90210", PEPPER, os.urandom)
    assert pin_fits(verifier, "90210", PEPPER)
    assert pin_fits(verifier, "９０２１０", PEPPER)
    assert not pin_fits(verifier, "90211", PEPPER)
    assert not pin_fits(verifier, "90210", bytes(32))
    assert not password_fits(verifier, "90210")
    assert len(make_pepper(os.urandom)) == 32


def test_a_check_takes_time_but_never_a_scan_stations_patience() -> None:
    verifier = hash_pin("90210", PEPPER, os.urandom)
    times = []
    for _ in range(5):
        start = time.perf_counter()
        pin_fits(verifier, "90210", PEPPER)
        times.append(time.perf_counter() - start)
    assert 0.01 < statistics.median(times) < 1.5
