"""The feed: row images in the order of commit, and the check sums over them."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from merchant_desk.domain.ids import MERCHANT_WIDE, id_of
from merchant_desk.models.columns import Row, Scope
from merchant_desk.models.copying import copy_in
from merchant_desk.models.images import image_hash, wrap
from merchant_desk.models.tables import SPECS
from merchant_desk.models.unit import Effect, Unit

FEED_COLUMNS = ("merchant_id", "seq", "op_id", "scope", "grp", "table_name", "row_id", "image")
FEED_KINDS = ("id", "int", "id", "id", "text", "text", "id", "bytes")


@dataclass
class FeedWriter:
    """Collects what a batch's operations did, numbers it and writes it once.

    `seq` is the merchant's counter, read under its lock: the order of numbers is the order of commits.
    """

    unit: Unit
    seq: int
    lines: list[tuple[Any, ...]] = field(default_factory=list)
    checks: dict[tuple[UUID, str], list[int]] = field(default_factory=lambda: defaultdict(lambda: [0, 0]))

    def append(self, op_id: UUID, effects: list[Effect]) -> tuple[int, int]:
        """Number an operation's row images; returns the first and last number, (0, 0) when it has none."""
        first = self.seq + 1
        for effect in effects:
            spec = SPECS[effect.table]
            if not spec.synced:
                continue
            self.seq += 1
            image = None
            if effect.after is not None:
                image = self.unit.store.codecs[effect.table].encode(effect.after)
            scope = _scope_of(effect)
            self._check(effect, scope, image)
            self.lines.append((self.seq, op_id, scope, spec.group, effect.table, effect.id, image))
        return (first, self.seq) if self.seq >= first else (0, 0)

    def _check(self, effect: Effect, scope: UUID, image: bytes | None) -> None:
        check = self.checks[scope, effect.table]
        if effect.before is not None:
            check[0] -= 1
            check[1] -= effect.before["feed_hash"] or 0
        if image is not None and effect.after is not None:
            number = image_hash(image)
            check[0] += 1
            check[1] += number
            effect.after["feed_seq"] = self.seq
            effect.after["feed_hash"] = number

    def flush(self) -> None:
        """Write feed lines and check sums."""
        unit = self.unit
        postgres = unit.store.dialect == "postgresql"
        lines = [(unit.merchant, *line) for line in self.lines]
        if postgres:
            copy = f"COPY feed ({', '.join(FEED_COLUMNS)}) FROM STDIN"
            copy_in(unit.cursor, copy, FEED_KINDS, lines)
        else:
            marks = ", ".join("?" * len(FEED_COLUMNS))
            sql = f"INSERT INTO feed ({', '.join(FEED_COLUMNS)}) VALUES ({marks})"  # noqa: S608
            unit.cursor.executemany(sql, [_plain(line) for line in lines])
        self._flush_checks(postgres)
        self.lines.clear()

    def _flush_checks(self, postgres: bool) -> None:
        """Add this batch's share to the check sums. They wrap at 64 bits, which SQL's sums do not."""
        mark = "%s" if postgres else "?"
        cursor, merchant = self.unit.cursor, self.unit.merchant
        cursor.execute(
            f"SELECT scope, table_name, rows, sum FROM scope_checks WHERE merchant_id = {mark}",  # noqa: S608
            [merchant],
        )
        old = {
            (scope if postgres else id_of(scope), table): (rows, total)
            for scope, table, rows, total in cursor.fetchall()
        }
        lines = []
        for (scope, table), (rows, total) in sorted(
            self.checks.items(), key=lambda item: (item[0][0].int, item[0][1])
        ):
            before = old.get((scope, table), (0, 0))
            key = [merchant, scope if postgres else scope.bytes, table]
            lines.append([*key, before[0] + rows, wrap(before[1] + total)])
        marks = ", ".join([mark] * 5)
        sql = (
            f"INSERT INTO scope_checks (merchant_id, scope, table_name, rows, sum) VALUES ({marks})"  # noqa: S608
            " ON CONFLICT (merchant_id, scope, table_name)"
            " DO UPDATE SET rows = excluded.rows, sum = excluded.sum"
        )
        cursor.executemany(sql, lines)
        self.checks.clear()


def _scope_of(effect: Effect) -> UUID:
    """Return who gets the row: its outlet's desks or all."""
    if SPECS[effect.table].scope is Scope.MERCHANT:
        return MERCHANT_WIDE
    row: Row = effect.after or effect.before or {}
    scope: UUID = row["outlet_id"]
    return scope


def _plain(line: tuple[Any, ...]) -> list[Any]:
    return [value.bytes if isinstance(value, UUID) else value for value in line]
