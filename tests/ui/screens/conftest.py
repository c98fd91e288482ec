"""What tests of screens share: a shop with two desks, and the window program on one of them."""

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from merchant_desk.app import Program
from merchant_desk.desk import Desk
from merchant_desk.domain.setting_kinds import Value
from merchant_desk.ui.sounds import Sounds
from tests.ui.screens.scene import Scene

Show = Callable[..., Program]
NOTHING: Mapping[str, Value] = MappingProxyType({})


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    """A shop before its morning's work; tests let happen what they need."""
    made = Scene(tmp_path)
    yield made
    made.close()


@pytest.fixture
def show(qapp: QApplication, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[Show]:
    """Put the program on the screen: show(desk, screen, language="en"); closed at the end."""
    # Whether this machine has a loudspeaker is not what is tested, and looking for one logs.
    monkeypatch.setattr(Sounds, "prepare", lambda self: False)
    programs: list[Program] = []

    def start(
        desk: Desk, screen: str = "home", language: str = "zh_CN", chosen: Mapping[str, Value] = NOTHING
    ) -> Program:
        desk.settings.follow({"look.language": language, "look.colours": "light", **chosen})
        program = Program(qapp, desk)
        programs.append(program)
        program.window.resize(1600, 1000)
        program.show(screen)
        program.window.activateWindow()
        qtbot.waitUntil(program.window.isActiveWindow)
        qtbot.waitUntil(lambda: not program.runner.busy)
        return program

    yield start
    for program in programs:
        program.close(keep=False)
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
