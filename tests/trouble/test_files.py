"""Files that are broken or something else, given to a real desk to import: said in words, nothing written."""

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.documents.test_broken_files import BROKEN
from tests.jobs.imports import product_file
from tests.server.running import ROOT, command
from tests.trouble.shopfloor import RealShop, at_work, demonstration_code, differences
from tests.trouble.words import failed

GIVEN = {
    "no byte": ("文件是空的", "file is empty"),
    "PDF": ("其实是 PDF 文件.*另存为", "really a PDF file.*[Ss]ave it as"),
    "HTML called CSV": ("其实是 HTML 文件", "really a HTML file"),
    "encrypted workbook": ("密码保护", "protected by a password"),
    "half a workbook": ("工作簿已损坏", "workbook is damaged"),
    "half a .gz": ("不完整", "not complete"),
    "two encodings": ("第 3 行|编码", "line|encoding"),
    "quotation mark never closed": ("引号", "quotation mark"),
}
"""How a file is broken or foreign, and what must be said of it."""

FEW = ("no byte", "encrypted workbook", "two encodings")
"""What the short form gives by the command line; what is said of each is tested without a process, too."""


def give(folder: Path, path: Path, password: str) -> "subprocess.CompletedProcess[str]":
    """Import a file at a desk as people do, by the command line."""
    words = ("import", "products", str(path), "--profile", str(folder), "--login", "manager")
    return subprocess.run(
        command(*words), cwd=ROOT, capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "MERCHANT_DESK_PASSWORD": password},
    )  # fmt: skip


@pytest.fixture
def closed(shop: RealShop, tmp_path: Path) -> Path:
    """The folder of a desk that has work of its own and is closed."""
    desk = shop.desk(tmp_path / "desk")
    floor = at_work(desk)
    floor.scan(3)
    desk.sync()
    desk.close()
    shop.desks.remove(desk)
    return tmp_path / "desk"


def test_a_broken_or_foreign_file_is_named_and_nothing_of_it_is_written(
    shop: RealShop, closed: Path, tmp_path: Path, long_run: bool
) -> None:
    files = tmp_path / "files"
    for name in GIVEN if long_run else FEW:
        zh, en = GIVEN[name]
        (files / name.replace(" ", "-")).mkdir(parents=True)
        path = BROKEN[name][0](files / name.replace(" ", "-"))
        before = path.read_bytes()
        failed(give(closed, path, shop.password), zh, en)
        assert path.read_bytes() == before, "a file that is given is only read"
    good = product_file(tmp_path, (demonstration_code(), "陈醋"))
    done = give(closed, good, shop.password)
    assert done.returncode == 0, done.stderr
    again = shop.desk(tmp_path / "again")
    assert differences(shop.data, [again]) == ()
    assert re.search("导入完成.*\n?.*Imported", done.stdout), done.stdout
    jobs = again.ask(lambda connection: connection.exec_driver_sql("SELECT status FROM jobs").all())
    assert [tuple(job) for job in jobs] == [("finished",)], "of all these files one became work"
