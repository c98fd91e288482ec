"""Mappings that a desk keeps: found again by kind, replaced by name, and never mixed up with other files."""

from pathlib import Path

import msgspec
import pytest

from merchant_desk.documents.mapping import Mapping, likely_kind
from merchant_desk.documents.presets import PRESETS
from merchant_desk.documents.problem_texts import problem_text
from merchant_desk.documents.problems import ImportProblem
from merchant_desk.documents.saved_mappings import SavedMappings

GOODS = Mapping(name="批发商 A", kind="products", columns={"sku": "货号", "name": "品名"})


def test_what_is_kept_is_found_again_beside_the_presets(tmp_path: Path) -> None:
    kept = SavedMappings(tmp_path / "mappings")
    kept.read()
    kept.keep(GOODS)
    changed = msgspec.structs.replace(GOODS, columns={"sku": "编码", "name": "品名"})
    kept.keep(changed)
    (tmp_path / "mappings" / "broken.json").write_text("{")
    for found in (kept, again := SavedMappings(tmp_path / "mappings")):
        if found is again:
            found.read()
        presets = [one for one in PRESETS.values() if one.kind == "products"]
        assert found.of_kind("products") == [*presets, changed]
        assert changed not in found.of_kind("orders")


@pytest.mark.parametrize(
    "name", ["", "  ", "a/b", "..", ".hidden", "a:b", "x" * 61, "online-retail", "a\x00"]
)
def test_a_name_that_no_file_can_have_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ImportProblem) as problem:
        SavedMappings(tmp_path).keep(msgspec.structs.replace(GOODS, name=name))
    assert problem.value.code == "mapping_name_not_usable"
    assert all(problem_text(problem.value.code, problem.value.facts, one) for one in ("zh", "en"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        (["条码", "商品名称", "售价"], "products"),
        (["InvoiceNo", "StockCode", "Quantity", "InvoiceDate", "UnitPrice"], "orders"),
        (["PO number", "Supplier", "SKU", "Quantity", "Unit cost", "Due date"], "purchase_orders"),
        (["a", "b"], "products"),
    ],
)
def test_headings_tell_what_a_file_holds(headers: list[str], kind: str) -> None:
    assert likely_kind(headers) == kind
