"""What holds for every test: nothing is skipped in silence, nothing is logged, leaked or left open unseen."""

import gc
import logging
import os
import re
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest
import structlog

from tests.helpers.skips import ALLOWED_SKIPS, SkipLedger, data_was_waived

if TYPE_CHECKING:
    from argon2 import PasswordHasher

pytest_plugins = ["tests.helpers.postgres", "tests.helpers.memory", "tests.helpers.manager_at_work"]

ROOT = Path(__file__).resolve().parent.parent
DATA = Path(os.environ.get("MERCHANT_DESK_DATA", ROOT.parent / "shared" / "data"))
NO_DATA = (
    f"真实数据不在 {DATA.name}（MERCHANT_DESK_DATA）。 / Real data not found: "
    "put it beside the checkout or name its folder in MERCHANT_DESK_DATA."
)
THREAD_GRACE_SECONDS = 2.0
MOST_OBJECTS = 100_000
# What takes minutes in one piece begins first, so that no worker is left alone with it at the end.
FIRST_FOLDERS = ("journeys", "drills")

# Windows of a test appear on a screen only where somebody asks for it.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

hypothesis.settings.register_profile("dev", deadline=None)
hypothesis.settings.register_profile(
    "ci", deadline=None, derandomize=True, database=None, print_blob=True, max_examples=60
)
hypothesis.settings.register_profile("long", deadline=None, max_examples=2000, print_blob=True)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="run the full forms of the tests too")


def pytest_configure(config: pytest.Config) -> None:
    profile = "long" if config.getoption("--long") else "ci" if os.environ.get("CI") else "dev"
    hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", profile))
    if os.environ.get("CI"):
        config.pluginmanager.register(SkipLedger(ALLOWED_SKIPS, config.rootpath), "skip-ledger")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with what takes longest; leave the long tests out, uncounted, unless somebody asks for them."""
    items.sort(key=lambda item: item.path.parent.name not in FIRST_FOLDERS)
    if config.getoption("--long"):
        return
    long = [item for item in items if item.get_closest_marker("long")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if not item.get_closest_marker("long")]


def pytest_collection_finish() -> None:
    """Leave what was imported out of garbage collection, and out of the search for timers left running."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def long_run(pytestconfig: pytest.Config) -> bool:
    """Whether this run asks for full forms; a test with a short form chooses its sizes by it."""
    return bool(pytestconfig.getoption("--long"))


@pytest.fixture(scope="session")
def data_dir() -> Path:
    """The folder of real data files (read-only); skips the test where it is absent."""
    if data_was_waived() or not DATA.is_dir():
        pytest.skip(NO_DATA)
    return DATA


@pytest.fixture(scope="session", autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep every test away from the profiles and settings of the person who runs it."""
    home = tmp_path_factory.mktemp("home")
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "APPDATA", "LOCALAPPDATA"):
            if variable.startswith("XDG") or sys.platform == "win32":
                patch.setenv(variable, str(home / variable.lower()))
        yield


@pytest.fixture(scope="session", autouse=True)
def only_what_users_have(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Let processes that tests start find no `rich`, which came with a tool of ours.

    structlog loads it wherever it is, which made a seventh of each start; no merchant's computer has it.
    """
    folder = tmp_path_factory.mktemp("absent")
    (folder / "rich.py").write_text("raise ImportError\n", encoding="ascii")
    path = os.pathsep.join([str(folder), *filter(None, [os.environ.get("PYTHONPATH")])])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", path)
        yield


@pytest.fixture(scope="session", autouse=True)
def full_hasher() -> Iterator["PasswordHasher"]:
    """Hash by the same function with less work; gives the real one, whose cost is test_passwords' subject."""
    from argon2 import PasswordHasher, Type

    from merchant_desk.sync import passphrase, passwords

    full = passwords._hasher
    cheap = PasswordHasher(1, 64, 1, passwords.HASH_BYTES, passwords.SALT_BYTES, type=Type.ID)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", cheap)
        for name, cost in (("TIME_COST", 1), ("MEMORY_KIB", 1024), ("LANES", 1)):
            patch.setattr(passphrase, name, cost)
        yield full


class _LogRecorder(logging.Handler):
    """Keeps the warnings and errors of one test."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(f"{record.levelname} {record.name}: {record.getMessage()}")


@pytest.fixture(autouse=True)
def no_unexpected_log(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that logs a warning or an error which it does not announce by `expects_log`."""
    structlog.configure(
        processors=[structlog.processors.KeyValueRenderer(key_order=["event"])],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    recorder = _LogRecorder()
    logging.getLogger().addHandler(recorder)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(recorder)
        structlog.reset_defaults()
    expected = [mark.args[0] for mark in request.node.iter_markers("expects_log")]
    stray = [line for line in recorder.lines if not any(re.search(pattern, line) for pattern in expected)]
    if stray:
        pytest.fail("unexpected log lines (announce them with expects_log):\n" + "\n".join(stray))


def _running() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if not thread.daemon}


@pytest.fixture(autouse=True)
def no_leaked_thread() -> Iterator[None]:
    """Fail a test that leaves a thread which would keep the program from ending."""
    before = _running()
    yield
    deadline = time.monotonic() + THREAD_GRACE_SECONDS
    while (left := _running() - before) and time.monotonic() < deadline:
        next(iter(left)).join(0.05)
    if left:
        pytest.fail("threads left running: " + ", ".join(sorted(thread.name for thread in left)))


class _Census:
    """Counts the windows and running timers of this process; what the last count found is kept for the next.

    Looking through all objects twice a test costs as much as many a test.
    """

    def __init__(self) -> None:
        self._names: list[str] = []
        self._of: Path | None = None
        self._is_crowded = True

    def before(self, path: Path) -> list[str]:
        """Name what stands before a test of this file: what the last one left, or the file's own stage."""
        if self._is_crowded:  # all there is belongs to no test: it is not looked through again
            gc.collect()
            gc.freeze()
            self._is_crowded = False
        if path != self._of:
            self.take()
            self._of = path
        return list(self._names)

    def take(self) -> list[str]:
        """Name the top-level widgets and running timers of this process."""
        from PySide6.QtCore import QCoreApplication, QEvent, QTimer
        from PySide6.QtWidgets import QApplication
        from shiboken6 import isValid

        # A widget that was told to go goes only now: no event loop is running between tests.
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
        windows = [f"window {type(widget).__name__}" for widget in QApplication.topLevelWidgets()]
        found, kinds = gc.get_objects(), {QTimer, *QTimer.__subclasses__()}
        timers = [one for one in found if type(one) in kinds and isValid(one) and one.isActive()]
        self._is_crowded = len(found) > MOST_OBJECTS
        self._names = windows + [
            f"timer of {type(timer.parent()).__name__} ({timer.interval()} ms)" for timer in timers
        ]
        return list(self._names)


_census = _Census()


@pytest.fixture(autouse=True)
def no_leaked_window(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a test that leaves a window open or a timer running."""
    if "qapp" not in request.fixturenames:
        yield
        return
    before = _census.before(request.path)
    yield
    left = _census.take()
    for name in before:
        if name in left:
            left.remove(name)
    if left:
        pytest.fail("left open: " + ", ".join(left))
