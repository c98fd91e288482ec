"""The embedded server: its own data, its own log, started again when it dies, gone when it is closed."""

import os
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from itertools import islice, pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest
import structlog

from merchant_desk.cli import embedded, server_pulse
from merchant_desk.cli.embedded import EmbeddedServer, ServerDidNotStart

PATIENCE = 30.0
ENDED = signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[EmbeddedServer]:
    monkeypatch.setattr(embedded, "AGAIN_SECONDS", 0.05)
    with structlog.testing.capture_logs():
        server = EmbeddedServer(tmp_path / "server", ["--demo"])
        yield server
        server.close()


def until(seen: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not seen():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def answers(server: EmbeddedServer) -> bool:
    try:
        return httpx.get(f"{server.url}/version", trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def is_running(pid: int) -> bool:
    """Tell whether a child of ours runs, which nobody has waited for."""
    try:
        return os.waitpid(pid, os.WNOHANG) == (0, 0)
    except ChildProcessError:
        return False


def test_it_never_opens_the_database_that_this_machine_serves(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MERCHANT_DESK_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/shop")
    server = EmbeddedServer(tmp_path / "server", ["--demo", "--wait", "1"])
    try:
        assert server.ready["database"] == "sqlite"
        assert (tmp_path / "server" / "server.db").exists()
    finally:
        server.close()


def test_it_is_started_again_on_the_same_port(server: EmbeddedServer) -> None:
    first, port = server.pid, server.port
    told = threading.Event()
    server.on_restart = told.set
    os.kill(first, ENDED)
    assert told.wait(PATIENCE)
    assert (server.pid != first, server.port, answers(server)) == (True, port, True)


@pytest.mark.parametrize("error", [OSError(28, "No space left"), OSError(24, "Too many open files")])
def test_what_keeps_a_restart_back_may_pass(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch, error: OSError
) -> None:
    """A full disk or no more handles once must not leave the desk without its server for good."""
    made = subprocess.Popen
    tries: list[int] = []

    def failing(*given: Any, **more: Any) -> object:
        tries.append(1)
        if len(tries) <= 2:
            raise error
        return made(*given, **more)

    monkeypatch.setattr(subprocess, "Popen", failing)
    first = server.pid
    os.kill(first, ENDED)
    until(lambda: server.pid != first and answers(server))
    assert len(tries) == 3


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot stop a process from outside")
def test_one_that_hangs_is_ended_and_started_again(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server_pulse, "PULSE_SECONDS", 0.2)
    monkeypatch.setattr(embedded, "STOP_SECONDS", 0.5)
    first, port = server.pid, server.port
    told = threading.Event()
    server.on_restart = told.set
    os.kill(first, signal.SIGSTOP)
    assert told.wait(PATIENCE)
    assert (server.pid != first, server.port, answers(server)) == (True, port, True)
    assert not is_running(first)


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot stop a process from outside")
def test_a_slow_one_that_lives_ends_in_good_order(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It was silent for long, and goes on just when it was given up: it is told to end, not killed."""
    monkeypatch.setattr(server_pulse, "PULSE_SECONDS", 0.2)
    first = server._process
    assert first is not None
    told = threading.Event()
    server.on_restart = told.set

    def is_told_to_end() -> bool:
        return first.stdin is not None and first.stdin.closed

    os.kill(first.pid, signal.SIGSTOP)
    until(lambda: is_told_to_end() or first.returncode is not None)
    os.kill(first.pid, signal.SIGCONT)
    assert told.wait(PATIENCE)
    assert first.returncode == 0


def test_only_silence_in_a_row_counts_as_hanging(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_pulse, "PULSE_SECONDS", 0.05)
    pulse = server_pulse.Pulse()
    with socket.create_server(("127.0.0.1", 0)) as deaf:
        url = f"http://127.0.0.1:{deaf.getsockname()[1]}"
        for _ in range(server_pulse.MISSED - 1):
            pulse.feel(url)
        assert not pulse.has_stopped
        pulse.feel("http://127.0.0.1:1")
        pulse.feel(url)
        assert not pulse.has_stopped, "a refused connection is no silence"
        for _ in range(server_pulse.MISSED):
            pulse.feel(url)
    assert pulse.has_stopped


def test_none_outlives_a_close_during_a_restart(
    server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Close while the new process is being made: it is ended with the rest."""
    made = subprocess.Popen
    entered = threading.Event()
    processes = []

    def slow(*given: Any, **more: Any) -> object:
        entered.set()
        time.sleep(0.3)
        processes.append(made(*given, **more))
        return processes[-1]

    monkeypatch.setattr(subprocess, "Popen", slow)
    os.kill(server.pid, ENDED)
    assert entered.wait(PATIENCE)
    server.close()
    assert [process.returncode is not None for process in processes] == [True]
    assert not any(is_running(process.pid) for process in processes)
    assert not answers(server)
    server.close()


def test_none_is_made_after_closing_began(server: EmbeddedServer, monkeypatch: pytest.MonkeyPatch) -> None:
    before = server.pid
    released = embedded._release
    entered, go_on = threading.Event(), threading.Event()

    def held(process: object) -> None:
        released(process)  # type: ignore[arg-type]
        entered.set()
        go_on.wait(PATIENCE)

    monkeypatch.setattr(embedded, "_release", held)
    os.kill(before, ENDED)
    assert entered.wait(PATIENCE)
    closing = threading.Thread(target=server.close)
    closing.start()
    until(server._closing.is_set)
    go_on.set()
    closing.join(PATIENCE)
    assert server.pid == before
    assert not answers(server)


@pytest.mark.skipif(os.name == "nt", reason="Windows: access comes from the folder above")
def test_its_folder_and_what_it_says_are_nobody_elses(tmp_path: Path, server: EmbeddedServer) -> None:
    folder = tmp_path / "server"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "server.err").stat().st_mode) == 0o600


def test_its_log_is_the_one_that_is_cut_off(tmp_path: Path, server: EmbeddedServer) -> None:
    """Requests go to the file that the server rotates, none to the one that only grows."""
    size = (tmp_path / "server" / "server.log").stat().st_size
    for _ in range(5):
        assert answers(server)
    until(lambda: (tmp_path / "server" / "server.log").stat().st_size > size)
    assert (tmp_path / "server" / "server.err").read_bytes() == b""


def test_why_it_does_not_start_is_said(tmp_path: Path) -> None:
    with pytest.raises(ServerDidNotStart) as caught:
        EmbeddedServer(tmp_path / "server", ["--demo", "--invite", "no such outlet"])
    assert "no such outlet" in caught.value.said
    assert "门店" in caught.value.sentence("zh_CN"), "in the language of whoever reads it"


SLOW = """
import sys, time
time.sleep(0.3)
print('{"url": "http://127.0.0.1:1"}', flush=True)
sys.stdin.read()
"""


def test_one_that_takes_long_to_start_is_waited_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may be bringing its data up to date: ended over and over it would never get there."""
    made = subprocess.Popen

    def slow(command: list[str], **more: Any) -> object:
        return made([sys.executable, "-S", "-c", SLOW], **more)

    monkeypatch.setattr(subprocess, "Popen", slow)
    monkeypatch.setattr(embedded, "START_SECONDS", 0.05)
    with structlog.testing.capture_logs() as logs:
        server = EmbeddedServer(tmp_path / "server", patient=True)
        until(lambda: server.ready or logs)
        server.close()
    assert (server.ready, server.restarts, logs) == ({"url": "http://127.0.0.1:1"}, 0, [])


def test_one_that_never_says_a_word_does_not_hold_up_closing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = subprocess.Popen

    def dumb(command: list[str], **more: Any) -> object:
        return made([sys.executable, "-S", "-c", "import time; time.sleep(60)"], **more)

    monkeypatch.setattr(subprocess, "Popen", dumb)
    monkeypatch.setattr(embedded, "STOP_SECONDS", 0.2)
    server = EmbeddedServer(tmp_path / "server", patient=True)
    until(lambda: server.pid)
    begun = time.monotonic()
    server.close()
    assert time.monotonic() - begun < 5
    assert not is_running(server.pid)
    assert not server._watch.is_alive()


def test_pauses_between_tries_grow_to_a_minute() -> None:
    assert list(islice(embedded.pauses(), 7)) == [2, 4, 8, 16, 32, 60, 60]


def test_each_try_in_vain_is_waited_for_longer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A port may be taken all day, and each try loads a whole program."""
    at: list[float] = []

    def failing(*given: Any, **more: Any) -> object:
        at.append(time.monotonic())
        raise OSError(28, "No space left")

    monkeypatch.setattr(subprocess, "Popen", failing)
    monkeypatch.setattr(embedded, "AGAIN_SECONDS", 0.02)
    with structlog.testing.capture_logs():
        server = EmbeddedServer(tmp_path / "server", patient=True)
        until(lambda: len(at) == 4)
        server.close()
    gaps = [later - sooner for sooner, later in pairwise(at)]
    assert all(gap >= least for gap, least in zip(gaps, (0.02, 0.04, 0.08), strict=False))
