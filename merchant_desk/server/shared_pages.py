"""Pages of the feed that several desks of an outlet ask for at once: read once."""

import threading
from collections import OrderedDict
from typing import Final
from uuid import UUID

from merchant_desk.sync.protocol import FeedOp

MOST_PAGES: Final = 1_000
MOST_ROWS: Final = 50
"""Only small pages are kept, of what was just done: some 20 KB each at most."""

Span = tuple[UUID, UUID, tuple[str, ...], int, int, int]
"""Merchant, outlet, groups, cursor, the feed's head, rows asked for: what lies between is one for all."""


class SharedPages:
    """Remembers what lies between a cursor and a head. Any thread may ask.

    It never grows old: what stands in a feed up to a number is not changed, and a newer head is another page.
    Who asks, and what the head is, the database is asked each time.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pages: OrderedDict[Span, list[FeedOp]] = OrderedDict()

    def find(self, span: Span) -> list[FeedOp] | None:
        """Return the operations of a whole page that somebody asked for before."""
        with self._lock:
            return self._pages.get(span)

    def keep(self, span: Span, ops: list[FeedOp]) -> None:
        """Keep the operations of a page that reaches to its head; the oldest goes for it."""
        if sum(len(op.rows) for op in ops) > MOST_ROWS:
            return
        with self._lock:
            self._pages[span] = ops
            while len(self._pages) > MOST_PAGES:
                self._pages.popitem(last=False)
