"""A village's work in the window, by keyboard: onto a stick here, off it at a desk with a line."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.desk import Desk
from merchant_desk.sync.server_faults import Unreachable
from merchant_desk.sync.status import Link
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.form import FormDialog
from tests.helpers.copied_desk import use_keyring
from tests.helpers.web_server import PortServer
from tests.server.web import PASSWORD
from tests.ui.screens.acting import notices_of, press, settled, texts_in, type_text, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.test_people import confirm, form_in


@pytest.fixture
def village(server: PortServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A protected desk that did something without a line."""
    use_keyring(monkeypatch)
    with Desk.enrol(tmp_path / "village", server.code(), "village") as desk:
        desk.sync()
        desk.sign_in("manager", PASSWORD)
        desk.sync()
        server.stop()
        desk.do(server.adjust())
        desk.do(server.adjust())
        with pytest.raises(Unreachable):
            desk.sync()
        yield desk


def fill_in(program: Program, qtbot: QtBot, place: Path) -> None:
    form = form_in(program, FormDialog)
    until(qtbot, form.isActiveWindow)
    press(program, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    type_text(str(place))
    confirm(qtbot, form)


@pytest.mark.parametrize("language", ["zh_CN", "en"])
def test_from_one_desk_to_another(
    server: PortServer, village: Desk, show: Show, qtbot: QtBot, tmp_path: Path, language: str
) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    program = show(village, "sync", language=language)
    until(qtbot, lambda: village.runtime.status.link is Link.UNREACHABLE)
    commands = program.window.commands
    until(qtbot, lambda: commands.possible("sync.carry_out"))
    assert not commands.possible("sync.carry_in"), "nothing can be delivered without a line"
    commands.trigger("sync.carry_out")
    form = form_in(program, FormDialog)
    press(program, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    type_text(str(tmp_path / "missing"))
    press(program, Qt.Key.Key_Return)
    assert ("no such folder" if language == "en" else "没有这个文件夹") in texts_in(form)
    fill_in(program, qtbot, stick)
    until(qtbot, lambda: list(stick.glob("merchant-desk-*.mdcarry")))
    settled(qtbot, program)
    (file,) = stick.iterdir()
    assert any(str(file) in said for said in notices_of(program))
    server.start()
    taken_in_town(server, show, qtbot, file, language)
    village.sync()
    assert set(server.outcomes().values()) == {"applied"}


def taken_in_town(server: PortServer, show: Show, qtbot: QtBot, file: Path, language: str) -> None:
    """Deliver the file twice at a desk with a line, and once damaged."""
    with server.desk(file.parent.parent / "town") as town:
        town.sign_in("manager", PASSWORD)
        town.sync()
        there = show(town, "sync", language=language)
        until(qtbot, lambda: there.window.commands.possible("sync.carry_in"))
        assert not there.window.commands.possible("sync.carry_out")
        words = "{n} of them new" if language == "en" else "其中新的 {n} 项"
        for n in (2, 0):
            there.window.commands.trigger("sync.carry_in")
            fill_in(there, qtbot, file)
            said = words.format(n=n)
            until(qtbot, lambda said=said: any(said in one for one in notices_of(there)))  # type: ignore[misc]
        file.write_bytes(file.read_bytes()[:-3])
        there.window.commands.trigger("sync.carry_in")
        fill_in(there, qtbot, file)
        until(qtbot, lambda: [one for one in there.window.notices.notices() if one.tone is Tone.REFUSED])
        there.close(keep=False)


def test_a_demo_is_not_offered_what_it_cannot_do(
    server: PortServer, desk: Desk, show: Show, qtbot: QtBot
) -> None:
    program = show(desk, "sync")
    server.stop()
    desk.do(server.adjust())
    with pytest.raises(Unreachable):
        desk.sync()
    settled(qtbot, program)
    assert not program.window.commands.possible("sync.carry_out")
    server.start()
