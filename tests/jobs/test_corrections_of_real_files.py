"""Corrections on a public file and on what the program itself exports: all of it, and nothing else."""

import csv
import gzip
from pathlib import Path

import openpyxl
import pytest

from merchant_desk.desk import Desk
from merchant_desk.documents.mapping import Mapping, suggested_mapping
from merchant_desk.documents.tabular import open_table
from merchant_desk.domain.imports import Effect
from merchant_desk.domain.imports_corrections import FieldChange
from merchant_desk.jobs.account import Account
from merchant_desk.jobs.export_job import export
from merchant_desk.jobs.import_job import ImportJob
from merchant_desk.jobs.plan import Choices
from merchant_desk.jobs.undo_job import UndoJob
from tests.helpers.shop import Shop
from tests.jobs.imports import FOOD, PRODUCTS, bring_in, on_desk, on_server, slice_of

CORRECT = Choices(correct=True)
NAMES = "SELECT sku, name FROM skus WHERE archived = 0"
LINES, EACH, MARK = 3_000, 7, " 2019"


def corrected_copy(path: Path, folder: Path) -> Path:
    """Write the file once more, each seventh name with a mark behind it."""
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8", newline="") as stream:
        head, *rows = csv.reader(stream)
    at = head.index("product_name")
    for row in rows[::EACH]:
        if row[at].strip():
            row[at] += MARK
    other = folder / "right.csv"
    with other.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([head, *rows])
    return other


def test_a_public_file_is_corrected_name_by_name_and_put_back(
    shop: Shop, desk: Desk, data_dir: Path, tmp_path: Path
) -> None:
    food = slice_of(data_dir, FOOD, tmp_path, lambda lines: LINES + 1)
    bring_in(desk, food, PRODUCTS)
    before = dict(on_desk(desk, NAMES))
    right = corrected_copy(food, tmp_path)
    account = bring_in(desk, right, PRODUCTS, CORRECT)
    after = dict(on_desk(desk, NAMES))
    changed = {sku for sku, name in after.items() if name != before[sku]}
    assert len(changed) > LINES // EACH // 2
    assert all(after[sku] == before[sku] + MARK for sku in changed)
    assert (account.new, account.corrected, account.corrected_rows) == (0, len(changed), len(changed))
    assert (
        account.corrected + account.standing + account.rows_of(Effect.UNCHANGED)
        == account.rows - account.refused_rows
    )
    assert {sku for sku, name in before.items() if after[sku] == name} == before.keys() - changed
    desk.sync()
    assert (desk.refused(), desk.tasks()) == ([], [])
    assert dict(on_server(shop.world.server.engine, NAMES)) == after
    assert bring_in(desk, right, PRODUCTS, CORRECT).operations == 0
    assert account.job_id is not None
    undone = UndoJob(desk.runtime, lambda: desk.person.id, account.job_id).run()
    desk.sync()
    assert (undone.taken_back, undone.left, desk.refused()) == (len(changed), (), [])
    assert dict(on_desk(desk, NAMES)) == before == dict(on_server(shop.world.server.engine, NAMES))


def read_back(desk: Desk, path: Path) -> Account:
    return ImportJob(desk.runtime, lambda: desk.person.id, path, mapping_of(path), CORRECT).run()


def mapping_of(path: Path) -> Mapping:
    return suggested_mapping("products", open_table(path).headers, "import")


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("name", ["goods.xlsx", "goods.csv"])
def test_what_was_exported_corrects_nothing_until_a_cell_is_changed(
    desk: Desk, tmp_path: Path, name: str, language: str
) -> None:
    path = tmp_path / name
    export(desk.runtime, "products", path, "zh" if language == "zh" else "en")
    assert {"name_en", "track_lot", "min_days_left", "pack_code"} <= mapping_of(path).fields
    account = read_back(desk, path)
    assert (account.new, account.corrected, account.changes, account.refusals) == (0, 0, {}, {})
    if name.endswith("csv"):
        return
    book = openpyxl.load_workbook(path)
    sheet = book.active
    assert sheet is not None
    head = [cell.value for cell in sheet[1]]
    row = next(row for row in sheet.iter_rows(min_row=2) if "BEER-500" in [cell.value for cell in row])
    row[head.index("售价" if language == "zh" else "Price")].value = 5.5
    book.save(path)
    account = read_back(desk, path)
    assert list(account.changes.values()) == [(FieldChange("price", "5", "5.5"),)]
    assert on_desk(desk, "SELECT price FROM skus WHERE sku = 'BEER-500'") == [5_500_000]
