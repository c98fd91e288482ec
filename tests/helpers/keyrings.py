"""Doubles of what stands outside the process: the system's keyring and a person who is asked."""

import threading

from merchant_desk.sync.vault import PassphraseRequest


class FakeBackend:
    """A keyring of the operating system, at the edge of the process; fails as it is told."""

    def __init__(self, priority: float = 5) -> None:
        self.priority = priority
        self.entries: dict[tuple[str, str], str] = {}
        self.failure: BaseException | None = None
        self.hanging: threading.Event | None = None

    def _answer(self) -> None:
        if self.hanging is not None:
            self.hanging.wait(30)
        if self.failure is not None:
            raise self.failure

    def get_password(self, service: str, username: str) -> str | None:
        self._answer()
        return self.entries.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._answer()
        self.entries[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        self._answer()
        del self.entries[service, username]


class Person:
    """Answers requests for a passphrase from a list, and remembers them."""

    def __init__(self, *answers: str | None) -> None:
        self.answers = list(answers)
        self.requests: list[PassphraseRequest] = []

    def __call__(self, request: PassphraseRequest) -> str | None:
        self.requests.append(request)
        return self.answers.pop(0)
