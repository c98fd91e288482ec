"""Makes the sample of the first shift's version anew, with that version's own wheel.

    python -m tests.samples.make

Two archives hold a desk's and a server's folder, closed; their keys lie open beside them, as a demo
merchant's do, and are of no other use. `first_shift.json` says what is in them.
"""

import json
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.samples.sums import sums
from tests.server.running import running
from tests.skew.former import COMMIT, Hands, build
from tests.trouble.shopfloor import INIT, demonstration_code

HERE = Path(__file__).parent
ARCHIVE, CONTENTS = "first_shift_{}.tar.xz", HERE / "first_shift.json"


def work(hands: Hands, code: str) -> str:
    """Leave what an evening leaves: some of it sent, a count finished, a shipment under way, a task."""
    sku = str(hands.do("add", code))
    hands.do("shelf", "A-01")
    hands.do("receive")
    hands.do("scan", code, 5)
    hands.do("stray", demonstration_code())
    hands.do("finish")
    hands.do("order", "SO-1", sku, 2)
    hands.do("sync")
    hands.do("order", "SO-2", sku, 3)
    hands.do("lose", sku, 6)
    hands.do("count", "A-01")
    hands.do("scan", code, 4)
    hands.do("finish")
    hands.do("ship", "SO-2")
    hands.do("scan", code, 2)
    return sku


def main() -> None:
    """Make both files."""
    with TemporaryDirectory() as made:
        folder, code = Path(made), demonstration_code()
        program = build(folder)
        with running(folder / "server", *INIT, "--plain-http", env=program.env) as server:
            password = str(server.ready["founded"]["password"])
            with program.hands(folder / "hands.log") as hands:
                hands.do("enrol", str(folder / "desk"), server.ready["codes"]["CG"])
                hands.do("sign_in", password)
                sku = work(hands, code)
                about: dict[str, Any] = {"commit": COMMIT, "password": password, "code": code, "sku": sku}
                about |= {name: hands.do(name) for name in ("waiting", "tasks")}
                about["stock"] = hands.do("stock", sku)
            server.stop()
        about["desk"] = sums(folder / "desk" / "desk.db")
        about["server"] = sums(folder / "server" / "server.db")
        for name in ("desk", "server"):
            with tarfile.open(HERE / ARCHIVE.format(name), "w:xz") as archive:
                archive.add(folder / name, name, filter=_nobodys)
    CONTENTS.write_text(json.dumps(about, ensure_ascii=False) + "\n", encoding="utf-8")


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """Leave out who made it, and what is of no use once it is closed."""
    if member.name.endswith(("-shm", "-wal", ".lock", "/snapshots")):
        return None
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


if __name__ == "__main__":
    main()
