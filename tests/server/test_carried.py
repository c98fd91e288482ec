"""Unsent work carried by hand: does it arrive by the rules of a push, once, and nothing else of the file?"""

import io
import json
import os
import shutil
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from merchant_desk.cli.main import main
from merchant_desk.desk import Desk
from merchant_desk.domain.organisation import FoundMerchant, RetireDevice
from merchant_desk.domain.products import AddProduct, NewSku
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.faults import DiskFull, FileUnusable
from merchant_desk.server.carried import take_carried
from merchant_desk.server.intake import Device
from merchant_desk.sync import carrying
from merchant_desk.sync.carried_file import CarriedFrame, CarriedUnreadable, read_frames, write_file
from merchant_desk.sync.carrying import Carried, CarriedStopped, Delivered, EarlierNeeded
from merchant_desk.sync.key_faults import DemoUnprotected
from merchant_desk.sync.server_faults import Unreachable
from merchant_desk.sync.signing import DeviceKeys
from tests.helpers.copied_desk import unsent, use_keyring
from tests.helpers.web_server import PortServer
from tests.server.web import PASSWORD


@pytest.fixture
def village(server: PortServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk with a protected key that has pulled once and has no line since: it never syncs by itself."""
    use_keyring(monkeypatch)
    with Desk.enrol(tmp_path / "village", server.code(), "village") as desk:
        desk.sync()
        desk.sign_in("manager", PASSWORD)
        desk.sync()
        yield desk


def work(server: PortServer, desk: Desk, times: int = 1) -> None:
    for _ in range(times):
        desk.do(server.adjust())


def written(desk: Desk, path: Path) -> Carried:
    made = desk.write_carried(path)
    assert made is not None
    return made


def delivered(desk: Desk, path: Path) -> Delivered:
    done = desk.deliver_carried(path)
    assert done is not None
    return done


def stock(desk: Desk) -> int:
    return int(desk.ask(lambda one: one.exec_driver_sql("SELECT sum(quantity) FROM ledger").scalar() or 0))


def pending(desk: Desk) -> int:
    return len(unsent(desk))


def everything(server: PortServer) -> list[tuple[object, ...]]:
    """Return what a file that is refused must leave as it is."""
    with server.services.database.reader.connect() as connection, connection.begin():
        tables = ("operations", "feed", "device_heads", "ledger", "tasks")
        return [
            tuple(connection.exec_driver_sql(f"SELECT count(*), max(rowid) FROM {name}").one())
            for name in tables
        ]


def test_work_arrives_by_hand_and_a_later_sync_does_nothing_twice(
    server: PortServer, desk: Desk, village: Desk, tmp_path: Path
) -> None:
    work(server, village, 5)
    told: list[tuple[int, int]] = []
    made = village.write_carried(tmp_path / "a.mdcarry", told=lambda *far: told.append(far))
    assert made is not None
    assert (made.header.operations, told[-1]) == (5, (5, 5))
    assert made.path.stat().st_mode & 0o777 == 0o600
    done = delivered(desk, made.path)
    assert (done.outcomes, done.new, done.whole, done.fault) == (Counter(applied=5), 5, True, None)
    assert desk.sync().fault is None
    assert stock(desk) == 5_000_000, "every desk has it before the village was heard of"
    assert pending(village) == 5, "nobody but the server says what became of it"
    before = server.outcomes()
    assert village.sync().fault is None
    assert (pending(village), stock(village)) == (0, 5_000_000)
    assert server.outcomes() == before
    again = delivered(desk, made.path)
    assert (again.new, again.known, again.whole) == (0, 5, True)
    assert server.outcomes() == before
    with pytest.raises(Refusal, match="nothing_to_carry"):
        village.write_carried(tmp_path / "b.mdcarry")
    assert not (tmp_path / "b.mdcarry").exists()


def test_who_goes_on_working_carries_it_all_again_and_the_order_does_not_matter(
    server: PortServer, desk: Desk, village: Desk, tmp_path: Path
) -> None:
    work(server, village, 3)
    first = written(village, tmp_path / "first.mdcarry")
    work(server, village, 4)
    second = written(village, tmp_path / "second.mdcarry")
    assert (second.header.first_seq, second.header.operations) == (first.header.first_seq, 7)
    assert delivered(desk, second.path).new == 7
    assert (delivered(desk, first.path).new, delivered(desk, first.path).known) == (0, 3)
    work(server, village)
    assert village.sync().fault is None
    desk.sync()
    assert stock(desk) == stock(village) == 8_000_000


def test_a_long_file_goes_in_parts_and_goes_on_after_the_line_broke(
    server: PortServer, desk: Desk, village: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(carrying, "FRAME_BYTES", 4_000)
    work(server, village, 40)
    made = written(village, tmp_path / "long.mdcarry")
    frames = list(read_frames(made.path)[1])
    assert len(frames) > 3
    assert [frame.last for frame in frames] == [False] * (len(frames) - 1) + [True]
    send, sent = desk.api.carried, list[CarriedFrame]()

    def breaks(frame: CarriedFrame) -> object:
        answer = send(frame)
        sent.append(frame)
        if len(sent) == 2:
            raise Unreachable("timeout", "the answer is lost")
        return answer

    monkeypatch.setattr(desk.api, "carried", breaks)
    with pytest.raises(Unreachable):
        desk.deliver_carried(made.path)
    monkeypatch.setattr(desk.api, "carried", send)
    assert desk.deliver_carried(made.path, cancelled=lambda: True) is None
    done = delivered(desk, made.path)
    assert (done.sent, done.known, done.new, done.whole) == (40, 40 - done.new, done.new, True)
    assert 0 < done.new < 40
    village.sync()
    desk.sync()
    assert stock(desk) == 40_000_000


def test_what_the_server_refuses_is_told_as_a_number_and_to_its_desk_later(
    server: PortServer, desk: Desk, village: Desk, tmp_path: Path
) -> None:
    work(server, village)
    for one in (village, desk):  # both found the same code free
        one.do(
            AddProduct(
                NewSku(server.chance.new_id(), "TEA", "茶", "Tea", "", "袋", 1, False, False, 0, 0, ())
            )
        )
    desk.sync()
    done = delivered(desk, written(village, tmp_path / "a.mdcarry").path)
    assert (done.outcomes, done.whole) == (Counter(applied=1, refused=1), True)
    filed = server.outcomes()
    village.sync()
    assert server.outcomes() == filed
    statuses = village.ask(
        lambda one: one.exec_driver_sql("SELECT status FROM outbox WHERE device_seq >= 1").scalars().all()
    )
    assert Counter(statuses)["refused"] == done.outcomes["refused"]


def damaged(content: bytes) -> Iterator[tuple[str, bytes]]:
    yield "nothing", b""
    yield "a picture", b"\x89PNG\r\n\x1a\n" + bytes(500)
    yield "cut in the middle", content[: len(content) // 2]
    yield "cut at the end", content[:-1]
    yield "something behind it", content + b"x"
    yield "another version", content.replace(b"MDCARRY1", b"MDCARRY2")
    middle = len(content) // 2
    yield "a bit", content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]


def test_a_file_that_is_damaged_or_another_is_refused_and_changes_nothing(
    server: PortServer, desk: Desk, village: Desk, tmp_path: Path
) -> None:
    work(server, village, 3)
    good = written(village, tmp_path / "good.mdcarry").path.read_bytes()
    before = everything(server)
    for name, content in damaged(good):
        path = tmp_path / f"{name}.mdcarry"
        path.write_bytes(content)
        with pytest.raises(CarriedUnreadable) as said:
            desk.deliver_carried(path)
        assert path.name in said.value.sentence("en")
        assert "什么都没有改变" in said.value.sentence("zh_CN")
    with pytest.raises(FileUnusable):
        desk.deliver_carried(tmp_path / "none.mdcarry")
    assert everything(server) == before


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=60)
@given(data=st.data())
def test_the_server_believes_no_frame_that_was_touched(
    server: PortServer, desk: Desk, village: Desk, tmp_path: Path, data: st.DataObject
) -> None:
    """Whoever carries it can compute a checksum anew; signature, seal and place still do not fit."""
    path = tmp_path / "a.mdcarry"
    if not path.exists():
        work(server, village, 2)
        written(village, path)
    (frame,) = list(read_frames(path)[1])
    before = everything(server)
    part = data.draw(st.sampled_from(("header", "signature", "sealed", "index", "last")))
    if part == "index":
        touched = CarriedFrame(frame.header, frame.signature, frame.index + 1, frame.last, frame.sealed)
    elif part == "last":
        touched = CarriedFrame(frame.header, frame.signature, frame.index, not frame.last, frame.sealed)
    else:
        content = bytearray(getattr(frame, part))
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] ^= data.draw(st.integers(1, 255))
        changed = {name: getattr(frame, name) for name in ("header", "signature", "sealed")}
        changed[part] = bytes(content)
        touched = CarriedFrame(
            changed["header"], changed["signature"], frame.index, frame.last, changed["sealed"]
        )
    with pytest.raises(Refusal, match="carried_"):
        desk.api.carried(touched)
    assert everything(server) == before


def test_no_other_merchants_server_or_desk_takes_it(
    server: PortServer, desk: Desk, village: Desk, tmp_path: Path
) -> None:
    work(server, village)
    path = written(village, tmp_path / "a.mdcarry").path
    (frame,) = list(read_frames(path)[1])
    before = everything(server)
    other = server.chance.new_id()
    server.services.house.do(other, FoundMerchant("别家", "CNY", server.chance.new_id(), "某人"))
    stranger = Device(other, desk.identity.device_id, server.outlet, ())
    with pytest.raises(Refusal, match="carried_foreign"):
        take_carried(server.services, stranger, frame)
    assert everything(server)[3] == before[3]


def test_work_of_a_desk_that_was_shut_out_is_not_taken(
    server: PortServer, desk: Desk, village: Desk, tmp_path: Path
) -> None:
    work(server, village)
    path = written(village, tmp_path / "a.mdcarry").path
    desk.do(RetireDevice(village.identity.device_id, "stolen"))
    desk.sync()
    before = everything(server)
    with pytest.raises(Refusal, match="carried_retired"):
        desk.deliver_carried(path)
    assert everything(server) == before


def test_a_file_that_begins_too_late_says_what_is_needed(
    server: PortServer, desk: Desk, village: Desk, tmp_path: Path
) -> None:
    """An older backup of the server came back: it lacks what the file's desk was told that it has."""
    content = server.copy()
    work(server, village, 2)
    village.sync()
    work(server, village)
    made = written(village, tmp_path / "a.mdcarry")
    server.restore(content)
    before = everything(server)
    done = delivered(desk, made.path)
    assert isinstance(done.fault, EarlierNeeded)
    assert (done.whole, done.sent) == (False, 0)
    assert f"{done.expected}" in done.fault.sentence("en")
    assert everything(server) == before


def test_a_disk_image_of_the_desk_is_told_apart(
    server: PortServer, desk: Desk, village: Desk, tmp_path: Path
) -> None:
    """What another copy of it did under the same numbers is not taken for this one's."""
    folder = village.runtime.profile.folder
    village.close()
    shutil.copytree(folder, tmp_path / "image")
    with Desk.open(tmp_path / "image") as image:
        image.sign_in("manager", PASSWORD)
        work(server, image)
        image.sync()
    with Desk.open(folder) as again:
        again.sign_in("manager", PASSWORD)
        work(server, again, 2)
        path = written(again, tmp_path / "a.mdcarry").path
    before = everything(server)
    done = delivered(desk, path)
    assert isinstance(done.fault, CarriedStopped)
    assert "forked" in done.fault.sentence("en")
    assert (done.sent, done.whole) == (0, False)
    assert everything(server) == before


def test_a_demo_has_nothing_that_a_server_could_open(server: PortServer, desk: Desk, tmp_path: Path) -> None:
    work(server, desk)
    with pytest.raises(DemoUnprotected):
        desk.write_carried(tmp_path / "a.mdcarry")


def test_no_half_file_is_left(
    server: PortServer, village: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    work(server, village)
    target = tmp_path / "a.mdcarry"
    assert village.write_carried(target, cancelled=lambda: True) is None

    def fails(*given: Any) -> None:
        write_file(*given)
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(carrying, "write_file", fails)
    with pytest.raises(DiskFull):
        village.write_carried(target)
    monkeypatch.setattr(carrying, "write_file", write_file)
    target.write_text("mine")
    with pytest.raises(FileUnusable):
        village.write_carried(target)
    assert target.read_text() == "mine"
    assert list(tmp_path.glob("*.part")) == []


def test_two_carry_the_same_at_the_same_moment(
    server: PortServer, desk: Desk, village: Desk, tmp_path: Path
) -> None:
    work(server, village, 60)
    path = written(village, tmp_path / "a.mdcarry").path
    with server.desk(tmp_path / "other") as other:
        found: list[Delivered] = []
        threads = [
            threading.Thread(target=lambda one=one: found.append(delivered(one, path)))
            for one in (desk, other)
        ]
        for thread in threads:
            thread.start()
        village.sync()
        for thread in threads:
            thread.join(60)
    assert [done.whole for done in found] == [True, True]
    desk.sync()
    assert stock(desk) == stock(village) == 60_000_000


def test_the_command_writes_and_delivers(
    server: PortServer, desk: Desk, village: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work(server, village, 3)
    folder, path = village.runtime.profile.folder, tmp_path / "a.mdcarry"
    village.close()
    desk.close()
    assert main(["carry", "--profile", str(folder), "--to", str(path), "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["operations"], said["bytes"]) == (3, path.stat().st_size)
    at_desk = ["carry", "--profile", str(tmp_path / "desk"), "--deliver", str(path)]
    assert main([*at_desk, "--json"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert (said["new"], said["whole"], said["outcomes"]) == (3, True, {"applied": 3})
    assert main(at_desk) == 0
    told = capsys.readouterr().out
    assert "收到 3 / 3 项，新的 0 项" in told
    assert "3 of 3 taken, 0 of them new" in told
    path.write_bytes(path.read_bytes()[:-5])
    assert main(at_desk) == 1
    told = capsys.readouterr().err
    assert "已损坏" in told
    assert "damaged" in told


def test_frames_stand_by_themselves(village: Desk, server: PortServer) -> None:
    """The same work sealed twice has nothing in common that a finder of sticks could compare."""
    work(server, village)
    first, second = io.BytesIO(), io.BytesIO()
    header = village._carried_header()
    for file in (first, second):
        batches = village._batches(header, lambda done, total: None, lambda: False)
        key = DeviceKeys(village.identity.signing_seed, village.identity.agreement_seed)
        vault = village.runtime.profile.vault
        write_file(file, header, batches, key.signing_key, vault.key, os.urandom)
    assert first.getvalue()[-64:-32] != second.getvalue()[-64:-32]
    assert b"adjust" not in first.getvalue()
