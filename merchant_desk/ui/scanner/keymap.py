"""What a key means, read by its place on a US keyboard: right under any layout and with Caps Lock on.

Places are numbered as Linux evdev does (linux/input-event-codes.h), whose codes up to 83 are those of
scan-code set 1 that Windows reports; X11 and Wayland add 8 (the XKB protocol's least keycode).
macOS reports none: its virtual keys are places too (Carbon HIToolbox/Events.h). No Qt here: keys and
modifiers are the integers of Qt.Key and Qt.KeyboardModifier.
"""

from dataclasses import dataclass
from enum import Enum

from merchant_desk.ui.scanner.settings import GS, GsKey, Layout

SHIFT, CONTROL, ALT, META, KEYPAD = 0x02000000, 0x04000000, 0x08000000, 0x10000000, 0x20000000
KEY_TAB, KEY_RETURN, KEY_ENTER, KEY_F8 = 0x01000001, 0x01000004, 0x01000005, 0x01000037
MODIFIER_KEYS = frozenset(
    {
        *range(0x01000020, 0x01000027),  # Shift, Control, Meta, Alt, Caps Lock, Num Lock, Scroll Lock
        *range(0x01000053, 0x01000058),  # Super_L, Super_R, (Menu is 0x55), Hyper_L, Hyper_R
        0x01001103,  # AltGr
        0x0100117E,  # Mode_switch
    }
) - {0x01000055}
ALT_KEYS = frozenset({0x01000023})

XKB_OFFSET = 8
SET1_EXTENDED = 0x100

_ROWS = (
    (2, "1234567890-=", "!@#$%^&*()_+"),
    (16, "qwertyuiop[]", "QWERTYUIOP{}"),
    (30, "asdfghjkl;'`", 'ASDFGHJKL:"~'),
    (43, "\\zxcvbnm,./", "|ZXCVBNM<>?"),
    (57, " ", " "),
    (86, "<", ">"),
)
PLACES = {
    first + i: pair
    for first, plain, shifted in _ROWS
    for i, pair in enumerate(zip(plain, shifted, strict=True))
}
KEYPAD_PLACES = {55: "*", 98: "/"} | {71 + i: mark for i, mark in enumerate("789-456+1230.")}
ENTER_PLACES = frozenset({28, 96})
TAB_PLACE, F8_PLACE = 15, 66
_SET1_EXTENDED_PLACES = {0x11C: 96, 0x135: 98}

_MAC_LETTERS = (
    "asdfhgzxcv<bqweryt123465=97-80]ou[ip\x00lj'k;\\,/nm.\x00 `"  # 0x00 to 0x32; 0x24 Return, 0x30 Tab
)
_PLACE_OF = {pair[0]: place for place, pair in PLACES.items()}
_MAC_PLACES = {code: _PLACE_OF[mark] for code, mark in enumerate(_MAC_LETTERS) if mark != "\x00"} | {
    0x24: 28,
    0x30: TAB_PLACE,
    0x4C: 96,
    0x64: F8_PLACE,
    0x41: 83,
    0x43: 55,
    0x45: 78,
    0x4B: 98,
    0x4E: 74,
    **dict(zip(range(0x52, 0x5A), (82, 79, 80, 81, 75, 76, 77, 71), strict=True)),
    0x5B: 72,
    0x5C: 73,
}


class Role(Enum):
    """What a key is to a frame."""

    CHARACTER = "character"
    CONTROL = "control"
    ENTER = "enter"
    TAB = "tab"
    MODIFIER = "modifier"
    ALT_DIGIT = "alt digit"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class NativeKey:
    """One key event as the window system tells it; the numbers are Qt's, 0 where it tells nothing."""

    key: int
    modifiers: int = 0
    text: str = ""
    scan_code: int = 0
    virtual_key: int = 0


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a key means: its role, the character of a US keyboard, and the one that this computer gave.

    `gs` names the key combination where it is one of those that stand for the separator.
    `placed` tells that the place of the key was known, `alt` that the key is Alt.
    """

    role: Role
    us: str = ""
    host: str = ""
    gs: GsKey | None = None
    placed: bool = True
    alt: bool = False

    def text(self, layout: Layout) -> str:
        """Return the character as the scanner meant it."""
        return self.us if layout is Layout.US else self.host or self.us


class Keymap:
    """Reads the keys of one window system.

    Args:
        platform: Qt's platform name ("xcb", "wayland", "windows", "cocoa"); any other is read as Linux is.
    """

    def __init__(self, platform: str) -> None:
        self._mac = platform in {"cocoa", "ios"}
        self._set1 = platform in {"windows", "direct2d"}
        # Qt calls the Command key Control on a Mac; a scanner types the real Control.
        self._control = META if self._mac else CONTROL

    def identity(self, key: NativeKey) -> int:
        """Return a number for the physical key, the same for its press and its release."""
        if key.scan_code:
            return key.scan_code
        if key.virtual_key or (self._mac and not key.key >> 24):
            return 0x1_0000_0000 + key.virtual_key
        return 0x2_0000_0000 + key.key

    def read(self, key: NativeKey) -> Meaning:
        """Return what the key means."""
        if key.key in MODIFIER_KEYS:
            return Meaning(Role.MODIFIER, alt=key.key in ALT_KEYS)
        place = self._place(key)
        held = key.modifiers & (CONTROL | ALT | META)
        if place in ENTER_PLACES or key.key in {KEY_RETURN, KEY_ENTER}:
            return Meaning(Role.OTHER if held else Role.ENTER)
        if place == TAB_PLACE or key.key == KEY_TAB:
            return Meaning(Role.OTHER if held or key.modifiers & SHIFT else Role.TAB)
        if place == F8_PLACE or key.key == KEY_F8:
            return Meaning(Role.OTHER) if held else Meaning(Role.CONTROL, GS, GS, GsKey.F8)
        if held == ALT:
            digit = self._keypad_digit(key, place)
            return Meaning(Role.ALT_DIGIT, digit, digit) if digit else Meaning(Role.OTHER)
        if held == self._control:
            return self._control_character(key, place)
        return Meaning(Role.OTHER) if held else self._character(key, place)

    def _place(self, key: NativeKey) -> int:
        if self._mac:
            # Virtual key 0 is the letter A: only a letter key makes it one.
            return _MAC_PLACES.get(key.virtual_key, 0) if key.virtual_key or key.key in {0x41, 0x61} else 0
        if not key.scan_code:
            return 0
        if not self._set1:
            return max(key.scan_code - XKB_OFFSET, 0)
        if key.scan_code >= SET1_EXTENDED:
            return _SET1_EXTENDED_PLACES.get(key.scan_code, 0)
        return key.scan_code

    def _keypad_digit(self, key: NativeKey, place: int) -> str:
        mark = KEYPAD_PLACES.get(place, "")
        if not place and key.modifiers & KEYPAD and 0x30 <= key.key <= 0x39:
            mark = chr(key.key)
        return mark if mark.isdigit() else ""

    def _control_character(self, key: NativeKey, place: int) -> Meaning:
        pair = PLACES.get(place)
        mark = pair[bool(key.modifiers & SHIFT)] if pair else chr(key.key) if 0x20 <= key.key < 0x7F else ""
        mark = {"6": "^", "-": "_", "2": "@"}.get(mark, mark).upper()
        if mark and "@" <= mark <= "_":
            code = chr(ord(mark) & 0x1F)
            return Meaning(Role.CONTROL, code, code, GsKey.CONTROL_BRACKET if code == GS else None)
        if len(key.text) == 1 and key.text < " ":
            return Meaning(Role.CONTROL, key.text, key.text, placed=False)
        return Meaning(Role.OTHER)

    def _character(self, key: NativeKey, place: int) -> Meaning:
        host = key.text if len(key.text) == 1 and key.text.isprintable() else ""
        pair = PLACES.get(place)
        if pair:
            return Meaning(Role.CHARACTER, pair[bool(key.modifiers & SHIFT)], host)
        if place in KEYPAD_PLACES:
            return Meaning(Role.CHARACTER, KEYPAD_PLACES[place], host)
        if host:
            return Meaning(Role.CHARACTER, host, host, placed=False)
        if len(key.text) == 1 and key.text < " " and key.key < 0x01000000:
            return Meaning(Role.CONTROL, key.text, key.text, placed=False)
        if 0x20 <= key.key < 0x7F:
            mark = chr(key.key) if key.modifiers & SHIFT else chr(key.key).lower()
            return Meaning(Role.CHARACTER, mark, mark, placed=False)
        return Meaning(Role.OTHER)


def alt_code(digits: str) -> str:
    """Return the character that Alt with these keypad digits types on Windows, "" for none.

    Up to 127 it is ASCII; above, a leading 0 asks for the ANSI code page (1252), its absence for the OEM
    one (437). Scanners type separators, or everything, this way to be free of the layout.
    """
    code = int(digits or "0")
    if not 0 < code < 256:
        return ""
    if code < 128:
        return chr(code)
    return bytes((code,)).decode("cp1252" if digits.startswith("0") else "cp437", "replace")
