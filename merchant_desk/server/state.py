"""What a server knows of itself: its epoch, the version of its tables, its own secrets."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import Connection, Engine, delete, insert, select, text

from merchant_desk.models.migrate import HEAD
from merchant_desk.models.server_tables import server_state
from merchant_desk.server.database import ServerDatabase

SCHEMA = int(HEAD)
"""The version of the server's tables that this program reads and writes."""

RECOVERY = "recovery/"
"""Before the merchant's id: the name of the value that holds the public key of its recovery paper."""

STARTING = 0x4D445354
"""Key of PostgreSQL's advisory lock while a server starts or a backup is put back."""

SECRET_BYTES = 32

NewId = Callable[[], UUID]
Random = Callable[[int], bytes]


@dataclass(frozen=True, slots=True)
class ServerState:
    """Read once at the start.

    `epoch` changes whenever the history that desks have seen may no longer be ours (a restore).
    `seal_seed` is the X25519 key to which desks seal their database keys; `pepper` goes into PINs.
    """

    epoch: UUID
    schema: int
    seal_seed: bytes = field(repr=False)
    pepper: bytes = field(repr=False)

    @property
    def seal_key(self) -> X25519PrivateKey:
        """The key that opens what was sealed to this server."""
        return X25519PrivateKey.from_private_bytes(self.seal_seed)

    @property
    def public_seal_key(self) -> bytes:
        """The public half of `seal_key`, 32 raw bytes."""
        return self.seal_key.public_key().public_bytes_raw()


def open_state(database: ServerDatabase, new_id: NewId, random: Random) -> ServerState:
    """Return the state of a database with tables; what is missing is made, once.

    Raises:
        Fault: the database's faults.
    """
    with database.writer.begin() as connection:
        take_turn(connection)
        values = read_values(connection)
        new = {
            "epoch": str(new_id()),
            "seal_seed": random(SECRET_BYTES).hex(),
            "pepper": random(SECRET_BYTES).hex(),
        }
        missing = [{"name": name, "value": value} for name, value in new.items() if name not in values]
        if missing:
            connection.execute(insert(server_state), missing)
        values = {**new, **values}
    return _state_of(values)


def read_state(database: ServerDatabase) -> ServerState:
    """Return the state of a database that a server has made."""
    with database.reader.connect() as connection, connection.begin():
        return _state_of(read_values(connection))


def _state_of(values: dict[str, str]) -> ServerState:
    seal_seed, pepper = bytes.fromhex(values["seal_seed"]), bytes.fromhex(values["pepper"])
    return ServerState(UUID(values["epoch"]), SCHEMA, seal_seed, pepper)


def take_turn(connection: Connection) -> None:
    """Wait until nobody else is starting on, or replacing, this PostgreSQL database."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": STARTING})


def read_values(connection: Connection) -> dict[str, str]:
    """Return every value of the state by name."""
    return {row.name: row.value for row in connection.execute(select(server_state))}


def write_value(connection: Connection, name: str, value: str) -> None:
    """Set one value of the state."""
    connection.execute(delete(server_state).where(server_state.c.name == name))
    connection.execute(insert(server_state).values(name=name, value=value))


def renew_epoch(connection: Connection, new_id: NewId) -> UUID:
    """Give the server a new epoch: desks offer again what is above its head for them."""
    epoch = new_id()
    write_value(connection, "epoch", str(epoch))
    return epoch


def recovery_key_of(engine: Engine, merchant_id: UUID) -> bytes:
    """Return the public key of a merchant's printed recovery key, 32 bytes; nothing if none was printed."""
    query = select(server_state.c.value).where(server_state.c.name == recovery_name(merchant_id))
    with engine.connect() as connection, connection.begin():
        return bytes.fromhex(connection.scalar(query) or "")


def recovery_keys(engine: Engine) -> list[bytes]:
    """Return the public keys of all merchants' printed recovery keys, each 32 bytes."""
    with engine.connect() as connection, connection.begin():
        values = read_values(connection)
    return [bytes.fromhex(value) for name, value in sorted(values.items()) if name.startswith(RECOVERY)]


def recovery_name(merchant_id: UUID) -> str:
    """Return the name under which a merchant's recovery key is kept."""
    return RECOVERY + merchant_id.hex
