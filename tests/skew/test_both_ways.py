"""A server and desks of two versions: each does what it can do, and nobody's work is lost."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from merchant_desk.cli.shift.equality import Book, compare, outlet_of
from tests.server.running import Running, running
from tests.skew import former as former_module
from tests.skew.former import Hands, NoHistoryError, Program, build
from tests.trouble.shopfloor import INIT, demonstration_code

Hire = Callable[[Program], Hands]


def differences(server: Path, *desks: Path) -> tuple[str, ...]:
    """Compare the closed databases of a server and its desks by plain SQL."""
    books = [
        Book(one.name, file, bytes.fromhex((one / "demo.key").read_text("ascii")), is_desk=one != server)
        for one in (server, *desks)
        for file in one.glob("*.db")
        if file.name in ("server.db", "desk.db")
    ]
    assert len(books) == 1 + len(desks)
    return compare(books, outlet_of(books[0], "CG")).differences


def begin(server: Running, hands: Hands, folder: Path) -> str:
    """Enrol the first desk and return the manager's password."""
    password = str(server.ready["founded"]["password"])
    hands.do("enrol", str(folder), server.ready["codes"]["CG"])
    hands.do("sign_in", password)
    return password


def receive(hands: Hands, code: str, times: int) -> None:
    """Take a delivery in."""
    hands.do("receive")
    hands.do("scan", code, times)
    hands.do("finish")


def work(hands: Hands, order: str, shelf: str) -> tuple[str, str]:
    """Receive, ship and count a product of one's own; return its id and its code."""
    code = demonstration_code()
    sku = hands.do("add", code)
    hands.do("shelf", shelf)
    receive(hands, code, 5)
    hands.do("order", order, sku, 2)
    hands.do("ship", order)
    hands.do("scan", code, 2)
    hands.do("finish")
    hands.do("count", shelf)
    hands.do("scan", code, 4)
    hands.do("finish")
    assert hands.do("stock", sku) == 7
    return sku, code


def test_a_checkout_without_history_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(former_module, "COMMIT", "0" * 40)
    with pytest.raises(NoHistoryError):
        build(tmp_path)


@pytest.mark.parametrize("which", ["an older desk", "an older server"])
def test_two_versions_work_together(
    former: Program, today: Program, hire: Hire, tmp_path: Path, which: str, long_run: bool
) -> None:
    data, old, new = (tmp_path / name for name in ("server", "old", "new"))
    program = today if which == "an older desk" else former
    with running(data, *INIT, "--plain-http", env=program.env) as server:
        before, after = hire(former), hire(today)
        password = begin(server, before, old)
        after.do("enrol", str(new), before.do("invite"))
        after.do("sign_in", password)
        theirs, code = work(before, "SO-1", "A-01")
        ours, _ = work(after, "SO-2", "A-02")
        before.do("person", "lin")
        after.do("person", "wang")
        assert before.do("waiting") >= 16, "nothing was sent until somebody asks"
        for hands in (before, after, before):
            assert hands.do("sync") == 0
        for hands in (before, after):
            assert (hands.do("stock", theirs), hands.do("stock", ours)) == (7, 7)
            assert {"lin", "wang"} < set(hands.do("people"))
        receive(after, code, 3)
        for hands in (after, before):
            hands.do("sync")
        _rebuild(*((before, old) if which == "an older desk" else (after, new)))
        assert before.do("stock", theirs) == after.do("stock", theirs) == 10
        assert before.do("tasks") == after.do("tasks")
        both = ((before, old), (after, new))
        for hands, _ in both:
            hands.do("close")
        for hands, folder in both:
            if long_run or (hands is before and which == "an older desk"):
                _import(hands, folder, password, tmp_path)
                _examine(hands, folder)
        for hands, folder in both:
            hands.do("open", str(folder), server.url)
            hands.do("sync")
            hands.do("close")
        assert server.stop() == 0
        assert {"/enrol", "/push", "/feed", "/snapshot"} <= {line.get("path") for line in server.lines()}
    assert differences(data, old, new) == ()


def _rebuild(hands: Hands, folder: Path) -> None:
    """Let a desk fetch all its rows anew, as the server's ready file."""
    hands.do("close")
    code, said = hands.do("command", "doctor", "--profile", str(folder), "--repair", "rebuild", "--yes")
    assert code == 0, said
    hands.do("open", str(folder), "")


def _import(hands: Hands, folder: Path, password: str, files: Path) -> None:
    """Bring a file of two products in by the command line."""
    table = files / f"{folder.name}.csv"
    with table.open("w", encoding="utf-8", newline="") as sink:
        rows = [(f"{folder.name}-{n}", demonstration_code(), f"商品 {n}", "袋", "12.50") for n in (1, 2)]
        csv.writer(sink).writerows([("货号", "条码", "商品名称", "单位", "售价"), *rows])
    hands.do("know", password)
    given = ["--profile", str(folder), "--login", "manager", "--json"]
    code, said = hands.do("command", "import", "products", str(table), *given)
    assert code == 0, said


def _examine(hands: Hands, folder: Path) -> None:
    """Let the doctor count again and compare with the server; it finds nothing bad."""
    _, said = hands.do("command", "doctor", "--profile", str(folder), "--check-again", "--json")
    found = [json.loads(line) for line in said.splitlines()]
    assert len(found) > 5, said
    assert [one for one in found if one["grade"] == "bad"] == []
