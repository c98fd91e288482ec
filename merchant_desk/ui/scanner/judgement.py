"""The judgement on a run of keys: a scan, typing, or something that is refused."""

from enum import StrEnum
from itertools import pairwise
from statistics import median

from merchant_desk.ui.scanner.reasons import RejectReason
from merchant_desk.ui.scanner.run import Run
from merchant_desk.ui.scanner.settings import Terminator
from merchant_desk.ui.scanner.stroke import Ending, Stroke

HUMAN_ROLL = 3
"""So many keys down at once are fingers: two wedges hold two."""
LEAST_TOUCH_MS = 25
"""A finger stays on a key for longer; a wedge's key is down for half a gap at most."""
LEAST_REPEAT_MS = 10
"""A held key repeats at most a hundred times a second."""
LONGEST_START = 1.75
STEADY_GAPS = 5
LEAST_BEAT_MS = 6


class Judgement(StrEnum):
    """What a run is."""

    SCAN = "scan"
    TYPING = "typing"
    REFUSED = "refused"


def judge(run: Run, end: Ending) -> tuple[Judgement, RejectReason | None]:
    """Return what the run is if it ends so, with the reason if it is refused."""
    if run.tail:
        return _judge_tail(run, end.by)
    if run.typed(end.by):
        return Judgement.TYPING, None
    if end.by is Terminator.SILENCE:
        early = _judge_silence(run)
        if early is not None:
            return early
    elif not run.ready:
        return Judgement.TYPING, None
    if rolled(run) or held_down(run):
        return Judgement.TYPING, None
    reason = run.taint or (RejectReason.MIXED if mixed(run, end.stroke) else None)
    if reason is None and run.wary and late_start(run):
        reason = RejectReason.INPUT_METHOD
    return (Judgement.REFUSED, reason) if reason else (Judgement.SCAN, None)


def _judge_tail(run: Run, end: Terminator) -> tuple[Judgement, RejectReason | None]:
    silent_rest = end is Terminator.SILENCE and len(run.chars) < run.settings.min_length
    if silent_rest and not run.eaten:
        return Judgement.TYPING, None
    return Judgement.REFUSED, run.taint


def _judge_silence(run: Run) -> tuple[Judgement, RejectReason | None] | None:
    """Judge a run that nothing ended; None where it is as good as one that a terminator ended."""
    data = len(run.chars) - (len(run.settings.prefix) if run.framed else 0)
    silence_ends = Terminator.SILENCE in run.settings.terminators
    if run.framed:
        # A scanner that announces its scans ends them as it was set to: silence then is a piece missing.
        silence_ends = run.settings.terminators == {Terminator.SILENCE}
    limit = run.settings.gap_ms + run.settings.grace_ms
    timed = len(run.chars) >= run.settings.min_length and all(gap <= limit for gap in run.gaps)
    if run.framed and run.settings.control_prefix and data > 1 and not rolled(run):
        if timed and silence_ends:
            return None
        return Judgement.REFUSED, run.taint or RejectReason.UNTERMINATED
    if not timed or not (run.framed or run.settings.unframed) or _fingers_rest(run):
        return Judgement.TYPING, None
    return None if silence_ends or run.taint else (Judgement.TYPING, None)


def _fingers_rest(run: Run) -> bool:
    """Whether a key is still down after the silence: no wedge holds one so long."""
    return not run.settings.rollover and any(run.down.values())


def rolled(run: Run) -> bool:
    """Whether fingers rolled over the keys: three or more were down at once."""
    return not run.settings.rollover and run.most_down >= HUMAN_ROLL


def held_down(run: Run) -> bool:
    """Whether all of the run is one key that a finger rests on.

    X11 repeats a held key as a release and a press with the same stamp, and now and then does not say so. A
    wedge that types one character again and again leaves half a gap between them, or has no time for either.
    """
    if run.framed or len(run.presses) < 2:
        return False
    return all(
        one.stroke.code == after.stroke.code
        and one.release is not None
        and one.release.since(one.stroke) >= LEAST_REPEAT_MS
        and after.stroke.since(one.release) == 0
        for one, after in pairwise(run.presses)
    )


def mixed(run: Run, at: Stroke | None = None) -> bool:
    """Whether a second keyboard typed into the run; `at` is the key that ends it, if one does.

    One wedge lets go of a key before it presses the next, and keeps its beat.
    """
    last = run.presses[-1].stroke if run.presses else None
    last_gap = [] if at is None or last is None or at is last else [at.since(last)]
    return split_beat([*run.plain_gaps, *last_gap]) or (not run.settings.rollover and overlapping(run, at))


def late_start(run: Run) -> bool:
    """Whether the pause behind the prefix has room for keys that an input method took.

    A wedge needs half a beat more there at most: to let go of the Control key of its prefix.
    """
    before = len(run.settings.prefix)
    pause, others = run.gaps[before - 1 : before], run.gaps[before:]
    return bool(pause) and len(others) > 1 and pause[0] > LONGEST_START * median(others)


def mechanical(run: Run) -> bool:
    """Whether every key was let go of faster than a finger can."""
    return all(
        press.release is not None and press.release.since(press.stroke) < LEAST_TOUCH_MS
        for press in run.presses
    )


def overlapping(run: Run, at: Stroke | None = None) -> bool:
    """Whether a key was still down when the next one, or the end, came."""
    return any(
        press.overlapped or (press.release is None and press.stroke is not at) for press in run.presses
    )


def split_beat(gaps: list[int | None]) -> bool:
    """Whether a steady beat of keys holds foreign ones: each splits one gap into two of the same sum.

    A key that is only late makes one gap longer and the next one shorter, which sum to two beats. Equal
    halves count only where they stand together, as a second scanner's keys do: a wedge that is polled makes
    some gaps twice as long as others. `gaps` are milliseconds from press to press, None where a modifier was
    moved in between, which takes time; beats under 6 ms are too fine for the stamps.
    """
    beats = {gap for gap in gaps if gap is not None and gap >= LEAST_BEAT_MS}
    return any(_splits(gaps, beat) for beat in beats)


def _splits(gaps: list[int | None], beat: int) -> bool:
    slack = max(1, beat // 8)
    steady = splits = 0
    halves: list[int] = []
    rest = iter(range(len(gaps)))
    for i in rest:
        gap, after = gaps[i], gaps[i + 1] if i + 1 < len(gaps) else None
        if gap is None:
            continue
        if abs(gap - beat) <= slack:
            steady += 1
        elif after is not None and abs(gap + after - beat) <= slack:
            splits += 1
            if abs(gap - after) <= 2 * slack:
                halves.append(i)
            next(rest, None)
        else:
            return False
    together = all(later - earlier == 2 for earlier, later in pairwise(halves))
    return splits > 0 and steady >= STEADY_GAPS and together
