"""Long work in the window: what is being done, how far it is, and a way to stop it."""

from collections.abc import Callable

from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from merchant_desk.ui.theme.look import Look
from merchant_desk.ui.theme.tokens import Space
from merchant_desk.ui.widgets.buttons import ActionButton
from merchant_desk.ui.widgets.labels import label
from merchant_desk.ui.widgets.overlay import Overlay


class BusyOverlay(Overlay):
    """Covers a screen (or the window) while work is under way; `finish` takes it away."""

    def __init__(self, look: Look, host: QWidget) -> None:
        super().__init__(look, host, width=420, dismissable=False)
        self._cancel: Callable[[], None] | None = None
        self._title = label("", "strong", wrap=True)
        self._steps = label("", "small")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._button = ActionButton(look)
        self._button.clicked.connect(self._stop)
        inner = QVBoxLayout()
        inner.setContentsMargins(Space.PAGE, Space.LARGE, Space.PAGE, Space.LARGE)
        inner.setSpacing(Space.MEDIUM)
        inner.addWidget(self._title)
        inner.addWidget(self._bar)
        foot = QHBoxLayout()
        foot.addWidget(self._steps, 1)
        foot.addWidget(self._button)
        inner.addLayout(foot)
        self.column.addLayout(inner)

    def begin(self, title: str, cancel: Callable[[], None] | None = None) -> None:
        """Cover the host; with `cancel` there is a button that calls it once."""
        self._cancel = cancel
        self._title.setText(title)
        self._steps.setText("")
        self._bar.setRange(0, 0)
        self._button.setText(self._look.text("busy.cancel"))
        self._button.setEnabled(True)
        self._button.setVisible(cancel is not None)
        self.open(self._button if cancel is not None else None)

    def show_progress(self, done: int, total: int) -> None:
        """Tell how far it is; total 0 means unknown."""
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        self._steps.setText(self._look.text("busy.of", done=done, total=total) if total else "")

    def tell(self, said: str) -> None:
        """Say how far it is in words, where nobody knows how much there is."""
        self._steps.setText(said)

    def finish(self) -> None:
        """Uncover the host."""
        self._bar.setRange(0, 1)
        self.close_sheet()

    def _stop(self) -> None:
        cancel, self._cancel = self._cancel, None
        self._button.setEnabled(False)
        self._button.setText(self._look.text("busy.cancelling"))
        if cancel is not None:
            cancel()
