"""What a desk would be if it were built anew from the feed, beside what it is."""

import shutil
from pathlib import Path
from uuid import UUID

from merchant_desk.rehearsal.checks import SHARED, TOTALS, read_rows
from merchant_desk.rehearsal.desk import FILES, RehearsedDesk
from merchant_desk.rehearsal.network import Network
from merchant_desk.rehearsal.server import RehearsedServer
from merchant_desk.rehearsal.violations import Violation
from merchant_desk.sync.transport import CursorTooOld, Unreachable


def check_rebuild(desk: RehearsedDesk, server: RehearsedServer, folder: Path) -> None:
    """A copy that pulls all there is equals one that is built anew, open work on top of both.

    By the feed, or by the server's ready file and the feed since.

    A desk that has all there is stands for such a copy. The desk itself, its clock and its ids are as before.

    Raises:
        Violation: they differ.
    """
    if desk.is_stuck or desk.engine.position.epoch != server.services.epoch:
        return
    chance = desk.chance
    now = chance.now
    built = _copy(desk, server, folder / "probe-b")
    probes = [built]
    pulled = desk
    if not _has_all(desk, server):
        pulled = _copy(desk, server, folder / "probe-a")
        probes.append(pulled)
    try:
        built.exchange.snapshots.wanted = chance.happens(50)
        try:
            if pulled is not desk:
                pulled.exchange.pull(pulled.note, lambda: False)
            built.exchange.build(built.note, lambda: False, by_feed=True)
        except (CursorTooOld, Unreachable):
            return  # it will be built anew in any case; or the server just died
        one, two = _contents(pulled), _contents(built)
        if one != two:
            wrong = sorted({key[0] for key in {*one, *two} if one.get(key) != two.get(key)})
            raise Violation("convergence", f"{desk.name} built anew differs in {', '.join(wrong)}")
    finally:
        for probe in probes:
            probe.die()
            shutil.rmtree(probe.folder)
        chance.now = now


def _has_all(desk: RehearsedDesk, server: RehearsedServer) -> bool:
    """Whether a pull would bring nothing: the desk's cursor is the feed's end."""
    with server.services.database.reader.connect() as connection, connection.begin():
        head: int = connection.exec_driver_sql("SELECT seq FROM counters").scalar() or 0
    return desk.engine.position.cursor == head


def _copy(desk: RehearsedDesk, server: RehearsedServer, folder: Path) -> RehearsedDesk:
    folder.mkdir()
    for name in FILES:
        if (desk.folder / name).exists():
            shutil.copyfile(desk.folder / name, folder / name)
    network = Network(server, desk.chance)
    network.calm = True
    probe = RehearsedDesk(folder, desk.name, desk.outlet, desk.chance, network)
    probe.skew = desk.skew
    probe.start()
    return probe


def _contents(desk: RehearsedDesk) -> dict[tuple[str, UUID], bytes]:
    """Return the canonical bytes of every row that people see, totals of nothing left out."""
    store = desk.engine.store
    found = {}
    with desk.profile.reader.connect() as connection, connection.begin():
        for table in (*SHARED, *TOTALS):
            for row in read_rows(store, connection, table, None):
                if table in TOTALS and not _says_something(row):
                    continue
                found[table, row["id"]] = store.codecs[table].encode(row)
    return found


def _says_something(row: dict[str, object]) -> bool:
    sums = ("on_hand", "reserved", "expected", "done", "quantity")
    return any(row.get(name) for name in sums)
