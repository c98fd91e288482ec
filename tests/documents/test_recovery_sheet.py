"""Does the sheet carry the key for eyes and scanners, in both languages, and for nobody else to read?"""

import stat
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zxingcpp

from merchant_desk.documents.recovery_sheet import RecoverySheet, sheet_html, sheet_text, write_sheet

KEY = "R0D00J-0820CD-20A1GP-7104GS-M2RC14-M70Y4P-0H2894-TXRDXV-X47"
SHEET = RecoverySheet(KEY, "ABCD-2345", "青石供销社", "03 <前台>", "2026-11-22")
HALVES = {"\N{FULL BLOCK}": (255, 255), "▀": (255, 0), "▄": (0, 255), " ": (0, 0)}
"""Terminals draw light modules: upper and lower half of a character."""

PIXELS = 8


def drawn(text: str) -> Any:
    """Return the picture that the block characters of a text draw."""
    lines = [line for line in text.splitlines() if "\N{FULL BLOCK}" in line]
    width = max(map(len, lines))
    rows = [[HALVES[sign][half] for sign in line.ljust(width)] for line in lines for half in (0, 1)]
    return np.kron(np.array(rows, dtype=np.uint8), np.ones((PIXELS, PIXELS), dtype=np.uint8))


def test_a_scanner_reads_the_key_from_the_text() -> None:
    text = sheet_text(SHEET)
    assert "\x1b" not in text
    assert [code.text for code in zxingcpp.read_barcodes(drawn(text))] == [KEY]


@pytest.mark.parametrize("sheet", [sheet_text(SHEET), sheet_html(SHEET)], ids=["text", "page"])
def test_the_sheet_says_whose_it_is_and_what_to_do(sheet: str) -> None:
    for words in (KEY, "ABCD-2345", "青石供销社", "2026-11-22", "锁好", "lock it away", "recover"):
        assert words in sheet
    assert "opens this desk alone" in sheet


def test_a_page_is_whole_and_quotes_what_people_typed() -> None:
    page = sheet_html(SHEET)
    assert "03 &lt;前台&gt;" in page
    assert "<svg" in page
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")
    shared = sheet_html(RecoverySheet(KEY, "ABCD-2345", "青石供销社"))
    assert "opens every desk" in shared


def test_only_its_owner_may_read_the_file(tmp_path: Path) -> None:
    for name, mark in (("sheet.txt", "▀"), ("sheet.html", "<svg"), ("sheet", "<svg")):
        write_sheet(tmp_path / name, SHEET)
        assert mark in (tmp_path / name).read_text("utf-8")
        if sys.platform != "win32":
            assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    assert KEY not in repr(SHEET)
