"""The keyring of the operating system, asked in a way that cannot hang or surprise the program.

Backends block on prompts that nobody sees, and raise what they like. Each call therefore runs in its
own daemon thread with a time-out, and every failure becomes `KeyringUnavailable` with its reason.
"""

import queue
import threading
from collections.abc import Callable
from typing import Protocol

from merchant_desk.sync.key_faults import KeyringTrouble, KeyringUnavailable

SERVICE = "merchant-desk"
ANSWER_TIMEOUT_S = 60.0
"""Long enough for a person to answer the system's own prompt."""

_LEAST_PRIORITY = 1
"""keyring calls a backend below it not recommended: none at all, a plain file, a null device."""


class Backend(Protocol):
    """What we use of `keyring.backend.KeyringBackend`."""

    @property
    def priority(self) -> float:
        """How good the backend is; below 1 it is no protection."""

    def get_password(self, service: str, username: str) -> str | None:
        """Return the secret, None if there is none."""

    def set_password(self, service: str, username: str, password: str) -> None:
        """Keep the secret."""

    def delete_password(self, service: str, username: str) -> None:
        """Forget the secret."""


def chosen_backend() -> Backend:
    """Return the backend that keyring finds best on this machine."""
    import keyring

    backend: Backend = keyring.get_keyring()
    return backend


class SystemKeyring:
    """Secrets of the service "merchant-desk" by profile.

    Args:
        backend: returns the keyring to ask; runs in the asking thread, as finding one may hang too.
        timeout_s: how long one call may take, in seconds.

    Every method raises KeyringUnavailable when the keyring does not serve.
    """

    def __init__(
        self, backend: Callable[[], Backend] = chosen_backend, timeout_s: float = ANSWER_TIMEOUT_S
    ) -> None:
        self._backend = backend
        self._timeout_s = timeout_s

    def read(self, profile_id: str) -> str | None:
        """Return the profile's secret, None if the keyring works and holds none."""
        return self._ask(lambda backend: backend.get_password(SERVICE, profile_id))

    def write(self, profile_id: str, secret: str) -> None:
        """Keep the profile's secret, and prove that it can be read again."""

        def keep(backend: Backend) -> str | None:
            backend.set_password(SERVICE, profile_id, secret)
            return backend.get_password(SERVICE, profile_id)

        if self._ask(keep) != secret:
            raise KeyringUnavailable(KeyringTrouble.FAILED.value, "a stored secret did not come back")

    def erase(self, profile_id: str) -> None:
        """Forget the profile's secret; it need not be there."""

        def forget(backend: Backend) -> None:
            if backend.get_password(SERVICE, profile_id) is not None:
                backend.delete_password(SERVICE, profile_id)

        self._ask(forget)

    def _ask(self, question: Callable[[Backend], str | None]) -> str | None:
        answers: queue.SimpleQueue[str | BaseException | None] = queue.SimpleQueue()

        def ask() -> None:
            try:
                backend = self._backend()
                if backend.priority < _LEAST_PRIORITY:
                    name = f"{type(backend).__module__}.{type(backend).__name__}"
                    answers.put(KeyringUnavailable(KeyringTrouble.NONE_FOUND.value, name))
                else:
                    answers.put(question(backend))
            except BaseException as failure:  # noqa: BLE001 - backends raise what they like, or exit
                answers.put(failure)

        threading.Thread(target=ask, name="keyring", daemon=True).start()
        try:
            answer = answers.get(timeout=self._timeout_s)
        except queue.Empty:
            detail = f"{self._timeout_s:g} s"
            raise KeyringUnavailable(KeyringTrouble.TIMED_OUT.value, detail) from None
        if isinstance(answer, KeyringUnavailable):
            raise answer
        if isinstance(answer, BaseException):
            detail = f"{type(answer).__name__}: {answer}"
            raise KeyringUnavailable(_trouble(answer).value, detail) from answer
        return answer


def _trouble(failure: BaseException) -> KeyringTrouble:
    """Name what a backend raised; a refused prompt reaches us as "locked" from several of them."""
    from keyring.errors import KeyringLocked, NoKeyringError, PasswordSetError

    words = f"{type(failure).__name__} {type(failure.__cause__).__name__} {failure}".casefold()
    refused = any(word in words for word in ("denied", "dismissed", "cancelled", "canceled"))
    if isinstance(failure, NoKeyringError):
        return KeyringTrouble.NONE_FOUND
    if isinstance(failure, PermissionError) or refused:
        return KeyringTrouble.DENIED
    if isinstance(failure, KeyringLocked) or "locked" in words:
        return KeyringTrouble.LOCKED
    return KeyringTrouble.DENIED if isinstance(failure, PasswordSetError) else KeyringTrouble.FAILED
