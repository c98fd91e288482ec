"""A desk as a process, played by keys: what the shift's director holds of it."""

import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, ClassVar

from merchant_desk.models.faults import Fault

ANSWER_SECONDS = 120.0
END_SECONDS = 20.0
LAST_WORDS = 3_000
"""Bytes of a window's log that are told when it ended by itself."""


@dataclass(eq=False)
class ShiftBroke(Fault):
    """A desk of the shift did not do what it was told."""

    desk: str
    what: str
    zh: ClassVar[str] = "第一班中断：工作台 {desk}：{what}"
    en: ClassVar[str] = "The first shift broke off: desk {desk}: {what}"


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture of one step."""

    desk: str
    title: str
    file: str


class Actor:
    """One desk process with its window. Orders are answered one by one; pictures are kept."""

    def __init__(self, name: str, profile: Path, url: str, pictures: Path, extra: list[str]) -> None:
        self.name = name
        self.shots: list[Shot] = []
        self.scans = 0
        self._pictures = pictures
        self._lock = threading.Lock()
        command = [sys.executable, "-m", "merchant_desk.cli.main", "open", "--profile", str(profile)]
        command += ["--server-url", url, "--player", "--screen", "inbound", *extra]
        environment = os.environ | {"PYTHONUTF8": "1"}
        if not _has_screen():
            environment.setdefault("QT_QPA_PLATFORM", "offscreen")
        self._log = (profile / "window.log").open("ab")
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, env=environment
        )

    def order(self, do: str, **facts: Any) -> dict[str, Any]:
        """Give one order and return its answer.

        Raises:
            ShiftBroke: the desk ended, or could not do it.
        """
        process = self._process
        with self._lock:
            if process.stdin is None or process.stdout is None:
                raise ShiftBroke(self.name, "no pipes")
            watchdog = threading.Timer(ANSWER_SECONDS, process.kill)
            watchdog.start()
            try:
                process.stdin.write(json.dumps({"do": do, **facts}).encode() + b"\n")
                process.stdin.flush()
                line = self._answer_line(process.stdout)
            except OSError as error:
                raise ShiftBroke(self.name, f"{do}: {type(error).__name__}") from error
            finally:
                watchdog.cancel()
        if not line:
            raise ShiftBroke(self.name, f"{do}: {self._end_of_window()}")
        answer: dict[str, Any] = json.loads(line)
        if not answer.get("ok"):
            raise ShiftBroke(self.name, f"{do}: {answer.get('error')}")
        return answer

    def _end_of_window(self) -> str:
        """Return with which code the process ended, and what it said last: its folder may be gone soon."""
        try:
            code = self._process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            return "the window says nothing more"
        last = Path(self._log.name).read_bytes()[-LAST_WORDS:].decode(errors="replace")
        return f"the window ended with code {code}: {last}"

    @staticmethod
    def _answer_line(stream: IO[bytes]) -> bytes:
        """Return the next line that is an answer; a library's stray line is none."""
        while (line := stream.readline()) and not line.startswith(b"{"):
            continue
        return line

    def scan(self, text: str) -> None:
        """Scan a code as a wedge types it."""
        self.order("scan", text=text, gap_ms=2)
        self.scans += 1

    def press(self, key: str) -> None:
        """Press a key."""
        self.order("press", key=key)

    def settle(self) -> dict[str, Any]:
        """Wait until nothing is under way and return what the screen says."""
        self.order("idle", seconds=60)
        return self.order("state")

    def shot(self, title: str) -> None:
        """Keep a picture of the window."""
        file = f"{self.name.casefold()}-{len(self.shots) + 1:02d}.png"
        self.order("shot", path=str(self._pictures / file))
        self.shots.append(Shot(self.name, title, file))

    def find(self, screen: str, title: str) -> None:
        """Go to a screen by the search box, as people do who do not know its key.

        Raises:
            ShiftBroke: it is not found.
        """
        self.press("Ctrl+K")
        self.order("type", text=title)
        self.settle()
        self.press("Return")
        self.wait_for(title, lambda state: state.get("screen") == screen, 10)

    def go(self, screen: str) -> None:
        """Go to a screen by its Alt+number.

        Raises:
            ShiftBroke: no number leads there.
        """
        for number in range(1, 10):
            if self.settle().get("screen") == screen:
                return
            self.press(f"Alt+{number}")
        if self.settle().get("screen") != screen:
            raise ShiftBroke(self.name, f"no key leads to {screen}")

    def wait_for(self, what: str, done: Callable[[dict[str, Any]], bool], seconds: float) -> dict[str, Any]:
        """Look at the screen until it says so.

        Raises:
            ShiftBroke: it did not within `seconds`.
        """
        pause = threading.Event()
        for _ in range(int(seconds * 5)):
            state = self.order("state")
            if done(state):
                return state
            pause.wait(0.2)
        raise ShiftBroke(self.name, f"{what}: {json.dumps(self.order('state'), ensure_ascii=False)[:300]}")

    def end(self) -> None:
        """Close the window and wait for the process."""
        process = self._process
        try:
            if process.poll() is None:
                self.order("quit")
                process.wait(END_SECONDS)
        except (ShiftBroke, subprocess.TimeoutExpired):
            process.kill()
            process.wait()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                stream.close()
        self._log.close()


def _has_screen() -> bool:
    if sys.platform in ("win32", "darwin"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
