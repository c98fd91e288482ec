"""The real application on a real port of this process, that can be stopped and started again there."""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn

import merchant_desk
from merchant_desk.desk import Desk
from merchant_desk.domain.locations import AddLocations, location_id
from merchant_desk.domain.organisation import AddOutlet, AddPerson, FoundMerchant, GrantRole
from merchant_desk.domain.products import AddProduct, NewSku
from merchant_desk.domain.stock import AdjustStock
from merchant_desk.models.encrypted import checkpoint
from merchant_desk.server.app import make_app
from merchant_desk.server.database import open_embedded
from merchant_desk.server.services import Edge, ServerAddress, Services, open_services
from merchant_desk.server.state import renew_epoch
from merchant_desk.sync.enrolment_code import EnrolmentCode
from tests.helpers.postgres import free_port
from tests.helpers.world import KEY, Chance

MICRO = 1_000_000
START_SECONDS = 20.0


class PortServer:
    """A merchant's server on a loopback port."""

    def __init__(self, folder: Path, seed: int = 1, *, snapshots: bool = False) -> None:
        self.path = folder / "server.db"
        self._snapshots = folder / "snapshots" if snapshots else None
        self.chance = Chance(seed, now=time.time_ns() // 1_000)
        self.port = free_port()
        self.services: Services
        self.start()
        new_id = self.chance.new_id
        self.merchant, self.manager, self.outlet, self.warehouse = (new_id() for _ in range(4))
        self.shelf, self.rice = location_id(self.warehouse, "A-01"), new_id()
        self.services.house.do(
            self.merchant,
            FoundMerchant("青石供销社", "CNY", self.manager, "店长"),
            AddOutlet(self.outlet, "CG", "城关门店", "Asia/Shanghai", 0, self.warehouse),
            AddPerson(new_id(), "worker", "仓管", "P:1001"),
            GrantRole(self.manager, "manager", self.outlet),
            AddLocations(self.outlet, self.warehouse, "storage", ("A-01",)),
            AddProduct(
                NewSku(self.rice, "RICE", "大米", "Rice", "粮油", "袋", 68 * MICRO, False, False, 0, 0, ())
            ),
        )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Open the database and listen."""
        edge = Edge(
            lambda: time.time_ns() // 1_000, self.chance.bytes, self.chance.new_id, merchant_desk.__version__
        )
        database = open_embedded(self.path, KEY)
        address = ServerAddress("127.0.0.1", self.port)
        self.services = open_services(database, edge, address, snapshot_folder=self._snapshots)
        config = uvicorn.Config(
            make_app(self.services),
            port=self.port,
            log_level="critical",
            lifespan="on",
            timeout_graceful_shutdown=1,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, name="test-server", daemon=True)
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.started:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.01)

    def stop(self) -> None:
        """Hang up and close the database."""
        self._server.should_exit = True
        self._thread.join(START_SECONDS)
        self.services.close()

    def copy(self) -> bytes:
        """Return the database as it is now."""
        checkpoint(self.services.database.writer, "TRUNCATE")
        return self.path.read_bytes()

    def restore(self, content: bytes) -> None:
        """Come back with an older database and a new epoch, as a restore leaves it."""
        self.stop()
        for suffix in ("-wal", "-shm"):
            self.path.with_name(self.path.name + suffix).unlink(missing_ok=True)
        self.path.write_bytes(content)
        database = open_embedded(self.path, KEY)
        with database.writer.begin() as connection:
            renew_epoch(connection, self.chance.new_id)
        database.close()
        self.start()

    def code(self, port: int = 0) -> str:
        """Return an enrolment code; `port` is of what stands between, if something does."""
        secret = self.services.enrolment.invite(self.merchant, self.outlet, ("cost",))
        where = ("127.0.0.1", port or self.port)
        return EnrolmentCode(*where, self.outlet, bytes.fromhex(secret), tls=False).text

    def desk(self, folder: Path, port: int = 0, **options: Any) -> Desk:
        """Enrol a desk over HTTP; `port` as for `code`."""
        return Desk.enrol(folder, self.code(port), folder.name, demo=True, **options)

    def adjust(self, quantity: int = 1) -> AdjustStock:
        """Return a fact that anybody of the outlet may state."""
        return AdjustStock(
            self.outlet,
            self.warehouse,
            self.shelf,
            self.rice,
            None,
            "sellable",
            quantity * MICRO,
            "found",
            "",
        )

    def outcomes(self) -> dict[bytes, str]:
        """Return every operation's id and outcome."""
        with self.services.database.reader.connect() as connection, connection.begin():
            rows = connection.exec_driver_sql("SELECT op_id, status FROM operations").all()
        assert len(rows) == len({row[0] for row in rows})
        return {bytes(row[0]): row[1] for row in rows}


@contextmanager
def port_server(folder: Path, *, snapshots: bool = False) -> Iterator[PortServer]:
    """Open a server and close it."""
    server = PortServer(folder, snapshots=snapshots)
    try:
        yield server
    finally:
        server.stop()
