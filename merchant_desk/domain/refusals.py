"""The one way to say no."""

from typing import Any


class Refusal(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A named "no" with the facts a person needs to act on it.

    `code` reads like a specification (`supplier_blacklisted`); `facts` hold only text, integers and
    ids, so that they can be stored and shown in either language. Nothing was written.
    """

    def __init__(self, code: str, /, **facts: Any) -> None:
        super().__init__(code, facts)
        self.code = code
        self.facts = facts

    def __str__(self) -> str:
        facts = ", ".join(f"{name}={value}" for name, value in self.facts.items())
        return f"{self.code}({facts})"
