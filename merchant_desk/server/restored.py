"""What is no longer true in a server's database that was put back from a copy, on either kind of it."""

from sqlalchemy import Connection, delete, update

from merchant_desk.models.server_tables import counters, enrolments, person_sessions
from merchant_desk.server.left import note_came
from merchant_desk.server.state import NewId, renew_epoch

CODES_SKIPPED = 100
"""Desk codes that may have been given out after the copy was made: none of them is given out again."""


def renew(connection: Connection, new_id: NewId) -> None:
    """Give the database a new epoch and end what may have been ended, spent or given out since the copy.

    Sessions end. Enrolment codes expire, those too whose desk had not been heard of by then: what the copy
    calls unused may have made a desk since. Desk codes go on further up.
    """
    renew_epoch(connection, new_id)
    note_came(connection)
    connection.execute(delete(person_sessions))
    connection.execute(update(enrolments).values(expires_at=0))
    connection.execute(update(counters).values(codes=counters.c.codes + CODES_SKIPPED))
