"""The sheet with a recovery key: printed, locked away, and typed or scanned when a vault is lost."""

from dataclasses import dataclass, field
from html import escape
from io import StringIO
from pathlib import Path
from tempfile import TemporaryFile
from typing import ClassVar

import segno

from merchant_desk.models.faults import FileUnusable, file_fault
from merchant_desk.models.private_files import write_private

QR_QUIET = 4
"""Light modules around a QR code (ISO/IEC 18004)."""

ENDINGS = (".html", ".htm", ".txt")
"""Of a sheet's file name."""

TITLE = "恢复密钥 / Recovery key"


@dataclass(frozen=True, slots=True)
class RecoverySheet:
    """What stands on it: the key in groups, its number, whose data it opens, and the day it was made.

    `desk` is empty where one paper opens every desk of the merchant.
    """

    key: str = field(repr=False)
    number: str
    merchant: str
    desk: str = ""
    day: str = ""


def sheet_lines(sheet: RecoverySheet) -> list[str]:
    """Return what the sheet says beside key and code, in both languages."""
    if sheet.desk:
        whose = f"只能打开这台工作台：{sheet.desk} / opens this desk alone: {sheet.desk}"
    else:
        whose = "可打开这家商户的每台工作台和服务器备份 / opens every desk and the server's backups"
    return [
        *([f"商户 / merchant: {sheet.merchant}"] if sheet.merchant else []),
        whose,
        f"编号 / number: {sheet.number}",
        *([f"日期 / date: {sheet.day}"] if sheet.day else []),
        "只显示这一次。请打印后锁好：谁有这张纸和那台电脑的文件，谁就能读到数据。",
        "Shown this once. Print it and lock it away: with it and the computer's files all can be read.",
        "工作台 / a desk: merchant-desk recover --profile DIR --paper -",
        *(
            []
            if sheet.desk
            else ["服务器备份 / a server's backup: merchant-desk restore FILE --recovery-key-file -"]
        ),
    ]


def sheet_text(sheet: RecoverySheet) -> str:
    """Return the sheet as plain text, the QR code in block characters."""
    drawn = StringIO()
    segno.make_qr(sheet.key, error="m").terminal(drawn, compact=True, border=QR_QUIET)
    plain = "\n".join(_without_colours(line) for line in drawn.getvalue().splitlines())
    return "\n".join([TITLE, "", f"    {sheet.key}", "", plain, "", *sheet_lines(sheet), ""])


def sheet_html(sheet: RecoverySheet) -> str:
    """Return the sheet as one HTML page without anything outside it, for any browser to print."""
    code = segno.make_qr(sheet.key, error="m").svg_inline(scale=5, border=QR_QUIET)
    lines = "".join(f"<p>{escape(line)}</p>" for line in sheet_lines(sheet))
    return (
        f'<!doctype html><html lang="zh-CN"><meta charset="utf-8"><title>{TITLE}</title>'
        "<style>body{font:14pt/1.5 sans-serif;margin:20mm;color:#000;background:#fff}"
        "code{font:bold 17pt/1.6 monospace}</style>"
        f"<h1>{TITLE}</h1><p><code>{escape(sheet.key)}</code></p>{code}{lines}</html>"
    )


@dataclass(eq=False)
class SheetNotWritten(FileUnusable):
    """A shop was founded, and its sheet could not be written after all."""

    zh: ClassVar[str] = (
        "商户已建立，但恢复密钥没能写入 {path}：{why}。"
        "恢复密钥改为显示出来，只显示这一次：请立即打印或抄下并锁好。"
    )
    en: ClassVar[str] = (
        "The shop was founded, but its recovery sheet could not be written to {path}: {why}. The recovery "
        "key is shown instead, this once: print it or write it down now, and lock it away."
    )


def prove_place(path: Path) -> None:
    """See that a sheet could be written here; nothing is left of that.

    Raises:
        FileUnusable, DiskFull: it could not be: no such folder, one that cannot be written, another ending.
    """
    if path.suffix.casefold() not in ENDINGS:
        raise FileUnusable(path, "sheet_ending")
    if path.is_dir():
        raise FileUnusable(path, "folder")
    try:
        with TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        error.filename = None  # a name that was made up
        raise file_fault(error, path.parent) from error


def write_sheet(path: Path, sheet: RecoverySheet) -> None:
    """Write the sheet, readable by its owner alone: as text where the name ends so, else as HTML.

    Raises:
        OSError: it cannot be written.
    """
    text = sheet_text(sheet) if path.suffix.casefold() == ".txt" else sheet_html(sheet)
    write_private(path, text.encode())


def _without_colours(line: str) -> str:
    """Drop the terminal's colour commands (ECMA-48, SGR), which a text file does not obey."""
    parts = line.split("\x1b[")
    return parts[0] + "".join(part.partition("m")[2] for part in parts[1:])
