"""All data of a merchant as one file in open formats, read in one moment while the server goes on.

What the files are and mean is said in `documents/archive_schema.py`.
"""

import base64
import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Column, Connection, LargeBinary, Select, select, type_coerce

from merchant_desk.documents.archive_file import ArchiveFile, Sink
from merchant_desk.documents.archive_schema import OPERATION_FIELDS, PERSONAL, Entity, entities, utc_text
from merchant_desk.domain.archives import PERSONAL_RIGHT, RIGHTS, NoteArchive
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.columns import Id
from merchant_desk.models.server_tables import counters, metadata, operations
from merchant_desk.models.whole_files import whole_file
from merchant_desk.server.backup_postgres import take_time
from merchant_desk.server.services import Services
from merchant_desk.server.state import read_values
from merchant_desk.sync.codec import decode_body
from merchant_desk.sync.personal import open_details
from merchant_desk.sync.protocol import decode_header
from merchant_desk.sync.sealing import SealBroken

AT_ONCE = 1_000
"""Rows that are in memory at a time."""

SECRET_MEMBERS = ("badge",)
"""Members within an operation's body that open something, and so are in no archive."""

PIECE = 1 << 18
"""Bytes, at least, of what is passed on at a time to somebody who waits for an archive."""

LAST = 1 << 10
"""Bytes at a zip's end, without which no program opens it: they leave once it is on record who has it."""

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Archived:
    """What an archive has: rows by file, bytes and SHA-256 (hexadecimal) of all; `as_of` is a feed number."""

    path: Path
    rows: dict[str, int]
    size: int
    sha256: str
    as_of: int


class _Spout:
    """Passes on what is written, in pieces, but the last bytes, which make a zip whole, only at its `end`.

    They are counted, not told by who writes them: a zip's comment, empty, is written after its end.
    """

    def __init__(self, put: Callable[[bytes], None]) -> None:
        self._put = put
        self._waiting = bytearray()
        self._digest = hashlib.sha256()

    @property
    def sha256(self) -> str:
        """The sum of all that was written, in hexadecimal."""
        return self._digest.hexdigest()

    def write(self, data: bytes, /) -> int:
        """Take some bytes."""
        if len(self._waiting) >= PIECE + LAST:
            self.hold()
        self._waiting += data
        self._digest.update(data)
        return len(data)

    def flush(self) -> None:
        """Pass nothing on before its time."""

    close = flush

    def hold(self) -> None:
        """Pass on all but the last bytes."""
        self.pass_on(len(self._waiting) - LAST)

    def end(self) -> None:
        """Pass on what is left."""
        self.pass_on(len(self._waiting))

    def pass_on(self, size: int) -> None:
        """Pass on so many bytes of what waits."""
        if size > 0:
            given = bytes(self._waiting[:size])
            del self._waiting[:size]
            self._put(given)


def archivist(services: Services, merchant_id: UUID, login: str, password: str, *, personal: bool) -> UUID:
    """Return the person who proves himself and may take an archive out.

    Raises:
        Refusal: `sign_in_failed`, `sign_in_locked`, `password_not_set`; `not_allowed`.
    """
    people = services.people
    person_id = people.vouch(merchant_id, login, password, RIGHTS[0])
    for right in (*RIGHTS[1:], *((PERSONAL_RIGHT,) if personal else ())):
        people.check_right(merchant_id, person_id, right)
    return person_id


def archive(
    services: Services, merchant_id: UUID, person_id: UUID, target: Path, *, personal: bool
) -> Archived:
    """Write all data of a merchant into a zip. Who did it is on record before the file is there.

    Args:
        services: of the server, which may run at the same time, here or in another process.
        merchant_id, person_id: whose data, and who takes them; `archivist` has looked at the rights.
        target: the file; only its owner may read it. It appears whole or not at all.
        personal: whether to open buyers' personal values.

    Raises:
        Fault: the disk's troubles, the database's.
    """
    with whole_file(target) as part:
        rows, as_of = _write(services, merchant_id, person_id, part, personal=personal)
        size, sha256 = part.stat().st_size, _sum_of(part)
        _note(
            services, merchant_id, person_id, NoteArchive(target.name, sha256, sum(rows.values()), personal)
        )
    return Archived(target, rows, size, sha256, as_of)


def pour(
    services: Services,
    merchant_id: UUID,
    person_id: UUID,
    put: Callable[[bytes], None],
    *,
    name: str,
    personal: bool,
) -> None:
    """Write the same to somebody who waits for it, in pieces. Who did it is on record before the last bytes.

    Args:
        services, merchant_id, person_id, personal: as for `archive`.
        put: takes one piece; what it raises ends the archive, and before the last bytes nothing is on record.
        name: of the file that it becomes there.

    Raises:
        Fault: the database's.
    """
    spout = _Spout(put)
    rows, _ = _write(services, merchant_id, person_id, spout, personal=personal)
    spout.hold()
    _note(services, merchant_id, person_id, NoteArchive(name, spout.sha256, sum(rows.values()), personal))
    spout.end()


def _write(
    services: Services, merchant_id: UUID, person_id: UUID, target: Path | Sink, *, personal: bool
) -> tuple[dict[str, int], int]:
    """Write the zip; returns the rows by file, and the feed number that it is as of."""
    now = services.edge.clock()
    with services.database.read_beside() as connection:
        if connection.dialect.name == "postgresql":
            take_time(connection)
        source = _Source(connection, merchant_id)
        about = source.about(person_id, now, services.edge.version)
        with ArchiveFile(target, personal=personal, about=about) as file:
            for entity in entities():
                file.write_table(entity, source.rows(entity))
            if personal:
                file.write_table(PERSONAL, source.personal())
            file.write_operations(source.operations())
            file.finish()
    return file.rows, about["seq"]


def _note(services: Services, merchant_id: UUID, person_id: UUID, note: NoteArchive) -> None:
    services.house.do(merchant_id, note, by=lambda body: person_id)


@dataclass(frozen=True, slots=True)
class Taken:
    """An archive that was taken out: when (microseconds UTC), by whom, and what the file was."""

    made_at: int
    person: str
    name: str
    rows: int
    personal: bool
    sha256: str


def taken(services: Services, merchant_id: UUID) -> list[Taken]:
    """Return the archives of a merchant that were taken out, in their order."""
    made, persons = metadata.tables["archives"].c, metadata.tables["persons"].c
    same = (persons.merchant_id == made.merchant_id) & (persons.id == made.person_id)
    query = (
        select(made.made_at, persons.name, made.name, made.rows, made.personal, made.sha256)
        .join_from(made.id.table, persons.id.table, same)
        .where(made.merchant_id == merchant_id)
        .order_by(made.made_at, made.id)
    )
    with services.database.reader.connect() as connection, connection.begin():
        rows = connection.execute(query).all()
    return [
        Taken(at, who, name, rows, bool(personal), digest) for at, who, name, rows, personal, digest in rows
    ]


class _Source:
    """Reads one merchant's rows in one transaction, some at a time."""

    def __init__(self, connection: Connection, merchant_id: UUID) -> None:
        self._connection = connection
        self._merchant_id = merchant_id

    def about(self, person_id: UUID, now: int, version: str) -> dict[str, Any]:
        """Return what an archive says of itself; the first reading, which fixes the moment."""
        state = read_values(self._connection)
        where = counters.c.merchant_id == self._merchant_id
        seq = self._connection.scalar(select(counters.c.seq).where(where)) or 0
        merchant = self._one("merchants", self._merchant_id)
        return {
            "merchant": {name: str(merchant[name]) for name in ("id", "name", "currency")},
            "created": utc_text(now),
            "created_us": now,
            "person": self._one("persons", person_id)["name"],
            "version": version,
            "epoch": state["epoch"],
            "seq": seq,
        }

    def rows(self, entity: Entity) -> Iterator[Sequence[Any]]:
        """Yield a table's rows in the order of their ids."""
        table = metadata.tables[entity.table]
        chosen = select(*(self._as_stored(table.c[name]) for name in entity.columns))
        yield from self._stream(chosen.where(table.c.merchant_id == self._merchant_id).order_by(table.c.id))

    def _as_stored(self, column: "Column[Any]") -> Any:
        """Return a column as the driver has it: an id object of each would cost half of the time."""
        is_bytes = self._connection.dialect.name == "sqlite" and isinstance(column.type, Id)
        return type_coerce(column, LargeBinary) if is_bytes else column

    def personal(self) -> Iterator[Sequence[Any]]:
        """Yield the opened values of buyers whose key is there and who were not erased."""
        buyers, secrets, keys = (metadata.tables[f"buyer{name}"] for name in ("s", "_secrets", "_keys"))
        query = (
            select(secrets.c.id, secrets.c.sealed, keys.c.key)
            .join(keys, (keys.c.merchant_id == secrets.c.merchant_id) & (keys.c.id == secrets.c.id))
            .join(buyers, (buyers.c.merchant_id == secrets.c.merchant_id) & (buyers.c.id == secrets.c.id))
            .where(secrets.c.merchant_id == self._merchant_id, buyers.c.erased_at.is_(None))
            .order_by(secrets.c.id)
        )
        for id, sealed, key in self._stream(query):
            with suppress(SealBroken, ValueError):  # its desk has not handed over the right key yet
                details = open_details(id, bytes(sealed), bytes(key))
                yield id, details.name, details.phone, details.address

    def operations(self) -> Iterator[dict[str, Any]]:
        """Yield every operation as a line of the log, in the order of their ids."""
        c = operations.c
        query = (
            select(c.header, c.body, c.status, c.code, c.facts, c.received_at)
            .where(c.merchant_id == self._merchant_id)
            .order_by(c.op_id)
        )
        for row in self._stream(query):
            yield _line(*row)

    def _stream(self, query: "Select[Any]") -> Iterator[Any]:
        with self._connection.execution_options(yield_per=AT_ONCE).execute(query) as result:
            yield from result

    def _one(self, name: str, id: UUID) -> Any:
        table = metadata.tables[name]
        where = (table.c.merchant_id == self._merchant_id) & (table.c.id == id)
        return self._connection.execute(select(table).where(where)).mappings().one()


def _line(
    header: bytes, body: bytes | None, status: str, code: str, facts: str, received_at: int
) -> dict[str, Any]:
    head = decode_header(bytes(header))
    said = _said(head.kind, head.version, bytes(body)) if body is not None else None
    values: Iterable[Any] = (
        str(head.op_id),
        head.kind,
        head.version,
        str(head.device_id),
        head.device_seq,
        str(head.person_id),
        head.time,
        utc_text(head.time),
        received_at,
        utc_text(received_at),
        status,
        code,
        json.loads(facts or "{}"),
        said,
    )
    return dict(zip(OPERATION_FIELDS, values, strict=True))


def _said(kind: str, version: int, body: bytes) -> Any:
    """Return a body as JSON has it; one of a kind that this program does not know as it stands there."""
    try:
        said = msgspec.to_builtins(decode_body(kind, version, body))
    except Refusal:
        said = _unknown(body)
    return _without_secrets(said)


def _without_secrets(said: Any) -> Any:
    """Return it without what opens something, at any depth: operations hold lists of others."""
    if isinstance(said, dict):
        return {name: _without_secrets(one) for name, one in said.items() if name not in SECRET_MEMBERS}
    if isinstance(said, list | tuple):
        return [_without_secrets(one) for one in said]
    return said


def _unknown(body: bytes) -> Any:
    try:
        return msgspec.to_builtins(msgspec.msgpack.decode(body), str_keys=True)
    except (msgspec.DecodeError, TypeError):
        return base64.b64encode(body).decode()


def _sum_of(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(_CHUNK):
            digest.update(data)
    return digest.hexdigest()
