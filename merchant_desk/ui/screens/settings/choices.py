"""Sections of the settings: how the window looks, sounds and locks."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QSlider, QVBoxLayout, QWidget

from merchant_desk.ui.session import IdleWatch
from merchant_desk.ui.sounds import FULL, Sounds
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Scheme, Space
from merchant_desk.ui.tones import Sound
from merchant_desk.ui.widgets.buttons import ActionButton
from merchant_desk.ui.widgets.labels import label
from merchant_desk.ui.widgets.tabs import FilterTabs, Tab

MINUTES = (0, 5, 15, 30, 60)


class Section(QWidget):
    """Named rows below each other."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._names: list[tuple[str, object]] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(Space.HAIR)

    def add_row(self, name: str, part: QWidget) -> None:
        """Add a part under a name (a key of the catalogue)."""
        title = label("", "small")
        self._look.language.follow(title, lambda: title.setText(self._look.text(name)))
        self._column.addWidget(title)
        self._column.addWidget(part)
        self._column.addSpacing(Space.SMALL)


class LookChoice(Section):
    """Language and colours; they follow the keys and the header too."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.language, self.colours = FilterTabs(look), FilterTabs(look)
        self.add_row("settings.language", self.language)
        self.add_row("settings.colours", self.colours)
        self.language.chosen.connect(lambda code: look.language.switch(LanguageCode(code)))
        self.colours.chosen.connect(lambda name: look.theme.switch(Scheme(name)))
        look.theme.changed.connect(self._write)
        look.language.follow(self, self._write)

    def _write(self) -> None:
        text = self._look.text
        languages = ((LanguageCode.CHINESE, "settings.chinese"), (LanguageCode.ENGLISH, "settings.english"))
        tabs = [Tab(str(code), text(key)) for code, key in languages]
        self.language.show_tabs(tabs, str(self._look.language.code))
        schemes = [Tab(str(scheme), text(f"settings.{scheme}")) for scheme in Scheme]
        self.colours.show_tabs(schemes, str(self._look.theme.scheme))


class SoundChoice(Section):
    """On or off, how loud, and what each tone means."""

    def __init__(self, look: Look, sounds: Sounds) -> None:
        super().__init__(look)
        self._sounds = sounds
        self.on = QCheckBox()
        self.on.toggled.connect(lambda on: sounds.set_muted(not on))
        self.volume = QSlider(Qt.Orientation.Horizontal)
        self.volume.setRange(0, FULL)
        self.volume.valueChanged.connect(sounds.set_volume)
        self._tones = {sound: ActionButton(look, icon="volume-2") for sound in Sound}
        row = QWidget()
        buttons = QHBoxLayout(row)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(Space.SMALL)
        for sound, button in self._tones.items():
            button.clicked.connect(lambda _=False, tone=sound: sounds.play(tone))
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._none = label("", "small", wrap=True)
        self._column.addWidget(self.on)
        self._column.addSpacing(Space.SMALL)
        self.add_row("settings.volume", self.volume)
        self.add_row("settings.try", row)
        self._column.addWidget(self._none)
        sounds.changed.connect(self._write)
        look.language.follow(self, self._write)

    def _write(self) -> None:
        text = self._look.text
        for part in (self.on, self.volume):
            part.blockSignals(True)
        self.on.setText(text("settings.sounds_on"))
        self.on.setChecked(not self._sounds.muted)
        self.volume.setValue(self._sounds.volume)
        self.volume.setAccessibleName(text("settings.volume"))
        for part in (self.on, self.volume):
            part.blockSignals(False)
        for sound, button in self._tones.items():
            button.setText(text(f"settings.tone_{sound}"))
        self._none.setText("" if self._sounds.available else text("settings.no_sound"))
        self._none.setVisible(not self._sounds.available)


class LockChoice(Section):
    """After how long an idle desk locks itself."""

    def __init__(self, look: Look, idle: IdleWatch | None, *, demo: bool) -> None:
        super().__init__(look)
        self._idle, self._demo = idle, demo
        self.after = FilterTabs(look)
        self._note = label("", "small", wrap=True)
        self.add_row("settings.lock_after", self.after)
        self._column.addWidget(self._note)
        self.after.chosen.connect(self._choose)
        self.after.setEnabled(not demo)
        look.language.follow(self, self._write)

    def _choose(self, minutes: str) -> None:
        if self._idle is not None:
            self._idle.set_minutes(int(minutes))

    def _offered(self) -> Sequence[int]:
        chosen = self._idle.minutes if self._idle is not None else 0
        return sorted({*MINUTES, chosen})

    def _write(self) -> None:
        text = self._look.text
        chosen = 0 if self._demo or self._idle is None else self._idle.minutes
        tabs = [
            Tab(str(n), text("settings.minutes", n=n) if n else text("settings.lock_never"))
            for n in self._offered()
        ]
        self.after.show_tabs(tabs, str(chosen))
        self._note.setText(text("settings.lock_demo") if self._demo else "")
        self._note.setVisible(self._demo)
