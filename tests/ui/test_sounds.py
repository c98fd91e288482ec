import io
import sys
import wave
from itertools import pairwise

import pytest
from PySide6.QtWidgets import QApplication

from merchant_desk.ui.sounds import Sounds
from merchant_desk.ui.theme.resources import resource
from merchant_desk.ui.tones import MELODIES, RATE, Sound, wave_bytes


@pytest.mark.parametrize("sound", Sound)
def test_the_shipped_tone_is_the_one_that_is_described(sound: Sound) -> None:
    assert resource("sounds", f"{sound}.wav").read_bytes() == wave_bytes(sound)


def crossings(sound: Sound) -> tuple[float, float]:
    """Return (seconds, zero crossings a second) of a tone as it is in its file."""
    with wave.open(io.BytesIO(wave_bytes(sound))) as file:
        count = file.getnframes()
        data = memoryview(file.readframes(count)).cast("h")
    signs = [value > 0 for value in data if value]
    return count / RATE, sum(a != b for a, b in pairwise(signs)) / (count / RATE)


def test_tones_are_short_and_told_apart() -> None:
    heard = {sound: crossings(sound) for sound in Sound}
    assert all(seconds <= 0.6 for seconds, _ in heard.values())
    assert heard[Sound.ACCEPTED][0] < heard[Sound.ATTENTION][0] < heard[Sound.REFUSED][0]
    pitches = [heard[sound][1] for sound in (Sound.ACCEPTED, Sound.ATTENTION, Sound.REFUSED)]
    assert pitches[0] > 1.5 * pitches[1] > 1.5 * 1.5 * pitches[2]
    assert [sum(note.hertz > 0 for note in MELODIES[sound]) for sound in Sound] == [1, 2, 2]


def test_no_note_clips_or_clicks() -> None:
    for sound in Sound:
        with wave.open(io.BytesIO(wave_bytes(sound))) as file:
            data = memoryview(file.readframes(file.getnframes())).cast("h")
        assert max(abs(value) for value in data) < 32_000
        assert (data[0], abs(data[-1]) < 1_500) == (0, True)


def test_without_the_sound_library_a_desk_works_silently(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "PySide6.QtMultimedia", None)
    sounds = Sounds()
    assert sounds.prepare() is False
    assert sounds.available is False
    for sound in Sound:
        sounds.play(sound)


def test_mute_and_volume_are_told(qapp: QApplication) -> None:
    sounds = Sounds()
    told: list[tuple[bool, int]] = []
    sounds.changed.connect(lambda: told.append((sounds.muted, sounds.volume)))
    sounds.set_muted(True)
    sounds.set_volume(40)
    assert told == [(True, 100), (True, 40)]
    with pytest.raises(ValueError, match="0-100"):
        sounds.set_volume(101)
