"""Settings in words, and found by them: for the window, the command line and paper."""

from typing import Any

from merchant_desk.domain.printers import read_printer
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.searching import folded
from merchant_desk.domain.setting_kinds import Choice, Several, Switch, Value, Whole
from merchant_desk.domain.settings import Setting
from merchant_desk.domain.settings_known import PRINTERS
from merchant_desk.ui.texts.catalogue import LanguageCode, Texts
from merchant_desk.ui.texts.speech import FixedSpeech, Speech

TEXTS: Texts = {
    "settings.on": ("开", "On"),
    "settings.off": ("关", "Off"),
    "settings.empty": ("（空）", "(empty)"),
    "settings.undecided": ("未设置", "undecided"),
    "settings.level.default": ("默认", "Default"),
    "settings.level.merchant": ("商户", "Merchant"),
    "settings.level.outlet": ("门店", "Outlet"),
    "settings.level.desk": ("本工作台", "This desk"),
    "settings.level.person": ("我自己", "Myself"),
}


def setting_name(setting: Setting[Any], speech: Speech) -> str:
    """Return what a setting is called."""
    return speech.text(f"setting.{setting.key}")


def setting_why(setting: Setting[Any], speech: Speech) -> str:
    """Return what it is for."""
    return speech.text(f"setting.{setting.key}.why")


def group_name(setting: Setting[Any], speech: Speech) -> str:
    """Return what it belongs to."""
    return speech.text(f"settings.group.{setting.group}")


def value_words(setting: Setting[Any], value: Value, speech: Speech) -> str:
    """Return a value of a setting as people of a language write it."""
    kind = setting.kind
    if isinstance(kind, Switch):
        return speech.text("settings.on" if value else "settings.off")
    if isinstance(kind, Choice):
        return speech.word(value, kind.names)
    if isinstance(kind, Several) and isinstance(value, tuple):
        return _listed([speech.word(one, kind.names) for one in value], speech)
    if setting.key == PRINTERS.key and isinstance(value, tuple):
        return _listed([read_printer(one).name for one in value], speech)
    if isinstance(kind, Whole) and kind.unit:
        return speech.text(f"measure.{kind.unit}", n=value)
    return kind.written(value) or speech.text("settings.empty")


def _listed(words: list[str], speech: Speech) -> str:
    between = "、" if speech.code is LanguageCode.CHINESE else ", "
    return between.join(words) or speech.text("settings.empty")


def stored_words(setting: Setting[Any], stored: str, speech: Speech) -> str:
    """Return a value as it was kept, in words; "undecided" for none, what is no value as it is."""
    if not stored:
        return speech.text("settings.undecided")
    try:
        return value_words(setting, setting.kind.restored(stored), speech)
    except Refusal:
        return stored


def found_by(setting: Setting[Any], typed: str) -> bool:
    """Tell whether every typed word is in a setting's name, explanation, group or key, in either language."""
    said = [setting.key]
    for code in LanguageCode:
        speech = FixedSpeech(code)
        said += [part(setting, speech) for part in (setting_name, setting_why, group_name)]
    text = folded("\n".join(said))
    return all(word in text for word in folded(typed).split())
