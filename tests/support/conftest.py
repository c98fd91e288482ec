"""A running shop, and a desk of it that worked and was closed."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from merchant_desk.desk import Desk
from merchant_desk.models.encrypted import checkpoint, open_engine
from tests.trouble.shopfloor import Floor, RealShop, at_work, real_shop

PAGE = 4096


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealShop]:
    """A server process with a merchant; one for a file, since starting it takes a second."""
    folder = tmp_path_factory.mktemp("shop")
    with real_shop(folder) as made:
        made.desk(folder / "keeper")
        yield made


@pytest.fixture
def stopped(shop: RealShop, tmp_path: Path) -> Floor:
    """A desk that received 40 pieces and was synced, received 5 more, and was closed."""
    floor = at_work(shop.desk(tmp_path / "desk"))
    floor.scan(40)
    floor.desk.sync()
    floor.scan(5)
    close(shop, floor.desk)
    return floor


@pytest.fixture
def opened(shop: RealShop) -> Iterator[Callable[[Path], Desk]]:
    """Open a profile again; it is closed at the end."""

    def open_it(folder: Path) -> Desk:
        desk = Desk.open(folder, demo=True)
        shop.desks.append(desk)
        desk.sign_in("manager", shop.password)
        return desk

    yield open_it
    while len(shop.desks) > 1:
        shop.desks.pop().close()


def close(shop: RealShop, desk: Desk) -> None:
    """Close a desk with its log in its file."""
    checkpoint(desk.runtime.profile.writer, "TRUNCATE")
    desk.close()
    shop.desks.remove(desk)


def folder_of(floor: Floor) -> Path:
    """Return the profile's folder."""
    return floor.desk.runtime.profile.folder


def change(folder: Path, *statements: str) -> None:
    """Change a closed profile's database behind the program's back."""
    key = bytes.fromhex((folder / "demo.key").read_text("ascii"))
    engine = open_engine(folder / "desk.db", key, role="writer")
    connection = engine.raw_connection()
    for statement in statements:
        connection.execute(statement)
    connection.close()
    checkpoint(engine, "TRUNCATE")
    engine.dispose()


def damage(folder: Path, table: str) -> None:
    """Spoil the page on which a table of a closed profile begins."""
    path = folder / "desk.db"
    engine = open_engine(path, bytes.fromhex((folder / "demo.key").read_text("ascii")), role="reader")
    with engine.connect() as connection:
        sql = f"SELECT rootpage FROM sqlite_master WHERE name = '{table}'"
        page = int(str(connection.exec_driver_sql(sql).scalar())) - 1
    engine.dispose()
    content = bytearray(path.read_bytes())
    for at in range(page * PAGE + 200, page * PAGE + 260):
        content[at] ^= 0x5A
    path.write_bytes(content)
