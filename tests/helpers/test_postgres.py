"""The throw-away PostgreSQL: made, shared, restarted, gone without a trace."""

import os
import sys
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from tests.helpers.postgres import PostgresCluster, PostgresServer, PostgresUnavailableError, find_binaries


def ask(url: str, *statements: str) -> str:
    """Run statements in one transaction and return what the last one answers."""
    engine = create_engine(url)
    try:
        with engine.begin() as connection:
            return str([connection.execute(text(one)) for one in statements][-1].scalar_one())
    finally:
        engine.dispose()


def fill(url: str) -> None:
    ask(url, "create table shelf (n int)", "insert into shelf values (7)", "select n from shelf")


@pytest.fixture
def needs_binaries() -> None:
    try:
        find_binaries()
    except PostgresUnavailableError as unavailable:
        pytest.skip(str(unavailable))


def test_every_test_gets_an_empty_database(postgres_server: PostgresServer, postgres_url: str) -> None:
    other = postgres_server.create_database()
    fill(other)
    assert ask(postgres_url, "select to_regclass('shelf') is null") == "True"
    postgres_server.drop_database(other)
    with pytest.raises(Exception, match="does not exist"):
        ask(other, "select 1")


def test_a_template_is_built_once_and_copied(postgres_server: PostgresServer) -> None:
    built: list[str] = []

    def build(url: str) -> None:
        built.append(url)
        fill(url)

    copies = [postgres_server.create_database(postgres_server.template("shelf", build)) for _ in range(2)]
    assert [ask(url, "select n from shelf") for url in copies] == ["7", "7"]
    assert len(built) == 1
    for url in copies:
        postgres_server.drop_database(url)


def test_tests_trade_durability_for_speed_and_benches_do_not(
    postgres_url: str, needs_binaries: None, tmp_path: Path
) -> None:
    if "MERCHANT_DESK_TEST_POSTGRES" not in os.environ:
        assert ask(postgres_url, "show fsync") == "off"
    with PostgresCluster(durable=True) as cluster:
        assert ask(cluster.server.url, "show fsync") == "on"
        assert ask(cluster.server.url, "show synchronous_commit") == "on"


def test_a_cluster_survives_a_crash_and_leaves_nothing(needs_binaries: None) -> None:
    with PostgresCluster() as cluster:
        url, folder, port = cluster.server.create_database(), cluster.folder, cluster.port
        fill(url)
        cluster.stop()
        with pytest.raises(Exception, match="refused"):
            ask(url, "select 1")
        cluster.start()
        assert cluster.port == port
        assert ask(url, "select n from shelf") == "7"
        cluster.stop(crash=True)
        cluster.start()
        assert ask(url, "select 1") == "1"
    assert not folder.exists()


def test_a_port_that_is_taken_is_said(needs_binaries: None) -> None:
    with PostgresCluster() as first, PostgresCluster() as second:
        second.stop()
        with pytest.raises(RuntimeError, match="did not start"):
            second.start(first.port)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows: the search is by Program Files")
def test_no_binaries_is_said_in_both_languages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PGBIN", str(tmp_path))
    with pytest.raises(PostgresUnavailableError, match=r"没有找到.*install it"):
        find_binaries()
