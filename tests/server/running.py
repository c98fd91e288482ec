"""A real server process, started as people start it."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merchant_desk.sync.enrolment_code import EnrolmentCode, parse_enrolment_code
from merchant_desk.sync.protocol import EnrolAnswer, EnrolRequest
from merchant_desk.sync.signing import DeviceKeys
from merchant_desk.sync.transport import HttpFetch, ServerApi

ROOT = Path(__file__).resolve().parents[2]
END_SECONDS = 30


def command(*words: str) -> list[str]:
    """Return a command of the product's command line."""
    return [sys.executable, "-m", "merchant_desk.cli.main", *words]


def run(*words: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        command(*words), cwd=ROOT, input=stdin, capture_output=True, text=True, check=False, timeout=60
    )


@dataclass
class Running:
    """A server that has said that it is ready."""

    process: subprocess.Popen[str]
    ready: dict[str, Any]
    log: Path

    @property
    def url(self) -> str:
        return str(self.ready["url"])

    @property
    def fingerprint(self) -> bytes | None:
        found = self.ready["fingerprint"]
        return bytes.fromhex(found) if found else None

    def code(self, outlet: str) -> EnrolmentCode:
        return parse_enrolment_code(self.ready["codes"][outlet])

    def lines(self) -> list[dict[str, Any]]:
        """Return what it logged."""
        return [json.loads(line) for line in self.log.read_text("utf-8").splitlines() if line]

    def stop(self) -> int:
        """End it as a service's keeper does; returns the exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(END_SECONDS)

    def hang_up(self) -> int:
        """Close its standard input, as a parent's end does."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        return self.process.wait(END_SECONDS)


@contextmanager
def running(
    folder: Path, *words: str, env: dict[str, str] | None = None, demo: bool = True
) -> Iterator[Running]:
    """Start `serve` on a free loopback port with an open key, and end it if it still runs."""
    log = folder.parent / f"{folder.name}.log"
    given: Sequence[str] = (
        "--data-dir",
        str(folder),
        "--port",
        "0",
        "--json",
        *(["--demo"] if demo else []),
        *words,
    )
    with log.open("ab") as errors:
        process = subprocess.Popen(
            command("serve", *given),
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={**os.environ, **(env or {})},
        )
    assert process.stdout is not None
    try:
        line = process.stdout.readline()
        assert line, f"it ended: {log.read_text('utf-8')}"
        yield Running(process, json.loads(line), log)
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()
        process.stdout.close()
        if process.stdin is not None and not process.stdin.closed:
            process.stdin.close()


@dataclass
class RunningDesk:
    """A desk of a running server, over real HTTP."""

    fetch: HttpFetch
    api: ServerApi
    keys: DeviceKeys
    enrolled: EnrolAnswer

    def close(self) -> None:
        self.fetch.close()


def enrol(server: Running, outlet: str, random: Any = os.urandom) -> RunningDesk:
    """Enrol by the code that the server printed."""
    code = server.code(outlet)
    fetch = HttpFetch(server.url, code.fingerprint)
    keys = DeviceKeys.make(random)
    request = EnrolRequest(code.secret.hex(), "收银台", keys.verifying_key, keys.sealing_key, b"")
    enrolled = ServerApi(fetch, "").enrol(request)
    return RunningDesk(fetch, ServerApi(fetch, enrolled.token), keys, enrolled)
