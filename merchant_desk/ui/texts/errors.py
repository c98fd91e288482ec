"""Any error in words for a person: refusals, named faults of the machine, and what nobody expected."""

from merchant_desk.documents.problem_texts import problem_text
from merchant_desk.documents.problems import ImportProblem
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.faults import Fault
from merchant_desk.ui.texts.catalogue import LanguageCode, Texts
from merchant_desk.ui.texts.refusals import sentence
from merchant_desk.ui.texts.speech import Speech

TEXTS: Texts = {
    "error.unexpected": (
        "出了意料之外的问题。请在“本机体检”保存支持包，交给维护人员。技术细节：{words}（{kind}）",
        (
            "Something unexpected went wrong. Save a support bundle in Doctor for whoever looks after it. "
            "Technically: {words} ({kind})"
        ),
    ),
}


def describe(error: Exception, language: Speech, *, brief: bool = False) -> str:
    """Return the sentence for an error that came back from a piece of work; `brief` shortens paths."""
    if isinstance(error, ImportProblem):
        chinese = language.code is LanguageCode.CHINESE
        return problem_text(error.code, error.facts, "zh" if chinese else "en")
    if isinstance(error, Refusal):
        return sentence(error.code, error.facts, language)
    if isinstance(error, Fault):
        return error.sentence(language.code, brief=brief)
    return language.text("error.unexpected", kind=type(error).__name__, words=str(error) or "—")
