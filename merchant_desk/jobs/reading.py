"""Reading a file here, or apart: judged row by row in a process of its own, so that no window stands still.

A thread that judges a hundred thousand rows takes the interpreter from the window again and again. The
process that is started here (`reader`) opens nothing but the file. Frames come over a pipe, pickled: chunks
of what was read, judged and counted; at the end the digest of all rows, or what is wrong with the file.
"""

import contextlib
import pickle
import subprocess
import sys
from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Final, NamedTuple

from merchant_desk.documents.import_rows import order_outcomes, product_outcomes
from merchant_desk.documents.mapping import Mapping
from merchant_desk.documents.tabular import Table
from merchant_desk.domain.imports import Chunk, ImportTally, Outcome, chunks
from merchant_desk.jobs.account import Account
from merchant_desk.jobs.order_limits import dated, sized
from merchant_desk.jobs.row_results import RowResults
from merchant_desk.models.faults import Fault
from merchant_desk.sync.priority import behind

CHUNK_ROWS: Final = 100
"""Rows in one operation: about as much as fits between two scans, here and at every desk that pulls it."""

APART: Final = frozenset(("products", "orders"))
"""Kinds whose rules ask nothing of the desk, so that they can be judged elsewhere."""

APART_BYTES: Final = 1 << 20
PACKED: Final = 8
"""A file from this size on is read apart; a packed one holds several times as much as it takes."""


class Part(NamedTuple):
    """A chunk of a file, and the account of its rows alone."""

    chunk: Chunk[Any]
    account: Account


@dataclass(frozen=True)
class Order:
    """What is to be read: a file that was found readable, by its digest, and the mapping to read it by.

    `latest` (microseconds UTC): orders placed later are noted. `whole`: chunks hold what was read, not only
    its account.
    """

    path: Path
    sha256: str
    mapping: Mapping
    latest: int = 0
    whole: bool = True


@dataclass(eq=False)
class ReaderEnded(Fault):
    """The process that read a file has ended before the file did."""

    zh: ClassVar[str] = "读取文件的进程意外结束。已写入的部分保留；请重新检查后再导入。"
    en: ClassVar[str] = (
        "The process that read the file ended unexpectedly. What was written stays; check and import again."
    )


def outcomes_of(table: Table, mapping: Mapping, latest: int) -> Iterator[Outcome]:
    """Read a file of a kind that is `APART`: what becomes of each product or order."""
    if mapping.kind == "products":
        return product_outcomes(table, mapping)
    return (dated(sized(outcome), latest) for outcome in order_outcomes(table, mapping))


def is_large(table: Table) -> bool:
    """Tell whether a file is read apart."""
    packed = table.delimiter is None or table.path.suffix == ".gz"
    return table.size_bytes * (PACKED if packed else 1) >= APART_BYTES


def read_here(outcomes: Iterable[Outcome], account: Account) -> Generator[Part, None, None]:
    """Yield a file's outcomes in chunks, each with its account; `account` gets the digest at the end."""
    digest = sha256()
    for chunk in chunks(outcomes, CHUNK_ROWS):
        yield Part(chunk, _account_of(chunk, account, digest))
    account.tally.seal(digest.hexdigest())


def _account_of(chunk: Chunk[Any], account: Account, digest: Any) -> Account:
    first = min((row.row for outcome in chunk.outcomes for row in outcome.rows), default=0)
    tally = ImportTally(under_way=digest)
    part = Account(account.source, account.kind, tally, results=RowResults(first))
    for _ in part.follow(chunk.outcomes):
        pass
    tally.settle()
    return part


def read_apart(order: Order, account: Account) -> Generator[Part, None, None]:
    """Like `read_here`, in a process of its own; closing the generator ends it.

    Raises:
        ImportProblem, OSError: what makes the rest of the file unreadable.
        ReaderEnded: the process did not come to the end of the file.
    """
    command = [sys.executable, "-m", "merchant_desk.jobs.reader"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(command, **pipes, **behind())  # type: ignore[call-overload]
    source, sink = process.stdout, process.stdin
    try:
        with contextlib.suppress(BrokenPipeError):
            pickle.dump((order, account.source, account.kind), sink)
            sink.close()
        while isinstance(found := _next(source), Part):
            yield found
        if isinstance(found, Exception):
            raise found
        account.tally.seal(found)
    finally:
        process.kill()
        process.wait()
        for pipe in (source, sink):
            with contextlib.suppress(OSError):
                pipe.close()


def _next(source: BinaryIO) -> Part | Exception | str:
    try:
        found: Any = pickle.load(source)  # noqa: S301 - written by our own child over a private pipe
    except (EOFError, pickle.UnpicklingError, OSError) as error:
        raise ReaderEnded from error
    told: Part | Exception | str = found
    return told
