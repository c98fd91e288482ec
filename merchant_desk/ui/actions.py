"""Actions as data: id, title, key, enablement, permission. Menus, buttons, palette and help are derived."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from merchant_desk.ui.theme.icons import icon
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.widgets.buttons import ActionButton, Kind

EVERYWHERE = ""
MODIFIERS = (
    Qt.KeyboardModifier.ControlModifier.value
    | Qt.KeyboardModifier.AltModifier.value
    | Qt.KeyboardModifier.MetaModifier.value
)
ENDING_KEYS = frozenset({Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab, Qt.Key.Key_Space})


def always() -> bool:
    """Enablement of what is always possible."""
    return True


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do.

    `title` and `group` are keys of the catalogue; `shortcut` is portable ("Ctrl+N", "F9") and never a key
    that types or that ends a scan. `screen` is the id of the screen it belongs to, "" for everywhere.
    `permission` is a name that the person must hold; a person without it does not see the action.
    """

    id: str
    title: str
    run: Callable[[], None]
    shortcut: str = ""
    icon: str = ""
    group: str = "actions.general"
    screen: str = EVERYWHERE
    enabled: Callable[[], bool] = always
    permission: str = ""


def check_shortcut(shortcut: str) -> None:
    """Pass a shortcut that no scan and no typing can set off.

    Raises:
        ValueError: the key is unknown, types a character, or ends a scan (Enter, Tab, Space).
    """
    sequence = QKeySequence.fromString(shortcut, QKeySequence.SequenceFormat.PortableText)
    if sequence.isEmpty():
        raise ValueError(f"no such key: {shortcut!r}")
    for i in range(sequence.count()):
        combination = sequence[i]  # type: ignore[index]  # missing in Qt's annotations
        if combination.keyboardModifiers().value & MODIFIERS:
            continue
        key = combination.key()
        if key in ENDING_KEYS or key.value < Qt.Key.Key_Escape.value:
            raise ValueError(f"{shortcut!r} is a key that typing or a scanner sends")


class Actions(QObject):
    """The actions of one window. `changed` tells that the list, the scope or the person's rights changed.

    `denied(right)` tells that the key of an action was pressed that only the right is missing for.
    """

    changed = Signal()
    denied = Signal(str)

    def __init__(self, look: Look, window: QWidget, permitted: Callable[[str], bool] | None = None) -> None:
        super().__init__(window)
        self._look = look
        self._window = window
        self._permitted = permitted or (lambda _: True)
        self._actions: dict[str, Action] = {}
        self._qt: dict[str, QAction] = {}
        self._refusing: dict[str, QAction] = {}
        self._scope = EVERYWHERE
        look.language.changed.connect(self._write)
        look.theme.changed.connect(self._write)

    def add(self, actions: Iterable[Action]) -> None:
        """Make actions available.

        Raises:
            ValueError: an id is taken, a shortcut types or ends a scan, or is taken where both would work.
        """
        for action in actions:
            self._check(action)
            qt = QAction(self)
            qt.triggered.connect(lambda _=False, name=action.id: self.trigger(name))
            if action.shortcut:
                qt.setShortcut(QKeySequence.fromString(action.shortcut))
                qt.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
            self._actions[action.id] = action
            self._qt[action.id] = qt
            self._window.addAction(qt)
            if action.shortcut and action.permission:
                self._refusing[action.id] = self._refuser(action)
            self._write_one(action)
        self.refresh()

    def remove(self, ids: Iterable[str]) -> None:
        """Take actions away; unknown ids are ignored."""
        for name in ids:
            if self._actions.pop(name, None) is not None:
                qt = self._qt.pop(name)
                for one in (qt, self._refusing.pop(name, None)):
                    if one is not None:
                        self._window.removeAction(one)
                        one.deleteLater()
        self.changed.emit()

    def set_scope(self, screen: str) -> None:
        """Say which screen is in front: its actions work, other screens' do not."""
        self._scope = screen
        self.refresh()

    def refresh(self) -> None:
        """Ask each action again whether it is possible now; call it when a selection or a right changed."""
        for name, action in self._actions.items():
            self._qt[name].setEnabled(self._in_force(action) and action.enabled())
            self._qt[name].setVisible(self._permitted_to(action))
            if name in self._refusing:
                self._refusing[name].setEnabled(self._only_denied(action))
        self.changed.emit()

    def trigger(self, name: str) -> bool:
        """Run an action if it is possible now; tells whether it ran.

        Raises:
            KeyError: no such action.
        """
        action = self._actions[name]
        if not (self._in_force(action) and action.enabled()):
            return False
        action.run()
        return True

    def get(self, name: str) -> Action:
        """Return an action by id.

        Raises:
            KeyError: no such action.
        """
        return self._actions[name]

    def title(self, action: Action) -> str:
        """Return an action's title in the language in force."""
        return self._look.text(action.title)

    def in_scope(self) -> Sequence[Action]:
        """Return the actions of the window and of the screen in front that this person may use, by group."""
        mine = [action for action in self._actions.values() if self._in_force(action)]
        return sorted(mine, key=lambda action: (action.screen == EVERYWHERE, action.group))

    def possible(self, name: str) -> bool:
        """Whether an action can run now."""
        action = self._actions[name]
        return self._in_force(action) and action.enabled()

    def qt_action(self, name: str) -> QAction:
        """Return Qt's side of an action, for menus and tool bars."""
        return self._qt[name]

    def menu(self, names: Sequence[str], parent: QWidget) -> QMenu:
        """Return a menu of these actions; "" is a separator."""
        menu = QMenu(parent)
        for name in names:
            if name:
                menu.addAction(self._qt[name])
            else:
                menu.addSeparator()
        return menu

    def button(self, name: str, kind: Kind = Kind.SECONDARY, *, with_icon: bool = False) -> ActionButton:
        """Return a button that runs an action and carries its key; title and enablement follow the action."""
        action = self._actions[name]
        drawing = action.icon if with_icon else ""
        return _BoundButton(self._look, self._qt[name], action.shortcut, kind, drawing)

    def _in_force(self, action: Action) -> bool:
        return action.screen in (EVERYWHERE, self._scope) and self._permitted_to(action)

    def _permitted_to(self, action: Action) -> bool:
        return not action.permission or self._permitted(action.permission)

    def _only_denied(self, action: Action) -> bool:
        here = action.screen in (EVERYWHERE, self._scope)
        return here and not self._permitted_to(action) and action.enabled()

    def _refuser(self, action: Action) -> QAction:
        """Return what answers an action's key in its place where the person lacks the right to it."""
        qt = QAction(self)
        qt.setShortcut(QKeySequence.fromString(action.shortcut))
        qt.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        qt.triggered.connect(lambda: self.denied.emit(action.permission))
        self._window.addAction(qt)
        return qt

    def _check(self, action: Action) -> None:
        if action.id in self._actions:
            raise ValueError(f"action {action.id} exists already")
        if not action.shortcut:
            return
        check_shortcut(action.shortcut)
        for other in self._actions.values():
            meet = EVERYWHERE in (action.screen, other.screen) or action.screen == other.screen
            if meet and other.shortcut == action.shortcut:
                raise ValueError(f"{action.shortcut} is taken by {other.id}, wanted by {action.id}")

    def _write(self) -> None:
        for action in self._actions.values():
            self._write_one(action)
        self.changed.emit()

    def _write_one(self, action: Action) -> None:
        qt = self._qt[action.id]
        qt.setText(self.title(action))
        if action.icon:
            qt.setIcon(icon(action.icon, self._look.colours.ink_second))


class _BoundButton(ActionButton):
    """A button that follows an action's title, enablement and visibility."""

    def __init__(self, look: Look, action: QAction, key: str, kind: Kind, drawing: str) -> None:
        super().__init__(look, kind=kind, key=key, icon=drawing)
        self._action = action
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    def _follow(self) -> None:
        self.setText(self._action.text())
        self.setEnabled(self._action.isEnabled())
        if self._action.isVisible() is self.isHidden() and self.parentWidget() is not None:
            self.setVisible(self._action.isVisible())
