"""A recovery paper at a terminal: read from a file, or typed."""

import re
import sys
from pathlib import Path

from merchant_desk.sync.recovery import RecoveryKey

STDIN = "-"

_KEY = re.compile(r"\b(?:[0-9A-Za-z]{6}-){8}[0-9A-Za-z]{1,6}\b")
"""A recovery key as `RecoveryKey.text` writes it, somewhere in a saved sheet."""


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
