"""A shop and its manager's desk, which imports."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from tests.helpers.shop import Shop


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
