"""Runs a command of the product in a process that shows, in a few bytes of a shared file, what it is doing.

    python -m tests.drills.watched WITNESS MODULE [ARGUMENTS...]

The bytes outlive the process: they say whether a transaction was open when it was killed, and in which
phase of its work it was. Only so can a drill say what its kills hit. Nothing that the product does is
changed: SQLAlchemy's own events are listened to, and the functions of a phase tell when they begin and end.

DRILL_HISTORY names a folder of made-up revisions and the last of them ("FOLDER:0003"): a database that is
opened has a migration before it. They change no row.
"""

import mmap
import os
import runpy
import sys
import threading
from collections import Counter
from collections.abc import Callable
from functools import wraps
from importlib import import_module
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, event
from sqlalchemy.engine import Connection

HISTORY = "DRILL_HISTORY"
OPEN = "transaction"
PHASES = ("scan", "push", "pull", "snapshot", "migration", "checkpoint")

WHERE = (
    ("migration", "merchant_desk.models.migrate", "_migrate_file"),
    ("checkpoint", "merchant_desk.models.encrypted", "checkpoint"),
    ("scan", "merchant_desk.stations.gate", "Gate.take"),
    ("push", "merchant_desk.sync.pushing", "Pusher.send"),
    ("pull", "merchant_desk.sync.desk", "DeskEngine.apply_slice"),
    ("snapshot", "merchant_desk.sync.rebuild", "Rebuild.run"),
    ("push", "merchant_desk.server.intake", "Intake.take"),
    ("pull", "merchant_desk.server.pages", "Pages.page"),
    ("snapshot", "merchant_desk.server.snapshots", "Snapshots.snapshot"),
)
"""Phase, module, function: the first two are imported by name elsewhere, so they come first."""


class Witness:
    """Bytes that outlive their process: how many transactions are open, and what is in which phase."""

    def __init__(self, path: Path) -> None:
        names = (OPEN, *PHASES)
        if not path.exists():
            path.write_bytes(bytes(len(names)))
        self._places = {name: place for place, name in enumerate(names)}
        self._file = path.open("r+b")
        self._map = mmap.mmap(self._file.fileno(), len(names))
        self._counts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def add(self, name: str, difference: int) -> None:
        """Count one more, or one less, of a thing that is going on."""
        with self._lock:
            self._counts[name] = max(self._counts[name] + difference, 0)
            self._map[self._places[name]] = min(self._counts[name], 255)

    def forget(self) -> None:
        """Show nothing: the process is a new one."""
        self._map[:] = bytes(len(self._places))

    def shows(self, name: str) -> bool:
        """Tell whether it is going on, or was when the process died."""
        return self._map[self._places[name]] > 0

    def close(self) -> None:
        """Let go of the file."""
        self._map.close()
        self._file.close()


def watch_transactions(witness: Witness) -> None:
    """Show every transaction of a writing engine of this process."""
    begun: set[int] = set()

    def begin(connection: Connection) -> None:
        driver = id(connection.connection.dbapi_connection)
        if not _reads_only(connection) and driver not in begun:
            begun.add(driver)
            witness.add(OPEN, 1)

    def end(driver: object) -> None:
        if id(driver) in begun:
            begun.discard(id(driver))
            witness.add(OPEN, -1)

    event.listen(Engine, "begin", begin)
    # `commit` is told before the driver commits: the transaction ends here when the connection is given
    # back, so that a kill inside COMMIT counts as one inside the transaction.
    event.listen(Engine, "checkin", lambda driver, _: end(driver))
    event.listen(Engine, "rollback", lambda connection: end(connection.connection.dbapi_connection))


def _reads_only(connection: Connection) -> bool:
    url = connection.engine.url
    return "mode=ro" in str(url) or connection.engine.pool.size() > 1  # type: ignore[attr-defined]


def watch_phases(witness: Witness) -> None:
    """Let the functions of each phase tell when they begin and end."""
    for phase, module, name in WHERE:
        owner: Any = import_module(module)
        *classes, last = name.split(".")
        for part in classes:
            owner = getattr(owner, part)
        setattr(owner, last, _telling(witness, phase, getattr(owner, last)))


def _telling(witness: Witness, phase: str, function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def told(*args: Any, **options: Any) -> Any:
        witness.add(phase, 1)
        try:
            return function(*args, **options)
        finally:
            witness.add(phase, -1)

    return told


def use_history(folder: Path, head: str) -> None:
    """Let this process's own database be brought up to the made-up revisions of a folder."""
    from merchant_desk.models import migrate
    from tests.helpers.revisions import grown

    prepare, history = migrate.prepare, migrate.History(folder, head, grown())

    @wraps(prepare)
    def prepared(engine: Engine, side: Any, path: Path | None, **options: Any) -> None:
        own = path is not None and path.name in ("desk.db", "server.db")
        prepare(engine, side, path, **({"history": history, **options} if own else options))

    migrate.prepare = prepared


def main() -> None:
    """Run the module named on the command line as `__main__`, watched."""
    witness = Witness(Path(sys.argv[1]))
    if os.environ.get(HISTORY):
        folder, _, head = os.environ[HISTORY].rpartition(":")
        use_history(Path(folder), head)
    watch_transactions(witness)
    watch_phases(witness)
    module = sys.argv[2]
    sys.argv = [module, *sys.argv[3:]]
    runpy.run_module(module, run_name="__main__")


if __name__ == "__main__":
    main()
