"""Founding a shop in this process, before its server runs: loaded only when somebody does that."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from merchant_desk import __version__
from merchant_desk.documents.recovery_sheet import RecoverySheet
from merchant_desk.domain.founding import FIRST_OUTLET, NewShop
from merchant_desk.domain.refusals import Refusal
from merchant_desk.server.founding import Founding, found, invite_to, merchants, note_told
from merchant_desk.server.listening import AddressUnusable, PortBusy, listen
from merchant_desk.server.process import DEFAULT_PORT, DataOptions, opened_data, real_edge
from merchant_desk.server.services import ServerAddress, Services, open_services
from merchant_desk.sync.enrolment_code import EnrolmentCode, parse_enrolment_code
from merchant_desk.sync.recovery import RecoveryKey
from merchant_desk.sync.vault import AskPassphrase


def found_here(folder: Path, ask: AskPassphrase, shop: NewShop) -> RecoverySheet | None:
    """Found the merchant in a server's folder and return its recovery paper.

    Where one stands already, whatever it is called, there is no second: until somebody has its paper it is
    founded anew as it is said now, with a new paper; afterwards (None) nothing is done at all.

    Raises:
        Refusal: what is wrong with the password; nothing was written.
        Fault: the vault's, the database's; ServerOpen: a server runs on the folder.
    """
    with opened_services(folder, ask, DEFAULT_PORT) as services:
        first = Founding(
            shop.name, shop.currency, shop.manager, shop.password, shop.code, shop.outlet, shop.zone
        )
        founded = found(services, first, next(iter(merchants(services).values()), None))
        name = next(iter(merchants(services)))
    if founded is None:
        return None
    paper = RecoveryKey.parse(founded.recovery_key)
    return RecoverySheet(paper.text, paper.number, name, day=datetime.now(UTC).date().isoformat())


def note_and_invite(folder: Path, ask: AskPassphrase, port: int, groups: tuple[str, ...]) -> EnrolmentCode:
    """Note that somebody has the recovery paper, and return a code for this computer as a desk.

    It leads to this computer, whatever others call it; its certificate is known when the server runs.

    Raises:
        Refusal: `no_such_merchant`: nothing was founded here.
        Fault: as `found_here`.
    """
    with opened_services(folder, ask, port) as services:
        merchant_id = next(iter(merchants(services).values()), None)
        if merchant_id is None:
            raise Refusal("no_such_merchant", names="")
        note_told(services, merchant_id)
        code = parse_enrolment_code(invite_to(services, FIRST_OUTLET, groups).code)
    return replace(code, host="127.0.0.1", port=port)


def free_port(host: str, wanted: int) -> int:
    """Return a port that is free now: the one that is wanted, the usual one, or any."""
    for port in (wanted or DEFAULT_PORT, DEFAULT_PORT):
        with suppress(PortBusy, AddressUnusable), listen(host, port):
            return port
    with listen(host, 0) as found:
        return int(found.getsockname()[1])


@contextmanager
def opened_services(folder: Path, ask: AskPassphrase, port: int) -> Iterator[Services]:
    """Open the data of a server that does not run, as one of this computer at a port.

    Raises:
        Fault: the vault's, the database's; ServerOpen: a server runs on the folder.
    """
    with opened_data(DataOptions(folder, ask)) as (database, _):
        yield open_services(database, real_edge(__version__), ServerAddress("127.0.0.1", port))
