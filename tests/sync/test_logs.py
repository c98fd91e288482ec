"""Can a line of a log quote a person, a price or a code, whoever writes it? Is the file its owner's alone?"""

import ast
import errno
import io
import json
import logging
import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from merchant_desk.models.private_files import OWNER_ONLY
from merchant_desk.sync import logs
from merchant_desk.sync.logs import FACTS, configure_logs, impersonal, mistake

ROOT = Path(__file__).resolve().parents[2]
PLANTED = ("王小明", "13800001234", "北京市朝阳区", "6901234567892", "TEA-0917-X", "69.90元", "/home/wangxm/")


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """Where this process logs during the test; afterwards it logs as before."""
    root = logging.getLogger()
    handlers, level = root.handlers, root.level
    path = tmp_path / "desk.log"
    configure_logs(path)
    try:
        yield path
    finally:
        for handler in root.handlers:
            handler.close()
        root.handlers = handlers
        root.setLevel(level)
        structlog.reset_defaults()


class Terminal(io.StringIO):
    """A screen that somebody looks at."""

    def isatty(self) -> bool:
        return True


@pytest.mark.usefixtures("file")
def test_at_a_terminal_people_read_warnings_alone_and_no_json(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr("sys.stderr", terminal)
    for handler in logging.getLogger().handlers:
        handler.close()
    configure_logs(None)
    log = structlog.get_logger("merchant_desk.probe")
    log.info("request", rows=200)
    log.warning("copy_failed", code="disk_full", why=PLANTED[0])
    said = terminal.getvalue()
    assert "[warning" in said
    assert "code=disk_full" in said
    assert [word for word in ("{", "request", PLANTED[0]) if word in said] == []


class FullDisk(io.StringIO):
    """Takes nothing any more."""

    def write(self, text: str, /) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")


def lines(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def test_a_line_says_what_where_and_which_and_nothing_that_was_planted(file: Path) -> None:
    log, library = structlog.get_logger("merchant_desk.probe"), logging.getLogger("some.library")
    planted = " ".join(PLANTED)
    try:
        raise ValueError(f"row {planted}")
    except ValueError as error:
        log.error("handler_failed", kind="ReceiveGoods", rows=3, **mistake(error))
        log.exception("screen_failed")
        logging.getLogger("merchant_desk.ui.probe").error("work failed", exc_info=error)
        library.warning("no answer from %s after %d s", planted, 4)
        library.error(f"sent {planted}")
    for word in PLANTED:
        log.error("odd", code=word, why=word, login=word, error=repr(ValueError(word)))
    text = file.read_text("utf-8")
    assert [word for word in PLANTED if word in text] == []
    first, second, ours, template, ready = lines(file)[:5]
    assert (first["event"], first["kind"], first["rows"], first["error"]) == (
        "handler_failed", "ReceiveGoods", 3, "ValueError",
    )  # fmt: skip
    assert first["at"][0].startswith("test_a_line_says_what")
    assert (second["error"], ours["error"]) == ("ValueError", "ValueError")
    assert template["event"] == "no answer from %s after %d s"
    assert ready["event"] == "library_line"
    assert ready["at"].startswith("test_logs:")


def test_only_its_owner_reads_it_also_after_it_was_cut_off(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stat.S_IMODE(file.stat().st_mode) == OWNER_ONLY
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logs.LogFile)
    handler.maxBytes = 2_000
    log = structlog.get_logger()
    for number in range(300):
        log.info("request", rows=number)
    kept = sorted(file.parent.iterdir())
    assert len(kept) == 1 + logs.FILES
    assert {stat.S_IMODE(one.stat().st_mode) for one in kept} == {OWNER_ONLY}
    assert all(one.stat().st_size <= 2_000 for one in kept)


def test_what_an_earlier_start_wrote_counts(tmp_path: Path) -> None:
    path = tmp_path / "old.log"
    path.write_text("x" * 1_990 + "\n")
    handler = logs.LogFile(path)
    handler.maxBytes = 2_000
    handler.emit(logging.makeLogRecord({"msg": "the next line"}))
    handler.close()
    assert path.read_text() == "the next line\n"
    assert path.with_name("old.log.1").stat().st_size == 1_991


@pytest.mark.skipif(not hasattr(os, "fchmod"), reason="Windows: access comes from the folder above")
def test_a_file_that_others_could_read_is_closed_to_them(tmp_path: Path) -> None:
    path = tmp_path / "old.log"
    path.write_text("{}\n")
    path.chmod(0o644)
    logs.LogFile(path).close()
    assert stat.S_IMODE(path.stat().st_mode) == OWNER_ONLY
    assert path.read_text() == "{}\n"


def test_work_goes_on_without_a_log_that_cannot_be_written(
    file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    handler = logging.getLogger().handlers[0]
    assert isinstance(handler, logs.LogFile)
    handler.close()
    handler.stream = FullDisk()  # type: ignore[assignment]
    structlog.get_logger().info("request", rows=1)
    assert capfd.readouterr().err == ""


@given(st.dictionaries(st.text(max_size=8), st.text(max_size=30), max_size=6))
def test_names_that_nobody_looked_through_are_left_out(line: dict[str, str]) -> None:
    assert set(impersonal(line)) <= FACTS | set(logs.ALWAYS)


@given(st.sampled_from(sorted(FACTS - {"found", "wanted"})), st.text(alphabet="0123456789", min_size=4))
def test_long_numbers_in_words_are_left_out(name: str, digits: str) -> None:
    said = str(impersonal({name: f"x {digits}", "event": digits}))
    assert digits not in said or len(digits) == 12  # as the last part of an id


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    """Yield what writes a line by structlog or logging."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id == "log" and node.func.attr != "addHandler":
                yield node


def test_every_fact_that_the_source_logs_was_looked_through() -> None:
    strange, used = [], set()
    for path in (ROOT / "merchant_desk").rglob("*.py"):
        for call in calls(ast.parse(path.read_text("utf-8"))):
            for keyword in call.keywords:
                if keyword.arg is None:
                    assert ast.unparse(keyword.value).startswith("mistake("), f"{path.name}:{call.lineno}"
                elif keyword.arg in FACTS:
                    used.add(keyword.arg)
                elif keyword.arg not in ("exc_info", "error"):
                    strange.append(f"{path.name}:{call.lineno} {keyword.arg}")
                if keyword.arg == "error":
                    assert "repr(" not in ast.unparse(keyword.value), f"{path.name}:{call.lineno}"
    assert strange == [], "name it in sync/logs.py FACTS if it can never be about a person or goods"
    assert FACTS - used == set(), "these are not logged by anybody"
