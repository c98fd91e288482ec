"""Plays the three tones; a desk without loudspeaker or sound library works alike, silently."""

import logging
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal

from merchant_desk.ui.theme.resources import resource
from merchant_desk.ui.tones import Sound

if TYPE_CHECKING:
    from PySide6.QtMultimedia import QSoundEffect

log = logging.getLogger(__name__)

FULL = 100


class Sounds(QObject):
    """The tones of one window. `prepare` finds a device (slow: after the window is up); `play` never fails.

    `changed` follows a change of mute, volume or device, for the status line.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._effects: dict[Sound, QSoundEffect] = {}
        self._muted = False
        self._volume = FULL

    @property
    def available(self) -> bool:
        """Whether there is a device to play on (False before `prepare`)."""
        return bool(self._effects)

    @property
    def muted(self) -> bool:
        """Whether the person wants silence."""
        return self._muted

    @property
    def volume(self) -> int:
        """How loud, 0-100."""
        return self._volume

    def prepare(self) -> bool:
        """Look for an audio device and load the tones; tells whether there is one."""
        try:
            from PySide6.QtMultimedia import QMediaDevices, QSoundEffect

            if QMediaDevices.defaultAudioOutput().isNull():
                return False
        except ImportError as error:
            log.info("no sound: %s", error)
            return False
        for sound in Sound:
            effect = QSoundEffect(self)
            effect.setSource(QUrl.fromLocalFile(str(resource("sounds", f"{sound}.wav"))))
            effect.setVolume(self._volume / FULL)
            self._effects[sound] = effect
        self.changed.emit()
        return True

    def play(self, sound: Sound) -> None:
        """Play a tone, from its beginning, if there is a device and nobody asked for silence."""
        effect = self._effects.get(sound)
        if effect is not None and not self._muted and self._volume:
            effect.stop()
            effect.play()

    def set_muted(self, muted: bool) -> None:
        """Be silent, or not."""
        self._muted = muted
        self.changed.emit()

    def set_volume(self, volume: int) -> None:
        """Play at 0-100.

        Raises:
            ValueError: outside 0-100.
        """
        if not 0 <= volume <= FULL:
            raise ValueError(f"volume is 0-{FULL}, not {volume}")
        self._volume = volume
        for effect in self._effects.values():
            effect.setVolume(volume / FULL)
        self.changed.emit()
