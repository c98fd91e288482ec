"""A desk that the server takes nothing from any more: enrolled again, all its work arrives, once."""

import json
import re
import shutil
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from merchant_desk.desk import Desk
from merchant_desk.sync.enrolment_code import EnrolmentCode
from merchant_desk.sync.profile import AlreadyEnrolled
from merchant_desk.sync.troubles import ForkedDesk, OtherMerchant
from tests.server.running import run
from tests.trouble.shopfloor import Floor, RealShop, at_work, differences
from tests.trouble.words import told

ELSEWHERE = UUID(int=7)
"""An outlet of another merchant."""


def forked(shop: RealShop, folder: Path) -> tuple[Floor, Path]:
    """Return a desk's floor, and a copy of its folder whose three scans the server will not take."""
    floor = at_work(shop.desk(folder))
    floor.scan(2)
    floor.desk.sync()
    floor.desk.close()
    copy = Path(shutil.copytree(folder, folder.with_name("copy")))
    with Desk.open(folder) as original:
        original.sign_in("manager", shop.password)
        ahead = at_work(original)
        ahead.scan()
        original.sync()
    twin = Desk.open(copy)
    shop.desks.append(twin)
    twin.sign_in("manager", shop.password)
    again = Floor(twin, floor.sku_id, floor.code, twin.reopen("receipts", floor.sheet.document_id), 2)
    again.scan(3)
    with pytest.raises(ForkedDesk):
        twin.sync()
    return again, copy


def state_of(folder: Path) -> tuple[str, int]:
    with Desk.open(folder) as desk:
        return desk.identity.device_id.hex, desk.status.waiting


def enrol(code: str, folder: Path, *words: str) -> tuple[int, Any, str]:
    done = run("enrol", code, "--profile", str(folder), "--json", *words)
    return done.returncode, json.loads(done.stdout) if done.stdout else None, done.stderr


def examined(folder: Path, *words: str) -> tuple[int, dict[str, Any]]:
    done = run("doctor", "--profile", str(folder), "--json", *words)
    return done.returncode, {one["subject"]: one for one in map(json.loads, done.stdout.splitlines())}


def test_a_desk_that_has_not_met_its_twin_yet_hears_of_it_from_the_doctor(
    shop: RealShop, tmp_path: Path
) -> None:
    """The copy of a folder has nothing to send, and has not asked: the server's count says enough."""
    floor = at_work(shop.desk(tmp_path / "desk"))
    floor.desk.sync()
    floor.desk.close()
    shutil.copytree(tmp_path / "desk", tmp_path / "copy")
    with Desk.open(tmp_path / "desk") as original:
        original.sign_in("manager", shop.password)
        at_work(original).scan()
        original.sync()
    exit_code, found = examined(tmp_path / "copy")
    assert exit_code == 1
    assert found["outbox"]["grade"] == "good"
    assert found["server"]["grade"] == "bad"
    assert re.search("旧拷贝.*重新登记", found["server"]["zh"])
    assert examined(tmp_path / "desk")[0] == 0


@pytest.mark.expects_log("desk_stuck")
def test_a_stuck_desk_enrolled_again_on_the_command_line_sends_everything_once(
    shop: RealShop, tmp_path: Path
) -> None:
    floor, folder = forked(shop, tmp_path / "desk")
    waiting = floor.desk.status.waiting
    assert waiting >= 3
    code = shop.code()
    floor.desk.close()
    shop.desks.remove(floor.desk)
    before = state_of(folder)
    for words in ((), ("--offline",)):
        exit_code, found = examined(folder, *words)
        assert exit_code == 1, "a desk whose work never arrives is not well"
        assert found["outbox"]["grade"] == "bad"
        assert re.search(rf"{waiting} 项操作尚未送达.*旧拷贝.*重新登记", found["outbox"]["zh"])

    exit_code, _, said = enrol(code, folder)
    assert exit_code == 1
    assert "什么都没有改变" in said
    assert "Nothing was changed" in said
    foreign = EnrolmentCode("127.0.0.1", 1, ELSEWHERE, bytes(10), tls=False)
    exit_code, _, said = enrol(foreign.text, folder, "--yes")
    assert exit_code == 1
    assert "另一家商户" in said
    assert "another merchant" in said
    assert state_of(folder) == before

    exit_code, answer, said = enrol(code, folder, "--yes")
    assert (exit_code, said) == (0, "")
    assert (answer["again"], answer["waiting"]) == (True, 0)
    with Desk.open(folder) as desk:
        assert desk.identity.device_id.hex != before[0]
        assert desk.sync().fault is None
        floor.desk = desk
        assert floor.on_hand() == floor.saved == 5
    assert examined(folder)[0] == 0
    keeper = shop.desks[0]
    keeper.sync()
    assert differences(shop.data, [keeper]) == ()
    assert sum(row.on_hand for row in keeper.stock(floor.sku_id)) == 5_000_000


def test_an_enrolled_folder_is_not_enrolled_over(shop: RealShop, tmp_path: Path) -> None:
    floor = at_work(shop.desk(tmp_path / "desk"))
    floor.scan(2)
    desk, code = floor.desk, shop.code()
    old = desk.identity
    desk.close()
    with pytest.raises(AlreadyEnrolled) as refused:
        Desk.enrol(tmp_path / "desk", code, "another", demo=True)
    told(refused.value).says("已登记为工作台.*什么都没有改变.*重新登记", "enrolled already.*Enrol again")
    desk = shop.reopened(desk)
    assert desk.identity == old
    with pytest.raises(OtherMerchant):
        desk.enrol_again(EnrolmentCode("127.0.0.1", 1, ELSEWHERE, bytes(10), tls=False).text)
    assert desk.identity == old
    assert desk.sync().waiting == 0
    with Desk.enrol(tmp_path / "new", code, "the code was not used up", demo=True) as other:
        assert other.identity.code != old.code
