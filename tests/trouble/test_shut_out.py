"""A desk is retired by another: it is told so, and its work arrives once it has enrolled again."""

import json
import re
from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.organisation import AddPerson, ArchivePerson, RestorePerson, RetireDevice
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.queries.people import person_id_of
from merchant_desk.sync.server_faults import DeskRetired
from merchant_desk.sync.status import Link
from tests.trouble.shopfloor import RealShop, at_work, differences, on_hand
from tests.trouble.test_enrolling_again import enrol, examined
from tests.trouble.words import told

RETIRED = ("已被停用.*重新登记.*补发", "was retired.*enrol it again.*will be")


def assert_doctor_says(folder: Path, waiting: int, *words: str) -> None:
    """The doctor says what waits, and why."""
    exit_code, found = examined(folder, *words)
    assert exit_code == 1
    assert found["outbox"]["grade"] == "bad"
    assert re.search(rf"{waiting} 项操作尚未送达.*{RETIRED[0]}", found["outbox"]["zh"])
    assert re.search(rf"Not at the server yet: {waiting} .*{RETIRED[1]}", found["outbox"]["en"])


def test_a_retired_desk_is_told_and_its_work_arrives_after_enrolling_again(
    shop: RealShop, tmp_path: Path
) -> None:
    keeper, folder = shop.desks[0], tmp_path / "desk"
    floor = at_work(shop.desk(folder))
    floor.scan(2)
    floor.desk.sync()
    old = floor.desk.identity
    keeper.do(RetireDevice(old.device_id, "被盗"))
    keeper.sync()
    floor.scan(3)
    waiting = floor.desk.status.waiting
    for _ in range(2):
        with pytest.raises(DeskRetired) as fault:
            floor.desk.sync()
        told(fault.value).says(*RETIRED)
    assert (floor.desk.status.link, floor.desk.status.waiting) == (Link.ONLINE, waiting)
    assert isinstance(floor.desk.status.fault, DeskRetired)
    assert on_hand(keeper, floor.sku_id) == 2, "nothing of it was taken in"
    assert old.code not in {other.code for other in keeper.status.others}
    code = shop.code()
    floor.desk.close()
    shop.desks.remove(floor.desk)
    for words in ((), ("--offline",)):
        assert_doctor_says(folder, waiting, *words)
    exit_code, answer, said = enrol(code, folder, "--yes")
    assert (exit_code, said) == (0, "")
    assert (answer["again"], answer["waiting"]) == (True, 0)
    with Desk.open(folder) as desk:
        assert desk.identity.code != old.code
        assert desk.sync().fault is None
        floor.desk = desk
        assert floor.on_hand() == floor.saved == 5
    assert examined(folder)[0] == 0
    keeper.sync()
    assert differences(shop.data, [keeper]) == ()
    assert on_hand(keeper, floor.sku_id) == 5


def test_a_desk_that_retires_itself_is_told_about(shop: RealShop, tmp_path: Path) -> None:
    desk = shop.desk(tmp_path / "own")
    desk.do(RetireDevice(desk.identity.device_id, "换新机"))
    with pytest.raises(DeskRetired):
        desk.sync()
    keeper = shop.desks[0]
    keeper.sync()
    with keeper.read() as connection, connection.begin():
        facts = connection.exec_driver_sql("SELECT facts FROM tasks WHERE code = 'retired_itself'").scalar()
    assert json.loads(str(facts)) == {"code": desk.identity.code, "reason": "换新机"}


def test_who_left_signs_in_nowhere_and_what_he_did_offline_stands(shop: RealShop, tmp_path: Path) -> None:
    keeper = shop.desks[0]
    lin = keeper.runtime.new_id()
    keeper.do(AddPerson(lin, f"lin{lin.hex[-6:]}", "小林", f"P:{lin.hex[-6:]}"))
    login, badge = f"lin{lin.hex[-6:]}", f"P:{lin.hex[-6:]}"
    keeper.sync()
    keeper.sign_in("manager", shop.password)
    password = keeper.reset_password(lin)
    desk = shop.desk(tmp_path / "desk")
    floor = at_work(desk)
    desk.sync()
    desk.sign_in(login, password)
    floor.scan(2)  # without the right to, and not sent yet
    keeper.do(ArchivePerson(lin))
    keeper.sync()
    with pytest.raises(Refusal, match="sign_in_failed"):
        keeper.sign_in(login, password)
    desk.sync()
    assert on_hand(keeper, floor.sku_id) == 0
    keeper.sync()
    assert on_hand(keeper, floor.sku_id) == 2
    with desk.read() as connection, connection.begin():
        assert person_id_of(connection, badge) is None
    keeper.sign_in("manager", shop.password)
    keeper.do(RestorePerson(lin))
    keeper.sync()
    assert desk.sign_in(login, password).id == lin
