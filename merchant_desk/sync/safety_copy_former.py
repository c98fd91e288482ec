"""What lies in the folder of this database's former copies: deleted where it is known here, else kept.

A disk image that was put back, a restored profile and a clone have the keys of the desk that they are of, and
its name: what that desk did since stands only in its copy. So nothing of a copy is deleted that this database
does not know. See docs/decisions/0034-safety-copy.md.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress
from itertools import count
from pathlib import Path

from sqlalchemy import Connection

from merchant_desk.models.desk_tables import scan_journal
from merchant_desk.sync.protocol import decode_header
from merchant_desk.sync.safety_copy_folder import copies_in, every_part, remove_copies, written_in
from merchant_desk.sync.safety_copy_part import PartContent
from merchant_desk.sync.safety_copy_reading import STATE, WAITING, GiveWay
from merchant_desk.sync.safety_copy_state import CopyNotWritten
from merchant_desk.sync.vault import OpenedVault

Read = Callable[[], Connection]

AT_ONCE = 500
SCANNED_AT = [column.name for column in scan_journal.columns].index("scanned_at")


def is_known(read: Read, folder: Path, database_key: bytes, give_way: GiveWay) -> bool:
    """Tell whether this database has every operation and every waiting scan of a desk's copies in a folder.

    Keys of buyers came with operations. Of what is damaged nothing is lost; a file that cannot be read now
    may be read later, and counts as unknown.
    """
    try:
        for part in every_part(folder, database_key):
            with read() as connection, connection.begin():
                if not (_has_operations(connection, part) and _has_scans(connection, part)):
                    return False
            give_way()
    except OSError:
        return False
    return True


def _has_operations(connection: Connection, part: PartContent) -> bool:
    wanted = list({decode_header(one.header).op_id.bytes for one in part.operations if not one.is_sent})
    found = 0
    for start in range(0, len(wanted), AT_ONCE):
        some = tuple(wanted[start : start + AT_ONCE])
        sql = f"SELECT count(*) FROM outbox WHERE op_id IN ({', '.join('?' * len(some))})"  # noqa: S608
        found += int(connection.exec_driver_sql(sql, some).scalar() or 0)
    return found == len(wanted)


def _has_scans(connection: Connection, part: PartContent) -> bool:
    sql = "SELECT 1 FROM scan_journal WHERE n = ? AND scanned_at = ?"
    waiting = [(row[0], row[SCANNED_AT]) for row in part.journal if row[STATE] in WAITING]
    return all(connection.exec_driver_sql(sql, one).scalar() for one in waiting)


def set_aside(own: Path) -> None:
    """Give what a desk's folder holds a name that nothing is written under; `copies_in` finds it there.

    Raises:
        CopyNotWritten: the disk says no.
    """
    aside = next(one for n in count(1) if not (one := own.with_name(f"{own.name}-kept-{n}")).exists())
    with written_in(own):
        own.rename(aside)


def clear_former(read: Read, own: Path, vault: OpenedVault, give_way: GiveWay) -> Path | None:
    """Delete what else of this database lies beside its new copy, `own`, as far as that is known here.

    Such are copies under a former identity, and what was set aside. Returns one that must stay, or None.

    Raises:
        FileUnusable: the folder cannot be read.
    """
    stays: Path | None = None
    for one in _others(own, vault.profile_id):
        if is_known(read, one, vault.key, give_way):
            with suppress(CopyNotWritten):  # what is left of them does no harm
                remove_copies(one)
        else:
            stays = one
    return stays


def _others(own: Path, profile_id: str) -> Iterable[Path]:
    for copies in copies_in(own.parent):
        if copies.header.profile_id == profile_id and copies.folder not in (own, own.parent):
            yield copies.folder
