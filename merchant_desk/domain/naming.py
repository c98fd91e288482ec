"""What codes and names of a shop's own records may be: outlets, suppliers, carriers, taxes."""

from merchant_desk.domain.refusals import Refusal

MOST_CODE = 32
MOST_NAME = 100
"""Characters."""


def check_code(code: str) -> None:
    """Refuse a code that nobody could type or find again (`record_code_unreadable`)."""
    if not 1 <= len(code) <= MOST_CODE or not code.isprintable() or code != code.strip():
        raise Refusal("record_code_unreadable", code=code, most=MOST_CODE)


def check_name(name: str) -> None:
    """Refuse no name, an endless one, or one with control characters (`name_unreadable`)."""
    if not 1 <= len(name.strip()) <= MOST_NAME or not name.isprintable():
        raise Refusal("name_unreadable", most=MOST_NAME)
