"""Does the window open within the screen, and as it was left?"""

from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from merchant_desk.domain.settings import Decisions
from merchant_desk.models.local_settings import LocalSettings
from merchant_desk.ui.window.placement import FRAME, USUAL, fitting, placement


@pytest.mark.parametrize("room", [(1366, 728), (1600, 1000), (1280, 800), (1920, 1040), (2560, 1400)])
def test_nothing_of_it_is_off_the_screen(room: tuple[int, int]) -> None:
    size, maximized = fitting(Decisions(), QSize(*room))
    assert size == size.boundedTo(QSize(*room) - FRAME)
    assert maximized is (size != USUAL)


def test_it_opens_as_it_was_left(tmp_path: Path, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1240, 760)
    LocalSettings(tmp_path).decide(placement(window), None, 0)
    assert fitting(LocalSettings(tmp_path).decisions, QSize(1920, 1040)) == (QSize(1240, 760), False)
    assert fitting(LocalSettings(tmp_path).decisions, QSize(1024, 728)) == (QSize(1016, 688), True), (
        "on a smaller screen"
    )
    window.show()
    window.setWindowState(Qt.WindowState.WindowMaximized)
    LocalSettings(tmp_path).decide(placement(window), None, 0)
    assert fitting(LocalSettings(tmp_path).decisions, QSize(1920, 1040)) == (QSize(1240, 760), True)
