"""The alarm of the check sums, and the notices about the line: seen where people look, in their language."""

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from merchant_desk.sync.status import Link
from merchant_desk.ui.screens.sync_centre.sync_centre import SyncCentre
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.toast import Notice, Notices
from tests.ui.screens.acting import notices_of, settled, texts_in, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene


@pytest.fixture
def quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is spoilt on purpose is logged as an error; that is as it should be."""
    for module in ("runtime", "exchange"):
        monkeypatch.setattr(f"merchant_desk.sync.{module}.log.error", lambda *args, **facts: None)


@pytest.mark.usefixtures("quiet")
def test_what_a_check_found_is_in_the_header_and_the_tile_until_the_next_check(
    scene: Scene, show: Show, qtbot: QtBot
) -> None:
    with scene.a.runtime.profile.writer.begin() as connection:
        connection.exec_driver_sql("DELETE FROM barcodes")
    program = show(scene.a, "sync")
    centre = program.window.built("sync")
    assert isinstance(centre, SyncCentre)
    program.window.commands.trigger("sync.check_again")
    header = program.window.header.sync
    until(qtbot, lambda: header.words.parts[0] == "数据核对有出入")
    assert header.words.tone is Tone.REFUSED
    assert "barcodes" in header.words.lines[0]
    until(qtbot, lambda: "与服务器不一致，已重新获取" in texts_in(centre))
    assert "数据核对有出入" in texts_in(centre.tiles)
    assert "核对数据时发现出入" in notices_of(program)
    program.look.language.toggle()
    until(qtbot, lambda: header.words.parts[0] == "Data differed")
    assert "A check of the data found a difference" in notices_of(program)
    settled(qtbot, program)
    program.window.commands.trigger("sync.check_again")
    until(qtbot, lambda: header.words.parts[0] != "Data differed")
    until(qtbot, lambda: "Checked: totals and rows are as they should be" in notices_of(program))
    assert "fetched again" not in texts_in(centre)


def test_a_start_is_no_return_of_the_server(scene: Scene, show: Show, qtbot: QtBot) -> None:
    scene.a.work_offline(False)
    assert (scene.a.status.link, scene.a.status.fault) == (Link.UNREACHABLE, None), "as a desk starts"
    program = show(scene.a, "sync")
    scene.a.sync()
    settled(qtbot, program)
    assert notices_of(program) == []
    scene.shop.fetch.down = True
    with pytest.raises(Exception, match="cannot be reached"):
        scene.a.sync()
    until(qtbot, lambda: "服务器不可达，照常作业" in notices_of(program))
    scene.shop.fetch.down = False
    scene.a.sync()
    until(qtbot, lambda: "服务器已恢复" in notices_of(program))


def test_going_online_by_choice_is_no_return_either(scene: Scene, show: Show, qtbot: QtBot) -> None:
    program = show(scene.a, "sync")
    scene.a.work_offline(True)
    until(qtbot, lambda: program.window.header.sync.words.parts[0].startswith("离线"))
    scene.a.work_offline(False)
    scene.a.sync()
    until(qtbot, lambda: scene.a.status.link is Link.ONLINE)
    settled(qtbot, program)
    assert "服务器已恢复" not in notices_of(program)


def test_notices_speak_the_language_that_is_chosen(look: Look, qtbot: QtBot) -> None:
    host = QWidget()
    qtbot.addWidget(host)
    host.resize(800, 600)
    host.show()
    notices = Notices(look, host)
    notices.say(
        lambda: Notice(look.text("notice.unreachable"), Tone.REFUSED, look.text("notice.back"), seconds=0)
    )
    notices.tell("只此一刻", Tone.OK)
    look.language.toggle()
    assert [notice.text for notice in notices.notices()] == ["The server cannot be reached; work goes on"]
    assert "The server is back" in texts_in(notices)
    assert host.rect().contains(notices.geometry())
    look.language.toggle()
    assert "服务器已恢复" in texts_in(notices)
