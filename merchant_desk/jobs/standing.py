"""What stands on this desk already, for one pass through a file."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from merchant_desk.domain.ids import derived_id
from merchant_desk.domain.products import Barcode
from merchant_desk.models.queries.imports import (
    StandingOrder,
    StandingProduct,
    bearers,
    has_rows,
    has_undone_jobs,
    kept_keys,
    known_ids,
    orders_by_keys,
    products_by_keys,
    skus_by_keys,
    stock_keys,
)
from merchant_desk.sync.runtime import DeskRuntime

_ASKED = ("skus", "orders", "buyers")


GATHERED_AFTER: Final = 20
"""Questions after which a pass gathers all keys: a short file asks for its own."""


class _Gathered:
    """Keys that a table may have: their hashes, in eight bytes each, say for sure which it has not.

    Each commit of the pass itself empties the cache of whoever reads: asking for what is not there, a
    hundred keys at a time, would cost as much as writing them.
    """

    def __init__(self, runtime: DeskRuntime, sql: str) -> None:
        self._runtime = runtime
        self._sql = sql
        self._asked = 0
        self._hashes: array[int] | None = None

    def likely(self, keys: Iterable[str]) -> list[str]:
        """Return those of these keys that may be there; in a short pass, all of them."""
        self._asked += 1
        if self._asked <= GATHERED_AFTER:
            return list(keys)
        if self._hashes is None:
            with self._runtime.read() as connection, connection.begin():
                found = connection.exec_driver_sql(self._sql)
                self._hashes = array("q", sorted({hash(row[0]) for row in found}))
        hashes, count = self._hashes, len(self._hashes)
        return [
            key for key in keys if (at := bisect_left(hashes, hash(key))) < count and hashes[at] == hash(key)
        ]


class Standing:
    """Answers on the desk's newest state.

    A table that is empty when the pass begins is not asked again: a file names each of its products and
    orders once, so none of them can come to stand there by the pass itself. For the same reason a long file
    asks the database only for keys that were there when they were first gathered. What a colleague's desk
    brings meanwhile is met by the handler, as between any two desks.
    """

    def __init__(self, runtime: DeskRuntime) -> None:
        self._runtime = runtime
        self._keys = _Gathered(runtime, "SELECT sku_key FROM skus")
        self._codes = _Gathered(runtime, "SELECT code FROM barcodes UNION ALL SELECT gtin FROM barcodes")
        with runtime.read() as connection, connection.begin():
            self._filled = {table for table in _ASKED if has_rows(connection, table)}
            self._undone = has_undone_jobs(connection)

    def skus(self, keys: Iterable[str]) -> dict[str, UUID]:
        """Return the ids of SKUs by their key."""
        likely = self._keys.likely(keys) if "skus" in self._filled else ()
        if not likely:
            return {}
        with self._runtime.read() as connection, connection.begin():
            return skus_by_keys(connection, likely)

    def products(self, keys: Iterable[str]) -> dict[str, StandingProduct]:
        """Return products by the key of their code."""
        likely = self._keys.likely(keys) if "skus" in self._filled else ()
        if not likely:
            return {}
        with self._runtime.read() as connection, connection.begin():
            return products_by_keys(connection, likely)

    def stock_keys(self, skus: Iterable[UUID]) -> dict[UUID, int]:
        """Return at how many stock keys of each product something stands on this desk."""
        with self._runtime.read() as connection, connection.begin():
            return stock_keys(connection, skus)

    def bearers(self, barcodes: Iterable[Barcode]) -> dict[str, set[UUID]]:
        """Return the products that have these barcodes, by their text and by their GTIN-14."""
        having: dict[str, set[UUID]] = {}
        if "skus" not in self._filled:
            return having
        codes = {key for barcode in barcodes for key in (barcode.code, barcode.gtin) if key}
        asked = self._codes.likely(codes)
        if not asked:
            return having
        with self._runtime.read() as connection, connection.begin():
            found = bearers(connection, sorted(asked))
        for bearer in found:
            for key in filter(None, (bearer.code, bearer.gtin)):
                having.setdefault(key, set()).add(bearer.sku_id)
        return having

    def kept_keys(self, keys: Iterable[str]) -> dict[str, str]:
        """Return, for codes of products that were merged, the key of the one kept."""
        if "skus" not in self._filled:
            return {}
        with self._runtime.read() as connection, connection.begin():
            return kept_keys(connection, keys)

    def orders(self, number_keys: Iterable[str]) -> dict[str, StandingOrder]:
        """Return orders, with what they hold, by the key of their number."""
        if "orders" not in self._filled:
            return {}
        with self._runtime.read() as connection, connection.begin():
            return orders_by_keys(connection, number_keys)

    def barcodes(self, ids: Iterable[UUID]) -> set[UUID]:
        """Return those of these barcode rows that are here."""
        return self._known("barcodes", ids)

    def buyers(self, ids: Iterable[UUID]) -> set[UUID]:
        """Return those of these buyers that are here."""
        return self._known("buyers", ids) if "buyers" in self._filled else set()

    def free_ids(self, table: str, ids: Sequence[UUID]) -> dict[UUID, UUID]:
        """Return, for ids derived from natural keys that are free, the ids to write them under.

        They differ only where an import was undone: its rows keep their ids and give up their keys.
        """
        free = {id: id for id in ids}
        taken = self._known(table, ids) if self._undone else set()
        while taken:
            free.update((wanted, derived_id(id, "again")) for wanted, id in free.items() if id in taken)
            taken = self._known(table, free.values())
        return free

    def _known(self, table: str, ids: Iterable[UUID]) -> set[UUID]:
        asked = list(ids)
        if not asked:
            return set()
        with self._runtime.read() as connection, connection.begin():
            return known_ids(connection, table, asked)
