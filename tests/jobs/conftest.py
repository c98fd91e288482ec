"""A shop and its manager's desk, which imports."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher, Type

from merchant_desk.desk import Desk
from merchant_desk.sync import passwords
from tests.helpers.shop import Shop


@pytest.fixture(autouse=True)
def cheap_hashing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The same function with less work: what a hash must cost is asked in tests/sync."""
    cheap = PasswordHasher(1, 64, 1, passwords.HASH_BYTES, passwords.SALT_BYTES, type=Type.ID)
    monkeypatch.setattr(passwords, "_hasher", cheap)


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    folder = tmp_path / "shop"
    folder.mkdir()
    shop = Shop(folder)
    yield shop
    shop.close()


@pytest.fixture
def desk(shop: Shop) -> Desk:
    """The manager's desk: a manager may import."""
    return shop.desk("manager")
