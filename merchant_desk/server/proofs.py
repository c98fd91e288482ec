"""Who proved to the server, at which desk, to be who they are: the one thing a desk's signature does not say.

An operation names the person who acted, and the desk signs that. For what only the server may do (roles,
people, outlets, erasures) the server believes it where that person signed in with a line at that desk
(docs/decisions/0026-who-acts.md).
"""

from uuid import UUID

from sqlalchemy import Connection, delete, select

from merchant_desk.domain.operations import Envelope
from merchant_desk.domain.refusals import Refusal
from merchant_desk.domain.sign_in import OFFLINE_SIGN_IN
from merchant_desk.handlers.context import house_device
from merchant_desk.models.server_tables import person_sessions, proofs
from merchant_desk.server.postgres import insert_into

GOOD = 2 * OFFLINE_SIGN_IN
"""How long a proof is good, in microseconds: the last sign-in without a line, and the age of unsent work."""


def note_proof(connection: Connection, merchant_id: UUID, device_id: UUID, person_id: UUID, now: int) -> None:
    """Keep that somebody's password or PIN was right at a desk at `now` (microseconds UTC)."""
    key = {"merchant_id": merchant_id, "device_id": device_id, "person_id": person_id}
    row = insert_into(connection)(proofs).values(**key, proved_at=now)
    connection.execute(row.on_conflict_do_update(index_elements=list(key), set_={"proved_at": now}))


def forget_proofs(connection: Connection, merchant_id: UUID, person_id: UUID, keep: UUID | None) -> None:
    """Forget where somebody proved himself, but at the desk `keep`: his password is another one now."""
    where = (proofs.c.merchant_id == merchant_id) & (proofs.c.person_id == person_id)
    if keep is not None:
        where &= proofs.c.device_id != keep
    connection.execute(delete(proofs).where(where))


def end_sign_ins(connection: Connection, merchant_id: UUID, person_id: UUID) -> None:
    """End somebody's sessions and forget where he proved himself: he has left."""
    mine = (person_sessions.c.merchant_id == merchant_id) & (person_sessions.c.person_id == person_id)
    connection.execute(delete(person_sessions).where(mine))
    forget_proofs(connection, merchant_id, person_id, None)


def check_proved(connection: Connection, envelope: Envelope, now: int) -> None:
    """Pass if whoever acts proved himself to the server at the desk that says so, or is the server.

    Raises:
        Refusal: `person_not_proved`.
    """
    if envelope.device_id == house_device(envelope.merchant_id):
        return
    query = select(proofs.c.proved_at).where(
        proofs.c.merchant_id == envelope.merchant_id,
        proofs.c.device_id == envelope.device_id,
        proofs.c.person_id == envelope.person_id,
    )
    proved_at = connection.scalar(query)
    if proved_at is None or now - proved_at > GOOD:
        raise Refusal("person_not_proved")
