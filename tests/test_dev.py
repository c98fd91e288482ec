"""dev.py: the environment is made once, interrupted attempts are taken up again, nothing is left running."""

import ast
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture
def dev(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """A copy of dev.py's module whose environment and locks are in a temporary folder."""
    spec = importlib.util.spec_from_file_location("dev_under_test", ROOT / "dev.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    environment = tmp_path / ".venv"
    programs = environment / module.PROGRAMS.name
    locks = {name: tmp_path / f"{name}.txt" for name in module.LOCKS}
    for name, file in locks.items():
        file.write_text(name, encoding="utf-8")
    replaced = {"ROOT": tmp_path, "ENVIRONMENT": environment, "PROGRAMS": programs, "LOCKS": locks}
    replaced |= {"PYTHON": programs / module.PYTHON.name, "STAMP": environment / module.STAMP.name}
    for name, value in replaced.items():
        monkeypatch.setattr(module, name, value)
    return module


class Installer:
    """Stands where pip and venv are: writes down what was asked, makes the files, fails when told to."""

    def __init__(self, dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
        self.dev = dev
        self.asked: list[str] = []
        self.fail_at: str | None = None
        monkeypatch.setattr(dev, "call", self.call)
        monkeypatch.setattr(dev, "has_pip", dev.PYTHON.exists)

    def call(self, command: list[str], **variables: str) -> int:
        words = " ".join(command[1:])
        kind = next(mark for mark in ("venv --clear", "--require-hashes", "-e ") if mark in words)
        self.asked.append(kind)
        if kind == self.fail_at:
            return 1
        if kind == "venv --clear":
            shutil.rmtree(self.dev.ENVIRONMENT, ignore_errors=True)
            self.dev.PYTHON.parent.mkdir(parents=True)
            self.dev.PYTHON.symlink_to(sys.executable)
        return 0


needs_links = pytest.mark.skipif(sys.platform == "win32", reason="Windows: links need a right")


@needs_links
def test_an_environment_is_made_once(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    installer = Installer(dev, monkeypatch)
    dev.prepare_environment("dev")
    assert installer.asked == ["venv --clear", "--require-hashes", "-e "]
    dev.prepare_environment("dev")
    dev.prepare_environment("runtime")
    assert len(installer.asked) == 3


@needs_links
def test_a_changed_lock_is_installed_into_the_same_environment(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    installer = Installer(dev, monkeypatch)
    dev.prepare_environment("runtime")
    installer.asked.clear()
    dev.prepare_environment("dev")
    assert installer.asked == ["--require-hashes", "-e "]
    dev.LOCKS["dev"].write_text("newer", encoding="utf-8")
    assert not dev.is_current("dev")
    dev.prepare_environment("dev")
    assert installer.asked == ["--require-hashes", "-e "] * 2


@needs_links
@pytest.mark.parametrize("moment", ["venv --clear", "--require-hashes", "-e "])
def test_an_interrupted_attempt_is_never_taken_for_done(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    installer = Installer(dev, monkeypatch)
    installer.fail_at = moment
    with pytest.raises(SystemExit, match=r"[一-鿿].*[a-z]"):
        dev.prepare_environment("dev")
    assert not dev.is_current("dev")
    assert dev.was_interrupted() == (moment != "venv --clear")
    installer.fail_at = None
    installer.asked.clear()
    dev.prepare_environment("dev")
    assert dev.is_current("dev")
    assert installer.asked == ["venv --clear", "--require-hashes", "-e "]
    assert not dev.was_interrupted()


@needs_links
def test_going_back_to_an_older_lock_after_an_interruption_installs_again(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    installer = Installer(dev, monkeypatch)
    dev.prepare_environment("dev")
    dev.LOCKS["dev"].write_text("newer", encoding="utf-8")
    installer.fail_at = "--require-hashes"
    with pytest.raises(SystemExit):
        dev.prepare_environment("dev")
    dev.LOCKS["dev"].write_text("dev", encoding="utf-8")
    assert not dev.is_current("dev")


def test_two_at_once_wait_for_each_other(dev: ModuleType) -> None:
    shutil.copy(ROOT / "dev.py", dev.ROOT)
    program = "import dev\nwith dev.one_at_a_time(): print('in', flush=True); input()"

    def start() -> subprocess.Popen[bytes]:
        command = [sys.executable, "-c", program]
        return subprocess.Popen(command, cwd=dev.ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    with start() as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"in"
        with start() as waiter:
            with pytest.raises(subprocess.TimeoutExpired):
                waiter.communicate(b"\n", timeout=1)
            holder.kill()
            assert waiter.communicate(timeout=20)[0].split() == [b"in"]
            assert waiter.returncode == 0


@pytest.mark.parametrize("stamp", ["", "{", "[]", json.dumps({"content": "other"})])
def test_a_damaged_stamp_means_not_done(dev: ModuleType, stamp: str) -> None:
    dev.ENVIRONMENT.mkdir()
    dev.STAMP.write_text(stamp, encoding="utf-8")
    assert not dev.is_current("dev")


@pytest.mark.skipif(sys.platform != "linux", reason="Linux: system packages")
def test_missing_system_parts_are_named_with_the_command(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(dev, "is_present", lambda probe: "xkbcommon" not in probe and "Xvfb" not in probe)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    for tool, package in {
        "apt-get": "xvfb",
        "dnf": "xorg-x11-server-Xvfb",
        "pacman": "xorg-server-xvfb",
    }.items():
        monkeypatch.setattr(dev.shutil, "which", {tool: tool}.get)
        dev.supply_system({"run", "test"})
        printed = capsys.readouterr().out
        assert f"sudo {tool} " in printed
        assert printed.count(package) == 2
        assert "libgl1" not in printed
    monkeypatch.setattr(dev.shutil, "which", lambda name: None)
    dev.supply_system({"run", "test"})
    assert "libxkbcommon0 xvfb" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform != "linux", reason="Linux: system packages")
def test_root_on_debian_installs_the_parts(dev: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    installed: list[list[str]] = []

    def call(command: list[str], **variables: str) -> int:
        assert variables == {"DEBIAN_FRONTEND": "noninteractive"}
        installed.append(command)
        return 0

    monkeypatch.setattr(dev, "is_present", lambda probe: bool(installed) or probe != "bin:xdotool")
    monkeypatch.setattr(dev, "call", call)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(dev.shutil, "which", lambda name: f"/usr/bin/{name}")
    dev.supply_system({"test"})
    assert [command[-1] for command in installed] == ["-q", "xdotool"]


@pytest.mark.skipif(sys.platform != "linux", reason="Linux: system packages")
def test_probes_see_what_is_there_and_what_is_not(dev: ModuleType) -> None:
    here = ["libc.so.6", "bin:sh", "file:/etc/host*", "module:json"]
    absent = ["libnowhere.so.9", "bin:no-such-program", "file:/etc/no-such-file", "module:no_such_module"]
    assert all(map(dev.is_present, here))
    assert not any(map(dev.is_present, absent))


@pytest.mark.parametrize(
    ("variables", "screen"),
    [
        ({}, sys.platform != "linux"),
        ({"DISPLAY": ":0"}, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, True),
        ({"DISPLAY": ":0", "QT_QPA_PLATFORM": "offscreen"}, False),
    ],
)
def test_a_screen_is_known(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], screen: bool
) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert dev.has_screen() == screen


@pytest.mark.parametrize(
    ("screen", "shift", "expected"),
    [
        (True, False, ["open", "--demo", "--lang"]),
        (True, True, ["demo", "--shift", "--report", "demo-report", "--lang"]),
        (False, False, ["demo", "--shift", "--report", "demo-report", "--lang"]),
    ],
)
def test_run_opens_the_desk_or_plays_the_shift(
    dev: ModuleType, monkeypatch: pytest.MonkeyPatch, screen: bool, shift: bool, expected: list[str]
) -> None:
    calls: list[tuple[list[str], dict[str, str]]] = []

    def call(command: list[str], **variables: str) -> int:
        calls.append((command, variables))
        return 0

    monkeypatch.delenv("QT_QPA_PLATFORM", raising=False)
    monkeypatch.setattr(dev, "has_screen", lambda: screen)
    monkeypatch.setattr(dev, "supply_system", lambda purposes: None)
    monkeypatch.setattr(dev, "prepare_environment", lambda lock: None)
    monkeypatch.setattr(dev, "call", call)
    assert dev.run(shift, ["--lang"]) == 0
    command, variables = calls[0]
    assert command[1:] == expected
    assert variables == ({} if expected[0] == "open" else {"QT_QPA_PLATFORM": "offscreen"})


def test_one_failed_step_fails_the_whole_and_the_others_still_run(
    dev: ModuleType, capfd: pytest.CaptureFixture[str]
) -> None:
    codes = {"first": 0, "second": 3, "third": 0}
    results = dev.perform(
        {name: [sys.executable, "-c", f"raise SystemExit({code})"] for name, code in codes.items()}
    )
    assert {name: code for name, (code, _) in results.items()} == codes
    assert dev.report(results, long=False) == 1
    printed = capfd.readouterr().out
    assert "失败 FAILED  second" in printed
    assert "通过 passed  third" in printed
    assert dev.report({"first": (0, 1000.0)}, long=False) == 0
    assert "over the limit of 15 minutes" in capfd.readouterr().out


@pytest.mark.skipif(sys.platform != "linux", reason="Linux: orphans are adopted")
def test_what_tests_leave_running_is_found_and_ended() -> None:
    program = (
        "import dev, subprocess\n"
        "dev.adopt_orphans()\n"
        "subprocess.run(['sh', '-c', 'sleep 71 & (setsid sleep 72 &) ; true'])\n"
        "print(dev.end_leftovers())\n"
        "print(dev.children())\n"
    )
    started = time.monotonic()
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    named, left = done.stdout.splitlines()
    assert sorted(ast.literal_eval(named)) == ["sleep 71", "sleep 72"]
    assert left == "{}"
    assert time.monotonic() - started < 30


def test_an_older_python_can_read_the_file_to_its_message() -> None:
    ast.parse((ROOT / "dev.py").read_text(encoding="utf-8"), feature_version=(3, 6))
    program = "import sys, runpy; sys.version_info = (3, 9, 2); runpy.run_path('dev.py')"
    done = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", program],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 1
    assert "需要 Python 3.11" in done.stderr
    assert "Python 3.11 or newer is needed" in done.stderr


def test_unknown_words_are_refused() -> None:
    done = subprocess.run(
        [sys.executable, "dev.py", "lint", "--nothing"],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 2
    assert "--nothing" in done.stderr
