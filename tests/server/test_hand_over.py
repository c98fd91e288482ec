"""A shop leaves its computer in a moving file, and another one goes on with it: the whole way, and back."""

import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from merchant_desk.cli.embedded import ServerDidNotStart
from merchant_desk.cli.main import main
from merchant_desk.desk import Desk
from merchant_desk.server import backup
from merchant_desk.sync.taking_over import MOVING, TakeOver
from tests.server.own_shop import PASSWORD, Shop, check_equal, told


@pytest.fixture
def stick(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A stick at the old computer, where the manager's name and password are known to scripts."""
    monkeypatch.setenv("MERCHANT_DESK_LOGIN", "manager")
    monkeypatch.setenv("MERCHANT_DESK_PASSWORD", PASSWORD)
    folder = shop.home / "stick"
    folder.mkdir()
    return folder


def hand_over(shop: Shop, stick: Path, *more: str) -> int:
    return main(["hand-over", "--profile", str(shop.profile), "--to", str(stick), *more])


def serves(shop: Shop) -> bool:
    """Tell whether the old computer serves its shop."""
    with shop.at_work() as desk:
        return desk.sync().fault is None


def test_the_whole_way_to_another_computer(
    shop: Shop, stick: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with Desk.open(shop.profile, ask_passphrase=told) as desk:
        desk.sign_in("manager", PASSWORD)
        desk.count("01-OUT")  # saved while no server runs: it is sent before the shop leaves
    with Desk.open(shop.second, ask_passphrase=told) as second:
        second.sign_in("manager", PASSWORD)
        second.count("01-OUT")  # not sent: it follows later
    capsys.readouterr()
    assert hand_over(shop, stick, "--json") == 0
    said = json.loads(capsys.readouterr().out)
    (file,) = stick.iterdir()
    assert said["file"] == str(file)
    assert len(said["documents"]) == 2
    assert hand_over(shop, stick) == 1
    words = capsys.readouterr().err
    assert "本店已搬到另一台电脑" in words
    assert "--take-back" in words
    assert list(stick.iterdir()) == [file], "what has left does not leave twice"
    with closing(shop.heir()) as heir:
        (copy,) = heir.look(stick).copies
        assert copy.is_moving_file
        made, told_next = heir.take_over(TakeOver(copy.path, shop.paper, None, "manager", PASSWORD), "en")
        with made:
            assert told_next.desks == ("02 second",)
            made.sync()
            with Desk.open(shop.second, ask_passphrase=told) as second:
                assert second.move_to(told_next.code).restored
                second.sync()
                assert second.status.waiting == 0
            made.sync()
            counts = made.ask(lambda c: c.exec_driver_sql("SELECT count(*) FROM counts").scalar())
            assert counts == 4
    check_equal(shop.home / "new" / "server", shop.home / "new", shop.second)
    assert hand_over(shop, stick, "--take-back") == 1
    assert "opened on the computer" in capsys.readouterr().err


def test_taken_back_before_anybody_opened_it(
    shop: Shop, stick: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hand_over(shop, stick, "--take-back") == 1
    assert "was not handed over" in capsys.readouterr().err
    assert hand_over(shop, stick) == 0
    (file,) = stick.iterdir()
    elsewhere = file.rename(shop.home / file.name)
    assert hand_over(shop, stick, "--take-back") == 1
    assert "another computer may have opened it" in capsys.readouterr().err
    elsewhere.rename(file)
    assert hand_over(shop, stick, "--take-back") == 0
    assert not list(stick.iterdir())
    assert serves(shop)


def test_another_shops_file_is_no_token_of_this_one(
    shop: Shop, stick: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert hand_over(shop, stick) == 0
    (file,) = stick.iterdir()
    elsewhere = shop.home / "elsewhere"
    elsewhere.mkdir()
    foreign = elsewhere / f"{MOVING}20261120T080000Z.mdbackup"
    foreign.write_bytes(b"another shop's")
    assert hand_over(shop, elsewhere, "--take-back") == 1
    assert "another computer may have opened it" in capsys.readouterr().err
    assert foreign.exists()
    assert file.exists()
    with pytest.raises(ServerDidNotStart):
        serves(shop)


KILLED = """
import os, sys
from merchant_desk.cli.main import main
from merchant_desk.server import backup
backup.seal_file = lambda *_: os._exit(9)
main(sys.argv[1:])
"""


def test_killed_before_the_file_is_whole_it_is_simply_taken_back(shop: Shop, stick: Path) -> None:
    order = ["hand-over", "--profile", str(shop.profile), "--to", str(stick)]
    done = subprocess.run([sys.executable, "-c", KILLED, *order], timeout=120, check=False)
    assert done.returncode == 9
    (unfinished,) = stick.iterdir()
    assert unfinished.suffix == ".part"
    with pytest.raises(ServerDidNotStart, match="--take-back"):
        serves(shop)
    assert hand_over(shop, stick, "--take-back") == 0
    assert not list(stick.iterdir())
    assert serves(shop)


def test_a_stick_that_takes_nothing_leaves_the_shop_here(
    shop: Shop, stick: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(backup, "seal_file", full)
        assert hand_over(shop, stick) == 1
    assert not list(stick.iterdir())
    capsys.readouterr()
    assert serves(shop)


def test_who_may_not_and_what_has_no_server_hands_nothing_over(
    shop: Shop, stick: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["hand-over", "--profile", str(shop.second), "--to", str(stick)]) == 1
    assert "no shop's server" in capsys.readouterr().err
    assert hand_over(shop, shop.home / "nowhere") == 1
    monkeypatch.setenv("MERCHANT_DESK_PASSWORD", "wrong-one-entirely")
    assert hand_over(shop, stick) == 1
    capsys.readouterr()
    monkeypatch.setenv("MERCHANT_DESK_PASSWORD", PASSWORD)
    with Desk.open(shop.profile, ask_passphrase=told):
        assert hand_over(shop, stick) == 1
    assert not [one for one in stick.iterdir() if one.name.startswith(MOVING)]
    assert serves(shop)
