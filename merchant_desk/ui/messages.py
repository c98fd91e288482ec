"""The language in force: texts by key, facts written as people of that language write them, switched live."""

from collections.abc import Callable
from datetime import UTC, date, tzinfo
from string import Formatter
from typing import Any

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QObject, QTranslator, Signal

from merchant_desk.ui.texts import formats
from merchant_desk.ui.texts.catalogue import LanguageCode, Plural, Texts, catalogue


class Facts(Formatter):
    """Writes whole numbers with thousands separators; what is text already stays as it is."""

    def format_field(self, value: Any, format_spec: str) -> str:
        """Write one fact."""
        if isinstance(value, int) and not isinstance(value, bool) and not format_spec:
            return formats.grouped(value)
        return str(super().format_field(value, format_spec))


class Language(QObject):
    """One window's language and time zone.

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
        self._app = app
        self._translator = QTranslator(self)
        self._facts = Facts()
        self._code = code
        self._speak_qt()

    @property
    def code(self) -> LanguageCode:
        """The language in force."""
        return self._code

    @property
    def zone(self) -> tzinfo:
        """The zone that times are shown in: the outlet's."""
        return self._zone

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

    def follow(self, owner: QObject, write: Callable[[], None]) -> None:
        """Call `write` now and after every switch for as long as `owner` lives."""
        write()
        relay = _Relay(owner, write)
        self.changed.connect(relay.call)

    def knows(self, key: str) -> bool:
        """Whether the catalogue has this key."""
        return key in self._texts

    def text(self, key: str, **facts: object) -> str:
        """Return a text with its facts filled in; integers are written with thousands separators.

        Raises:
            KeyError: no such key, or a fact is missing.
        """
        chinese, english = self._texts[key]
        text = chinese if self._code is LanguageCode.CHINESE else english
        if isinstance(text, Plural):
            text = text.one if facts[text.count] == 1 else text.many
        return self._facts.vformat(text, (), facts) if facts else text

    def number(self, value: int) -> str:
        """Write a whole number: 1,048,211."""
        return formats.grouped(value)

    def quantity(self, value: int, unit: str = "") -> str:
        """Write a quantity given in 10^-6 base units, with its unit if given: 1.5 kg, 12 瓶."""
        return f"{formats.quantity(value)} {unit}" if unit else formats.quantity(value)

    def money(self, amount: int, currency: str = "") -> str:
        """Write an amount given in minor units: ¥ 38,462.50."""
        return formats.money(amount, currency)

    def unit_price(self, price: int, currency: str = "") -> str:
        """Write a unit price given in 10^-6 of the major unit: ¥ 3.125."""
        return formats.unit_price(price, currency)

    def day(self, value: int | date) -> str:
        """Write a day, 2026-11-21, from microseconds UTC (in the outlet's zone) or from a date."""
        return formats.iso_day(value, self._zone)

    def weekday(self, value: int | date) -> str:
        """Write a day of the week, 周六 / Sat, from microseconds UTC or from a date."""
        day = value if isinstance(value, date) else formats.moment(value, self._zone)
        return formats.WEEKDAYS[self._code][day.weekday()]

    def clock(self, at: int, *, seconds: bool = False) -> str:
        """Write a time of day, 17:32 or 17:32:08, from microseconds UTC."""
        return formats.moment(at, self._zone).strftime("%H:%M:%S" if seconds else "%H:%M")

    def moment(self, at: int, now: int | None = None) -> str:
        """Write a moment, 2026-11-21 17:32; given `now` of the same day, only 17:32. Microseconds UTC."""
        if now is not None and self.day(at) == self.day(now):
            return self.clock(at)
        return f"{self.day(at)} {self.clock(at)}"

    def span(self, length: int) -> str:
        """Write a span of microseconds: 2 小时 14 分 / 2 h 14 min."""
        return formats.span(length, self._code)

    def ago(self, at: int, now: int) -> str:
        """Write how long before `now` something was: 刚刚, 5 分钟前. Microseconds UTC."""
        return formats.ago(now - at, self._code)

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
