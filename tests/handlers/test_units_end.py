"""A unit of work that ended is gone at once, with its cursor: no collector finds it on another thread."""

import gc
from weakref import ref

from tests.helpers.floor import OUTLET, Floor


def test_a_unit_that_looked_something_up_leaves_nothing_behind(floor: Floor) -> None:
    gc.disable()
    try:
        with floor.store.engine.begin() as connection:
            unit = floor.store.unit_on(connection, floor.merchant)
            unit.finds.find("warehouses", {"outlet_id": OUTLET})
            left = ref(unit)
            del unit
            assert left() is None
    finally:
        gc.enable()
