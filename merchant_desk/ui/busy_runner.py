"""A task runner that knows whether anything is under way."""

from collections.abc import Callable
from typing import TypeVar

from PySide6.QtCore import QObject

from merchant_desk.ui.background import Progress, Task, ThreadRunner

R = TypeVar("R")


class BusyRunner:
    """A `ThreadRunner` that counts: what was given and has not ended yet."""

    def __init__(self, runner: ThreadRunner) -> None:
        self._runner = runner
        self._under_way: set[int] = set()
        self._given = 0

    @property
    def busy(self) -> bool:
        """Whether something is under way."""
        return bool(self._under_way)

    def run(
        self,
        work: Callable[[], R],
        done: Callable[[R], None],
        *,
        failed: Callable[[Exception], None] | None = None,
        owner: QObject | None = None,
    ) -> Task:
        """See `TaskRunner.run`."""
        counted = self._count(work)
        return self._runner.run(counted, done, failed=failed, owner=owner)

    def run_in_order(
        self,
        work: Callable[[], R],
        done: Callable[[R], None],
        *,
        failed: Callable[[Exception], None] | None = None,
        owner: QObject | None = None,
    ) -> Task:
        """See `TaskRunner.run_in_order`."""
        counted = self._count(work)
        return self._runner.run_in_order(counted, done, failed=failed, owner=owner)

    def run_long(
        self,
        work: Callable[[Progress], R],
        done: Callable[[R], None],
        *,
        failed: Callable[[Exception], None] | None = None,
        progressed: Callable[[int, int], None] | None = None,
        owner: QObject | None = None,
    ) -> Task:
        """See `TaskRunner.run_long`."""
        self._given += 1
        number = self._given
        self._under_way.add(number)

        def counted(progress: Progress) -> R:
            try:
                return work(progress)
            finally:
                self._under_way.discard(number)

        return self._runner.run_long(counted, done, failed=failed, progressed=progressed, owner=owner)

    def close(self) -> None:
        """End the threads."""
        self._runner.close()

    def _count(self, work: Callable[[], R]) -> Callable[[], R]:
        self._given += 1
        number = self._given
        self._under_way.add(number)

        def counted() -> R:
            try:
                return work()
            finally:
                self._under_way.discard(number)

        return counted
