"""Sending by hand: pending operations in one sealed file, which a desk with a line hands to the server."""

import os
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Final, NoReturn

from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.faults import Fault
from merchant_desk.models.whole_files import prove_free, whole_file
from merchant_desk.sync.carried_file import (
    CarriedAnswer,
    CarriedFrame,
    CarriedHeader,
    read_frames,
    write_file,
)
from merchant_desk.sync.desk_state import Identity
from merchant_desk.sync.key_faults import DemoUnprotected
from merchant_desk.sync.pace import Pace
from merchant_desk.sync.protocol import BATCH_BYTES, PushRequest
from merchant_desk.sync.pushing import LEAST_BYTES, Pusher
from merchant_desk.sync.runtime import DeskRuntime
from merchant_desk.sync.signing import DeviceKeys
from merchant_desk.sync.transport import ServerApi

FRAME_BYTES: Final = BATCH_BYTES // 4
"""What a frame holds at most, before it is compressed: a part passes a slow line in some seconds."""

Told = Callable[[int, int], None]
Send = Callable[[CarriedFrame], CarriedAnswer]

PENDING = (
    "SELECT min(device_seq), max(device_seq), count(*) FROM outbox"
    " WHERE status = 'pending' AND device_seq >= 1"
)


@dataclass(eq=False)
class EarlierNeeded(Fault):
    """The file begins after what the server waits for: an older file was not delivered, or a backup came."""

    expected: int
    first: int
    zh: ClassVar[str] = (
        "服务器先要编号 {expected} 起的操作，文件却从 {first} 开始：请先送更早的文件，或让那台工作台联网。"
    )
    en: ClassVar[str] = (
        "The server needs the operations from number {expected} on first, and the file begins with {first}: "
        "bring an older file first, or let that desk reach the server once."
    )


@dataclass(eq=False)
class CarriedStopped(Fault):
    """The server cannot go on with the desk that wrote the file; `reason` is its word for it."""

    reason: str
    zh: ClassVar[str] = (
        "服务器不能接着收那台工作台的操作（{reason}）。工作仍在那台电脑里，它联网时会说明原因和办法。"
    )
    en: ClassVar[str] = (
        "The server cannot go on with that desk's operations ({reason}). They are safe on that computer, "
        "which says why, and what to do, when it reaches the server."
    )


@dataclass(frozen=True, slots=True)
class Carried:
    """A file that was written: how many operations of which numbers it holds, and its bytes."""

    path: Path
    header: CarriedHeader
    size: int


@dataclass(slots=True)
class Delivered:
    """What became of a file: outcomes by status, how many the server had before, and why it stopped, if so.

    `sent` operations were answered; the file is through when it is `whole`. `stopped` is the server's word
    as in `PushAnswer`, `expected` the number that it waits for.
    """

    header: CarriedHeader
    outcomes: Counter[str] = field(default_factory=Counter)
    known: int = 0
    stopped: str = ""
    expected: int = 0
    whole: bool = False

    @property
    def sent(self) -> int:
        """How many operations were answered."""
        return self.outcomes.total()

    @property
    def fault(self) -> Fault | None:
        """Why it went no further, in words; None if it did."""
        if not self.stopped:
            return None
        if self.stopped == "hole":
            return EarlierNeeded(self.expected, self.header.first_seq)
        return CarriedStopped(self.stopped)

    @property
    def new(self) -> int:
        """How many of them the server did not have before."""
        return self.sent - self.known


class Carrying(ABC):
    """The part of a desk that writes and delivers carried files."""

    runtime: DeskRuntime
    api: ServerApi

    @property
    @abstractmethod
    def identity(self) -> Identity:
        """Who this desk is."""

    def write_carried(
        self,
        target: Path,
        *,
        random: Callable[[int], bytes] = os.urandom,
        told: Told = lambda done, total: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Carried | None:
        """Write everything that waits to be sent into a new file, whole or not at all (mode 0600).

        It stays pending here: only the server itself says what became of it, at the next direct sync.

        Args:
            target: the file, which is not there yet.
            random: gives nonces.
            told: hears how many operations of how many are in it.
            cancelled: is asked as often.

        Returns:
            what was written; None if it was stopped.

        Raises:
            DemoUnprotected: a demo's key is known to no server.
            FileUnusable, DiskFull, StorageFailed: the file cannot be written, or is there already.
            Refusal: `nothing_to_carry`.
        """
        profile = self.runtime.profile
        if not profile.vault.protected:
            raise DemoUnprotected
        prove_free(target)
        header = self._carried_header()
        keys = DeviceKeys(self.identity.signing_seed, self.identity.agreement_seed)
        try:
            with whole_file(target) as part, part.open("wb") as file:
                batches = self._batches(header, told, cancelled)
                write_file(file, header, batches, keys.signing_key, profile.vault.key, random)
        except _Stopped:
            return None
        return Carried(target, header, target.stat().st_size)

    def deliver_carried(
        self,
        path: Path,
        *,
        told: Told = lambda done, total: None,
        cancelled: Callable[[], bool] = lambda: False,
    ) -> Delivered | None:
        """Hand a file of a desk of this merchant to the server; what is in it stays sealed for us.

        It may be done again, also after a part of it went through: nothing takes effect twice.

        Returns:
            what became of it; None if it was stopped.

        Raises:
            CarriedUnreadable: the file is damaged, or none of ours; nothing was sent.
            FileUnusable, StorageFailed: it cannot be read.
            Refusal: the server's "no": `carried_foreign`, `carried_unreadable`, `carried_unknown_desk`,
                `carried_retired`.
            Fault: the server could not be asked; what was delivered before stays delivered.
        """
        return deliver(path, self.api.carried, told, cancelled)

    def _carried_header(self) -> CarriedHeader:
        runtime, own = self.runtime, self.identity
        with runtime.read() as connection, connection.begin():
            first, last, count = connection.exec_driver_sql(PENDING).one()
        if not count:
            raise Refusal("nothing_to_carry")
        place = own.merchant_id, own.device_id, own.code, runtime.profile.vault.profile_id
        return CarriedHeader(*place, first, last, count, runtime.clock())

    def _batches(
        self, header: CarriedHeader, told: Told, cancelled: Callable[[], bool]
    ) -> Iterator[PushRequest]:
        pace = Pace(FRAME_BYTES, LEAST_BYTES, FRAME_BYTES)
        pusher = Pusher(_NOBODY, self.runtime.read, pace)
        first, done = header.first_seq, 0
        while batch := pusher.next_batch(first, header.last_seq):
            if cancelled():
                raise _Stopped
            yield batch.request
            first, done = batch.seqs[-1] + 1, done + len(batch.seqs)
            told(done, header.operations)


def deliver(path: Path, send: Send, told: Told, cancelled: Callable[[], bool]) -> Delivered | None:
    """Send a file's frames in turn and count what became of them; see `Carrying.deliver_carried`."""
    header, frames = read_frames(path)
    found = Delivered(header)
    for frame in frames:
        if cancelled():
            return None
        answer = send(frame)
        found.outcomes.update(answer.outcomes)
        found.known += answer.known
        told(found.sent, header.operations)
        if answer.stopped:
            found.stopped, found.expected = answer.stopped, answer.expected
            return found
        found.whole = frame.last
    return found


class _Stopped(Exception):  # noqa: N818 - a person said so
    pass


class _Nobody:
    """Where nothing is pushed."""

    def push(self, request: PushRequest, /) -> NoReturn:
        raise LookupError("a file is written, nothing is sent")


_NOBODY: Any = _Nobody()
