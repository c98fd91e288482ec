"""Giving a closed database file another key: a snapshot comes under one of its own."""

import os
from pathlib import Path

from sqlcipher3 import dbapi2

from merchant_desk.models.encrypted import named_fault
from merchant_desk.models.faults import Corrupted, file_fault
from merchant_desk.models.private_files import sync_to_disk

CACHE_MB = 32


def change_key(path: Path, old: bytes, new: bytes) -> None:
    """Encrypt every page of a closed database anew, in place, and wait until it is on the medium.

    Every page is authenticated on the way, so a damaged file is found out. Nothing else may have the file
    open, and it has no log. It is written without a journal: after an error or a crash it is worth nothing.

    Args:
        path: the file, in rollback mode.
        old: the key that it has, 32 raw bytes.
        new: the key that it gets.

    Raises:
        Fault: WrongKey, Corrupted or NotADatabase where `old` does not open it whole; DiskFull...
    """
    try:
        _encrypt_anew(path, old, new)
        # SQLCipher says "ok" even where it stopped at a page that was damaged.
        problems = _run(path, new, "pragma cipher_integrity_check")
        if problems:
            raise Corrupted(path, str(problems[0][0]))
    except dbapi2.Error as error:
        fault = named_fault(error, path, old)
        if fault is None:
            raise
        raise fault from error
    try:
        handle = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
        try:
            sync_to_disk(handle)
        finally:
            os.close(handle)
    except OSError as error:
        raise file_fault(error, path) from error


def _encrypt_anew(path: Path, old: bytes, new: bytes) -> None:
    _run(
        path,
        old,
        "pragma journal_mode = off",
        "pragma synchronous = off",
        f"pragma cache_size = -{CACHE_MB * 1024}",
        "select count(*) from sqlite_master",
        f"pragma rekey = \"x'{new.hex()}'\"",
    )


def _run(path: Path, key: bytes, *statements: str) -> list[tuple[object, ...]]:
    """Run statements on a connection of their own; returns what the last one said."""
    connection = dbapi2.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True, isolation_level=None)
    try:
        connection.execute("pragma cipher_log_level = NONE")
        connection.execute(f"pragma key = \"x'{key.hex()}'\"")
        found: list[tuple[object, ...]] = []
        for statement in statements:
            found = connection.execute(statement).fetchall()
        return found
    finally:
        connection.close()
