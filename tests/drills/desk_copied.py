"""A desk that works offline, receipt after receipt, while its safety copy is kept; until it is killed.

    python -m tests.drills.desk_copied PROFILE LOGIN CODE

The password is in MERCHANT_DESK_PASSWORD. Each line on standard output is written after the product said
"saved": `SAVED <op_id>` for a scan, `CLOSED` for a receipt that was ended.
"""

import os
import sys

from merchant_desk.desk import Desk


def tell(line: str) -> None:
    """Write one line in one piece: a kill leaves it whole or not at all."""
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


def main() -> None:
    """Scan until killed."""
    profile, login, code = sys.argv[1:4]
    desk = Desk.open(profile)
    desk.sign_in(login, os.environ["MERCHANT_DESK_PASSWORD"])
    desk.work_offline(True)
    desk.copies.start()
    tell("READY")
    while True:
        sheet = desk.receive()
        for _ in range(7):
            tell(f"SAVED {sheet.scan(code).op_id}")
        sheet.finish()
        tell("CLOSED")


if __name__ == "__main__":
    main()
