"""A shop whose desks hold personal values, and ways to look for bytes in every database of it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from sqlalchemy import Engine, MetaData, select

from merchant_desk.desk import Desk
from merchant_desk.models import desk_tables, server_tables
from merchant_desk.server.personal import BuyerKeys
from merchant_desk.sync import key_courier
from merchant_desk.sync.desk_state import Identity, write_value
from merchant_desk.sync.personal_keys import TO_SERVER, BuyerKey, KeysAnswer, KeysRequest, pack_keys
from merchant_desk.sync.profile import open_profile
from merchant_desk.sync.protocol import EnrolRequest, decode_header
from merchant_desk.sync.server_faults import Unreachable
from merchant_desk.sync.signing import GENESIS, DeviceKeys, chain_hash
from tests.helpers.kept import lay_profile
from tests.helpers.shop import PASSWORD, WireFetch
from tests.helpers.world import World

PAGE, SALT, WAL_HEADER, FRAME_HEADER = 4_096, 16, 32, 24

Search = Callable[[bytes], list[str]]


class PersonalShop:
    """A world's server on one of both databases, and desks with or without the group."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self.folder = folder
        self.world = World(folder, url=url)
        self.fetch = WireFetch(self.world)
        self.desks: list[Desk] = []

    def desk(self, login: str = "manager", groups: tuple[str, ...] = ("personal",)) -> Desk:
        """Enrol a desk with groups, sync it, and sign somebody in."""
        world = self.world
        keys = DeviceKeys.make(world.chance.bytes)
        secret = world.server.enrolment.invite(world.merchant_id, world.outlet, groups)
        name = f"desk {len(self.desks) + 1}"
        request = EnrolRequest(secret, name, keys.verifying_key, keys.sealing_key, b"")
        answer = world.server.enrolment.enrol(request, world.server.epoch)
        identity = Identity(
            answer.merchant_id, answer.device_id, answer.outlet_id, answer.code, name,
            "http://127.0.0.1:1", "", answer.token, keys.signing_seed, keys.agreement_seed,
        )  # fmt: skip
        folder = self.folder / f"profile{len(self.desks)}"
        lay_profile(folder)
        profile = open_profile(folder, demo=True, ask_passphrase=lambda request: None)
        with profile.writer.begin() as connection:
            write_value(connection.connection.cursor(), "identity", identity)
        desk = Desk(profile, fetch=self.fetch)
        desk.sync()
        desk.sign_in(login, PASSWORD)
        self.desks.append(desk)
        return desk

    def reopen(self, desk: Desk) -> Desk:
        """Start a desk anew, as a new process does."""
        folder, person = desk.runtime.profile.folder, desk.person.login
        desk.close()
        profile = open_profile(folder, demo=True, ask_passphrase=lambda request: None)
        again = Desk(profile, fetch=self.fetch)
        again.sign_in(person, PASSWORD)
        self.desks[self.desks.index(desk)] = again
        return again

    def close(self) -> None:
        """Close every desk and the server's database."""
        for desk in self.desks:
            desk.close()
        self.world.server.engine.dispose()

    # -- the way of the keys ---------------------------------------------------------------------

    def lose_keys(self, desk: Desk) -> None:
        """Let a desk sync while every request about keys is cut off."""

        def cut(path: str) -> None:
            if path == "/buyer-keys":
                raise Unreachable("interrupted", "the test says so")

        self.fetch.on_path = cut
        try:
            desk.sync()
        except Unreachable:
            pass
        finally:
            self.fetch.on_path = lambda path: None

    def pass_time(self, desk: Desk) -> None:
        """Let so much time go by that keys that did not come are asked for again."""
        courier = desk.runtime._keys
        begun = courier._timer()
        courier._timer = lambda: begun + 2 * key_courier.RETRY_SECONDS

    def give(self, desk: Desk, buyer_id: UUID, key: bytes) -> KeysAnswer:
        """Hand over a key as some desk."""
        use = TO_SERVER + desk.identity.device_id.bytes
        box = pack_keys([BuyerKey(buyer_id, key)], desk.api.version().seal_key, use=use)
        return desk.api.buyer_keys(KeysRequest(given=box))

    def ask(self, desk: Desk, buyer_id: UUID) -> KeysAnswer:
        """Ask for a key as some desk; the server's "no" is a Refusal."""
        device = self.world.server.enrolment.device_of(desk.identity.token)
        assert device is not None
        return self.keys.exchange(device, KeysRequest(wanted=(buyer_id,)))

    @property
    def keys(self) -> BuyerKeys:
        return self.world.server.buyer_keys

    def server_key(self, buyer_id: UUID) -> bytes | None:
        """Return the key that the server holds."""
        table = server_tables.metadata.tables["buyer_keys"]
        with self.world.server.engine.connect() as connection, connection.begin():
            found = connection.scalar(select(table.c.key).where(table.c.id == buyer_id))
        return None if found is None else bytes(found)

    # -- looking ---------------------------------------------------------------------------------

    def databases(self) -> list[tuple[Engine, MetaData]]:
        """Return every database with its declared tables."""
        found = [(self.world.server.engine, server_tables.metadata)]
        return found + [(desk.runtime.profile.reader, desk_tables.metadata) for desk in self.desks]

    def searches(self) -> list[Search]:
        """Return a way to look for bytes in each database: in its rows, and in the pages of files."""
        found: list[Search] = [
            lambda what, engine=engine, tables=tables: [  # type: ignore[misc]
                name for name, value in _cells(engine, tables) if what in value
            ]
            for engine, tables in self.databases()
        ]
        for desk in self.desks:
            path, key = desk.runtime.profile.path, desk.runtime.profile.vault.key
            found.append(lambda what, path=path, key=key: pages_with(path, key, what))  # type: ignore[misc]
        return found

    def assert_chains_hold(self) -> None:
        """Compute every device's chain from the log again and compare it with the head."""
        operations, heads = server_tables.operations, server_tables.device_heads
        with self.world.server.engine.connect() as connection, connection.begin():
            for head in connection.execute(select(heads)).all():
                query = select(operations).where(operations.c.device_id == head.device_id)
                chain = GENESIS
                for row in connection.execute(query.order_by(operations.c.device_seq)):
                    chain = chain_hash(chain, bytes(row.header))
                    assert decode_header(bytes(row.header)).body_hash == bytes(row.hash)
                assert chain == bytes(head.chain)


def every_value(shop: PersonalShop) -> set[bytes]:
    """Return every value of every row of every database that is bytes."""
    return {value for engine, tables in shop.databases() for _, value in _cells(engine, tables)}


def _cells(engine: Engine, tables: MetaData) -> Iterator[tuple[str, bytes]]:
    with engine.connect() as connection, connection.begin():
        for table in tables.sorted_tables:
            for row in connection.execute(select(table)):
                for value in row:
                    if isinstance(value, bytes | memoryview):
                        yield table.name, bytes(value)
                    elif isinstance(value, str):
                        yield table.name, value.encode()


def pages_with(path: Path, key: bytes, what: bytes) -> list[str]:
    """Look through the deciphered pages of a file, free ones included, and of its log.

    SQLCipher 4 with a raw key: AES-256-CBC, each page ends with its IV (16 bytes) and its tag (64); the
    first page begins with the salt, of which nothing is enciphered. https://www.zetetic.net/sqlcipher/design
    """
    log = path.with_name(path.name + "-wal")
    data = path.read_bytes()
    pages = [data[at : at + PAGE] for at in range(0, len(data), PAGE)]
    pages[0] = pages[0][SALT:]
    frames = log.read_bytes()[WAL_HEADER:] if log.exists() else b""
    step = PAGE + FRAME_HEADER
    for at in range(0, len(frames), step):
        first = frames[at : at + 4] == b"\x00\x00\x00\x01"
        pages.append(frames[at + FRAME_HEADER + (SALT if first else 0) : at + step])
    plain = [_deciphered(page, key) for page in pages]
    assert any(b"buyer_secrets" in page for page in plain), "the pages were not deciphered"
    return [f"{path.name} page {number}" for number, page in enumerate(plain, 1) if what in page]


def _deciphered(page: bytes, key: bytes) -> bytes:
    iv, body = page[-80:-64], page[:-80]
    cipher = Cipher(algorithms.AES(key), modes.CBC(iv)).decryptor()
    return cipher.update(body) + cipher.finalize()
