"""Parts of a file on their way to their place in it (RFC 9110, 14); what headers say of a snapshot."""

import os
import re
from pathlib import Path
from uuid import UUID

import httpx

from merchant_desk.models.faults import file_fault
from merchant_desk.models.private_files import OWNER_ONLY
from merchant_desk.sync.administration import (
    EPOCH_HEADER,
    SNAPSHOT_KEY_HEADER,
    SNAPSHOT_SCHEMA_HEADER,
    SNAPSHOT_SEQ_HEADER,
    SnapshotPart,
)

FILE_MEDIA = "application/octet-stream"
MOST_TAG = 64
"""Letters and digits of a snapshot's tag."""

TOLD = (
    "ETag",
    "Content-Range",
    EPOCH_HEADER,
    SNAPSHOT_KEY_HEADER,
    SNAPSHOT_SEQ_HEADER,
    SNAPSHOT_SCHEMA_HEADER,
)

_SPAN = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18})")


def told_of(answer: httpx.Response) -> dict[str, str]:
    """Return the headers of a part that are of use."""
    return {name: answer.headers[name] for name in TOLD if name in answer.headers}


def write_part(answer: httpx.Response, told: dict[str, str], path: Path) -> None:
    """Write a part to its place; an answer that is no part (200: it is another file) is left.

    What the file held from there on is cut off.

    Raises:
        DiskFull, FileUnusable: the file cannot be written.
        httpx.HTTPError: the line broke; what came is in the file.
    """
    span = _SPAN.fullmatch(told.get("Content-Range", ""))
    if answer.status_code != httpx.codes.PARTIAL_CONTENT or span is None:
        return
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_BINARY", 0), OWNER_ONLY)
        with os.fdopen(handle, "wb") as file:
            file.truncate(int(span[1]))
            file.seek(int(span[1]))
            for chunk in answer.iter_raw():
                file.write(chunk)
    except OSError as error:
        raise file_fault(error, path) from error


def part_of(told: dict[str, str]) -> SnapshotPart | None:
    """Read what headers say of a part of a snapshot; None if they do not say it all."""
    span = _SPAN.fullmatch(told.get("Content-Range", ""))
    tag = told.get("ETag", "").strip('"')
    if span is None or not (tag.isascii() and tag.isalnum() and len(tag) <= MOST_TAG):
        return None  # the tag becomes a part of a file's name
    try:
        return SnapshotPart(
            tag,
            int(span[2]) + 1,
            int(span[3]),
            int(told[SNAPSHOT_SEQ_HEADER]),
            int(told[SNAPSHOT_SCHEMA_HEADER]),
            UUID(told[EPOCH_HEADER]),
            told[SNAPSHOT_KEY_HEADER],
        )
    except (KeyError, ValueError):
        return None
