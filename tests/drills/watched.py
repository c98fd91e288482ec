"""Runs a command of the product in a process that shows, in one byte of a shared file, what it is doing.

    python -m tests.drills.watched WITNESS MODULE [ARGUMENTS...]

The byte says whether a transaction is open when the process is killed: only so can a drill say how many
of its kills hit one. Nothing of the product is changed: SQLAlchemy's own events are listened to.
"""

import mmap
import runpy
import sys
from pathlib import Path

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

IDLE, OPEN = 0, 1


class Witness:
    """One byte that outlives its process: whether a writing transaction is open."""

    def __init__(self, path: Path) -> None:
        if not path.exists():
            path.write_bytes(bytes([IDLE]))
        self._file = path.open("r+b")
        self._map = mmap.mmap(self._file.fileno(), 1)

    def show(self, state: int) -> None:
        """Set the byte."""
        self._map[0] = state

    @property
    def state(self) -> int:
        """The byte as it is now."""
        return self._map[0]

    def close(self) -> None:
        """Let go of the file."""
        self._map.close()
        self._file.close()


def watch(witness: Witness) -> None:
    """Show every transaction of a writing engine of this process."""

    def begin(connection: Connection) -> None:
        if not _reads_only(connection):
            witness.show(OPEN)

    def end(connection: Connection) -> None:
        if not _reads_only(connection):
            witness.show(IDLE)

    event.listen(Engine, "begin", begin)
    # `commit` is told before the driver commits: the byte is cleared when the connection is next used
    # or given back, so that a kill inside COMMIT counts as one inside the transaction.
    event.listen(Engine, "checkin", lambda *_: witness.show(IDLE))
    event.listen(Engine, "rollback", end)


def _reads_only(connection: Connection) -> bool:
    url = connection.engine.url
    return "mode=ro" in str(url) or connection.engine.pool.size() > 1  # type: ignore[attr-defined]


def main() -> None:
    """Run the module named on the command line as `__main__`, watched."""
    witness = Witness(Path(sys.argv[1]))
    watch(witness)
    module = sys.argv[2]
    sys.argv = [module, *sys.argv[3:]]
    runpy.run_module(module, run_name="__main__")


if __name__ == "__main__":
    main()
