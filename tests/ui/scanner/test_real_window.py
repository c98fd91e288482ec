"""The same rules before a real window system: X11 with a window manager, keys pressed by xdotool.

Skipped where Xvfb, xdotool or openbox (for the last part ibus with libpinyin) are not installed.
"""

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from tests.helpers.scanner_wedge import (
    BACKSPACE_PLACE,
    HUMAN,
    STX,
    GsForm,
    Keyboard,
    together,
)
from tests.helpers.x_display import (
    DISPLAY_TOOLS,
    INPUT_METHOD_TOOLS,
    PINYIN,
    Display,
    StationProcess,
    display,
    missing,
)

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="X11 tests run on Linux"),
    pytest.mark.skipif(bool(missing(DISPLAY_TOOLS)), reason="X11 tools are not installed"),
]
needs_pinyin = pytest.mark.skipif(
    bool(missing(INPUT_METHOD_TOOLS)) or not PINYIN.exists(), reason="ibus-libpinyin is not installed"
)

EAN = "6901234567892"
SYMBOLS = "aZ09-./+%$ :_*#@!(){}[]<>|\\'\"`~^&=,;?"
WEDGE = Keyboard(key_ms=4)
MOST_ATTEMPTS = 20
Stations = Callable[..., StationProcess]


@pytest.fixture(scope="module")
def x11(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Display]:
    with display(tmp_path_factory.mktemp("x11")) as found:
        yield found


@pytest.fixture(scope="module")
def pinyin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Display]:
    with display(tmp_path_factory.mktemp("pinyin")) as found:
        found.start_pinyin(tmp_path_factory.mktemp("runtime"))
        yield found


@pytest.fixture
def station() -> Iterator[Stations]:
    running: list[StationProcess] = []

    def start(where: Display, **settings: object) -> StationProcess:
        running.append(StationProcess(where, **settings))
        return running[-1]

    yield start
    for one in running:
        one.close()


# ---------------------------------------------------------------- focus


@pytest.mark.parametrize("focus", ["edit", "table", "button", "none", "combo"])
def test_a_scan_reaches_the_station_whatever_has_the_focus(
    x11: Display, station: Stations, focus: str
) -> None:
    here = station(x11)
    here.ask(f"focus {focus}")
    assert here.type(WEDGE.plan("6 A 1 b\r")) == [{"scan": "6 A 1 b"}]
    assert here.ask("text")["text"] == ""


def test_a_scan_reaches_the_station_through_a_dialog_and_a_list(x11: Display, station: Stations) -> None:
    here = station(x11)
    assert here.type(WEDGE.plan(EAN + "\r"), first="popup") == [{"scan": EAN}]
    x11.run("xdotool", "key", "Escape")
    here.ask("modal")
    here.quiet(0.6)
    assert here.type(WEDGE.plan(EAN + "\r")) == [{"scan": EAN}]
    assert here.ask("text") == {"text": "", "field": "", "chosen": 0}


def test_without_capture_the_scan_lands_in_the_field(x11: Display, station: Stations) -> None:
    here = station(x11, hub=False)
    assert here.type(WEDGE.plan(EAN + "\r")) == []
    assert here.ask("text")["text"] == EAN


# ---------------------------------------------------------------- characters


@pytest.mark.parametrize("layout", ["us", "de", "fr", "ru", "us(intl)"])
@pytest.mark.parametrize("caps", [False, True])
def test_layout_and_caps_lock_change_nothing(
    x11: Display, station: Stations, layout: str, caps: bool
) -> None:
    name, _, variant = layout.rstrip(")").partition("(")
    x11.run("setxkbmap", "-layout", name, "-variant", variant)
    here = station(x11)
    # Dead keys are eaten before Qt sees them wherever text is typed; a scan station has the focus elsewhere.
    here.ask("focus none")
    if caps:
        x11.run("xdotool", "key", "Caps_Lock")
    try:
        for part in (SYMBOLS[:19], SYMBOLS[19:]):
            assert here.type(WEDGE.plan(part + "\r")) == [{"scan": part}]
    finally:
        if caps:
            x11.run("xdotool", "key", "Caps_Lock")
        x11.run("setxkbmap", "-layout", "us", "-variant", "")


def test_a_dead_key_in_a_field_never_makes_another_code(x11: Display, station: Stations) -> None:
    x11.run("setxkbmap", "-layout", "us", "-variant", "intl")
    try:
        here = station(x11)
        here.told.clear()
        x11.type(WEDGE.plan("AB'1234\r"))
        here.quiet()
        assert here.scans == []
        assert here.rejected
    finally:
        x11.run("setxkbmap", "-layout", "us", "-variant", "")


@pytest.mark.parametrize("form", [form for form in GsForm if form is not GsForm.CHARACTER])
def test_the_separator_survives(x11: Display, station: Stations, form: GsForm) -> None:
    here = station(x11)
    plan = Keyboard(key_ms=8, gs=form).plan("]C110AbC-7\x1d17261231\r")
    assert here.type(plan) == [{"scan": "10AbC-7\x1d17261231"}]


@pytest.mark.parametrize("key_ms", [1, 2, 5, 10])
def test_doubled_characters_survive_at_any_speed(x11: Display, station: Stations, key_ms: int) -> None:
    here = station(x11)
    plan = Keyboard(key_ms=key_ms).plan("666611AAbb00\r")
    assert here.type(plan) == [{"scan": "666611AAbb00"}]


# ---------------------------------------------------------------- typing


def test_typing_and_shortcuts_are_a_persons(x11: Display, station: Stations) -> None:
    here = station(x11)
    assert here.type(HUMAN.plan("Hi, W")) == []
    quick = together(Keyboard(key_ms=25, hold_ms=12).plan("abc"), HUMAN.tap(BACKSPACE_PLACE, 200))
    chord = [replace(event, at_ms=event.at_ms + 400) for event in HUMAN.plan("\x13")]
    assert here.type([*quick, *chord]) == [{"saved": here.ask("text")["text"]}]
    assert here.ask("text")["text"].endswith("ab")


def test_a_key_that_is_held_repeats(x11: Display, station: Stations) -> None:
    here = station(x11)
    for _ in range(4):
        here.ask("clear")
        x11.run("xdotool", "keydown", "a", "sleep", "1.1", "keyup", "a")
        here.quiet()
        text = here.ask("text")["text"]
        assert len(text) > 1
        assert set(text) == {"a"}
    assert here.told == []


def test_a_busy_window_reads_right(x11: Display, station: Stations) -> None:
    here = station(x11)
    plan = together(WEDGE.plan(EAN + "\r", 5), WEDGE.plan("4006381333931\r", 110), HUMAN.plan("abc", 320))
    told = here.type(plan, first="busy 400")
    assert told == [{"scan": EAN}, {"scan": "4006381333931"}]
    assert here.ask("text")["text"] == "abc"


# ---------------------------------------------------------------- a Chinese input method


@needs_pinyin
def test_the_input_method_is_really_on_and_serves_people(pinyin: Display, station: Stations) -> None:
    here = station(pinyin)
    pinyin.type(HUMAN.plan("nihao "))
    here.quiet()
    assert here.ask("text")["text"] == "你好"
    assert here.told == []


@needs_pinyin
def test_a_scan_that_the_input_method_eats_is_refused_aloud(pinyin: Display, station: Stations) -> None:
    here = station(pinyin)
    for _ in range(MOST_ATTEMPTS):
        pinyin.type(WEDGE.plan("wode12345\r"))
        here.quiet(0.7)
        assert here.scans == [], here.told
        if "input_method" in here.rejected:
            break
    assert "input_method" in here.rejected, here.told


@needs_pinyin
@pytest.mark.parametrize("key_ms", [2, 5, 10, 30])
def test_a_framed_scan_in_a_chinese_field_is_read_right_or_refused_aloud(
    pinyin: Display, station: Stations, key_ms: int
) -> None:
    here = station(pinyin, prefix=STX)
    code = "wode12345nihao"
    for _ in range(MOST_ATTEMPTS):
        pinyin.type(Keyboard(key_ms=key_ms).plan(STX + code + "\r"))
        here.quiet(0.7)
        # A fast scanner's first keys can be in the input method before we hear of the prefix.
        assert set(here.scans) <= {code}, here.told
        if here.scans and len(here.scans) + len(here.rejected) >= 4:
            break
    assert here.scans, here.told


@needs_pinyin
@pytest.mark.parametrize("focus", ["table", "button", "none"])
def test_where_nothing_is_typed_no_input_method_is_in_the_way(
    pinyin: Display, station: Stations, focus: str
) -> None:
    here = station(pinyin)
    here.ask(f"focus {focus}")
    assert here.type(WEDGE.plan("wode12345\r")) == [{"scan": "wode12345"}]
