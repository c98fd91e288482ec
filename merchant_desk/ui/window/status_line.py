"""The status line: scanner, sounds and location at the left; whose desk this is at the right."""

from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Size, Space, Tone
from merchant_desk.ui.widgets.labels import ElidedLabel, label, set_tone


class ScannerState(StrEnum):
    """How the scanner is."""

    READY = "scanner_ok"
    MISSING = "scanner_missing"
    FAULT = "scanner_fault"


class SoundState(StrEnum):
    """Whether tones are heard."""

    ON = "sound_on"
    OFF = "sound_off"
    NONE = "sound_none"


@dataclass(frozen=True, slots=True)
class DeskStatus:
    """What the status line says. Empty names are left out; `place` is merchant, outlet and desk."""

    scanner: str = ""
    scanner_state: ScannerState = ScannerState.READY
    scanner_fault: str = ""
    sound: SoundState = SoundState.ON
    location: str = ""
    place: tuple[str, ...] = ()


class StatusLine(QWidget):
    """The line at the foot of the window."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._status = DeskStatus()
        self.setProperty("look", "status")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setMinimumHeight(Size.STATUS)
        self._scanner = label("", "small")
        self._sound = label("", "small")
        self._location = ElidedLabel("", "small")
        self._place = ElidedLabel("", "small")
        self._place.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        row = QHBoxLayout(self)
        row.setContentsMargins(Space.LARGE, Space.HAIR, Space.LARGE, Space.HAIR)
        row.setSpacing(Space.LARGE)
        row.addWidget(self._scanner)
        row.addWidget(self._sound)
        row.addWidget(self._location, 2)
        row.addWidget(self._place, 3)
        look.language.follow(self, self._write)

    @property
    def status(self) -> DeskStatus:
        """What the line says."""
        return self._status

    def show_status(self, status: DeskStatus) -> None:
        """Say something else."""
        self._status = status
        self._write()

    def _write(self) -> None:
        status, text = self._status, self._look.text
        state = text(f"status.{status.scanner_state}", **_fault(status))
        shown = text("status.scanner", name=status.scanner, state=state) if status.scanner else ""
        self._scanner.setText(shown)
        self._scanner.setVisible(bool(status.scanner))
        well = status.scanner_state is ScannerState.READY
        set_tone(self._scanner, None if well else Tone.REFUSED)
        self._sound.setText(text(f"status.{status.sound}"))
        set_tone(self._sound, Tone.WARNING if status.sound is SoundState.NONE else None)
        self._location.setText(text("status.location", name=status.location) if status.location else "")
        self._place.setText(" · ".join(status.place))


def _fault(status: DeskStatus) -> dict[str, object]:
    return {"reason": status.scanner_fault} if status.scanner_state is ScannerState.FAULT else {}
