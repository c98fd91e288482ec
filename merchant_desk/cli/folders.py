"""Where things lie on this computer when nobody says otherwise."""

import os
from pathlib import Path

from platformdirs import user_data_path

DATA = "MERCHANT_DESK_HOME"
"""Environment variable that moves everything, for tests and for a stick."""


PASSPHRASE = "MERCHANT_DESK_PASSPHRASE"  # noqa: S105 - the name of a variable
"""Environment variable with what opens a server's data where no keyring has their key."""

DATABASE_URL = "MERCHANT_DESK_DATABASE_URL"
"""Environment variable that names a server's PostgreSQL database; it is never the embedded server's."""


def home() -> Path:
    """Return the folder of all profiles."""
    chosen = os.environ.get(DATA)
    return Path(chosen) if chosen else user_data_path("merchant-desk", appauthor=False)


def demo_home() -> Path:
    """Return the folder of the demo merchant: its server and its desks."""
    return home() / "demo"


def default_profile() -> Path:
    """Return the folder of this computer's own desk."""
    return home() / "desk"
