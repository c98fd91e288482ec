"""Has everything that the product can refuse, raise, flag, write or send words of its own, zh and en?

The codes come from the source and the registries, so that a new one without words fails here. A general
sentence ("Not done: ...") does not count: it is there for what a newer server says.
"""

import ast
import re
from collections.abc import Iterable

import pytest

import merchant_desk.handlers.subjects  # noqa: F401 - registers every operation
from merchant_desk.documents.problem_texts import PROBLEMS as IMPORT_PROBLEMS
from merchant_desk.domain.house_codes import CommandKind
from merchant_desk.domain.locations import LOCATION_KINDS
from merchant_desk.domain.operations import KINDS
from merchant_desk.domain.orders import STATUSES
from merchant_desk.domain.permissions import ROLES
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.stock import STATUSES as STOCK_STATUSES
from merchant_desk.domain.tasks import RESOLUTIONS
from merchant_desk.models.faults import Fault
from merchant_desk.server import problems as answers
from merchant_desk.sync.server_faults import PROBLEM_NAMES, PROBLEMS, ServerProblem, Unreachable
from merchant_desk.ui.texts.catalogue import LanguageCode, catalogue
from merchant_desk.ui.texts.errors import describe
from merchant_desk.ui.texts.speech import FixedSpeech
from tests.helpers.faults import all_faults
from tests.ui.texts.sources import Found, calls, ledger_kinds, literals, named, states

SPEECHES = FixedSpeech(LanguageCode.CHINESE), FixedSpeech(LanguageCode.ENGLISH)

PASSED_ON = (
    "sync/staff.py: Refusal(outcome.code",
    "server/house.py: Refusal(outcome.code",
    "sync/server_faults.py: Refusal(self.problem",
    "server/problems.py: Problem(error.code",
    "server/problems.py: Problem(trouble.code",
    "server/endpoint.py: Problem(code)",
    "server/batch.py: Context(unit, envelope).flag(refusal.code",
    "server/batch.py: Context(self.unit, envelope).flag(refusal.code",
    "server/batch.py: context.flag(refusal.code",
)
"""Where a code that was raised elsewhere is handed on; a literal is wanted everywhere else."""


def without(found: Iterable[Found], *prefixes: str) -> list[tuple[str, str]]:
    """Return (place, code) of those for which the catalogue has none of the keys."""
    texts = catalogue()
    return sorted(
        {(one.place, one.code) for one in found if not any(f"{p}{one.code}" in texts for p in prefixes)}
    )


def newly_unread(unread: Iterable[str]) -> list[str]:
    return [one for one in unread if not one.startswith(PASSED_ON)]


def test_every_refusal_has_a_text_of_its_own() -> None:
    found, unread = named("Refusal")
    assert len({one.code for one in found}) > 80
    assert without(found, "refusal.") == []
    assert newly_unread(unread) == []


def test_every_problem_of_a_file_is_told_wherever_an_error_is_told() -> None:
    from merchant_desk.documents.problems import ImportProblem

    found, unread = named("ImportProblem")
    assert newly_unread(unread) == []
    for one in found:
        assert one.code in IMPORT_PROBLEMS, one
        assert isinstance(one.node, ast.Call)
        numbers = ("size", "limit", "row", "line", "count")
        facts = {str(word.arg): 7 if word.arg in numbers else "a" for word in one.node.keywords}
        zh, en = (describe(ImportProblem(one.code, **facts), speech) for speech in SPEECHES)
        assert not zh.startswith("没有执行")
        assert not en.startswith("Not done")


@pytest.mark.parametrize("cls", all_faults(), ids=lambda cls: f"{cls.__module__}.{cls.__name__}")
def test_every_fault_has_words_of_its_own(cls: type[Fault]) -> None:
    for parent in cls.__mro__[1:]:
        if issubclass(parent, Fault):
            assert cls.zh != parent.zh, f"{cls.__name__} says what {parent.__name__} says"
            assert cls.en != parent.en
    assert re.search(r"[\u4e00-\u9fff]", cls.zh)
    assert cls.en.isascii()
    assert re.search(r"[a-z]{3,}", cls.en)


def sent() -> set[str]:
    """Return every named problem that the server can answer with, other than the trade's refusals."""
    codes = {cls.code for cls in answers._STATUS_OF_FAULT}
    codes |= {one.code for one in named("Problem", 0, "server")[0]}
    codes |= {
        text
        for _, call in calls("get", "server")
        if isinstance(call.func, ast.Attribute) and isinstance(call.func.value, ast.Dict)
        for value in (*call.func.value.values, *call.args)
        for text in literals(value) or ()
        if text.startswith(("no_such_", "unreadable_"))
    }
    return codes


def test_every_answer_of_the_server_is_told_at_the_desk_in_its_own_words() -> None:
    """A problem is one of the desk's faults, has a name in its sentence, or is a refusal with a text."""
    codes = sent() | {cls.code for cls in all_faults() if passing_code(cls)}
    assert {"not_enrolled", "server_failed", "no_such_path", "disk_full", "bad_choice"} <= codes
    known = {*PROBLEMS, *map(str, PROBLEM_NAMES), *refusals_sent()}
    assert sorted(codes - known) == []
    assert newly_unread(named("Problem", 0, "server")[1]) == []


def passing_code(cls: type[Fault]) -> bool:
    """Whether the server answers this fault as a trouble that passes: those of storage and database.

    The others of these modules are told at its start or by a command beside it, and answer nobody.
    """
    at_start = {"database_address_wrong", "network_share", "already_open", "server_open", "older_database"}
    storage = ("merchant_desk.server.database", "merchant_desk.models.faults")
    return cls.__module__ in storage and cls.code not in at_start


def refusals_sent() -> set[str]:
    return {one.code for one in named("Refusal")[0]}


def test_a_line_that_fails_says_how() -> None:
    found, unread = named("Unreachable")
    assert {one.code for one in found} - set(Unreachable.names) == set()
    assert unread == []


def test_no_two_texts_for_one_problem() -> None:
    """What is a refusal is no problem of the server too: the desk would choose the poorer words."""
    assert refusals_sent() & {str(name) for name in PROBLEM_NAMES} == set()
    assert all(issubclass(cls, ServerProblem) for cls in PROBLEMS.values())


def test_every_task_says_what_happened_and_what_to_do() -> None:
    found, unread = named("flag")
    assert len({one.code for one in found}) > 20
    assert without(found, "task.title.") == []
    assert without(found, "task.text.") == []
    assert newly_unread(unread) == []


def test_a_task_shows_only_facts_that_its_flag_gives() -> None:
    """`sku`, `location` and the like are looked up by id when the task is read."""
    looked_up = {"sku_id": "sku", "location_id": "location"}
    always = {"op_kind"}
    missing = []
    for _, call in calls("flag"):
        codes = literals(call.args[0]) or []
        if any(word.arg is None for word in call.keywords):
            continue  # facts are handed over in one piece: the task's own test reads them
        given = {str(word.arg) for word in call.keywords}
        given |= {looked_up[name] for name in given & looked_up.keys()} | always
        for code in codes:
            for text in catalogue()[f"task.text.{code}"]:
                named_facts = set(re.findall(r"\{([a-z_]+)", str(text)))
                missing += [(code, name) for name in named_facts - given]
    assert missing == []


def test_everything_that_can_be_wrong_with_a_gs1_element_has_words() -> None:
    ways = (("Problem", 2), ("refuse", 2), ("Fault", 0), ("_first", 2))
    found = [one for name, place in ways for one in named(name, place, "domain")[0]]
    assert {"unknown_ai", "too_long", "illegal_day", "non_digit_character"} <= {one.code for one in found}
    assert without(found, "damage.") == []


def test_every_kind_of_ledger_row_has_a_name() -> None:
    found, unread = ledger_kinds()
    assert {"receipt", "pick", "ship", "count", "adjust", "sale"} <= {one.code for one in found}
    assert without(found, "movement.") == []
    assert unread == []


def test_every_operation_has_a_name() -> None:
    texts = catalogue()
    assert len(KINDS) > 35
    assert [name for name in KINDS if f"operation.{name}" not in texts] == []


def test_every_event_of_an_order_has_a_name() -> None:
    found, _ = named("note_event", 2, "handlers")
    assert without(found, "order_event.") == []


def test_every_state_has_a_name() -> None:
    found = [*states(), *(Found("domain", status, ast.Pass()) for status in (*STATUSES, *STOCK_STATUSES))]
    assert len({one.code for one in found}) > 12
    assert without(found, "word.") == []


def test_roles_rights_and_resolutions_have_names() -> None:
    texts = catalogue()
    assert [role for role in ROLES if f"word.{role}" not in texts] == []
    assert [kind for kind in LOCATION_KINDS if f"word.{kind}" not in texts] == []
    rights = {right for role in ROLES.values() for right in role} | {kind.right for kind in KINDS.values()}
    assert [right for right in sorted(rights) if f"right.{right}" not in texts] == []
    assert [name for name in RESOLUTIONS if f"resolution.{name}" not in texts] == []
    assert [kind for kind in CommandKind if f"said.command_{kind.name.casefold()}" not in texts] == []


def test_no_refusal_borrows_the_general_sentence() -> None:
    """Each refusal, raised with the facts that its source gives, reads as its own text does."""
    for _, call in calls("Refusal"):
        for code in (literals(call.args[0]) if call.args else None) or ():
            if any(word.arg is None for word in call.keywords):
                continue
            facts = {str(word.arg): 7 for word in call.keywords}
            zh, en = (describe(Refusal(code, **facts), speech) for speech in SPEECHES)
            assert not zh.startswith("没有执行"), (code, facts)
            assert not en.startswith("Not done"), (code, facts)


@pytest.mark.parametrize("key", ["task.about", "task.not_yours", "task.first"])
def test_what_is_added_to_a_tasks_sentences_is_a_sentence(key: str) -> None:
    facts = {"name": "A-03", "desk": "01"}
    chinese = FixedSpeech(LanguageCode.CHINESE).text(key, **facts)
    english = FixedSpeech(LanguageCode.ENGLISH).text(key, **facts)
    assert chinese.endswith("。")
    assert english[0].isupper()
    assert english.endswith(".")
