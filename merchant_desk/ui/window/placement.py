"""How large the window opens: as it was left, and never larger than the screen has room for."""

from dataclasses import replace

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from merchant_desk.ui.preferences import Preferences

USUAL = QSize(1600, 1000)
"""Device-independent pixels."""

FRAME = QSize(8, 40)
"""What a window system's frame and title bar take around the window, about."""

UNSEEN = "offscreen"
"""The platform without a screen: its windows are drawn for files alone, as large as is asked."""


def fitting(chosen: Preferences, room: QSize) -> tuple[QSize, bool]:
    """Return the size to open with where a screen has so much room, and whether to be maximized.

    What does not fit is maximized: the window system itself sees to it then that nothing is off the screen.
    """
    wanted = QSize(chosen.width, chosen.height) if chosen.width > 0 and chosen.height > 0 else USUAL
    size = wanted.boundedTo(room - FRAME)
    return size, chosen.maximized or size != wanted


def fit_to_screen(window: QWidget, chosen: Preferences) -> None:
    """Give a window that is not shown yet its size on its screen."""
    if QGuiApplication.platformName() == UNSEEN:
        return
    size, maximized = fitting(chosen, window.screen().availableGeometry().size())
    window.resize(size)
    if maximized:
        window.setWindowState(window.windowState() | Qt.WindowState.WindowMaximized)


def with_placement(chosen: Preferences, window: QWidget) -> Preferences:
    """Return preferences with how a window stands; a maximized one keeps the size that it goes back to."""
    maximized = bool(window.windowState() & Qt.WindowState.WindowMaximized)
    size = window.normalGeometry().size() if maximized else window.size()
    return replace(chosen, width=size.width(), height=size.height(), maximized=maximized)
