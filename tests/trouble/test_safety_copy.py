"""A desk's disk is gone: from the copy of its outbox a new desk goes on, nothing lost, nothing twice."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.products import AddProduct
from merchant_desk.models.encrypted import open_engine
from merchant_desk.sync.enrolment_code import parse_enrolment_code
from merchant_desk.sync.protocol import decode_header
from merchant_desk.sync.recovery import RecoveryKey
from merchant_desk.sync.safety_copy_return import by_paper, find_copy, read_whole
from tests.server.running import ROOT
from tests.trouble.shopfloor import (
    RealShop,
    demonstration_code,
    differences,
    new_tea,
    on_hand,
    patiently,
)
from tests.trouble.test_key_commands import NO_KEYRING, OLD, cli

SCANS = 7
"""In each receipt of the process that is killed."""

PATIENCE = 30.0


@pytest.fixture(autouse=True)
def passphrase(monkeypatch: pytest.MonkeyPatch) -> None:
    """No keyring on any of these computers: a passphrase opens the desks."""
    for name, value in {**NO_KEYRING, "MERCHANT_DESK_PASSPHRASE": OLD}.items():
        monkeypatch.setenv(name, value)


class Victim:
    """A desk's process, and what it told saved."""

    def __init__(self, folder: Path, password: str, code: str) -> None:
        words = [sys.executable, "-m", "tests.drills.desk_copied", str(folder), "manager", code]
        environment = {**os.environ, "MERCHANT_DESK_PASSWORD": password}
        self._process = subprocess.Popen(words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)

    def read(self, receipts: int) -> list[str]:
        """Return the lines until so many receipts are closed."""
        assert self._process.stdout is not None
        lines: list[str] = []
        while lines.count("CLOSED") < receipts:
            line = self._process.stdout.readline().strip()
            assert line, lines[-3:]
            lines.append(line)
        return lines

    def kill(self) -> list[str]:
        """End it as a power cut does; return what it had told meanwhile."""
        self._process.kill()
        rest, _ = self._process.communicate(timeout=PATIENCE)
        return rest.split("\n")


def saved(lines: list[str]) -> set[UUID]:
    return {UUID(line.split()[1]) for line in lines if line.startswith("SAVED")}


def copied(stick: Path, paper: RecoveryKey, code: str) -> set[UUID]:
    """Return the operations in the only copy that a stick holds."""
    copies = find_copy(stick)
    copy = read_whole(copies, by_paper(copies, paper)(parse_enrolment_code(code)))
    return {decode_header(one.header).op_id for part in copy.parts for one in part.operations}


@contextmanager
def server_log(shop: RealShop) -> Iterator[list[tuple[UUID, str, str]]]:
    """Yield what the server has: id, kind and outcome of every operation."""
    key = bytes.fromhex((shop.data / "demo.key").read_text("ascii"))
    engine = open_engine(shop.data / "server.db", key, role="reader")
    try:
        with engine.connect() as connection:
            rows = connection.exec_driver_sql("SELECT op_id, kind, status FROM operations").all()
            yield [(UUID(bytes=row[0]), row[1], row[2]) for row in rows]
    finally:
        engine.dispose()


def prepared(shop: RealShop, folder: Path, stick: Path) -> tuple[str, UUID]:
    """Enrol a protected desk with a product of its own, and name its stick; return code and id of that."""
    stick.mkdir()
    code = demonstration_code()
    tea = new_tea(code)
    with patiently(lambda: Desk.enrol(folder, shop.code(), "前台")) as desk:
        desk.sign_in("manager", shop.password)
        desk.do(AddProduct(tea))
        desk.sync()
    who = {"MERCHANT_DESK_LOGIN": "manager", "MERCHANT_DESK_PASSWORD": shop.password}
    at = ("safety-copy", "--profile", str(folder), "--json")
    done = cli(*at, "--folder", str(stick), **who)
    assert done.returncode == 0, done.stderr
    state = json.loads(done.stdout)
    assert (state["folder"], state["unsent"], state["trouble"]) == (str(stick), 0, "")
    assert state["age_seconds"] < PATIENCE
    return code, tea.sku_id


def paper_of(shop: RealShop) -> RecoveryKey:
    return RecoveryKey.parse(str(shop.server.ready["founded"]["recovery_key"]))


def wait_for_copy(stick: Path, paper: RecoveryKey, code: str, wanted: set[UUID]) -> None:
    """Wait until the copy, which nobody asks for, holds what is wanted."""
    deadline = time.monotonic() + PATIENCE
    while not wanted <= copied(stick, paper, code):
        assert time.monotonic() < deadline, "the copy does not come"
        time.sleep(0.1)


def go_on(stick: Path, code: str, paper: RecoveryKey, folder: Path) -> None:
    """Let a new desk go on from the copy, as people do who have a paper and a terminal."""
    sheet = stick.with_name("paper.txt")
    sheet.write_text(paper.text, "utf-8")
    words = ("--copy", str(stick), "--code", code, "--paper", str(sheet), "--profile", str(folder))
    done = cli("recover", *words, "--name", "前台 2")
    assert done.returncode == 0, done.stderr
    assert "0 项操作待发送" in done.stdout
    listed = cli("safety-copy", "--list", str(stick), "--json")
    assert json.loads(listed.stdout)["papers"] == [paper.number], "the copy stays where it is"


def check(shop: RealShop, sku_id: UUID, done: set[UUID]) -> None:
    """See that the server has all of what was done, once, and that its books and the keeper's say so."""
    keeper = shop.desks[0]
    keeper.sync()
    with server_log(shop) as log:
        status = {op_id: one for op_id, _, one in log}
        received = [op_id for op_id, kind, _ in log if kind == "receive_goods" and op_id in done]
    assert len(status) == len(log)
    assert done <= set(status), "nothing is lost"
    assert {status[op_id] for op_id in done} == {"applied"}
    assert on_hand(keeper, sku_id) == len(received) > 0, "each scan counts once"
    assert differences(shop.data, [keeper]) == ()


@pytest.mark.expects_log("rebuild_needed")
def test_a_killed_desk_whose_disk_is_gone_loses_nothing_that_was_copied(
    shop: RealShop, tmp_path: Path
) -> None:
    stick, folder, new = tmp_path / "stick", tmp_path / "desk", tmp_path / "new"
    code, sku_id = prepared(shop, folder, stick)
    paper, invitation = paper_of(shop), shop.code()
    victim = Victim(folder, shop.password, code)
    lines = victim.read(2)
    wait_for_copy(stick, paper, invitation, saved(lines))
    lines += victim.read(3) + victim.kill()
    there = copied(stick, paper, invitation)
    assert saved(lines[: lines.index("CLOSED")]) <= there
    old = Path(shutil.move(folder, tmp_path / "the old disk"))

    go_on(stick, invitation, paper, new)
    check(shop, sku_id, there)
    with Desk.open(new) as desk:
        assert on_hand(desk, sku_id) == on_hand(shop.desks[0], sku_id)

    with Desk.open(old) as desk:  # somebody got the old disk going after all
        assert desk.sync().waiting == 0
        with desk.read() as connection, connection.begin():
            rows = connection.exec_driver_sql("SELECT op_id FROM outbox WHERE kind <> 'add_product'").all()
    done = {UUID(bytes=row[0]) for row in rows}
    assert there | saved(lines) <= done
    check(shop, sku_id, done)
