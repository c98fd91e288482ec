"""How a writer's transactions get to the disk: each waits for it, unless a durable one is sure to follow."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Connection


@contextmanager
def unsynced(connection: Connection) -> Iterator[None]:
    """Let transactions of a writer's connection commit without waiting for the disk during the block.

    They are in the log in order, outlive the program, and are synced by the next durable commit or
    checkpoint; a power cut before that loses them, and nothing before them. No transaction may run at
    either end.
    """
    cursor = connection.connection.cursor()
    try:
        cursor.execute("pragma synchronous = normal")
        yield
    finally:
        cursor.execute("pragma synchronous = full")
        cursor.close()
