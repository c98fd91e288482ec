"""Asking for a profile's passphrase on a terminal."""

import getpass
import sys

from merchant_desk.desk import passphrase_from_environment
from merchant_desk.sync.vault import PassphraseRequest


def ask_passphrase(request: PassphraseRequest) -> str | None:
    """Return the passphrase from the environment or, on a terminal, from the person; says why it is asked."""
    given = passphrase_from_environment(request)
    if given is not None or not sys.stdin.isatty():
        return given
    print(f"{request.sentence('zh_CN')}\n{request.sentence('en')}", file=sys.stderr)
    return getpass.getpass("> ") or None
