"""What a file may set up, and who may: an operation of a job asks for no less than the ones it carries."""

from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from merchant_desk.documents.column_names import ImportKind
from merchant_desk.domain.imports_setup import ImportPeople, ImportRecords
from merchant_desk.domain.locations import AddLocations
from merchant_desk.domain.organisation import AddOutlet, AddPerson, GrantRole
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.taxes import AddTax
from tests.helpers.shop import Shop
from tests.jobs.imports import on_desk, on_server
from tests.jobs.test_setting_up import CARRIERS, LOCATIONS, TAXES, bring_in, rates, write


@pytest.fixture
def outlet_desk(shop: Shop) -> Desk:
    """A desk of somebody who is the manager of one outlet."""
    world = shop.world
    world.server.house.do(world.merchant_id, GrantRole(world.worker, "manager", world.outlet))
    return shop.desk("worker")


@pytest.mark.parametrize(("kind", "lines"), [("taxes", TAXES[:2]), ("carriers", CARRIERS[:2])])
def test_what_all_outlets_have_is_not_for_the_manager_of_one(
    shop: Shop, outlet_desk: Desk, tmp_path: Path, kind: ImportKind, lines: tuple[str, ...]
) -> None:
    with pytest.raises(Refusal) as refusal:
        bring_in(outlet_desk, write(tmp_path, kind, lines), kind)
    assert (refusal.value.code, refusal.value.facts["right"]) == ("not_allowed", "organise")
    outlet_desk.sync()
    assert on_server(shop.world.server.engine, f"SELECT count(*) FROM {kind}") == [0]


def test_a_standing_tax_gets_no_rate_from_the_manager_of_one_outlet(
    shop: Shop, desk: Desk, outlet_desk: Desk, tmp_path: Path
) -> None:
    desk.do(AddTax(shop.world.chance.new_id(), "VAT9", "增值税 9%", 90_000, 20190401))
    desk.sync()
    outlet_desk.sync()
    with pytest.raises(Refusal):
        bring_in(outlet_desk, write(tmp_path, "taxes", (TAXES[0], "VAT9,增值税 9%,99,2020-01-01")), "taxes")
    assert rates(outlet_desk) == [("VAT9", 20190401, 90_000)]


def test_the_manager_of_one_outlet_brings_in_locations_of_that_one_only(
    shop: Shop, outlet_desk: Desk, tmp_path: Path
) -> None:
    world = shop.world
    outlet, warehouse = world.chance.new_id(), world.chance.new_id()
    world.server.house.do(world.merchant_id, AddOutlet(outlet, "ZZ", "别处", "Asia/Shanghai", 0, warehouse))
    assert bring_in(outlet_desk, write(tmp_path, "locations", LOCATIONS[:2]), "locations").new == 1
    there = AddLocations(outlet, warehouse, "storage", ("Z-01",))
    with pytest.raises(Refusal) as refusal:
        outlet_desk.do(ImportRecords(world.chance.new_id(), 1, world.outlet, "locations", locations=(there,)))
    assert refusal.value.code == "other_outlet"
    outlet_desk.sync()
    codes = "SELECT code FROM locations WHERE code IN ('B-01', 'Z-01')"
    assert on_desk(outlet_desk, codes) == on_server(world.server.engine, codes) == ["B-01"]


def test_no_job_brings_in_a_badge(shop: Shop, desk: Desk) -> None:
    chance = shop.world.chance
    desk.sign_in("manager", "sesame-sesame")
    people = (
        AddPerson(chance.new_id(), "li", "李红", ""),
        AddPerson(chance.new_id(), "eve", "伊芙", "P:777"),
    )
    desk.do(ImportPeople(chance.new_id(), 1, people, ()))
    desk.sync()
    assert [refusal.code for refusal in desk.refused()] == ["badge_in_file"]
    assert on_server(shop.world.server.engine, "SELECT count(*) FROM persons") == [2]
