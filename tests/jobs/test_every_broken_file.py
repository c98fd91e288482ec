"""Every kind of broken file that was asked for, at a real desk: said in words, nothing half or twice."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from merchant_desk.desk import Desk
from merchant_desk.documents.mapping import Mapping, check_mapping, open_suggested, suggested_mapping
from merchant_desk.documents.problem_texts import fault_text, note_text, problem_text
from merchant_desk.documents.problems import ImportProblem
from merchant_desk.jobs.account import State
from merchant_desk.jobs.import_job import ImportJob
from tests.documents.odd_files import CASES, Case, Maker
from tests.helpers.shop import Shop
from tests.jobs.imports import on_desk

ASKED = 30


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """One desk for all: what one file leaves behind would be found by the next."""
    shop = Shop(tmp_path_factory.mktemp("shop"))
    yield shop.desk("manager")
    shop.close()


def state(desk: Desk) -> tuple[object, ...]:
    """Return everything that an import can leave at a desk."""
    tables = ("skus", "barcodes", "orders", "jobs", "outbox")
    return tuple(on_desk(desk, f"SELECT count(*) FROM {table}")[0] for table in tables)


def opened(desk: Desk, path: Path, case: Case) -> ImportJob:
    """Open a file as the command line and the window do: by its headings, with the options of a mapping."""
    options = dict(case.options)
    if options.keys() & {"encoding", "delimiter"}:
        mapping = Mapping(name="m", kind="products", columns={"barcode": "条码", "name": "商品名称"})
    else:
        take = options.get("hidden_rows") == "take"
        table = open_suggested("products", path, take_hidden=take)
        mapping = suggested_mapping("products", table.headers)
        check_mapping(mapping)
    named = msgspec.structs.replace(mapping.options, **options)
    mapping = msgspec.structs.replace(mapping, options=named)
    return ImportJob(desk.runtime, lambda: desk.person.id, path, mapping)


def check_words(sentences: list[str]) -> None:
    zh, en = sentences
    assert any("\u4e00" <= one <= "\u9fff" for one in zh), zh
    assert zh != en
    assert "{" not in zh.replace("[{", "") + en.replace("[{", "")


def test_enough_kinds_are_here() -> None:
    assert len(CASES) >= ASKED
    assert sum(bool(case.problem) for case in CASES.values()) >= ASKED


@pytest.mark.parametrize("name", CASES)
def test_a_file_comes_in_whole_or_is_told(office: Desk, tmp_path: Path, name: str) -> None:
    case = CASES[name]
    path = case.make(Maker(tmp_path, list(CASES).index(name)))
    before = state(office)
    if case.problem:
        with pytest.raises(ImportProblem) as problem:
            opened(office, path, case).run()
        assert problem.value.code == case.problem
        check_words([problem_text(case.problem, problem.value.facts, one) for one in ("zh", "en")])
        assert state(office) == before
        return
    found = opened(office, path, case).dry_run()
    assert state(office) == before, "a dry run writes nothing"
    done = opened(office, path, case).run()
    assert done.state is State.FINISHED
    for account in (found, done):
        assert {row: fault.code for row, fault in account.refusals.items()} == case.refused
        assert account.new == len(case.written)
        assert case.noted <= account.tally.by_note.keys()
    for fault in done.refusals.values():
        check_words([fault_text(fault.code, fault.field, fault.text, one) for one in ("zh", "en")])
    for note in case.noted:
        check_words([note_text(note, one) for one in ("zh", "en")])
    marks = ", ".join("?" * len(case.written))
    prices = on_desk(
        office, f"SELECT name, price FROM skus WHERE name IN ({marks}) ORDER BY rowid", *case.written
    )
    assert dict(prices[-len(case.written) :]) == dict(case.written)
    after = state(office)
    again = opened(office, path, case).run()
    assert (again.new, again.operations, state(office)) == (0, 0, after), "the same file does nothing twice"
