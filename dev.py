"""Merchant Desk from a checkout: `python dev.py run`, `python dev.py test`; needs Python 3.11 alone.

The environment `.venv` is made from the hashed locks in `requirements/` and made again only when they change.
This file must be readable by older Pythons too, so that they can say what is wrong.
"""

import argparse
import contextlib
import ctypes
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Iterator  # noqa: UP035 - older Pythons have no other

if sys.version_info < (3, 11):  # noqa: UP036 - an older Python is just what this line is for
    sys.exit("需要 Python 3.11 或更新版本。 / Python 3.11 or newer is needed, not " + sys.version.split()[0])

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
STAMP = ENVIRONMENT / "merchant-desk.json"
PROGRAMS = ENVIRONMENT / ("Scripts" if sys.platform == "win32" else "bin")
SUFFIX = ".exe" if sys.platform == "win32" else ""
PYTHON = PROGRAMS / f"python{SUFFIX}"
LOCKS = {name: ROOT / "requirements" / f"{name}.txt" for name in ("runtime", "dev")}
GROUPS = {"runtime": "build", "dev": "dev"}
SYSTEM_PARTS = ROOT / "requirements" / "system.toml"
INSTALLERS = {
    "apt": ["apt-get", "install", "-y", "--no-install-recommends"],
    "dnf": ["dnf", "install", "-y"],
    "pacman": ["pacman", "-S", "--needed", "--noconfirm"],
}
APT_OPTIONS = ["-o", "Acquire::Retries=2", "-o", "Acquire::http::Timeout=30"]
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.fonts", "~/.local/share/fonts")
CHINESE_FONTS = ("cjk", "wqy", "sourcehan", "source-han", "droidsansfallback", "uming", "ukai")
SUITE_MINUTES = 15
# Two more than processors: tests wait for timers and processes; with many more they disturb each other.
WORKERS = min((os.cpu_count() or 1) + 2, 4)
PR_SET_CHILD_SUBREAPER = 36
# UTF-8; windows as QT_TYPES in `cli/main.py` has them; byte code is kept, or each process compiles anew.
VARIABLES = {"PYTHONUTF8": "1", "PYSIDE6_OPTION_LAZY": "0", "PYTHONDONTWRITEBYTECODE": ""}


def say(chinese: str, english: str) -> None:
    """Print one message in both languages."""
    print(f"{chinese}\n{english}", flush=True)


def call(command: list[str], **variables: str) -> int:
    """Run a program in the checkout and return its exit code; Ctrl+C is left to the program."""
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | VARIABLES | variables)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


# ---------------------------------------------------------------- the system


def has_font(language: str) -> bool:
    """Return whether some font covers a language; without fontconfig's program, by the names of the files."""
    lister = shutil.which("fc-list")
    if lister:
        return bool(subprocess.run([lister, f":lang={language}"], capture_output=True, check=False).stdout)
    files = (file for folder in FONT_FOLDERS for file in Path(folder).expanduser().rglob("*.[ot]t[fc]"))
    return any(mark in file.name.lower() for file in files for mark in CHINESE_FONTS)


def is_present(probe: str) -> bool:
    """Return whether what a probe of system.toml names is on this machine."""
    kind, _, name = probe.rpartition(":")
    if kind == "bin":
        return shutil.which(name) is not None
    if kind == "file":
        return any(Path("/").glob(name.lstrip("/")))
    if kind == "font":
        return has_font(name)
    if kind == "module":
        return importlib.util.find_spec(name) is not None
    try:
        ctypes.CDLL(name)
    except OSError:
        return False
    return True


def missing_parts(purposes: set[str]) -> list[dict[str, str]]:
    """Return the parts of system.toml for these purposes that this machine lacks."""
    import tomllib

    parts = tomllib.loads(SYSTEM_PARTS.read_text(encoding="utf-8"))["part"]
    return [part for part in parts if part["for"] in purposes and not any(map(is_present, part["probe"]))]


def supply_system(purposes: set[str]) -> None:
    """Install what the system lacks (Debian or Ubuntu, as root) or name it with the exact command."""
    if not sys.platform.startswith("linux"):
        return
    missing = missing_parts(purposes)
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        packages = sorted({part["apt"] for part in missing})
        say(f"安装系统组件：{' '.join(packages)}", f"Installing system packages: {' '.join(packages)}")
        quiet = {"DEBIAN_FRONTEND": "noninteractive"}
        call(["apt-get", *APT_OPTIONS, "update", "-q"], **quiet)
        call([*INSTALLERS["apt"], *APT_OPTIONS, "-q", *packages], **quiet)
        missing = missing_parts(purposes)
    if not missing:
        return
    tool = next((name for name, command in INSTALLERS.items() if shutil.which(command[0])), "")
    packages = sorted({part[tool or "apt"] for part in missing})
    command = " ".join(["sudo", *INSTALLERS[tool], *packages]) if tool else " ".join(packages)
    say(f"缺少系统组件，请安装后重试：{command}", f"System parts are missing. Install them with:  {command}")


def has_screen() -> bool:
    """Return whether a window can be shown."""
    if os.environ.get("QT_QPA_PLATFORM") in {"offscreen", "minimal"}:
        return False
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


# ---------------------------------------------------------------- the environment


def digest(*files: Path) -> str:
    """Return one SHA-256 over the bytes of files."""
    return hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()


def is_current(lock: str) -> bool:
    """Return whether the environment holds what a lock and the project's metadata say today."""
    try:
        stamp = json.loads(STAMP.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    # The development lock holds all of the runtime lock, in the same versions (a test asks for it).
    accepted = [LOCKS[lock], LOCKS["dev"]]
    known = [digest(file, ROOT / "pyproject.toml") for file in accepted]
    return PYTHON.exists() and isinstance(stamp, dict) and stamp.get("content") in known


def was_interrupted() -> bool:
    """Return whether an attempt ended in the middle: pip may take a half-copied package for a whole one."""
    try:
        return "unfinished" in STAMP.read_text(encoding="utf-8")
    except OSError:
        return False


@contextlib.contextmanager
def one_at_a_time() -> Iterator[None]:
    """Hold what only one `dev.py` of this checkout may do; the system lets go if that one is killed."""
    with ROOT.joinpath(".venv.lock").open("a") as file:
        if sys.platform == "win32":
            import msvcrt

            # It gives up after ten seconds.
            while True:
                with contextlib.suppress(OSError):
                    msvcrt.locking(file.fileno(), msvcrt.LK_RLCK, 1)
                    break
        else:
            import fcntl

            fcntl.flock(file, fcntl.LOCK_EX)
        yield


def pip(*words: str) -> bool:
    """Run pip inside the environment; return whether it succeeded."""
    # Somebody who waits at a terminal sees what is fetched; a log keeps warnings and errors only.
    quiet = [] if sys.stdout.isatty() else ["-q"]
    return call([str(PYTHON), "-m", "pip", "--disable-pip-version-check", words[0], *quiet, *words[1:]]) == 0


def prepare_environment(lock: str) -> None:
    """Make or renew `.venv`; an interrupted attempt is taken up again by the next one.

    Raises:
        SystemExit: the environment could not be made; the text says why and what to do.
    """
    with one_at_a_time():
        if not is_current(lock):
            make_environment(lock)


def has_pip() -> bool:
    """Return whether the environment's Python runs and has pip; an upgrade of the system may break it."""
    if not PYTHON.exists():
        return False
    return subprocess.run([str(PYTHON), "-m", "pip", "-V"], capture_output=True, check=False).returncode == 0


def make_environment(lock: str) -> None:
    """Do what `prepare_environment` found necessary."""
    started = time.monotonic()
    say("准备运行环境（首次约需数分钟）……", "Preparing the environment (some minutes the first time) ...")
    if (was_interrupted() or not has_pip()) and call(
        [sys.executable, "-m", "venv", "--clear", str(ENVIRONMENT)]
    ):
        sys.exit("无法建立 .venv。 / The environment .venv could not be made; see above.")
    STAMP.write_text("unfinished", encoding="utf-8")
    content = digest(LOCKS[lock], ROOT / "pyproject.toml")
    # Only wheels: what is installed has been hashed as it is, nothing is built from unhashed tools.
    if not pip("install", "--require-hashes", "--only-binary=:all:", "-r", str(LOCKS[lock])):
        sys.exit(
            "依赖安装失败：请检查网络，或用 PIP_INDEX_URL 指定镜像。"
            "支持 Windows 10+、macOS 13+（Apple 芯片）、Linux glibc 2.34+（ARM 为 2.39+）。\n"
            "Packages could not be installed: check the network or name a mirror in PIP_INDEX_URL. "
            "Supported are Windows 10+, macOS 13+ on Apple silicon, Linux with glibc 2.34+ (2.39+ on ARM)."
        )
    if not pip("install", "--no-index", "--no-deps", "--no-build-isolation", "-e", str(ROOT)):
        sys.exit("项目安装失败。 / The project itself could not be installed; see above.")
    draft = STAMP.with_suffix(".tmp")
    draft.write_text(json.dumps({"lock": lock, "content": content}), encoding="utf-8")
    draft.replace(STAMP)
    seconds = time.monotonic() - started
    say(f"环境就绪，用时 {seconds:.0f} 秒。", f"The environment is ready after {seconds:.0f} s.")


# ---------------------------------------------------------------- the commands


def run(shift: bool, rest: list[str]) -> int:
    """Open the desk with the demo merchant; without a screen, play the first shift and report it."""
    screen = has_screen()
    supply_system({"run", "screen"} if screen else {"run"})
    prepare_environment("runtime")
    program = str(PROGRAMS / f"merchant-desk{SUFFIX}")
    if screen and not shift:
        return call([program, "open", "--demo", *rest])
    platform = os.environ.get("QT_QPA_PLATFORM", "offscreen")
    return call([program, "demo", "--shift", "--report", "demo-report", *rest], QT_QPA_PLATFORM=platform)


def checks() -> dict[str, list[str]]:
    """Return the commands that read the source without running it."""
    module = [str(PYTHON), "-m"]
    return {
        "ruff check": [*module, "ruff", "check", "."],
        "ruff format": [*module, "ruff", "format", "--check", "."],
        "mypy": [*module, "mypy"],
        "imports": [str(PROGRAMS / f"lint-imports{SUFFIX}")],
    }


def adopt_orphans() -> None:
    """Make this process the parent of whatever the tests leave behind (Linux)."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def children() -> dict[int, str]:
    """Return the living children of this process with their command lines; ended ones are reaped."""
    found = {}
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            # The name in brackets may hold spaces and brackets; the state and the parent follow it.
            state, parent = (entry / "stat").read_text().rpartition(")")[2].split()[:2]
            line = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if int(parent) == os.getpid():
            if state == "Z":
                os.waitpid(int(entry.name), os.WNOHANG)
            else:
                found[int(entry.name)] = line.strip()
    return found


def end_leftovers() -> list[str]:
    """End the processes that the tests left running and return their command lines (Linux)."""
    if not sys.platform.startswith("linux"):
        return []
    deadline = time.monotonic() + 3
    left = children()
    while left and time.monotonic() < deadline:
        time.sleep(0.1)
        left = children()
    named = list(left.values())
    while left:
        for number in left:
            os.kill(number, 9)
        time.sleep(0.1)
        left = children()
    return named


def report(results: dict[str, tuple[int, float]], long: bool) -> int:
    """Print what passed and how long it took; return the exit code of the whole."""
    total = sum(seconds for _, seconds in results.values())
    print()
    for name, (code, seconds) in results.items():
        print(f"  {'通过 passed' if code == 0 else '失败 FAILED'}  {name:<14}{seconds:8.1f} s")
    print(f"  合计 total               {total:8.1f} s", flush=True)
    if total > SUITE_MINUTES * 60 and not long:
        say(f"超过 {SUITE_MINUTES} 分钟的时限。", f"This is over the limit of {SUITE_MINUTES} minutes.")
    return int(any(code for code, _ in results.values()))


def perform(steps: dict[str, list[str]]) -> dict[str, tuple[int, float]]:
    """Run all steps, the later ones even if one fails; return exit codes and seconds."""
    results = {}
    for name, command in steps.items():
        print(f"\n--- {name}", flush=True)
        started = time.monotonic()
        results[name] = (call(command, QT_QPA_PLATFORM="offscreen"), time.monotonic() - started)
    return results


def test(long: bool, rest: list[str]) -> int:
    """Run the checks and the whole suite; with arguments for pytest, only the tests that they name."""
    supply_system({"run", "screen", "test"})
    prepare_environment("dev")
    adopt_orphans()
    # A file stays with one worker, that what its tests share be made once; a worker replaced hangs xdist 3.8.
    workers = ["-n", str(WORKERS), "--dist", "loadfile", "--no-loadscope-reorder", "--max-worker-restart=0"]
    options = [*(["--long"] if long else []), *(rest or workers)]
    pytest, null = [str(PYTHON), "-m", "pytest"], subprocess.DEVNULL
    if not rest:  # tests are compiled while the checks run: else each worker would compile them all
        subprocess.Popen([*pytest, "--co", "-q"], cwd=ROOT, env=os.environ | VARIABLES, stdout=null)
    results = perform({**({} if rest else checks()), "pytest": [*pytest, *options]})
    leftovers = end_leftovers()
    if leftovers:
        say("测试留下了仍在运行的进程：", "The tests left processes running:")
        print("\n".join(f"  {line}" for line in leftovers))
        results["left running"] = (1, 0.0)
    return report(results, long)


def lint(fix: bool) -> int:
    """Run the checks alone; with `fix`, let ruff mend what it can first."""
    prepare_environment("dev")
    if fix:
        call([str(PYTHON), "-m", "ruff", "check", "-q", "--fix-only", "."])
        call([str(PYTHON), "-m", "ruff", "format", "-q", "."])
    return report(perform(checks()), long=False)


def lock(upgrade: bool) -> int:
    """Write both locks anew: for every supported Python and system, with the hash of every file."""
    options = ["--universal", "--python-version", "3.11", "--generate-hashes", "--no-config", "-q"]
    options += ["--no-emit-index-url", "--no-emit-find-links", *(["--upgrade"] if upgrade else [])]
    with tempfile.TemporaryDirectory() as folder:
        call([sys.executable, "-m", "venv", folder])
        programs = Path(folder) / PROGRAMS.name
        call([str(programs / PYTHON.name), "-m", "pip", "install", "-q", "uv"])
        for name, group in GROUPS.items():
            same = ["-c", "requirements/runtime.txt"] if name == "dev" else []
            target = [*same, "--group", group, "-o", f"requirements/{name}.txt"]
            command = [str(programs / f"uv{SUFFIX}"), "pip", "compile", "pyproject.toml", *options, *target]
            code = call(command, UV_CUSTOM_COMPILE_COMMAND="python dev.py lock")
            if code:
                return code
    return 0


def main() -> int:
    """Read the command line and do what it says; return the exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A pipe on Windows has an encoding that knows no Chinese.
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    parser = argparse.ArgumentParser(prog="python dev.py", description="从源码运行 / from a checkout")
    commands = parser.add_subparsers(dest="command", required=True, metavar="command")
    command = commands.add_parser("run", help="打开演示工作台；无屏幕时演练首个班次 / open the demo desk")
    command.add_argument("--shift", action="store_true", help="演练首个班次 / play the first shift")
    command = commands.add_parser("test", help="检查与测试，余下参数交给 pytest / checks and tests")
    command.add_argument("--long", action="store_true", help="完整形式 / the full forms")
    command = commands.add_parser("lint", help="只做静态检查 / the checks alone")
    command.add_argument("--fix", action="store_true", help="先自动修正 / mend first")
    commands.add_parser("shell", help="进入环境中的 Python / Python inside the environment")
    command = commands.add_parser("lock", help="重写锁定文件 / write the locks anew")
    command.add_argument("--upgrade", action="store_true", help="升级版本 / take newer versions")
    chosen, rest = parser.parse_known_args()
    if chosen.command == "run":
        return run(chosen.shift, rest)
    if chosen.command == "test":
        return test(chosen.long, rest)
    if rest and chosen.command != "shell":
        parser.error("不认识 / unknown: " + " ".join(rest))
    if chosen.command == "lint":
        return lint(chosen.fix)
    if chosen.command == "lock":
        return lock(chosen.upgrade)
    prepare_environment("dev")
    return call([str(PYTHON), *rest])


if __name__ == "__main__":
    raise SystemExit(main())
