"""Tables with rows in them."""

from pathlib import Path

import pytest

from tests.ui.tables.orders import Orders


@pytest.fixture
def orders(tmp_path: Path) -> Orders:
    """A thousand orders."""
    return Orders(tmp_path / "orders.sqlite", 1_000)
