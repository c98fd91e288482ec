"""Who was allowed what when, judged again from the server's log: rights change while work waits."""

from collections import defaultdict
from uuid import UUID

from sqlalchemy import Connection

from merchant_desk.domain.operations import KINDS
from merchant_desk.domain.organisation import GrantRole, RevokeRole
from merchant_desk.domain.permissions import Grant, may
from merchant_desk.handlers.context import house_device
from merchant_desk.models.server_tables import metadata, operations
from merchant_desk.rehearsal.violations import Violation
from merchant_desk.sync.codec import decode_body
from merchant_desk.sync.protocol import Header, decode_header

CHANGES = frozenset({GrantRole, RevokeRole})


def check_rights(connection: Connection) -> None:
    """A decision stands only if whoever took it had the right then; a fact is flagged if not, and only then.

    "Then" is for a decision its place in the feed, for a fact what its desk knew.

    Raises:
        Violation: one stands that must not, or a flag is missing or raised for nothing.
    """
    grants, current, flagged = _grants(connection), _version(connection), _flagged(connection)
    query = operations.select().where(operations.c.status == "applied", operations.c.last_seq > 0)
    # From the last one back: each change of rights that is passed gives the version before it.
    for row in connection.execute(query.order_by(operations.c.last_seq.desc())).all():
        kind = KINDS[row.kind]
        if kind.body in CHANGES:
            current -= 1
        if row.device_id == house_device(row.merchant_id) or kind.right == "system" or row.body is None:
            continue
        header = decode_header(row.header)
        body = decode_body(row.kind, header.version, row.body)
        version = header.rights_version if kind.is_fact else current
        allowed = may(grants[header.person_id], kind.right, getattr(body, "outlet_id", None), version)
        _judge(header, flagged[row.op_id], allowed=allowed, is_fact=kind.is_fact)


def _judge(header: Header, codes: set[str], *, allowed: bool, is_fact: bool) -> None:
    if not is_fact and not allowed:
        raise Violation("rights", f"{header.kind} was decided by somebody who might not")
    if is_fact and not allowed and not codes:
        raise Violation("rights", f"{header.kind} by somebody who might not raised no flag")
    if is_fact and allowed and "lost_right" in codes:
        raise Violation("rights", f"{header.kind} is flagged, and whoever did it might")


def _grants(connection: Connection) -> dict[UUID, list[Grant]]:
    found: dict[UUID, list[Grant]] = defaultdict(list)
    for row in connection.execute(metadata.tables["roles"].select()):
        found[row.person_id].append(Grant(row.role, row.outlet_id, row.from_version, row.to_version))
    return found


def _version(connection: Connection) -> int:
    """Return the rights version as it is now."""
    return int(connection.execute(metadata.tables["merchants"].select()).one().rights_version)


def _flagged(connection: Connection) -> dict[UUID, set[str]]:
    """Return the codes of the tasks that each operation raised."""
    found: dict[UUID, set[str]] = defaultdict(set)
    for row in connection.execute(metadata.tables["tasks"].select()):
        found[row.op_id].add(row.code)
    return found
