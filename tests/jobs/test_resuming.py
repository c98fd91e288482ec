"""A job that was cancelled or killed goes on where it was; what is another job, and what is not."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from merchant_desk.desk import Desk
from merchant_desk.documents.problems import ImportProblem
from merchant_desk.domain.organisation import GrantRole, RevokeRole
from merchant_desk.domain.refusals import Refusal
from merchant_desk.jobs.account import State
from merchant_desk.jobs.faults import FoundOtherwise
from merchant_desk.jobs.passes import Progress
from merchant_desk.jobs.plan import Choices
from tests.helpers.shop import PASSWORD, Shop
from tests.jobs.imports import ORDERS, PRODUCTS, bring_in, job, line, on_desk, order_file, product_file

PROGRAM = """
import sys
from pathlib import Path
from merchant_desk.desk import Desk
from merchant_desk.documents.mapping import load_mapping
from merchant_desk.jobs.import_job import ImportJob
from merchant_desk.jobs.plan import Choices

folder, file, mapping, login, password, correct = sys.argv[1:]
with Desk.open(folder) as desk:
    desk.sign_in(login, password)
    used = load_mapping(Path(mapping))
    choices = Choices("retail", correct=bool(correct))
    work = ImportJob(desk.runtime, lambda: desk.person.id, Path(file), used, choices)
    done = work.run(lambda progress: print(progress.total, progress.rows, flush=True))
    print("done", done.operations, done.new, done.written_rows, flush=True)
"""


def goods(count: int) -> list[tuple[str, str]]:
    return [(f"{n:06d}", f"Thing {n}") for n in range(count)]


def sales(count: int) -> list[str]:
    return [line(str(n // 3), f"S{n % 97}", n % 5 + 1, "2.55", str(n // 3 % 11)) for n in range(count)]


def test_a_cancelled_job_goes_on_where_it_was(desk: Desk, tmp_path: Path) -> None:
    path = product_file(tmp_path, *goods(450))
    seen: list[Progress] = []
    stopped = job(desk, path, PRODUCTS)
    stopped.dry_run()
    first = stopped.run(seen.append, lambda: len(seen) >= 2)
    assert (first.state, first.new, first.written_rows) == (State.CANCELLED, 200, 200)
    assert on_desk(desk, "SELECT status FROM jobs") == ["started"]
    second = bring_in(desk, path, PRODUCTS)
    assert (second.state, second.new, second.standing, second.written_rows) == (State.FINISHED, 250, 200, 450)
    assert second.job_id == first.job_id
    assert on_desk(desk, "SELECT count(*) FROM skus WHERE name LIKE 'Thing%'") == [450]
    assert on_desk(desk, "SELECT status, rows, written, unchanged FROM jobs") == [("finished", 450, 450, 0)]
    assert on_desk(desk, "SELECT number FROM job_chunks ORDER BY number") == [1, 2, 3, 4, 5]


def test_a_job_that_was_cancelled_while_it_looked_wrote_nothing(desk: Desk, tmp_path: Path) -> None:
    account = job(desk, product_file(tmp_path, *goods(300)), PRODUCTS).run(cancelled=lambda: True)
    assert (account.state, account.job_id) == (State.CANCELLED, None)
    assert on_desk(desk, "SELECT count(*) FROM outbox") == [0]


@pytest.mark.parametrize("kind", ["products", "orders"])
def test_a_killed_import_goes_on(shop: Shop, tmp_path: Path, kind: str, long_run: bool) -> None:
    """Kill the process that imports, at moments spread over the job, until one run comes to its end."""
    rows, wanted = (6_000, 8) if long_run else (1_500, 2)
    path = product_file(tmp_path, *goods(rows)) if kind == "products" else order_file(tmp_path, *sales(rows))
    folder = closed_profile(shop)
    mapping = tmp_path / "mapping.json"
    mapping.write_bytes(msgspec.json.encode(PRODUCTS if kind == "products" else ORDERS))
    kills, last = 0, ""
    while not last.startswith("done"):
        at = rows * (kills + 1) // (wanted + 1)
        last = run_until(folder, path, mapping, at if kills < wanted else rows * 9)
        kills += not last.startswith("done")
    assert kills == wanted
    with Desk.open(folder) as desk:
        table = "skus" if kind == "products" else "order_lines"
        count = rows + 2 if kind == "products" else rows
        assert on_desk(desk, f"SELECT count(*), count(DISTINCT id) FROM {table}") == [(count, count)]
        assert on_desk(desk, "SELECT status, rows, written, unchanged, refused FROM jobs") == [
            ("finished", rows, rows, 0, 0)
        ]
        numbers = on_desk(desk, "SELECT device_seq FROM outbox ORDER BY device_seq")
        assert numbers == list(range(1, len(numbers) + 1))


def test_a_killed_import_that_corrects_goes_on(shop: Shop, tmp_path: Path, long_run: bool) -> None:
    rows, wanted = (6_000, 6) if long_run else (1_500, 2)
    desk = shop.desk("manager")
    bring_in(desk, product_file(tmp_path, *goods(rows)), PRODUCTS)
    folder = desk.runtime.profile.folder
    desk.close()
    renamed = [(code, f"{name} anew") for code, name in goods(rows)]
    path, mapping = product_file(tmp_path, *renamed, name="anew.csv"), tmp_path / "mapping.json"
    mapping.write_bytes(msgspec.json.encode(PRODUCTS))
    kills, last = 0, ""
    while not last.startswith("done"):
        at = rows * (kills + 1) // (wanted + 1)
        last = run_until(folder, path, mapping, at if kills < wanted else rows * 9, "correct")
        kills += not last.startswith("done")
    assert kills == wanted
    with Desk.open(folder) as desk:
        assert on_desk(desk, "SELECT count(*) FROM skus WHERE name LIKE 'Thing % anew'") == [rows]
        assert on_desk(desk, "SELECT count(*) FROM outbox WHERE kind = 'import_corrections'") == [rows // 100]
        ended = on_desk(desk, "SELECT status, written, unchanged FROM jobs ORDER BY started_at DESC LIMIT 1")
        assert ended == [("finished", rows, 0)]


def closed_profile(shop: Shop) -> Path:
    """Enrol the manager's desk and close it; the manager may work at it offline."""
    desk = shop.desk("manager")
    folder = desk.runtime.profile.folder
    desk.close()
    return folder


def run_until(folder: Path, path: Path, mapping: Path, rows: int, correct: str = "") -> str:
    """Import in another process and kill it once it has written so many rows; return its last line."""
    command = [sys.executable, "-c", PROGRAM, folder, path, mapping, "manager", PASSWORD, correct]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "PYTHONUTF8": "1"}
    with subprocess.Popen(
        [str(word) for word in command],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        last = ""
        for text in process.stdout:
            last = text
            total, seen = text.split()[:2]
            if total.isdigit() and int(total) and int(seen) >= rows:
                # Somewhere inside the next operation.
                time.sleep(0.004)
                process.send_signal(signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
                break
        errors = process.stderr.read()
    assert last, errors
    return last


def test_another_mapping_or_channel_is_another_job(desk: Desk, tmp_path: Path) -> None:
    path = order_file(tmp_path, *sales(30))
    first = job(desk, path, ORDERS).dry_run()
    again = job(desk, path, msgspec.structs.replace(ORDERS, name="renamed")).dry_run()
    assert again.job_id == first.job_id
    services = msgspec.structs.replace(ORDERS.options, cancellation_prefix="")
    others = [
        job(desk, path, msgspec.structs.replace(ORDERS, options=services)).dry_run(),
        job(desk, path, ORDERS, Choices("till")).dry_run(),
        job(desk, path, ORDERS, Choices("retail", open_from=0)).dry_run(),
        job(desk, order_file(tmp_path, *sales(31), name="more.csv"), ORDERS).dry_run(),
    ]
    assert len({first.job_id, *(other.job_id for other in others)}) == 5


def test_a_file_that_changes_after_it_was_checked_is_told(desk: Desk, tmp_path: Path) -> None:
    path = product_file(tmp_path, *goods(250))
    work = job(desk, path, PRODUCTS)
    work.dry_run()
    path.write_text(path.read_text(encoding="utf-8") + "1,x\n", encoding="utf-8")
    with pytest.raises(ImportProblem, match="file_changed"):
        work.run()
    assert on_desk(desk, "SELECT count(*) FROM outbox") == [0]


def test_a_file_that_changes_unseen_is_told_at_the_end(desk: Desk, tmp_path: Path) -> None:
    """Same size, same time, another code in the last row."""
    path = product_file(tmp_path, *goods(250))
    work = job(desk, path, PRODUCTS)
    work.dry_run()
    stamp = path.stat()
    path.write_bytes(path.read_bytes().replace(b"000249,", b"000001,"))
    os.utime(path, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    with pytest.raises(FoundOtherwise):
        work.run()
    assert on_desk(desk, "SELECT status FROM jobs") == ["started"]


def test_somebody_without_the_right_writes_nothing(shop: Shop, tmp_path: Path) -> None:
    worker = shop.desk("worker")
    with pytest.raises(Refusal, match="not_allowed"):
        bring_in(worker, product_file(tmp_path, *goods(250)), PRODUCTS)
    assert on_desk(worker, "SELECT count(*) FROM outbox") == [0]


def test_a_refused_chunk_is_done_again_by_the_next_run(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    """The right was taken away meanwhile: the server refuses, the desk withdraws, a later run does it."""
    world = shop.world
    path = product_file(tmp_path, *goods(150))
    shop.fetch.down = True
    bring_in(desk, path, PRODUCTS)
    shop.fetch.down = False
    house = world.server.house
    grants = on_desk(desk, "SELECT id FROM roles WHERE role = 'manager'")
    house.do(world.merchant_id, *(RevokeRole(UUID(bytes=grant)) for grant in grants))
    desk.sync()
    assert {one.code for one in desk.refused()} == {"not_allowed"}
    assert on_desk(desk, "SELECT count(*) FROM skus WHERE name LIKE 'Thing%'") == [0]
    assert on_desk(desk, "SELECT count(*) FROM jobs") == [0]
    house.do(world.merchant_id, GrantRole(world.manager, "manager", None))
    desk.sync()
    account = bring_in(desk, path, PRODUCTS)
    desk.sync()
    assert (account.new, account.written_rows) == (150, 150)
    assert on_desk(desk, "SELECT count(*) FROM skus WHERE name LIKE 'Thing%'") == [150]
