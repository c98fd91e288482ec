"""A new computer takes over the shop of another: what can be taken, what was said, how far it came.

The moving file is the token of the shop: whoever opens one writes so beside it, and whoever finds that there
opens it no more without being told. So two computers do not serve one shop in silence, although neither can
ask the other.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import msgspec

from merchant_desk.models.faults import Fault, file_fault
from merchant_desk.models.private_files import write_private
from merchant_desk.sync.recovery import RecoveryKey
from merchant_desk.sync.safety_copy_folder import DeskCopies

MOVING = "merchant-desk-moving-"
"""How the name of a moving file begins. Other copies may be opened as often as one likes."""

OPENED = ".opened"
BEGUN = "taking-over.json"
"""In the profile, from the first step until its desk is enrolled."""


@dataclass(eq=False)
class NothingToTakeOver(Fault):
    """There is no copy of a server's data in the folder."""

    folder: Path
    zh: ClassVar[str] = (
        "{folder} 里没有可用的搬家文件或服务器备份（.mdbackup）。请核对 U 盘和文件夹；"
        "旧电脑的硬盘还能读时，备份在它的 merchant-desk 文件夹的 server/backups 里。"
    )
    en: ClassVar[str] = (
        "There is no moving file and no backup of a server (.mdbackup) in {folder}. Check stick and folder; "
        "where the old computer's disk can be read, they are in server/backups of its merchant-desk folder."
    )


@dataclass(eq=False)
class ShopHere(Fault):
    """The computer carries a shop's server already: it can take over no other."""

    folder: Path
    zh: ClassVar[str] = (
        "这台电脑的 {folder} 里已经有一家店的服务器，不能再接管。什么都没有改变。"
        "若那家店不再需要，请先把文件夹改名放到一边。"
    )
    en: ClassVar[str] = (
        "This computer carries a shop's server in {folder} already and can take over no other. Nothing was "
        "changed. If that shop is not needed any more, give the folder another name first."
    )


@dataclass(eq=False)
class OpenedAlready(Fault):
    """A moving file was opened on another computer: opened again, one shop would have two servers."""

    computer: str
    at: str
    zh: ClassVar[str] = (
        "这个搬家文件已于 {at} 在电脑“{computer}”上打开过。再打开一次，一家店就有两台服务器，"
        "两边的账会不一样。什么都没有改变。只有那台电脑确实不再使用时才可继续。"
    )
    en: ClassVar[str] = (
        "This moving file was opened on the computer {computer} at {at}. Opened again, one shop would have "
        "two servers whose books differ. Nothing was changed. Go on only if that computer is not used any "
        "more."
    )


@dataclass(frozen=True, slots=True)
class ServerCopy:
    """A copy of a server's data: when it was made (microseconds UTC), and the papers that open it."""

    path: Path
    made_at: int
    rows: int
    papers: tuple[str, ...]

    @property
    def is_moving_file(self) -> bool:
        """Whether nothing was done at the old server after it."""
        return self.path.name.startswith(MOVING)


@dataclass(frozen=True, slots=True)
class Around:
    """What lies in a folder, the newest first; `unusable` are files that only look like copies."""

    copies: Sequence[ServerCopy]
    safety: Sequence[DeskCopies]
    unusable: int


@dataclass(frozen=True, slots=True)
class TakeOver:
    """What a person gave. `reachable`: for other computers too; `anyway`: a moving file that was opened."""

    copy: Path
    paper: RecoveryKey = field(repr=False)
    safety: DeskCopies | None = None
    login: str = ""
    password: str = field(default="", repr=False)
    name: str = ""
    reachable: bool = True
    accept_damage: bool = False
    anyway: bool = False


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What came of it: the copy's time, the desks that are to follow, and the code that leads them here.

    `restored_rows` counts all tables; `address` is where the server answers others.
    """

    made_at: int
    restored_rows: int
    desks: tuple[str, ...]
    code: str = field(repr=False)
    address: str


class Begun(msgspec.Struct, frozen=True):
    """A take-over that began in a profile: by its id a moving file knows it again."""

    id: UUID
    copy: str
    safety: str = ""


class _Mark(msgspec.Struct, frozen=True):
    id: UUID
    computer: str
    at: str


def read_begun(profile: Path) -> Begun | None:
    """Return the take-over that began in a profile and did not end."""
    with suppress(OSError, msgspec.DecodeError):
        return msgspec.json.decode((profile / BEGUN).read_bytes(), type=Begun)
    return None


def note_begun(profile: Path, begun: Begun) -> None:
    """Note that one began.

    Raises:
        Fault: it cannot be written.
    """
    try:
        write_private(profile / BEGUN, msgspec.json.encode(begun))
    except OSError as error:
        raise file_fault(error, profile) from error


def note_ended(profile: Path) -> None:
    """Forget that one began: its desk is enrolled, or nothing was changed by it."""
    with suppress(OSError):
        (profile / BEGUN).unlink(missing_ok=True)


def prove_unopened(copy: Path, own: UUID | None = None) -> None:
    """Raise OpenedAlready where another take-over than `own` opened a moving file."""
    mark = _read_mark(copy)
    if mark is not None and mark.id != own:
        raise OpenedAlready(mark.computer, mark.at)


def mark_opened(copy: Path, own: UUID, computer: str, at: str) -> None:
    """Write beside a moving file that it is opened.

    Raises:
        Fault: the medium takes nothing: then nobody else would know.
    """
    try:
        write_private(_mark_of(copy), msgspec.json.encode(_Mark(own, computer, at)))
    except OSError as error:
        raise file_fault(error, _mark_of(copy)) from error


def unmark_opened(copy: Path, own: UUID) -> None:
    """Take the mark of a take-over away that changed nothing; what cannot be reached keeps it."""
    with suppress(OSError, Fault):
        mark = _read_mark(copy)
        if mark is not None and mark.id == own:
            _mark_of(copy).unlink()


def _mark_of(copy: Path) -> Path:
    return copy.with_name(copy.name + OPENED)


def _read_mark(copy: Path) -> _Mark | None:
    try:
        return msgspec.json.decode(_mark_of(copy).read_bytes(), type=_Mark)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise file_fault(error, copy) from error
    except msgspec.DecodeError:
        return _Mark(UUID(int=0), "?", "?")
