"""The three tones of a station as waves: synthesised, so that nobody's recording is shipped.

Run as a program (`python -m merchant_desk.ui.tones`) it writes `resources/sounds/`; a test compares them.
"""

import io
import math
import struct
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

RATE = 22_050
"""Samples a second."""

RAMP = 0.006
"""Seconds of fading in and out, so that a note begins and ends without a click."""


class Sound(StrEnum):
    """What a tone means."""

    ACCEPTED = "accepted"
    ATTENTION = "attention"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Note:
    """A note: frequency in Hz (0 is silence), seconds, loudness 0-1, and how rough it is (0-1)."""

    hertz: float
    seconds: float
    loudness: float = 0.55
    edge: float = 0.0


MELODIES: dict[Sound, Sequence[Note]] = {
    Sound.ACCEPTED: (Note(1568.0, 0.09),),
    Sound.ATTENTION: (Note(880.0, 0.11), Note(0.0, 0.05), Note(880.0, 0.11)),
    Sound.REFUSED: (Note(220.0, 0.16, 0.6, 0.6), Note(0.0, 0.03), Note(165.0, 0.34, 0.6, 0.6)),
}
"""High and short; twice in the middle; low, long and rough: told apart by pitch, number and length."""


def samples(note: Note) -> list[int]:
    """Return a note as signed 16-bit samples at `RATE`."""
    count = int(note.seconds * RATE)
    return [_sample(note, i / RATE) for i in range(count)]


def _sample(note: Note, at: float) -> int:
    if note.hertz == 0:
        return 0
    turn = 2 * math.pi * note.hertz * at
    value = math.sin(turn) + note.edge * (math.sin(2 * turn) / 2 + math.sin(3 * turn) / 3)
    fade = min(1.0, at / RAMP, (note.seconds - at) / RAMP)
    return round(32_767 * note.loudness * fade * value / (1 + note.edge * 5 / 6))


def wave_bytes(sound: Sound) -> bytes:
    """Return a tone as a WAV file: mono, 16 bit, `RATE`."""
    data = [sample for note in MELODIES[sound] for sample in samples(note)]
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{len(data)}h", *data))
    return buffer.getvalue()


def write_all(folder: Path) -> None:
    """Write the three tones as `<sound>.wav`."""
    folder.mkdir(parents=True, exist_ok=True)
    for sound in Sound:
        (folder / f"{sound}.wav").write_bytes(wave_bytes(sound))


if __name__ == "__main__":
    write_all(Path(__file__).resolve().parents[2] / "resources" / "sounds")
