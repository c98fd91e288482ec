"""The process that reads a file apart; see `reading`."""

import contextlib
import gc
import os
import pickle
import sys
from dataclasses import replace
from typing import BinaryIO

from merchant_desk.documents.mapping import open_mapped
from merchant_desk.documents.problems import ImportProblem
from merchant_desk.jobs.account import Account
from merchant_desk.jobs.reading import Order, outcomes_of, read_here
from merchant_desk.sync.priority import step_back


def main() -> None:
    """Read what standard input orders; frames go to standard output."""
    step_back()
    gc.disable()  # what a reader keeps, it keeps to its end
    sink, sys.stdout = sys.stdout.buffer, sys.stderr  # frames only: a stray line would be taken for one
    order, name, kind = pickle.load(sys.stdin.buffer)  # noqa: S301 - written by our own parent
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):  # nobody listens any more
        try:
            _read(order, Account(name, kind), sink)
        except BrokenPipeError:
            raise
        except (ImportProblem, OSError) as error:
            _send(error, sink)
    os._exit(0)


def _read(order: Order, account: Account, sink: BinaryIO) -> None:
    table = open_mapped(order.path, order.mapping)
    if table.sha256 != order.sha256:
        raise ImportProblem("file_changed")
    for part in read_here(outcomes_of(table, order.mapping, order.latest), account):
        _send(part if order.whole else part._replace(chunk=replace(part.chunk, outcomes=())), sink)
    _send(account.tally.digest, sink)


def _send(frame: object, sink: BinaryIO) -> None:
    pickle.dump(frame, sink, pickle.HIGHEST_PROTOCOL)
    sink.flush()


if __name__ == "__main__":
    main()
