"""The one way to say no."""

from collections.abc import Callable
from typing import Any, ClassVar


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A named "no" with the facts a person needs to act on it.

    `code` reads like a specification (`supplier_blacklisted`); `facts` hold only text, integers and
    ids, so that they can be stored and shown in either language. Nothing was written.
    """

    def __init__(self, code: str, /, **facts: Any) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel to another process with the facts."""
        return _again, (type(self), self.code, self.facts)

    words: ClassVar[Callable[["Refusal"], str] | None] = None
    """Says a refusal in words to who only prints it, a merchant's script; the words live far above here."""

    def __str__(self) -> str:
        if Refusal.words is not None:
            return Refusal.words(self)
        facts = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code}({facts})"


def _again(kind: type[Refusal], code: str, facts: dict[str, Any]) -> Refusal:
    return kind(code, **facts)
