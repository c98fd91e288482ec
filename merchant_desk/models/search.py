"""The desk's own index for finding rows by any part of their text (see docs/decisions/0031-search.md).

One FTS5 table without content for each kind of row, numbered like the rows themselves. Triggers note which
rows changed, in the transaction that changes them; the index follows in short steps of its own, so that
neither a scan nor a slice of sync waits for it. What is not indexed yet is found after the next step.
"""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Engine, text

from merchant_desk.domain.codes import fold, gtin14, sku_key
from merchant_desk.domain.searching import initials, is_wide, match, tokens

VERSION = 5
"""Goes up when texts are cut or gathered in another way: the index is then built anew."""

STEP_ROWS = 64
"""Rows between two looks whether somebody waits for the writer: they take it two or three milliseconds."""

MERGE_EVERY = 16
MERGE_LATEST = 192
"""Segments after which some are merged: where nothing else is to do, and while rows wait to be indexed.

Each step leaves one. Searching asks each of them; merging them costs as much as making them.
"""

MERGE_PAGES = 24
"""FTS5 merges segments when it is told to, a few pages at a time; left to itself it stops for 20-100 ms."""

MERGES_TOGETHER = 8
"""Merges that may share a commit: one alone costs less than its commit, all of them take 10 ms to commit."""

MOST_TEXT = 1_000
"""Characters of an order's product names that are indexed."""

MOST_FOUND = 2_000
"""How many of the latest matches a list looks at."""


@dataclass(frozen=True, slots=True)
class Searchable:
    """A table whose rows are found by text.

    `watched` are the columns whose change matters, `rows` the query of some rows (`{which}`, of t.rowid) that
    gives (number, state, text, names, the names' sort keys joined by "|"). A state is a word to search by.
    `parts` are tables whose rows belong to one of these: (table, column with the id). `exact` is the query of
    the numbers of rows that are called exactly what was typed: :key is that as a key, :typed as it is, :gtin
    as a GTIN-14, and :found the numbers of rows that were found, as JSON.
    """

    table: str
    watched: tuple[str, ...]
    rows: str
    exact: str
    parts: tuple[tuple[str, str], ...] = ()
    whole_pinyin: bool = False

    @property
    def index(self) -> str:
        """The name of the FTS5 table."""
        return f"search_{self.table}"


def _numbered(table: str) -> str:
    return f"SELECT rowid FROM {table} WHERE number_key = :key"


def _lines(table: str) -> str:
    names = "group_concat(s.name || ' ' || s.name_en, ' ')"
    source = f"FROM {table} l JOIN skus s ON s.id = l.sku_id WHERE l.order_id = t.id"
    return f"(SELECT {names} {source}), (SELECT group_concat(s.sort_key, '|') {source})"


SKUS = Searchable(
    "skus",
    ("sku", "name", "name_en", "archived", "draft"),
    "SELECT t.rowid, CASE WHEN t.archived THEN 'archived' WHEN t.draft THEN 'draft' ELSE 'active' END,"
    " t.sku || ' ' || t.name || ' ' || t.name_en || ' ' || t.category || ' ' || coalesce("
    "(SELECT group_concat(b.code, ' ') FROM barcodes b WHERE b.sku_id = t.id), ''), '', t.sort_key"
    " FROM skus t WHERE {which}",
    "SELECT rowid FROM skus WHERE sku_key = :key UNION SELECT t.rowid FROM barcodes b"
    " JOIN skus t ON t.id = b.sku_id WHERE b.code = :typed OR b.gtin = :gtin UNION SELECT rowid FROM skus"
    " WHERE rowid IN (SELECT value FROM json_each(:found)) AND :typed COLLATE NOCASE IN (name, name_en)",
    (("barcodes", "sku_id"),),
    whole_pinyin=True,
)
ORDERS = Searchable(
    "orders",
    ("number", "buyer", "status"),
    f"SELECT t.rowid, t.status, t.number || ' ' || t.buyer || ' ' || t.channel, {_lines('order_lines')}"
    " FROM orders t WHERE {which}",
    _numbered("orders"),
)
PURCHASES = Searchable(
    "purchase_orders",
    ("number", "supplier_id", "status"),
    f"SELECT t.rowid, t.status, t.number || ' ' || coalesce(p.name, ''), {_lines('purchase_lines')}"
    " FROM purchase_orders t LEFT JOIN suppliers p ON p.id = t.supplier_id WHERE {which}",
    _numbered("purchase_orders"),
)
RECEIPTS = Searchable(
    "receipts",
    ("number", "status"),
    "SELECT t.rowid, t.status, t.number || ' ' || coalesce(o.number, '') || ' ' || coalesce(p.name, ''),"
    " '', '' FROM receipts t LEFT JOIN purchase_orders o ON o.id = t.purchase_order_id"
    " LEFT JOIN suppliers p ON p.id = t.supplier_id WHERE {which}",
    _numbered("receipts"),
)
SHIPMENTS = Searchable(
    "shipments",
    ("number", "status", "tracking"),
    "SELECT t.rowid, t.status, t.number || ' ' || coalesce(o.number, '') || ' ' || coalesce(o.buyer, '')"
    " || ' ' || t.tracking, '', '' FROM shipments t LEFT JOIN orders o ON o.id = t.order_id"
    " WHERE {which}",
    _numbered("shipments"),
)
COUNTS = Searchable(
    "counts",
    ("number", "status"),
    "SELECT t.rowid, t.status, t.number || ' ' || coalesce(l.code, ''), '', '' FROM counts t"
    " LEFT JOIN locations l ON l.id = t.location_id WHERE {which}",
    _numbered("counts"),
)

SEARCHABLES = {one.table: one for one in (SKUS, ORDERS, PURCHASES, RECEIPTS, SHIPMENTS, COUNTS)}


def found_rows(
    connection: Connection, table: str, typed: str, states: Sequence[str] = (), most: int = MOST_FOUND
) -> list[int]:
    """Return the row numbers of what was typed, the latest first; nothing where there is no index yet.

    Args:
        connection: a reading connection.
        table: the table of `SEARCHABLES` to look in.
        typed: words that must all occur, each anywhere in the text.
        states: only rows in one of these states.
        most: how many at most.
    """
    expression = match(typed)
    if not expression or not _is_there(connection, f"search_{table}"):
        return []
    if states:
        wanted = " OR ".join(f'"{_state(state)}"' for state in states)
        expression = f"state : ({wanted}) AND {expression}"
    sql = f"SELECT rowid FROM search_{table} WHERE search_{table} MATCH ? ORDER BY rowid DESC LIMIT ?"
    return [row[0] for row in connection.exec_driver_sql(sql, (expression, most))]


def exact_rows(connection: Connection, table: str, typed: str, found: Sequence[int]) -> list[int]:
    """Return the numbers of rows whose SKU, code, number or (of those found) name is what was typed.

    SKUs, codes and numbers are looked up: they are found before the index knows them, and however many
    others match.
    """
    folded = fold(typed)
    values = {"key": sku_key(typed), "typed": folded, "gtin": gtin14(folded), "found": json.dumps(found)}
    return [row[0] for row in connection.execute(text(SEARCHABLES[table].exact), values)]


def _state(name: str) -> str:
    return name.replace("_", "")


def _is_there(connection: Connection, table: str) -> bool:
    sql = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return connection.exec_driver_sql(sql, (table,)).one_or_none() is not None


def unindexed(connection: Connection) -> int:
    """Return about how many rows a search cannot find yet; 0 where there is no index."""
    if not _is_there(connection, "search_state"):
        return 0
    count = int(connection.exec_driver_sql("SELECT count(*) FROM search_queue").scalar() or 0)
    for kind, one in enumerate(SEARCHABLES.values()):
        for which, bound in (("<", "below"), (">", "above")):
            sql = (
                f"SELECT count(*) FROM {one.table} WHERE rowid {which}"
                f" (SELECT {bound} FROM search_state WHERE kind = ?)"
            )
            count += int(connection.exec_driver_sql(sql, (kind,)).scalar() or 0)
    return count


class SearchIndex:
    """Keeps the index. Every method runs on the writer's thread."""

    def __init__(self, writer: Engine) -> None:
        self._engine = writer
        self._kinds = list(SEARCHABLES.values())
        self._unmerged: Counter[str] = Counter()

    def prepare(self) -> None:
        """Make what is missing, and begin anew where the index no longer fits the rows."""
        with self._engine.begin() as connection:
            connection.exec_driver_sql(
                "CREATE TABLE IF NOT EXISTS search_queue (kind INTEGER, number INTEGER,"
                " PRIMARY KEY (kind, number)) WITHOUT ROWID"
            )
            columns = connection.exec_driver_sql("SELECT name FROM pragma_table_info('search_state')")
            if "above" not in {name for (name,) in columns}:  # of an index before version 5
                connection.exec_driver_sql("DROP TABLE IF EXISTS search_state")
            connection.exec_driver_sql(
                "CREATE TABLE IF NOT EXISTS search_state (kind INTEGER PRIMARY KEY,"
                " version INTEGER NOT NULL, below INTEGER NOT NULL, above INTEGER NOT NULL,"
                " anchor INTEGER NOT NULL, anchor_id BLOB)"
            )
            for kind, one in enumerate(self._kinds):
                if not self._fits(connection, kind, one):
                    self._begin(connection, kind, one)
                self._drop_anchor(connection, kind, one)

    def step(self, enough: Callable[[], bool] = lambda: True) -> set[str]:
        """Index some rows in one transaction; returns the tables that are better known now.

        An empty set: nothing is left to do. `enough` is asked after every few rows whether to end here:
        a commit costs as much as indexing them.
        """
        full = next((name for name, steps in self._unmerged.items() if steps >= MERGE_LATEST), None)
        if full is not None:
            return self._merge(full, enough)
        touched: set[str] = set()
        with self._engine.begin() as connection:
            cursor = connection.connection.cursor()
            for kind, one in enumerate(self._kinds):
                while _index_some(cursor, kind, one):
                    if one.table not in touched:
                        self._unmerged[one.index] += 1
                        touched.add(one.table)
                    if enough():
                        return touched
        if touched:
            return touched
        full = next((name for name, steps in self._unmerged.items() if steps >= MERGE_EVERY), None)
        return self._merge(full, enough) if full is not None else set()

    # -- making ----------------------------------------------------------------------------------

    def _fits(self, connection: Connection, kind: int, one: Searchable) -> bool:
        """Tell whether an index stands, was made in this way, and its rows still have their numbers."""
        sql = "SELECT version, anchor, anchor_id FROM search_state WHERE kind = ?"
        state = connection.exec_driver_sql(sql, (kind,)).one_or_none()
        if state is None or state.version != VERSION or not _is_there(connection, one.index):
            return False
        if state.anchor_id is None:
            return True
        sql = f"SELECT id FROM {one.table} WHERE rowid = ?"
        return bool(connection.exec_driver_sql(sql, (state.anchor,)).scalar() == state.anchor_id)

    def _begin(self, connection: Connection, kind: int, one: Searchable) -> None:
        run = connection.exec_driver_sql
        run(f"DROP TABLE IF EXISTS {one.index}")
        run(
            f"CREATE VIRTUAL TABLE {one.index} USING fts5(grams, state, content='',"
            " contentless_delete=1, tokenize='ascii', prefix='1 2')"
        )
        for setting, value in (("automerge", 0), ("crisismerge", 1_000), ("usermerge", 16)):
            run(f"INSERT INTO {one.index} ({one.index}, rank) VALUES (?, ?)", (setting, value))
        run("DELETE FROM search_queue WHERE kind = ?", (kind,))
        for statement in _triggers(kind, one):
            run(statement)
        last = _last(connection.connection.cursor(), one)
        values = (kind, VERSION, last + 1, last)
        run("INSERT OR REPLACE INTO search_state VALUES (?, ?, ?, ?, 0, NULL)", values)

    def _drop_anchor(self, connection: Connection, kind: int, one: Searchable) -> None:
        """Remember one row's number: a file that was written anew numbers its rows anew."""
        run = connection.exec_driver_sql
        last = run(f"SELECT rowid, id FROM {one.table} ORDER BY rowid DESC LIMIT 1").one_or_none()
        number, row_id = (last[0], last[1]) if last is not None else (0, None)
        run("UPDATE search_state SET anchor = ?, anchor_id = ? WHERE kind = ?", (number, row_id, kind))

    def _merge(self, index: str, enough: Callable[[], bool]) -> set[str]:
        """Merge a few pages, and more in the same transaction while nobody asks for an end.

        A merge that did nothing changes fewer than two rows, says SQLite's manual.
        """
        with self._engine.begin() as connection:
            driver, cursor = connection.connection.driver_connection, connection.connection.cursor()
            sql = f"INSERT INTO {index} ({index}, rank) VALUES ('merge', ?)"
            for _ in range(MERGES_TOGETHER):
                before = driver.total_changes if driver else 0
                cursor.execute(sql, (MERGE_PAGES,))
                if driver is None or driver.total_changes - before < 2:
                    del self._unmerged[index]
                    break
                if enough():
                    break
        return {index.removeprefix("search_")}


# -- stepping --------------------------------------------------------------------------------------
# By the driver's cursor: a statement through SQLAlchemy costs as much as the rows of a step.


def _index_some(cursor: Any, kind: int, one: Searchable) -> bool:
    """Index what changed, then what is new, then what a first build has left; tells whether any was."""
    if _index_queued(cursor, kind, one):
        return True
    cursor.execute("SELECT below, above FROM search_state WHERE kind = ?", (kind,))
    ((below, above),) = cursor.fetchall()
    return _index_new(cursor, kind, one, above) or _index_old(cursor, kind, one, below)


def _index_queued(cursor: Any, kind: int, one: Searchable) -> bool:
    sql = "SELECT number FROM search_queue WHERE kind = ? ORDER BY number DESC LIMIT ?"
    cursor.execute(sql, (kind, STEP_ROWS))
    numbers = [row[0] for row in cursor.fetchall()]
    if not numbers:
        return False
    gone = "DELETE FROM search_queue WHERE kind = ? AND number = ?"
    cursor.executemany(gone, [(kind, number) for number in numbers])
    known = _index(cursor, one, f"t.rowid IN ({', '.join(str(int(number)) for number in numbers)})")
    removed = [(number,) for number in sorted(set(numbers).difference(known))]
    if removed:
        cursor.executemany(f"DELETE FROM {one.index} WHERE rowid = ?", removed)
    return True


def _index_new(cursor: Any, kind: int, one: Searchable, above: int) -> bool:
    """Index rows with higher numbers than any before, in their order.

    FTS5 gathers in memory what comes in order, and writes it once, at the commit; each step back costs a
    segment. Where the last rows went, SQLite gives their numbers to others.
    """
    known = _index(cursor, one, "t.rowid > ? ORDER BY t.rowid LIMIT ?", (above, STEP_ROWS))
    last = known[-1] if known else _last(cursor, one)
    if last != above:
        cursor.execute("UPDATE search_state SET above = ? WHERE kind = ?", (last, kind))
    return bool(known)


def _index_old(cursor: Any, kind: int, one: Searchable, below: int) -> bool:
    """Index the next rows of a first build, the latest first: what people look for stands there."""
    known = _index(cursor, one, "t.rowid < ? ORDER BY t.rowid DESC LIMIT ?", (below, STEP_ROWS))
    if known:
        cursor.execute("UPDATE search_state SET below = ? WHERE kind = ?", (known[0], kind))
    return bool(known)


def _index(cursor: Any, one: Searchable, which: str, values: Sequence[int] = ()) -> Sequence[int]:
    """Index the rows of a table that a condition finds; returns their numbers in order."""
    cursor.execute(one.rows.format(which=which), values)
    rows = sorted([_tokens(one, row) for row in cursor.fetchall()])
    if rows:
        cursor.executemany(f"INSERT OR REPLACE INTO {one.index} (rowid, grams, state) VALUES (?, ?, ?)", rows)
    return [row[0] for row in rows]


def _last(cursor: Any, one: Searchable) -> int:
    """Return the highest number of a row; 0 where there is none."""
    cursor.execute(f"SELECT coalesce(max(rowid), 0) FROM {one.table}")
    return int(cursor.fetchall()[0][0])


def _tokens(one: Searchable, row: Sequence[Any]) -> tuple[int, str, str]:
    number, state, text, names, keys = row
    words = [text or "", (names or "")[:MOST_TEXT]]
    # Whole pinyin is another way to type Chinese; of other names it would be the same letters once more.
    spelt = one.whole_pinyin and is_wide(words[0])
    for key in (keys or "")[:MOST_TEXT].split("|"):
        if key and not key.isspace():
            words.append(initials(key))
            words.append(key.replace(" ", "") if spelt else "")
    return (number, tokens(" ".join(words)), _state(state))


def _triggers(kind: int, one: Searchable) -> list[str]:
    """Return what notes changed rows: a few microseconds, and nothing for rows that no search looks at.

    New rows need no note: their numbers are above those that are known.
    """
    differs = " OR ".join(f"old.{column} IS NOT new.{column}" for column in one.watched)
    # Not OR IGNORE: an upsert that fires a trigger puts its own conflict policy in that one's place.
    queued = "SELECT 1 FROM search_queue q WHERE q.kind = {kind} AND q.number = {number}"
    note = "INSERT INTO search_queue SELECT {kind}, {number} WHERE NOT EXISTS (" + queued + ");"
    made = [
        (one.table, "DELETE", "", note.format(kind=kind, number="old.rowid")),
        (one.table, "UPDATE", f"WHEN {differs}", note.format(kind=kind, number="new.rowid")),
    ]
    above = f"(SELECT above FROM search_state WHERE kind = {kind})"
    for part, column in one.parts:
        for event, row in (("INSERT", "new"), ("DELETE", "old")):
            whole = (
                f"INSERT INTO search_queue SELECT {kind}, t.rowid FROM {one.table} t"
                f" WHERE t.id = {row}.{column} AND t.rowid <= {above}"
                f" AND NOT EXISTS ({queued.format(kind=kind, number='t.rowid')});"
            )
            made.append((part, event, "", whole))
    statements = [f"DROP TRIGGER IF EXISTS {one.index}_{one.table}_insert"]  # of indexes before version 5
    for table, event, when, body in made:
        name = f"{one.index}_{table}_{event.lower()}"
        statements.append(f"DROP TRIGGER IF EXISTS {name}")
        statements.append(f"CREATE TRIGGER {name} AFTER {event} ON {table} {when} BEGIN {body} END")
    return statements
