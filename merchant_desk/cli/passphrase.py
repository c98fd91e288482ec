"""Asking for a profile's passphrase, and other secrets, on a terminal."""

import getpass
import os
import sys

from merchant_desk.desk import passphrase_from_environment
from merchant_desk.sync.key_faults import PassphraseNotGiven
from merchant_desk.sync.vault import AskPassphrase, PassphraseRequest

NEW_PASSPHRASE = "MERCHANT_DESK_NEW_PASSPHRASE"  # noqa: S105 - the name of a variable
"""Environment variable with the passphrase that a script wants from now on."""

TRIES = 3


def ask_passphrase(request: PassphraseRequest) -> str | None:
    """Return the passphrase from the environment or, on a terminal, from the person; says why it is asked."""
    given = passphrase_from_environment(request)
    if given is not None or not sys.stdin.isatty():
        return given
    print(f"{request.sentence('zh_CN')}\n{request.sentence('en')}", file=sys.stderr)
    return _typed_twice() if request.new else getpass.getpass("> ") or None


def ask_new_passphrase(request: PassphraseRequest) -> str | None:
    """Return a new passphrase: from its own variable, or typed twice on a terminal.

    Raises:
        PassphraseNotGiven: neither; it names that variable.
    """
    given = os.environ.get(NEW_PASSPHRASE) if request.attempt == 1 else None
    if given is None and sys.stdin.isatty():
        print(f"{request.sentence('zh_CN')}\n{request.sentence('en')}", file=sys.stderr)
        given = _typed_twice()
    if given is None and request.problem is None:
        raise PassphraseNotGiven(request.reason.value if request.reason else "", NEW_PASSPHRASE)
    return given


def remembering(ask: AskPassphrase) -> AskPassphrase:
    """Return a function that asks once: what was right is not asked for again by the same command."""
    known: list[str] = []

    def asked(request: PassphraseRequest) -> str | None:
        if known and request.problem is None:
            return known[0]
        given = ask(request)
        known[:] = [] if given is None else [given]
        return given

    return asked


def _typed_twice() -> str | None:
    for _ in range(TRIES):
        first = getpass.getpass("> ")
        if not first:
            return None
        if getpass.getpass("再输一次 / again > ") == first:
            return first
        print("两次输入的口令不一样。 / The two passphrases differ.", file=sys.stderr)
    return None
