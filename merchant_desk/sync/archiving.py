"""All data of the merchant, fetched from the server to a file of this computer.

It comes over a line of its own: minutes of it would hold up what waits to be sent.
"""

import hashlib
import time
import zipfile
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.whole_files import prove_free, whole_file
from merchant_desk.sync.administration import ARCHIVE_MEDIA, MEDIA_TYPE, ArchiveRequest
from merchant_desk.sync.answers import problem_of, read_answer
from merchant_desk.sync.people import Person
from merchant_desk.sync.protocol import encode
from merchant_desk.sync.runtime import DeskRuntime
from merchant_desk.sync.server_faults import NotOurServer, ServerProblem, Unreachable
from merchant_desk.sync.transport import HttpFetch, Request

SUFFIX: Final = ".zip"
TIMEOUT: Final = 60.0
"""Seconds without a byte: the server reads table after table meanwhile."""

BREATH: Final = 0.001
"""Seconds after each piece in which the program's window has the interpreter for itself."""


@dataclass(frozen=True, slots=True)
class ArchiveFetched:
    """An archive that is here whole: its bytes, and their SHA-256 in hexadecimal, as the server has it."""

    path: Path
    size: int
    sha256: str


class _Stopped(Exception):  # noqa: N818 - a person said so
    pass


class Archiving(ABC):
    """The part of a desk that takes the merchant's data along."""

    runtime: DeskRuntime

    @property
    @abstractmethod
    def person(self) -> Person:
        """Who is signed in."""

    @abstractmethod
    def _own_line(self) -> HttpFetch:
        """Return a new way to the server, which is closed after use."""

    def take_archive(
        self,
        target: Path,
        password: str,
        *,
        personal: bool = False,
        told: Callable[[int], None] = lambda size: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> ArchiveFetched | None:
        """Write all data of the merchant in open formats to a new file, whole or not at all (mode 0600).

        The server notes who has it and when, once it is whole.

        Args:
            target: the file, which is not there yet.
            password: of whoever is signed in, and has the rights `organise` and `cost` in the whole merchant.
            personal: with names, telephone numbers and addresses of buyers (right `personal`).
            told: hears how many bytes came.
            cancelled: is asked as often.

        Returns:
            what came; None if it was stopped.

        Raises:
            FileUnusable, DiskFull, StorageFailed: the file cannot be written, or is there already.
            Refusal: `sign_in_failed`, `sign_in_locked`, `password_not_set`, `not_allowed`.
            Fault: no server, or its troubles; the line broke.
        """
        prove_free(target)
        request = self._archive_request(target.name, password, personal=personal)
        line = self._own_line()
        try:
            with whole_file(target) as part, line.opened(request) as answer:
                _check(answer)
                size, sha256 = _write(answer, part, told, cancelled)
        except _Stopped:
            return None
        finally:
            line.close()
        return ArchiveFetched(target, size, sha256)

    def _archive_request(self, name: str, password: str, *, personal: bool) -> Request:
        asked = ArchiveRequest(self.person.login, password, name, personal)
        headers = {"Accept": f"{ARCHIVE_MEDIA}, {MEDIA_TYPE}"}
        return Request("POST", "/archive", encode(asked), self.runtime.identity.token, TIMEOUT, headers)


def _check(answer: httpx.Response) -> None:
    """Pass if an archive is about to come.

    Raises:
        Refusal, Fault: what the server says instead.
    """
    media = answer.headers.get("Content-Type", "").partition(";")[0]
    if answer.status_code == httpx.codes.OK and media == ARCHIVE_MEDIA:
        return
    if answer.status_code < httpx.codes.BAD_REQUEST:
        raise NotOurServer(media or "?")
    fault = problem_of(read_answer(answer))
    refusal: Refusal | None = fault.refusal if isinstance(fault, ServerProblem) else None
    raise refusal or fault


def _write(
    answer: httpx.Response, part: Path, told: Callable[[int], None], cancelled: Callable[[], bool]
) -> tuple[int, str]:
    digest, size = hashlib.sha256(), 0
    with part.open("wb") as file:
        for piece in answer.iter_raw():
            if cancelled():
                raise _Stopped
            digest.update(piece)
            size += file.write(piece)
            told(size)
            time.sleep(BREATH)
    if not zipfile.is_zipfile(part):  # a relay between us ended it as if it were whole
        raise Unreachable("interrupted", "archive")
    return size, digest.hexdigest()
