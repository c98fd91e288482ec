"""`merchant-desk settings`: what counts at this desk and where it comes from; deciding it."""

import argparse
import json
from contextlib import suppress
from typing import Any

from merchant_desk.cli.desk_options import acts_of, opened_desk, sign_in
from merchant_desk.cli.words import SettingWords, setting_words
from merchant_desk.desk import Desk
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.settings import Level, Setting
from merchant_desk.domain.settings_known import KNOWN, setting_of
from merchant_desk.models.faults import Fault
from merchant_desk.sync.settings import Standing


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    act = acts_of(parser)

    listing = act("list", "every setting, and where it comes from / 全部设置及来源")
    listing.add_argument("words", nargs="*", metavar="WORD", help="only those with these words / 查找")
    listing.add_argument(
        "--differing", action="store_true", help="only those not as by default / 只列与默认不同的"
    )
    one = act("get", "one setting, and who changed it when / 一项设置及更改记录")
    one.add_argument("key", metavar="KEY", help="as `list` shows it / 代号，见 list")
    change = act("set", "decide a setting / 更改设置")
    change.add_argument("key", metavar="KEY", help="as `list` shows it / 代号，见 list")
    change.add_argument("value", nargs="?", metavar="VALUE", help="the new value / 新的值")
    change.add_argument("--default", action="store_true", help="take the decision back / 取消此设置")
    change.add_argument(
        "--level",
        choices=tuple(Level),
        help="whose setting it is (default: the narrowest that all share) / 层级",
    )


def run(options: argparse.Namespace) -> int:
    """Do one of them.

    Raises:
        Refusal: it may not be decided like that; nothing was.
    """
    with opened_desk(options) as desk:
        if options.act == "set" or options.login:
            sign_in(desk, options)
        person = desk.signed_in
        if options.act == "set":
            _set(desk, options)
        standing = desk.settings.standing(person.id if person is not None else None)
        if options.act == "list":
            _list(standing, options)
        else:
            _one(desk, standing, setting_of(options.key), as_json=options.json)
    return 0


def _set(desk: Desk, options: argparse.Namespace) -> None:
    setting = setting_of(options.key)
    if (options.value is None) is not options.default:
        raise Refusal("setting_value_missing", setting=setting.key)
    shared = [level for level in setting.levels if level is not Level.PERSON]
    level = Level(options.level) if options.level else shared[-1]
    value = None if options.default else setting.kind.read(options.value)
    desk.settings.decide(setting, level, value, desk.person.id)
    if level is not Level.DESK:
        with suppress(Fault):  # it is saved here, and goes with the next sync
            desk.sync()


def _list(standing: Standing, options: argparse.Namespace) -> None:
    typed = " ".join(options.words)
    found = []
    for setting in KNOWN.values():
        words = setting_words(setting, standing.decisions)
        differs = standing.decisions.value(setting) != setting.default
        if words.found_by(typed) and (differs or not options.differing):
            found.append((setting, words))
    if options.json:
        print(json.dumps([_told(standing, *one) for one in found], ensure_ascii=False))
        return
    group = ""
    for setting, words in found:
        if setting.group != group:
            group = setting.group
            print(f"\n{words.group[0]} / {words.group[1]}")
        print(
            f"  {setting.key:<34} {_value(standing, setting)}  [{_level(standing, setting)}]  {words.name[0]}"
        )


def _one(desk: Desk, standing: Standing, setting: Setting[Any], *, as_json: bool) -> None:
    words = setting_words(setting, standing.decisions)
    person = desk.signed_in
    changes = desk.settings.changes(setting.key, person.id if person is not None else None)
    if as_json:
        told = _told(standing, setting, words)
        past = [
            {name: getattr(one, name) for name in ("level", "was", "value", "set_at", "person", "desk")}
            for one in changes
        ]
        print(json.dumps({**told, "changes": past, "waiting": desk.status.waiting}, ensure_ascii=False))
        return
    print(f"{setting.key} = {_value(standing, setting)}  [{_level(standing, setting)}]")
    for name, why in zip(words.name, words.why, strict=True):
        print(f"  {name}: {why}")
    for change in changes:
        print(
            f"  {change.level}: {change.was or '-'} -> {change.value or '-'}  {change.person} {change.desk}"
        )


def _told(standing: Standing, setting: Setting[Any], words: SettingWords) -> dict[str, Any]:
    decisions, last = standing.decisions, standing.last(setting)
    return {
        "key": setting.key,
        "value": decisions.value(setting),
        "level": _level(standing, setting),
        "default": setting.default,
        "levels": {
            level: decisions.at(setting, level)
            for level in setting.levels
            if (setting.key, level) in decisions.values
        },
        "set_at": last.set_at if last is not None else None,
        "zh": {"group": words.group[0], "name": words.name[0], "value": words.value[0], "why": words.why[0]},
        "en": {"group": words.group[1], "name": words.name[1], "value": words.value[1], "why": words.why[1]},
    }


def _value(standing: Standing, setting: Setting[Any]) -> str:
    return setting.kind.written(standing.decisions.value(setting)) or '""'


def _level(standing: Standing, setting: Setting[Any]) -> str:
    return standing.decisions.level(setting) or "default"
