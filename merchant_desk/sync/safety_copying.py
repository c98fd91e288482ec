"""The facade's part about the second copy of unsent work: where it goes, how it is, another one now."""

from abc import ABC, abstractmethod
from pathlib import Path

from merchant_desk.domain.permissions import may
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.queries.operation_lists import grants
from merchant_desk.sync.people import Person
from merchant_desk.sync.runtime import DeskRuntime
from merchant_desk.sync.safety_copies import SafetyCopies
from merchant_desk.sync.safety_copy_state import CopyState

RIGHT = "organise"
"""Whoever sets up the outlet says where its work is copied to."""


class SafetyCopying(ABC):
    """What people do with their desk's safety copy."""

    runtime: DeskRuntime
    copies: SafetyCopies

    @property
    @abstractmethod
    def person(self) -> Person:
        """Who is signed in."""

    @property
    def copy_state(self) -> CopyState | None:
        """Where the copy is and how old; None: no folder was named."""
        return self.copies.state

    def name_copy_folder(self, folder: str | Path) -> CopyState | None:
        """Let the copy go to this folder from now on, and make it; takes as long as the disk does.

        Raises:
            Refusal: `not_allowed`, `nobody_signed_in`; all stays as it was.
            DemoUnprotected, CopyFolderUnfit: likewise.
            CopyNotWritten: likewise if the folder cannot be used at all; else it is named, and tried again.
        """
        self._check_right()
        self.copies.name(Path(folder), self.person.id)
        return self.copies.copy_now()

    def end_safety_copy(self) -> None:
        """Make no copy any more; what is there stays. Raises Refusal as `name_copy_folder`."""
        self._check_right()
        self.copies.end()

    def copy_now(self) -> CopyState | None:
        """Bring the copy up to date now; None: no folder was named.

        Raises:
            CopyNotWritten: why it could not be.
        """
        return self.copies.copy_now()

    def _check_right(self) -> None:
        with self.runtime.read() as connection, connection.begin():
            held, version = grants(connection, self.person.id)
        if not may(held, RIGHT, self.runtime.identity.outlet_id, version):
            raise Refusal("not_allowed", right=RIGHT)
