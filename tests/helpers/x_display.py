"""A throw-away X display with a window manager, xdotool as hands, and an input method if asked for."""

import json
import os
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Any

from tests.helpers.scanner_wedge import Plan

ROOT = Path(__file__).resolve().parent.parent.parent
DISPLAY_TOOLS = ("Xvfb", "xdotool", "openbox", "setxkbmap")
INPUT_METHOD_TOOLS = ("ibus-daemon", "ibus", "dbus-daemon")
PINYIN = Path("/usr/share/ibus/component/libpinyin.xml")
PATIENCE_SECONDS = 20.0
XTEST_KEY = 8
SCANNER_GAP_MS = 35
MOST_STUMBLES = 25


def missing(tools: Sequence[str]) -> list[str]:
    """Return the tools that this machine lacks."""
    return [tool for tool in tools if shutil.which(tool) is None]


class Display:
    """One X display. Its processes end with it."""

    def __init__(self, home: Path) -> None:
        self._children: list[subprocess.Popen[bytes]] = []
        self.env = dict(os.environ) | {"HOME": str(home), "QT_QPA_PLATFORM": "xcb", "QT_IM_MODULE": "compose"}
        for name in ("config", "cache", "data"):
            self.env[f"XDG_{name.upper()}_HOME"] = str(home / name)
            (home / name).mkdir(parents=True, exist_ok=True)
        # Addresses of the desktop that runs the tests must not be used.
        for name in ("DBUS_SESSION_BUS_ADDRESS", "WAYLAND_DISPLAY", "IBUS_ADDRESS", "GTK_IM_MODULE"):
            self.env.pop(name, None)
        reader, writer = os.pipe()
        self.spawn(
            ["Xvfb", "-displayfd", str(writer), "-screen", "0", "900x700x24", "-nolisten", "tcp"], (writer,)
        )
        os.close(writer)
        with os.fdopen(reader) as pipe:
            self.env["DISPLAY"] = f":{pipe.readline().strip()}"
        self.spawn(["openbox", "--sm-disable"])

    def spawn(self, command: Sequence[str], pass_fds: Sequence[int] = ()) -> subprocess.Popen[bytes]:
        """Start a process of this display."""
        child = subprocess.Popen(
            list(command),
            env=self.env,
            pass_fds=pass_fds,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._children.append(child)
        return child

    def run(self, *command: str) -> str:
        """Run a command on this display and return its output."""
        done = subprocess.run(
            command, env=self.env, check=True, capture_output=True, text=True, timeout=PATIENCE_SECONDS
        )
        return done.stdout

    def close(self) -> None:
        """End its processes, the latest first."""
        for child in reversed(self._children):
            child.terminate()
            try:
                child.wait(5)
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()

    def type(self, plan: Plan) -> None:
        """Let xdotool press and release the plan's keys, by key code: as hardware, whatever the layout."""
        words: list[str] = []
        at = 0.0
        for event in plan:
            if event.at_ms > at:
                words += ["sleep", f"{(event.at_ms - at) / 1000:.4f}"]
                at = event.at_ms
            words += ["keydown" if event.press else "keyup", "--delay", "0", str(event.place + XTEST_KEY)]
        self.run("xdotool", *words)

    def start_pinyin(self, runtime: Path) -> None:
        """Start an input-method daemon with Chinese pinyin as the engine of every window."""
        runtime.mkdir(mode=0o700, exist_ok=True)
        self.env |= {
            "XDG_RUNTIME_DIR": str(runtime),
            "GSETTINGS_BACKEND": "memory",
            "NO_AT_BRIDGE": "1",
            "QT_IM_MODULE": "ibus",
        }
        address = f"unix:path={runtime}/bus"
        self.env["DBUS_SESSION_BUS_ADDRESS"] = address
        self.spawn(["dbus-daemon", "--session", "--nofork", f"--address={address}"])
        _until((runtime / "bus").exists)
        self.spawn(["ibus-daemon", "--panel", "disable", "--config", "/usr/libexec/ibus-memconf"])
        _until(self._choose_pinyin)

    def _choose_pinyin(self) -> bool:
        subprocess.run(
            ["ibus", "engine", "libpinyin"], env=self.env, capture_output=True, check=False, timeout=30
        )
        asked = subprocess.run(["ibus", "engine"], env=self.env, capture_output=True, check=False, timeout=30)
        return asked.stdout.strip() == b"libpinyin"


def _until(ready: Any) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not ready():
        if time.monotonic() > deadline:
            raise TimeoutError("the display's helper did not come up")
        time.sleep(0.05)


def _steady(planned: Sequence[float], typed: Sequence[int]) -> bool:
    """Whether no gap that was planned as a scanner's became a person's."""
    gaps = zip(pairwise(planned), pairwise(typed), strict=True)
    return all(
        later - earlier <= SCANNER_GAP_MS
        for (before, after), (earlier, later) in gaps
        if after - before <= SCANNER_GAP_MS
    )


class StationProcess:
    """The scan station of `scanner_station` on a display."""

    def __init__(self, display: Display, **settings: Any) -> None:
        self._child = subprocess.Popen(
            [sys.executable, "-m", "tests.helpers.scanner_station", json.dumps(settings)],
            cwd=ROOT,
            env=display.env,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
        )
        self._display = display
        self._unread = b""
        self.told: list[dict[str, Any]] = []
        self._await("ready")

    def ask(self, command: str) -> dict[str, Any]:
        """Give a command and return its answer."""
        assert self._child.stdin is not None
        self._child.stdin.write(command.encode() + b"\n")
        return self._await(command if command in {"text", "stamps"} else "done")

    def type(self, plan: Plan, first: str = "") -> list[dict[str, Any]]:
        """Let xdotool type a plan into the station, after a first command; return what was told of it.

        xdotool is a process like others: on a busy machine it stumbles, as no scanner and no person does. A
        plan that was not typed as planned, by the stamps of the X server, is typed again.
        """
        planned = [event.at_ms for event in plan if event.press]
        for _ in range(MOST_STUMBLES):
            self.quiet(0.05)
            self.ask("stamps")
            if first:
                self.ask(first)
            self.told.clear()
            self._display.type(plan)
            self.quiet()
            typed = self.ask("stamps")["stamps"]
            if len(typed) == len(planned) and _steady(planned, typed):
                return list(self.told)
            self.ask("clear")
            self.quiet(0.7)  # what was typed in pieces throws doubt on what comes next
        raise TimeoutError("xdotool never typed as planned: the machine is too busy")

    def quiet(self, seconds: float = 0.3) -> None:
        """Read what it tells until it has been quiet for so long."""
        while (fact := self._read(seconds)) is not None:
            self.told.append(fact)

    @property
    def scans(self) -> list[str]:
        """The scans that it told of."""
        return [fact["scan"] for fact in self.told if "scan" in fact]

    @property
    def rejected(self) -> list[str]:
        """The reasons of refusals that it told of."""
        return [fact["rejected"] for fact in self.told if "rejected" in fact]

    def close(self) -> None:
        """Let it go."""
        assert self._child.stdin is not None
        assert self._child.stdout is not None
        self._child.stdin.close()
        try:
            self._child.wait(10)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
        self._child.stdout.close()

    def _await(self, key: str) -> dict[str, Any]:
        while True:
            fact = self._read(PATIENCE_SECONDS)
            if fact is None:
                raise TimeoutError(f"the station never told {key!r}")
            if key in fact:
                return fact
            self.told.append(fact)

    def _read(self, seconds: float) -> dict[str, Any] | None:
        assert self._child.stdout is not None
        while b"\n" not in self._unread:
            ready, _, _ = select.select([self._child.stdout], [], [], seconds)
            data = self._child.stdout.read(4096) if ready else b""
            if not data:
                return None
            self._unread += data
        line, _, self._unread = self._unread.partition(b"\n")
        return dict(json.loads(line))


@contextmanager
def display(home: Path) -> Iterator[Display]:
    """Run a display for a while."""
    found = Display(home)
    try:
        yield found
    finally:
        found.close()
