import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.wording import BETWEEN
from merchant_desk.models.faults import WrongKey
from merchant_desk.sync.troubles import TotalsRecounted
from merchant_desk.ui.texts.catalogue import LanguageCode, Plural, Text, catalogue, join, placeholders
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.texts.refusals import sentence
from merchant_desk.ui.texts.speech import FORMS, FixedSpeech

PRODUCT = Path(__file__).resolve().parents[3] / "merchant_desk"
CHINESE = FixedSpeech(LanguageCode.CHINESE)
ENGLISH = FixedSpeech(LanguageCode.ENGLISH)


def parts(text: Text) -> tuple[str, ...]:
    return (text.one, text.many) if isinstance(text, Plural) else (text,)


def forms(text: Text) -> Iterator[str]:
    for part in parts(text):
        yield from (form for form in re.findall(r"\{[a-z_]+:([^}]*)\}", part) if BETWEEN not in form)


@pytest.mark.parametrize("key", sorted(catalogue()))
def test_every_text_is_whole_in_both_languages(key: str) -> None:
    chinese, english = catalogue()[key]
    assert chinese.strip()
    assert all(
        part.strip() for part in ([english.one, english.many] if isinstance(english, Plural) else [english])
    )
    assert placeholders(chinese) - placeholders(english) == set()
    plural = {english.count} if isinstance(english, Plural) else set()
    assert placeholders(english) - plural == placeholders(chinese) - plural
    assert set(forms(chinese)) | set(forms(english)) <= FORMS
    # A Chinese face draws curly quotes as wide as a Chinese character.
    assert not re.search("[“”‘’]", "".join(parts(english)))


def test_texts_are_told_apart_by_key() -> None:
    with pytest.raises(ValueError, match="repeat a"):
        join({"one": {"a": ("甲", "a")}, "two": {"a": ("乙", "b")}})


def used_keys() -> Iterator[tuple[str, str]]:
    """Yield (place, key) for every literal key handed to `text(...)` in the user interface."""
    for path in sorted((PRODUCT / "ui").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or not node.args or not isinstance(node.args[0], ast.Constant):
                continue
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            key = node.args[0].value
            if name == "text" and isinstance(key, str) and "." in key:
                yield f"{path.name}:{node.lineno}", key


def test_every_key_that_is_used_exists() -> None:
    used = list(used_keys())
    assert len(used) > 40
    assert [(place, key) for place, key in used if key not in catalogue()] == []


def test_plural_follows_the_count() -> None:
    assert ENGLISH.text("sync.elsewhere", n=1) == "1 desk not heard from"
    assert ENGLISH.text("sync.elsewhere", n=1200) == "1,200 desks not heard from"
    assert CHINESE.text("sync.elsewhere", n=1) == "1 台工作台有未知"


COUNTED = re.compile(r"\{(?:n|rows|lines|codes|products|count|counts|seconds|files|bytes)\} [a-z]+s\b")


def test_nothing_is_counted_without_a_plural() -> None:
    assert ENGLISH.text("opening.undone", n=1, counts=1_200, kept=0) == (
        "1 item and 1,200 counts taken back, 0 stay"
    )
    bare = {key for key, (_, english) in catalogue().items() if isinstance(english, str)}
    assert {key for key in bare if COUNTED.search(str(catalogue()[key][1]))} <= {"measure.ms"}
    assert TotalsRecounted(1).sentence("en").startswith("1 total on")
    assert TotalsRecounted(1_200).sentence("en").startswith("1,200 totals on")


def test_a_day_is_no_amount() -> None:
    assert sentence("day_unreadable", {"day": 20_191_301}, CHINESE).startswith("没有 2019-13-01 这一天")
    assert sentence("day_unreadable", {"day": "soon"}, ENGLISH).startswith("There is no such day as soon;")


def test_a_missing_fact_is_a_mistake_that_shows() -> None:
    with pytest.raises(KeyError):
        CHINESE.text("sync.tasks", m=1)


def test_facts_are_written_in_the_form_that_the_text_asks_for() -> None:
    words = sentence("stock_short", {"sku": "A-1", "available": 1_500_000, "wanted": 3_000_000}, ENGLISH)
    assert words == "A-1 has 1.5 available, not 3."
    words = sentence("refund_amount", {"amount": 123_450, "most": 5}, CHINESE)
    assert words == "退款 1,234.50 超出了可退的 0.05。"
    assert (
        sentence("order_ended", {"number": "SO-1", "status": "shipped"}, CHINESE)
        == "订单 SO-1 已发货，不能再改。"
    )


def test_an_unknown_refusal_is_still_a_sentence() -> None:
    facts = {"sku": "A-1", "left": 12_345, "row": b"\x01\xff"}
    assert sentence("moon_in_wrong_phase", facts, ENGLISH) == (
        "Not done: moon in wrong phase (sku: A-1, left: 12,345, row: 01ff)"
    )
    assert sentence("moon_in_wrong_phase", {}, CHINESE) == "没有执行：moon in wrong phase"


def test_a_refusal_with_other_facts_than_its_text_wants_tells_what_it_has() -> None:
    assert sentence("sku_taken", {"code": "A-1"}, ENGLISH) == "Not done: sku taken (code: A-1)"


def test_the_command_line_reads_texts_without_loading_qt() -> None:
    code = "import sys; from merchant_desk.ui.texts import refusals; assert 'PySide6' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=PRODUCT.parent)


def raised() -> Iterator[tuple[str, str, set[str]]]:
    """Yield (place, code, facts) for every refusal that the product raises with a literal code."""
    for path in sorted(PRODUCT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not isinstance(node, ast.Call) or getattr(node.func, "id", "") != "Refusal" or not node.args:
                continue
            if isinstance(node.args[0], ast.Constant) and all(fact.arg for fact in node.keywords):
                facts = {str(fact.arg) for fact in node.keywords}
                yield f"{path.name}:{node.lineno}", str(node.args[0].value), facts


def test_every_refusal_has_a_sentence_made_of_its_facts() -> None:
    found = list(raised())
    assert len(found) > 50
    texts = catalogue()
    silent = [(place, code) for place, code, _ in found if f"refusal.{code}" not in texts]
    assert silent == []
    short = [
        (place, code, wanted - facts)
        for place, code, facts in found
        if (wanted := placeholders(texts[f"refusal.{code}"][0])) - facts
    ]
    assert short == []


def test_any_error_is_put_into_words() -> None:
    assert describe(Refusal("sku_taken", sku="A-1"), CHINESE) == "商品编码 A-1 已存在。"
    fault = WrongKey(Path("shop.sqlite"))
    assert describe(fault, ENGLISH) == fault.sentence("en")
    assert describe(fault, CHINESE) == fault.sentence("zh_CN")
    assert "ZeroDivisionError" in describe(ZeroDivisionError("x / 0"), CHINESE)
    assert "—" in describe(ValueError(), ENGLISH)
