"""A full or write-protected disk before anything is open: said by name, and no lock is left behind."""

import subprocess
from argparse import Namespace
from pathlib import Path

import pytest

from merchant_desk import app
from merchant_desk.cli import open_desk
from merchant_desk.domain.settings_known import LANGUAGE
from merchant_desk.models.faults import AlreadyOpen, ReadOnlyDatabase
from merchant_desk.models.local_settings import LocalSettings
from merchant_desk.models.profile_lock import ProfileLock
from tests.server.running import run
from tests.trouble.edges import small_disk
from tests.trouble.shopfloor import RealShop
from tests.trouble.words import failed, told


def opened(*words: str) -> "subprocess.CompletedProcess[str]":
    return run("open", *words)


def check_is_free(folder: Path) -> None:
    with ProfileLock(folder) as lock:
        assert lock.held


def test_a_full_disk_when_the_program_starts(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "2m") as disk:
        disk.fill()
        home, data, own = disk.folder / "home", disk.folder / "data", disk.folder / "own"
        full = ("磁盘已满.*腾出空间后重试", "disk is full.*make room and try again")
        failed(opened("--demo", "--profile", str(home)), *full)
        failed(opened("--profile", str(own), "--player"), *full)
        failed(run("serve", "--demo", "--data-dir", str(data), "--port", "0", "--plain-http"), *full)
        disk.make_room()
        for folder in (home / "desk", data):
            check_is_free(folder)


def test_a_lock_that_cannot_be_written_is_not_held(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "2m") as disk:
        disk.fill()
        with pytest.raises(OSError, match=r"profile\.lock"):
            ProfileLock(disk.folder)
        disk.make_room()
        check_is_free(disk.folder)


def test_a_write_protected_disk_is_told_of_the_database_not_of_the_log(
    shop: RealShop, tmp_path: Path
) -> None:
    with small_disk(tmp_path / "disk", "8m") as disk:
        desk = shop.desk(disk.folder / "home" / "desk")
        desk.close()
        shop.desks.remove(desk)
        disk.read_only(on=True)
        protected = ("数据库.*是只读的.*写保护", "database.*is read-only.*write protection")
        for done in (
            opened("--demo", "--profile", str(disk.folder / "home")),
            opened("--profile", str(disk.folder / "home" / "desk")),
        ):
            failed(done, *protected)
            assert "desk.log" not in done.stderr
        disk.read_only(on=False)


def test_an_unwritable_log_keeps_no_desk_from_opening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs: list[Path | None] = []

    def configure(file: Path | None, *, shown: bool = True) -> None:
        logs.append(file)
        if file is not None:
            raise OSError(30, "Read-only file system", str(file))
        assert not shown, "nobody reads a terminal behind a window"

    monkeypatch.setattr(open_desk, "configure_logs", configure)
    open_desk._log_to(tmp_path)
    assert logs == [tmp_path / "desk.log", None]


def test_a_second_window_of_the_demo_is_sent_to_the_first(tmp_path: Path) -> None:
    """While the first loads or runs, its server's folder is in use as well; that is not what to say."""
    home = tmp_path / "demo"
    for name in ("desk", "server"):
        (home / name).mkdir(parents=True)
    with ProfileLock(home / "desk"), ProfileLock(home / "server"):
        done = opened("--demo", "--profile", str(home))
    failed(done, "已被另一个窗口打开.*请使用那个窗口", "already open in another window.*Use that window")
    assert "server" not in done.stderr
    said = told(AlreadyOpen(home, 7))
    assert said.zh.startswith("已被另一个窗口打开")
    assert said.en.startswith("This is already open in another window")


def test_a_desk_that_does_not_open_says_so_in_its_own_language(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    LocalSettings(tmp_path).decide({LANGUAGE.key: "en"}, None, 1)
    shown: list[str] = []

    def show(*_: object, language: str, dark: bool) -> str:
        shown.append(language)
        return "close"

    def run_it(_: object) -> int:
        raise ReadOnlyDatabase(tmp_path / "desk.db")

    monkeypatch.setattr(app, "show_trouble", show)
    monkeypatch.setattr(open_desk, "_run", run_it)
    monkeypatch.setattr(open_desk, "_shows_windows", lambda _: True)
    wish = Namespace(profile=tmp_path, demo=False, language=None, dark=None)
    with pytest.raises(ReadOnlyDatabase):
        open_desk.run(wish)
    assert shown == ["en"]
