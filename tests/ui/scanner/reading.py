"""Drives the pure frame reader with a plan, as the event filter does in real time."""

from dataclasses import dataclass, field

from merchant_desk.ui.scanner.frame import Absorbed, Captured, Effect, FrameReader, Refused, Replay
from merchant_desk.ui.scanner.reasons import RejectReason
from merchant_desk.ui.scanner.settings import ScannerSettings
from merchant_desk.ui.scanner.stroke import NS_PER_MS, Stroke
from tests.helpers.scanner_wedge import Plan, strokes


@dataclass
class Reading:
    """What became of a plan: tokens are indices of its events."""

    plan: Plan
    typed: list[int] = field(default_factory=list)
    scans: list[Captured] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    taken: list[int] = field(default_factory=list)
    swallowed_releases: list[int] = field(default_factory=list)
    order: list[str] = field(default_factory=list)

    @property
    def texts(self) -> list[str]:
        """The scans' texts, in order."""
        return [scan.text for scan in self.scans]

    @property
    def reasons(self) -> list[RejectReason]:
        """The refusals' reasons, in order."""
        return [one.reason for one in self.refused]

    @property
    def typed_text(self) -> str:
        """What the presses that reached the window typed."""
        return "".join(self.plan[i].text for i in self.typed if self.plan[i].press)

    def obey(self, effects: tuple[Effect, ...]) -> None:
        for effect in effects:
            match effect:
                case Replay(tokens):
                    self.typed.extend(tokens)
                case Captured(tokens=tokens):
                    self.scans.append(effect)
                    self.taken.extend(tokens)
                    self.order.append(effect.text)
                case Refused(tokens=tokens):
                    self.refused.append(effect)
                    self.taken.extend(tokens)
                case Absorbed(tokens):
                    self.taken.extend(tokens)


def read(plan: Plan, settings: ScannerSettings | None = None, *, questions: bool = True) -> Reading:
    """Feed a plan to a fresh reader; silences are reported when the filter would report them."""
    settings = settings or ScannerSettings()
    reader = FrameReader(settings)
    result = Reading(plan)
    last_press: Stroke | None = None
    for stroke in strokes(plan):
        if reader.holding and last_press is not None:
            waited = (stroke.arrived_ns - last_press.arrived_ns) // NS_PER_MS
            patience = reader.wait_ms + settings.grace_ms
            if waited > patience:
                result.obey(reader.silence(last_press.arrived_ns + patience * NS_PER_MS))
        if stroke.press and questions and not stroke.repeat:
            result.obey(reader.foresee(stroke).effects)
        reaction = reader.feed(stroke)
        result.obey(reaction.effects)
        if reaction.passes:
            result.typed.append(stroke.token)
        elif not stroke.press:
            result.swallowed_releases.append(stroke.token)
        if stroke.press:
            last_press = stroke
    for _ in range(2):
        result.obey(reader.silence(10**18))
    assert not reader.holding
    return result
