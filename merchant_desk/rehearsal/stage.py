"""What a rehearsal begins with: a founded merchant and its desks, made once and laid out for each seed."""

import atexit
import tempfile
from dataclasses import dataclass
from pathlib import Path

from merchant_desk.models.encrypted import checkpoint
from merchant_desk.rehearsal.chance import Chance
from merchant_desk.rehearsal.desk import RehearsedDesk, enrol
from merchant_desk.rehearsal.homes import FileHome, Home, PostgresHome
from merchant_desk.rehearsal.merchant import Merchant, found
from merchant_desk.rehearsal.network import Network
from merchant_desk.rehearsal.server import RehearsedServer

STAGE_SEED = (1 << 22) - 1
"""Its ids are those of no rehearsal."""


@dataclass(frozen=True)
class Stage:
    """Files of a server and of desks by their paths, who they belong to, and when they were made.

    `address` and `template` name the server's data where they are at PostgreSQL.
    """

    files: dict[str, bytes]
    merchant: Merchant
    desks: int
    now: int
    address: str = ""
    template: str = ""

    def lay(self, folder: Path) -> Home:
        """Write the files into an empty folder; returns the server's data."""
        for name, data in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        return PostgresHome(self.address, self.template) if self.address else FileHome(folder)


def desk_at(number: int, folder: Path, merchant: Merchant, chance: Chance, network: Network) -> RehearsedDesk:
    """Return the desk with this number, which is not started: the outlets take turns."""
    outlet = merchant.outlets[number % len(merchant.outlets)]
    return RehearsedDesk(folder / f"desk{number}", f"desk {number}", outlet, chance, network)


def make_stage(desks: int, version: str, address: str = "") -> Stage:
    """Found the merchant, enrol so many desks and let each pull once; `address`: at this PostgreSQL."""
    chance = Chance(STAGE_SEED)
    with tempfile.TemporaryDirectory(prefix="stage-") as name:
        folder = Path(name)
        home = PostgresHome(address) if address else FileHome(folder)
        template = ""
        if isinstance(home, PostgresHome):
            atexit.register(home.remove)
            template = home.name
        server = RehearsedServer(folder, home, chance, version)
        server.start()
        network = Network(server, chance)
        network.calm = True
        merchant = found(server.services.house, chance)
        made = [desk_at(number, folder, merchant, chance, network) for number in range(desks)]
        for desk in made:
            enrol(desk, server, merchant.id, (merchant.manager, desk.outlet.worker))
        for desk in made:
            desk.sync()
            checkpoint(desk.profile.writer, "TRUNCATE")
            desk.die()
        server.close()
        files = {
            str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix not in (".lock", ".db-shm") and path.stat().st_size
        }
    return Stage(files, merchant, desks, chance.now, address, template)
