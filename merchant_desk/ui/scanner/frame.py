"""The frame reader: tells scans from typing, key by key, and says what is to become of every key.

Each key either passes at once, or is held and later given back, scanned or refused: always exactly one of
these. Nothing here knows Qt or a clock.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from merchant_desk.ui.scanner.judgement import Judgement, judge
from merchant_desk.ui.scanner.keymap import Role
from merchant_desk.ui.scanner.kinds import Kind, kind_of, terminator
from merchant_desk.ui.scanner.past import Past, PreeditWatch, Trailing
from merchant_desk.ui.scanner.reasons import RejectReason
from merchant_desk.ui.scanner.run import Run, TakesBurst
from merchant_desk.ui.scanner.settings import ScannerSettings, Terminator
from merchant_desk.ui.scanner.stroke import Ending, Stroke


@dataclass(frozen=True, slots=True)
class Replay:
    """Give these keys back to the person's widget, in order."""

    tokens: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Shelter:
    """Keep the input method away from the focus (`on`), or let it back.

    `commit` tells to keep what it composes: a person's, not a scan's.
    """

    on: bool
    commit: bool = True


@dataclass(frozen=True, slots=True)
class Captured:
    """A scan: its characters with prefix and suffix, what ended it, and when that arrived."""

    text: str
    end: Terminator
    arrived_ns: int
    tokens: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A burst that cannot be trusted; `suspect` doubts the scan before it too."""

    text: str
    reason: RejectReason
    suspect: bool
    arrived_ns: int
    tokens: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Absorbed:
    """Keys that belong to what was scanned or refused before: the second half of CR LF."""

    tokens: tuple[Any, ...]


Effect = Replay | Shelter | Captured | Refused | Absorbed


@dataclass(frozen=True, slots=True)
class Reaction:
    """What to do, in order, and then whether the key itself passes on."""

    effects: tuple[Effect, ...]
    passes: bool


@dataclass(slots=True)
class _Owners:
    """Whose the keys are that are down: the window's (passed, given back) or ours (scanned, refused)."""

    window: set[int] = field(default_factory=set)
    ours: set[int] = field(default_factory=set)

    def give(self, codes: Iterable[int]) -> None:
        for code in codes:
            self.window.add(code)
            self.ours.discard(code)

    def take(self, codes: Iterable[int]) -> None:
        for code in codes:
            self.ours.add(code)
            self.window.discard(code)


class FrameReader:
    """Reads one keyboard stream. Feed it every key, every shortcut question, every silence.

    `addressee` answers for the field that has the focus, None where it would take no burst.
    """

    def __init__(
        self, settings: ScannerSettings, addressee: Callable[[], TakesBurst | None] = lambda: None
    ) -> None:
        self._settings = settings
        self._addressee = addressee
        self._run: Run | None = None
        self._owners = _Owners()
        self._past = Past(settings)
        self._preedits = PreeditWatch(settings.gap_ms, settings.min_length)

    @property
    def holding(self) -> bool:
        """Whether a run is open: the silence after it must be reported."""
        return self._run is not None

    @property
    def wait_ms(self) -> int:
        """How long the next key may take, milliseconds, without the grace."""
        return self._run.allowed_gap_ms if self._run else self._settings.gap_ms

    # ------------------------------------------------------------------ what comes in

    def foresee(self, stroke: Stroke) -> Reaction:
        """Answer the question before a press: would it be held, and so be no shortcut?

        Before a key that passes, everything held is given back here already: a shortcut may take its press.
        """
        effects = self._lapse(stroke)
        kind, _ = self._kind(stroke)
        if self._keeps(stroke, kind):
            return Reaction(tuple(effects), passes=False)
        return self._pass(stroke, effects)

    def feed(self, stroke: Stroke) -> Reaction:
        """Take one press or release."""
        if not stroke.press:
            return self._release(stroke)
        effects = self._lapse(stroke)
        kind, text = self._kind(stroke)
        if not self._keeps(stroke, kind):
            return self._pass(stroke, effects)
        if kind is Kind.END:
            effects += self._end_by(stroke)
        else:
            effects += self._hold(stroke, kind, text)
        return Reaction(tuple(effects), passes=False)

    def silence(self, arrived_ns: int) -> tuple[Effect, ...]:
        """Take the news that no key came for `wait_ms` and the grace."""
        return tuple(self._fall_silent(arrived_ns))

    def be_wary(self) -> None:
        """Take the news that the focus had an input method when the frame began: it may hold keys back."""
        if self._run is not None:
            self._run.wary = True

    def disturb(self, preedit: str, commit: str, arrived_ns: int) -> tuple[Effect, ...]:
        """Take the news that an input method changed its text; mere cursor moves are none."""
        if not (preedit or commit):
            return ()
        eaten = self._preedits.note(preedit, commit, arrived_ns)
        if self._run is not None and (self._run.framed or self._run.ready):
            self._run.taint = self._run.taint or RejectReason.INPUT_METHOD
            return ()
        effects = self._give_back()
        self._past.disturbed(arrived_ns)
        if eaten:
            self._run = Run(self._settings, RejectReason.INPUT_METHOD, tail=True, eaten=eaten)
            effects.append(Shelter(on=True, commit=False))
        return tuple(effects)

    # ------------------------------------------------------------------ presses

    def _kind(self, stroke: Stroke) -> tuple[Kind, str]:
        trails = self._past.trailing(stroke) is not Trailing.NONE
        return kind_of(stroke, self._run, self._settings, trails=trails)

    def _keeps(self, stroke: Stroke, kind: Kind) -> bool:
        """Whether the press is held back from the window."""
        run = self._run
        if kind is Kind.FOREIGN:
            return run is not None and run.ready
        if kind is not Kind.END:
            return True
        if run is None or not (run.chars or run.tail):
            return self._past.trailing(stroke) is not Trailing.NONE
        if self._doubts(run, terminator(stroke)):
            return True
        return judge(run, _by_key(stroke))[0] is not Judgement.TYPING

    def _pass(self, stroke: Stroke, effects: list[Effect]) -> Reaction:
        effects += self._give_back()
        self._owners.give((stroke.code,))
        return Reaction(tuple(effects), passes=True)

    def _hold(self, stroke: Stroke, kind: Kind, text: str) -> list[Effect]:
        run = self._run
        if run is None:
            taint = self._past.taint(stroke, self._owners.ours)
            run = self._run = Run(self._settings, taint, self._addressee())
        if kind is Kind.FOREIGN:
            run.hold_foreign(stroke)
            run.taint = run.taint or RejectReason.MIXED
            return []
        self._owners.ours.discard(stroke.code)
        run.press(stroke, text)
        return self._grown(run, stroke)

    def _grown(self, run: Run, stroke: Stroke) -> list[Effect]:
        """Look for a prefix, and for a suffix that ends, after the run grew."""
        settings = self._settings
        effects: list[Effect] = []
        if settings.prefix and not run.tail and run.ends_with(settings.prefix):
            effects += self._announce(run)
        if Terminator.SUFFIX in settings.terminators and run.ready and run.ends_with(settings.suffix):
            effects += self._close(Ending(Terminator.SUFFIX, stroke, stroke.arrived_ns))
        return effects

    def _announce(self, run: Run) -> list[Effect]:
        """Begin a frame at the prefix; a printable one counts only at the start, for codes may hold it."""
        if run.text == self._settings.prefix:
            run.framed = True
            return [Shelter(on=True)]
        if not self._settings.control_prefix:
            return []
        effects: list[Effect] = [] if run.framed else [Shelter(on=True)]
        if run.framed or run.ready or not run.can_drop():
            run.taint = run.taint or RejectReason.MIXED
        else:
            before = run.drop_before(len(self._settings.prefix))
            self._owners.give(s.code for s in before if s.press and not run.owns(s.code))
            run.taint = None
            effects.insert(0, Replay(tuple(s.token for s in before)))
        run.framed = True
        return effects

    # ------------------------------------------------------------------ releases

    def _release(self, stroke: Stroke) -> Reaction:
        run, code = self._run, stroke.code
        if run is not None and run.owns(code):
            run.release(stroke)
            return Reaction(tuple(self._grown(run, stroke) if stroke.meaning.alt else ()), passes=False)
        if code in self._owners.ours:
            if not stroke.repeat:
                self._owners.ours.discard(code)
            return Reaction((), passes=False)
        known = code in self._owners.window or stroke.meaning.role is Role.MODIFIER
        if not stroke.repeat:
            self._owners.window.discard(code)
        if not known:
            self._past.orphan_released(stroke)
        if run is None:
            return Reaction((), passes=True)
        if not known:
            run.taint = run.taint or RejectReason.INPUT_METHOD
        run.hold_foreign(stroke)
        return Reaction((), passes=False)

    # ------------------------------------------------------------------ ends

    def _lapse(self, stroke: Stroke) -> list[Effect]:
        """Close the run if this press comes too late for it."""
        run = self._run
        if run is None or run.last is None:
            return []
        if run.ending is None and run.tolerated(stroke.since(run.last)):
            return []
        return self._fall_silent(stroke.arrived_ns)

    def _fall_silent(self, arrived_ns: int) -> list[Effect]:
        ending = self._run.ending if self._run else None
        return self._close(ending or Ending(Terminator.SILENCE, None, arrived_ns))

    def _end_by(self, stroke: Stroke) -> list[Effect]:
        """End the run by a terminator that is known not to be typing."""
        self._owners.take((stroke.code,))
        run = self._run
        if run is not None and (run.chars or run.tail):
            return self._close(_by_key(stroke))
        stray = self._past.trailing(stroke) is Trailing.STRAY
        effects = self._settle(run) if run is not None else []
        tokens = (*(run.own_tokens() if run is not None else ()), stroke.token)
        if stray:
            return [*effects, Refused("", RejectReason.STRAY_TERMINATOR, True, stroke.arrived_ns, tokens)]
        return [*effects, Absorbed(tokens)]

    def _close(self, end: Ending) -> list[Effect]:
        run = self._run
        if run is None:
            return []
        judgement, reason = judge(run, end)
        doubt = self._doubts(run, end.by)
        if doubt is not None:
            judgement, reason = Judgement.REFUSED, reason or doubt
        if judgement is Judgement.TYPING:
            return self._give_back()
        if judgement is Judgement.SCAN and run.wary and run.ending is None:
            run.ending = end
            return []
        effects = self._settle(run)
        tokens = run.own_tokens()
        if end.stroke is not None and end.by is not Terminator.SUFFIX:
            tokens += (end.stroke.token,)
        if judgement is Judgement.SCAN:
            self._past.scanned(run, end)
            return [*effects, Captured(run.text, end.by, end.arrived_ns, tokens)]
        if end.by is Terminator.SILENCE:
            self._past.broke_off(run)
        elif reason is RejectReason.MIXED and end.stroke is not None and not run.tail:
            # The other keyboard has still to end: what it types until then is no code.
            self._run = Run(self._settings, reason, tail=True, last=end.stroke)
        text = run.eaten + run.text
        if not text:
            return [*effects, Absorbed(tokens)] if tokens else effects
        reason = reason or RejectReason.MIXED
        return [*effects, Refused(text, reason, doubt is not None, end.arrived_ns, tokens)]

    def _doubts(self, run: Run, end: Terminator) -> RejectReason | None:
        """Return why a run belongs to the scan before it; what is a field's own does not."""
        return None if end is Terminator.SILENCE or run.typed(end) else self._past.doubts(run)

    def _settle(self, run: Run) -> list[Effect]:
        """Take a run's keys away from the window, and give back those that were the person's."""
        self._run = None
        self._owners.take(run.still_down())
        self._owners.give(s.code for s in run.foreign if s.press)
        effects: list[Effect] = [Shelter(on=False)] if run.framed or run.eaten else []
        if run.foreign:
            effects.append(Replay(tuple(s.token for s in run.foreign)))
        return effects

    def _give_back(self) -> list[Effect]:
        """Give all held keys back: they were typed."""
        run, self._run = self._run, None
        if run is None:
            return []
        self._past.broke_off(run)
        self._owners.give(run.still_down())
        effects: list[Effect] = [Shelter(on=False)] if run.framed or run.eaten else []
        if run.held:
            effects.append(Replay(tuple(s.token for s in run.held)))
        return effects


def _by_key(stroke: Stroke) -> Ending:
    return Ending(terminator(stroke), stroke, stroke.arrived_ns)
