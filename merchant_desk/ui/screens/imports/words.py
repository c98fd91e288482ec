"""What an import is called and says on the screen."""

from merchant_desk.documents.problem_texts import Language as FileLanguage
from merchant_desk.documents.transforms import (
    NAMES,
    Constant,
    DateFormat,
    LeadingZeros,
    Split,
    Transform,
    Trim,
    tag_of,
)
from merchant_desk.ui.messages import Language
from merchant_desk.ui.texts.catalogue import LanguageCode


def file_language(language: Language) -> FileLanguage:
    """Return the language in force as documents know it."""
    return "zh" if language.code is LanguageCode.CHINESE else "en"


def transform_text(transform: Transform, language: Language) -> str:
    """Return a transformation in a few characters: its name, and what it is set to."""
    name = NAMES[tag_of(transform)][language.code is not LanguageCode.CHINESE]
    match transform:
        case Trim(characters=said) | DateFormat(pattern=said) | Constant(value=said):
            return f"{name} {said}".rstrip()
        case Split(separator=separator, part=part):
            return f"{name} {separator} {part}"
        case LeadingZeros(width=width):
            return f"{name} {width}"
    return name


def transforms_text(transforms: tuple[Transform, ...], language: Language) -> str:
    """Return the transformations of a field, one after the other."""
    return " → ".join(transform_text(one, language) for one in transforms)
