"""The first day: from a computer without anything to the first scanned receipt, by keyboard, counted.

Real windows get real key events; the server is a real process, started by founding the shop at the door. What
is asserted at the end is read from both databases by plain SQL.
"""

import argparse
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from sqlcipher3 import dbapi2

from merchant_desk.cli import open_desk
from merchant_desk.cli.shift.equality import UNSENT, Book, compare, outlet_of
from merchant_desk.domain.gtins import check_digit
from merchant_desk.domain.readiness import Step
from merchant_desk.jobs.account import State
from merchant_desk.sync.vault import PassphraseRequest, open_vault
from merchant_desk.ui.screens.imports.imports import ImportsScreen
from merchant_desk.ui.screens.setup.setup import SetupScreen
from merchant_desk.ui.screens.sign_in.door import DoorDialog
from merchant_desk.ui.screens.sign_in.founding import FoundingDialog, KeepPaperDialog
from merchant_desk.ui.screens.sign_in.opening import PassphraseDialog
from merchant_desk.ui.screens.stations.finish_sheet import FinishSheet
from merchant_desk.ui.sounds import Sounds
from merchant_desk.ui.widgets.form import FormDialog
from merchant_desk.ui.window.window import DeskWindow
from tests.helpers.hand import Hand, Script, shown

Key = Qt.Key
CONTROL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
ROWS, SHELVES = 2_000, 40
MOST_ACTIONS, MOST_SECONDS = 40, 180.0
PASSPHRASE, PASSWORD = "correct horse battery", "sesame-7-bluestone"


def ean(n: int) -> str:
    """Return the EAN-13 of a product."""
    return f"{(digits := f'952{n:09d}')}{check_digit(digits)}"


def shelf(n: int) -> str:
    """Return the location of a product: ten racks of four."""
    return f"A-{n % SHELVES // 4 + 1:02d}-{n % 4 + 1}"


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """What a shop has in its spreadsheets: products, and what stands where at what cost."""
    folder = tmp_path_factory.mktemp("files")
    goods: list[tuple[object, ...]] = [("货号", "条码", "商品名称", "单位", "售价")]
    stock: list[tuple[object, ...]] = [("货号", "库位", "期初数量", "成本")]
    for n in range(1, ROWS + 1):
        goods.append((f"HP-{n:04d}", ean(n), f"货品 {n}", "件", f"{n % 90 + 1}.50"))
        stock.append((f"HP-{n:04d}", shelf(n), n % 7 + 1, f"{n % 60 + 1}.25"))
    paths = folder / "goods.xlsx", folder / "stock.xlsx"
    for path, rows in zip(paths, (goods, stock), strict=True):
        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        for row in rows:
            sheet.append(row)
        book.save(path)
    return paths


@pytest.fixture
def clean_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A computer without profile and keyring, somebody before its screen."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.fail.Keyring")
    monkeypatch.setattr(open_desk, "configure_logs", lambda file: None)
    monkeypatch.setattr(open_desk, "_shows_windows", lambda told: True)
    monkeypatch.setattr(open_desk, "ask_passphrase", lambda request: None)
    monkeypatch.setattr(Sounds, "prepare", lambda self: False)
    interval = sys.getswitchinterval()
    yield tmp_path / "desk"
    sys.setswitchinterval(interval)


def options(profile: Path) -> argparse.Namespace:
    return argparse.Namespace(
        profile=profile, demo=False, language="zh_CN", dark=False, screen=None, server_url="", player=False,
        courier=True,
    )  # fmt: skip


class FirstDay:
    """The script, and what it sees."""

    def __init__(self, hand: Hand, goods: Path, stock: Path, paper: Path) -> None:
        self.hand, self.goods, self.stock, self.paper = hand, goods, stock, paper
        self.seconds: dict[str, float] = {}
        self._begun = time.monotonic()

    def script(self) -> Script:
        for part in (self.found, self.locations, self.files, self.person, self.receive, self.leave):
            yield from part()
            self.seconds[part.__name__] = time.monotonic() - self._begun

    @property
    def window(self) -> DeskWindow:
        return next(one for one in QApplication.topLevelWidgets() if isinstance(one, DeskWindow))

    def screen(self, name: str) -> Any:
        return self.window.built(name)

    def idle(self) -> bool:
        """Whether nothing is under way, and the window has the keys."""
        busy = getattr(self.window._parts.runner, "busy", False)
        return bool(shown(DeskWindow)) and not busy

    def ready_for(self, step: Step) -> bool:
        screen = self.screen("setup")
        assert isinstance(screen, SetupScreen)
        return self.idle() and screen.chosen is not None and screen.chosen.step is step

    # -- the day ---------------------------------------------------------------------------------

    def found(self) -> Script:
        """Found the shop: passphrase, the least that must be known, the paper."""
        hand = self.hand
        yield lambda: shown(DoorDialog)
        hand.press(Key.Key_Return)
        yield lambda: shown(PassphraseDialog)
        yield from self._fill(PASSPHRASE, PASSPHRASE)
        yield lambda: shown(FoundingDialog)
        yield from self._fill("青石供销社", "石店长", PASSWORD, PASSWORD)
        yield lambda: shown(KeepPaperDialog)
        hand.press(Key.Key_S, CONTROL)
        yield lambda: shown(QFileDialog)
        hand.choose_file(self.paper)
        yield lambda: (dialog := shown(KeepPaperDialog)) and dialog.submit.isEnabled()
        hand.press(Key.Key_Return)
        yield lambda: shown(DeskWindow) and self.screen("setup")

    def locations(self) -> Script:
        hand = self.hand
        yield lambda: self.ready_for(Step.LOCATIONS)
        hand.press(Key.Key_Return)
        yield lambda: shown(FormDialog)
        yield from self._fill("A-[01-10]-[1-4]")
        yield self.idle
        yield from self._back(Step.PRODUCTS)

    def files(self) -> Script:
        yield from self._import(self.goods)
        yield from self._back(Step.STOCK)
        yield from self._import(self.stock)
        yield from self._back(Step.SUPPLIERS)

    def person(self) -> Script:
        hand = self.hand
        while not self.ready_for(Step.PEOPLE):
            hand.press(Key.Key_Down)
            yield self.idle
        hand.press(Key.Key_Return)
        yield lambda: shown(FormDialog)
        yield from self._fill("王小红")
        yield self.idle

    def receive(self) -> Script:
        """The first receipt: begun, one carton scanned, finished."""
        hand = self.hand
        hand.press(Key.Key_2, ALT)
        yield lambda: self.window.current == "inbound" and self.idle()
        hand.press(Key.Key_N, CONTROL)
        yield lambda: self.window.commands.possible("inbound.finish") and self.idle() and hand.holds_scanner()
        before = self._one("SELECT count(*) FROM ledger")
        hand.scan(ean(7))
        yield lambda: self._one("SELECT count(*) FROM ledger") == before + 1 and self.idle()
        hand.press(Key.Key_F12)
        sheets = self.window.findChildren(FinishSheet)
        yield lambda: any(sheet.isVisible() and not sheet.guarded for sheet in sheets)
        hand.press(Key.Key_Return)
        yield lambda: self._one("SELECT status FROM receipts") == "closed" and self.idle()

    def leave(self) -> Script:
        desk = self.screen("setup")._parts.desk
        yield lambda: desk.status.waiting == 0 and desk.signed_in is not None
        yield lambda: self._one(UNSENT) == 0
        self.window.close()

    # -- what comes again ------------------------------------------------------------------------

    def _fill(self, *texts: str) -> Script:
        """Type fields one after another, Tab between them and Enter at the end."""
        for n, text in enumerate(texts):
            if n:
                self.hand.press(Key.Key_Tab)
            field = QApplication.focusWidget()
            assert isinstance(field, QLineEdit)
            self.hand.type(text)
            yield partial(_holds, field, text)
        self.hand.press(Key.Key_Return)

    def _back(self, step: Step) -> Script:
        self.hand.press(Key.Key_G, CONTROL | ALT)
        yield lambda: self.ready_for(step)

    def _import(self, path: Path) -> Script:
        hand = self.hand
        hand.press(Key.Key_Return)
        yield lambda: shown(QFileDialog)
        hand.choose_file(path)
        yield lambda: (flow := self.screen("imports").flow).is_ready and flow.path == path and self.idle()
        hand.press(Key.Key_F10)
        screen = self.screen("imports")
        assert isinstance(screen, ImportsScreen)
        yield (
            lambda: (result := screen.flow.result) and result.account.state is State.FINISHED and self.idle()
        )
        account = screen.flow.result.account if screen.flow.result else None
        assert account is not None
        assert (account.new, len(account.refusals)) == (ROWS, 0), account

    def _one(self, question: str) -> Any:
        desk = self.screen("setup")._parts.desk
        with desk.read() as connection, connection.begin():
            return connection.exec_driver_sql(question).scalar()


def _holds(field: QLineEdit, text: str) -> bool:
    return field.text() == text


@pytest.mark.timeout(240)
def test_from_nothing_to_the_first_receipt_within_forty_actions(
    clean_machine: Path, files: tuple[Path, Path], tmp_path: Path, qapp: QApplication
) -> None:
    hand = Hand()
    day = FirstDay(hand, *files, tmp_path / "recovery.pdf")
    begun = time.monotonic()
    hand.play(day.script())
    code = open_desk.run(options(clean_machine))
    seconds = time.monotonic() - begun
    hand.stop()
    if hand.failure is not None:
        raise AssertionError(hand.actions) from hand.failure
    assert code == 0
    assert len(hand.actions) <= MOST_ACTIONS, hand.actions
    assert seconds <= MOST_SECONDS, day.seconds
    assert (tmp_path / "recovery.pdf").read_bytes().startswith(b"%PDF")
    check_books(clean_machine)


def check_books(profile: Path) -> None:
    """Desk and server agree, and hold what the files and the scan say."""

    def ask(request: PassphraseRequest) -> str:
        return PASSPHRASE

    keys = [
        open_vault(folder, demo=False, ask_passphrase=ask).key for folder in (profile / "server", profile)
    ]
    books = [
        Book("server", profile / "server" / "server.db", keys[0], is_desk=False),
        Book("desk", profile / "desk.db", keys[1], is_desk=True),
    ]
    verdict = compare(books, outlet_of(books[0], "01"))
    assert verdict.equal, verdict.differences
    for book in books:
        connection = dbapi2.connect(f"file:{book.path}?mode=ro", uri=True)
        try:
            connection.execute(f"PRAGMA key = \"x'{book.key.hex()}'\"")
            (skus,) = connection.execute("SELECT count(*) FROM skus").fetchone()
            (total,) = connection.execute("SELECT sum(quantity) / 1000000 FROM ledger").fetchone()
            (people,) = connection.execute(
                "SELECT group_concat(login) FROM persons ORDER BY login"
            ).fetchone()
        finally:
            connection.close()
        stated = sum(n % 7 + 1 for n in range(1, ROWS + 1))
        assert (skus, total) == (ROWS, stated + 1), book.name
        assert set(people.split(",")) == {"manager", "wangxiaohong"}
