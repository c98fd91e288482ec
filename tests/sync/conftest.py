"""A shop with its server, and a desk of it, in this process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.helpers.lone_desk import LoneDesk, enrol
from tests.helpers.shop import Shop


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    opened = Shop(tmp_path)
    yield opened
    opened.close()


@pytest.fixture
def desk(shop: Shop) -> Iterator[LoneDesk]:
    opened = enrol(shop)
    yield opened
    opened.close()
