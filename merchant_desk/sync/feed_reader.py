"""Fetching the feed page by page, and for a desk that is being filled one page ahead of what is taken in."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

from merchant_desk.sync.pace import Pace
from merchant_desk.sync.protocol import FeedPage
from merchant_desk.sync.server_calls import OnWriter, Pool, SyncApi

PAGE_ROWS = 1_000
"""Feed rows in one page of a desk that people are working at: while 10,000 are being decoded, a matter of
6 ms, no other thread runs."""


class FeedReader:
    """Fetches pages for one pull. Used in a `with` block, which waits for what is still under way.

    `on_writer` runs a job when nobody is at work who goes before this desk's sync.
    """

    def __init__(
        self,
        api: SyncApi,
        pace: Pace,
        floor: int = 0,
        timer: Callable[[], float] = time.monotonic,
        on_writer: OnWriter | None = None,
        pool: Pool = ThreadPoolExecutor,
    ) -> None:
        self._api = api
        self._pace = pace
        self._timer = timer
        self._on_writer = on_writer
        self._next: tuple[int, Future[FeedPage]] | None = None
        self._pool = pool(1, "feed-ahead")
        self.floor = floor
        """Where everything is pulled from the beginning: what the first page told (see `FeedPage`)."""

        self.is_fresh = False
        """Whether the last page was asked for just now: only such a one says what time it is."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)

    def page(self, after: int, rows: int = 0, *, fills: bool = True) -> FeedPage:
        """Return the page after a cursor.

        Args:
            after: the cursor.
            rows: about how many rows; by default as many as the line is good for.
            fills: whether the desk is being filled, and nobody works at it: pages may be large.

        Raises:
            Fault: as `SyncApi.feed`.
        """
        ahead, self._next = self._next, None
        self.is_fresh = ahead is None or ahead[0] != after
        if ahead is not None and not self.is_fresh:
            return ahead[1].result()
        if not fills and self._on_writer is not None:
            self._on_writer(lambda: None)  # comes back when those who go first have gone
        most = self._pace.amount if fills else min(self._pace.amount, PAGE_ROWS)
        return self._fetch(after, rows or most)

    def fetch_ahead(self, page: FeedPage) -> None:
        """Begin to fetch the page after this one, if there is one; `page` waits for it."""
        if page.more:
            self._next = page.until, self._pool.submit(self._fetch, page.until, self._pace.amount)

    def _fetch(self, after: int, rows: int) -> FeedPage:
        begun = self._timer()
        page = self._api.feed(after, rows, self.floor)
        self._pace.took(sum(len(op.rows) for op in page.ops), self._timer() - begun)
        return page
