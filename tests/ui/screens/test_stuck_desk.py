"""A desk from which the server takes nothing: the pill and the sync centre say so, and why."""

import pytest
from PySide6.QtWidgets import QLabel, QWidget
from pytestqt.qtbot import QtBot

from merchant_desk.ui.screens.sync_centre.sync_centre import SyncCentre
from merchant_desk.ui.theme.tokens import Tone
from tests.ui.screens.acting import texts_in, until
from tests.ui.screens.conftest import Show
from tests.ui.screens.scene import Scene
from tests.ui.screens.test_joining_again import forget

REASON = "服务器不再认识这台工作台（登记已失效）。"


def cut(widget: QWidget) -> list[str]:
    """Return the wrapped texts that have not all their lines on the screen."""
    words = [one for one in widget.findChildren(QLabel) if one.isVisible() and one.wordWrap()]
    return [one.text() for one in words if one.height() < one.heightForWidth(one.width())]


@pytest.mark.parametrize("width", [1600, 1000])
def test_nothing_that_is_never_sent_is_called_sending(
    scene: Scene, show: Show, qtbot: QtBot, width: int
) -> None:
    forget(scene)
    program = show(scene.a, "sync")
    program.window.resize(width, 740)
    centre, pill = program.window.built("sync"), program.window.header.sync
    assert isinstance(centre, SyncCentre)
    assert (pill.words.tone, pill.words.parts[0]) == (Tone.REFUSED, "服务器不接收，请处理")
    assert pill.words.lines[0].startswith(REASON)
    assert REASON in texts_in(centre)
    assert "已连接" not in texts_in(centre.tiles)
    until(qtbot, lambda: not cut(centre))
    program.window.commands.trigger("sync.now")
    until(qtbot, program.window.notices.notices)
    assert REASON in program.window.notices.notices()[0].text
    until(qtbot, lambda: not cut(program.window.notices))
