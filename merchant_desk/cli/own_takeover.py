"""Putting a shop's server back on a new computer, before it runs: loaded only when somebody does that."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from sqlalchemy import Connection, select

from merchant_desk import __version__
from merchant_desk.cli.own_founding import opened_services
from merchant_desk.domain.founding import FIRST_OUTLET
from merchant_desk.domain.organisation import RetireDevice
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.faults import Fault
from merchant_desk.models.server_tables import metadata
from merchant_desk.server.backup import Restored, restore_folder
from merchant_desk.server.backup_file import SUFFIX, read_manifest
from merchant_desk.server.certificates import own_hosts
from merchant_desk.server.left import Leaving, take_came
from merchant_desk.server.listening import public_host
from merchant_desk.server.process import DEFAULT_PORT, real_edge
from merchant_desk.server.services import MOST_HOURS
from merchant_desk.server.state import read_values, recovery_name
from merchant_desk.sync.administration import InviteRequest
from merchant_desk.sync.enrolment_code import EnrolmentCode, parse_enrolment_code
from merchant_desk.sync.recovery import RecoveryKey
from merchant_desk.sync.safety_copy_folder import DeskCopies, copies_in
from merchant_desk.sync.taking_over import Around, NothingToTakeOver, ServerCopy
from merchant_desk.sync.vault import AskPassphrase

DEPTH = 4
"""Folders below the one that was named: a profile's backups are three below the folder of a dead disk."""

REASON = "搬到另一台电脑 / moved to another computer"


@dataclass(frozen=True, slots=True)
class Ready:
    """What a restored server's data say: whose they are, which desks follow, whether the shop had left."""

    merchant_id: UUID
    outlet_id: UUID
    desks: tuple[str, ...]
    had_left: bool


def look_around(where: Path) -> Around:
    """Return the copies of servers and desks in a folder, or the one that a file is; the newest first.

    Raises:
        Fault: the file or folder cannot be read; a file that was named is none, or damaged.
        NothingToTakeOver: no copy of a server is there.
    """
    if where.is_file():
        return Around([_copy_at(where)], _safety_beside(where), 0)
    safety = copies_in(where)
    found, unusable, last = [], 0, None
    for path in _files_below(where, DEPTH):
        try:
            found.append(_copy_at(path))
        except Fault as fault:
            unusable, last = unusable + 1, fault
    if not found:
        raise last or NothingToTakeOver(where)
    return Around(sorted(found, key=lambda one: -one.made_at), safety, unusable)


def _copy_at(path: Path) -> ServerCopy:
    manifest = read_manifest(path)
    papers = tuple(one.paper_number for one in manifest.keys)
    return ServerCopy(path, manifest.made_at, sum(manifest.rows.values()), papers)


def _safety_beside(path: Path) -> list[DeskCopies]:
    try:
        return copies_in(path.parent)
    except Fault:
        return []


def _files_below(folder: Path, depth: int) -> Iterator[Path]:
    """Yield files that are called as copies are; folders that cannot be read are passed over."""
    try:
        inside = sorted(folder.iterdir())
    except OSError:
        return
    for one in inside:
        try:
            is_folder = one.is_dir() and not one.is_symlink()
        except OSError:
            continue
        if is_folder and depth:
            yield from _files_below(one, depth - 1)
        elif one.name.endswith(SUFFIX) and not is_folder:
            yield one


def put_back(copy: Path, folder: Path, ask: AskPassphrase, paper: RecoveryKey) -> Restored:
    """Restore a copy into a folder that holds nothing yet, by the rules of `restore`.

    Raises:
        WrongRecoveryKey, BackupForeign, BackupDamaged, BackupNewer, BackupOfAnotherKind, DiskFull...
    """
    edge = real_edge(__version__)
    return restore_folder(copy, folder, edge, demo=False, ask=ask, paper=lambda manifest: paper)


def make_ready(folder: Path, ask: AskPassphrase, paper: RecoveryKey, device_id: UUID | None) -> Ready:
    """Say whose the restored data are, and retire the desk that said that it moves with its server.

    Args:
        folder: of the server, which does not run.
        ask: opens its data.
        paper: the merchant's, where the server has several.
        device_id: the desk whose safety copy is gone on from.

    Raises:
        Refusal: `no_such_merchant`: there is none, or none of this paper.
    """
    with opened_services(folder, ask, DEFAULT_PORT) as services:
        with services.database.writer.begin() as connection:
            came = take_came(connection)
            merchant_id = _merchant(connection, paper)
            own = came.device_id if came is not None else device_id
            outlet_id = _outlet(connection, merchant_id, came, own)
            desks = _others(connection, merchant_id, own)
        if came is not None and device_id is None:
            services.house.do(merchant_id, RetireDevice(came.device_id, REASON))
    return Ready(merchant_id, outlet_id, desks, came is not None)


def invite_two(
    folder: Path, ask: AskPassphrase, ready: Ready, port: int, groups: tuple[str, ...], bound: str
) -> tuple[EnrolmentCode, EnrolmentCode]:
    """Return a code for this computer as a desk, and one that leads the others here.

    The certificate is known when the server runs: both lack it.
    """
    with opened_services(folder, ask, port) as services:
        own = services.invite(ready.merchant_id, InviteRequest(ready.outlet_id, groups))
        other = services.invite(ready.merchant_id, InviteRequest(ready.outlet_id, (), MOST_HOURS))
    return _leading(own.code, "127.0.0.1", port), _leading(other.code, public_host(bound, own_hosts()), port)


def _leading(code: str, host: str, port: int) -> EnrolmentCode:
    parsed = parse_enrolment_code(code)
    return EnrolmentCode(host, port, parsed.outlet_id, parsed.secret, bytes(32))


def _merchant(connection: Connection, paper: RecoveryKey) -> UUID:
    merchants = metadata.tables["merchants"]
    values = read_values(connection)
    for merchant_id in connection.scalars(select(merchants.c.id)):
        if values.get(recovery_name(merchant_id)) == paper.public_key.hex():
            return UUID(str(merchant_id))
    raise Refusal("no_such_merchant", names="")


def _outlet(connection: Connection, merchant_id: UUID, came: Leaving | None, own: UUID | None) -> UUID:
    """Return the outlet of the desk that is replaced, or the one that shops are founded with."""
    if came is not None:
        return came.outlet_id
    devices, outlets = metadata.tables["devices"], metadata.tables["outlets"]
    where = (devices.c.merchant_id == merchant_id) & (devices.c.id == own)
    home = connection.scalar(select(devices.c.outlet_id).where(where)) if own is not None else None
    if home is None:
        first = select(outlets.c.id).where((outlets.c.merchant_id == merchant_id) & (outlets.c.archived == 0))
        home = connection.scalar(first.order_by(outlets.c.code != FIRST_OUTLET, outlets.c.code))
    if home is None:
        raise Refusal("no_outlet_of_code", outlet=FIRST_OUTLET, known="—")
    return UUID(str(home))


def _others(connection: Connection, merchant_id: UUID, own: UUID | None) -> tuple[str, ...]:
    """Return the desks that stand beside the one that is replaced, as people call them."""
    devices = metadata.tables["devices"]
    mine = devices.c.merchant_id == merchant_id
    again = select(devices.c.former_id).where(mine & devices.c.former_id.is_not(None))
    query = select(devices.c.id, devices.c.code, devices.c.name).where(
        mine & devices.c.retired_at.is_(None) & devices.c.id.not_in(again)
    )
    rows = connection.execute(query.order_by(devices.c.code))
    return tuple(f"{row.code} {row.name}".strip() for row in rows if row.id != own)
