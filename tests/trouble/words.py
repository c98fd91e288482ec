"""What people are told: is it a sentence in both languages that says what happened and what to do?"""

import re
import subprocess
from dataclasses import dataclass

from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.faults import Fault
from merchant_desk.stations.outcomes import shown
from merchant_desk.stations.scans import ScanResult
from merchant_desk.ui.screens.stations.words import said as headline
from merchant_desk.ui.screens.tasks.task_reading import TaskReading
from merchant_desk.ui.screens.tasks.task_words import task_text
from merchant_desk.ui.texts.catalogue import LanguageCode
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.texts.speech import FixedSpeech

CHINESE = FixedSpeech(LanguageCode.CHINESE)
ENGLISH = FixedSpeech(LanguageCode.ENGLISH)

_HAN = re.compile(r"[\u4e00-\u9fff]")
_CODE = re.compile(r"\b[a-z]+(?:_[a-z0-9]+)+\b")
_GENERAL = ("没有执行：", "Not done:", "出了意料之外的问题", "Something unexpected")


@dataclass(frozen=True)
class Told:
    """One message in both languages."""

    zh: str
    en: str

    def says(self, zh: str, en: str) -> "Told":
        """Assert that both sentences hold what the regular expressions look for."""
        assert re.search(zh, self.zh, re.DOTALL), self.zh
        assert re.search(en, self.en, re.DOTALL), self.en
        return self


def told(error: BaseException | None) -> Told:
    """Return what a refusal or fault says, having seen that it is fit for a person."""
    assert isinstance(error, Refusal | Fault), repr(error)
    found = Told(describe(error, CHINESE), describe(error, ENGLISH))
    quoted = [str(fact) for fact in error.facts.values()]
    _check(found, quoted)
    return found


def said(result: ScanResult) -> Told:
    """Return what a station says of a scan, with the same care."""
    line = shown(result)
    found = Told(headline(line, CHINESE), headline(line, ENGLISH))
    _check(found, [str(fact) for fact in result.facts.values()])
    return found


def asked(reading: TaskReading, now: int) -> Told:
    """Return what a task says to a person, with the same care."""
    cards = [task_text(reading, speech, now) for speech in (CHINESE, ENGLISH)]
    found = Told(*(f"{card.title} {card.explanation}" for card in cards))
    _check(found, [str(fact) for fact in reading.facts.values()])
    return found


def failed(done: "subprocess.CompletedProcess[str]", zh: str, en: str) -> None:
    """Assert that a command ended with 1 and both sentences, and without a Python trace."""
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode == 1, (done.returncode, done.stderr)
    lines = [line for line in done.stderr.splitlines() if line]
    chinese = [line for line in lines if _HAN.search(line)]
    assert any(re.search(zh, line) for line in chinese), done.stderr
    assert any(re.search(en, line) for line in lines), done.stderr
    for line in lines:
        assert "{" not in line or line.startswith("{"), line


def _check(found: Told, quoted: list[str]) -> None:
    zh, en = found.zh, found.en
    assert _HAN.search(zh), f"not Chinese: {zh}"
    for sentence in (zh, en):
        bare = sentence
        for fact in sorted(quoted, key=len, reverse=True):
            bare = bare.replace(fact, "") if len(fact) > 3 and not _CODE.fullmatch(fact) else bare
        bare = re.sub(r"\S*[/\\]\S*", "", bare)
        assert not re.search(r"[{}]", bare), f"a fact is missing: {sentence}"
        assert not _CODE.search(bare), f"a code, no words: {sentence}"
        assert not sentence.startswith(_GENERAL), f"nothing of its own to say: {sentence}"
    assert re.search(r"[a-z]{3,}", en), f"not English: {en}"
