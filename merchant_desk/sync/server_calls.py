"""What an exchange asks of a server and of the thread that writes."""

from collections.abc import Callable
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, Protocol

from merchant_desk.sync.administration import DeskSeen, SnapshotPart, VersionAnswer
from merchant_desk.sync.protocol import CheckAnswer, FeedPage, PushAnswer, PushRequest

OnWriter = Callable[[Callable[[], Any]], Any]
"""Runs a short job on the one thread that writes, and returns its result."""

Cancelled = Callable[[], bool]

Pool = Callable[[int, str], Executor]
"""Makes so many threads of this name, for requests that are sent before their turn comes."""


class SyncApi(Protocol):
    """The server's calls that syncing needs. Each raises a Fault where there is no answer to be had."""

    def version(self) -> VersionAnswer:
        """Return which program answers."""

    def push(self, request: PushRequest, /) -> PushAnswer:
        """Push a batch."""

    def feed(self, after: int, rows: int, floor: int = 0) -> FeedPage:
        """Pull a page."""

    def snapshot(self, path: Path, start: int, most: int, tag: str = "") -> SnapshotPart | None:
        """Fetch a part of a snapshot into a file."""

    def check(self, *, without_end: bool = False) -> CheckAnswer:
        """Return the check sums of what this desk should hold; if so wished, what is held or parked there."""

    def desks(self) -> list[DeskSeen]:
        """Return the outlet's desks."""
