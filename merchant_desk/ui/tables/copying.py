"""Rows for the clipboard: tab-separated text, and a table in HTML, from which spreadsheets take types.

A spreadsheet reads pasted text as if it were typed: 0012 turns into 12, and what begins with = is run. In the
HTML every code and word is marked as text, for Excel and WPS (mso-number-format) and for LibreOffice (sdnum);
the plain text is guarded as a CSV file is.
"""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from PySide6.QtCore import QMimeData

from merchant_desk.domain.currencies import minor_digits
from merchant_desk.ui.messages import Language
from merchant_desk.ui.tables.columns import Column

DIGITS: Final = {"whole": 0, "micro": 6, "price": 6}
"""Kinds of figures, and how many decimals their whole numbers count; amounts have those of their currency,
and other cells stand as their words."""

MONEY: Final = frozenset(("amount", "price"))

_TEXT: Final = 'style="mso-number-format:\'\\@\'" sdnum="0;0;@"'
_BREAKS: Final = str.maketrans("\t\r\n", "   ")


def copied(
    rows: Sequence[Any], columns: Sequence[Column[Any]], language: Language, *, headings: bool
) -> QMimeData:
    """Return rows as text/plain and text/html.

    Args:
        rows: of a table, from top to bottom.
        columns: those that are shown.
        language: of the words.
        headings: whether a row of headings goes before.
    """
    from merchant_desk.documents.exports import decimal_text, guarded  # a tenth of a second, not at the start

    def plain(said: str) -> str:
        return guarded(said.translate(_BREAKS).strip())

    digits = DIGITS | {"amount": minor_digits(language.currency)}
    lines: list[str] = []
    table: list[str] = []
    if headings:
        titles = [_title(column, language) for column in columns]
        lines.append("\t".join(map(plain, titles)))
        table.append("".join(f"<th {_TEXT}>{escape(title)}</th>" for title in titles))
    for row in rows:
        held = [_held(column, row, digits) for column in columns]
        cells = ["" if one is None else decimal_text(*one) for one in held]
        words = [column.cell(row, language).words for column in columns]
        lines.append("\t".join(cell or plain(said) for cell, said in zip(cells, words, strict=True)))
        table.append("".join(_html(cell, said) for cell, said in zip(cells, words, strict=True)))
    data = QMimeData()
    data.setText("\n".join(lines))
    body = "".join(f"<tr>{line}</tr>" for line in table)
    data.setHtml(f'<html><head><meta charset="utf-8"></head><body><table>{body}</table></body></html>')
    return data


def _title(column: Column[Any], language: Language) -> str:
    key = column.title or column.heading
    return language.text(key) if key else ""


def _held(column: Column[Any], row: Any, digits: Mapping[str, int]) -> tuple[int, int, int] | None:
    """Return a figure, its decimals and how many of them are written at least, None for what is none."""
    held = column.holds(row) if column.holds is not None else None
    if not isinstance(held, int) or column.kind not in digits:
        return None
    return held, digits[column.kind], digits["amount"] if column.kind in MONEY else 0


def _html(figure: str, words: str) -> str:
    return f'<td sdval="{figure}">{figure}</td>' if figure else f"<td {_TEXT}>{escape(words)}</td>"
