"""Design tokens: every colour, distance, radius and type size of the product.

Style sheet, palette, charts and delegates read them from here; nothing else names a colour.
"""

from dataclasses import dataclass
from enum import StrEnum


class Scheme(StrEnum):
    """Which of the two sets of colours is shown."""

    LIGHT = "light"
    DARK = "dark"


class Tone(StrEnum):
    """What a thing says by its colour; `SHAPES` says the same by its shape."""

    NEUTRAL = "neutral"
    ACCENT = "accent"
    OK = "ok"
    WARNING = "warning"
    REFUSED = "refused"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Colours:
    """One scheme's colours as #RRGGBB."""

    scheme: Scheme
    background: str
    panel: str
    field: str
    hover: str
    line: str
    field_line: str
    ink: str
    ink_second: str
    ink_third: str
    placeholder: str
    accent: str
    accent_hover: str
    accent_pressed: str
    accent_tint: str
    on_accent: str
    ok: str
    ok_tint: str
    warning: str
    warning_tint: str
    refused: str
    refused_tint: str
    info: str
    info_tint: str
    neutral_tint: str
    overlay: str

    def ink_of(self, tone: Tone) -> str:
        """Return the colour of text, bars and shapes in this tone."""
        return {
            Tone.NEUTRAL: self.ink_second,
            Tone.ACCENT: self.accent,
            Tone.OK: self.ok,
            Tone.WARNING: self.warning,
            Tone.REFUSED: self.refused,
            Tone.INFO: self.info,
        }[tone]

    def tint_of(self, tone: Tone) -> str:
        """Return the quiet ground on which `ink_of` is readable (contrast >= 4.5)."""
        return {
            Tone.NEUTRAL: self.neutral_tint,
            Tone.ACCENT: self.accent_tint,
            Tone.OK: self.ok_tint,
            Tone.WARNING: self.warning_tint,
            Tone.REFUSED: self.refused_tint,
            Tone.INFO: self.info_tint,
        }[tone]


LIGHT = Colours(
    scheme=Scheme.LIGHT,
    background="#F4F5F7",
    panel="#FFFFFF",
    field="#F4F5F7",
    hover="#F7F8FA",
    line="#E3E6EB",
    field_line="#DDE1E7",
    ink="#171B24",
    ink_second="#545C6B",
    ink_third="#8A93A3",
    placeholder="#737C8C",
    accent="#2457D6",
    accent_hover="#1E4CBF",
    accent_pressed="#1A41A6",
    accent_tint="#EAF0FE",
    on_accent="#FFFFFF",
    ok="#0F7A57",
    ok_tint="#E4F5EE",
    warning="#A85808",
    warning_tint="#FDF1E2",
    refused="#C0281F",
    refused_tint="#FDEBEA",
    info="#6D3FC7",
    info_tint="#F1EBFC",
    neutral_tint="#EEF0F3",
    overlay="#171B24",
)

DARK = Colours(
    scheme=Scheme.DARK,
    background="#14171D",
    panel="#1C2028",
    field="#14171D",
    hover="#222732",
    line="#2C323D",
    field_line="#363D4A",
    ink="#EDEFF3",
    ink_second="#A7AFBD",
    ink_third="#727B8B",
    placeholder="#8E97A6",
    accent="#6E97FF",
    accent_hover="#83A6FF",
    accent_pressed="#5C86F2",
    accent_tint="#1F2B4A",
    on_accent="#0E1320",
    ok="#4CC79A",
    ok_tint="#17342A",
    warning="#F0A850",
    warning_tint="#3A2A14",
    refused="#FF7B72",
    refused_tint="#43201E",
    info="#B79CF5",
    info_tint="#2E2547",
    neutral_tint="#272C36",
    overlay="#05070A",
)

COLOURS = {Scheme.LIGHT: LIGHT, Scheme.DARK: DARK}


class Shape(StrEnum):
    """The figure drawn beside a state, so that it is told apart without colour."""

    DISC = "disc"
    TRIANGLE = "triangle"
    OCTAGON = "octagon"
    DIAMOND = "diamond"
    RING = "ring"
    NONE = "none"


SHAPES = {
    Tone.OK: Shape.DISC,
    Tone.WARNING: Shape.TRIANGLE,
    Tone.REFUSED: Shape.OCTAGON,
    Tone.INFO: Shape.DIAMOND,
    Tone.ACCENT: Shape.RING,
    Tone.NEUTRAL: Shape.NONE,
}


class Space:
    """Distances in device-independent pixels."""

    HAIR = 4
    SMALL = 8
    MEDIUM = 12
    LARGE = 16
    PAGE = 20
    WIDE = 28


class Radius:
    """Corner radii in device-independent pixels."""

    CHIP = 5
    CONTROL = 8
    PANEL = 10


class Size:
    """Heights and widths of parts in device-independent pixels; text may make them taller, never shorter."""

    ROW = 42
    CONTROL = 34
    CHIP = 22
    HEADER = 48
    STATUS = 30
    NAVIGATION = 212
    NAVIGATION_NARROW = 60
    NAVIGATION_ROW = 30
    ICON = 18


@dataclass(frozen=True, slots=True)
class TypeStyle:
    """A size of type: pixel size, line height and weight (QFont's 100-900)."""

    pixels: int
    line: int
    weight: int = 400


class Type:
    """The type scale."""

    CAP = TypeStyle(11, 16)
    SMALL = TypeStyle(12, 18)
    SMALL_STRONG = TypeStyle(12, 18, 600)
    TEXT = TypeStyle(14, 20)
    STRONG = TypeStyle(14, 20, 600)
    BRAND = TypeStyle(15, 22, 600)
    TITLE = TypeStyle(20, 28, 600)
    LEAD = TypeStyle(20, 28)
    TILE = TypeStyle(26, 36, 600)
    LAST_SCAN = TypeStyle(46, 56, 600)
    COUNT_OF = TypeStyle(48, 58, 600)
    COUNT = TypeStyle(112, 128, 700)
