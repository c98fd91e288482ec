"""Tasks as cards below each other, read again when anything about them changes."""

from uuid import UUID

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from merchant_desk.ui.screens.lists.list_page import scrolled
from merchant_desk.ui.screens.registry import ScreenParts
from merchant_desk.ui.screens.tasks.task_doing import TaskDoing
from merchant_desk.ui.screens.tasks.task_reading import TaskReading, read_tasks
from merchant_desk.ui.screens.tasks.task_words import task_text
from merchant_desk.ui.theme.tokens import Space
from merchant_desk.ui.widgets.empty import EmptyState
from merchant_desk.ui.widgets.labels import label
from merchant_desk.ui.widgets.panel import replace_widgets
from merchant_desk.ui.widgets.task_card import TaskCard
from merchant_desk.ui.window.screens import ScreenContext

MOST_CARDS = 40
"""Cards on the screen at once: settling some brings the next."""


class TaskCards(QWidget):
    """The open tasks of this outlet; `counted(n)` tells how many there are."""

    counted = Signal(int)

    def __init__(self, parts: ScreenParts, context: ScreenContext, most: int = MOST_CARDS) -> None:
        super().__init__()
        self._parts, self._context, self._most = parts, context, most
        self._look = context.look
        self._doing = TaskDoing(self, parts, context)
        self.readings: list[TaskReading] = []
        self._keys: list[UUID] = []
        self._inside = QWidget()
        self._column = QVBoxLayout(self._inside)
        self._column.setContentsMargins(0, 0, Space.SMALL, 0)
        self._column.setSpacing(Space.MEDIUM)
        self._more = label("", "small")
        self._cards = QVBoxLayout()
        self._cards.setSpacing(Space.MEDIUM)
        self._column.addLayout(self._cards)
        self._column.addWidget(self._more)
        self._column.addStretch(1)
        self._area = scrolled(self._inside)
        self._empty = EmptyState(self._look, "circle-check")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self._area, 1)
        column.addWidget(self._empty, 1)
        parts.changes.watch(self, ("tasks",), self.read)
        self._look.language.changed.connect(self._write)
        # Where the last card goes, the focus stays here instead of leaving the screen.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._write()
        self.read()

    @property
    def doing(self) -> TaskDoing:
        """What the cards' buttons do."""
        return self._doing

    def cards(self) -> list[TaskCard]:
        """Return the cards, from top to bottom."""
        items = (self._cards.itemAt(i) for i in range(self._cards.count()))
        found = (item.widget() for item in items if item is not None)
        return [card for card in found if isinstance(card, TaskCard)]

    def read(self) -> None:
        """Read the tasks again, in the background."""

        def work() -> list[TaskReading]:
            with self._parts.desk.read() as connection, connection.begin():
                return read_tasks(connection, "open", self._most + 1)

        self._context.runner.run(work, self._take, owner=self)

    def _take(self, readings: list[TaskReading]) -> None:
        if readings != self.readings:
            self.readings = readings
            self._write()

    def _write(self) -> None:
        text, now = self._look.text, self._parts.now()
        shown = self.readings[: self._most]
        cards = [
            TaskCard(self._look, task_text(reading, self._look.language, now), self._doing.actions(reading))
            for reading in shown
        ]
        focused = self._focused()
        replace_widgets(self._cards, cards)
        self._keys = [reading.task.id for reading in shown]
        waiting = self._parts.desk.runtime.status.tasks
        rest = max(waiting - len(shown), len(self.readings) - len(shown))
        self._more.setText(text("tasks.more", n=rest) if rest > 0 else "")
        self._more.setVisible(rest > 0)
        self._area.setVisible(bool(shown))
        self._empty.setVisible(not shown)
        self._empty.set_texts(text("tasks.none"), text("tasks.none_hint"), icon="circle-check")
        self._restore(focused)
        self.counted.emit(len(self.readings))

    def _focused(self) -> tuple[int, UUID, int] | None:
        """Return which card has the focus (its place and its task) and at which button, or None."""
        focused = QApplication.focusWidget()
        for at, card in enumerate(self.cards()):
            if focused is not None and card.isAncestorOf(focused):
                buttons = card.buttons()
                return at, self._keys[at], buttons.index(focused) if focused in buttons else 0
        return None

    def _restore(self, focused: tuple[int, UUID, int] | None) -> None:
        """Give the focus back to the same task; to the one in its place if that is settled."""
        if focused is None:
            return
        at, task_id, button = focused
        cards = self.cards()
        if task_id in self._keys:
            at = self._keys.index(task_id)
        else:
            at, button = min(at, len(cards) - 1), 0
        buttons = cards[at].buttons() if cards else []
        target: QWidget = buttons[min(button, len(buttons) - 1)] if buttons else self
        target.setFocus(Qt.FocusReason.TabFocusReason)
