"""What can be mended on a running desk: totals, rows, the file. Each may be asked for at any time, and twice.

Whatever is interrupted, by a power cut too, leaves the desk as it was or mended.
"""

import threading
from collections.abc import Callable
from typing import Any

import structlog

from merchant_desk.models.encrypted import checkpoint, integrity
from merchant_desk.models.gate import remove_database
from merchant_desk.models.recount import recount_all
from merchant_desk.sync.desk import Changes
from merchant_desk.sync.draft import draft_path
from merchant_desk.sync.exchange import Exchange, Tell
from merchant_desk.sync.profile import OpenProfile
from merchant_desk.sync.profile_health import draft_files
from merchant_desk.sync.server_calls import Cancelled, OnWriter
from merchant_desk.sync.troubles import TotalsRecounted

log = structlog.get_logger()

_INDEX_WORDS = ("missing from index", "wrong # of entries in index", "non-unique entry in index")


def only_indexes(problems: tuple[str, ...]) -> bool:
    """Tell whether what `integrity` found is in indexes alone, which can be made again from sound rows."""
    return bool(problems) and all(any(word in one for word in _INDEX_WORDS) for one in problems)


class Mending:
    """Mends one desk. `exchanging` is held by whoever talks to the server, `refresh` tells its status."""

    def __init__(
        self,
        profile: OpenProfile,
        exchange: Exchange,
        exchanging: threading.Lock,
        on_writer: OnWriter,
        tell: Tell,
        refresh: Callable[..., None],
    ) -> None:
        self._profile = profile
        self._exchange = exchange
        self._exchanging = exchanging
        self._on_writer = on_writer
        self._tell = tell
        self._refresh = refresh

    def recount(self) -> int:
        """Set every total to what its rows add up to; returns how many were wrong."""
        wrong: Changes = self._on_writer(lambda: recount_all(self._profile.writer))
        totals = sum(map(len, wrong.values()))
        if wrong:
            log.error("totals_recounted", tables=", ".join(wrong))
            self._tell(wrong)
            self._refresh(alarm=TotalsRecounted(totals))
        return totals

    def rebuild(self, cancelled: Cancelled) -> bool:
        """Fetch every row anew into a file beside, and let it take the database's place; unsent work stays.

        Returns False if it was cancelled: the database is what it was, and asking again goes on from there.

        Raises:
            Fault: the line, the server or the disk; the database is what it was.
        """
        with self._exchanging:
            self._renew()
            self._refresh(working=True)
            try:
                return self._exchange.build(self._tell, cancelled, by_feed=True)
            finally:
                self._refresh(working=False)

    def clear_draft(self) -> int:
        """Remove what an unfinished rebuild left; returns its bytes. One that is under way is waited for."""
        with self._exchanging:
            return self._clear()

    def relocate(self, write: Callable[[], None]) -> None:
        """Let `write` keep another address of the same server, on the writer's thread, between exchanges.

        A draft that was begun holds the old one: it is begun anew.
        """
        with self._exchanging:
            self._clear()
            self._on_writer(write)
            self._refresh(fault=None)

    def put_in_order(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """Move the log into the file, make damaged indexes again; return what was and what is wrong."""
        profile = self._profile
        self._on_writer(lambda: checkpoint(profile.writer, "TRUNCATE"))
        before = integrity(profile.reader)
        if not only_indexes(before):
            return before, before
        self._on_writer(self._reindex)
        return before, integrity(profile.reader)

    def _clear(self) -> int:
        size = sum(file.stat().st_size for file in draft_files(self._profile))
        remove_database(draft_path(self._profile))
        self._exchange.snapshots.remove()
        return size

    def _renew(self) -> None:
        """Let everybody open the file anew: SQLCipher reads nothing more where it met a damaged page once."""
        self._profile.reader.dispose()
        self._on_writer(self._profile.writer.dispose)

    def _reindex(self) -> Any:
        with self._profile.writer.begin() as connection:
            connection.exec_driver_sql("REINDEX")
        return checkpoint(self._profile.writer, "TRUNCATE")
