"""Undoing a large import: it is told how far it is, holds nobody up, and goes on where it was killed."""

import gc
import os
import signal
import subprocess
import sys
from pathlib import Path
from uuid import UUID

import pytest

from merchant_desk.desk import Desk
from merchant_desk.jobs.undo_job import UndoJob
from tests.helpers.shop import PASSWORD, Shop
from tests.jobs.imports import PRODUCTS, bring_in, on_desk, product_file

ACTIVE = "SELECT count(*) FROM skus WHERE job_id IS NOT NULL AND archived = 0"
PROGRAM = """
import sys
from uuid import UUID
from merchant_desk.desk import Desk
from merchant_desk.jobs.undo_job import UndoJob

folder, job_id, login, password, rows = sys.argv[1:]
with Desk.open(folder) as desk:
    desk.sign_in(login, password)
    work = UndoJob(desk.runtime, lambda: desk.person.id, UUID(job_id), int(rows))
    print("done", work.run(told=lambda done, total: print(done, total, flush=True)).taken_back, flush=True)
"""


def imported(desk: Desk, folder: Path, rows: int) -> UUID:
    path = product_file(folder, *((f"{n:06d}", f"Thing {n}") for n in range(rows)))
    job_id = bring_in(desk, path, PRODUCTS).job_id
    assert job_id is not None
    return job_id


def test_it_tells_how_far_it_is_and_whether_it_was_stopped(desk: Desk, tmp_path: Path) -> None:
    job_id, seen = imported(desk, tmp_path, 180), list[tuple[int, int]]()
    work = UndoJob(desk.runtime, lambda: desk.person.id, job_id, 180)
    stopped = work.run(lambda: len(seen) > 2, lambda done, total: seen.append((done, total)))
    assert seen == [(0, 180), (50, 180), (100, 180)]
    assert (stopped.ended, stopped.taken_back, stopped.kept) == (False, 100, 80)
    rest = UndoJob(desk.runtime, lambda: desk.person.id, job_id, 180).run()
    assert (rest.ended, rest.taken_back, rest.kept) == (True, 180, 0)


def test_the_collector_walks_through_nothing_of_it(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each of its walks holds up the window, the longer the more rows the job has in its hands."""
    job_id, collecting = imported(desk, tmp_path, 60), list[bool]()
    for name in ("made_by", "barcodes_of", "skus_in_use", "returning", "documents_in_use"):
        asked = getattr(sys.modules["merchant_desk.jobs.undo_job"], name)

        def watched(*args: object, asked: object = asked) -> object:
            collecting.append(gc.isenabled())
            assert callable(asked)
            return asked(*args)

        monkeypatch.setattr(f"merchant_desk.jobs.undo_job.{name}", watched)
    assert gc.isenabled()
    UndoJob(desk.runtime, lambda: desk.person.id, job_id, 60).run()
    assert len(collecting) >= 6
    assert not any(collecting)
    assert gc.isenabled()


def test_a_killed_undo_goes_on(shop: Shop, tmp_path: Path, long_run: bool) -> None:
    rows, kills = (6_000, 6) if long_run else (1_500, 2)
    desk = shop.desk("manager")
    job_id, folder = imported(desk, tmp_path, rows), desk.runtime.profile.folder
    desk.close()
    for kill in range(kills):
        assert not run(folder, job_id, rows, rows // (kills + 1)).startswith("done"), kill
    last = run(folder, job_id, rows, rows * 9)
    assert last == f"done {rows}\n"
    with Desk.open(folder) as again:
        assert on_desk(again, ACTIVE) == [0]
        assert on_desk(again, "SELECT status FROM jobs") == ["undone"]
        assert on_desk(again, "SELECT sum(created) FROM job_chunks WHERE kind = 'undo'") == [rows]
        numbers = on_desk(again, "SELECT device_seq FROM outbox ORDER BY device_seq")
        assert numbers == list(range(1, len(numbers) + 1))


def run(folder: Path, job_id: UUID, rows: int, until: int) -> str:
    """Undo in another process and kill it once it has been through so many; return its last line."""
    words = [sys.executable, "-c", PROGRAM, str(folder), str(job_id), "manager", PASSWORD, str(rows)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"}
    with subprocess.Popen(
        words, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, encoding="utf-8"
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        last = ""
        for last in process.stdout:
            done = last.split()[0]
            if done.isdigit() and int(done) >= until:
                process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
                break
        errors = process.stderr.read()
    assert last, errors
    return last
