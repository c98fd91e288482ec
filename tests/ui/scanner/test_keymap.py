"""Keys by their places: evdev, scan-code set 1, macOS virtual keys, and text where there is no place."""

import pytest

from merchant_desk.ui.scanner.keymap import (
    ALT,
    CONTROL,
    KEYPAD,
    META,
    SHIFT,
    Keymap,
    NativeKey,
    Role,
    alt_code,
)
from merchant_desk.ui.scanner.settings import GsKey, Layout

# Places of a US keyboard from three independent tables: linux/input-event-codes.h (+ 8 on X11), the PC/AT
# scan-code set 1, and Carbon's HIToolbox/Events.h.
PLACES = {
    "a": (30, 0x1E, 0x00),
    "z": (44, 0x2C, 0x06),
    "y": (21, 0x15, 0x10),
    "m": (50, 0x32, 0x2E),
    "1": (2, 0x02, 0x12),
    "6": (7, 0x07, 0x16),
    "0": (11, 0x0B, 0x1D),
    "-": (12, 0x0C, 0x1B),
    "=": (13, 0x0D, 0x18),
    "[": (26, 0x1A, 0x21),
    "]": (27, 0x1B, 0x1E),
    ";": (39, 0x27, 0x29),
    "'": (40, 0x28, 0x27),
    "`": (41, 0x29, 0x32),
    "\\": (43, 0x2B, 0x2A),
    ",": (51, 0x33, 0x2B),
    ".": (52, 0x34, 0x2F),
    "/": (53, 0x35, 0x2C),
    " ": (57, 0x39, 0x31),
}
SHIFTED = dict(zip("az16-=[];'`\\,./", 'AZ!^_+{}:"~|<>?', strict=True))
KEY_A = 0x41


def native(platform: str, mark: str, modifiers: int = 0, text: str = "?") -> NativeKey:
    evdev, set1, mac = PLACES[mark]
    key = ord(mark.upper())
    if platform == "cocoa":
        return NativeKey(key, modifiers, text, 0, mac)
    return NativeKey(key, modifiers, text, set1 if platform == "windows" else evdev + 8, 99)


@pytest.mark.parametrize("platform", ["xcb", "wayland", "offscreen", "windows", "cocoa"])
@pytest.mark.parametrize("mark", PLACES)
def test_a_place_is_read_as_a_us_keyboard(platform: str, mark: str) -> None:
    keymap = Keymap(platform)
    plain = keymap.read(native(platform, mark))
    assert (plain.role, plain.us) == (Role.CHARACTER, mark)
    assert plain.text(Layout.HOST) == "?"
    if mark in SHIFTED:
        assert keymap.read(native(platform, mark, SHIFT)).us == SHIFTED[mark]


@pytest.mark.parametrize("platform", ["xcb", "windows", "cocoa"])
def test_control_and_bracket_is_the_separator(platform: str) -> None:
    control = META if platform == "cocoa" else CONTROL
    meaning = Keymap(platform).read(native(platform, "]", control, ""))
    assert (meaning.role, meaning.us, meaning.gs) == (Role.CONTROL, "\x1d", GsKey.CONTROL_BRACKET)
    assert Keymap(platform).read(native(platform, "a", control, "")).us == "\x01"


def test_command_and_bracket_on_a_mac_is_none() -> None:
    assert Keymap("cocoa").read(native("cocoa", "]", CONTROL, "")).role is Role.OTHER


@pytest.mark.parametrize(
    ("mark", "modifiers", "code"),
    [
        ("6", CONTROL | SHIFT, "\x1e"),
        ("6", CONTROL, "\x1e"),
        ("-", CONTROL | SHIFT, "\x1f"),
        ("\\", CONTROL, "\x1c"),
    ],
)
def test_control_characters_of_iso_15434(mark: str, modifiers: int, code: str) -> None:
    assert Keymap("xcb").read(native("xcb", mark, modifiers, "")).us == code


@pytest.mark.parametrize("num_lock", [True, False])
def test_the_keypad_types_digits_whatever_num_lock_says(num_lock: bool) -> None:
    # evdev KEY_KP7 is 71, set 1 has 0x47; without Num Lock Qt calls it Home.
    key = 0x37 if num_lock else 0x01000010
    for platform, code in (("xcb", 79), ("windows", 0x47)):
        assert Keymap(platform).read(NativeKey(key, KEYPAD, "7" if num_lock else "", code)).us == "7"
    # The real Home key of Windows is the extended 0x147.
    assert Keymap("windows").read(NativeKey(0x01000010, 0, "", 0x147)).role is Role.OTHER


@pytest.mark.parametrize(
    ("platform", "scan_code", "virtual_key"),
    [
        ("xcb", 36, 0),
        ("xcb", 104, 0),
        ("windows", 0x1C, 0),
        ("windows", 0x11C, 0),
        ("cocoa", 0, 0x24),
        ("cocoa", 0, 0x4C),
    ],
)
def test_both_enters_end_a_scan(platform: str, scan_code: int, virtual_key: int) -> None:
    assert Keymap(platform).read(NativeKey(0, 0, "", scan_code, virtual_key)).role is Role.ENTER


def test_enter_and_tab_with_modifiers_are_a_persons() -> None:
    keymap = Keymap("xcb")
    assert keymap.read(NativeKey(0x01000004, CONTROL, "\r", 36)).role is Role.OTHER
    assert keymap.read(NativeKey(0x01000002, SHIFT, "", 23)).role is Role.OTHER
    assert keymap.read(NativeKey(0x01000001, 0, "\t", 23)).role is Role.TAB


def test_alt_with_the_keypad_is_a_digit_of_a_code_and_other_alts_are_not() -> None:
    keymap = Keymap("xcb")
    digit = keymap.read(NativeKey(0x39, ALT | KEYPAD, "9", 81))
    assert (digit.role, digit.us) == (Role.ALT_DIGIT, "9")
    assert keymap.read(NativeKey(0x39, ALT, "9", 18)).role is Role.OTHER
    assert keymap.read(NativeKey(0x39, ALT | KEYPAD, "9")).role is Role.ALT_DIGIT


@pytest.mark.parametrize(
    ("digits", "mark"),
    [("029", "\x1d"), ("0029", "\x1d"), ("065", "A"), ("0228", "ä"), ("132", "ä"), ("000", ""), ("999", "")],
)
def test_alt_codes(digits: str, mark: str) -> None:
    assert alt_code(digits) == mark


def test_without_a_place_the_text_counts_and_then_the_key() -> None:
    keymap = Keymap("offscreen")
    assert keymap.read(NativeKey(KEY_A, SHIFT, "A")).us == "A"
    assert keymap.read(NativeKey(KEY_A, 0, "a")).us == "a"
    assert keymap.read(NativeKey(KEY_A)).us == "a"
    assert keymap.read(NativeKey(0, 0, "\x1d")).role is Role.CONTROL
    assert keymap.read(NativeKey(0x01000003, 0, "\b", 22)).role is Role.OTHER
    assert keymap.read(NativeKey(0x01000000, 0, "\x1b", 9)).role is Role.OTHER


def test_the_letter_a_of_a_mac_has_virtual_key_0() -> None:
    keymap = Keymap("cocoa")
    assert keymap.read(NativeKey(KEY_A, 0, "q", 0, 0)).us == "a"
    assert keymap.identity(NativeKey(KEY_A, SHIFT, "A", 0, 0)) == keymap.identity(NativeKey(KEY_A))


def test_a_key_is_the_same_key_when_it_goes_up_with_other_modifiers() -> None:
    for platform in ("xcb", "windows", "cocoa"):
        down, up = native(platform, "1", SHIFT, "!"), native(platform, "1", 0, "1")
        assert Keymap(platform).identity(down) == Keymap(platform).identity(up)
    assert Keymap("xcb").identity(native("xcb", "1")) != Keymap("xcb").identity(native("xcb", "6"))


def test_modifier_keys_of_all_kinds_are_neutral() -> None:
    for key in (0x01000020, 0x01000021, 0x01000022, 0x01000023, 0x01000024, 0x01000025, 0x01001103):
        assert Keymap("xcb").read(NativeKey(key)).role is Role.MODIFIER
    assert Keymap("xcb").read(NativeKey(0x01000055)).role is Role.OTHER  # the Menu key
