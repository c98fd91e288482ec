"""Recovery papers at a terminal: one made for a desk, one read from a file or typed."""

import os
import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from merchant_desk.desk import Desk
from merchant_desk.documents.recovery_sheet import RecoverySheet, write_sheet
from merchant_desk.models.queries.operation_lists import place
from merchant_desk.sync.key_copies import make_own_paper
from merchant_desk.sync.recovery import RecoveryKey

STDIN = "-"

_KEY = re.compile(r"\b(?:[0-9A-Za-z]{6}-){8}[0-9A-Za-z]{1,6}\b")
"""A recovery key as `RecoveryKey.text` writes it, somewhere in a saved sheet."""


def print_own_paper(desk: Desk, path: Path) -> str:
    """Make a paper for this desk alone and write its sheet; returns its number. The former one is void.

    Raises:
        OSError: the sheet cannot be written; the former paper stays good.
    """
    with desk.read() as connection, connection.begin():
        where = place(connection, desk.identity.outlet_id)
    profile, identity = desk.runtime.profile, desk.identity
    merchant = where.merchant if where else ""
    day = datetime.fromtimestamp(desk.runtime.now() / 1_000_000, UTC).date().isoformat()

    def sheet(paper: RecoveryKey) -> RecoverySheet:
        return RecoverySheet(paper.text, paper.number, merchant, f"{identity.code} {identity.name}", day)

    return make_own_paper(
        profile.folder, profile.vault, os.urandom, lambda paper: write_sheet(path, sheet(paper))
    ).number


def read_paper(source: str) -> RecoveryKey:
    """Read a recovery key from a file (a saved sheet too), or with "-" from standard input.

    Raises:
        Fault: CodeMistyped and the others of `RecoveryKey.parse`.
        OSError: the file cannot be read.
    """
    if source == STDIN:
        if sys.stdin.isatty():
            print("请输入打印的恢复密钥 / type the printed recovery key:", file=sys.stderr)
        text = sys.stdin.readline()
    else:
        text = Path(source).read_text(encoding="utf-8")
    found = _KEY.search(text)
    return RecoveryKey.parse(found.group() if found else text)
