"""Sentences: every code that the program can give has one in Chinese and in English, saying the same."""

import ast
from pathlib import Path
from string import Formatter

import pytest

import merchant_desk.documents
from merchant_desk.documents import cells, import_rows
from merchant_desk.documents.column_names import FIELDS
from merchant_desk.documents.problem_texts import (
    PROBLEMS,
    fault_text,
    note_text,
    problem_text,
    rule_text,
)
from merchant_desk.documents.row_texts import (
    FAULT_NAMES,
    FAULTS,
    FIELD_NAMES,
    NOTES,
    RULES,
    Sentences,
)
from merchant_desk.domain.imports import FaultCode
from merchant_desk.domain.imports_open_orders import OpenOrderNote, OpenOrderRule
from merchant_desk.domain.imports_order_lines import LineNote, LineRule
from merchant_desk.domain.imports_parties import PartyNote, PartyRule
from merchant_desk.domain.imports_products import ProductNote, ProductRule
from merchant_desk.domain.imports_purchases import PurchaseNote, PurchaseRule
from merchant_desk.domain.imports_setup import PersonNote
from merchant_desk.domain.imports_stock import StockNote, StockRule


def raised_problems() -> dict[str, set[str]]:
    """Read out of the source which problems are raised, and with which facts."""
    found: dict[str, set[str]] = {}
    for path in Path(merchant_desk.documents.__path__[0]).glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "ImportProblem":
                code = ast.literal_eval(node.args[0])
                found.setdefault(code, set()).update(str(word.arg) for word in node.keywords)
    return found


def needed(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}


def test_every_problem_that_is_raised_has_its_sentence_and_no_other() -> None:
    assert set(raised_problems()) == set(PROBLEMS)


def test_a_problem_gives_the_facts_that_its_sentence_names() -> None:
    for code, facts in raised_problems().items():
        for sentence in PROBLEMS[code]:
            assert {name.removesuffix("_mb") for name in needed(sentence)} <= facts, code


@pytest.mark.parametrize("sentences", [PROBLEMS, FAULTS, FAULT_NAMES, RULES, NOTES, FIELD_NAMES])
def test_both_languages_are_there_and_name_the_same_facts(sentences: Sentences) -> None:
    for chinese, english in sentences.values():
        assert needed(chinese) == needed(english)
        assert any("\u4e00" <= one <= "\u9fff" for one in chinese)
        assert not any("\u4e00" <= one <= "\u9fff" for one in english)


def test_every_rule_note_and_field_has_a_name() -> None:
    assert set(FAULTS) == set(FAULT_NAMES) == {str(code) for code in FaultCode}
    rules = (*ProductRule, *LineRule, *PurchaseRule, *StockRule, *PartyRule, *OpenOrderRule)
    notes = (*ProductNote, *LineNote, *PurchaseNote, *StockNote, *PartyNote, *OpenOrderNote, *PersonNote)
    assert set(RULES) == {str(rule) for rule in rules} - {"negative_price"}
    own = {cells.ROUNDED, cells.CLEANED, cells.AMBIGUOUS_TIME, cells.NO_SUCH_TIME, import_rows.ZEROS_ADDED}
    assert set(NOTES) == {str(note) for note in notes} | own
    assert set(FIELD_NAMES) == {field for fields in FIELDS.values() for field in fields}


def test_sentences_are_filled() -> None:
    facts = {"size": 250 << 20, "limit": 200 << 20}
    assert problem_text("file_too_large", facts, "zh") == "文件有 250 MB，上限是 200 MB。请把文件拆开。"
    assert (
        problem_text("field_not_mapped", {"fields": "barcode, sku", "headings": "ean, 货号"}, "zh")
        == "必须指定至少一列作为：条码, 货号。可识别的标题：ean, 货号；其他标题请在映射里写明。"
    )
    assert fault_text("missing_value", "quantity", "", "en") == '"quantity" is empty.'
    assert fault_text("number_not_read", "unit_price", "two", "zh") == "“two”不是数字（单价）。"
    assert (rule_text("lost_digits", "en"), rule_text("sale_line", "zh")) == ("Digits of a code lost", "销售")
    assert note_text("walk_in", "en") == "No customer: walk-in"
