"""Listening to each tone, beside the settings of the sounds."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from merchant_desk.ui.screens.settings.section import Section
from merchant_desk.ui.sounds import Sounds
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space
from merchant_desk.ui.tones import Sound
from merchant_desk.ui.widgets.buttons import ActionButton
from merchant_desk.ui.widgets.labels import label


class ToneButtons(Section):
    """A button for each tone, and a word where nothing can be heard."""

    def __init__(self, look: Look, sounds: Sounds) -> None:
        super().__init__(look)
        self._sounds = sounds
        self.tones = {sound: ActionButton(look, icon="volume-2") for sound in Sound}
        row = QWidget()
        buttons = QHBoxLayout(row)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.setSpacing(Space.SMALL)
        for sound, button in self.tones.items():
            button.clicked.connect(lambda _=False, tone=sound: sounds.play(tone))
            buttons.addWidget(button)
        buttons.addStretch(1)
        self._none = label("", "small", wrap=True)
        self.add_row("settings.try", row)
        self._column.addWidget(self._none)
        sounds.changed.connect(self._write)
        look.language.follow(self, self._write)

    def _write(self) -> None:
        text = self._look.text
        for sound, button in self.tones.items():
            button.setText(text(f"settings.tone_{sound}"))
        self._none.setText("" if self._sounds.available else text("settings.no_sound"))
        self._none.setVisible(not self._sounds.available)
