"""A small scan station in a process of its own, for tests with a real window system.

Run as `python -m tests.helpers.scanner_station SETTINGS`, with a JSON object of prefix, suffix and hub
(false: no scanner capture). It tells what happens as JSON lines on its output and obeys commands on its
input: `text`, `stamps` (of the presses since the last time), `clear`, `focus edit|table|button|none`,
`modal`, `popup`, `busy MILLISECONDS`, `quit`.
"""

import json
import sys
import time
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSocketNotifier, QTimer
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QWindow
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QLineEdit,
    QPushButton,
    QTableWidget,
    QVBoxLayout,
    QWidget,
)

from merchant_desk.ui.scanner.hub import ScannerHub
from merchant_desk.ui.scanner.settings import ScannerSettings


def tell(**facts: Any) -> None:
    """Write one fact."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


class Stamps(QObject):
    """Notes when keys were pressed, by the window system's clock."""

    def __init__(self) -> None:
        super().__init__()
        self.noted: list[int] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # The question before a press: the press itself does not come where a shortcut takes it.
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(watched, QWindow):
            assert isinstance(event, QKeyEvent)
            self.noted.append(event.timestamp())
        return False


class Station(QWidget):
    """The window."""

    def __init__(self) -> None:
        super().__init__()
        self.stamps = Stamps()
        self.edit = QLineEdit()
        self.table = QTableWidget(3, 2)
        self.button = QPushButton("OK")
        self.combo = QComboBox()
        self.combo.addItems(["1 a", "6 b", "9 c"])
        self.dialog = QDialog(self)
        self.field = QLineEdit(self.dialog)
        self.dialog.setModal(True)
        layout = QVBoxLayout(self)
        for widget in (self.edit, self.table, self.button, self.combo):
            layout.addWidget(widget)
        self.button.clicked.connect(lambda: tell(clicked=True))
        QShortcut(QKeySequence("Ctrl+S"), self).activated.connect(lambda: tell(saved=self.edit.text()))

    def obey(self, command: str) -> None:
        """Do what a test asks, and say when it is done."""
        verb, _, rest = command.strip().partition(" ")
        match verb:
            case "text":
                tell(text=self.edit.text(), field=self.field.text(), chosen=self.combo.currentIndex())
                return
            case "stamps":
                tell(stamps=self.stamps.noted)
                self.stamps.noted = []
                return
            case "clear":
                self.edit.clear()
                self.field.clear()
                self.combo.hidePopup()
                self.combo.setCurrentIndex(0)
            case "focus":
                focused = QApplication.focusWidget()
                if rest != "none":
                    getattr(self, rest).setFocus()
                elif focused is not None:
                    focused.clearFocus()
            case "modal":
                self.dialog.open()
                self.field.setFocus()
            case "popup":
                self.combo.showPopup()
            case "busy":
                QTimer.singleShot(20, self, lambda: time.sleep(int(rest) / 1000))
            case "quit":
                QApplication.quit()
        tell(done=verb)


def main() -> None:
    """Open the station and run until `quit`."""
    wanted = json.loads(sys.argv[1])
    app = QApplication(sys.argv[:1])
    station = Station()
    if wanted.get("hub", True):
        hub = ScannerHub(
            app, ScannerSettings(prefix=wanted.get("prefix", ""), suffix=wanted.get("suffix", ""))
        )
        hub.scanned.connect(lambda scan: tell(scan=scan.text))
        hub.rejected.connect(lambda one: tell(rejected=one.reason.value, raw=one.raw.decode("latin-1")))
    # Installed last, it is asked first: it sees what the capture takes away.
    app.installEventFilter(station.stamps)
    station.edit.setFocus()
    station.show()
    station.activateWindow()
    notifier = QSocketNotifier(sys.stdin.fileno(), QSocketNotifier.Type.Read)
    notifier.activated.connect(lambda: station.obey(sys.stdin.readline() or "quit"))
    ready = QTimer(interval=20)

    def greet() -> None:
        if station.isActiveWindow():
            ready.stop()
            tell(ready=app.platformName())

    ready.timeout.connect(greet)
    ready.start()
    app.exec()


if __name__ == "__main__":
    main()
