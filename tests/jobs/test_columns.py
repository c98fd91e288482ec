"""What `merchant-desk import` says of columns: used and ignored ones, the headings it knows, templates."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from merchant_desk.cli.import_columns import KINDS
from merchant_desk.cli.main import main
from merchant_desk.documents.column_names import FIELDS, suggested_columns
from merchant_desk.documents.mapping import load_mapping
from tests.helpers.shop import PASSWORD, Shop

Run = Callable[..., tuple[int, list[dict[str, Any]]]]
OWN = "code,name,unit,barcode,price,remark\nA001,Rice,bag,9520000000042,5.00,x\nA002,Tea,box,,3.00,\n"
ODD = "Order No,sku,qty,When,Price\n1,TEA,2,2025-11-01 10:00,5.00\n"


@pytest.fixture
def run(shop: Shop, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run an import on the manager's desk; return its exit code and JSON lines, or the texts it said."""
    desk = shop.desk("manager")
    folder = desk.runtime.profile.folder
    desk.close()
    monkeypatch.setenv("MERCHANT_DESK_PASSWORD", PASSWORD)

    def run(*words: object) -> tuple[int, list[dict[str, Any]]]:
        given = ["import", *(str(word) for word in words), "--profile", str(folder), "--login", "manager"]
        code = main([*given, "--no-sync", "--json"])
        return code, [json.loads(text) for text in capsys.readouterr().out.splitlines()]

    return run


def written(folder: Path, text: str, name: str = "goods.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_the_columns_that_are_used_and_ignored_are_told_first(run: Run, tmp_path: Path) -> None:
    code, told = run("products", written(tmp_path, OWN))
    assert (code, told[0]["type"]) == (0, "columns")
    used = {"sku": "code", "barcode": "barcode", "name": "name", "unit": "unit", "price": "price"}
    assert (told[0]["used"], told[0]["ignored"]) == (used, ["remark"])
    assert "货号 = code" in told[0]["zh"]
    assert told[0]["zh"].endswith("未使用的列：remark。")
    assert "SKU = code" in told[0]["en"]
    assert told[0]["en"].endswith("Columns ignored: remark.")


def test_the_columns_of_a_named_mapping_are_told_too(run: Run, tmp_path: Path) -> None:
    path = written(tmp_path, "code,product_name,brand\n9520000000042,Rice,Acme\n")
    told = run("products", path, "--mapping", "open-food-facts", "--dry-run")[1]
    assert told[0]["used"] == {"barcode": "code", "name": "product_name"}
    assert told[0]["ignored"] == ["brand"]
    told = run("products", written(tmp_path, "code,product_name\n1,Rice\n"), "--dry-run")[1]
    assert (told[0]["ignored"], told[0]["en"][-22:]) == ([], "Columns ignored: none.")


def test_a_missing_column_names_the_headings_and_leaves_a_template(run: Run, tmp_path: Path) -> None:
    path, kept = written(tmp_path, ODD), tmp_path / "m.json"
    code, told = run("orders", path, "--save-mapping", kept)
    assert (code, [one["type"] for one in told]) == (1, ["template", "problem"])
    assert (told[0]["file"], told[0]["free"]) == (str(kept), ["When"])
    assert str(kept) in told[0]["zh"]
    assert str(kept) in told[0]["en"]
    for words in (told[1]["zh"], told[1]["en"]):
        assert all(name in words for name in FIELDS["orders"]["placed_at"])
    content = json.loads(kept.read_text(encoding="utf-8"))
    assert set(content["columns"]) == set(FIELDS["orders"])
    assert content["columns"]["placed_at"] == ""
    content["columns"]["placed_at"] = "When"
    kept.write_text(json.dumps(content), encoding="utf-8")
    # The command from before, typed once more, does not overwrite what a person has filled in.
    code, told = run("orders", path, "--save-mapping", kept)
    assert (code, [one["type"] for one in told]) == (1, ["template_kept", "problem"])
    assert load_mapping(kept).columns["placed_at"] == "When"
    code, told = run("orders", path, "--mapping", kept)
    assert (code, told[0]["used"]["placed_at"], told[-1]["new"]) == (0, "When", 1)


def test_every_heading_that_is_told_is_found(run: Run) -> None:
    code, told = run("fields")
    assert code == 0
    fields = [one for one in told if one["type"] == "field"]
    kinds = dict(KINDS)
    assert set(kinds.values()) == set(FIELDS)
    assert [(kinds[one["of"]], one["field"]) for one in fields] == [
        (kind, field) for kind in kinds.values() for field in FIELDS[kind]
    ]
    for one in fields:
        for heading in one["headings"]:
            assert heading in one["en" if heading.isascii() else "zh"]
            if not one["field"].startswith("pack_"):
                assert suggested_columns(kinds[one["of"]], [heading]) == {one["field"]: heading}
    needed = {one["field"]: one["one_of"] for one in fields if one["of"] == "products"}
    assert (needed["sku"], needed["name"], needed["price"]) == (["barcode", "sku"], ["name"], [])


def test_the_help_says_where_the_headings_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["import", "--help"])
    assert "merchant-desk import fields" in " ".join(capsys.readouterr().out.split())
    with pytest.raises(SystemExit) as misuse:
        main(["import", "products"])
    assert misuse.value.code == 2
    assert main(["import", "fields"]) == 0
    said = capsys.readouterr().out
    assert "下单时间（必需）：下单时间、" in said
    assert "order time (required): invoice date, order date" in said
