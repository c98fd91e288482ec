"""Orders in words: states, time left, what was bought. No widgets."""

from merchant_desk.models.queries.order_lists import WAITING, OrderRow
from merchant_desk.ui.messages import Language
from merchant_desk.ui.screens.stations.words import name_of
from merchant_desk.ui.tables.columns import Cell
from merchant_desk.ui.texts.formats import HOUR
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.chip import ChipText

URGENT, SOON = 2 * HOUR, 8 * HOUR
"""Time left below which an order is marked red, and amber."""

TONES = {
    "review": Tone.INFO,
    "accepted": Tone.ACCENT,
    "picking": Tone.ACCENT,
    "on_hold": Tone.WARNING,
    "shipped": Tone.OK,
    "completed": Tone.OK,
    "cancelled": Tone.NEUTRAL,
    "refused": Tone.NEUTRAL,
}


def state_chip(status: str, language: Language) -> ChipText:
    """Return an order's state as a chip."""
    key = f"order_state.{status}"
    words = language.text(key) if language.knows(key) else language.word(status)
    return ChipText(words, TONES.get(status, Tone.NEUTRAL))


def due_chip(row: OrderRow, language: Language, now: int) -> ChipText | None:
    """Return the time that is left, or by how much it is late; None where nobody waits."""
    if row.due_at is None or row.status not in WAITING:
        return None
    left = row.due_at - now
    if left < 0:
        return ChipText(language.text("orders.late_by", span=language.span(-left)), Tone.REFUSED)
    tone = Tone.REFUSED if left < URGENT else Tone.WARNING if left < SOON else Tone.NEUTRAL
    return ChipText(language.text("orders.left", span=language.span(left)), tone)


def goods_cell(row: OrderRow, language: Language) -> Cell:
    """Return what was bought: the first product, and how many there are."""
    more = language.text("orders.more_lines", n=row.line_count) if row.line_count > 1 else ""
    first = name_of(row.summary, row.summary_en, language)
    return Cell(first or language.text("orders.line_count", n=row.line_count), detail=more)
