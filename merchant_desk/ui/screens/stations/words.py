"""Scans in words: what the panel, the history and the chips say of a result. No widgets."""

from collections.abc import Mapping, Sequence
from typing import Any

from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.codes import visible
from merchant_desk.domain.house_codes import command
from merchant_desk.domain.scan_checks import days_between
from merchant_desk.models.queries.reversals import Reversed
from merchant_desk.stations.journal import HELD, PackCount
from merchant_desk.stations.outcomes import HistoryLine
from merchant_desk.stations.scans import Ask, LotBy, Situation, Tone
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.texts.formats import calendar_day, quantity
from merchant_desk.ui.texts.refusals import sentence
from merchant_desk.ui.texts.speech import Speech
from merchant_desk.ui.theme.tokens import Tone as Colour
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.last_scan import LastScan, RunningCount, ScanState

COLOURS = {Tone.ACCEPTED: Colour.OK, Tone.ATTENTION: Colour.WARNING, Tone.REFUSED: Colour.REFUSED}
STATES = {
    Tone.ACCEPTED: ScanState.ACCEPTED,
    Tone.ATTENTION: ScanState.ATTENTION,
    Tone.REFUSED: ScanState.REFUSED,
}
RECORDED = frozenset({"accepted", "damaged_element"})
"""Codes of product scans that were recorded without a finding."""


def unit_name(unit: str, language: Speech) -> str:
    """Return a unit as people of this language call it; one that is not known stays as it is."""
    key = f"unit.{unit}"
    return language.text(key) if language.knows(key) else unit


def reversal_text(reversal: Reversed, language: Speech) -> str:
    """Return when and by whom a document was reversed, and from when that counts where it is another time."""
    at = language.moment(reversal.time)
    since = language.moment(reversal.since) if reversal.since is not None else at
    key = "document.reversed_by" if since == at else "document.reversed_since"
    return language.text(key, at=at, person=reversal.person, since=since)


def name_of(name: str, name_en: str, language: Speech) -> str:
    """Return a product's name in this language; Chinese where it has no English one."""
    return name_en if name_en and language.code is LanguageCode.ENGLISH else name


def day_text(day: int | None) -> str:
    """Write a calendar day given as yyyymmdd; a day 00 stands for the whole month."""
    return "" if day is None else calendar_day(day)


def expiry_text(expiry: int | None, today: int, language: Speech) -> str:
    """Write when goods expire and how many days are left (`today` yyyymmdd); empty if they do not."""
    if expiry is None:
        return ""
    days = days_between(today, expiry)
    key = "station.expired" if days < 0 else "station.expires"
    return language.text(key, day=day_text(expiry), days=abs(days))


def equation(packs: Sequence[PackCount], done: int) -> str:
    """Write how a quantity came about, in scanned units: 1 × 6 + 1 = 7. Empty where it says nothing new.

    `packs` are of one product; what came otherwise (other desks, earlier receipts) stands first.
    """
    parts = [_product_of(pack) for pack in packs if pack.quantity]
    other = done - sum(pack.quantity for pack in packs)
    if other:
        parts.insert(0, quantity(other))
    if not parts or all(pack.pack == MICRO for pack in packs):
        return ""
    return f"{' + '.join(parts)} = {quantity(done)}"


def _product_of(pack: PackCount) -> str:
    count, rest = divmod(pack.quantity, pack.pack)
    if rest or pack.pack == MICRO:
        return quantity(pack.quantity)
    return f"{count} × {quantity(pack.pack)}"


def moved_text(line: HistoryLine, language: Speech) -> str:
    """Write what a scan moved, in its own pack (箱 ×1 = 12), or in base units if that is not even."""
    if not line.quantity:
        return "—"
    unit = unit_name(line.unit or line.base_unit, language)
    if not line.pack or line.pack == MICRO:
        return f"{unit} ×{quantity(line.quantity)}"
    times, rest = divmod(line.quantity * MICRO, line.pack)
    if rest:
        return f"{unit_name(line.base_unit, language)} ×{quantity(line.quantity)}"
    return f"{unit} ×{quantity(times)} = {quantity(line.quantity)}"


def facts_in_words(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Return a result's facts with days written out."""
    told = dict(facts)
    if isinstance(told.get("expiry"), int):
        told["expiry"] = day_text(told["expiry"])
    if isinstance(told.get("what"), str):
        told["what"] = visible(told["what"])
    return told


def damage_in_words(problems: Sequence[str], language: Speech) -> str:
    """Write what is wrong with elements of a GS1 message, each given as "AI:problem"."""
    told = []
    for problem in problems:
        ai, _, code = problem.partition(":")
        key = f"element.{ai}" if language.knows(f"element.{ai}") else "element.other"
        told.append(f"{language.text(key, ai=ai)} {language.text(f'damage.{code}')}")
    return language.text("damage.separator").join(told)


def said(line: HistoryLine, language: Speech) -> str:
    """Return the sentence for a scan's result."""
    facts = facts_in_words(line.facts)
    facts.setdefault("name", name_of(line.name, line.name_en, language))
    found = facts.get("found") or facts.get("reason") or ""
    if facts.get("problems"):
        facts["damage"] = damage_in_words(facts["problems"], language)
        found = found or "damaged"
    found = found or next(iter(facts.get("missing") or ()), "")
    for key in (f"said.{line.code}.{found}", f"said.{line.code}"):
        if language.knows(key):
            return language.text(key, **facts)
    return sentence(line.code, facts, language)


def result_chip(line: HistoryLine, station: str, language: Speech) -> ChipText:
    """Return a result in a few characters, for the history."""
    colour = Colour.WARNING if line.state == HELD else COLOURS[line.tone]
    if line.state == HELD:
        return ChipText(language.text("chip.held_back"), colour)
    if line.undone:
        return ChipText(language.text("chip.was_undone"), Colour.NEUTRAL)
    if line.quantity > 0:
        return ChipText(_recorded(line, station, language), colour)
    if line.code == "undone":
        return ChipText(language.text("chip.undone"), Colour.NEUTRAL)
    return ChipText(_short(line, language), colour)


def _recorded(line: HistoryLine, station: str, language: Speech) -> str:
    kind = "accepted" if line.expected is None else "of"
    count = language.text(f"chip.{kind}.{station}", done=line.done, expected=line.expected or 0)
    whole = line.expected is not None and line.done == line.expected
    if line.code == "accepted":
        return f"{count} ✓" if whole else count
    return f"{_finding(line, station, language)} · {count}"


def _finding(line: HistoryLine, station: str, language: Speech) -> str:
    facts = facts_in_words(line.facts)
    for key in (f"chip.{line.code}.{station}", f"chip.{line.code}"):
        if language.knows(key):
            return language.text(key, **facts)
    return said(line, language)


def _short(line: HistoryLine, language: Speech) -> str:
    code = line.code
    if code.startswith(("command_", "minus_", "next_quantity", "lots_forgotten")):
        return language.text("chip.command")
    if code in ("badge_scanned", "unknown_badge"):
        return language.text("chip.badge")
    if code == "at_location":
        return language.text("chip.location")
    if f"chip.{code}" in language.texts and line.tone is not Tone.REFUSED:
        return language.text(f"chip.{code}", **facts_in_words(line.facts))
    if line.tone is Tone.REFUSED:
        return language.text("chip.refused")
    return language.text("chip.question")


def pack_chip(line: HistoryLine, language: Speech) -> ChipText | None:
    """Return what one scanned pack holds, for packs that are not the base unit."""
    if not line.pack or line.pack == MICRO or line.unit == line.base_unit:
        return None
    pack, unit = unit_name(line.unit, language), unit_name(line.base_unit, language)
    return ChipText(language.text("station.pack", pack=pack, n=line.pack, unit=unit))


def situation_chips(situation: Situation, language: Speech) -> list[ChipText]:
    """Return what holds for the next scan: minus mode, a typed quantity; and what waits elsewhere."""
    chips = []
    if situation.left:
        chips.append(ChipText(language.text("station.left_chip", n=situation.left), Colour.WARNING))
    if situation.minus:
        chips.append(ChipText(language.text("station.minus_chip"), Colour.WARNING, marked=True))
    if situation.quantity is not None:
        text = language.text("station.quantity_chip", quantity=situation.quantity)
        chips.append(ChipText(text, Colour.ACCENT, marked=True))
    return chips


def lot_text(line: HistoryLine, language: Speech) -> str:
    """Write the lot, and on what it rests where the code did not say it and nobody typed it for this scan."""
    if not line.lot:
        return ""
    key = f"station.lot_by.{line.facts.get('lot_by')}"
    return language.text(key if language.knows(key) else "station.lot_of", lot=line.lot)


def detail_of(line: HistoryLine, today: int, language: Speech) -> str:
    """Return the line below the headline: code, lot, serial number, expiry."""
    parts = [visible(line.text), lot_text(line, language)]
    if line.serial:
        parts.append(language.text("station.serial_of", serial=line.serial))
    parts.append(expiry_text(line.expiry, today, language))
    return " · ".join(part for part in parts if part)


def last_scan(
    line: HistoryLine, situation: Situation, station: str, today: int, language: Speech
) -> LastScan:
    """Return a result as the large panel of a station shows it; `today` is yyyymmdd."""
    question = situation.question
    name = name_of(line.name, line.name_en, language)
    chips = [pack_chip(line, language)]
    if line.location or situation.location:
        text = language.text("station.location", name=line.location or situation.location)
        chips.append(ChipText(text))
    chips += situation_chips(situation, language)
    state = STATES[line.tone]
    asked = question.ask if question else Ask.NOTHING
    if asked is Ask.ACKNOWLEDGE:
        state = ScanState.BLOCKED
    if line.quantity > 0:
        headline, detail = name, detail_of(line, today, language)
        if line.code != "accepted":
            chips.insert(0, ChipText(_finding(line, station, language), COLOURS[line.tone]))
        if line.facts.get("lot_by") == LotBy.BEFORE:
            chips.insert(0, ChipText(language.text("station.lot_as_before"), Colour.WARNING))
    else:
        headline, code = said(line, language), "" if command(line.text) else visible(line.text)
        detail = " · ".join(part for part in (name, code) if part and part not in headline)
        suspect = line.facts.get("suspect")
        if suspect:
            detail = language.text("said.suspect", suspect=visible(str(suspect)))
        if "undone" in line.facts:
            detail = language.text("said.not_replaced", undone=line.facts["undone"])
    named = _state_text(line, asked, station, language)
    return LastScan(state, headline, detail, tuple(chip for chip in chips if chip), named)


def _state_text(line: HistoryLine, asked: Ask, station: str, language: Speech) -> str:
    """Return what the state is called, where the usual name is not enough."""
    if asked not in (Ask.NOTHING, Ask.ACKNOWLEDGE):
        return language.text("chip.question")
    return language.text(f"station.accepted.{station}") if line.code == "accepted" else ""


def running_count(
    line: HistoryLine, station: str, packs: Sequence[PackCount], language: Speech
) -> RunningCount | None:
    """Return the running count of the product that a result is about; None where it moved nothing."""
    if not line.quantity or line.sku_id is None:
        return None
    unit = unit_name(line.base_unit, language)
    formula = equation(packs, line.done)
    if line.expected is None:
        caption = language.text(f"station.count.{station}.alone", unit=unit)
        return RunningCount(caption, quantity(line.done), remainder=formula)
    caption = language.text(f"station.count.{station}", unit=unit)
    permille = line.done * 1000 // line.expected if line.expected else 1001
    rest = rest_text(line.expected - line.done, packs, language)
    remainder = " · ".join(part for part in (formula, rest) if part)
    return RunningCount(caption, quantity(line.done), quantity(line.expected), remainder, permille)


def rest_text(rest: int, packs: Sequence[PackCount], language: Speech) -> str:
    """Write what is still to come, in base units and, where it comes out even, in packs."""
    if rest == 0:
        return language.text("station.whole")
    if rest < 0:
        return language.text("station.over", n=-rest)
    for pack in packs:
        if pack.pack > MICRO and rest % pack.pack == 0:
            unit = unit_name(pack.unit, language)
            return language.text("station.to_go_packs", n=rest, packs=rest // pack.pack, pack=unit)
    return language.text("station.to_go", n=rest)
