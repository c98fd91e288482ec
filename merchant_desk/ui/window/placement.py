"""How large the window opens: as it was left, and never larger than the screen has room for."""

from collections.abc import Mapping

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from merchant_desk.domain.setting_kinds import Value
from merchant_desk.domain.settings import Decisions
from merchant_desk.domain.settings_known import WINDOW_HEIGHT, WINDOW_MAXIMIZED, WINDOW_WIDTH

USUAL = QSize(1600, 1000)
"""Device-independent pixels."""

FRAME = QSize(8, 40)
"""What a window system's frame and title bar take around the window, about."""

UNSEEN = "offscreen"
"""The platform without a screen: its windows are drawn for files alone, as large as is asked."""


def fitting(chosen: Decisions, room: QSize) -> tuple[QSize, bool]:
    """Return the size to open with where a screen has so much room, and whether to be maximized.

    What does not fit is maximized: the window system itself sees to it then that nothing is off the screen.
    """
    left = QSize(chosen.value(WINDOW_WIDTH), chosen.value(WINDOW_HEIGHT))
    wanted = left if left.width() > 0 and left.height() > 0 else USUAL
    size = wanted.boundedTo(room - FRAME)
    return size, chosen.value(WINDOW_MAXIMIZED) or size != wanted


def fit_to_screen(window: QWidget, chosen: Decisions) -> None:
    """Give a window that is not shown yet its size on its screen."""
    if QGuiApplication.platformName() == UNSEEN:
        return
    size, maximized = fitting(chosen, window.screen().availableGeometry().size())
    window.resize(size)
    if maximized:
        window.setWindowState(window.windowState() | Qt.WindowState.WindowMaximized)


def placement(window: QWidget) -> Mapping[str, Value]:
    """Return how a window stands, by setting; a maximized one keeps the size that it goes back to."""
    maximized = bool(window.windowState() & Qt.WindowState.WindowMaximized)
    size = window.normalGeometry().size() if maximized else window.size()
    return {
        WINDOW_WIDTH.key: size.width(),
        WINDOW_HEIGHT.key: size.height(),
        WINDOW_MAXIMIZED.key: maximized,
    }
