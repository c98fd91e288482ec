"""Can somebody without our program read an archive, and does it say what the server knows?"""

import argparse
import csv
import hashlib
import io
import json
import shutil
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from msgspec.msgpack import encode
from msgspec.structs import replace
from sqlalchemy import select, update
from uuid_utils.compat import uuid7

from merchant_desk.cli import archive as command
from merchant_desk.domain.amounts import MICRO
from merchant_desk.domain.buyers import BuyerDetails
from merchant_desk.domain.imports_setup import ImportPeople
from merchant_desk.domain.orders import AcceptOrder, NewOrder, OrderLine, PlaceOrder
from merchant_desk.domain.organisation import AddPerson, FoundMerchant, GrantRole
from merchant_desk.domain.products import AddProduct, NewSku
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.stock import AdjustStock
from merchant_desk.models.columns import Side
from merchant_desk.models.faults import Fault, FileUnusable, OlderDatabase
from merchant_desk.models.migrate import MIGRATING, VERSION_TABLE, NewerDatabase
from merchant_desk.models.server_tables import metadata, operations
from merchant_desk.server import archive as archives
from merchant_desk.server.archive import Archived, archive, archivist, pour
from merchant_desk.server.database import DATABASE_FILE, ServerDatabase, open_embedded, open_postgres
from merchant_desk.server.ended import SHUT_OUT_AGAIN
from merchant_desk.server.personal import keep_keys
from merchant_desk.server.process import real_edge
from merchant_desk.server.services import ServerAddress, open_services
from merchant_desk.server.state import read_values, write_value
from merchant_desk.sync.codec import encode_body
from merchant_desk.sync.personal import new_buyer
from merchant_desk.sync.personal_keys import BuyerKey
from merchant_desk.sync.protocol import decode_header
from merchant_desk.sync.vault import open_vault
from tests.helpers.kept import lay_tables
from tests.server.web import PASSWORD, WebWorld

LI = BuyerDetails("李小明", "10000002041", "青石县白水乡东沟村 7 号")
ODD = '="a",\r\n“引号”'


class Trade:
    """Goods, stock and orders of a world's merchant, and a buyer with personal values."""

    def __init__(self, world: WebWorld) -> None:
        self.world, self.merchant = world, world.merchant
        self._do = world.services.house.do
        new_id = world.chance.new_id
        self.skus = [new_id(), new_id()]
        for n, sku in enumerate(self.skus):
            self.do(
                AddProduct(
                    NewSku(
                        sku, f"00{n}", ODD if n else "米", "", "", "袋", 5 * MICRO,
                        False, False, 0, 0, (),
                    )
                )
            )  # fmt: skip
        for at, shelf, count in ((0, 0, 90), (0, 1, 7), (1, 0, 40), (0, 0, -3)):
            self.do(
                AdjustStock(
                    self.merchant.outlet, self.merchant.warehouse, self.merchant.shelves[shelf],
                    self.skus[at], None, "sellable", count * MICRO,
                    "opening" if count > 0 else "breakage", "",
                )
            )  # fmt: skip
        self._buyer()
        for number, lines in (("SO-1", ((0, 2), (1, 3))), ("SO-2", ((1, 5),))):
            self._order(number, lines)

    def do(self, *bodies: object) -> None:
        self._do(self.merchant.id, *bodies)

    def _buyer(self) -> None:
        chance, services = self.world.chance, self.world.services
        new = new_buyer(chance.new_id(), "B1", "金卡", LI, chance.bytes)
        self.do(new.operation)
        with services.store.engine.begin() as connection:
            keys = [BuyerKey(new.operation.buyer_id, new.key)]
            keep_keys(services.store, connection, self.merchant.id, keys)

    def _order(self, number: str, lines: tuple[tuple[int, int], ...]) -> None:
        new_id = self.world.chance.new_id
        made = tuple(
            OrderLine(new_id(), self.skus[sku], count * MICRO, 5 * MICRO, 500 * count) for sku, count in lines
        )
        order = NewOrder(
            new_id(), number, "门店", self.merchant.warehouse, None, "", "review",
            self.world.chance.now, None, 300, 0, made,
        )  # fmt: skip
        self.do(PlaceOrder(self.merchant.outlet, order), AcceptOrder(order.order_id, self.merchant.outlet))

    def archive(self, path: Path, *, personal: bool = False) -> Archived:
        services, merchant = self.world.services, self.merchant
        return archive(services, merchant.id, merchant.manager, path, personal=personal)

    def stored(self, table: str) -> dict[str, Any]:
        """Return a table's rows by id, as the server has them."""
        found = metadata.tables[table]
        query = select(found).where(found.c.merchant_id == self.merchant.id)
        with self.world.services.database.reader.connect() as connection, connection.begin():
            return {str(row["id"]): row for row in connection.execute(query).mappings()}


@pytest.fixture
def trade(embedded: WebWorld) -> Trade:
    return Trade(embedded)


def opened(path: Path) -> dict[str, bytes]:
    """Return the files of an archive."""
    with zipfile.ZipFile(path) as file:
        return {name: file.read(name) for name in file.namelist()}


def table(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    """Read one CSV as anybody would."""
    return list(csv.DictReader(io.StringIO(files[f"{name}.csv"].decode("utf-8"), newline="")))


def test_a_reader_comes_to_the_servers_figures(world: WebWorld, tmp_path: Path) -> None:
    """On either database."""
    trade, path = Trade(world), tmp_path / "a.zip"
    done = trade.archive(path)
    files = opened(path)
    on_hand: dict[str, int] = defaultdict(int)
    for row in table(files, "stock_ledger"):
        on_hand[row["stock_key"]] += int(row["quantity"])
    balances = {id: row["on_hand"] for id, row in trade.stored("stock_balances").items()}
    assert dict(on_hand) == balances
    assert sorted(balances.values()) == [7 * MICRO, 40 * MICRO, 87 * MICRO]

    totals: dict[str, int] = defaultdict(int)
    for row in table(files, "sales_order_lines"):
        exact = int(row["quantity"]) * int(row["unit_price"]) * 100
        assert divmod(exact, MICRO * MICRO) == (int(row["amount"]), 0)
        totals[row["order_id"]] += int(row["amount"])
    orders = trade.stored("orders")
    assert totals == {id: row["goods"] for id, row in orders.items()}
    assert {row["id"]: int(row["total"]) for row in table(files, "sales_orders")} == {
        id: row["total"] for id, row in orders.items()
    }
    assert [row["name"] for row in table(files, "skus")] == ["米", ODD]
    assert [row["sku"] for row in table(files, "skus")] == ["000", "001"]
    assert done.rows["stock_ledger.csv"] == 4


def test_every_file_is_what_the_descriptor_says(trade: Trade, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    done = trade.archive(path)
    files = opened(path)
    told = json.loads(files["datapackage.json"])
    assert {one["path"] for one in told["resources"]} == set(files) - {
        "datapackage.json", "README.md", "SHA256SUMS",
    }  # fmt: skip
    for one in told["resources"]:
        content = files[one["path"]]
        assert one["hash"] == f"sha256:{hashlib.sha256(content).hexdigest()}"
        assert one["bytes"] == len(content)
        if "schema" in one:
            header, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
            assert header == [field["name"] for field in one["schema"]["fields"]]
            assert len(rows) == one["rows"] == done.rows[one["path"]]
            assert all(len(row) == len(header) for row in rows)
    told_sums = (line.split("  ") for line in files["SHA256SUMS"].decode().splitlines())
    sums = {name: digest for digest, name in told_sums}
    assert sums == {n: hashlib.sha256(files[n]).hexdigest() for n in files if n != "SHA256SUMS"}
    assert done.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
    assert path.stat().st_mode & 0o777 == 0o600
    row = table(files, "stock_ledger")[0]
    assert row["time_utc"].endswith("Z")
    assert row["time_utc"][-7:-1] == row["time"][-6:]
    readme = files["README.md"].decode()
    assert "青石供销社" in readme
    assert "不在本存档中" in readme
    assert "are not in it" in readme


def test_the_log_tells_who_did_what_and_opens_nothing(trade: Trade, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    trade.archive(path)
    files = opened(path)
    lines = [json.loads(line) for line in files["operations.jsonl"].decode().splitlines()]
    assert [line["op_id"] for line in lines] == sorted(line["op_id"] for line in lines)
    place = next(line for line in lines if line["kind"] == "place_order")
    assert place["body"]["order"]["lines"][0]["quantity"] == 2 * MICRO
    assert UUID(place["person_id"]) == trade.merchant.id
    added = next(line for line in lines if line["kind"] == "add_person")
    assert added["body"]["login"] == "worker"
    everything = b"".join(files.values())
    assert b"P:1001" not in everything
    assert LI.phone.encode() not in everything
    assert "buyer_details.csv" not in files


@pytest.mark.parametrize("kind", ["import_people", "import_guests"])
def test_a_badge_within_an_operation_is_left_out_too(trade: Trade, tmp_path: Path, kind: str) -> None:
    """A list of people, of a kind that this program knows or does not; kept, though it was refused."""
    people = (AddPerson(uuid7(), "lin", "小林", "P:1777"),)
    body = encode_body(ImportPeople(uuid7(), 0, people, ()))
    c = operations.c
    with trade.world.services.store.engine.begin() as connection:
        op_id, header = connection.execute(select(c.op_id, c.header).where(c.kind == "add_person")).one()
        changed = encode(replace(decode_header(bytes(header)), kind=kind))
        connection.execute(update(operations).where(c.op_id == op_id).values(header=changed, body=body))
    path = tmp_path / "a.zip"
    trade.archive(path)
    log = opened(path)["operations.jsonl"]
    (line,) = (line for line in map(json.loads, log.splitlines()) if line["kind"] == kind)
    assert line["body"]["people"][0]["name"] == "小林"
    assert b"P:1777" not in log


def test_another_merchants_data_stay_out(trade: Trade, tmp_path: Path) -> None:
    other = trade.world.found("别家", "BJ")
    path = tmp_path / "a.zip"
    trade.archive(path)
    files = opened(path)
    assert [row["code"] for row in table(files, "outlets")] == ["CG"]
    everything = b"".join(files.values())
    for id in (other.id, other.outlet, other.worker):
        assert str(id).encode() not in everything
    assert "别家".encode() not in everything


def test_personal_values_come_where_they_are_asked_for(trade: Trade, tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    trade.archive(path, personal=True)
    files = opened(path)
    (buyer,) = table(files, "buyers")
    assert table(files, "buyer_details") == [
        {"id": buyer["id"], "name": LI.name, "phone": LI.phone, "address": LI.address}
    ]
    assert "not in it. A later erasure does not reach an archive" in files["README.md"].decode()


def test_one_that_lasts_takes_no_connection_from_desks(
    world: WebWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever waits for it may be slow; a reader that it held would be missing to them all the while."""
    services, merchant, held = world.services, world.merchant, set[int]()
    pool: Any = services.database.reader.pool
    monkeypatch.setattr(archives, "PIECE", 1)  # so that some is passed on while it is read

    def put(_: bytes) -> None:
        held.add(pool.checkedout())

    pour(services, merchant.id, merchant.manager, put, name="a.zip", personal=False)
    assert held == {0}


def test_who_took_it_is_on_record(trade: Trade, tmp_path: Path) -> None:
    first, second = tmp_path / "a.zip", tmp_path / "b.zip"
    done = trade.archive(first)
    trade.archive(second, personal=True)
    made = sorted(trade.stored("archives").values(), key=lambda row: str(row["name"]))
    assert [(row["name"], row["person_id"], row["personal"]) for row in made] == [
        ("a.zip", trade.merchant.manager, 0),
        ("b.zip", trade.merchant.manager, 1),
    ]
    assert (made[0]["sha256"], made[0]["rows"]) == (done.sha256, sum(done.rows.values()))
    assert [row["sha256"] for row in table(opened(second), "archives")] == [done.sha256]


def test_nobody_else_takes_the_data(embedded: WebWorld, tmp_path: Path) -> None:
    people, merchant = embedded.services.people, embedded.merchant
    for person in (merchant.manager, merchant.worker):
        people.set_password(merchant.id, person, PASSWORD)
    ask = (embedded.services, merchant.id)
    assert archivist(*ask, "manager", PASSWORD, personal=True) == merchant.manager
    with pytest.raises(Refusal) as refused:
        archivist(*ask, "manager", "wrong", personal=False)
    assert refused.value.code == "sign_in_failed"
    embedded.services.house.do(merchant.id, GrantRole(merchant.worker, "manager", merchant.outlet))
    with pytest.raises(Refusal) as refused:
        archivist(*ask, "worker", PASSWORD, personal=False)
    assert refused.value.code == "not_allowed"
    path = tmp_path / "nowhere" / "a.zip"
    with pytest.raises(FileUnusable):
        archive(embedded.services, merchant.id, merchant.manager, path, personal=False)
    made = metadata.tables["archives"]
    with embedded.services.database.reader.connect() as connection, connection.begin():
        assert connection.execute(select(made)).all() == []


def asked(folder: Path) -> int:
    """Ask by the command who took an archive of the server in a folder."""
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(["--data-dir", str(folder), "--list"]))


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServerDatabase]:
    """The data of a server that runs, with one merchant."""
    vault = open_vault(tmp_path, demo=True, ask_passphrase=lambda request: None)
    lay_tables(tmp_path / DATABASE_FILE, Side.SERVER, vault.key)
    services = open_services(
        open_embedded(tmp_path / DATABASE_FILE, vault.key), real_edge(), ServerAddress("localhost", 1)
    )
    services.house.do(uuid7(), FoundMerchant("青石供销社", "CNY", uuid7(), "店长"))
    yield services.database
    services.close()


def test_what_a_server_does_at_its_start_is_left_to_it(served: ServerDatabase, tmp_path: Path) -> None:
    with served.writer.begin() as connection:
        write_value(connection, SHUT_OUT_AGAIN, json.dumps([("device", "0" * 32, "0" * 32, "")]))
        noted = read_values(connection)[SHUT_OUT_AGAIN]
    assert asked(tmp_path) == 0
    with served.reader.connect() as connection, connection.begin():
        assert read_values(connection)[SHUT_OUT_AGAIN] == noted


@pytest.mark.parametrize(("version", "fault"), [("0000", OlderDatabase), ("9999", NewerDatabase)])
def test_a_migration_under_way_is_left_alone(
    served: ServerDatabase, tmp_path: Path, version: str, fault: type[Fault]
) -> None:
    """Its copy goes back where its process died; whoever only reads cannot tell that from one at work."""
    path = tmp_path / DATABASE_FILE
    copy = path.with_name(path.name + MIGRATING)
    shutil.copy(path, copy)
    with served.writer.begin() as connection:
        connection.exec_driver_sql(f"UPDATE {VERSION_TABLE} SET version_num = '{version}'")
    inode = path.stat().st_ino
    with pytest.raises(fault):
        asked(tmp_path)
    assert (copy.exists(), path.stat().st_ino) == (True, inode)


def test_tables_in_postgresql_are_left_to_their_server_too(server_url: str) -> None:
    database = open_postgres(server_url, join=True)
    with database.writer.begin() as connection:
        connection.exec_driver_sql(f"UPDATE {VERSION_TABLE} SET version_num = '0000'")
    database.close()
    with pytest.raises(OlderDatabase) as refused:
        open_postgres(server_url, join=True)
    assert refused.value.found == "0000"
