"""Does `serve --init` judge all that it was told before it founds anything, and keep what is shown once?"""

import os
import pty
import signal
import subprocess
from pathlib import Path

import httpx
import pytest

from merchant_desk.domain.refusals import Refusal
from merchant_desk.server.founding import Founding, found, merchants
from tests.server.running import ROOT, command, run, running
from tests.server.web import WebWorld
from tests.trouble.words import failed, told

START = ("serve", "--port", "0", "--demo", "--plain-http")
SHOP = ("--init", "青石供销社", "--outlet", "CG")


def test_all_that_is_wrong_is_told_by_option_before_anything_is_made(tmp_path: Path) -> None:
    password, data = tmp_path / "password", tmp_path / "server"
    password.write_text("1\n", "utf-8")
    done = run(
        *START, "--data-dir", str(data), "--init", "", "--manager", " ", "--currency", "RMB",
        "--zone", "Mars", "--outlet", "一店", "--outlet-name", "店" * 101,
        "--manager-password-file", str(password),
    )  # fmt: skip
    failed(done, "^--init：名称要有", "^--init: A name has")
    failed(done, "^--manager：名称要有", "^--manager: A name has")
    failed(done, "^--currency：RMB 不是", "^--currency: RMB is no currency")
    failed(done, "^--zone：不认识的时区：Mars", "^--zone: Unknown time zone: Mars")
    failed(done, "^--outlet：门店编号", "^--outlet: An outlet's code")
    failed(done, "^--outlet-name：名称要有", "^--outlet-name: A name has")
    failed(done, "^--manager-password-file：", "^--manager-password-file: ")
    assert len(done.stderr.splitlines()) == 14
    assert done.stdout == ""
    assert not data.exists()


def test_an_invitation_to_no_outlet_is_refused_before_anything_is_founded(tmp_path: Path) -> None:
    where = ("--data-dir", str(tmp_path / "server"))
    done = run(*START, *where, "--init", "青石供销社", "--invite", "MAIN")
    failed(done, "没有代码为 MAIN 的门店。现有的门店：01。", "no outlet with the code MAIN. There are: 01.")
    with running(tmp_path / "server", "--plain-http", "--init", "青石供销社", "--invite", "01") as server:
        assert server.ready["founded"]["password"], "nothing had been founded, so that this is the first time"
        assert server.ready["merchants"] == 1
    failed(run(*START, *where, "--invite", "MAIN"), "MAIN.*01", "MAIN.*01")


def test_a_server_without_a_merchant_says_so(tmp_path: Path) -> None:
    where = ("--data-dir", str(tmp_path / "server"))
    process = subprocess.Popen(
        command(*START, *where, "--with-parent"), cwd=ROOT, stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    said = [process.stdout.readline() for _ in range(4)]
    process.communicate()
    assert "还没有商户" in "".join(said)
    assert "no merchant on this server yet" in "".join(said)
    assert "--init" in "".join(said)
    with running(tmp_path / "server", "--plain-http") as server:
        assert server.ready["merchants"] == 0


@pytest.mark.parametrize(
    ("content", "zh", "en"),
    [(None, "它不存在", "it does not exist"), (b"\xff\xfe\x00", "不是 UTF-8 文本", "it is no text in UTF-8")],
)
def test_a_password_file_that_cannot_be_read(tmp_path: Path, content: bytes | None, zh: str, en: str) -> None:
    password, data = tmp_path / "password", tmp_path / "server"
    if content is not None:
        password.write_bytes(content)
    done = run(*START, "--data-dir", str(data), *SHOP, "--manager-password-file", str(password))
    failed(done, f"--manager-password-file：.*{zh}", f"--manager-password-file: .*{en}")
    assert not data.exists()


@pytest.mark.parametrize(
    ("place", "zh", "en"),
    [
        ("missing/paper.html", "它不存在", "it does not exist"),
        ("file/paper.html", "它不是文件夹", "it is no folder"),
        ("folder.html", "它是文件夹", "it is a folder"),
        ("paper.pdf", r"\.html 或 \.txt", r"\.html or \.txt"),
    ],
)
def test_a_sheet_that_could_not_be_written_founds_nothing(
    tmp_path: Path, place: str, zh: str, en: str
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    (tmp_path / "folder.html").mkdir()
    data, sheet = tmp_path / "server", tmp_path / place
    done = run(*START, "--data-dir", str(data), *SHOP, "--recovery-sheet", str(sheet))
    failed(done, f"{zh}.*什么都没有改变", f"{en}.*Nothing was changed")
    with running(data, *SHOP, "--plain-http") as server:
        assert "founded" in server.ready, "the start before has founded nothing"
    assert {one.name for one in tmp_path.iterdir()} == {"file", "folder.html", "server", "server.log"}


def test_a_sheet_that_fails_after_the_founding_shows_the_key_instead(tmp_path: Path) -> None:
    data, sheet = tmp_path / "server", tmp_path / "paper.html"
    (tmp_path / "paper.html.new" / "in the way").mkdir(parents=True)
    with running(data, *SHOP, "--plain-http", "--recovery-sheet", str(sheet)) as server:
        said = server.log.read_text("utf-8")
        assert server.ready["founded"]["recovery_key"]
    assert "商户已建立" in said
    assert "The shop was founded, but" in said
    assert "没有改变" not in said


def test_a_standing_merchant_starts_whatever_became_of_the_sheets_place(tmp_path: Path) -> None:
    data, sheet = tmp_path / "server", tmp_path / "stick" / "paper.html"
    with running(data, *SHOP, "--plain-http") as server:
        assert server.stop() == 0
    with running(data, *SHOP, "--plain-http", "--recovery-sheet", str(sheet)) as server:
        said = server.log.read_text("utf-8")
        assert "founded" not in server.ready
    assert "--recovery-sheet 没有写入任何文件" in said
    assert "--recovery-sheet wrote no file" in said


def test_at_a_terminal_no_line_of_the_log_stands_between_what_people_read(tmp_path: Path) -> None:
    person, terminal = pty.openpty()
    words = (*START, "--data-dir", str(tmp_path / "server"), *SHOP)
    process = subprocess.Popen(command(*words), cwd=ROOT, stdout=subprocess.PIPE, stderr=terminal, text=True)
    os.close(terminal)
    assert process.stdout is not None
    url = process.stdout.readline().split()[-1]
    assert httpx.get(f"{url}/feed").status_code == 401
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 0
    process.stdout.close()
    with pytest.raises(OSError, match="Input/output"):  # all was read, and nobody writes any more
        assert os.read(person, 100) == b""
    os.close(person)


def test_a_refused_founding_is_told_with_its_facts(world: WebWorld) -> None:
    with pytest.raises(Refusal) as refused:
        found(world.services, Founding("新店", outlet_code="一 店", another="新店"))
    assert refused.value.facts == {"code": "一 店", "most": 16}
    told(refused.value).says("1 到 16 个字母", "1 to 16 letters")
    with pytest.raises(Refusal, match="name_unreadable"):
        found(world.services, Founding("", another=""))
    assert "" not in merchants(world.services)


def test_a_typo_founds_no_second_merchant(tmp_path: Path) -> None:
    data = tmp_path / "server"
    with running(data, *SHOP, "--plain-http") as server:
        assert server.stop() == 0
    where = ("--data-dir", str(data), "--init", "青石供消社")
    for more in ((), ("--another-merchant", "青石供销社")):
        done = run(*START, *where, *more)
        failed(
            done,
            "已有商户：青石供销社.*没有建立“青石供消社”",
            'holds already: 青石供销社.*"青石供消社" was not',
        )
        assert "--another-merchant" in done.stderr
    with running(data, *SHOP, "--plain-http") as server:
        assert server.ready["merchants"] == 1
        assert "founded" not in server.ready
    with running(
        data, "--plain-http", "--init", "白水商行", "--another-merchant", "白水商行", "--outlet", "BS"
    ) as server:
        assert server.ready["merchants"] == 2
        assert server.ready["founded"]["password"]
