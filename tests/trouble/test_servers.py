"""A server that cannot start or go on: it says why in both languages, makes nothing, and harms nobody."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from merchant_desk.sync.transport import ServerProblem
from tests.helpers.postgres import PostgresCluster, PostgresUnavailableError
from tests.server.running import run, running
from tests.trouble.shopfloor import INIT, RealShop, at_work, on_hand, real_shop
from tests.trouble.words import failed, told


@pytest.fixture
def cluster() -> Iterator[PostgresCluster]:
    """A PostgreSQL of this test's own."""
    try:
        made = PostgresCluster(durable=True)
    except PostgresUnavailableError as unavailable:
        pytest.skip(str(unavailable))
    with made:
        yield made


def test_a_busy_port_is_named_and_whoever_has_it_works_on(shop: RealShop, desk: Desk, tmp_path: Path) -> None:
    port = shop.server.url.rpartition(":")[2]
    other = ("--data-dir", str(tmp_path / "other"))
    done = run("serve", *other, "--port", port, "--demo", "--plain-http", *INIT)
    failed(done, f"端口 {port}.*占用.*--port", f"Port {port} .*is in use.*--port")
    assert not (tmp_path / "other" / "server.db").exists()
    floor = at_work(desk)
    floor.scan(3)
    assert desk.sync().waiting == 0
    assert floor.on_hand() == 3


def test_postgresql_down_at_the_start_is_told_and_then_waited_for(
    cluster: PostgresCluster, tmp_path: Path
) -> None:
    url = cluster.server.create_database()
    cluster.stop()
    where = ("--database-url", url, "--plain-http")
    done = run("serve", "--data-dir", str(tmp_path / "a"), "--port", "0", *where, "--wait", "1")
    failed(
        done, f"连不上 PostgreSQL.*{cluster.port}.*自动继续", f"cannot be reached.*{cluster.port}.*by itself"
    )
    starter = threading.Timer(1.5, cluster.start)
    starter.start()
    (tmp_path / "b").mkdir()
    with real_shop(tmp_path / "b", *where, "--wait", "60") as shop:
        starter.join()
        floor = at_work(shop.desk(tmp_path / "desk"))
        floor.scan(4)
        assert floor.desk.sync().waiting == 0


def test_postgresql_that_goes_away_under_work_costs_nothing(cluster: PostgresCluster, tmp_path: Path) -> None:
    url = cluster.server.create_database()
    with real_shop(tmp_path, "--database-url", url, "--plain-http") as shop:
        desk = shop.desk(tmp_path / "desk")
        floor = at_work(desk)
        floor.scan(2)
        desk.sync()
        cluster.stop(crash=True)  # as killed: what it had told applied must be there again
        floor.scan(5)
        with pytest.raises(ServerProblem) as trouble:
            desk.sync()
        told(trouble.value).says("连不上它的数据库.*自动重试", "cannot reach its database.*by itself")
        assert desk.status.waiting == 5
        cluster.start()
        assert desk.sync().waiting == 0
        other = shop.desk(tmp_path / "other")
        assert on_hand(other, floor.sku_id) == floor.saved == 7


@pytest.mark.expects_log("rebuild_needed")
@pytest.mark.long
def test_desks_bring_back_what_a_restored_postgresql_lacks(cluster: PostgresCluster, tmp_path: Path) -> None:
    """Two desks worked on after the copy was made: both desks' work is there again, once."""
    words = ("--database-url", cluster.server.create_database())
    data, copy = ("--data-dir", str(tmp_path / "server"), *words), tmp_path / "copy.mdbackup"
    folders = [tmp_path / name for name in ("one", "two")]
    with real_shop(tmp_path, *words, "--plain-http") as shop:
        floors = [at_work(shop.desk(folder)) for folder in folders]
        for floor in floors:
            floor.scan(2)
            floor.desk.sync()
        done = run("backup", *data, "--to", str(copy))
        assert done.returncode == 0, done.stderr
        for floor in floors:
            floor.scan(3)
            floor.desk.sync()
        before = shop.server.ready["epoch"]
        shop.close()
    done = run("restore", str(copy), *data)
    assert done.returncode == 0, done.stderr
    with running(tmp_path / "server", *words, "--plain-http") as server, ExitStack() as desks:
        assert server.ready["epoch"] != before
        opened = [
            desks.enter_context(Desk.open(folder, demo=True, server_url=server.url)) for folder in folders
        ]
        for desk in (*opened, opened[0]):
            assert desk.sync().waiting == 0
        for floor in floors:
            assert [on_hand(desk, floor.sku_id) for desk in opened] == [floor.saved] * 2 == [5, 5]
