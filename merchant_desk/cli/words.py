"""Words of the window for people at a terminal, in both languages: what went wrong, settings, stations."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from merchant_desk.domain.printers import Printer
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.settings import Decisions, Setting
from merchant_desk.models.faults import Fault, file_fault
from merchant_desk.printing.outcomes import Report


def sentences(error: Fault | Refusal | OSError) -> tuple[str, str]:
    """Return what to say, in Chinese and in English; an OSError is about the file that it names."""
    if isinstance(error, OSError):
        error = file_fault(error, Path(str(error.filename or "?")))
    if isinstance(error, Fault):
        return error.sentence("zh_CN"), error.sentence("en")
    from merchant_desk.ui.texts.catalogue import LanguageCode
    from merchant_desk.ui.texts.errors import describe
    from merchant_desk.ui.texts.speech import FixedSpeech

    zh, en = (FixedSpeech(code) for code in (LanguageCode.CHINESE, LanguageCode.ENGLISH))
    return describe(error, zh), describe(error, en)


def sentence(error: Fault | Refusal | OSError) -> str:
    """Return the same in one line: Chinese, then English."""
    return " / ".join(sentences(error))


def station_caption(station: str, number: str, code: str) -> str:
    """Say what a picture of a station shows: station, document, and a result's code or a text's key."""
    from merchant_desk.ui.texts.catalogue import LanguageCode
    from merchant_desk.ui.texts.speech import FixedSpeech

    captions = []
    for language, colon in ((LanguageCode.CHINESE, "："), (LanguageCode.ENGLISH, ": ")):
        speech = FixedSpeech(language)
        keys = (key for key in (f"check.{code}", f"chip.{code}", code) if speech.knows(key))
        known = next(keys, None)
        said = f"{colon}{speech.text(known)}" if known else ""
        captions.append(f"{speech.text(f'station.{station}')} {number}{said}")
    return " / ".join(captions)


Pair = tuple[str, str]
"""Chinese and English."""


@dataclass(frozen=True, slots=True)
class SettingWords:
    """A setting as people read it; `found_by` tells whether every typed word is somewhere in it."""

    group: Pair
    name: Pair
    why: Pair
    value: Pair
    found_by: Callable[[str], bool]


def setting_words(setting: Setting[Any], decisions: Decisions) -> SettingWords:
    """Return a setting in words, with the value that counts."""
    from merchant_desk.ui.texts import setting_words as words
    from merchant_desk.ui.texts.catalogue import LanguageCode
    from merchant_desk.ui.texts.speech import FixedSpeech, Speech

    def both(say: Callable[[Speech], str]) -> Pair:
        return say(FixedSpeech(LanguageCode.CHINESE)), say(FixedSpeech(LanguageCode.ENGLISH))

    return SettingWords(
        both(lambda speech: words.group_name(setting, speech)),
        both(lambda speech: words.setting_name(setting, speech)),
        both(lambda speech: words.setting_why(setting, speech)),
        both(lambda speech: words.value_words(setting, decisions.value(setting), speech)),
        lambda typed: words.found_by(setting, typed),
    )


def window_words(key: str) -> Pair:
    """Return a text of the window that shows no facts."""
    from merchant_desk.ui.texts.catalogue import LanguageCode
    from merchant_desk.ui.texts.speech import FixedSpeech

    return FixedSpeech(LanguageCode.CHINESE).text(key), FixedSpeech(LanguageCode.ENGLISH).text(key)


def printer_words(printer: Printer, report: Report | None = None) -> Pair:
    """Return a printer in words, or what became of its test page."""
    from merchant_desk.ui.texts import printing
    from merchant_desk.ui.texts.catalogue import LanguageCode
    from merchant_desk.ui.texts.speech import FixedSpeech

    def said(code: LanguageCode) -> str:
        speech = FixedSpeech(code)
        if report is not None:
            return printing.report_words(report, printer, speech.text("printing.test_title"), speech)
        paper, uses = printing.paper_words(printer.paper, speech), printing.purposes_words(printer, speech)
        return f"{speech.text(f'printer.reach.{printer.reach}')} · {paper} · {uses}"

    return said(LanguageCode.CHINESE), said(LanguageCode.ENGLISH)
