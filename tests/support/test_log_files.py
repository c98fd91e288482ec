"""Are the newest lines found at once in a large log? Does following miss none when it is cut off?"""

import json
import time
from pathlib import Path

import pytest

from merchant_desk.models.faults import FileUnusable
from merchant_desk.support.log_files import (
    BLOCK,
    OTHER,
    FoundLines,
    LogLine,
    WantedLines,
    latest,
    log_files,
    newer,
    read_line,
)
from merchant_desk.sync.findings import NoSteps

FIRST = 1_790_000_000


def line(number: int, **more: object) -> bytes:
    at = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(FIRST + number))
    told = {"rows": number, "event": "request", "level": "info", "time": f"{at}.250000Z", **more}
    return json.dumps(told, ensure_ascii=False).encode() + b"\n"


def rows(found: FoundLines) -> list[int]:
    return [int(dict(one.facts)["rows"]) for one in found.lines]


@pytest.fixture
def log(tmp_path: Path) -> Path:
    """A log of 300 lines in three files, the newest in `desk.log`."""
    for part, (first, last) in {
        "desk.log.2": (0, 100),
        "desk.log.1": (100, 200),
        "desk.log": (200, 300),
    }.items():
        (tmp_path / part).write_bytes(b"".join(map(line, range(first, last))))
    return tmp_path / "desk.log"


def test_the_newest_lines_come_from_all_files_in_their_order(log: Path) -> None:
    found = latest(log, WantedLines(), 150)
    assert rows(found) == list(range(150, 300))
    assert not found.whole
    everything = latest(log, WantedLines(), 1_000)
    assert rows(everything) == list(range(300))
    assert everything.whole


def test_level_time_and_words_choose(log: Path) -> None:
    with log.open("ab") as file:
        file.write(line(300, level="error", event="sync_broke", error="ValueError", at=["a:1", "b:2"]))
        file.write(line(301, level="warning", code="disk_full"))
    assert rows(latest(log, WantedLines("warning"), 10)) == [300, 301]
    assert rows(latest(log, WantedLines("error"), 10)) == [300]
    assert rows(latest(log, WantedLines(words="DISK full"), 10)) == [301]
    since = latest(log, WantedLines(since=(FIRST + 298) * 1_000_000), 1_000)
    assert rows(since) == [298, 299, 300, 301]
    (broke,) = latest(log, WantedLines("error"), 10).lines
    assert (broke.time, broke.event) == ((FIRST + 300) * 1_000_000 + 250_000, "sync_broke")
    assert dict(broke.facts)["at"] == "b:2 < a:1"
    assert "error=ValueError" in broke.written()


def test_what_is_no_line_of_ours_shows_nothing_of_itself(log: Path) -> None:
    for raw in (
        "王小明 13800001234",
        "[1, 2]",
        '{"event": "王小明", "login": "wang"}',
        "\xff\xfe",
        '{"time": "soon"}',
    ):
        found = read_line(raw.encode("latin-1", "replace") if "\xff" in raw else raw.encode())
        assert "王" not in found.written()
        assert "wang" not in found.written()
    assert read_line(b"Traceback") == LogLine(0, "info", OTHER)


def test_a_line_that_is_being_written_waits_until_it_is_whole(log: Path) -> None:
    place = latest(log, WantedLines(), 1).place
    half, rest = line(300)[:20], line(300)[20:]
    with log.open("ab") as file:
        file.write(half)
    found = newer(log, WantedLines(), place)
    assert found.lines == ()
    with log.open("ab") as file:
        file.write(rest)
    found = newer(log, WantedLines(), found.place)
    assert rows(found) == [300]
    assert newer(log, WantedLines(), found.place).lines == ()


def test_following_goes_on_in_the_next_file(log: Path) -> None:
    place = latest(log, WantedLines(), 1).place
    with log.open("ab") as file:
        file.write(line(300))
    for number in (2, 1):
        log.with_name(f"desk.log.{number}").replace(log.with_name(f"desk.log.{number + 1}"))
    log.replace(log.with_name("desk.log.1"))
    log.write_bytes(line(301))
    assert rows(newer(log, WantedLines(), place)) == [300, 301]


def test_a_large_log_is_read_from_its_end_and_can_be_left(tmp_path: Path) -> None:
    log = tmp_path / "desk.log"
    log.write_bytes(b"".join(line(n) for n in range(100_000)))
    assert log.stat().st_size > 8 * BLOCK
    begun = time.thread_time()
    assert rows(latest(log, WantedLines(), 500)) == list(range(99_500, 100_000))
    newest = time.thread_time() - begun
    begun = time.thread_time()
    assert rows(latest(log, WantedLines(words="rows=99 sync_broke"), 5_000)) == []
    everything = time.thread_time() - begun
    assert newest < everything / 10

    class Leaving(NoSteps):
        seen = 0

        def report(self, done: int, total: int) -> None:
            assert 0 < done <= total
            self.seen += 1
            self.cancelled = self.seen == 2

    steps = Leaving()
    found = latest(log, WantedLines("error"), 5, steps)
    assert (steps.seen, found.whole, found.lines) == (2, False, ())


def test_logs_are_found_where_they_are(tmp_path: Path) -> None:
    folder = tmp_path / "desk"
    folder.mkdir()
    assert log_files(folder) == {}
    (folder / "desk.log").write_bytes(b"")
    (tmp_path / "server").mkdir()
    (tmp_path / "server" / "server.log").write_bytes(line(1))
    assert list(log_files(folder)) == ["desk", "server"]
    assert latest(folder / "desk.log", WantedLines(), 5).whole
    with pytest.raises(FileUnusable):
        latest(folder / "gone.log", WantedLines(), 5)
