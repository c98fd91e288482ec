"""A take-over is killed between its steps, and begun again: the whole shop is there, once."""

import os
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from merchant_desk.cli.main import main
from merchant_desk.sync.taking_over import TakeOver, read_begun
from tests.server.own_shop import PASSPHRASE, PASSWORD, Shop, check_equal
from tests.server.running import ROOT

KILLED = """
import os, sys
from pathlib import Path
from merchant_desk.cli import own_heir, own_takeover
from merchant_desk.desk import Desk
from merchant_desk.sync import passphrase
from merchant_desk.sync.recovery import RecoveryKey
from merchant_desk.sync.taking_over import TakeOver
from tests.server.own_shop import told

passphrase.TIME_COST, passphrase.MEMORY_KIB, passphrase.LANES = 1, 1_024, 1
profile, copy, key, step, when = sys.argv[1:]
owner = {"put_back": own_takeover, "make_ready": own_takeover, "invite_two": own_takeover, "enrol": Desk,
         "rename": Path, "_clear": own_heir.Heir, "_start": own_heir.Heir}.get(step, own_heir)
work = getattr(owner, step)

def killed(*given, **more):
    if when == "after":
        work(*given, **more)
    os._exit(9)

setattr(owner, step, killed)
heir = own_heir.Heir(Path(profile), told, courier=False)
heir.prepare()
heir.take_over(TakeOver(Path(copy), RecoveryKey.parse(key)), "en")
"""

POINTS = (
    pytest.param("put_back", "after", marks=pytest.mark.long),  # restored beside
    pytest.param("mark_opened", "after", marks=pytest.mark.long),  # nobody else opens the file
    pytest.param("_clear", "after", marks=pytest.mark.long),
    ("rename", "after"),  # the data are in their place
    pytest.param("keep_port", "after", marks=pytest.mark.long),  # the profile carries a shop, and is no desk
    ("enrol", "after"),  # it is a desk, and nothing says so
)


@pytest.fixture
def moving(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Hand the shop over; returns its moving file."""
    monkeypatch.setenv("MERCHANT_DESK_LOGIN", "manager")
    monkeypatch.setenv("MERCHANT_DESK_PASSWORD", PASSWORD)
    stick = shop.home / "stick"
    stick.mkdir()
    assert main(["hand-over", "--profile", str(shop.profile), "--to", str(stick)]) == 0
    (file,) = stick.iterdir()
    return file


@pytest.mark.parametrize(("step", "when"), POINTS)
def test_it_is_begun_again_wherever_it_was_killed(shop: Shop, moving: Path, step: str, when: str) -> None:
    new = shop.home / "new"
    words = [sys.executable, "-c", KILLED, str(new), str(moving), shop.paper.text, step, when]
    given = {**os.environ, "MERCHANT_DESK_PASSPHRASE": PASSPHRASE}
    done = subprocess.run(words, cwd=ROOT, env=given, timeout=120, check=False, capture_output=True)
    assert done.returncode == 9, done.stderr.decode()
    with closing(shop.heir()) as heir:
        desk = heir.finished()
        if desk is None:
            desk, _ = heir.take_over(TakeOver(moving, shop.paper, None, "manager", PASSWORD), "en")
        with desk:
            if desk.signed_in is None:
                desk.sign_in("manager", PASSWORD)
            desk.count("01-OUT")
            desk.sync()
            assert desk.status.waiting == 0
            number = desk.ask(lambda one: one.exec_driver_sql("SELECT count(*) FROM counts").scalar())
            assert number == 3
    assert read_begun(new) is None
    assert not (new / "server.taking-over").exists()
    check_equal(new / "server", new)
