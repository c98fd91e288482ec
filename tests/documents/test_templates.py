"""Templates: what they ask for is found without a mapping, and one that is filled in is never overwritten."""

from pathlib import Path
from typing import get_args

import pytest
from python_calamine import CalamineWorkbook

from merchant_desk.cli.main import main
from merchant_desk.documents.column_names import FIELDS, ImportKind, suggested_columns
from merchant_desk.documents.mapping import likely_kind, open_suggested
from merchant_desk.documents.problem_texts import Language
from merchant_desk.documents.problems import ImportProblem
from merchant_desk.documents.templates import template_name, write_template


@pytest.mark.parametrize("language", get_args(Language))
@pytest.mark.parametrize("kind", FIELDS)
def test_every_heading_is_found_again(tmp_path: Path, kind: ImportKind, language: Language) -> None:
    path = tmp_path / template_name(kind, language)
    write_template(path, kind, language)
    book = CalamineWorkbook.from_path(path)
    (cells,) = book.get_sheet_by_index(0).to_python()
    headings = [str(cell) for cell in cells]
    assert list(suggested_columns(kind, headings)) == list(FIELDS[kind])
    assert likely_kind(headings) == kind
    about = book.get_sheet_by_index(1).to_python()
    assert [row[0] for row in about[1:]] == headings
    with pytest.raises(ImportProblem) as empty:
        open_suggested(kind, path)
    assert empty.value.code == "no_rows"


def test_a_template_is_written_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "stock.xlsx"
    command = ["import", "stock", str(path), "--template", "--language", "en"]
    assert main(command) == 0
    before = path.read_bytes()
    assert main(command) == 1
    assert path.read_bytes() == before
    out = capsys.readouterr()
    assert "exists and was left as it is" in out.out + out.err
