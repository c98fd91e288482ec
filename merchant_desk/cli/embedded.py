"""The embedded server: a process of its own beside the desk, ended with it, restarted when it dies."""

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import structlog

from merchant_desk.cli.folders import DATABASE_URL
from merchant_desk.models.faults import Fault

log = structlog.get_logger()

START_SECONDS = 60.0
STOP_SECONDS = 10.0


@dataclass(eq=False)
class ServerDidNotStart(Fault):
    """The server process ended, or said nothing, before it was ready."""

    said: str
    zh: ClassVar[str] = "内置服务器没有启动：{said}"
    en: ClassVar[str] = "The embedded server did not start: {said}"


def _environment() -> dict[str, str]:
    """Return ours without the variable that names a server's database.

    This one keeps its own data: on a machine that serves a merchant it must not open that merchant's.
    """
    return {name: value for name, value in os.environ.items() if name != DATABASE_URL}


class EmbeddedServer:
    """Runs `merchant-desk serve` on a free loopback port and keeps it running on the same one.

    Args:
        folder: the server's data.
        options: further arguments of `serve`.
        log_file: where its standard error goes.
    """

    def __init__(self, folder: Path, options: Sequence[str] = (), log_file: Path | None = None) -> None:
        self._folder = folder
        self._options = list(options)
        self._log_file = log_file or folder / "server.log"
        self._closing = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self.ready: dict[str, Any] = {}
        self.restarts = 0
        self.on_restart: Callable[[], None] = lambda: None
        folder.mkdir(parents=True, exist_ok=True)
        self._start(port=0)
        self._watch = threading.Thread(target=self._keep_running, name="embedded-server", daemon=True)
        self._watch.start()

    @property
    def url(self) -> str:
        """Where it answers."""
        return str(self.ready["url"])

    @property
    def port(self) -> int:
        """The loopback port."""
        return int(self.url.rpartition(":")[2].rstrip("/"))

    @property
    def pid(self) -> int:
        """Its process id now."""
        return self._process.pid if self._process else 0

    def _start(self, port: int) -> None:
        command = [sys.executable, "-m", "merchant_desk.cli.main", "serve", "--json", "--with-parent"]
        command += ["--data-dir", str(self._folder), "--host", "127.0.0.1", "--port", str(port)]
        command += ["--plain-http", *self._options]
        with self._log_file.open("ab") as errors:
            self._process = subprocess.Popen(
                command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, env=_environment()
            )
        self.ready = self._wait_until_ready(self._process)

    def _wait_until_ready(self, process: "subprocess.Popen[bytes]") -> dict[str, Any]:
        lines: list[bytes] = []

        def read() -> None:
            if process.stdout is not None:
                lines.append(process.stdout.readline())

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        reader.join(START_SECONDS)
        with contextlib.suppress(ValueError, IndexError):
            found = json.loads(lines[0])
            if isinstance(found, dict) and "url" in found:
                return found
        process.kill()
        process.wait()
        raise ServerDidNotStart(self._last_words())

    def _last_words(self) -> str:
        with contextlib.suppress(OSError):
            words = self._log_file.read_text(encoding="utf-8", errors="replace").strip().splitlines()
            return words[-1] if words else "?"
        return "?"

    def _keep_running(self) -> None:
        while not self._closing.is_set():
            process = self._process
            if process is None:
                return
            code = process.wait()
            if self._closing.is_set():
                return
            log.warning("embedded_server_ended", code=code)
            self.restarts += 1
            try:
                self._start(self.port)
                self.on_restart()
            except ServerDidNotStart as fault:
                log.error("embedded_server_not_started", said=fault.said)
                self._closing.wait(2.0)

    def close(self) -> None:
        """End it: it finishes requests and checkpoints when its standard input closes."""
        self._closing.set()
        process = self._process
        if process is None:
            return
        with contextlib.suppress(OSError):
            if process.stdin is not None:
                process.stdin.close()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        if process.stdout is not None:
            process.stdout.close()
        self._watch.join(timeout=STOP_SECONDS)
