"""`merchant-desk import` and `export` as people and scripts call them."""

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from merchant_desk.cli.main import main
from merchant_desk.documents.mapping import load_mapping, save_mapping
from merchant_desk.documents.presets import PRESETS
from merchant_desk.documents.problem_texts import PROBLEMS
from merchant_desk.documents.saved_mappings import MAPPINGS, SavedMappings
from merchant_desk.documents.tabular import open_table
from tests.helpers.shop import PASSWORD, Shop
from tests.jobs.imports import ORDERS, PRODUCTS, line, order_file, product_file
from tests.jobs.test_setting_up import CARRIERS, LOCATIONS, PEOPLE, TAXES, write

GOODS = (("9520000000035", "茶叶"), ("00123", "盐"), ("ABC-1", "+糖"))
SETTING_UP = {"carriers": (CARRIERS, 3, 4), "taxes": (TAXES, 3, 4), "locations": (LOCATIONS, 3, 2)}
Run = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture
def run(shop: Shop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on the manager's desk, closed and offline; return its exit code and JSON lines."""
    desk = shop.desk("manager")
    folder = desk.runtime.profile.folder
    desk.close()
    monkeypatch.setenv("MERCHANT_DESK_PASSWORD", PASSWORD)

    def run(*words: object) -> tuple[int, list[dict[str, Any]]]:
        given = [str(word) for word in words]
        login = ["--login", "manager"] if given[0] == "import" else []
        code = main([*given, "--profile", str(folder), "--json", *login])
        return code, [json.loads(text) for text in capsys.readouterr().out.splitlines()]

    return run


def table_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.DictReader(stream))


def of_type(lines: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [one for one in lines if one["type"] == kind]


def test_products_by_their_headings(run: Run, tmp_path: Path) -> None:
    code, told = run("import", "products", product_file(tmp_path, *GOODS))
    (result,) = of_type(told, "result")
    assert code == 0
    assert (result["state"], result["rows"], result["new"], result["written"]) == ("finished", 3, 3, 3)
    assert {rule["rule"]: rule["rows"] for rule in of_type(told, "rule")} == {
        "new_product": 1,
        "odd_length": 1,
        "house_code": 1,
    }
    assert all(rule["zh"] and rule["en"] for rule in of_type(told, "rule"))
    (waiting,) = of_type(told, "waiting")
    assert waiting["waiting"] == 3
    again = of_type(run("import", "products", tmp_path / "goods.csv")[1], "result")[0]
    assert (again["new"], again["standing"], again["operations"]) == (0, 3, 0)


def test_a_known_file_is_told_as_such(run: Run, tmp_path: Path) -> None:
    path = product_file(tmp_path, *GOODS)
    run("import", "products", path, "--no-sync")
    told = run("import", "products", path, "--no-sync")[1]
    (result,) = of_type(told, "result")
    assert (result["written"], result["unchanged"], result["operations"]) == (0, 3, 0)
    assert {rule["effect"] for rule in of_type(told, "rule")} == {"unchanged"}


def test_purchase_orders_and_what_is_wrong_with_them(run: Run, tmp_path: Path) -> None:
    path = tmp_path / "po.csv"
    path.write_text(
        "PO number,Supplier,SKU,Quantity,Unit cost,Due date\nA-1,S1,BEER-500,24,3.2,2025-12-01\n"
        "A-2,S1,NONE,24,3.2,2025-12-01\n",
        encoding="utf-8",
    )
    code, told = run("import", "purchase-orders", path, "--no-sync")
    (result,) = of_type(told, "result")
    assert (code, result["kind"], result["new"], result["written"], result["refused"]) == (
        3,
        "purchase_orders",
        1,
        1,
        1,
    )
    (refused,) = of_type(told, "refused")
    assert (refused["row"], refused["code"], refused["text"]) == (3, "unknown_product", "NONE")
    assert of_type(run("import", "undo", result["job"], "--no-sync")[1], "undone")[0]["taken_back"] == 1


def test_a_dry_run_writes_nothing(run: Run, tmp_path: Path) -> None:
    path = product_file(tmp_path, *GOODS)
    code, told = run("import", "products", path, "--dry-run")
    (checked,) = of_type(told, "result")
    assert (code, checked["state"], checked["new"], checked["operations"]) == (0, "checked", 3, 0)
    assert of_type(told, "waiting") == []
    done = of_type(run("import", "products", path, "--no-sync")[1], "result")[0]
    assert (done["new"], done["digest"], done["job"]) == (3, checked["digest"], checked["job"])


def test_rows_that_are_left_out_are_told_and_listed_beside_the_file(run: Run, tmp_path: Path) -> None:
    path = order_file(tmp_path, line("1", "TEA", 2, "5.00"), line("2", "TEA", 2, "five"))
    code, told = run("import", "orders", path, "--mapping", "online-retail", "--currency", "CNY", "--no-sync")
    assert code == 3
    (refused,) = of_type(told, "refused")
    assert (refused["row"], refused["field"], refused["text"]) == (3, "unit_price", "five")
    assert refused["zh"]
    assert refused["en"]
    (report,) = of_type(told, "report")
    assert Path(report["file"]) == tmp_path / "orders.import.xlsx"
    assert Path(report["file"]).exists()


def test_a_mapping_is_saved_and_used_again(run: Run, tmp_path: Path) -> None:
    path, kept = product_file(tmp_path, *GOODS), tmp_path / "goods.json"
    run("import", "products", path, "--save-mapping", kept, "--dry-run")
    assert load_mapping(kept).columns == {"barcode": "code", "name": "product_name"}
    code, told = run("import", "products", path, "--mapping", kept, "--no-sync")
    assert code == 0
    assert of_type(told, "result")[0]["new"] == 3


def test_open_orders_by_a_day_of_the_files_own_zone(run: Run, tmp_path: Path) -> None:
    path = order_file(
        tmp_path,
        line("1", "TEA", 2, "5.00", at="2011-12-08 23:59:59"),
        line("2", "TEA", 2, "5.00", at="2011-12-09 00:00:00"),
    )
    save_mapping(ORDERS, tmp_path / "m.json")
    words = ("--mapping", tmp_path / "m.json", "--open-from", "2011-12-09", "--channel", "till", "--no-sync")
    assert run("import", "orders", path, *words)[0] == 0
    table = tmp_path / "out.csv"
    assert run("export", "orders", table, "--language", "en")[0] == 0
    rows = table_of(table)
    assert {row["Order number"]: (row["Status"], row["Channel"]) for row in rows} == {
        "1": ("completed", "till"),
        "2": ("review", "till"),
    }


def test_problems_of_a_file_are_told_in_both_languages(run: Run, tmp_path: Path) -> None:
    empty, page = tmp_path / "empty.csv", tmp_path / "page.csv"
    empty.write_bytes(b"")
    page.write_text("<html><table></table></html>", encoding="utf-8")
    strange = tmp_path / "strange.csv"
    strange.write_text("a,b\n1,2\n", encoding="utf-8")
    for path, wanted in ((empty, "empty_file"), (page, "foreign_format"), (strange, "field_not_mapped")):
        code, told = run("import", "products", path)
        (problem,) = told
        assert (code, problem["type"], problem["code"]) == (1, "problem", wanted)
        assert problem["zh"] != problem["en"]
        assert problem["code"] in PROBLEMS
    code, (problem,) = run("import", "products", tmp_path / "nothing.csv")
    assert (code, problem["code"], problem["facts"]["why"]) == (1, "file_unusable", "missing")
    assert "它不存在" in problem["zh"]


def test_a_place_that_takes_no_file_is_named_as_it_was_given(run: Run, tmp_path: Path) -> None:
    """The system's sentence stood in the Chinese one, and the name of a draft that nobody had given."""
    where = tmp_path / "gone" / "x.csv"
    code, (problem,) = run("export", "products", where)
    assert (code, problem["code"], problem["facts"]["why"]) == (1, "file_unusable", "missing")
    assert str(where) in problem["zh"]
    assert ".new" not in problem["zh"] + problem["en"]
    code, (problem,) = run("import", "products", tmp_path)
    assert problem["facts"]["why"] == "folder"


def test_a_mapping_that_is_not_there_is_said_to_be_one(run: Run, tmp_path: Path) -> None:
    path = order_file(tmp_path, line("1", "TEA", 2, "5.00"))
    (database,) = tmp_path.rglob("desk.db")
    saved = SavedMappings(database.parent / MAPPINGS)
    saved.keep(msgspec.structs.replace(PRESETS["online-retail"], name="our shop"))
    _, (absent,) = run("import", "orders", path, "--mapping", "nosuch")
    assert (absent["code"], absent["facts"]["name"]) == ("mapping_not_found", "nosuch")
    for language in ("zh", "en"):
        assert "nosuch" in absent[language]
        assert "online-retail" in absent[language]
        assert "our shop" in absent[language]
    _, (found,) = run("import", "orders", path, "--mapping", "our shop")
    assert found["code"] == "other_currency", "a saved one is found by its name"


def test_other_mistakes_are_told_too(run: Run, tmp_path: Path) -> None:
    path = order_file(tmp_path, line("1", "TEA", 2, "5.00"))
    _, (currency,) = run("import", "orders", path, "--mapping", "online-retail")
    assert (currency["code"], currency["facts"]) == ("other_currency", {"found": "GBP", "ours": "CNY"})
    _, (kind,) = run("import", "orders", path, "--mapping", "open-food-facts")
    assert kind["code"] == "mapping_for_other_kind"
    _, (absent,) = run("import", "orders", path, "--mapping", tmp_path / "none.json")
    assert absent["code"] == "mapping_not_found"
    broken = tmp_path / "broken.json"
    broken.write_text("{}", encoding="utf-8")
    _, (unread,) = run("import", "orders", path, "--mapping", broken)
    assert unread["code"] == "mapping_not_readable"
    _, (format_,) = run("export", "stock", tmp_path / "stock.ods")
    assert format_["code"] == "unknown_format"


def test_a_wrong_password_is_refused(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MERCHANT_DESK_PASSWORD", "wrong")
    code, (problem,) = run("import", "products", product_file(tmp_path, *GOODS))
    assert code == 1
    assert problem["code"].startswith("sign_in")


def test_an_undo_by_the_jobs_id(run: Run, tmp_path: Path) -> None:
    path = product_file(tmp_path, *GOODS)
    job = of_type(run("import", "products", path, "--no-sync")[1], "result")[0]["job"]
    code, told = run("import", "undo", job, "--no-sync")
    (undone,) = of_type(told, "undone")
    assert (code, undone["taken_back"], undone["kept"]) == (0, 3, 0)
    run("export", "products", tmp_path / "left.csv")
    archived = [row["货号"] for row in table_of(tmp_path / "left.csv") if row["状态"] == "archived"]
    assert archived == ["00123~1", "9520000000035~1", "ABC-1~1"]
    code, (problem,) = run("import", "undo", "00000000-0000-7000-8000-000000000000")
    assert (code, problem["code"]) == (1, "no_such_job")
    with pytest.raises(SystemExit) as misuse:
        run("import", "undo", "yesterday")
    assert misuse.value.code == 2


def test_an_export_comes_in_again_at_another_merchant(run: Run, tmp_path: Path) -> None:
    run("import", "products", product_file(tmp_path, *GOODS), "--no-sync")
    for name in ("out.csv", "out.csv.gz", "out.xlsx"):
        assert run("export", "products", tmp_path / name)[0] == 0
        code, told = run("import", "products", tmp_path / name, "--dry-run")
        (result,) = of_type(told, "result")
        assert (code, result["rows"], result["standing"], result["new"]) == (0, 5, 5, 0)
    rows = table_of(tmp_path / "out.csv")
    codes = [row["货号"] for row in rows]
    assert codes == ["00123", "9520000000035", "ABC-1", "BEER-500", "RICE-10"]
    assert (rows[3]["条码"], rows[3]["箱码"], rows[3]["装箱数"]) == ("9520000000011", "19520000000018", "12")
    assert [row["商品名称"] for row in rows][:3] == ["盐", "茶叶", "'+糖"]


@pytest.mark.parametrize("kind", ["products", "stock", "orders", "ledger"])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_can_be_exported(run: Run, tmp_path: Path, kind: str, language: str) -> None:
    for name in ("t.csv", "t.xlsx"):
        code, told = run("export", kind, tmp_path / name, "--language", language)
        (result,) = of_type(told, "result")
        assert (code, result["rows"]) == (0, 2 if kind == "products" else 0)


def test_people_read_sentences(
    shop: Shop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = shop.desk("manager").runtime.profile.folder
    shop.close()
    monkeypatch.setenv("MERCHANT_DESK_PASSWORD", PASSWORD)
    path = product_file(tmp_path, *GOODS)
    words = ["import", "products", str(path), "--profile", str(folder), "--login", "manager", "--no-sync"]
    assert main(words) == 0
    said = capsys.readouterr().out
    assert "新商品 / New product" in said
    assert "导入完成。新增 3，原有 0" in said
    assert "Imported. New 3, here before 0" in said
    assert main([*words[:2], str(tmp_path / "none.csv"), *words[3:]]) == 1
    assert "does not exist" in capsys.readouterr().err
    assert PRODUCTS.name == "open-food-facts"


def test_who_names_nobody_is_told_how(
    shop: Shop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where nobody can be asked, an empty name is not a wrong password."""
    folder = shop.desk("manager").runtime.profile.folder
    shop.close()
    for login, password in (("", PASSWORD), ("manager", "")):
        monkeypatch.setenv("MERCHANT_DESK_PASSWORD", password)
        assert main(["people", "list", "--profile", str(folder), "--login", login]) == 1
        told = capsys.readouterr().err
        assert "--login" in told
        assert "需要有人登录" in told
        assert "MERCHANT_DESK_PASSWORD" in told


def test_rows_to_look_at_are_told_with_their_numbers(
    shop: Shop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = shop.desk("manager").runtime.profile.folder
    shop.close()
    monkeypatch.setenv("MERCHANT_DESK_PASSWORD", PASSWORD)
    path = product_file(tmp_path, ("23456780012", "茶叶"), ("9520000000035", "盐"))
    words = ["import", "products", str(path), "--profile", str(folder), "--login", "manager", "--dry-run"]
    results = tmp_path / "results.csv"
    assert main([*words, "--results", str(results)]) == 0
    said = capsys.readouterr().out
    assert "2: 可能丢失了前导零; 应为 023456780012 / Leading zeros may be lost; probably 023456780012" in said
    assert ["应为 023456780012" in row["说明"] for row in table_of(results)] == [True, False]


@pytest.mark.parametrize("kind", SETTING_UP)
def test_what_sets_a_shop_up_comes_in_once(run: Run, tmp_path: Path, kind: str) -> None:
    lines, new, left_out = SETTING_UP[kind]
    path = write(tmp_path, kind, lines)
    code, told = run("import", kind, path, "--dry-run", "--no-sync")
    assert (code, of_type(told, "result")[0]["state"]) == (3, "checked")
    code, told = run("import", kind, path, "--no-sync", "--results", tmp_path / "rows.csv")
    (result,) = of_type(told, "result")
    assert (code, result["asked"]) == (3, False)
    assert (result["new"], result["written"], result["refused"]) == (new, new, left_out)
    assert len(list(open_table(tmp_path / "rows.csv").rows())) == len(lines) - 1
    assert (tmp_path / f"{kind}.import.xlsx").is_file()
    (again,) = of_type(run("import", kind, path, "--no-sync")[1], "result")
    assert (again["new"], again["operations"]) == (0, 0)
    code, told = run("import", "undo", result["job"])
    assert code == 1
    assert told[-1]["code"] == "setup_stays"
    assert "停用" in told[-1]["zh"]


def test_people_are_asked_of_the_server(run: Run, tmp_path: Path) -> None:
    code, told = run("import", "people", write(tmp_path, "people", PEOPLE), "--no-sync")
    (result,) = of_type(told, "result")
    assert (code, result["asked"], result["new"], result["refused"]) == (3, True, 4, 4)
