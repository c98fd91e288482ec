"""Does the window open within the screen, and as it was left?"""

from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from merchant_desk.ui.preferences import Preferences, load, save
from merchant_desk.ui.window.placement import FRAME, USUAL, fitting, with_placement


@pytest.mark.parametrize("room", [(1366, 728), (1600, 1000), (1280, 800), (1920, 1040), (2560, 1400)])
def test_nothing_of_it_is_off_the_screen(room: tuple[int, int]) -> None:
    size, maximized = fitting(Preferences(), QSize(*room))
    assert size == size.boundedTo(QSize(*room) - FRAME)
    assert maximized is (size != USUAL)


def test_it_opens_as_it_was_left(tmp_path: Path, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.resize(1240, 760)
    save(tmp_path, with_placement(Preferences(), window))
    assert fitting(load(tmp_path), QSize(1920, 1040)) == (QSize(1240, 760), False)
    assert fitting(load(tmp_path), QSize(1024, 728)) == (QSize(1016, 688), True), "on a smaller screen"
    window.show()
    window.setWindowState(Qt.WindowState.WindowMaximized)
    save(tmp_path, with_placement(Preferences(), window))
    assert fitting(load(tmp_path), QSize(1920, 1040)) == (QSize(1240, 760), True)


@pytest.mark.parametrize(
    ("language", "dark", "kept", "found"),
    [
        ("zh_CN", False, Preferences("en", True), ("en", True)),
        ("zh_CN", False, Preferences(), ("zh_CN", False)),
        ("en", True, Preferences("zh_CN", False), ("en", True)),
    ],
)
def test_what_is_asked_for_at_the_start_goes_before_what_was_chosen(
    language: str, dark: bool, kept: Preferences, found: tuple[str, bool]
) -> None:
    given = kept.given(language, dark=dark)
    assert (given.language, given.dark) == found
