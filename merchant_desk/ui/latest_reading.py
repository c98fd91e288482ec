"""Reading what is to be shown next: only the last that was asked for is shown."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject

from merchant_desk.ui.background import Task, TaskRunner

R = TypeVar("R")


class LatestReading(QObject):
    """Reads off the window's thread; what was asked for before the last is of no interest any more."""

    def __init__(self, runner: TaskRunner, owner: QObject) -> None:
        super().__init__(owner)
        self._runner = runner
        self._task: Task | None = None
        self._searching = False

    @property
    def searching(self) -> bool:
        """Whether a search is under way, whose answer takes the place of what is shown."""
        return self._searching

    def ask(
        self,
        work: Callable[[], R],
        done: Callable[[R], None],
        failed: Callable[[Exception], None] | None = None,
        *,
        searching: bool = False,
    ) -> None:
        """Run `work` elsewhere, then `done` or `failed`, unless something else is asked for before.

        Without `failed`, the runner's own handler takes the error; a search has one.
        """

        def take(found: R) -> None:
            self._searching = False
            done(found)

        def fail(error: Exception) -> None:
            self._searching = False
            if failed is not None:
                failed(error)

        self.forget()
        self._searching = searching
        self._task = self._runner.run(work, take, failed=fail if failed is not None else None, owner=self)

    def forget(self) -> None:
        """Let nothing that was asked for earlier be shown any more."""
        if self._task is not None:
            self._task.drop()
        self._task, self._searching = None, False
