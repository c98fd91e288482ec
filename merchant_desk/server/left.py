"""A server that was left behind: its shop goes on from a copy on another computer, nobody serves this one.

It is said in the database itself, so that neither a window nor a command serves it in silence, and so that
the copy, which is made after it, tells the new computer which desk it takes the place of.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar
from uuid import UUID

import msgspec
from sqlalchemy import Connection, delete

from merchant_desk.models.faults import Fault
from merchant_desk.models.server_tables import server_state
from merchant_desk.server.database import ServerDatabase
from merchant_desk.server.state import read_values, write_value

LEFT, CAME = "left", "came"
"""Names of the value: in the database that is left behind, and in one that was put back from its copy."""


@dataclass(eq=False)
class ServerLeft(Fault):
    """The shop has moved from this folder to another computer."""

    zh: ClassVar[str] = (
        "本店已搬到另一台电脑，这里的服务器不再启动，以免一家店有两台服务器。没有改变任何数据。"
        "若新电脑没有打开过搬家文件，可用 merchant-desk hand-over --take-back --to 文件夹 收回。"
    )
    en: ClassVar[str] = (
        "The shop has moved to another computer. Its server does not start here any more, or one shop would "
        "have two. Nothing was changed. If no computer has opened the moving file, merchant-desk hand-over "
        "--take-back --to ITS-FOLDER takes it back."
    )


@dataclass(eq=False)
class LeftNotRestored(Fault):
    """A copy would take the place of a database whose shop has moved: one shop would have two servers."""

    folder: Path
    zh: ClassVar[str] = (
        "{folder} 里的店已搬到另一台电脑。在这里恢复备份，一家店就有两台服务器，两边的账会不一样。"
        "没有改变任何数据。"
        "若新电脑没有打开过搬家文件，请用 merchant-desk hand-over --take-back 收回；"
        "只有那台电脑确实不再使用时，才加 --anyway 恢复。"
    )
    en: ClassVar[str] = (
        "The shop of {folder} has moved to another computer. With a copy restored here it would have two "
        "servers whose books differ. Nothing was changed. If no computer has opened the moving file, "
        "merchant-desk hand-over --take-back takes it back; only if that computer is not used any more, "
        "restore with --anyway."
    )


class Leaving(msgspec.Struct, frozen=True):
    """When a shop left (microseconds UTC), which desk stood beside its server, and the moving file's name."""

    at: int
    merchant_id: UUID
    device_id: UUID
    outlet_id: UUID
    file: str = ""


def note_left(connection: Connection, leaving: Leaving) -> None:
    """Note that nobody serves this database from now on."""
    write_value(connection, LEFT, msgspec.json.encode(leaving).decode())


def read_left(connection: Connection) -> Leaving | None:
    """Return what was noted when the shop left; None: it is here."""
    left = read_values(connection).get(LEFT)
    return msgspec.json.decode(left, type=Leaving) if left is not None else None


def forget_left(connection: Connection) -> None:
    """Let it be served again: the shop was taken back."""
    connection.execute(delete(server_state).where(server_state.c.name == LEFT))


def note_came(connection: Connection) -> None:
    """In a database that was put back: it is served here, and came from the one that was left."""
    left = read_values(connection).get(LEFT)
    if left is not None:
        forget_left(connection)
        write_value(connection, CAME, left)


def take_came(connection: Connection) -> Leaving | None:
    """Return which desk a database that was put back came with, once; None for any other copy."""
    came = read_values(connection).get(CAME)
    connection.execute(delete(server_state).where(server_state.c.name == CAME))
    return msgspec.json.decode(came, type=Leaving) if came is not None else None


def prove_not_left(database: ServerDatabase) -> None:
    """Raise ServerLeft where the shop has moved to another computer."""
    with database.reader.connect() as connection, connection.begin():
        if LEFT in read_values(connection):
            raise ServerLeft
