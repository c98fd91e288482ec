"""Processes that work behind a window give way to it: a person's scan goes first on a busy machine."""

import contextlib
import os
import subprocess
from typing import TypedDict

NICENESS = 5
"""POSIX: about a third of the processor beside one who wants it too; all of it when nobody does."""


class Start(TypedDict, total=False):
    """What `subprocess.Popen` needs to start such a process."""

    creationflags: int


def behind() -> Start:
    """Return how such a process is started: on Windows a class of its own, elsewhere it steps back itself."""
    flag = getattr(subprocess, "BELOW_NORMAL_PRIORITY_CLASS", 0)
    return Start(creationflags=flag) if flag else Start()


def step_back() -> None:
    """Let processes of people go before this one from now on."""
    if hasattr(os, "nice"):
        with contextlib.suppress(OSError):  # not allowed here: it stays as it is
            os.nice(NICENESS)
