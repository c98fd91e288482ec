"""The window: puts header, navigation, screens and status line together, and shows one screen at a time."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QCloseEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from merchant_desk.ui.actions import Action, Actions
from merchant_desk.ui.background import TaskRunner
from merchant_desk.ui.texts.catalogue import catalogue
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Size, Tone
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.toast import Notices
from merchant_desk.ui.window.command_palette import CommandPalette, Hit, SearchSource
from merchant_desk.ui.window.header import Header, SearchBox
from merchant_desk.ui.window.help_sheet import HelpSheet
from merchant_desk.ui.window.navigation import Navigation
from merchant_desk.ui.window.placement import USUAL
from merchant_desk.ui.window.screens import Badge, ScreenContext, ScreenSpec, Targeted
from merchant_desk.ui.window.status_line import StatusLine
from merchant_desk.ui.window.sync_indicator import SyncState

log = logging.getLogger(__name__)

NARROW = 1000
"""Below this width (device-independent pixels) the navigation shows only icons."""

LOW = 620
"""Below this height the status line makes room."""


@dataclass(frozen=True, slots=True)
class WindowParts:
    """What the window is made of and knows nothing about.

    `now` returns microseconds UTC; `permitted` says whether the person holds a permission; `sources` find
    records for the search; `person_menu` are action ids; `sync_screen` is opened by the sync indicator;
    `may_close` is asked before the window closes.
    """

    look: Look
    runner: TaskRunner
    specs: Sequence[ScreenSpec]
    now: Callable[[], int]
    permitted: Callable[[str], bool] = field(default=lambda _: True)
    sources: Sequence[SearchSource] = ()
    person_menu: Sequence[str] = ()
    sync_screen: str = "sync"
    may_close: Callable[[], bool] = field(default=lambda: True)


class DeskWindow(QMainWindow):
    """The shell. `screen_shown(id)` follows each change of screen; `closing` comes before it goes."""

    screen_shown = Signal(str)
    closing = Signal()

    def __init__(self, parts: WindowParts) -> None:
        super().__init__()
        self._parts = parts
        self._look = parts.look
        self._specs = {spec.id: spec for spec in parts.specs}
        self._built: dict[str, QWidget] = {}
        self._current = ""
        self._ends = False
        self.commands = Actions(parts.look, self, parts.permitted)
        self.header = Header(parts.look, self.commands, parts.person_menu, parts.now)
        self.navigation = Navigation(parts.look, parts.specs)
        self.status_line = StatusLine(parts.look)
        self._stack = QStackedWidget()
        self._failure = EmptyState(parts.look)
        self._stack.addWidget(self._failure)
        centre = self._lay_out()
        self.notices = Notices(parts.look, centre, bottom=Size.STATUS)
        self._palette = CommandPalette(parts.look, centre, parts.runner, self._offers, parts.sources)
        self._help = HelpSheet(parts.look, centre, self.commands)
        self.context = ScreenContext(parts.look, parts.runner, self.commands, self.notices, self.go)
        self._connect()
        self.refresh_rights()
        self.refresh_badges()
        parts.look.language.follow(self, self._write)

    @property
    def current(self) -> str:
        """The id of the screen in front; empty before the first."""
        return self._current

    def go(self, screen: str, target: object = None) -> None:
        """Show a screen, at a record if `target` is one; a screen the person may not use is not shown.

        Raises:
            KeyError: no such screen.
        """
        spec = self._specs[screen]
        if not self._permitted(spec):
            return
        widget = self._built.get(screen) or self._build(spec)
        self._current = screen
        self._stack.setCurrentWidget(widget)
        self.navigation.show_current(screen)
        self.commands.set_scope(screen)
        self._write()
        if target is not None and isinstance(widget, Targeted):
            widget.show_target(target)
        self._focus(widget)
        self.screen_shown.emit(screen)

    def built(self, name: str) -> QWidget | None:
        """Return a screen that has been built, or None."""
        return self._built.get(name)

    def show_sync(self, state: SyncState) -> None:
        """Show what the desk knows of its sync."""
        self.header.sync.show_state(state)

    def show_person(self, name: str) -> None:
        """Show who is signed in; rights may have changed with the person."""
        self.header.person.show_person(name)
        self.refresh_rights()

    def refresh_rights(self) -> None:
        """Ask again which screens and actions the person may use."""
        allowed = {name for name, spec in self._specs.items() if self._permitted(spec)}
        self.navigation.set_permitted(allowed)
        self.commands.refresh()
        if self._current and self._current not in allowed:
            first = next((name for name in self.navigation.order() if name in allowed), "")
            if first:
                self.go(first)

    def refresh_badges(self, only: Mapping[str, Badge | None] | None = None) -> None:
        """Ask every screen for its number, or show the given ones."""
        asked = {name: spec.badge() for name, spec in self._specs.items() if spec.badge is not None}
        self.navigation.show_badges(asked if only is None else only)

    def open_palette(self) -> None:
        """Open search and commands."""
        self._palette.ask()

    def open_help(self) -> None:
        """Open the sheet of keys."""
        self._help.ask()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        narrow = event.size().width() < NARROW
        self.navigation.set_narrow(narrow)
        self.header.set_narrow(narrow)
        self.status_line.setHidden(event.size().height() < LOW)

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self._ends and not self._parts.may_close():
            event.ignore()
            return
        self.closing.emit()
        super().closeEvent(event)

    def end(self) -> None:
        """Close without asking: whoever was asked said yes, or the program ends."""
        self._ends = True
        self.close()

    def _build(self, spec: ScreenSpec) -> QWidget:
        try:
            widget = spec.build(self.context)
        except Exception as error:
            log.exception("screen %s could not be built", spec.id)
            return self._failed(error)
        self._built[spec.id] = widget
        self._stack.addWidget(widget)
        return widget

    def _failed(self, error: Exception) -> QWidget:
        """Return a page that says so; it is not kept, so that the next try builds again."""
        page = self._failure
        text = self._look.text
        hint = text("window.failed_hint", error=f"{type(error).__name__}: {error}")
        page.set_texts(text("window.failed"), hint, icon="octagon-x", tone=Tone.REFUSED)
        return page

    def _permitted(self, spec: ScreenSpec) -> bool:
        return not spec.permission or self._parts.permitted(spec.permission)

    def _focus(self, widget: QWidget) -> None:
        """Move the focus into the screen: to what had it last there, else to the screen itself."""
        last: QWidget | None = widget.focusWidget()
        inside = widget if last is None else last
        if inside.focusPolicy() is Qt.FocusPolicy.NoFocus:
            inside.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        inside.setFocus(Qt.FocusReason.OtherFocusReason)

    def _offers(self) -> list[Hit]:
        """Return the commands that are possible now, then the screens."""
        texts = catalogue()
        return [
            Hit(
                self.commands.title(action),
                partial(self._trigger, action.id),
                detail=self._look.text(action.group),
                icon=action.icon or "command",
                key=action.shortcut,
                words=" ".join(str(text) for text in texts.get(action.title, ())),
            )
            for action in self.commands.in_scope()
            if action.id != "window.palette" and self.commands.possible(action.id)
        ]

    def _trigger(self, name: str) -> None:
        self.commands.trigger(name)

    def _own_actions(self) -> list[Action]:
        look, go = self._look, self.go
        order = [name for name in self.navigation.order() if name in self._specs]
        screens = [
            Action(
                f"go.{name}",
                self._specs[name].title_key,
                partial(go, name),
                shortcut=f"Alt+{i}" if i <= 9 else self._specs[name].key,
                icon=self._specs[name].icon,
                group="actions.go",
                permission=self._specs[name].permission,
            )
            for i, name in enumerate(order, start=1)
        ]
        return [
            Action("window.palette", "actions.palette", self.open_palette, SearchBox.KEY, "search"),
            Action("window.help", "actions.help", self.open_help, "F1", "keyboard"),
            Action("window.language", "actions.language", look.language.toggle, "Ctrl+Shift+L", "languages"),
            Action("window.theme", "actions.theme", look.theme.toggle, "Ctrl+Shift+D", "moon"),
            *screens,
        ]

    def _connect(self) -> None:
        self.commands.add(self._own_actions())
        self.commands.denied.connect(self._tell_denied)
        self.navigation.chosen.connect(self.go)
        self.header.search.clicked.connect(self.open_palette)
        self.header.sync.clicked.connect(self._open_sync)

    def _tell_denied(self, right: str) -> None:
        self.notices.tell(self._look.text("refusal.not_allowed", right=right), Tone.WARNING)

    def _open_sync(self) -> None:
        if self._parts.sync_screen in self._specs:
            self.go(self._parts.sync_screen)

    def _lay_out(self) -> QWidget:
        centre = QWidget()
        centre.setProperty("look", "page")
        column = QVBoxLayout(centre)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.addWidget(self.navigation)
        middle.addWidget(self._stack, 1)
        column.addWidget(self.header)
        column.addLayout(middle, 1)
        column.addWidget(self.status_line)
        self.setCentralWidget(centre)
        self.resize(USUAL)
        self.setMinimumSize(640, 440)
        return centre

    def _write(self) -> None:
        brand = self._look.text("window.brand")
        spec = self._specs.get(self._current)
        self.setWindowTitle(f"{self._look.text(spec.title_key)} — {brand}" if spec else brand)
