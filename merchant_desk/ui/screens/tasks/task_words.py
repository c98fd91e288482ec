"""Tasks in words: title, explanation, chip. No widgets."""

from typing import Any

from merchant_desk.ui.screens.people.people_words import request_text
from merchant_desk.ui.screens.stations.words import day_text, name_of
from merchant_desk.ui.screens.tasks.task_reading import TaskReading
from merchant_desk.ui.texts.refusals import sentence
from merchant_desk.ui.texts.speech import Speech
from merchant_desk.ui.theme.tokens import Tone
from merchant_desk.ui.widgets.chip import ChipText
from merchant_desk.ui.widgets.task_card import CardText

TONES = {"refusal": Tone.REFUSED, "question": Tone.INFO, "exception": Tone.WARNING}
DAYS = ("scanned", "known")
"""Facts of `lot_expiry_differs` that are calendar days."""


def operation_name(kind: str, language: Speech) -> str:
    """Return the name of an operation's kind."""
    key = f"operation.{kind}"
    return language.text(key) if language.knows(key) else kind.replace("_", " ")


def task_text(reading: TaskReading, language: Speech, now: int) -> CardText:
    """Return what a task says to a person; `now` is microseconds UTC."""
    task = reading.task
    facts = _facts(reading, language)
    title, text = f"task.title.{task.code}", f"task.text.{task.code}"
    if task.kind != "refusal" and language.knows(title):
        head, explanation = language.text(title, **facts), _filled(text, facts, language)
        about = name_of(reading.about, reading.about_en, language)
        if about and about not in head + explanation and reading.target is None:
            explanation += " " + language.text("task.about", name=about)
    else:
        # A fact that broke a rule is in the log, but moved nothing: it is not refused, and not done either.
        outcome = "refused" if task.kind == "refusal" else "without_effect"
        asked = request_text(reading.body, reading.names, reading.grants, language) if reading.names else ""
        head = language.text(f"task.title.{outcome}", op_kind=asked or facts["op_kind"])
        about = name_of(reading.about, reading.about_en, language)
        head = f"{head} · {about}" if about else head
        explanation = sentence(task.code, facts, language)
        if task.kind == "refusal" and reading.body is None and task.status == "open":
            explanation += " " + language.text("task.not_yours", desk=task.device)
        if reading.first:
            explanation += " " + language.text("task.first", name=reading.first)
    desk = language.text("task.desk", desk=task.device) if task.device else ""
    by = " · ".join(filter(None, (task.person, desk, language.ago(task.raised_at, now))))
    chip = ChipText(language.text(f"task.kind.{task.kind}"), TONES.get(task.kind, Tone.WARNING), marked=True)
    return CardText(chip, head.strip(" ·：:"), explanation, by)


def _facts(reading: TaskReading, language: Speech) -> dict[str, Any]:
    facts = {**reading.facts, "op_kind": operation_name(reading.task.op_kind, language)}
    facts["sku"] = name_of(facts.get("sku", ""), facts.get("sku_en", ""), language)
    if reading.task.code == "lot_expiry_differs":
        for name in DAYS:
            if isinstance(facts.get(name), int):
                facts[name] = day_text(facts[name])
    return facts


def _filled(key: str, facts: dict[str, Any], language: Speech) -> str:
    try:
        return language.text(key, **facts)
    except (KeyError, ValueError):
        # A task of a newer version tells other facts than this text asks for.
        return sentence(key.rpartition(".")[2], facts, language)
