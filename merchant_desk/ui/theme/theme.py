"""The theme in force: applies tokens to the program and switches between light and dark while it runs."""

from pathlib import Path

import structlog
from PySide6.QtCore import QObject, Qt, QTemporaryDir, Signal
from PySide6.QtWidgets import QApplication

from merchant_desk.ui.theme.fonts import font
from merchant_desk.ui.theme.palette import palette
from merchant_desk.ui.theme.qss import no_drawings, style_sheet, write_drawings
from merchant_desk.ui.theme.tokens import COLOURS, Colours, Scheme

log = structlog.get_logger()


class Theme(QObject):
    """Fusion, our palette and our style sheet on one application.

    Widgets that draw themselves read `colours` when they paint; a switch repaints them all. Whoever
    keeps coloured pixmaps or charts connects to `changed`.
    """

    changed = Signal()

    def __init__(self, app: QApplication, scheme: Scheme = Scheme.LIGHT) -> None:
        super().__init__(app)
        self._app = app
        self._folder = QTemporaryDir()
        app.setStyle("Fusion")
        app.setFont(font())
        self._scheme = scheme
        self._apply()

    @property
    def scheme(self) -> Scheme:
        """The scheme in force."""
        return self._scheme

    @property
    def colours(self) -> Colours:
        """The colours in force."""
        return COLOURS[self._scheme]

    def system_scheme(self) -> Scheme:
        """Return what the system asks for; light where it does not say."""
        dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        return Scheme.DARK if dark else Scheme.LIGHT

    def switch(self, scheme: Scheme) -> None:
        """Show everything in another scheme, at once."""
        if scheme is self._scheme:
            return
        self._scheme = scheme
        self._apply()
        self.changed.emit()

    def toggle(self) -> None:
        """Go from light to dark or back."""
        self.switch(Scheme.LIGHT if self._scheme is Scheme.DARK else Scheme.DARK)

    def _apply(self) -> None:
        drawings = self._drawings()
        # Taking the old sheet off first makes the new one three to five times as quick to put on.
        self._app.setStyleSheet("")
        self._app.setPalette(palette(self.colours))
        self._app.setStyleSheet(style_sheet(self.colours, drawings))

    def _drawings(self) -> dict[str, str]:
        """Write the style sheet's icons; where nothing can be written (a full disk), boxes have no ticks."""
        if self._folder.isValid():  # else its path is "", which is wherever the program was started
            try:
                return write_drawings(self.colours, Path(self._folder.path()))
            except OSError as error:
                log.warning("icons_not_written", error=type(error).__name__)
        return no_drawings()
