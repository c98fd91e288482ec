"""`merchant-desk invite`: make an enrolment code for a new desk, from a desk, while the server runs."""

import argparse
import io
import json
import sys
from datetime import UTC, datetime

import segno

from merchant_desk.cli.desk_options import add_desk_arguments, add_person_arguments, opened_desk, sign_in
from merchant_desk.cli.people import outlet_of

QUIET_ZONE = 4
"""Light modules around a QR code (ISO/IEC 18004)."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the arguments."""
    add_desk_arguments(parser)
    add_person_arguments(parser)
    parser.add_argument("outlet", nargs="?", metavar="CODE", help="default: this desk's / 门店编号，默认本店")
    parser.add_argument("--hours", type=int, default=24, help="until it expires / 有效小时数")
    parser.add_argument(
        "--grant",
        action="append",
        default=[],
        choices=["cost", "personal"],
        help="what the new desk may hold / 新工作台可持有的敏感数据",
    )
    parser.add_argument("--json", action="store_true", help="for machines / 以 JSON 输出")


def run(options: argparse.Namespace) -> int:
    """Make the code and show it, as text and (on a terminal) as a QR code."""
    with opened_desk(options) as desk:
        sign_in(desk, options)
        outlet_id = outlet_of(desk, options.outlet) if options.outlet else desk.identity.outlet_id
        made = desk.invite(outlet_id, tuple(options.grant), options.hours)
    expires = datetime.fromtimestamp(made.expires_at / 1_000_000, UTC)
    if options.json:
        print(json.dumps({"code": made.code, "expires_at": expires.isoformat(timespec="seconds")}))
        return 0
    if sys.stdout.isatty():
        drawn = io.StringIO()
        segno.make_qr(made.code, error="m").terminal(drawn, compact=True, border=QUIET_ZONE)
        print(drawn.getvalue())
    local = expires.astimezone().strftime("%Y-%m-%d %H:%M")
    print(f"登记代码，只能用一次，{local} 前有效 / enrolment code, for one desk, good until {local}:")
    print(f"  {made.code}")
    return 0
