"""A shop of real processes: a server started as people start it, and desks with products of their own."""

import itertools
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from merchant_desk.cli.shift.equality import Book, compare
from merchant_desk.desk import Desk
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.gtins import check_digit
from merchant_desk.domain.products import AddProduct, Barcode, NewSku
from merchant_desk.stations.counter import Sheet
from merchant_desk.sync.administration import (
    SESSION_HEADER,
    Invitation,
    InviteRequest,
    SignInTry,
)
from merchant_desk.sync.protocol import decode, encode
from merchant_desk.sync.transport import Request, ServerProblem
from tests.server.running import Running, running

INIT = ("--init", "青石供销社", "--outlet", "CG")

_numbers = itertools.count(1)


def new_tea(code: str) -> NewSku:
    """Return a product without lots, sold by the piece, under a unit code."""
    codes = (Barcode(code, f"0{code}", MICRO, "包"),)
    return NewSku(
        uuid7(), f"TEA-{code[-4:]}", "高山茶", "Mountain tea", "饮料", "包", 5 * MICRO,
        False, False, 0, 0, codes,
    )  # fmt: skip


def demonstration_code() -> str:
    """Return an EAN-13 under GS1's demonstration prefix that no other test has."""
    stem = f"952{next(_numbers):09d}"
    return f"{stem}{check_digit(stem)}"


@dataclass
class Floor:
    """A desk that receives one product, and how many pieces it was told are saved."""

    desk: Desk
    sku_id: UUID
    code: str
    sheet: Sheet
    saved: int = 0

    def scan(self, times: int = 1) -> None:
        """Scan the product; each is counted when the desk says that it is saved."""
        for _ in range(times):
            result = self.sheet.scan(self.code)
            assert result.code == "accepted", result
            self.saved += 1

    def on_hand(self) -> int:
        """Return what the desk's book has of the product, whole pieces."""
        return on_hand(self.desk, self.sku_id)


@dataclass
class RealShop:
    """A server process and its manager, who invites desks through a desk of his own."""

    server: Running
    folder: Path
    desks: list[Desk] = field(default_factory=list)

    @property
    def password(self) -> str:
        """The manager's."""
        return str(self.server.ready["founded"]["password"])

    @property
    def data(self) -> Path:
        """The server's folder."""
        return self.folder / "server"

    def desk(self, folder: Path, **options: Any) -> Desk:
        """Enrol a desk, pull, and sign the manager in; it is closed with the shop."""
        code = self.code()
        desk = patiently(lambda: Desk.enrol(folder, code, "工作台", demo=True, **options))
        self.desks.append(desk)
        desk.sign_in("manager", self.password)
        return desk

    def reopened(self, desk: Desk, url: str = "", **options: Any) -> Desk:
        """Close a desk and open its profile again, reaching the server at another address."""
        desk.close()
        self.desks.remove(desk)
        again = Desk.open(desk.runtime.profile.folder, demo=True, server_url=url, **options)
        self.desks.append(again)
        again.sign_in("manager", self.password)
        return again

    def code(self) -> str:
        """Return an enrolment code that nobody used yet."""
        if not self.desks:
            return str(self.server.ready["codes"]["CG"])
        keeper = self.desks[0]
        asked = encode(InviteRequest(keeper.identity.outlet_id))
        return decode(ask(keeper, "/invite", asked, self.session), Invitation).code

    @cached_property
    def session(self) -> str:
        """The manager's session at the first desk."""
        return self.desks[0].api.sign_in(SignInTry("manager", self.password)).session

    def close(self) -> None:
        """Close the desks."""
        while self.desks:
            self.desks.pop().close()


def patiently(work: Callable[[], Desk]) -> Desk:
    """Enrol as people do who are told that they try too often: wait as long as they are told, and try again.

    A file of tests enrols more desks in a minute than a server takes from one address.
    """
    for _ in range(3):
        try:
            return work()
        except ServerProblem as problem:
            if problem.problem != "too_many_requests":
                raise
            time.sleep(float(json.loads(problem.details)["seconds"]))
    return work()


@contextmanager
def real_shop(folder: Path, *words: str) -> Iterator[RealShop]:
    """Start a server with a merchant over plain HTTP (or as `words` say), and end it."""
    given = words or ("--plain-http",)
    with running(folder / "server", *INIT, *given) as server:
        shop = RealShop(server, folder)
        try:
            yield shop
        finally:
            shop.close()


def ask(desk: Desk, path: str, body: bytes, session: str) -> bytes:
    """Post something to the server as the person of a session; return the answer's bytes."""
    answer = desk._fetch(
        Request("POST", path, body, desk.identity.token, 10.0, {SESSION_HEADER: session})
    )  # fmt: skip
    assert answer.status == 200, answer
    return answer.body


def at_work(desk: Desk) -> Floor:
    """Let a desk add a product of its own and begin a receipt."""
    code = demonstration_code()
    tea = new_tea(code)
    desk.do(AddProduct(tea))
    return Floor(desk, tea.sku_id, code, desk.receive())


def on_hand(desk: Desk, sku_id: UUID) -> int:
    """Return what a desk's book has of a product, whole pieces."""
    return sum(row.on_hand for row in desk.stock(sku_id)) // MICRO


def differences(server: Path, desks: Sequence[Desk]) -> tuple[str, ...]:
    """Compare the server's file with those of desks by plain SQL; nobody may be writing."""
    books = [_book("server", server / "server.db", is_desk=False)]
    for number, desk in enumerate(desks, 1):
        books.append(_book(f"desk {number}", desk.runtime.profile.folder / "desk.db", is_desk=True))
    return compare(books, desks[0].identity.outlet_id.bytes).differences


def _book(name: str, path: Path, *, is_desk: bool) -> Book:
    key = bytes.fromhex((path.parent / "demo.key").read_text("ascii"))
    return Book(name, path, key, is_desk=is_desk)
