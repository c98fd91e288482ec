"""One run of keys at scanner speed, and the judgement on it: a scan, typing, or two things mixed.

Nothing here knows Qt or a clock. Times are the window system's stamps in milliseconds.
"""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from merchant_desk.ui.scanner.keymap import Meaning, Role, alt_code
from merchant_desk.ui.scanner.settings import ScannerSettings, Terminator

NS_PER_MS = 1_000_000
STAMP_RANGE = 1 << 32
"""X11 and Windows stamp events with 32 bits of milliseconds, which start again after 49.7 days."""
SETTLE_MS = 40
"""So long, and the grace, a wary frame waits for news of keys that an input method took."""
HUMAN_ROLL = 3
"""So many keys down at once are fingers: two wedges hold two."""
LEAST_TOUCH_MS = 25
"""A finger stays on a key for longer; a wedge's key is down for half a gap at most."""
CLEAR_LENGTH = 3
STEADY_GAPS = 5
LEAST_PERIOD_MS = 4


class RejectReason(StrEnum):
    """Why something that looked like a scan was refused aloud."""

    MIXED = "mixed"
    """Two scanners, or a scanner and a person, typed into each other."""
    INPUT_METHOD = "input_method"
    """An input method or a dead key took some of the characters."""
    BROKEN = "broken"
    """The scan came in two pieces with a pause between them."""
    OUT_OF_ORDER = "out_of_order"
    """Keys arrived in another order than they were typed."""
    UNTERMINATED = "unterminated"
    """The prefix came, the terminator did not."""
    STRAY_TERMINATOR = "stray_terminator"
    """A second terminator right behind a scan: the one before may hold two codes."""
    TOO_LONG = "too_long"
    """More bytes without a terminator than any code has (wrong speed or wrong device)."""
    SOURCE_LOST = "source_lost"
    """The scanner was unplugged in mid-scan."""


@dataclass(frozen=True, slots=True)
class Stroke:
    """One key event.

    `code` names the physical key, `at_ms` is the window system's stamp (0: it gave none), `arrived_ns` is
    when it reached us on a monotonic clock; `token` is handed back with whatever becomes of the key.
    """

    press: bool
    code: int
    meaning: Meaning
    at_ms: int
    arrived_ns: int
    repeat: bool = False
    token: Any = None

    def since(self, earlier: "Stroke") -> int:
        """Return the milliseconds from an earlier stroke to this one; negative if stamps run backwards."""
        if not (self.at_ms and earlier.at_ms):
            return (self.arrived_ns - earlier.arrived_ns) // NS_PER_MS
        span = (self.at_ms - earlier.at_ms) % STAMP_RANGE
        return span if span < STAMP_RANGE // 2 else span - STAMP_RANGE


class Judgement(StrEnum):
    """What a run is."""

    SCAN = "scan"
    TYPING = "typing"
    REFUSED = "refused"


@dataclass(slots=True)
class _Press:
    stroke: Stroke
    release: Stroke | None = None
    overlapped: bool = False


@dataclass(frozen=True, slots=True)
class Ending:
    """How a run ended: by what, by which key (None for silence), and when that arrived."""

    by: Terminator
    stroke: Stroke | None
    arrived_ns: int


@dataclass(slots=True)
class Run:
    """Keys that followed each other at scanner speed and are held back until they are judged.

    `tail` marks a run that can only be refused: what follows inside a refused burst. `eaten` is text that an
    input method had taken before the run could be held. `wary` marks a frame in whose first moments an input
    method may have taken keys: it has an `ending` for a while before it is judged.
    """

    settings: ScannerSettings
    taint: RejectReason | None = None
    tail: bool = False
    eaten: str = ""
    framed: bool = False
    wary: bool = False
    ending: Ending | None = None
    held: list[Stroke] = field(default_factory=list)
    chars: list[str] = field(default_factory=list)
    gaps: list[int] = field(default_factory=list)
    foreign: list[Stroke] = field(default_factory=list)
    first: Stroke | None = None
    last: Stroke | None = None
    most_down: int = 0
    _presses: list[_Press] = field(default_factory=list)
    _down: dict[int, _Press | None] = field(default_factory=dict)
    _alt_digits: str = ""
    _echo_due: bool = False

    # ------------------------------------------------------------------ growing

    def press(self, stroke: Stroke, text: str) -> None:
        """Hold the press of a key that belongs to the run; `text` is what it types, "" for a modifier."""
        self._note_time(stroke)
        self.held.append(stroke)
        role = stroke.meaning.role
        if role is Role.ALT_DIGIT:
            self._alt_digits += text
            self._down[stroke.code] = None
        elif role is Role.MODIFIER or self._is_echo(stroke):
            self._down[stroke.code] = None
        else:
            self._put(stroke, text)
        self._echo_due = False

    def release(self, stroke: Stroke) -> None:
        """Hold the release of a key that was pressed in the run."""
        self.held.append(stroke)
        press = self._down.pop(stroke.code, None)
        if press is not None:
            press.release = stroke
            press.overlapped = self._overlapped(press, stroke)
        elif stroke.meaning.alt and self._alt_digits:
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
        return len(self._presses) == len(self.chars)

    def drop_before(self, count: int) -> list[Stroke]:
        """Cut off and return everything before the last `count` characters, which make up a prefix."""
        first = self._presses[-count].stroke
        index = next(i for i, stroke in enumerate(self.held) if stroke is first)
        # The modifier that makes the prefix (Control of Ctrl+B) belongs to it.
        while index and self.held[index - 1].press and self.held[index - 1].meaning.role is Role.MODIFIER:
            index -= 1
        before, self.held = self.held[:index], self.held[index:]
        cut = {id(stroke) for stroke in before}
        self.foreign = [stroke for stroke in self.foreign if id(stroke) not in cut]
        kept = {stroke.code for stroke in self.held if stroke.press}
        self._down = {code: press for code, press in self._down.items() if code in kept}
        self.chars, self._presses = self.chars[-count:], self._presses[-count:]
        self.gaps, self.first, self.most_down = [], self.held[0], 1
        return before

    def owns(self, code: int) -> bool:
        """Whether this key was pressed in the run and is still down."""
        return code in self._down

    def own_tokens(self) -> tuple[Any, ...]:
        """Return what was handed in with the keys that are the run's own."""
        foreign = {id(stroke) for stroke in self.foreign}
        return tuple(stroke.token for stroke in self.held if id(stroke) not in foreign)

    def still_down(self) -> list[int]:
        """Return the keys that were pressed in the run and not released yet."""
        return list(self._down)

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

    def tolerated(self, gap_ms: int) -> bool:
        """Whether a gap lies inside the run: a little jitter always, the whole grace once it is clear."""
        limit = self.allowed_gap_ms
        clear = self.framed or (len(self.chars) >= CLEAR_LENGTH and not any(self._down.values()))
        return gap_ms <= limit + (self.settings.grace_ms if clear else self.settings.grace_ms // 3)

    def _note_time(self, stroke: Stroke) -> None:
        if self.last is not None and stroke.since(self.last) < 0:
            self.taint = self.taint or RejectReason.OUT_OF_ORDER
        self.first = self.first or stroke
        self.last = stroke

    def _put(self, stroke: Stroke, text: str) -> None:
        if self._presses:
            self.gaps.append(stroke.since(self._presses[-1].stroke))
        if self._down.get(stroke.code) is not None:
            # Pressed twice without a release: two keyboards share the key.
            self.taint = self.taint or RejectReason.MIXED
        press = _Press(stroke)
        self._presses.append(press)
        self._down[stroke.code] = press
        self.most_down = max(self.most_down, sum(one is not None for one in self._down.values()))
        self._write(text)

    def _write(self, text: str) -> None:
        if text:
            self.chars.append(text)

    def _overlapped(self, press: _Press, release: Stroke) -> bool:
        """Whether the next key went down before this one came up.

        By the stamps: an input method may hand a release back later than the keys behind it.
        """
        after: _Press | None = None
        for one in reversed(self._presses):
            if one is press:
                return after is not None and release.since(after.stroke) >= 0
            after = one
        return False

    def _is_echo(self, stroke: Stroke) -> bool:
        """Windows types the character of an Alt code itself, behind the digits: it is there already."""
        return self._echo_due and not stroke.meaning.placed

    # ------------------------------------------------------------------ judging

    def judge(self, end: Ending) -> tuple[Judgement, RejectReason | None]:
        """Return what the run is if it ends so, with the reason if it is refused."""
        if self.tail:
            return self._judge_tail(end.by)
        if end.by is Terminator.SILENCE:
            early = self._judge_silence()
            if early is not None:
                return early
        elif not self.ready:
            return Judgement.TYPING, None
        if self.rolled():
            return Judgement.TYPING, None
        reason = self.taint or (RejectReason.MIXED if self.mixed(end.stroke) else None)
        return (Judgement.REFUSED, reason) if reason else (Judgement.SCAN, None)

    def _judge_tail(self, end: Terminator) -> tuple[Judgement, RejectReason | None]:
        silent_rest = end is Terminator.SILENCE and len(self.chars) < self.settings.min_length
        if silent_rest and not self.eaten:
            return Judgement.TYPING, None
        return Judgement.REFUSED, self.taint

    def _judge_silence(self) -> tuple[Judgement, RejectReason | None] | None:
        """Judge a run that nothing ended; None where it is as good as one that a terminator ended."""
        data = len(self.chars) - (len(self.settings.prefix) if self.framed else 0)
        silence_ends = Terminator.SILENCE in self.settings.terminators
        limit = self.settings.gap_ms + self.settings.grace_ms
        timed = len(self.chars) >= self.settings.min_length and all(gap <= limit for gap in self.gaps)
        if self.framed and self.settings.control_prefix and data > 1 and not self.rolled():
            if timed and silence_ends:
                return None
            return Judgement.REFUSED, self.taint or RejectReason.UNTERMINATED
        if not timed or not (self.framed or self.settings.unframed) or self._fingers_rest():
            return Judgement.TYPING, None
        return None if silence_ends or self.taint else (Judgement.TYPING, None)

    def _fingers_rest(self) -> bool:
        """Whether a key is still down after the silence: no wedge holds one so long."""
        return not self.settings.rollover and any(self._down.values())

    def rolled(self) -> bool:
        """Whether fingers rolled over the keys: three or more were down at once."""
        return not self.settings.rollover and self.most_down >= HUMAN_ROLL

    def mixed(self, at: Stroke | None = None) -> bool:
        """Whether a second keyboard typed into the run; `at` is the key that ends it, if one does.

        One wedge lets go of a key before it presses the next, and keeps its beat.
        """
        last_gap = [] if at is None or not self._presses else [at.since(self._presses[-1].stroke)]
        return split_beat(self.gaps + last_gap) or (not self.settings.rollover and self.overlapping(at))

    def mechanical(self) -> bool:
        """Whether every key was let go of faster than a finger can."""
        return all(
            press.release is not None and press.release.since(press.stroke) < LEAST_TOUCH_MS
            for press in self._presses
        )

    def overlapping(self, at: Stroke | None = None) -> bool:
        """Whether a key was still down when the next one, or the end, came."""
        return any(
            press.overlapped or (press.release is None and press.stroke is not at) for press in self._presses
        )


def split_beat(gaps: list[int]) -> bool:
    """Whether a steady beat of keys holds foreign ones: each splits one gap into two of the same sum.

    A key that is only late makes one gap longer and the next one shorter, which sum to two beats. `gaps` are
    milliseconds from press to press; beats under 4 ms are too fine for the stamps.
    """
    return any(_splits(gaps, beat) for beat in set(gaps) if beat >= LEAST_PERIOD_MS)


def _splits(gaps: list[int], beat: int) -> bool:
    slack = max(1, beat // 8)
    steady = splits = 0
    rest = iter(range(len(gaps)))
    for i in rest:
        if abs(gaps[i] - beat) <= slack:
            steady += 1
        elif i + 1 < len(gaps) and abs(gaps[i] + gaps[i + 1] - beat) <= slack:
            splits += 1
            next(rest, None)
        else:
            return False
    return splits > 0 and steady >= STEADY_GAPS
