"""A file that is read in a process of its own: the same account as here, the same words for what is wrong."""

import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from merchant_desk.desk import Desk
from merchant_desk.documents.mapping import Mapping, open_mapped
from merchant_desk.documents.problems import ImportProblem
from merchant_desk.jobs import reading
from merchant_desk.jobs.account import Account, State
from merchant_desk.jobs.reading import Order, Part, ReaderEnded, outcomes_of, read_apart, read_here
from tests.jobs.imports import ORDERS, PRODUCTS, job, line, on_desk, order_file, product_file

LATEST = 1_291_000_000_000_000
"""29 November 2010: the orders below are of the future."""


def order_of(path: Path, mapping: Mapping) -> Order:
    return Order(path, open_mapped(path, mapping).sha256, mapping, LATEST)


def goods(folder: Path) -> Path:
    """Products, of which some come again, some have no code and some no name."""
    rows = [(f"{n * 7919 % 300:08d}" if n % 11 else "", f"Thing {n}" if n % 7 else "") for n in range(450)]
    return product_file(folder, *rows)


def sales(folder: Path) -> Path:
    """Orders whose lines stand in several places, some of them not to be read."""
    lines = [
        line(str(n % 61), f"S{n % 97}", n % 5 - 1, "2.55" if n % 13 else "x", str(n % 61)) for n in range(400)
    ]
    return order_file(folder, *lines)


def read(parts: Iterator[Part], account: Account) -> tuple[list[tuple[int, int, tuple[Any, ...]]], Account]:
    """Take all parts into an account; returns what they hold."""
    held: list[tuple[int, int, tuple[Any, ...]]] = []
    for chunk, counted in parts:
        held.append((chunk.number, chunk.row_count, chunk.outcomes))
        account.absorb(counted)
    return held, account


@pytest.mark.parametrize("kind", ["products", "orders"])
def test_the_same_comes_of_it_here_and_apart(tmp_path: Path, kind: str) -> None:
    path, mapping = (goods(tmp_path), PRODUCTS) if kind == "products" else (sales(tmp_path), ORDERS)
    order, table = order_of(path, mapping), open_mapped(path, mapping)
    plain = Account(path.name, kind)
    whole = [outcome for outcome in plain.follow(outcomes_of(table, mapping, LATEST)) if outcome.rows]
    accounts = [Account(path.name, kind) for _ in range(3)]
    here, a = read(read_here(outcomes_of(table, mapping, LATEST), accounts[0]), accounts[0])
    apart, b = read(read_apart(order, accounts[1]), accounts[1])
    assert here == apart
    assert [outcome for _, _, outcomes in apart for outcome in outcomes] == whole
    for account in (a, b):
        assert account.tally == plain.tally
        assert account.tally.digest == plain.tally.digest
        assert (account.refusals, account.noticed) == (plain.refusals, plain.noticed)
        assert list(account.results) == list(plain.results)
    assert plain.refusals
    assert len(set(plain.tally.by_rule)) > 2


def test_what_is_wrong_is_told_as_it_is_here(tmp_path: Path) -> None:
    path = goods(tmp_path)
    order, account = order_of(path, PRODUCTS), Account("goods", "products")
    with path.open("a", encoding="utf-8") as stream:
        stream.write("1,more\n")
    with pytest.raises(ImportProblem) as changed:
        list(read_apart(order, account))
    assert changed.value.code == "file_changed"
    path.unlink()
    with pytest.raises(FileNotFoundError):
        list(read_apart(order, account))


def test_a_reader_that_dies_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    started: list[subprocess.Popen[bytes]] = []
    popen = subprocess.Popen

    def start(*args: object, **kwargs: object) -> subprocess.Popen[bytes]:
        started.append(popen(*args, **kwargs))  # type: ignore[call-overload]
        return started[-1]

    monkeypatch.setattr(reading.subprocess, "Popen", start)  # type: ignore[attr-defined]
    path = product_file(tmp_path, *((f"{n:06d}", f"Thing {n} " + "x" * 60) for n in range(20_000)))
    with closing(read_apart(order_of(path, PRODUCTS), Account("goods", "products"))) as parts:
        next(parts)
        started[0].kill()
        with pytest.raises(ReaderEnded):
            list(parts)
    with closing(read_apart(order_of(path, PRODUCTS), Account("goods", "products"))) as parts:
        next(parts)
    assert [process.poll() is not None for process in started] == [True, True]


def test_a_long_file_is_checked_and_imported_apart(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "APART_BYTES", 1)
    path = goods(tmp_path)
    work = job(desk, path, PRODUCTS)
    assert work.plan.reading() is not None
    found = work.dry_run()
    monkeypatch.setattr(reading, "APART_BYTES", 1 << 40)
    here = job(desk, path, PRODUCTS).dry_run()
    assert (found.tally, found.job_id, found.new) == (here.tally, here.job_id, here.new)
    done = work.run()
    assert (done.state, done.written_rows) == (State.FINISHED, found.new)
    assert on_desk(desk, "SELECT written FROM jobs") == [done.written_rows]
    again = job(desk, path, PRODUCTS).run()
    assert (again.repeated, again.operations) == (True, 0)
