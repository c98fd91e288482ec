"""What went wrong, in both languages, for people at a terminal."""

from pathlib import Path

from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.faults import Fault, file_fault


def sentences(error: Fault | Refusal | OSError) -> tuple[str, str]:
    """Return what to say, in Chinese and in English; an OSError is about the file that it names."""
    if isinstance(error, OSError):
        error = file_fault(error, Path(str(error.filename or "?")))
    if isinstance(error, Fault):
        return error.sentence("zh_CN"), error.sentence("en")
    from merchant_desk.ui.texts.catalogue import LanguageCode
    from merchant_desk.ui.texts.errors import describe
    from merchant_desk.ui.texts.speech import FixedSpeech

    zh, en = (FixedSpeech(code) for code in (LanguageCode.CHINESE, LanguageCode.ENGLISH))
    return describe(error, zh), describe(error, en)


def sentence(error: Fault | Refusal | OSError) -> str:
    """Return the same in one line: Chinese, then English."""
    return " / ".join(sentences(error))
