"""How a screen is announced to the window, and what the window gives it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from PySide6.QtWidgets import QWidget

from merchant_desk.ui.actions import Actions
from merchant_desk.ui.background import TaskRunner
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.toast import Notices

GROUPS = ("group.overview", "group.work", "group.business", "group.system")
"""The groups of the navigation, in order; keys of the catalogue."""


@dataclass(frozen=True, slots=True)
class Badge:
    """A number beside a screen's name; REFUSED where it waits for a person."""

    count: int
    tone: Tone = Tone.NEUTRAL


@runtime_checkable
class Targeted(Protocol):
    """A screen that can be opened at one of its records."""

    def show_target(self, target: object) -> None:
        """Show this record (what it is, is between the screen and whoever calls `go`)."""
        ...


@dataclass(frozen=True, slots=True)
class ScreenContext:
    """What every screen may use of the window."""

    look: Look
    runner: TaskRunner
    actions: Actions
    notices: Notices
    go: Callable[[str, object], None]
    """Show another screen: `go("orders", order_id)`, or `go("orders", None)`."""


@dataclass(frozen=True, slots=True)
class ScreenSpec:
    """A screen: built when it is first shown.

    `group` is one of `GROUPS` (another key makes a group after them); `title_key` is in the catalogue;
    `badge` is asked by `DeskWindow.refresh_badges` and must answer from memory; `key` opens it from
    anywhere, where its place in the navigation gives it none.
    """

    id: str
    group: str
    title_key: str
    icon: str
    build: Callable[[ScreenContext], QWidget]
    badge: Callable[[], Badge | None] | None = None
    permission: str = ""
    key: str = ""
