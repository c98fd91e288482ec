"""A receipt's goods-received note and a shipment's packing list: a page of HTML in the language of now."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from merchant_desk.models.queries.document_lists import DocumentRow
from merchant_desk.models.queries.paper_lines import PaperLine
from merchant_desk.models.queries.parcels import ParcelView
from merchant_desk.models.queries.reversals import Reversed
from merchant_desk.ui.screens.stations.words import name_of, reversal_text
from merchant_desk.ui.texts.formats import quantity
from merchant_desk.ui.texts.speech import Speech
from merchant_desk.ui.texts.trial import day_words

STYLE = (
    "body{color:#000;background:#fff;font-size:9pt} h1{font-size:16pt;margin-bottom:2pt} p{margin:2pt 0}"
    " table{border-collapse:collapse} td,th{padding:3pt 5pt;border-bottom:1px solid #999;text-align:left}"
)
FIGURES = ("ordered", "quantity")
SIGNED = {"receipts": ("received_by", "delivered_by"), "shipments": ("packed_by", "taken_by")}


@dataclass(frozen=True, slots=True)
class DocumentPaper:
    """What is printed: the document as it stands at `at` (microseconds UTC), and where.

    `sent` is how often it was printed or saved before, `sent_at` when last.
    """

    kind: str
    row: DocumentRow
    lines: Sequence[PaperLine]
    parcel: ParcelView | None
    where: str
    at: int
    sent: int = 0
    sent_at: int = 0
    reversal: Reversed | None = None


def paper_title(paper: DocumentPaper, speech: Speech) -> str:
    """Return what the paper is called."""
    return speech.text(f"paper.{paper.kind}", number=paper.row.number)


def paper_html(paper: DocumentPaper, speech: Speech) -> str:
    """Return the page; a reprint says so under its title."""
    text, title = speech.text, escape(paper_title(paper, speech))
    parts = [f"<h1>{title}</h1>"]
    if paper.sent:
        at = speech.moment(paper.sent_at)
        parts.append(f"<p><b>{escape(text('paper.reprint', n=paper.sent + 1, at=at))}</b></p>")
    if paper.row.status in ("reversed", "partly_reversed"):
        told = text(f"paper.{paper.row.status}")
        if paper.reversal is not None:
            told = f"{told} · {reversal_text(paper.reversal, speech)}"
        parts.append(f"<p><b>{escape(told)}</b></p>")
    parts += [f"<p>{escape(name)}: {escape(said)}</p>" for name, said in _facts(paper, speech) if said]
    parts.append(_table(paper, speech))
    lines = (f"{escape(text(f'paper.{one}'))}: ______________" for one in SIGNED[paper.kind])
    signs = "".join(f"<td style='border:none'>{line}</td>" for line in lines)
    printed = text("paper.printed", at=speech.moment(paper.at), where=paper.where)
    parts.append(f"<p>&nbsp;</p><table width='100%'><tr>{signs}</tr></table><p>{escape(printed)}</p>")
    return (
        f'<!doctype html><html lang="{speech.code.replace("_", "-")}"><head><meta charset="utf-8">'
        f"<title>{title}</title><style>{STYLE}</style></head><body>{''.join(parts)}</body></html>"
    )


def _facts(paper: DocumentPaper, speech: Speech) -> list[tuple[str, str]]:
    text, row, parcel = speech.text, paper.row, paper.parcel
    blind = text("documents.blind") if paper.kind == "receipts" else ""
    closed = speech.moment(row.closed_at) if row.closed_at is not None else ""
    facts = [
        (text(f"documents.about_{paper.kind}"), row.about or blind),
        (text(f"documents.partner_{paper.kind}"), row.partner),
        (text("list.closed"), closed),
        (text("list.person"), " · ".join(filter(None, (row.person, row.desk)))),
    ]
    if parcel is not None:
        facts += [
            (text("shipments.carrier"), parcel.carrier),
            (text("shipments.tracking"), parcel.tracking),
        ]
    return facts


def _table(paper: DocumentPaper, speech: Speech) -> str:
    text = speech.text
    heads = ("no", "sku", "name", "lot", "expiry", "location", *FIGURES)
    aligned = [" align='right'" if one in FIGURES else "" for one in heads]
    names = (escape(text(f"paper.column.{one}")) for one in heads)
    head = "".join(f"<th{how}>{name}</th>" for name, how in zip(names, aligned, strict=True))
    rows = []
    for n, line in enumerate(paper.lines, start=1):
        cells = (
            str(n), line.sku, name_of(line.name, line.name_en, speech), line.lot,
            day_words(line.expiry) if line.expiry else "", line.location,
            quantity(line.ordered) if line.ordered is not None else text("paper.unordered"),
            f"{quantity(line.quantity)} {line.unit}".strip(),
        )  # fmt: skip
        written = (f"<td{how}>{escape(cell)}</td>" for cell, how in zip(cells, aligned, strict=True))
        rows.append(f"<tr>{''.join(written)}</tr>")
    total = text("paper.total", n=len(paper.lines), pieces=quantity(sum(one.quantity for one in paper.lines)))
    return f"<table width='100%'><tr>{head}</tr>{''.join(rows)}</table><p><b>{escape(total)}</b></p>"
