"""What sample screens are made of: lines, texts, a moment."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from PySide6.QtCore import QCoreApplication

from merchant_desk.ui.messages import Language
from merchant_desk.ui.tables.columns import Cell, Column
from merchant_desk.ui.texts.catalogue import LanguageCode, Texts, catalogue
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.chip import ChipText

NOW = int(datetime(2026, 11, 21, 9, 32, 8, tzinfo=UTC).timestamp()) * 1_000_000
ZONE = timezone(timedelta(hours=8))


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a sample table."""

    id: int
    words: tuple[str, ...]
    tone: Tone = Tone.NEUTRAL
    chip: str = ""


def pick(language: Language, chinese: str, english: str) -> str:
    """Return the sample text of the language in force."""
    return chinese if language.code is LanguageCode.CHINESE else english


def words_column(
    at: int, key: str, title: str, *, strong: bool = False, width: int = 0, figures: bool = False
) -> Column[Line]:
    """Return a column of plain words."""
    return Column(
        key,
        title,
        lambda row, _: Cell(row.words[at], strong=strong),
        value=lambda row: row.words[at],
        width=width,
        figures=figures,
    )


def chip_column(key: str, title: str, width: int = 0) -> Column[Line]:
    """Return the column of states."""
    return Column(key, title, lambda row, _: Cell(chip=ChipText(row.chip, row.tone)), width=width)


TEXTS: Texts = {
    "sample.product": ("商品", "Product"),
    "sample.due": ("应收", "Due"),
    "sample.got": ("已收", "Received"),
    "sample.rest": ("差", "Rest"),
    "sample.state": ("状态", "State"),
    "sample.time": ("时间", "Time"),
    "sample.what": ("识别", "Recognised"),
    "sample.quantity": ("数量", "Quantity"),
    "sample.result": ("结果", "Result"),
    "sample.order": ("订单", "Order"),
    "sample.buyer": ("买家", "Buyer"),
    "sample.paid": ("实付", "Paid"),
    "sample.left": ("时限", "Time left"),
}


def sample_language(code: LanguageCode, app: QCoreApplication | None = None) -> Language:
    """Return a language that knows the sample texts too, in the outlet's zone."""
    return Language(code, ZONE, {**catalogue(), **TEXTS}, app)
