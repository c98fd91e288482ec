"""A profile that must not be opened, or cannot: said by name, and nothing of it touched."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models import network_shares
from merchant_desk.models.faults import AlreadyOpen, FileUnusable, NetworkShare
from merchant_desk.sync.key_faults import KeyringUnavailable, WeakPassphrase, WrongPassphrase
from merchant_desk.sync.profile import ProfileNotEnrolled
from tests.server.running import ROOT, command
from tests.trouble.edges import made_on, mounted_share
from tests.trouble.shopfloor import RealShop, at_work, differences
from tests.trouble.words import failed, told

PASSPHRASE = "correct horse battery"


def doctor(folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """Open a profile from a process of its own, as a second window would."""
    return _run("doctor", "--offline", "--profile", str(folder), **environment)


def _run(*words: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    known = {name: value for name, value in os.environ.items() if name != "MERCHANT_DESK_PASSPHRASE"}
    return subprocess.run(
        command(*words), cwd=ROOT, env={**known, **environment}, stdin=subprocess.DEVNULL,
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


# ---------------------------------------------------------------- second window


def test_a_second_window_is_sent_to_the_first_which_works_on(shop: RealShop, desk: Desk) -> None:
    floor = at_work(desk)
    floor.scan(2)
    folder = desk.runtime.profile.folder
    failed(
        doctor(folder), f"已被另一个窗口打开（进程 {os.getpid()}）.*请使用那个窗口", "open in another window"
    )
    with pytest.raises(AlreadyOpen) as refused:
        Desk.open(folder, demo=True)
    told(refused.value).says("请使用那个窗口", "Use that window")
    floor.scan(2)
    desk.sync()
    assert floor.on_hand() == floor.saved == 4
    assert differences(shop.data, [desk]) == ()


def test_a_profile_is_free_again_when_its_process_was_killed(shop: RealShop, tmp_path: Path) -> None:
    desk = shop.desk(tmp_path / "desk")
    folder = desk.runtime.profile.folder
    desk.close()
    holder = (
        "import sys, time; from merchant_desk.desk import Desk\n"
        "desk = Desk.open(sys.argv[1], demo=True); print('open', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holder, str(folder)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        failed(doctor(folder), f"进程 {process.pid}", f"process {process.pid}")
        process.kill()
    assert doctor(folder).returncode == 0


# ---------------------------------------------------------------- network share


def test_a_profile_on_a_share_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    share = tmp_path / "share"
    with mounted_share(share) as seen:
        failed(
            doctor(share / "profile"),
            "网络共享盘（fuse.sshfs）.*本机磁盘",
            "network share.*disk of this computer",
        )
        with pytest.raises(NetworkShare) as refused:
            Desk.open(share / "profile", demo=True)
        told(refused.value).says("本机磁盘", "this computer")
        done = _run("serve", "--data-dir", str(share / "server"), "--port", "0", "--demo")
        failed(done, "网络共享盘", "network share")
        assert not made_on(seen)


def test_a_share_is_refused_where_none_can_be_mounted_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What Windows and macOS say of a folder is told apart in tests/models; here the desk heeds it."""
    monkeypatch.setattr(network_shares, "remote_filesystem", lambda folder: "smb")
    with pytest.raises(NetworkShare) as refused:
        Desk.open(tmp_path / "profile", demo=True)
    told(refused.value).says("网络共享盘（smb）", "network share \\(smb\\)")
    assert list(tmp_path.iterdir()) == []


# ---------------------------------------------------------------- folders that do not serve


@pytest.fixture
def nobody(tmp_path: Path) -> Iterator[None]:
    """Root may write what nobody may: be somebody else for a while."""
    if sys.platform == "win32":
        pytest.skip("Windows: a folder's mode does not keep files out")
    if os.geteuid() != 0:
        yield
        return
    opened_up = [(part, part.stat().st_mode) for part in [tmp_path, *tmp_path.parents]]
    for part, mode in opened_up:
        part.chmod(mode | 0o011)
    os.seteuid(65534)
    yield
    os.seteuid(0)
    for part, mode in opened_up:
        part.chmod(mode)


def test_a_folder_that_nobody_may_write_is_said_so(tmp_path: Path, nobody: None) -> None:
    with pytest.raises(FileUnusable) as refused:
        Desk.open("/proc/self/no profile here" if os.geteuid() == 0 else tmp_path / "profile", demo=True)
    told(refused.value).says("没有访问权限.*权限", "access is denied.*permissions")


def test_a_file_where_the_folder_should_be_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "profile").write_text("hello")
    failed(doctor(tmp_path / "profile"), "不是文件夹.*换一个位置", "is no folder.*another place")
    failed(doctor(tmp_path / "profile" / "inside"), "不是文件夹", "is no folder")
    assert (tmp_path / "profile").read_text() == "hello"


def test_files_that_are_not_there_are_named(tmp_path: Path) -> None:
    words = ("serve", "--data-dir", str(tmp_path / "server"), "--port", "0")
    done = _run(*words, "--passphrase-file", str(tmp_path / "no such file"))
    failed(done, "no such file.*不存在", "no such file.*does not exist")


def test_a_profile_of_no_server_says_what_to_enter(tmp_path: Path) -> None:
    with pytest.raises(ProfileNotEnrolled) as refused:
        Desk.open(tmp_path / "profile", demo=True)
    told(refused.value).says("登记代码", "enrolment code")


# ---------------------------------------------------------------- keyring and passphrase


DENIED = {"PYTHON_KEYRING_BACKEND": "tests.trouble.edges.DeniedKeyring"}


def enrol(code: str, folder: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    return _run("enrol", code, "--profile", str(folder), "--name", "A", **environment)


def test_a_denied_keyring_makes_the_desk_say_why_it_asks(shop: RealShop, tmp_path: Path) -> None:
    folder, code = tmp_path / "desk", shop.code()
    failed(enrol(code, folder, **DENIED), "拒绝了访问.*需要口令.*终端", "denied access.*passphrase.*terminal")
    assert [path.name for path in folder.iterdir()] == ["profile.lock"], "no half-made profile"
    failed(
        enrol(code, folder, **DENIED, MERCHANT_DESK_PASSPHRASE="short"),
        "口令太短：至少需要 8",
        "too short: at least 8",
    )
    done = enrol(code, folder, **DENIED, MERCHANT_DESK_PASSPHRASE=PASSPHRASE)
    assert done.returncode == 0, done.stderr
    before = content(folder)
    wrong = doctor(folder, **DENIED, MERCHANT_DESK_PASSPHRASE="wrong horse")
    failed(wrong, "口令不正确.*数据没有丢失.*重试", "passphrase is wrong.*Nothing is lost.*try again")
    assert (wrong.stdout + wrong.stderr).count("The passphrase is wrong") == 1, "said once"
    assert content(folder) == before
    done = doctor(folder, **DENIED, MERCHANT_DESK_PASSPHRASE=PASSPHRASE)
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_keyring_that_denies_later_loses_nothing(shop: RealShop, tmp_path: Path) -> None:
    ring = tmp_path / "ring"
    ring.mkdir()
    kept = {"PYTHON_KEYRING_BACKEND": "tests.trouble.edges.KeptKeyring", "KEPT_KEYRING": str(ring)}
    folder = tmp_path / "desk"
    done = enrol(shop.code(), folder, **kept)
    assert done.returncode == 0, done.stderr
    before = content(folder)
    failed(
        doctor(folder, **DENIED),
        "拒绝了访问.*数据没有丢失.*恢复密钥",
        "denied access.*Nothing is lost.*recovery key",
    )
    entry = next(ring.iterdir())
    entry.rename(tmp_path / "away")
    failed(doctor(folder, **kept), "没有此配置的密钥.*恢复密钥", "does not hold the key.*recovery key")
    (tmp_path / "away").rename(entry)
    assert content(folder) == before
    assert doctor(folder, **kept).returncode == 0


def test_every_fault_of_a_key_is_a_sentence() -> None:
    told(KeyringUnavailable("denied", "no")).says("拒绝了访问", "denied access")
    told(WrongPassphrase(1)).says("1 次", "1 attempts?")
    told(WeakPassphrase(8)).says("8 个", "8 characters")


# ---------------------------------------------------------------- codes


def test_a_code_that_is_none_or_spent_is_said_so_and_leaves_a_profile_that_takes_the_next(
    shop: RealShop, tmp_path: Path
) -> None:
    code, folder = shop.code(), tmp_path / "desk"
    shop.desks.append(Desk.enrol(tmp_path / "first", code, "一", demo=True))
    with pytest.raises(Refusal) as spent:
        Desk.enrol(folder, code, "二", demo=True)
    assert spent.value.code == "enrolment_used"
    told(spent.value).says("只能用一次", "works once")
    failed(_run("enrol", "nonsense", "--profile", str(tmp_path / "x")), "代码", "code")
    shop.desks.append(Desk.enrol(folder, shop.code(), "二", demo=True))


# ---------------------------------------------------------------- mistyped folders


@pytest.mark.parametrize("words", [("doctor", "--offline"), ("export", "stock", "stock.csv")])
def test_a_mistyped_folder_is_said_so_and_becomes_no_desk(tmp_path: Path, words: tuple[str, ...]) -> None:
    absent, empty = tmp_path / "d1_typo", tmp_path / "empty"
    empty.mkdir()
    failed(_run(*words, "--profile", str(absent)), "d1_typo.*不存在", "d1_typo.*does not exist")
    assert not absent.exists()
    failed(_run(*words, "--profile", str(empty)), "没有工作台", "no desk in it")
    assert list(empty.iterdir()) == []
