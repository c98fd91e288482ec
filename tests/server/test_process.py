"""Does a real server process start, say so, keep what it was told, and end without a loss?"""

import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from merchant_desk.server.certificates import ensure_certificate
from merchant_desk.server.database import DatabaseAddressWrong, postgres_address
from merchant_desk.server.listening import AddressUnusable, PortBusy, listen, public_host
from merchant_desk.sync.administration import SignInTry
from merchant_desk.sync.pinning import CertificateChanged
from merchant_desk.sync.transport import HttpFetch, ServerApi, ServerProblem, Unreachable
from tests.helpers.postgres import PostgresCluster, PostgresUnavailableError, free_port
from tests.server.running import Running, enrol, run, running
from tests.trouble.words import failed

EVERYWHERE = "0.0.0.0"  # noqa: S104 - what is told of it is the point
INIT = ("--init", "青石供销社", "--outlet", "CG")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Running]:
    """A fresh embedded server with a merchant, over TLS."""
    with running(tmp_path / "server", *INIT) as started:
        yield started


def test_enrol_sign_in_pull_and_stop(server: Running, tmp_path: Path) -> None:
    desk = enrol(server, "CG")
    founded = server.ready["founded"]
    signed_in = desk.api.sign_in(SignInTry("manager", founded["password"]))
    assert str(signed_in.person_id) == founded["manager_id"]
    page = desk.api.feed(0, 2_000)
    assert page.until > 5
    assert page.device_head == 0
    assert server.url.startswith("https://127.0.0.1:")
    assert desk.api.wait_for_notice(0, 5) == page.until
    desk.close()
    assert server.stop() == 0
    folder = tmp_path / "server"
    assert not list(folder.glob("*-wal"))
    assert (folder / "server.db").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


def test_the_log_is_json_and_tells_no_secret(server: Running) -> None:
    desk = enrol(server, "CG")
    password = server.ready["founded"]["password"]
    with pytest.raises(ServerProblem):
        desk.api.sign_in(SignInTry("manager", "my wrong guess"))
    desk.api.sign_in(SignInTry("manager", password))
    desk.close()
    server.stop()
    events = [line["event"] for line in server.lines()]
    assert events.count("request") == 3
    assert {"stopping", "stopped"} <= set(events)
    text = server.log.read_text("utf-8")
    for secret in (
        password,
        "my wrong guess",
        desk.enrolled.token,
        server.code("CG").secret.hex(),
        server.ready["founded"]["recovery_key"],
        "店长",
    ):
        assert secret not in text


def test_another_certificate_is_refused(server: Running) -> None:
    assert server.fingerprint is not None
    wrong = bytes([server.fingerprint[0] ^ 1]) + server.fingerprint[1:]
    fetch = HttpFetch(server.url, wrong)
    with pytest.raises(CertificateChanged):
        ServerApi(fetch, "").check()
    fetch.close()


def test_a_restart_keeps_certificate_epoch_and_desks(tmp_path: Path) -> None:
    folder = tmp_path / "server"
    with running(folder, *INIT) as first:
        desk = enrol(first, "CG")
        assert first.stop() == 0
    with running(folder, *INIT, "--invite", "CG") as second:
        assert second.fingerprint == first.fingerprint
        assert second.ready["epoch"] == first.ready["epoch"]
        assert "founded" not in second.ready
        again = HttpFetch(second.url, second.fingerprint)
        assert ServerApi(again, desk.enrolled.token).feed(0, 10).until > 0
        again.close()
        other = enrol(second, "CG")
        assert (desk.enrolled.code, other.enrolled.code) == ("01", "02")
        other.close()
    desk.close()


def test_what_a_start_that_failed_could_not_show_is_shown_by_the_next(tmp_path: Path) -> None:
    folder = tmp_path / "server"
    failed = run("serve", "--data-dir", str(folder), "--port", "0", "--demo", *INIT, "--invite", "typo")
    assert (failed.returncode, failed.stdout) == (1, "")
    with running(folder, *INIT) as server:
        founded = server.ready["founded"]
        desk = enrol(server, "CG")
        assert desk.api.sign_in(SignInTry("manager", founded["password"])).login == "manager"
        desk.close()
    with running(folder, *INIT) as server:
        assert "founded" not in server.ready


def test_it_ends_with_its_parent(tmp_path: Path) -> None:
    with running(tmp_path / "server", *INIT, "--plain-http", "--with-parent") as server:
        desk = enrol(server, "CG")
        with httpx.Client() as client:
            headers = {"Authorization": f"Bearer {desk.enrolled.token}"}
            with client.stream("GET", f"{server.url}/notice", headers=headers, timeout=20) as events:
                assert next(events.iter_lines()).startswith("id: ")
                begun = time.monotonic()
                assert server.hang_up() == 0
                assert time.monotonic() - begun < 10
        desk.close()
    assert not list((tmp_path / "server").glob("*-wal"))


def test_a_request_under_way_is_finished(tmp_path: Path) -> None:
    with running(tmp_path / "server", *INIT, "--plain-http", "--with-parent") as server:
        desk = enrol(server, "CG")
        last = desk.api.feed(0, 2_000).until
        told: list[int] = []

        def wait() -> None:
            told.append(desk.api.wait_for_notice(last, 30))

        waiting = threading.Thread(target=wait)
        waiting.start()
        time.sleep(0.3)  # it is on its way, and nothing says so from outside
        assert server.hang_up() == 0
        waiting.join(10)
        assert told == [last]
        desk.close()


def test_kill_nine_loses_nothing_that_was_answered(tmp_path: Path) -> None:
    folder = tmp_path / "server"
    with running(folder, *INIT, "--plain-http") as server:
        desk = enrol(server, "CG")
        server.process.kill()
        server.process.wait()
    with running(folder, "--plain-http") as server:
        fetch = HttpFetch(server.url, None)
        assert ServerApi(fetch, desk.enrolled.token).feed(0, 2_000).until > 5
        fetch.close()
    desk.close()


def test_a_second_server_on_the_same_folder_is_refused(server: Running, tmp_path: Path) -> None:
    done = run("serve", "--data-dir", str(tmp_path / "server"), "--port", "0", "--demo")
    failed(done, "请先停止服务器", "Stop the server first")
    assert str(server.ready["pid"]) in done.stderr


def test_a_busy_port_is_named(server: Running, tmp_path: Path) -> None:
    port = server.url.rpartition(":")[2]
    done = run("serve", "--data-dir", str(tmp_path / "other"), "--port", port, "--demo")
    assert done.returncode == 1
    assert f"端口 {port}" in done.stderr
    assert f"Port {port}" in done.stderr
    assert not (tmp_path / "other" / "server.db").exists()


def test_plain_http_stays_on_this_machine(tmp_path: Path) -> None:
    done = run("serve", "--data-dir", str(tmp_path), "--host", EVERYWHERE, "--plain-http", "--demo")
    assert done.returncode == 1
    assert "plain HTTP is refused" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_certificate_of_ones_own(tmp_path: Path) -> None:
    from datetime import UTC, datetime

    made = ensure_certificate(tmp_path, ["shop.example"], now=datetime.now(UTC))
    files = ("--certificate", str(made.certificate_path), "--key", str(made.key_path))
    with running(tmp_path / "server", *INIT, *files, "--public-host", "shop.example") as server:
        assert server.fingerprint == made.fingerprint
        assert server.code("CG").host == "shop.example"
        address = server.url.replace("shop.example", "127.0.0.1")
        fetch = HttpFetch(address, made.fingerprint)
        with pytest.raises(ServerProblem) as told:
            ServerApi(fetch, "x").check()
        assert told.value.problem == "not_enrolled"
        fetch.close()
    home = ("--data-dir", str(tmp_path / "server"), "--port", "0")
    done = run("serve", *home, "--certificate", str(tmp_path / "none"), "--demo")
    assert done.returncode == 1
    assert "证书" in done.stderr


def test_without_a_keyring_and_without_a_passphrase_it_says_why(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"}
    environment.pop("MERCHANT_DESK_PASSPHRASE", None)
    import subprocess

    from tests.server.running import ROOT, command

    words = command("serve", "--data-dir", str(tmp_path / "server"), "--port", "0")
    done = subprocess.run(
        words,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert "口令" in done.stderr
    secret = tmp_path / "passphrase"
    secret.write_text("correct horse battery\n", encoding="utf-8")
    # The null keyring forgets what it is given, so the passphrase is what keeps the key.
    with running(
        tmp_path / "server",
        "--passphrase-file",
        str(secret),
        env={"PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring"},
        demo=False,
    ) as server:
        assert server.ready["protected"] is True
    secret.write_text("wrong horse battery\n", encoding="utf-8")
    home = ("--data-dir", str(tmp_path / "server"), "--port", "0")
    again = command("serve", *home, "--passphrase-file", str(secret))
    done = subprocess.run(
        again, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 1


def test_backup_while_it_runs_and_restore_after(tmp_path: Path) -> None:
    folder, copy = tmp_path / "server", tmp_path / "copy.mdbackup"
    with running(folder, *INIT, "--plain-http") as server:
        desk = enrol(server, "CG")
        done = run("backup", "--data-dir", str(folder), "--demo", "--to", str(copy), "--json")
        assert done.returncode == 0, done.stderr
        made = copy.read_bytes()
        taken = run("backup", "--data-dir", str(folder), "--demo", "--to", str(copy))
        failed(taken, "已有同名文件", "a file of that name")
        assert copy.read_bytes() == made, "the older copy is somebody's"
        done = run("backup", "--data-dir", str(folder), "--demo", "--to", str(copy), "--overwrite")
        assert done.returncode == 0, done.stderr
        unplugged = tmp_path / "stick" / "copies" / "copy.mdbackup"
        failed(run("backup", "--data-dir", str(folder), "--to", str(unplugged)), "不存在", "does not exist")
        assert not (tmp_path / "stick").exists(), "what lies on the same disk is no backup on a stick"
        refused = run("restore", str(copy), "--data-dir", str(folder), "--demo")
        failed(refused, "请先停止服务器", "Stop the server first")
        server.stop()
    done = run("restore", str(copy), "--data-dir", str(folder), "--demo")
    assert done.returncode == 0, done.stderr
    assert "Restored" in done.stdout
    with running(folder, "--plain-http") as restored:
        assert restored.ready["epoch"] != server.ready["epoch"]
        fetch = HttpFetch(restored.url, None)
        assert ServerApi(fetch, desk.enrolled.token).feed(0, 10).epoch.hex == (
            restored.ready["epoch"].replace("-", "")
        )
        fetch.close()
    foreign = run("restore", str(folder / "vault.json"), "--data-dir", str(folder), "--demo")
    assert foreign.returncode == 1
    assert "vault.json" in foreign.stderr
    desk.close()


# ---------------------------------------------------------------- PostgreSQL


@pytest.fixture
def cluster() -> Iterator[PostgresCluster]:
    """A PostgreSQL of this test's own."""
    try:
        made = PostgresCluster(durable=True)
    except PostgresUnavailableError as unavailable:
        pytest.skip(str(unavailable))
    with made:
        yield made


def test_postgresql_down_at_the_start_is_waited_for(cluster: PostgresCluster, tmp_path: Path) -> None:
    url = cluster.server.create_database()
    cluster.stop()
    words = ("--database-url", url, "--plain-http", "--wait", "1")
    done = run("serve", "--data-dir", str(tmp_path / "a"), "--port", "0", *words)
    assert done.returncode == 1
    assert "连不上 PostgreSQL" in done.stderr
    assert str(cluster.port) in done.stderr
    assert "{" not in done.stderr, "a log line between sentences"
    assert cluster._password not in done.stderr
    starter = threading.Timer(1.5, cluster.start)
    starter.start()
    with running(tmp_path / "b", *INIT, "--database-url", url, "--plain-http", "--wait", "60") as server:
        starter.join()
        assert server.ready["database"] == "postgresql"
        desk = enrol(server, "CG")
        assert desk.api.feed(0, 10).until > 0
        desk.close()
        assert server.stop() == 0
    copy = tmp_path / "copy.mdbackup"
    for step in (["backup", "--to", str(copy)], ["restore", str(copy)]):
        done = run(*step, "--data-dir", str(tmp_path / "b"), "--database-url", url)
        assert done.returncode == 0, done.stderr


def test_an_address_that_is_none(tmp_path: Path) -> None:
    for address in ("mysql://x/y", "postgresql://host", "nonsense", "postgresql://host:x/y", ""):
        with pytest.raises(DatabaseAddressWrong):
            postgres_address(address)
    done = run("serve", "--data-dir", str(tmp_path), "--database-url", "mysql://x/y", "--port", "0")
    assert done.returncode == 1
    assert "postgresql://" in done.stderr


# ---------------------------------------------------------------- listening


def test_a_socket_keeps_others_out() -> None:
    with listen("127.0.0.1", 0) as sock:
        port = sock.getsockname()[1]
        with pytest.raises(PortBusy) as told:
            listen("127.0.0.1", port)
        assert told.value.port == port
    listen("127.0.0.1", port).close()


@pytest.mark.parametrize(
    ("host", "port", "zh", "en"),
    [
        ("203.0.113.9", 0, "它不是本机的地址", "no address of this computer"),
        ("no host", 0, "找不到叫这个名字的电脑", "no computer of that name"),
        ("127.0.0.1", 70_000, "端口要在 0 到 65535 之间", "a port is 0 to 65535"),
    ],
)
def test_an_address_that_is_not_ours(host: str, port: int, zh: str, en: str) -> None:
    with pytest.raises(AddressUnusable) as told:
        listen(host, port)
    assert zh in told.value.sentence("zh_CN")
    assert en in told.value.sentence("en")


def test_what_desks_are_told() -> None:
    own = ["localhost", "127.0.0.1", "::1", "shop", "192.168.1.20"]
    assert public_host("127.0.0.1", own) == "127.0.0.1"
    assert public_host("shop.example", own) == "shop.example"
    assert public_host(EVERYWHERE, own) == "192.168.1.20"
    assert public_host(EVERYWHERE, ["localhost", "shop"]) == "shop"
    assert public_host("::", ["localhost", "127.0.0.1"]) == "127.0.0.1"


def test_an_unreachable_server_is_said_so() -> None:
    fetch = HttpFetch(f"http://127.0.0.1:{free_port()}", None)
    with pytest.raises(Unreachable):
        ServerApi(fetch, "x").check()
    fetch.close()
