"""The language in force in a window, switched live. The texts themselves are in `ui/texts/`."""

from collections.abc import Callable
from datetime import UTC, tzinfo

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator, Signal

from merchant_desk.ui.texts.catalogue import LanguageCode, Texts, catalogue
from merchant_desk.ui.texts.speech import Speech


class Language(QObject, Speech):
    """One window's language, zone and currency of the books; `text`, `money` and the rest are `Speech`'s.

    `changed` tells a switch; `follow` is the short way for a widget to keep its texts right.
    """

    changed = Signal()

    def __init__(
        self,
        code: LanguageCode = LanguageCode.CHINESE,
        zone: tzinfo = UTC,
        texts: Texts | None = None,
        app: QCoreApplication | None = None,
    ) -> None:
        super().__init__()
        self._texts = catalogue() if texts is None else texts
        self._zone = zone
        self._currency = ""
        self._app = app
        self._translator = QTranslator(self)
        self._code = code
        self._speak_qt()

    def switch(self, code: LanguageCode) -> None:
        """Speak another language, at once and everywhere."""
        if code is self._code:
            return
        self._code = code
        self._speak_qt()
        self.changed.emit()

    def toggle(self) -> None:
        """Go from Chinese to English or back."""
        chinese = self._code is LanguageCode.CHINESE
        self.switch(LanguageCode.ENGLISH if chinese else LanguageCode.CHINESE)

    def move(self, zone: tzinfo) -> None:
        """Show times in another zone (the person changed outlet)."""
        self._zone = zone
        self.changed.emit()

    def keep_books(self, currency: str) -> None:
        """Write amounts with the decimals of another currency (ISO 4217), at once and everywhere."""
        if currency != self._currency:
            self._currency = currency
            self.changed.emit()

    def follow(self, owner: QObject, write: Callable[[], None]) -> None:
        """Call `write` now and after every switch for as long as `owner` lives."""
        write()
        relay = _Relay(owner, write)
        self.changed.connect(relay.call)

    def leave(self) -> None:
        """Take Qt's own texts back: the window of this language is gone, and another may speak."""
        if self._app is not None:
            self._app.removeTranslator(self._translator)

    def _speak_qt(self) -> None:
        """Let Qt's own dialogs speak the same language, where Qt ships it."""
        QLocale.setDefault(QLocale(str(self._code)))
        if self._app is None:
            return
        self._app.removeTranslator(self._translator)
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        if self._translator.load(f"qtbase_{self._code}", folder):
            self._app.installTranslator(self._translator)


class _Relay(QObject):
    """Lives and dies with its owner, so that no text is written to a widget that is gone."""

    def __init__(self, owner: QObject, write: Callable[[], None]) -> None:
        super().__init__(owner)
        self._write = write

    def call(self) -> None:
        self._write()
