"""Keeps input methods away: from scan fields for ever, from the focus while a frame comes in.

An input method eats the keys of a scan. Moving the focus to a widget without one would end an editing (a
table's cell editor commits when it loses the focus, a popup closes), so the focus stays where it is and
answers the window system that it takes no input method. (Qt's attribute WA_InputMethodEnabled does not do
it: the text widgets answer past it.)
"""

import os
from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QInputMethodEvent, QInputMethodQueryEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

ENABLED = Qt.InputMethodQuery.ImEnabled


class _Deaf(QObject):
    """Answers for one widget that it takes no input method."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        return answer_none(event)


def answer_none(event: QEvent) -> bool:
    """Answer a question of the window system by "no input method here"; return whether it was one."""
    if isinstance(event, QInputMethodQueryEvent) and event.queries() & ENABLED:
        event.setValue(ENABLED, False)
        return True
    return False


def refuse_input_method(widget: QWidget) -> None:
    """Let a widget take no input method from now on (scan fields)."""
    widget.installEventFilter(_Deaf(widget))
    if widget.hasFocus():
        QGuiApplication.inputMethod().update(ENABLED)


def takes_input_method(widget: QWidget) -> bool:
    """Whether keys for this widget go to the input method first."""
    query = QInputMethodQueryEvent(ENABLED)
    QApplication.sendEvent(widget, query)
    return bool(query.value(ENABLED))


def composition(event: QEvent) -> tuple[str, str]:
    """Return the preedit and commit text of an input-method event."""
    return (event.preeditString(), event.commitString()) if isinstance(event, QInputMethodEvent) else ("", "")


def composes(platform: str, environment: Mapping[str, str]) -> bool:
    """Whether an input method may be at work: always, but on an X11 desktop that has none but dead keys.

    Qt loads what QT_IM_MODULES or QT_IM_MODULE names there, and its own "compose" for dead keys otherwise.
    """
    named = environment.get("QT_IM_MODULES") or environment.get("QT_IM_MODULE") or ""
    return platform != "xcb" or not set(named.split(";")) <= {"", "compose", "none", "simple"}


class FocusShelter:
    """Shelters the focus of one application from its input method."""

    def __init__(self, app: QApplication) -> None:
        self._app = app
        self._deaf = _Deaf()
        self._sheltered: QWidget | None = None

    def enter(self, *, commit: bool = True) -> bool:
        """Reset the input method and take it off the focus; return whether one may hold keys of it back.

        `commit` keeps what it composes: what a person began must not be lost.
        """
        self.leave()
        widget = self._app.focusWidget()
        if widget is None or not takes_input_method(widget):
            return False
        method = QGuiApplication.inputMethod()
        if commit:
            method.commit()
        method.reset()
        self._sheltered = widget
        widget.installEventFilter(self._deaf)
        method.update(ENABLED)
        return composes(QGuiApplication.platformName(), os.environ)

    def leave(self) -> None:
        """Let the input method back."""
        widget, self._sheltered = self._sheltered, None
        if widget is not None and isValid(widget):
            widget.removeEventFilter(self._deaf)
            QGuiApplication.inputMethod().update(ENABLED)
