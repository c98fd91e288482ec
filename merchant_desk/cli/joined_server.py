"""A server's data opened by a command, which a running server may have open too."""

from collections.abc import Iterator
from contextlib import contextmanager

from merchant_desk import __version__
from merchant_desk.server.backup_sqlite import prove_there
from merchant_desk.server.database import DATABASE_FILE, ServerDatabase, join_embedded, open_postgres
from merchant_desk.server.process import DataOptions, real_edge
from merchant_desk.server.services import Services, join_services
from merchant_desk.sync.vault import open_vault


@contextmanager
def joined_server(data: DataOptions) -> Iterator[Services]:
    """Open a server's data and close them.

    Raises:
        OlderDatabase, NewerDatabase: the tables are another version's.
        Fault: the vault's, the database's.
    """
    database = _database(data)
    try:
        yield join_services(database, real_edge(__version__))
    finally:
        database.reader.dispose()
        database.writer.dispose()


def _database(data: DataOptions) -> ServerDatabase:
    if data.database_url is not None:
        return open_postgres(data.database_url, wait_seconds=data.wait_seconds, told=data.told, join=True)
    path = data.folder / DATABASE_FILE
    prove_there(path)
    vault = open_vault(data.folder, demo=data.demo, ask_passphrase=data.ask_passphrase)
    return join_embedded(path, vault.key)
