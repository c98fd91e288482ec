"""The line that tells what is under way: words, a bar, and a way to stop it."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space
from merchant_desk.ui.widgets.buttons import ActionButton
from merchant_desk.ui.widgets.labels import label

BAR_WIDTH = 220


class JobStrip(QWidget):
    """Shows one job at a time; without a job it takes no room."""

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._say: Callable[[], str] = str
        self._cancel: Callable[[], None] | None = None
        self._words = label("", "second")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(BAR_WIDTH)
        self.stop = ActionButton(look)
        self.stop.clicked.connect(self._stop)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(Space.MEDIUM)
        row.addWidget(self._bar)
        row.addWidget(self._words, 1)
        row.addWidget(self.stop)
        self.hide()
        look.language.follow(self, self._write)

    @property
    def busy(self) -> bool:
        """Whether a job is shown."""
        return not self.isHidden()

    def begin(self, say: Callable[[], str], cancel: Callable[[], None] | None = None) -> None:
        """Show a job by what `say` returns; with `cancel` there is a button that calls it once."""
        self._say, self._cancel = say, cancel
        self._bar.setRange(0, 0)
        self.stop.setVisible(cancel is not None)
        self.stop.setEnabled(True)
        self._write()
        self.show()

    def show_progress(self, done: int, total: int) -> None:
        """Tell how far it is; total 0 means unknown."""
        self._bar.setRange(0, total)
        self._bar.setValue(done)

    def finish(self) -> None:
        """Take the line away."""
        self._bar.setRange(0, 1)
        self._cancel = None
        self.hide()

    def _stop(self) -> None:
        cancel, self._cancel = self._cancel, None
        self.stop.setEnabled(False)
        self.stop.setText(self._look.text("busy.cancelling"))
        if cancel is not None:
            cancel()

    def _write(self) -> None:
        self._words.setText(self._say())
        self.stop.setText(self._look.text("busy.cancel"))
