"""docs/moving-house.md, as it stands: every command, in its order, on real processes and folders."""

import io
import json
import re
import shlex
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from merchant_desk.cli.main import main
from merchant_desk.desk import Desk
from merchant_desk.domain.organisation import AddOutlet
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.queries.people import all_outlets, desks
from merchant_desk.sync import passphrase
from tests.server.running import ROOT, Running, running

DOCUMENT = ROOT / "docs" / "moving-house.md"
PASSWORD = "青石-sesame-7"
STEP = re.compile(r"^(?:# \S+ / (\w+)|merchant-desk (.+))$")


@dataclass(frozen=True)
class Step:
    """A command of the document, and the computer on which it is given."""

    computer: str
    words: tuple[str, ...]


def steps() -> list[list[Step]]:
    """Return the commands of the document, section by section."""
    sections = DOCUMENT.read_text("utf-8").split("\n## ")[1:]
    return [list(_steps_of(section)) for section in sections]


def _steps_of(section: str) -> Iterator[Step]:
    computer = ""
    for block in re.findall(r"```\n(.*?)```", section, re.DOTALL):
        for line in block.splitlines():
            found = STEP.match(line)
            assert found, line
            computer = found[1] or computer
            if found[2]:
                yield Step(computer, tuple(shlex.split(found[2])))


@dataclass
class House:
    """A merchant with a server, desks on computers of their own, and what stands for words in capitals."""

    folder: Path
    monkeypatch: pytest.MonkeyPatch
    capsys: pytest.CaptureFixture[str]
    stack: ExitStack
    words: dict[str, str] = field(default_factory=dict)
    server: Running | None = None

    def at(self, computer: str) -> Path:
        """Sit down at a computer; returns the folder of its desk."""
        home = self.folder / computer
        self.monkeypatch.setenv("MERCHANT_DESK_HOME", str(home))
        return home / "desk"

    def run(self, step: Step) -> str:
        """Give a command; one that makes a code is remembered."""
        self.at(step.computer)
        words = [self.words.get(word, word) for word in step.words]
        if words[0] == "serve":
            self.serve(step.computer, *words[1:])
            return ""
        assert main(words) == 0, (words, self.capsys.readouterr().err)
        said = self.capsys.readouterr().out
        if words[0] == "invite":
            self.words["CODE"] = said.split()[-1]
        return said

    def refused(self, step: Step) -> str:
        """Give a command that is refused; returns why."""
        self.at(step.computer)
        assert main([self.words.get(word, word) for word in step.words]) == 1
        return self.capsys.readouterr().err

    def serve(self, computer: str, *words: str) -> None:
        """Start a server in a process of its own; it is ended before the next one starts."""
        if self.server is not None:
            assert self.server.stop() == 0
        data = self.at(computer).with_name("server")
        data.parent.mkdir(exist_ok=True)
        self.server = self.stack.enter_context(running(data, *words, demo=False))
        if codes := self.server.ready["codes"]:
            self.words["CODE"] = codes["CG"]
        self.words["URL"] = self.server.url

    @contextmanager
    def desk(self, computer: str) -> Iterator[Desk]:
        """Open the desk of a computer with the manager signed in."""
        with Desk.open(self.at(computer)) as opened:
            opened.sign_in("manager", PASSWORD)
            yield opened


@pytest.fixture
def house(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[House]:
    """Two outlets, a desk in the office and an old one, which has counted and not ended it."""
    for name, value in (("LOGIN", "manager"), ("PASSWORD", PASSWORD), ("PASSPHRASE", "under the counter")):
        monkeypatch.setenv(f"MERCHANT_DESK_{name}", value)
    for name, least in (("TIME_COST", 1), ("MEMORY_KIB", 1_024), ("LANES", 1)):
        monkeypatch.setattr(passphrase, name, least)  # the same function with less work, as for passwords
    (tmp_path / "password").write_text(PASSWORD, "utf-8")
    with ExitStack() as stack:
        made = House(tmp_path, monkeypatch, capsys, stack)
        secret = ("--manager-password-file", str(tmp_path / "password"))
        made.serve("server", "--init", "青石", "--outlet", "CG", *secret, "--invite", "CG", "--invite", "CG")
        assert made.server is not None
        (tmp_path / "paper").write_text(made.server.ready["founded"]["recovery_key"], "utf-8")
        made.words |= {
            "FILE": str(tmp_path / "server.mdbackup"),
            "PAPER": str(tmp_path / "paper"),
            "ARCHIVE": str(tmp_path / "all.zip"),
        }
        for computer, one in zip(("office", "old"), made.server.ready["invitations"], strict=True):
            Desk.enrol(made.at(computer), one["code"], computer).close()
        with made.desk("office") as office:
            new_id = office.runtime.new_id
            office.do(AddOutlet(new_id(), "ZH", "镇上", "Asia/Shanghai", 0, new_id()))
            office.sync()
        with made.desk("old") as old:
            old.work_offline(True)
            old.count("CG-IN")
        yield made


def test_every_command_of_the_document(house: House) -> None:
    rename, replace, gone, merge, close, moved, archive = steps()
    house.run(rename[0])
    looked = house.run(replace[0])
    assert "operations not sent 1" in looked
    number = looked.split()[-1]
    for step in replace[1:]:
        house.run(step)
    with house.desk("new") as new:
        assert new.ask(lambda c: c.exec_driver_sql("SELECT number FROM counts").scalar()) == number
        house.words["DESK"] = new.identity.code
    for step in (*gone, *merge):
        house.run(step)
    with house.desk("office") as office:
        office.sync()
        ended = {row.code: row.retired_reason for row in office.ask(desks) if row.retired_at}
    assert sorted(ended.values()) == sorted(("换了新机", "被盗", "并入一号台"))
    assert "ZH  镇上  开放" in house.run(close[0])
    house.run(close[1])
    with house.desk("office") as office:
        assert [one.archived for one in office.ask(all_outlets)] == [0, 1]
        with pytest.raises(Refusal, match="outlet_closed"):
            office.invite(office.ask(all_outlets)[1].id)
    house.run(close[2])
    _move(house, moved)
    house.run(archive[0])
    assert house.words["ARCHIVE"] in house.refused(archive[0]), "one that is there is not written over"
    assert re.search(r"Z  \S+  all\.zip  \d+ 行", house.run(archive[1]))
    with zipfile.ZipFile(house.words["ARCHIVE"]) as made:
        assert made.testzip() is None
        told = json.loads(made.read("datapackage.json"))
        log = io.TextIOWrapper(made.open("operations.jsonl"), "utf-8")
        kinds = [json.loads(line)["kind"] for line in log]
    assert told["merchant"]["name"] == "青石"
    assert {"close_outlet", "reopen_outlet", "rename_outlet", "open_count"} <= set(kinds)
    assert Path(house.words["ARCHIVE"]).stat().st_mode & 0o777 == 0o600


def _move(house: House, moved: list[Step]) -> None:
    """The server begins again on another computer, from a backup that lacks the last work."""
    follow, backup, restore, serve, by_code = moved
    house.run(follow)
    house.run(backup)
    with house.desk("office") as office:
        office.count("CG-OUT")
        office.sync()
        before = office.identity
    house.run(restore)
    house.run(serve)
    by_address = Step("office", ("server-address", "URL"))
    assert "证书已更换" in house.refused(by_address), "the address alone does not tell of a new certificate"
    house.run(by_code)
    with house.desk("office") as office:
        office.sync()
        after = office.identity
        assert office.status.waiting == 0
        assert office.ask(lambda c: c.exec_driver_sql("SELECT count(*) FROM counts").scalar()) == 2
    assert (after.device_id, after.token) == (before.device_id, before.token)
    assert after.fingerprint != before.fingerprint
    assert after.server_url == house.words["URL"]
