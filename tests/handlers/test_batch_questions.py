"""Is what goods ask of the database asked once for a batch, however many products it moves?"""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.products import AddProduct, NewSku
from merchant_desk.domain.stock import AdjustStock
from merchant_desk.models.row_memory import RowMemory
from tests.helpers.world import World

PRODUCTS = 40


def test_a_batch_asks_for_its_products_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One question for each operation made a push of 10,000 half as slow again."""
    world = World(tmp_path)
    skus = [world.chance.new_id() for _ in range(PRODUCTS)]
    products = [
        AddProduct(NewSku(sku, f"S-{n}", f"S-{n}", "", "", "", 0, False, False, 0, 0, ()))
        for n, sku in enumerate(skus)
    ]
    world.server.house.do(world.merchant_id, *products)
    desk = world.desk()
    desk.sync()
    shelf = world.shelves[0]
    for sku in skus:
        where = (world.outlet, world.warehouse, shelf, sku)
        desk.engine.do(AdjustStock(*where, None, "sellable", MICRO, "found", ""), world.manager)
    asked: Counter[str] = Counter()
    select = RowMemory.select_in

    def counted(memory: RowMemory, table: str, *more: Any) -> Any:
        if memory.store.on_server:
            asked[table] += 1
        return select(memory, table, *more)

    monkeypatch.setattr(RowMemory, "select_in", counted)
    answer = desk.push()
    assert answer is not None
    assert len(answer.outcomes) == PRODUCTS
    assert asked["skus"] == asked["sku_merges"] == 1
    assert sum(asked.values()) < PRODUCTS, asked
