"""The guards of conftest.py, proved by tests that they must fail."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.skips import ALLOWED_SKIPS, read_allowed_skips

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = """
import logging
import threading
import warnings

import pytest
import structlog
from PySide6.QtCore import QTimer, qWarning
from PySide6.QtWidgets import QWidget

kept = []


def test_logs():
    logging.getLogger("stock").warning("shelf is empty")


def test_logs_by_structlog():
    structlog.get_logger().error("shelf is empty")


@pytest.mark.expects_log("shelf is empty")
def test_announces_its_log():
    logging.getLogger("stock").warning("shelf is empty")


def test_warns():
    warnings.warn("old way", stacklevel=1)


def test_leaks_a_thread():
    threading.Thread(target=threading.Event().wait, args=(6,), name="forgotten").start()


def test_leaks_a_window(qapp):
    kept.append(QWidget())


def test_leaks_a_timer(qapp):
    timer = QTimer()
    timer.start(60_000)
    kept.append(timer)


def test_closes_its_window(qtbot):
    qtbot.addWidget(QWidget())


def test_upsets_qt(qapp):
    qWarning("no such slot")


@pytest.mark.long
def test_takes_long():
    raise AssertionError("runs only with --long")
"""


def run_pytest(file: Path, *options: str, **environment: str) -> tuple[int, str]:
    """Run one file under this project's configuration; return exit code and what it printed."""
    command = [sys.executable, "-m", "pytest", "-c", str(ROOT / "pyproject.toml"), "-p", "tests.conftest"]
    own = {key: value for key, value in os.environ.items() if key not in {"CI", "MERCHANT_DESK_DATA"}}
    done = subprocess.run(
        [*command, "-p", "no:cacheprovider", "-rA", "--tb=short", *options, str(file)],
        cwd=ROOT,
        env=own | environment,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("samples") / "test_samples.py"
    file.write_text(SAMPLES, encoding="utf-8")
    code, printed = run_pytest(file)
    assert code == 1, printed
    return printed


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("test_logs", "WARNING stock: shelf is empty"),
        ("test_logs_by_structlog", "shelf is empty"),
        ("test_leaks_a_thread", "threads left running: forgotten"),
        ("test_leaks_a_window", "left open: window QWidget"),
        ("test_leaks_a_timer", "left open: timer"),
    ],
)
def test_a_leak_fails_the_test_that_made_it(samples: str, name: str, said: str) -> None:
    errors = [line.split(" - ")[0] for line in samples.splitlines() if line.startswith("ERROR ")]
    assert any(error.endswith(f"::{name}") for error in errors)
    assert said in samples


@pytest.mark.parametrize("name", ["test_warns", "test_upsets_qt"])
def test_a_warning_is_an_error(samples: str, name: str) -> None:
    assert any(line.startswith("FAILED ") and f"::{name}" in line for line in samples.splitlines())


@pytest.mark.parametrize("name", ["test_announces_its_log", "test_closes_its_window"])
def test_a_clean_test_passes(samples: str, name: str) -> None:
    assert any(line.startswith("PASSED ") and line.endswith(f"::{name}") for line in samples.splitlines())
    assert not any(line.startswith("ERROR ") and f"::{name}" in line for line in samples.splitlines())


def test_long_tests_run_on_request_only(samples: str, tmp_path: Path) -> None:
    assert "1 deselected" in samples
    file = tmp_path / "test_samples.py"
    file.write_text(SAMPLES, encoding="utf-8")
    assert "runs only with --long" in run_pytest(file, "--long", "-k", "test_takes_long")[1]


def test_a_skip_that_is_not_listed_fails_an_unattended_run(tmp_path: Path) -> None:
    bodies = [
        "def test_one():\n    pytest.skip('no scanner here, at run')",
        "@pytest.mark.skip(reason='no scanner here, by mark')\ndef test_one():\n    pass",
        "@pytest.mark.xfail(reason='no scanner here, expected')\ndef test_one():\n    assert False",
        "pytest.skip('no scanner here, whole file', allow_module_level=True)",
    ]
    for number, body in enumerate(bodies):
        text = f"import pytest\n\n\n{body}\n\n\ndef test_two():\n    pass\n"
        (tmp_path / f"test_skips_{number}.py").write_text(text, encoding="utf-8")
    code, printed = run_pytest(tmp_path, CI="true")
    assert code == 1, printed
    for where in ("at run", "by mark", "expected", "whole file"):
        assert f"| no scanner here, {where}" in printed
    assert run_pytest(tmp_path)[0] == 0


def test_the_real_data_may_be_waived_by_name_only(tmp_path: Path) -> None:
    file = tmp_path / "test_data.py"
    file.write_text("def test_data(data_dir):\n    assert data_dir.is_dir()\n", encoding="utf-8")
    assert run_pytest(file, CI="true", MERCHANT_DESK_DATA="none")[0] == 0
    code, printed = run_pytest(file, CI="true", MERCHANT_DESK_DATA=str(tmp_path / "absent"))
    assert code == 1, printed
    assert run_pytest(file, CI="true", MERCHANT_DESK_DATA=str(tmp_path))[0] == 0


def test_the_list_of_skips_is_well_formed(tmp_path: Path) -> None:
    assert read_allowed_skips(ALLOWED_SKIPS)
    broken = tmp_path / "allowed_skips.txt"
    broken.write_text("# comment\ntests/x.py::test_y | because\n", encoding="utf-8")
    with pytest.raises(ValueError, match=r"line 2: expected `name \| reason \| when`"):
        read_allowed_skips(broken)
