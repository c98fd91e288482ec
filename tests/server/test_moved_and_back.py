"""A shop was taken over elsewhere, and then the old computer or the moving file turn up again."""

from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from merchant_desk.cli import hand_over, own_heir
from merchant_desk.cli.embedded import ServerDidNotStart
from merchant_desk.cli.main import main
from merchant_desk.cli.own_server import start_own_server
from merchant_desk.desk import Desk
from merchant_desk.models.faults import Fault
from merchant_desk.sync.taking_over import OpenedAlready, TakeOver
from tests.server.own_shop import PASSWORD, Shop, check_equal, told


def counts(desk: Desk) -> int:
    return int(desk.ask(lambda one: one.exec_driver_sql("SELECT count(*) FROM counts").scalar()) or 0)


@pytest.mark.parametrize("with_safety", [pytest.param(False, marks=pytest.mark.long), True])
def test_what_a_computer_that_came_back_did_follows_by_the_code(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, with_safety: bool
) -> None:
    monkeypatch.setenv("MERCHANT_DESK_LOGIN", "manager")
    monkeypatch.setenv("MERCHANT_DESK_PASSWORD", PASSWORD)
    stick = shop.home / "stick"
    stick.mkdir()
    with shop.at_work() as desk:
        desk.name_copy_folder(stick)
        copy = shop.back_up()
        copy = copy.rename(stick / copy.name)
        desk.count("01-OUT")
        desk.sync()
        desk.copies.copy_now()
    with closing(shop.heir()) as heir:
        safety = heir.look(stick).safety[0] if with_safety else None
        made, said = heir.take_over(TakeOver(copy, shop.paper, safety, "manager", PASSWORD), "en")
        made.sync()
        made.close()
    with shop.at_work() as old:  # nobody told it
        old.count("01-IN")
        assert old.sync().fault is None
    new = shop.home / "new"
    with closing(start_own_server(new, told, patient=False)), Desk.open(new, ask_passphrase=told) as made:
        made.sign_in("manager", PASSWORD)
        assert main(["server-address", said.code, "--profile", str(shop.profile)]) == 0
        with Desk.open(shop.profile, ask_passphrase=told) as old:
            old.sync()
            assert old.status.waiting == 0
        made.sync()
        assert counts(made) == 4
    check_equal(new / "server", new)


@pytest.fixture
def stick(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MERCHANT_DESK_LOGIN", "manager")
    monkeypatch.setenv("MERCHANT_DESK_PASSWORD", PASSWORD)
    folder = shop.home / "stick"
    folder.mkdir()
    return folder


def give(shop: Shop, stick: Path, *more: str) -> int:
    return main(["hand-over", "--profile", str(shop.profile), "--to", str(stick), *more])


def test_a_stick_pulled_out_with_the_whole_file_does_not_leave_two_shops(
    shop: Shop, stick: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    away = shop.home / "in-a-pocket"

    def pulled(file: Path) -> Any:
        stick.rename(away)
        raise OSError(5, "Input/output error", str(file))

    with monkeypatch.context() as patch:
        patch.setattr(hand_over, "verified_content", pulled)
        assert give(shop, stick) == 1
    assert "--take-back" in capsys.readouterr().err
    assert len(list(away.iterdir())) == 1
    with pytest.raises(ServerDidNotStart), shop.at_work():
        pass
    away.rename(stick)
    assert give(shop, stick, "--take-back") == 0
    assert not list(stick.iterdir())
    with shop.at_work() as desk:
        assert desk.sync().fault is None


def test_a_moving_file_under_another_name_is_opened_once_too(shop: Shop, stick: Path) -> None:
    assert give(shop, stick) == 0
    (file,) = stick.iterdir()
    copy = file.rename(stick / "our shop.mdbackup")
    with closing(shop.heir()) as heir:
        heir.take_over(TakeOver(copy, shop.paper), "en")[0].close()
    with closing(shop.heir("third")) as heir, pytest.raises(OpenedAlready):
        heir.take_over(TakeOver(copy, shop.paper), "en")


def test_a_take_over_that_changed_nothing_leaves_no_mark(
    shop: Shop, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert give(shop, stick) == 0
    (file,) = stick.iterdir()

    def full(_: object) -> None:
        raise OSError(28, "No space left on device")

    with closing(shop.heir()) as heir:
        with monkeypatch.context() as patch:
            patch.setattr(own_heir.Heir, "_clear", full)
            with pytest.raises(Fault):
                heir.take_over(TakeOver(file, shop.paper), "en")
        assert list(stick.iterdir()) == [file]
        heir.take_over(TakeOver(file, shop.paper), "en")[0].close()
    assert len(list(stick.iterdir())) == 2


def restore(shop: Shop, file: Path, data: Path, *more: str) -> int:
    return main(["restore", str(file), "--data-dir", str(data), *more])


def test_a_backup_is_not_restored_over_a_shop_that_moved(
    shop: Shop, stick: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with shop.at_work():
        older = shop.back_up()
    assert give(shop, stick) == 0
    assert restore(shop, older, shop.profile / "server") == 1
    said = capsys.readouterr().err
    assert "has moved to another computer" in said
    assert "--take-back" in said
    with pytest.raises(ServerDidNotStart), shop.at_work():
        pass
    assert restore(shop, older, shop.profile / "server", "--anyway") == 0
    with shop.at_work() as desk:
        assert desk.sync().fault is None


def test_a_moving_file_that_a_command_restored_is_opened(
    shop: Shop, stick: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert give(shop, stick) == 0
    (file,) = stick.iterdir()
    paper = shop.home / "paper.txt"
    paper.write_text(shop.paper.text, encoding="utf-8")
    wrong = ["--recovery-key-file", str(shop.home / "nothing.txt")]
    assert restore(shop, file, shop.home / "new-server", *wrong) == 1
    assert list(stick.iterdir()) == [file], "nothing was opened"
    given = ["--recovery-key-file", str(paper)]
    assert restore(shop, file, shop.home / "new-server", *given) == 0
    capsys.readouterr()
    assert restore(shop, file, shop.home / "third-server", *given) == 1
    assert "was opened on the computer" in capsys.readouterr().err
    assert give(shop, stick, "--take-back") == 1
    with closing(shop.heir()) as heir, pytest.raises(OpenedAlready):
        heir.take_over(TakeOver(file, shop.paper), "en")
