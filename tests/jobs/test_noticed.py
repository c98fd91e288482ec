"""What is noticed beside the rules and a person should look at: told, counted, and listed in the report."""

import datetime as dt
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import event

from merchant_desk.cli.import_words import Words, result
from merchant_desk.desk import Desk
from merchant_desk.documents.mapping import suggested_mapping
from merchant_desk.documents.problem_texts import note_text
from merchant_desk.documents.tabular import open_table
from merchant_desk.domain.imports_products import ProductNote
from merchant_desk.domain.products import MergeProducts
from merchant_desk.jobs.account import Account
from merchant_desk.jobs.import_job import ImportJob
from merchant_desk.jobs.report import write_report
from tests.helpers.shop import Shop
from tests.jobs.imports import ORDERS, job, line, on_desk, order_file

RICE, TEA, CARTON = "9520000000042", "9520000000059", "19520000000049"
BY_BARCODE = f"barcode,name\n{RICE},Rice\n{TEA},Tea\n12345,Salt\n"
BY_OWN_CODE = f"sku,barcode,name\nA001,{RICE},Rice\nA002,,Tea\nA003,12345,Salt\nA004,54321,Oil\n"


def work(desk: Desk, folder: Path, text: str, name: str = "goods.csv") -> ImportJob:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return job(desk, path, suggested_mapping("products", open_table(path).headers))


def clashes(account: Account) -> list[int]:
    rows = [row for row, notes in account.noticed.items() if ProductNote.CLASHES_HERE in notes]
    assert len(rows) == account.noted_rows(ProductNote.CLASHES_HERE) == result(account)["clashing"]
    return rows


def test_a_product_without_a_name_is_told_whatever_its_barcode(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    account = work(desk, tmp_path, "sku,barcode,name\nA4,12345,\nA5,54321,Oil\n").run()
    assert account.noticed == {2: ("unnamed",)}
    Words().account(account, 2)
    assert f"{1:>10}  没有名称：以代码为名 / No name: named by its code" in capsys.readouterr().out


def test_goods_under_another_sku_are_told_as_a_clash(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert clashes(work(desk, tmp_path, BY_BARCODE).run()) == []
    again = work(desk, tmp_path, BY_OWN_CODE, "own.csv")
    assert clashes(again.dry_run()) == [2, 4]
    account = again.run()
    assert (account.new, account.refused_rows, clashes(account)) == (4, 0, [2, 4])
    Words().account(account, 2)
    assert (
        f"{2:>10}  {note_text('clashes_here', 'zh')} / {note_text('clashes_here', 'en')}"
        in capsys.readouterr().out
    )
    path = tmp_path / "report.xlsx"
    write_report(path, again.plan, account, "en")
    book = CalamineWorkbook.from_path(path)
    assert book.sheet_names == ["未导入 left out", "规则 rules", "提示 notices"]
    head, *rows = book.get_sheet_by_name("提示 notices").to_python()
    assert head == ["sku", "barcode", "name", "Notice", "Row in the file"]
    assert [(row[4], row[3], row[0]) for row in rows] == [
        (2, note_text("clashes_here", "en"), "A001"),
        (4, note_text("clashes_here", "en"), "A003"),
    ]


@pytest.mark.parametrize(
    ("standing", "text"),
    [
        (BY_BARCODE, f"sku,barcode,name\nA001,0{RICE},Rice\n"),
        (BY_BARCODE, f"sku,name,carton code,carton quantity\nA001,Rice,{RICE},12\n"),
        (
            f"sku,name,carton code,carton quantity\nA000,Rice,{CARTON},12\n",
            f"sku,barcode,name\nA001,{CARTON},Rice\n",
        ),
    ],
    ids=["written otherwise", "on a carton", "of a carton"],
)
def test_a_code_that_scans_as_another_products_clashes(
    desk: Desk, tmp_path: Path, standing: str, text: str
) -> None:
    work(desk, tmp_path, standing).run()
    assert clashes(work(desk, tmp_path, text, "own.csv").run()) == [2]


def test_a_clash_is_told_until_a_person_has_decided(shop: Shop, desk: Desk, tmp_path: Path) -> None:
    work(desk, tmp_path, BY_BARCODE).run()
    own = f"sku,barcode,name\nA001,{RICE},Rice\n"
    work(desk, tmp_path, own, "own.csv").run()
    desk.sync()
    assert clashes(work(desk, tmp_path, own, "own.csv").run()) == [2]
    kept, gone = (on_desk(desk, "SELECT id FROM skus WHERE sku = ?", sku)[0] for sku in ("A001", RICE))
    desk.do(MergeProducts(*(UUID(bytes=id) for id in (kept, gone))))
    desk.sync()
    assert clashes(work(desk, tmp_path, own, "own.csv").run()) == []


def test_what_clashes_within_the_file_is_told_by_its_rule_alone(desk: Desk, tmp_path: Path) -> None:
    text = f"sku,barcode,name\nA001,{RICE},Rice\nA002,{RICE},Rice too\n"
    account = work(desk, tmp_path, text).run()
    assert (account.tally.by_rule["code_clash"].rows, clashes(account)) == (1, [])


def test_one_question_a_chunk_and_none_where_no_product_was(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, Any]] = []

    def note(connection: Any, cursor: Any, statement: str, values: Any, *rest: Any) -> None:
        if "b.gtin IN" in statement:
            asked.append((statement, values))

    event.listen(desk.runtime.profile.reader, "before_cursor_execute", note)
    text = "sku,barcode,name\n" + "".join(f"A{n},{n:05d},Thing {n}\n" for n in range(250))
    work(desk, tmp_path, text).run()
    event.remove(desk.runtime.profile.reader, "before_cursor_execute", note)
    assert len(asked) == 3
    sql, values = asked.pop()
    plan = on_desk(desk, f"EXPLAIN QUERY PLAN {sql}", *values)
    assert not [step for *_, step in plan if step.startswith("SCAN")], plan
    asked.clear()
    event.listen(desk.runtime.profile.reader, "before_cursor_execute", note)
    monkeypatch.setattr("merchant_desk.jobs.standing.has_rows", lambda connection, table: False)
    work(desk, tmp_path, text.replace(",0", ",9"), "other.csv").dry_run()
    assert asked == []


def dated(desk: Desk, ahead: dt.timedelta) -> str:
    """Return a time by the corrected clock of the desk, as the file of orders writes it (London).

    The server's clock stands elsewhere than this computer's: by the latter nothing is in the future.
    """
    now = dt.datetime.fromtimestamp(desk.runtime.now() / 1_000_000, dt.UTC)
    assert now + 2 * ahead < dt.datetime.now(dt.UTC)
    return (now + ahead).astimezone(ORDERS.zone).strftime("%Y-%m-%d %H:%M:%S")


def test_an_order_of_the_future_is_taken_and_told(
    desk: Desk, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    late, soon = dated(desk, dt.timedelta(days=1, minutes=5)), dated(desk, dt.timedelta(hours=23))
    path = order_file(
        tmp_path,
        line("1", "TEA", 2, "5.00", at=soon),
        line("2", "TEA", 2, "5.00", at=late),
        line("2", "SALT", 1, "1.00", at=late),
    )
    importing = job(desk, path, ORDERS)
    account = importing.run()
    assert (account.new, account.refused_rows) == (2, 0)
    assert account.noticed == {3: ("in_the_future",), 4: ("in_the_future",)}
    assert account.noted_rows("in_the_future") == result(account)["in_the_future"] == 2
    Words().account(account, 2)
    assert note_text("in_the_future", "zh") in capsys.readouterr().out
    report = tmp_path / "report.xlsx"
    write_report(report, importing.plan, account, "en")
    rows = CalamineWorkbook.from_path(report).get_sheet_by_name("提示 notices").to_python()[1:]
    assert [(row[9], row[8]) for row in rows] == [(n, note_text("in_the_future", "en")) for n in (3, 4)]
