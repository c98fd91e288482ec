"""One run of keys at scanner speed, held back until it is judged. Nothing here knows Qt or a clock."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from merchant_desk.ui.scanner.keymap import Role, alt_code
from merchant_desk.ui.scanner.reasons import RejectReason
from merchant_desk.ui.scanner.settings import ScannerSettings, Terminator
from merchant_desk.ui.scanner.source import body
from merchant_desk.ui.scanner.stroke import Ending, Stroke

SETTLE_MS = 40
"""So long, and the grace, a wary frame waits for news of keys that an input method took."""
CLEAR_LENGTH = 3
TakesBurst = Callable[[str, Terminator], bool]
"""Whether a field takes a burst as typed: by what a scan of it would say, and what ended it."""


@dataclass(slots=True)
class Press:
    """A key that went down in a run; `overlapped` tells that the next one did before it came up."""

    stroke: Stroke
    release: Stroke | None = None
    overlapped: bool = False


@dataclass(slots=True)
class Run:
    """Keys that followed each other at scanner speed and are held back until they are judged.

    `tail` marks a run that can only be refused: what follows inside a refused burst. `eaten` is text that an
    input method had taken before the run could be held. `wary` marks a frame in whose first moments an input
    method may have taken keys: it has an `ending` for a while before it is judged. `down` are its keys that
    are down (None for modifiers), `gaps` the milliseconds from press to press; `plain_gaps` has None for
    those in which a modifier was moved. `addressee` answers for the field that had the focus when it began.
    """

    settings: ScannerSettings
    taint: RejectReason | None = None
    addressee: TakesBurst | None = None
    tail: bool = False
    eaten: str = ""
    framed: bool = False
    wary: bool = False
    ending: Ending | None = None
    held: list[Stroke] = field(default_factory=list)
    chars: list[str] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)
    plain_gaps: list[int | None] = field(default_factory=list)
    foreign: list[Stroke] = field(default_factory=list)
    first: Stroke | None = None
    last: Stroke | None = None
    most_down: int = 0
    presses: list[Press] = field(default_factory=list)
    down: dict[int, Press | None] = field(default_factory=dict)
    _alt_digits: str = ""
    _echo_due: bool = False
    _modified: bool = False

    # ------------------------------------------------------------------ growing

    def press(self, stroke: Stroke, text: str) -> None:
        """Hold the press of a key that belongs to the run; `text` is what it types, "" for a modifier."""
        self._note_time(stroke)
        self.held.append(stroke)
        role = stroke.meaning.role
        if role is Role.ALT_DIGIT:
            self._alt_digits += text
            self.down[stroke.code] = None
        elif role is Role.MODIFIER or self._is_echo(stroke):
            self.down[stroke.code] = None
            self._modified = True
        else:
            self._put(stroke, text)
        self._echo_due = False

    def release(self, stroke: Stroke) -> None:
        """Hold the release of a key that was pressed in the run."""
        self.held.append(stroke)
        press = self.down.pop(stroke.code, None)
        if press is not None:
            press.release = stroke
            press.overlapped = self._overlapped(press, stroke)
            return
        self._modified = True
        if stroke.meaning.alt and self._alt_digits:
            self._write(alt_code(self._alt_digits))
            self._alt_digits = ""
            self._echo_due = True

    def hold_foreign(self, stroke: Stroke) -> None:
        """Hold a key that no scanner sends; whatever the run is, the key goes back to the person."""
        self.held.append(stroke)
        self.foreign.append(stroke)

    def ends_with(self, mark: str) -> bool:
        """Whether the last characters are these."""
        return "".join(self.chars[-len(mark) :]).endswith(mark)

    def can_drop(self) -> bool:
        """Whether each character has its own key, so that the run can be cut."""
        return len(self.presses) == len(self.chars)

    def drop_before(self, count: int) -> list[Stroke]:
        """Cut off and return everything before the last `count` characters, which make up a prefix."""
        first = self.presses[-count].stroke
        index = next(i for i, stroke in enumerate(self.held) if stroke is first)
        # The modifier that makes the prefix (Control of Ctrl+B) belongs to it.
        while index and self.held[index - 1].press and self.held[index - 1].meaning.role is Role.MODIFIER:
            index -= 1
        before, self.held = self.held[:index], self.held[index:]
        cut = {id(stroke) for stroke in before}
        self.foreign = [stroke for stroke in self.foreign if id(stroke) not in cut]
        kept = {stroke.code for stroke in self.held if stroke.press}
        self.down = {code: press for code, press in self.down.items() if code in kept}
        self.chars, self.presses = self.chars[-count:], self.presses[-count:]
        self.gaps, self.plain_gaps, self.first, self.most_down = [], [], self.held[0], 1
        return before

    def owns(self, code: int) -> bool:
        """Whether this key was pressed in the run and is still down."""
        return code in self.down

    def own_tokens(self) -> tuple[Any, ...]:
        """Return what was handed in with the keys that are the run's own."""
        foreign = {id(stroke) for stroke in self.foreign}
        return tuple(stroke.token for stroke in self.held if id(stroke) not in foreign)

    def still_down(self) -> list[int]:
        """Return the keys that were pressed in the run and not released yet."""
        return list(self.down)

    def pressed_before(self, code: int) -> Stroke | None:
        """Return the latest press of this key in the run."""
        return next((s for s in reversed(self.held) if s.press and s.code == code), None)

    def released_last(self, code: int) -> Stroke | None:
        """Return the latest event of the run if it is the release of this key."""
        latest = self.held[-1] if self.held else None
        return latest if latest is not None and not latest.press and latest.code == code else None

    @property
    def text(self) -> str:
        """The characters so far, prefix and suffix included."""
        return "".join(self.chars)

    @property
    def allowed_gap_ms(self) -> int:
        """How long the next key may keep us waiting, without the grace."""
        if self.ending is not None:
            return SETTLE_MS
        return self.settings.framed_gap_ms if self.framed else self.settings.gap_ms

    @property
    def ready(self) -> bool:
        """Whether a terminator now would make it a scan (or the refusal of one)."""
        if self.framed:
            return len(self.chars) > len(self.settings.prefix)
        if self.taint is RejectReason.INPUT_METHOD and self.chars:
            return True  # the rest of what was eaten
        return self.tail or (self.settings.unframed and len(self.chars) >= self.settings.min_length)

    def typed(self, end: Terminator) -> bool:
        """Whether the run belongs to the field that had the focus, for all its speed.

        Nobody types a prefix that no keyboard has a key for.
        """
        if self.addressee is None or (self.framed and self.settings.control_prefix):
            return False
        return self.addressee(body(self.text, self.settings).text, end)

    def tolerated(self, gap_ms: int) -> bool:
        """Whether a gap lies inside the run: a little jitter always, the whole grace once it is clear."""
        limit = self.allowed_gap_ms
        clear = self.framed or (len(self.chars) >= CLEAR_LENGTH and not any(self.down.values()))
        return gap_ms <= limit + (self.settings.grace_ms if clear else self.settings.grace_ms // 3)

    def _note_time(self, stroke: Stroke) -> None:
        if self.last is not None and stroke.since(self.last) < 0:
            self.taint = self.taint or RejectReason.OUT_OF_ORDER
        self.first = self.first or stroke
        self.last = stroke

    def _put(self, stroke: Stroke, text: str) -> None:
        if self.presses:
            self.gaps.append(stroke.since(self.presses[-1].stroke))
            self.plain_gaps.append(None if self._modified else self.gaps[-1])
        self._modified = False
        if self.down.get(stroke.code) is not None and not self.settings.rollover:
            # Pressed twice without a release: two keyboards share the key.
            self.taint = self.taint or RejectReason.MIXED
        press = Press(stroke)
        self.presses.append(press)
        self.down[stroke.code] = press
        self.most_down = max(self.most_down, sum(one is not None for one in self.down.values()))
        self._write(text)

    def _write(self, text: str) -> None:
        if text:
            self.chars.append(text)

    def _overlapped(self, press: Press, release: Stroke) -> bool:
        """Whether the next key went down before this one came up.

        By the stamps: an input method may hand a release back later than the keys behind it.
        """
        after: Press | None = None
        for one in reversed(self.presses):
            if one is press:
                return after is not None and release.since(after.stroke) >= 0
            after = one
        return False

    def _is_echo(self, stroke: Stroke) -> bool:
        """Windows types the character of an Alt code itself, behind the digits: it is there already."""
        return self._echo_due and not stroke.meaning.placed
