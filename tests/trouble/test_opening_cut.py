"""Is a profile free again, whatever breaks while its window opens, and does nobody come between?"""

import argparse
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from merchant_desk.cli import demo_shop, open_desk
from merchant_desk.desk import Desk
from merchant_desk.models.faults import AlreadyOpen
from merchant_desk.sync.key_copies import DATABASE


class Opened:
    """A desk that was opened, and perhaps closed."""

    def __init__(self) -> None:
        self.closed = 0

    def close(self) -> None:
        self.closed += 1

    def sign_in(self, *_: object, **__: object) -> None:
        raise KeyboardInterrupt


class Server:
    """Stands for the one beside a demo."""

    url, port = "http://127.0.0.1:1", 1

    def __init__(self, folder: Path, options: object) -> None:
        pass

    def close(self) -> None:
        """Nothing runs."""


def options(folder: Path, *, demo: bool) -> argparse.Namespace:
    return argparse.Namespace(
        profile=folder, demo=demo, language="en", dark=False, server_url="", player=True, courier=False
    )


def test_what_breaks_beside_an_open_desk_closes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = Opened()

    def breaks(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Desk, "open", lambda *_, **__: desk)
    monkeypatch.setattr(open_desk, "is_founded_here", lambda folder: True)
    monkeypatch.setattr(open_desk, "start_own_server", breaks)
    with pytest.raises(KeyboardInterrupt), ExitStack() as stack:
        open_desk._own_desk(stack, options(tmp_path, demo=False))
    assert desk.closed == 1


def test_a_desk_is_closed_before_the_server_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ended: list[str] = []

    class Named(Opened):
        def close(self) -> None:
            ended.append("desk")

    class Beside(Server):
        def close(self) -> None:
            ended.append("server")

    monkeypatch.setattr(Desk, "open", lambda *_, **__: Named())
    monkeypatch.setattr(open_desk, "is_founded_here", lambda folder: True)
    monkeypatch.setattr(open_desk, "start_own_server", lambda *_: Beside(tmp_path, ()))
    with ExitStack() as stack:
        open_desk._own_desk(stack, options(tmp_path, demo=False))
        assert ended == []
    assert ended == ["desk", "server"]


@pytest.fixture
def demo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> argparse.Namespace:
    """A demo that was begun before; its server does not run."""
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / DATABASE).touch()
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / demo_shop.DAY_FILE).touch()
    monkeypatch.setattr(demo_shop, "prepare", lambda *_: None)
    monkeypatch.setattr(open_desk, "EmbeddedServer", Server)
    return options(tmp_path, demo=True)


def test_a_demo_that_nobody_could_sign_in_to_is_closed(
    demo: argparse.Namespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Opened()
    monkeypatch.setattr(Desk, "open", lambda *_, **__: desk)
    with pytest.raises(KeyboardInterrupt), ExitStack() as stack:
        open_desk._demo_desk(stack, demo)
    assert desk.closed == 1


def test_no_second_window_begins_a_demo_while_the_first_one_opens(
    demo: argparse.Namespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the start of its server and the opening of its desk, too."""

    def second(*_: Any, **__: Any) -> None:
        monkeypatch.setattr(Desk, "open", lambda *_, **__: pytest.fail("two windows"))
        with ExitStack() as stack:
            open_desk._demo_desk(stack, demo)

    monkeypatch.setattr(Desk, "open", second)
    with pytest.raises(AlreadyOpen), ExitStack() as stack:
        open_desk._demo_desk(stack, demo)
