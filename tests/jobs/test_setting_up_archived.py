"""Files by which a shop is set up, beside what was archived: nothing comes back unsaid."""

from pathlib import Path

from merchant_desk.desk import Desk
from merchant_desk.documents.column_names import ImportKind
from merchant_desk.domain.carriers import AddCarrier, ArchiveCarrier
from merchant_desk.domain.imports import FaultCode
from merchant_desk.domain.imports_setup import ImportPeople
from merchant_desk.domain.locations import AddLocations, ArchiveLocation, location_id
from merchant_desk.domain.organisation import ArchivePerson, GrantRole
from merchant_desk.domain.taxes import AddTax, ArchiveTax
from tests.helpers.shop import Shop
from tests.jobs.imports import on_desk
from tests.jobs.test_setting_up import CARRIERS, LOCATIONS, PEOPLE, ROLES, TAXES, bring_in, refused, write


def test_who_has_left_is_left_out_by_name(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    world = shop.world
    world.server.house.do(world.merchant_id, ArchivePerson(world.worker))
    desk.sign_in("manager", "sesame-sesame")
    desk.sync()
    before = on_desk(desk, ROLES)
    path = write(tmp_path, "people", (PEOPLE[0], "worker,仓管,店长,全部", "zhao,赵明,,"))
    account = bring_in(desk, path, "people")
    assert (account.new, account.standing) == (1, 0)
    assert refused(account) == {2: FaultCode.PERSON_LEFT}
    desk.sync()
    assert (desk.refused(), on_desk(desk, ROLES)) == ([], before)
    assert on_desk(desk, "SELECT login FROM persons ORDER BY login") == ["manager", "worker", "zhao"]


def test_who_leaves_before_the_server_is_asked_gets_no_role(shop: Shop, desk: Desk) -> None:
    world = shop.world
    desk.sign_in("manager", "sesame-sesame")
    before = on_desk(desk, ROLES)
    world.server.house.do(world.merchant_id, ArchivePerson(world.worker))
    role = GrantRole(world.worker, "manager", None)
    desk.do(ImportPeople(world.chance.new_id(), 1, (), (role,)))
    desk.sync()
    assert (desk.refused(), on_desk(desk, ROLES)) == ([], before)


def test_archived_carriers_and_taxes_stay_so_and_are_noted(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    carrier, tax = shop.world.chance.new_id(), shop.world.chance.new_id()
    desk.do(AddCarrier(carrier, "SF", "顺风速运", ""))
    desk.do(ArchiveCarrier(carrier))
    desk.do(AddTax(tax, "VAT13", "增值税 13%", 130_000, 20190401))
    desk.do(ArchiveTax(tax))
    files: dict[ImportKind, tuple[str, ...]] = {"carriers": (CARRIERS[0], "SF,顺风速运,"), "taxes": TAXES[:2]}
    for kind, lines in files.items():
        account = bring_in(desk, write(tmp_path, kind, lines), kind)
        assert (account.new, account.standing, account.noticed) == (0, 1, {2: ("differs_here",)})
        assert on_desk(desk, f"SELECT archived FROM {kind}") == [1]


def test_a_location_that_comes_back_as_another_kind_is_noted(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    world = shop.world
    desk.do(AddLocations(world.outlet, world.warehouse, "storage", ("Z-01", "Z-02")))
    for code in ("Z-01", "Z-02"):
        desk.do(ArchiveLocation(world.outlet, location_id(world.warehouse, code)))
    path = write(tmp_path, "locations", (LOCATIONS[0], "Z-01,收货位", "Z-02,存放位"))
    account = bring_in(desk, path, "locations")
    assert (account.new, account.standing, account.noticed) == (2, 0, {2: ("differs_here",)})
    here = "SELECT code, kind, archived FROM locations WHERE code LIKE 'Z-%' ORDER BY code"
    assert on_desk(desk, here) == [("Z-01", "storage", 0), ("Z-02", "storage", 0)]
