"""A desk that scans without end, telling what it was told is saved.

    python -m tests.drills.desk_at_work PROFILE SERVER_URL SEED SECONDS

SECONDS lie between two scans. Each line on standard output is written after the product said "saved":
`SAVED <op_id>`. Whoever reads them keeps the truth against which the databases are held.
"""

import os
import random
import sys
import time
from dataclasses import dataclass

import structlog

from merchant_desk.desk import Desk
from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.faults import Fault
from merchant_desk.models.queries.documents import documents
from merchant_desk.sync.schedule import MOST, Backoff


@dataclass
class Hurried(Backoff):
    """Waits for a tenth of the time after trouble: servers are killed here more often than anywhere."""

    def next_seconds(self, most: float = MOST) -> float:
        return super().next_seconds(most) / 10


def tell(line: str) -> None:
    """Write one line in one piece: a kill leaves it whole or not at all."""
    os.write(sys.stdout.fileno(), f"{line}\n".encode())


def main() -> None:
    """Scan until killed."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    profile, url, seed, pause = sys.argv[1:5]
    dice = random.Random(int(seed))
    desk = Desk.open(profile, demo=True, server_url=url)
    desk.runtime._line._backoff = Hurried()
    desk.start()
    desk.sign_in("cg1", pin="1035")
    tell("READY")
    codes = sys.stdin.readline().split()
    open_receipts = [d for d in desk.ask(lambda c: documents(c, "receipts", status="open")) if d.number[3:5]]
    mine = [d for d in open_receipts if d.number.split("-")[1] == desk.identity.code]
    sheet = desk.reopen("receipts", mine[0].id) if mine else desk.receive()
    sheet.discard_held()
    while True:
        if dice.random() < 0.02:
            try:
                sheet.finish()
            except Refusal:
                sheet.acknowledge(accept=True)
                continue
            sheet = desk.receive()
        result = sheet.scan(dice.choice(codes))
        if result.op_id is not None:
            tell(f"SAVED {result.op_id}")
        elif result.ask:
            sheet.acknowledge(accept=True)
        time.sleep(float(pause))


if __name__ == "__main__":
    try:
        main()
    except Fault as fault:
        tell(f"FAULT {fault.code}")
        raise
