"""Fonts: one Chinese face with its Latin, figures of equal width."""

import sys
from functools import lru_cache

from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF

from merchant_desk.ui.theme.tokens import Type, TypeStyle

CHINESE_FACES = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei UI",
    "Microsoft YaHei",
    "WenQuanYi Zen Hei",
    "WenQuanYi Micro Hei",
)
"""Simplified Chinese faces in order of preference; the first two carry their own Latin."""

LATIN_FACES = {"win32": ("Segoe UI",), "darwin": (".AppleSystemUIFont", "Helvetica Neue")}
"""Latin faces that stand before the Chinese one where the system has its own look."""


@lru_cache(maxsize=1)
def installed_families() -> tuple[str, ...]:
    """Return the families to ask for, in order; the Chinese face comes first where it has good Latin."""
    known = set(QFontDatabase.families())
    latin = [face for face in LATIN_FACES.get(sys.platform, ()) if face in known or face.startswith(".")]
    return (*latin, *(face for face in CHINESE_FACES if face in known))


def chinese_face() -> str | None:
    """Return the installed Chinese face, or None: then Chinese text shows as boxes and doctor says so."""
    known = set(QFontDatabase.families())
    return next((face for face in CHINESE_FACES if face in known), None)


def font(style: TypeStyle = Type.TEXT) -> QFont:
    """Return the product's font in one size of the type scale, with tabular figures."""
    return QFont(_font(style))


@lru_cache(maxsize=32)
def _font(style: TypeStyle) -> QFont:
    result = QFont()
    families = installed_families()
    if families:
        result.setFamilies(families)
    result.setPixelSize(style.pixels)
    result.setWeight(QFont.Weight(style.weight))
    result.setFeature(QFont.Tag("tnum"), 1)
    result.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return result


def fitted(style: TypeStyle, text: str, width: float, smallest: int) -> QFont:
    """Return the font of `style`, made smaller in steps of one pixel until `text` is at most `width` wide.

    Stops at `smallest` pixels; whoever draws then elides what still does not fit.
    """
    result = font(style)
    wide = QFontMetricsF(result).horizontalAdvance(text)
    if wide <= width or width <= 0:
        return result
    pixels = max(smallest, int(style.pixels * width / wide))
    result.setPixelSize(pixels)
    while pixels > smallest and QFontMetricsF(result).horizontalAdvance(text) > width:
        pixels -= 1
        result.setPixelSize(pixels)
    return result
