"""Where an outlet has two warehouses: is a station asked for its own once, and does it say where it is?"""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox

from merchant_desk.domain.warehouses import AddWarehouse, CloseWarehouse, RenameWarehouse
from merchant_desk.ui.widgets.form import FormDialog
from tests.ui.screens.acting import texts_in
from tests.ui.screens.stations.conftest import Stages
from tests.ui.screens.stations.stage import Floor, Stage

Key = Qt.Key


@pytest.fixture
def two(floor: Floor) -> Floor:
    """The outlet has a second, empty warehouse."""
    world = floor.world
    new = AddWarehouse(world.outlet, world.chance.new_id(), "CG2", "后仓")
    world.server.house.do(world.merchant_id, new)
    return floor


def form_of(here: Stage) -> FormDialog | None:
    return next((one for one in here.window.findChildren(FormDialog) if one.isVisible()), None)


def choose(here: Stage, code: str) -> None:
    form = form_of(here)
    assert form is not None
    box = form.findChild(QComboBox)
    assert isinstance(box, QComboBox)
    box.setCurrentIndex(next(i for i in range(box.count()) if box.itemText(i).startswith(f"{code} ")))
    form.try_submit()
    here.settle()


def test_it_asks_once_and_shows_its_warehouse_ever_after(stage: Stages, two: Floor) -> None:
    here = stage("inbound")
    assert form_of(here) is not None, "nothing is guessed"
    choose(here, "CG2")
    assert here.desk.warehouse().code == "CG2"
    assert "仓库：CG2 后仓" in texts_in(here.screen.head)
    assert not here.screen.start.rows, "the deliveries are for the other one"
    here.press(Key.Key_F11)
    choose(here, "CG")
    assert here.screen.start.rows
    here.scan("PO-2611-0457")
    assert here.document
    assert "仓库：CG " in texts_in(here.screen.head)


def test_it_notices_a_warehouse_that_is_new_renamed_or_closed(stage: Stages, floor: Floor) -> None:
    here = stage("inbound")
    world, house = floor.world, floor.world.server.house
    assert form_of(here) is None
    assert here.screen.start.rows
    there = world.chance.new_id()

    def told(change: object) -> str:
        house.do(world.merchant_id, change)
        here.desk.sync()
        here.settle(50)
        return texts_in(here.screen.head)

    told(AddWarehouse(world.outlet, there, "CG2", "后仓"))
    assert form_of(here) is not None, "there is a choice now"
    choose(here, "CG2")
    assert "仓库：CG2 冷库" in told(RenameWarehouse(world.outlet, there, "冷库"))
    assert "仓库" not in told(CloseWarehouse(world.outlet, there, "租约到期"))
    assert here.screen.start.rows, "the only one that is left is this station's"


def test_an_open_document_shows_its_warehouses_new_name(stage: Stages, two: Floor) -> None:
    here = stage("inbound")
    choose(here, "CG")
    here.scan("PO-2611-0457")
    new = RenameWarehouse(two.world.outlet, here.desk.warehouse().id, "前仓")
    two.world.server.house.do(two.world.merchant_id, new)
    here.desk.sync()
    here.settle(50)
    assert "仓库：CG 前仓" in texts_in(here.screen.head)
