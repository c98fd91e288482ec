"""Has every setting a name, an explanation and words for what can be chosen, zh and en, and a reader?"""

import ast
import re
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

import merchant_desk
from merchant_desk.domain import settings_known
from merchant_desk.domain.printers import LABEL, Printer, Reach
from merchant_desk.domain.setting_kinds import Choice, Several, Whole
from merchant_desk.domain.settings import Level, Setting
from merchant_desk.domain.settings_known import KNOWN
from merchant_desk.ui.texts.catalogue import LanguageCode, catalogue
from merchant_desk.ui.texts.setting_words import (
    found_by,
    group_name,
    setting_name,
    setting_why,
    stored_words,
    value_words,
)
from merchant_desk.ui.texts.speech import FixedSpeech

SPEECHES = tuple(FixedSpeech(code) for code in LanguageCode)
PRODUCT = Path(merchant_desk.__path__[0])


@pytest.mark.parametrize("key", sorted(KNOWN))
def test_a_setting_is_told_whole_in_both_languages(key: str) -> None:
    setting = KNOWN[key]
    for speech in SPEECHES:
        said = [setting_name(setting, speech), setting_why(setting, speech), group_name(setting, speech)]
        assert all(part.strip() for part in said)
        assert value_words(setting, setting.default, speech).strip()
        assert stored_words(setting, setting.kind.stored(setting.default), speech) == value_words(
            setting, setting.default, speech
        )
        for level in Level:
            assert speech.knows(f"settings.level.{level}")
        assert found_by(setting, f"{setting_name(setting, speech)} {group_name(setting, speech)}")
    kind = setting.kind
    if isinstance(kind, Choice | Several):
        assert [one for one in kind.options if f"{kind.names}.{one}" not in catalogue()] == []
    if isinstance(kind, Whole) and kind.unit:
        assert f"measure.{kind.unit}" in catalogue()


def test_no_text_is_about_a_setting_that_is_none() -> None:
    told = {
        key.removeprefix("setting.").removesuffix(".why") for key in catalogue() if key.startswith("setting.")
    }
    assert told == set(KNOWN)
    groups = {key.removeprefix("settings.group.") for key in catalogue() if key.startswith("settings.group.")}
    assert groups == {setting.group for setting in KNOWN.values()}


def declared() -> dict[str, list[Setting[Any]]]:
    """Return the names under which settings, or families of them, are declared, with those settings."""
    found: dict[str, list[Setting[Any]]] = {}
    for name, value in vars(settings_known).items():
        several = list(value.values()) if isinstance(value, MappingProxyType) else [value]
        if name.isupper() and name != "KNOWN" and all(isinstance(one, Setting) for one in several):
            found[name] = several
    return found


def test_every_setting_is_declared_under_a_name_that_something_reads() -> None:
    names = declared()
    assert {one.key for several in names.values() for one in several} == set(KNOWN)
    own = ast.parse((PRODUCT / "domain" / "settings_known.py").read_text("utf-8"))
    functions = [ast.unparse(node) for node in own.body if isinstance(node, ast.FunctionDef)]
    others = [path for path in PRODUCT.rglob("*.py") if path.name != "settings_known.py"]
    imports = re.compile(r"(?m)^(from .* )?import .*(\(\n[^)]*\))?$")
    sources = [*functions, *(imports.sub("", path.read_text("utf-8")) for path in others)]
    text = "\n".join(sources)
    assert [name for name in names if not re.search(rf"\b{name}\b", text)] == []


@pytest.mark.parametrize("speech", SPEECHES, ids=lambda speech: speech.code)
def test_printers_are_told_by_their_names(speech: FixedSpeech) -> None:
    named = tuple(Printer(name, Reach.ZPL, f"10.0.0.{n}:9100", LABEL).written for n, name in enumerate("AB"))
    between = "、" if speech.code is LanguageCode.CHINESE else ", "
    assert value_words(settings_known.PRINTERS, named, speech) == f"A{between}B"
