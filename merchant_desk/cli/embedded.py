"""The embedded server: a process of its own beside the desk, ended with it, restarted when it dies."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ClassVar

import structlog

from merchant_desk.cli import server_pulse
from merchant_desk.cli.folders import DATABASE_URL, PASSPHRASE
from merchant_desk.cli.server_pulse import Pulse
from merchant_desk.models.faults import DiskFull, Fault
from merchant_desk.models.private_files import OWNER_ONLY
from merchant_desk.sync.logs import SERVER_LOG
from merchant_desk.sync.own_server import ERROR_FILE
from merchant_desk.sync.priority import behind

log = structlog.get_logger()

START_SECONDS = 60.0
"""How long it may take while somebody waits for it."""

STOP_SECONDS = 10.0
LEAST_BYTES = 65_536
"""With less room on the disk of its data no server starts."""

AGAIN_SECONDS, MOST_SECONDS = 2.0, 60.0
"""Between two tries to start it again: at first, and at most."""


@dataclass(eq=False)
class ServerDidNotStart(Fault):
    """The server process ended, or said nothing, before it was ready."""

    said: str
    said_zh: str
    zh: ClassVar[str] = "内置服务器没有启动：{said_zh}"
    en: ClassVar[str] = "The embedded server did not start: {said}"


@dataclass(frozen=True, slots=True)
class Listening:
    """Where a server listens: port 0 is any free one; without TLS only this computer can reach it."""

    host: str = "127.0.0.1"
    port: int = 0
    tls: bool = False


THIS_COMPUTER = Listening()


def _environment(passphrase: str) -> dict[str, str]:
    """Return ours without the variable that names a server's database, and with what opens its data.

    This one keeps its own data: on a machine that serves a merchant it must not open that merchant's.
    """
    own = {name: value for name, value in os.environ.items() if name != DATABASE_URL}
    return own | ({PASSPHRASE: passphrase} if passphrase else {})


def pauses() -> Iterator[float]:
    """Yield how many seconds to wait after each try in vain: what keeps it back passes, or lasts all day."""
    pause = AGAIN_SECONDS
    while True:
        yield pause
        pause = min(2 * pause, MOST_SECONDS)


class EmbeddedServer:
    """Runs `merchant-desk serve` and keeps it running on the same port.

    Its log is `server.log` in its folder, which the server cuts off by itself; what the process says beside
    it, such as why it does not start, is in `server.err` until the next start. Nobody else may read either.

    Args:
        folder: the server's data.
        options: further arguments of `serve`.
        listening: where; by default a free port of this computer, for this computer.
        passphrase: of the server's data, where no keyring has their key.
        patient: whether to begin beside the caller, and to try again for as long as it does not start. As
            after a restart one that is there is then waited for, however long: it may be migrating its data.

    Raises:
        ServerDidNotStart: it ended or said nothing; never where it is `patient`.
        OSError: its folder or its files cannot be written, or no process can be made.
    """

    def __init__(
        self,
        folder: Path,
        options: Sequence[str] = (),
        listening: Listening = THIS_COMPUTER,
        *,
        passphrase: str = "",
        patient: bool = False,
    ) -> None:
        self._folder = folder
        self._options = list(options)
        self._listening, self._passphrase = listening, passphrase
        self._log_file = folder / SERVER_LOG
        self._error_file = folder / ERROR_FILE
        self._lock = threading.Lock()
        """Held while a process is made, and while closing begins: none is made after that."""
        self._closing = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self.ready: dict[str, Any] = {}
        self.restarts = 0
        self.on_restart: Callable[[], None] = lambda: None
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder.chmod(0o700)
        if not patient:
            self._start(START_SECONDS)
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

    def _start(self, seconds: float | None) -> None:
        """Start it, and wait until it is ready: so long, or (None) until it is or has ended."""
        where = self._listening
        command = [sys.executable, "-m", "merchant_desk.cli.main", "serve", "--json", "--with-parent"]
        command += ["--data-dir", str(self._folder), "--host", where.host, "--port", str(where.port)]
        command += [] if where.tls else ["--plain-http"]
        command += ["--log-file", str(self._log_file), *self._options]
        with self._lock:
            if self._closing.is_set():
                return
            with open(self._error_file, "wb", opener=_owner_only) as errors:
                process = subprocess.Popen(
                    command,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=errors,
                    env=_environment(self._passphrase),
                    **behind(),
                )
            self._process = process
        self.ready = self._wait_until_ready(process, seconds)
        self._listening = replace(where, port=self.port)

    def _wait_until_ready(self, process: "subprocess.Popen[bytes]", seconds: float | None) -> dict[str, Any]:
        lines: list[bytes] = []

        def read() -> None:
            with contextlib.suppress(OSError, ValueError):  # closed meanwhile
                if process.stdout is not None:
                    lines.append(process.stdout.readline())

        reader = threading.Thread(target=read, daemon=True)
        reader.start()
        reader.join(seconds)  # its output ends with it, and `close` ends it
        with contextlib.suppress(ValueError, IndexError):
            found = json.loads(lines[0])
            if isinstance(found, dict) and "url" in found:
                return found
        process.kill()
        _release(process)
        raise self._last_words()

    def _last_words(self) -> Fault:
        """Return what it said at its end: the last line in English, the one before in Chinese if it is.

        On a full disk it cannot say even that.
        """
        with contextlib.suppress(OSError):
            free = shutil.disk_usage(self._folder).free
            if free < LEAST_BYTES:
                return DiskFull(self._folder, free)
        for file in (self._error_file, self._log_file):
            with contextlib.suppress(OSError):
                words = file.read_text(encoding="utf-8", errors="replace").strip().splitlines()
                if words:
                    zh, en = words[-2:] if len(words) > 1 else words * 2
                    return ServerDidNotStart(en, en if zh.isascii() else zh)
        return ServerDidNotStart("?", "?")

    def _keep_running(self) -> None:
        waits = pauses()
        while not self._closing.is_set():
            process = self._process
            if process is not None:
                code = self._wait_for_end(process)
                if self._closing.is_set():
                    return
                log.warning("embedded_server_ended", code=code)
                _release(process)
                self.restarts += 1
            if self._is_started() and not self._closing.is_set():
                waits = pauses()
                self.on_restart()
            else:
                self._closing.wait(next(waits))

    def _wait_for_end(self, process: "subprocess.Popen[bytes]") -> int:
        """Wait until it ends, and end it where it hangs: in good order if it is only slow."""
        pulse = Pulse()
        while True:
            try:
                return process.wait(server_pulse.PULSE_SECONDS)
            except subprocess.TimeoutExpired:
                pulse.feel(self.url)
            if pulse.has_stopped and not self._closing.is_set():
                log.warning("embedded_server_hangs")
                _end(process)

    def _is_started(self) -> bool:
        """Start it on its port; whatever keeps it from that, a full disk too, may pass."""
        try:
            self._start(None)
        except (Fault, OSError) as error:
            if not self._closing.is_set():
                log.error("embedded_server_not_started", error=type(error).__name__)
            return False
        return True

    def close(self) -> None:
        """End it, also while it is being started again: it finishes requests when its standard input closes.

        Again is harmless.
        """
        with self._lock:
            self._closing.set()
            process = self._process
        if process is not None:
            _end(process)
        self._watch.join(timeout=STOP_SECONDS)
        if process is not None:
            _release(process)


def _end(process: "subprocess.Popen[bytes]") -> None:
    """End a process: it finishes requests when its standard input closes, and is killed if that takes long.

    Two threads may do so at once. What a killed one was told is not lost: it is written, or was not answered.
    """
    with contextlib.suppress(OSError):
        if process.stdin is not None:
            process.stdin.close()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _owner_only(path: str, flags: int) -> int:
    return os.open(path, flags, OWNER_ONLY)


def _release(process: "subprocess.Popen[bytes]") -> None:
    """Close what belongs to a process that has ended."""
    process.wait()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            with contextlib.suppress(OSError):
                stream.close()
