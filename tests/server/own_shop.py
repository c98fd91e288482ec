"""A shop that was founded at the door of its computer, for tests that move it to another one."""

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from merchant_desk.cli.main import main
from merchant_desk.cli.own_heir import Heir
from merchant_desk.cli.own_server import Founder, start_own_server
from merchant_desk.cli.shift.equality import Book, compare, outlet_of
from merchant_desk.desk import Desk
from merchant_desk.domain.founding import NewShop
from merchant_desk.sync import passphrase
from merchant_desk.sync.recovery import RecoveryKey
from merchant_desk.sync.vault import PassphraseRequest, open_vault

PASSPHRASE, PASSWORD = "correct horse battery", "sesame-7-bluestone"


def told(request: PassphraseRequest) -> str | None:
    return PASSPHRASE if request.attempt == 1 else None


class Shop:
    """A shop that was founded at the door, with a second desk that has done something."""

    def __init__(self, home: Path, paper: RecoveryKey) -> None:
        self.home, self.profile, self.second, self.paper = home, home / "old", home / "second", paper

    @classmethod
    def found(cls, home: Path) -> "Shop":
        """Found it, which takes seconds: once, and then it is copied."""
        made = cls(home, RecoveryKey.make(bytes))
        founder = Founder(made.profile, told, courier=False)
        founder.prepare()
        sheet = founder.found(NewShop("青石", "石店长", PASSWORD, reachable=False))
        assert sheet is not None
        made.paper = RecoveryKey.parse(sheet.key)
        with closing(founder), founder.finish("zh_CN") as desk:
            code = desk.invite(desk.identity.outlet_id).code
            with Desk.enrol(made.second, code, "second", ask_passphrase=told) as second:
                second.sign_in("manager", PASSWORD)
                second.count("01-IN")
                second.sync()
            desk.count("01-IN")
            desk.sync()
        return made

    def copy(self, home: Path) -> "Shop":
        """Return another of the same, as it was founded."""
        shutil.copytree(self.home, home)
        return Shop(home, self.paper)

    @contextmanager
    def at_work(self) -> Iterator[Desk]:
        server = start_own_server(self.profile, told, patient=False)
        with closing(server), Desk.open(self.profile, ask_passphrase=told) as desk:
            desk.sign_in("manager", PASSWORD)
            yield desk

    def back_up(self, name: str = "copy.mdbackup") -> Path:
        copy = self.home / name
        assert main(["backup", "--data-dir", str(self.profile / "server"), "--to", str(copy)]) == 0
        return copy

    def heir(self, name: str = "new") -> Heir:
        made = Heir(self.home / name, told, courier=False)
        made.prepare()
        return made


def protect_cheaply(patch: pytest.MonkeyPatch) -> None:
    """Let a passphrase protect folders, which no keyring does, at the least cost."""
    patch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    patch.setenv("MERCHANT_DESK_PASSPHRASE", PASSPHRASE)
    for name, least in (("TIME_COST", 1), ("MEMORY_KIB", 1_024), ("LANES", 1)):
        patch.setattr(passphrase, name, least)


def check_equal(server: Path, *profiles: Path) -> None:
    """Server and desks hold the same, by plain SQL."""

    def book(folder: Path, file: str, *, is_desk: bool) -> Book:
        key = open_vault(folder, demo=False, ask_passphrase=told).key
        return Book(folder.name, folder / file, key, is_desk=is_desk)

    books = [book(server, "server.db", is_desk=False)]
    books += [book(one, "desk.db", is_desk=True) for one in profiles]
    verdict = compare(books, outlet_of(books[0], "01"))
    assert verdict.equal, verdict.differences
