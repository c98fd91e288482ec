"""Changes on their way into the window: from the writer's thread to the views that depend on those tables.

One bridge listens to the desk; a view watches the tables that it shows. What is hidden only notes that it
is out of date, and catches up when it is shown again.
"""

import threading
from collections.abc import Callable, Iterable, Mapping
from uuid import UUID

from PySide6.QtCore import QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QWidget

from merchant_desk.ui.relay import Relay

Changes = Mapping[str, set[UUID]]
Listen = Callable[[Callable[[Changes], None]], Callable[[], None]]
Concerns = Callable[[Changes], bool]

PAUSE_MS = 200
"""A view reads again at most this often, however fast Changes come."""


class ChangeBridge(QObject):
    """Hands Changes on to the window's thread; those that come faster than it looks are merged into one.

    `changed(changes)` carries {table: ids}. `listen` is a desk runtime's.
    """

    changed = Signal(object)

    def __init__(self, listen: Listen, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._waiting: dict[str, set[UUID]] = {}
        self._posted = False
        self._relay = Relay.of_application()
        self._stop: Callable[[], None] | None = listen(self.note)

    def watch(
        self,
        owner: QWidget,
        tables: Iterable[str],
        refresh: Callable[[], None],
        pause_ms: int = PAUSE_MS,
        concerns: Concerns | None = None,
    ) -> "Watch":
        """Call `refresh` when one of these tables changed: now if `owner` is shown, else when it is.

        `concerns`: asked with Changes of these tables whether the view shows any of these rows.
        """
        watch = Watch(owner, tables, refresh, pause_ms, concerns)
        self.changed.connect(watch.note)
        return watch

    def close(self) -> None:
        """Listen no longer. Again is harmless."""
        stop, self._stop = self._stop, None
        if stop is not None:
            stop()

    def note(self, changes: Changes) -> None:
        """Take Changes, on whatever thread they come: the writer's, the sync's, the search index's."""
        with self._lock:
            for table, ids in changes.items():
                self._waiting.setdefault(table, set()).update(ids)
            first, self._posted = not self._posted, True
        if first:
            self._relay.post(self, self._hand_on)

    def _hand_on(self) -> None:
        with self._lock:
            changes, self._waiting = self._waiting, {}
            self._posted = False
        if changes:
            self.changed.emit(changes)


class Watch(QObject):
    """One view's interest in some tables; lives and dies with the view."""

    def __init__(
        self,
        owner: QWidget,
        tables: Iterable[str],
        refresh: Callable[[], None],
        pause_ms: int,
        concerns: Concerns | None = None,
    ) -> None:
        super().__init__(owner)
        self._concerns = concerns
        self._owner = owner
        self._tables = frozenset(tables)
        self._refresh = refresh
        self._dirty = False
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(pause_ms)
        self._pause.timeout.connect(self._catch_up)
        owner.installEventFilter(self)

    @property
    def dirty(self) -> bool:
        """Whether the view is behind."""
        return self._dirty

    def note(self, changes: Changes) -> None:
        """Take notice of Changes."""
        if self._tables.isdisjoint(changes):
            return
        if self._concerns is None or self._concerns(changes):
            self.mark()

    def mark(self) -> None:
        """Say that the view is behind: it reads again now, after its pause, or when it is shown."""
        self._dirty = True
        if self._owner.isVisible() and not self._pause.isActive():
            self._catch_up()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self._owner and event.type() == QEvent.Type.Show:
            self._catch_up()
        elif watched is self._owner and event.type() == QEvent.Type.Hide:
            self._pause.stop()
        return False

    def _catch_up(self) -> None:
        if self._dirty and self._owner.isVisible():
            self._dirty = False
            self._pause.start()
            self._refresh()
