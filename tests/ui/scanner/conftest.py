"""A window with fields, a hub that listens, and what came of it."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtGui import QWindow
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QTableWidget, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from merchant_desk.ui.scanner.hub import ScannerHub
from merchant_desk.ui.scanner.settings import ScannerSettings
from merchant_desk.ui.scanner.source import CapturedScan, RejectedScan
from tests.helpers.scanner_wedge import Plan, Typist, settle

HELD_MS = 100
"""Longer than any run may be held after its last key."""


class Desk(QWidget):
    """A window with the widgets that usually take the keys of a scan away."""

    def __init__(self) -> None:
        super().__init__()
        self.edit = QLineEdit()
        self.other = QLineEdit()
        self.button = QPushButton("OK")
        self.clicks = 0
        self.button.clicked.connect(self._click)
        self.table = QTableWidget(3, 2)
        layout = QVBoxLayout(self)
        for widget in (self.edit, self.other, self.button, self.table):
            layout.addWidget(widget)

    def _click(self) -> None:
        self.clicks += 1

    @property
    def handle(self) -> QWindow:
        """The window's handle, to which the window system sends keys."""
        handle = self.windowHandle()
        assert handle is not None
        return handle


class Listener:
    """Keeps what a hub tells."""

    def __init__(self, hub: ScannerHub) -> None:
        self.hub = hub
        self.scans: list[CapturedScan] = []
        self.rejected: list[RejectedScan] = []
        self.bounces: list[CapturedScan] = []
        hub.scanned.connect(self.scans.append)
        hub.rejected.connect(self.rejected.append)
        hub.bounce_suspected.connect(self.bounces.append)

    @property
    def texts(self) -> list[str]:
        """The texts of the scans, in order."""
        return [scan.text for scan in self.scans]


class Scene:
    """A desk, its hub, and keyboards that type at it."""

    def __init__(self, bot: QtBot, desk: Desk, listener: Listener) -> None:
        self.bot = bot
        self.desk = desk
        self.heard = listener
        self.hub = listener.hub

    def type(self, plan: Plan, window: QWindow | None = None) -> None:
        """Type a plan, and wait until nothing can be held any longer."""
        typist = Typist(window or self.desk.handle)
        typist.type(self.bot, plan, HELD_MS)
        self.bot.waitUntil(lambda: not self.hub.holding)


Scenes = Callable[..., Scene]


@pytest.fixture
def scene(qapp: QApplication, qtbot: QtBot) -> Iterator[Scenes]:
    """Build a scene: `scene(settings)`."""
    hubs: list[ScannerHub] = []

    def build(settings: ScannerSettings | None = None) -> Scene:
        desk = Desk()
        qtbot.addWidget(desk)
        desk.show()
        desk.activateWindow()
        qtbot.waitUntil(desk.isActiveWindow)
        desk.edit.setFocus()
        hub = ScannerHub(qapp, settings)
        hubs.append(hub)
        settle(qtbot, 1)
        return Scene(qtbot, desk, Listener(hub))

    yield build
    for hub in hubs:
        hub.close()
        hub.deleteLater()
