"""What a rehearsal looks for."""


class Violation(Exception):  # noqa: N818 - what a rehearsal looks for
    """Something is not so that must be so; `rule` names it."""

    def __init__(self, rule: str, what: str) -> None:
        super().__init__(f"{rule}: {what}")
        self.rule = rule
