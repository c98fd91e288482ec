"""Deleting so that it is gone: from the pages of an SQLite file and from its write-ahead log.

Not beyond the file: a disk, above all a solid-state one, may keep old blocks of it, encrypted as they were.
"""

from sqlalchemy import Connection, Engine

from merchant_desk.models.faults import Fault


def overwrite_deleted(connection: Connection) -> None:
    """Overwrite what the running transaction deletes, whole pages included; PostgreSQL has no such thing.

    What moves inside a page is always overwritten (`secure_delete = fast`, see `encrypted.py`).
    """
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("pragma secure_delete = on")


def cut_log(engine: Engine) -> bool:
    """Move the write-ahead log into the file and cut it off, without waiting for readers.

    Returns:
        whether it was done; False: somebody reads, try again later.
    """
    if engine.dialect.name != "sqlite":
        return True
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        waits = cursor.execute("pragma busy_timeout").fetchone()[0]
        cursor.execute("pragma busy_timeout = 0")
        try:
            blocked = cursor.execute("pragma wal_checkpoint(TRUNCATE)").fetchone()[0]
        finally:
            cursor.execute(f"pragma busy_timeout = {int(waits)}")
            cursor.execute("pragma secure_delete = fast")
        return not blocked
    except Fault:  # a full disk, say: the log stays, and is overwritten as work goes on
        return False
    finally:
        connection.close()
