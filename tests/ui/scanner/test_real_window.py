"""The same rules before a real window system: X11 with a window manager, keys pressed by xdotool.

Skipped where Xvfb, xdotool or openbox (for the last part ibus with libpinyin) are not installed.
"""

import sys
from collections.abc import Callable, Iterator

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
    for _ in range(3):
        x11.type(WEDGE.plan("6 A 1 b\r"))
    here.quiet()
    assert here.told == [{"scan": "6 A 1 b"}] * 3
    assert here.ask("text")["text"] == ""


def test_a_scan_reaches_the_station_through_a_dialog_and_a_list(x11: Display, station: Stations) -> None:
    here = station(x11)
    here.ask("popup")
    here.quiet()
    x11.type(WEDGE.plan(EAN + "\r"))
    here.quiet()
    assert here.scans == [EAN]
    x11.run("xdotool", "key", "Escape")
    here.ask("modal")
    here.quiet(0.6)
    x11.type(WEDGE.plan(EAN + "\r"))
    here.quiet()
    assert here.scans == [EAN, EAN]
    assert here.ask("text") == {"text": "", "field": "", "chosen": 0}


def test_without_capture_the_scan_lands_in_the_field(x11: Display, station: Stations) -> None:
    here = station(x11, hub=False)
    x11.type(WEDGE.plan(EAN + "\r"))
    here.quiet()
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
        x11.type(WEDGE.plan(SYMBOLS + "\r"))
        here.quiet()
        assert here.told == [{"scan": SYMBOLS}]
    finally:
        if caps:
            x11.run("xdotool", "key", "Caps_Lock")
        x11.run("setxkbmap", "-layout", "us", "-variant", "")


def test_a_dead_key_in_a_field_never_makes_another_code(x11: Display, station: Stations) -> None:
    x11.run("setxkbmap", "-layout", "us", "-variant", "intl")
    try:
        here = station(x11)
        x11.type(WEDGE.plan("AB'1234\r"))
        here.quiet()
        assert here.scans == []
        assert here.rejected == ["input_method"]
    finally:
        x11.run("setxkbmap", "-layout", "us", "-variant", "")


@pytest.mark.parametrize("form", [form for form in GsForm if form is not GsForm.CHARACTER])
def test_the_separator_survives(x11: Display, station: Stations, form: GsForm) -> None:
    here = station(x11)
    x11.type(Keyboard(key_ms=14, gs=form).plan("]C1010952000000000610AbC-7\x1d17261231\r"))
    here.quiet()
    assert here.told == [{"scan": "010952000000000610AbC-7\x1d17261231"}]


@pytest.mark.parametrize("key_ms", [1, 2, 5, 10])
def test_doubled_characters_survive_at_any_speed(x11: Display, station: Stations, key_ms: int) -> None:
    here = station(x11)
    x11.type(Keyboard(key_ms=key_ms).plan("6666611AAbb0000\r"))
    here.quiet()
    assert here.told == [{"scan": "6666611AAbb0000"}]


# ---------------------------------------------------------------- typing


def test_typing_and_shortcuts_are_a_persons(x11: Display, station: Stations) -> None:
    here = station(x11)
    x11.type(HUMAN.plan("Hello, W"))
    x11.type(Keyboard(key_ms=25, hold_ms=12).plan("abc"))
    x11.run("xdotool", "key", "ctrl+s")
    here.quiet()
    assert here.told == [{"saved": "Hello, Wabc"}]
    x11.type(together(HUMAN.tap(BACKSPACE_PLACE), HUMAN.plan("d", 200)))
    here.quiet()
    assert here.ask("text")["text"] == "Hello, Wabd"


def test_a_key_that_is_held_repeats(x11: Display, station: Stations) -> None:
    here = station(x11)
    for _ in range(4):
        here.ask("clear")
        x11.run("xdotool", "keydown", "a", "sleep", "1.1", "keyup", "a")
        here.quiet()
        text = here.ask("text")["text"]
        assert len(text) > 5
        assert set(text) == {"a"}
    assert here.told == []


def test_a_busy_window_reads_right(x11: Display, station: Stations) -> None:
    here = station(x11)
    here.ask("busy 400")
    x11.type(together(WEDGE.plan(EAN + "\r", 5), WEDGE.plan("4006381333931\r", 110), HUMAN.plan("abc", 240)))
    here.quiet(0.8)
    assert here.scans == [EAN, "4006381333931"]
    assert here.rejected == []
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
    pinyin.type(WEDGE.plan("wode12345\r"))
    here.quiet()
    assert here.scans == []
    assert "input_method" in here.rejected


@needs_pinyin
@pytest.mark.parametrize("key_ms", [2, 5, 10, 30, 60])
def test_a_framed_scan_in_a_chinese_field_is_read_right_or_refused_aloud(
    pinyin: Display, station: Stations, key_ms: int
) -> None:
    here = station(pinyin, prefix=STX)
    code = "wode12345nihao"
    for done in range(1, 6):
        pinyin.type(Keyboard(key_ms=key_ms).plan(STX + code + "\r"))
        here.quiet()
        # A fast scanner's first keys can be in the input method before we hear of the prefix.
        assert len(here.scans) + len(here.rejected) >= done, here.told
    assert set(here.scans) <= {code}
    if key_ms >= 30:
        assert here.scans, here.told


@needs_pinyin
@pytest.mark.parametrize("focus", ["table", "button", "none"])
def test_where_nothing_is_typed_no_input_method_is_in_the_way(
    pinyin: Display, station: Stations, focus: str
) -> None:
    here = station(pinyin)
    here.ask(f"focus {focus}")
    pinyin.type(WEDGE.plan("wode12345\r"))
    here.quiet()
    assert here.told == [{"scan": "wode12345"}]
