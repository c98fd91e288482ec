"""What is wrong with a file as a whole: nothing of it is read."""

from typing import Any

from merchant_desk.domain.refusals import Refusal


class ImportProblem(Refusal):
    """A file, or a saved mapping, that cannot be imported: `code` and the facts that its sentence names.

    `problem_texts.problem_text` gives the sentence in Chinese and English. What is wrong with one row is a
    `domain.imports.Fault` instead: that row is refused and the others go on.
    """

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code, **facts)
