"""Which question of the panel may be answered now."""

import time

from merchant_desk.stations.scans import Question
from merchant_desk.ui.screens.stations.sheets import GUARD_MS

Key = tuple[int, str]
"""A question: the scan that raised it, and what it is about. One scan can raise several in turn."""


class QuestionGuard:
    """Lets each question be answered once, and none that came up under the finger.

    Other steps of the station (a scan that is held back, a badge) change nothing of what is shown and nothing
    here.
    """

    def __init__(self) -> None:
        self._shown: Key | None = None
        self._answered: Key | None = None
        self._unread_until = 0.0

    def show(self, question: Question | None, *, uncovered: bool = False) -> None:
        """Note what the panel asks now; `uncovered` tells that a sheet lay over it until now."""
        key, before = _key(question), self._answered
        other = key != self._shown
        follows = other and key is not None and before is not None and key[0] == before[0]
        if follows or (uncovered and key is not None):
            self._unread_until = time.monotonic() + GUARD_MS / 1000
        if other:
            self._shown, self._answered = key, None

    def answer(self, question: Question) -> bool:
        """Tell whether a question may be answered now, which counts as the answer."""
        key = _key(question)
        if key == self._answered or time.monotonic() < self._unread_until:
            return False
        self._answered = key
        return True


def _key(question: Question | None) -> Key | None:
    return (question.result.n, question.result.code) if question is not None else None
