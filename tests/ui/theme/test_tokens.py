import re
from itertools import product

import pytest

from merchant_desk.ui.theme.qss import DRAWINGS, style_sheet
from merchant_desk.ui.theme.tokens import COLOURS, SHAPES, Colours, Scheme, Shape, Tone

SCHEMES = list(Scheme)


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """Contrast ratio (WCAG 2.2), 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize(("scheme", "tone"), list(product(SCHEMES, Tone)))
def test_a_tone_is_readable_on_its_tint_and_on_a_panel(scheme: Scheme, tone: Tone) -> None:
    colours = COLOURS[scheme]
    assert contrast(colours.ink_of(tone), colours.tint_of(tone)) >= 4.5
    assert contrast(colours.ink_of(tone), colours.panel) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
def test_text_is_readable(scheme: Scheme) -> None:
    colours = COLOURS[scheme]
    grounds = (colours.background, colours.panel, colours.field, colours.hover, colours.accent_tint)
    for ground in grounds:
        assert contrast(colours.ink, ground) >= 12
        assert contrast(colours.ink_second, ground) >= 4.5
    assert contrast(colours.on_accent, colours.accent) >= 4.5
    assert contrast(colours.placeholder, colours.field) >= 3.8
    assert contrast(colours.ink_third, colours.panel) >= 3


def test_states_differ_by_shape_too() -> None:
    loud = [SHAPES[tone] for tone in Tone if tone is not Tone.NEUTRAL]
    assert len(set(loud)) == len(loud)
    assert Shape.NONE not in loud


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_colour_is_written_in_full(scheme: Scheme) -> None:
    colours = COLOURS[scheme]
    for name in Colours.__slots__:
        if name != "scheme":
            assert re.fullmatch(r"#[0-9A-F]{6}", getattr(colours, name)), name


@pytest.mark.parametrize("scheme", SCHEMES)
def test_the_style_sheet_names_only_tokens(scheme: Scheme) -> None:
    drawings = {name.replace("-", "_"): f"/x/{name}.svg" for name in DRAWINGS}
    sheet = style_sheet(COLOURS[scheme], drawings)
    assert "$" not in sheet
    tokens = {getattr(COLOURS[scheme], name) for name in Colours.__slots__ if name != "scheme"}
    assert set(re.findall(r"#[0-9A-Fa-f]{3,8}\b", sheet)) <= tokens
