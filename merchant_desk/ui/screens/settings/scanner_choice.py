"""The scanner section of the settings: a serial port, and learning the habits of a keyboard scanner."""

from PySide6.QtCore import QTimer
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QWidget

from merchant_desk.ui.scanner.hub import ScannerHub
from merchant_desk.ui.scanner.learn import LearningError, learn
from merchant_desk.ui.scanner.serial_port import SerialSettings, serial_ports
from merchant_desk.ui.scanner.settings import ScannerSettings
from merchant_desk.ui.scanner.source import WEDGE
from merchant_desk.ui.screens.settings.section import Section
from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space, Tone
from merchant_desk.ui.widgets.buttons import ActionButton, Kind
from merchant_desk.ui.widgets.labels import label, set_tone

LEARN_SECONDS = 12


class ScannerChoice(Section):
    """Which scanner, and how it talks."""

    def __init__(self, look: Look, hub: ScannerHub) -> None:
        super().__init__(look)
        self._hub = hub
        self._left = 0
        self._outcome: tuple[str, dict[str, object], Tone] | None = None
        self.port = QComboBox()
        self.port.activated.connect(self._choose_port)
        self._hint = label("", "small", wrap=True)
        self.teach = ActionButton(look, icon="scan-barcode")
        self.as_bought = ActionButton(look, kind=Kind.QUIET, icon="rotate-ccw")
        self.teach.clicked.connect(self.begin)
        self.as_bought.clicked.connect(self._forget)
        self._told = label("", "small", wrap=True)
        self._second = QTimer(self)
        self._second.setInterval(1_000)
        self._second.timeout.connect(self._tick)
        self.add_row("settings.serial", self.port)
        self._column.addWidget(self._hint)
        self._column.addSpacing(Space.SMALL)
        row = QWidget()
        buttons = QHBoxLayout(row)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.addWidget(self.teach)
        buttons.addWidget(self.as_bought)
        buttons.addStretch(1)
        self._column.addWidget(row)
        self._column.addWidget(self._told)
        look.language.follow(self, self._write)

    def begin(self, seconds: int = LEARN_SECONDS) -> None:
        """Listen to the scanner for some seconds; nothing that is typed arrives meanwhile."""
        if self._left:
            return
        self._left = seconds or LEARN_SECONDS
        self._outcome = None
        self._hub.begin_learning()
        self._second.start()
        self._write()

    def finish(self) -> None:
        """Learn from what was heard."""
        self._second.stop()
        self._left = 0
        samples = self._hub.finish_learning()
        try:
            learned = learn(samples, known=self._hub.settings)
        except LearningError as error:
            reason = self._look.text(f"settings.fault_{error.fault}")
            self._outcome = ("settings.not_learned", {"reason": reason}, Tone.REFUSED)
        else:
            self._hub.use(learned)
            facts: dict[str, object] = {"gap": learned.gap_ms, "least": learned.min_length}
            self._outcome = ("settings.learned", facts, Tone.OK)
        self._write()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        # Nobody would see that scans are being swallowed.
        self.give_up()

    def give_up(self) -> None:
        """Read scans again at once, and learn nothing from what was heard."""
        if not self._left:
            return
        self._second.stop()
        self._left = 0
        self._hub.finish_learning()
        self._write()

    def _tick(self) -> None:
        self._left -= 1
        if self._left <= 0:
            self.finish()
        self._write()

    def _forget(self) -> None:
        self._hub.use(ScannerSettings())
        self._outcome = None
        self._write()

    def _choose_port(self, index: int) -> None:
        for name in [source for source in self._hub.sources() if source != WEDGE]:
            self._hub.detach(name)
        chosen = str(self.port.itemData(index) or "")
        if chosen:
            known = next((port for port in serial_ports() if port.name == chosen), None)
            device = (known.vendor, known.product, known.serial_number) if known else (0, 0, "")
            self._hub.attach(SerialSettings(chosen, 9600, *device))

    def _write(self) -> None:
        text = self._look.text
        self._write_ports()
        self._hint.setText(text("settings.serial_hint"))
        self.teach.setText(text("settings.learn"))
        self.teach.setEnabled(not self._left)
        self.as_bought.setText(text("settings.as_bought"))
        if self._left:
            told, tone = text("settings.learning", seconds=self._left), Tone.ACCENT
        elif self._outcome is not None:
            key, facts, tone = self._outcome
            told = text(key, **facts)
        else:
            told, tone = text("settings.learn_hint", seconds=LEARN_SECONDS), Tone.NEUTRAL
        self._told.setText(told)
        set_tone(self._told, tone if tone is not Tone.NEUTRAL else None)

    def _write_ports(self) -> None:
        in_use = next((name for name in self._hub.sources() if name != WEDGE), "")
        names = {port.name: f"{port.name} · {port.description}".strip(" ·") for port in serial_ports()}
        if in_use and in_use not in names:
            names[in_use] = in_use
        self.port.clear()
        self.port.addItem(self._look.text("settings.serial_none"), "")
        for name, title in names.items():
            self.port.addItem(title, name)
        self.port.setCurrentIndex(max(0, self.port.findData(in_use)))
