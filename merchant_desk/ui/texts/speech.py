"""Texts and figures in one language, without Qt: what the window's `Language` and the command line share."""

from collections.abc import Callable
from datetime import UTC, date, tzinfo
from string import Formatter
from typing import Any

from merchant_desk.domain.wording import BETWEEN, counted_as
from merchant_desk.ui.texts import formats
from merchant_desk.ui.texts.catalogue import LanguageCode, Plural, Texts, catalogue


class Speech:
    """Writes texts by key and figures from exact integers, in a language, a zone and the books' currency."""

    _code: LanguageCode
    _zone: tzinfo
    _currency: str
    _texts: Texts

    @property
    def code(self) -> LanguageCode:
        """The language in force."""
        return self._code

    @property
    def zone(self) -> tzinfo:
        """The zone that times are shown in: the outlet's."""
        return self._zone

    @property
    def currency(self) -> str:
        """The currency of the books (ISO 4217), which says how many decimals an amount has; "" for none."""
        return self._currency

    @property
    def texts(self) -> Texts:
        """The catalogue."""
        return self._texts

    def knows(self, key: str) -> bool:
        """Whether the catalogue has this key."""
        return key in self.texts

    def text(self, key: str, **facts: object) -> str:
        """Return a text with its facts filled in.

        Integers are written with thousands separators; a text may name another form: `{q:quantity}` 10^-6
        base units, `{a:money}` minor units, `{p:price}` 10^-6 of the major unit, `{t:moment}` and `{t:day}`
        microseconds UTC, `{s:span}` microseconds, `{w:word}`, `{r:right}`, `{o:operation}` and
        `{a:resolution}` a name of the catalogue (`word.<value>` and so on), `{d:date}` a day as yyyymmdd,
        `{r:rate}` parts per million as per cent, `{n:row|rows}` the number with what it counts.

        Raises:
            KeyError: no such key, or a fact is missing.
        """
        chinese, english = self.texts[key]
        text = chinese if self.code is LanguageCode.CHINESE else english
        if isinstance(text, Plural):
            text = text.one if facts[text.count] == text.single else text.many
        return Facts(self).vformat(text, (), facts) if facts else text

    def word(self, value: object, names: str = "word") -> str:
        """Return the name of a state, role or kind (`<names>.<value>`); an unknown one as it is."""
        key = f"{names}.{value}"
        return self.text(key) if self.knows(key) else str(value)

    def number(self, value: int) -> str:
        """Write a whole number: 1,048,211."""
        return formats.grouped(value)

    def quantity(self, value: int, unit: str = "") -> str:
        """Write a quantity given in 10^-6 base units, with its unit if given: 1.5 kg, 12 瓶."""
        return f"{formats.quantity(value)} {unit}" if unit else formats.quantity(value)

    def money(self, amount: int, *, named: bool = False) -> str:
        """Write an amount of the books given in minor units: 38,462.50, or `named` ¥ 38,462.50."""
        return formats.money(amount, self.currency, named=named)

    def unit_price(self, price: int, *, named: bool = False) -> str:
        """Write a unit price given in 10^-6 of the major unit: 3.125, or `named` ¥ 3.125."""
        return formats.unit_price(price, self.currency, named=named)

    def day(self, value: int | date) -> str:
        """Write a day, 2026-11-21, from microseconds UTC (in the outlet's zone) or from a date."""
        return formats.iso_day(value, self.zone)

    def weekday(self, value: int | date) -> str:
        """Write a day of the week, 周六 / Sat, from microseconds UTC or from a date."""
        day = value if isinstance(value, date) else formats.moment(value, self.zone)
        return formats.WEEKDAYS[self.code][day.weekday()]

    def clock(self, at: int, *, seconds: bool = False) -> str:
        """Write a time of day, 17:32 or 17:32:08, from microseconds UTC."""
        return formats.moment(at, self.zone).strftime("%H:%M:%S" if seconds else "%H:%M")

    def moment(self, at: int, now: int | None = None) -> str:
        """Write a moment, 2026-11-21 17:32, without what it shares with `now`: 11-21 17:32, or 17:32.

        Microseconds UTC.
        """
        day = self.day(at)
        if now is not None and day == self.day(now):
            return self.clock(at)
        if now is not None and day[:4] == self.day(now)[:4]:
            day = day[5:]
        return f"{day} {self.clock(at)}"

    def span(self, length: int) -> str:
        """Write a span of microseconds: 2 小时 14 分 / 2 h 14 min."""
        return formats.span(length, self.code)

    def ago(self, at: int, now: int) -> str:
        """Write how long before `now` something was: 刚刚, 5 分钟前. Microseconds UTC."""
        return formats.ago(now - at, self.code)


NAMES = frozenset({"word", "right", "operation", "resolution"})
"""Forms that are names out of the catalogue."""

FORMS = NAMES | {"quantity", "money", "price", "moment", "day", "span", "date", "rate"}
"""Names that may stand after the colon of a placeholder."""


class Facts(Formatter):
    """Writes the facts of a text as people of its language write them."""

    def __init__(self, speech: Speech) -> None:
        self._speech = speech

    def format_field(self, value: Any, format_spec: str) -> str:
        """Write one fact in the form that the text asks for."""
        whole = isinstance(value, int) and not isinstance(value, bool)
        if format_spec in NAMES:
            return self._speech.word(value, format_spec)
        if format_spec in FORMS:
            return self._write(value, format_spec) if whole else str(value)
        if BETWEEN in format_spec:
            return counted_as(value, format_spec)
        if whole and not format_spec:
            return self._speech.number(value)
        return str(super().format_field(value, format_spec))

    def _write(self, value: int, form: str) -> str:
        speech = self._speech
        forms: dict[str, Callable[[int], str]] = {
            "quantity": speech.quantity,
            "money": speech.money,
            "price": speech.unit_price,
            "moment": speech.moment,
            "day": speech.day,
            "span": speech.span,
            "date": formats.calendar_day,
            "rate": formats.rate,
        }
        return forms[form](value)


class FixedSpeech(Speech):
    """One language for good: for the command line, scripts and reports."""

    def __init__(
        self, code: LanguageCode = LanguageCode.CHINESE, zone: tzinfo = UTC, currency: str = ""
    ) -> None:
        self._code = code
        self._zone = zone
        self._currency = currency
        self._texts = catalogue()
