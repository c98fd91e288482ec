"""The demo merchant on this computer: its server's folder, loaded once, and its desks."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from pathlib import Path

from merchant_desk.desk import Desk
from merchant_desk.server.demo.load import DemoMerchant, demo_merchant, is_demo_loaded, load_demo
from merchant_desk.server.demo.structure import MANAGER, MERCHANT_ID, TOWN, DemoOutlet, DemoPerson
from merchant_desk.server.process import DataOptions, opened_data, real_edge
from merchant_desk.server.services import ServerAddress, open_services
from merchant_desk.sync.administration import CredentialKind
from merchant_desk.sync.enrolment_code import EnrolmentCode

CHINA = timezone(timedelta(hours=8))
"""The demo merchant's zone; China has one, without summer time."""

DAY_FILE = "demo-day.txt"


@dataclass(frozen=True)
class DemoShop:
    """A loaded demo merchant, and the secrets that were made for desks to come."""

    folder: Path
    demo: DemoMerchant
    secrets: tuple[str, ...]


def prepare(
    folder: Path, desks: int = 0, outlet: DemoOutlet = TOWN, database_url: str | None = None
) -> DemoShop:
    """Load the demo merchant into a server's folder if it is not there; make secrets for desks of an outlet.

    No server may be running on the folder. Dates count back from the day of loading, which is kept. With
    `database_url` the data are in that PostgreSQL database instead.

    Raises:
        ServerOpen: a server is running on this folder.
    """
    options = DataOptions(folder, lambda request: None, database_url, demo=True)
    with opened_data(options) as (database, _):
        services = open_services(database, real_edge(), ServerAddress("127.0.0.1", 0))
        if is_demo_loaded(services.store):
            demo = demo_merchant(_day_of(folder))
        else:
            day = datetime.now(CHINA).date()
            (folder / DAY_FILE).write_text(day.isoformat(), encoding="utf-8")
            demo = load_demo(services.store, services.house, services.people, day=day)
            for person in demo.people:
                pin = (demo.merchant_id, person.person_id, person.pin, CredentialKind.PIN)
                services.people.set_password(*pin)
        invite = services.enrolment.invite
        secrets = tuple(invite(MERCHANT_ID, outlet.outlet_id, ("cost", "personal")) for _ in range(desks))
    return DemoShop(folder, demo, secrets)


def _day_of(folder: Path) -> date:
    return date.fromisoformat((folder / DAY_FILE).read_text(encoding="utf-8").strip())


def enrolment_code(secret: str, port: int, outlet: DemoOutlet = TOWN) -> str:
    """Return the code that enrols a desk at a server on a loopback port."""
    made = EnrolmentCode("127.0.0.1", port, outlet.outlet_id, bytes.fromhex(secret), None, tls=False)
    return made.text


def enrol(folder: Path, code: str, name: str, person: DemoPerson = MANAGER, *, courier: bool = False) -> Desk:
    """Make a folder a desk of the demo merchant, with a person signed in who then may do so offline."""
    desk = Desk.enrol(folder, code, name, demo=True, courier=courier)
    try:
        desk.sign_in(person.login, person.password)
        desk.sign_in(person.login, pin=person.pin)
    except BaseException:
        desk.close()  # nobody else would give the profile free
        raise
    return desk
