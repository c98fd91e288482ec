"""Is every fault named, told in both languages, and whole after a trip between processes?"""

import pickle
import string
from dataclasses import fields
from pathlib import Path

import pytest

from merchant_desk.models.faults import Corrupted, Fault
from tests.helpers.faults import all_faults


@pytest.mark.parametrize("cls", all_faults(), ids=lambda cls: cls.__name__)
def test_a_fault_speaks_both_languages_with_its_own_facts(cls: type[Fault]) -> None:
    facts = {field.name for field in fields(cls)}
    for template in (cls.zh, cls.en):
        named = {name for _, name, _, _ in string.Formatter().parse(template) if name}
        assert named <= facts, f"{cls.__name__} speaks of facts that it does not have"
    assert any("\u4e00" <= letter <= "\u9fff" for letter in cls.zh)
    assert cls.en.isascii()
    assert cls.en != ""


def test_codes_are_unique() -> None:
    codes = [cls.code for cls in all_faults()]
    assert sorted(set(codes)) == sorted(codes)
    assert "corrupted" in codes
    assert "network_share" in codes


def test_a_fault_survives_the_trip_between_processes() -> None:
    sent = Corrupted(path=Path("desk.db"), detail="page 3")
    received = pickle.loads(pickle.dumps(sent))  # noqa: S301 - our own bytes
    assert type(received) is Corrupted
    assert received.facts == sent.facts
    assert "page 3" in received.sentence("zh_CN")
    assert "page 3" in str(received)


def test_a_script_that_prints_a_fault_reads_both_languages_and_no_code() -> None:
    """As a refusal does (`tests/test_project.py`): one way for all that the facade raises."""
    fault = Corrupted(path=Path("desk.db"), detail="page 3")
    assert str(fault) == f"{fault.sentence('zh_CN')} / {fault.sentence('en')}"
    assert fault.code not in str(fault).split(":")[0]
