"""The settings on paper: a page of HTML, which Qt prints or writes as a PDF."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from uuid import UUID

from PySide6.QtCore import QFile

from merchant_desk.domain.printers import A4
from merchant_desk.sync.settings import Standing
from merchant_desk.ui.background import Progress
from merchant_desk.ui.printing.drawing import write_pdf
from merchant_desk.ui.printing.pages import HtmlPages
from merchant_desk.ui.screens.settings.setting_list import Shown
from merchant_desk.ui.texts.setting_words import group_name, setting_name, value_words
from merchant_desk.ui.texts.speech import Speech

STYLE = (
    "body{color:#000;background:#fff;font-family:sans-serif;font-size:9pt} h1{font-size:16pt}"
    " h2{font-size:11pt;margin-top:12pt;margin-bottom:2pt} p{margin:2pt 0}"
    " table{border-collapse:collapse} td,th{padding:2pt 6pt;border-bottom:1px solid #ccc;text-align:left}"
)


@dataclass(frozen=True, slots=True)
class Summary:
    """What is printed: rows as the list shows them, who decided them, whose they are, and when that was so.

    `at` is microseconds UTC; `names` are those of people.
    """

    rows: Sequence[Shown]
    standing: Standing
    whose: str
    at: int
    names: Mapping[UUID, str]


def summary_html(summary: Summary, speech: Speech) -> str:
    """Return the page: a table for each group; what differs from its default is bold."""
    text = speech.text
    parts = [f"<h1>{escape(text('screen.settings'))}</h1>"]
    parts.append(f"<p>{escape(summary.whose)} · {escape(speech.moment(summary.at))}</p>")
    heads = ("settings.name", "settings.value", "settings.from", "settings.level.default", "settings.changed")
    head = "".join(f"<th>{escape(text(one))}</th>" for one in heads)
    group = ""
    for row in summary.rows:
        if row.setting.group != group:
            parts.append("</table>" if group else "")
            group = row.setting.group
            parts.append(
                f"<h2>{escape(group_name(row.setting, speech))}</h2><table width='100%'><tr>{head}</tr>"
            )
        cells = _cells(summary, row, speech)
        parts.append("<tr>" + "".join(f"<td>{cell}</td>" for cell in cells) + "</tr>")
    parts.append("</table>" if group else "")
    title = escape(text("screen.settings"))
    return (
        f'<!doctype html><html lang="{speech.code.replace("_", "-")}"><head><meta charset="utf-8">'
        f"<title>{title}</title><style>{STYLE}</style></head><body>{''.join(parts)}</body></html>"
    )


def _cells(summary: Summary, row: Shown, speech: Speech) -> list[str]:
    last = summary.standing.last(row.setting)
    value = escape(value_words(row.setting, row.value, speech))
    changed = ""
    if last is not None:
        who = summary.names.get(last.set_by, "") if last.set_by else speech.text("settings.by_itself")
        changed = f"{who} {speech.moment(last.set_at)}".strip()
    return [
        escape(setting_name(row.setting, speech)),
        f"<b>{value}</b>" if row.differs else value,
        escape(speech.text(f"settings.level.{row.level or 'default'}")),
        escape(value_words(row.setting, row.setting.default, speech)),
        escape(changed),
    ]


def write_summary(path: str, html: str, title: str) -> bool:
    """Write the page, as HTML where the name ends so, else as a PDF; tells whether that was possible."""
    if Path(path).suffix.casefold() not in (".html", ".htm"):
        return write_pdf(path, HtmlPages(title, html), A4, Progress())
    file = QFile(path)
    if not file.open(QFile.OpenModeFlag.WriteOnly):
        return False
    whole = file.write(html.encode()) >= 0
    file.close()
    return whole and file.error() == QFile.FileError.NoError
