"""Giving a desk its database key back when its vault is lost."""

from sqlalchemy import select

from merchant_desk.domain.refusals import Refusal
from merchant_desk.models.server_tables import device_heads
from merchant_desk.models.store import Store
from merchant_desk.server.people import People
from merchant_desk.server.state import ServerState
from merchant_desk.sync.administration import KeyAnswer, KeyRequest
from merchant_desk.sync.recovery import reseal_database_key
from merchant_desk.sync.sealing import PUBLIC_KEY_BYTES, SealBroken


class KeyRecovery:
    """Opens the sealed copies of desks' database keys, for a desk that somebody with a right vouches for."""

    def __init__(self, readers: Store, people: People, state: ServerState) -> None:
        self._readers = readers
        self._people = people
        self._state = state

    def give_back(self, request: KeyRequest) -> KeyAnswer:
        """Return a desk's database key, sealed to the key that it has just made.

        Raises:
            Refusal: what `People.vouch` raises, `no_sealed_key`, or `unreadable_key`.
        """
        self._people.vouch(request.merchant_id, request.login, request.password, "people")
        if len(request.public_key) != PUBLIC_KEY_BYTES:
            raise Refusal("unreadable_key")
        query = select(device_heads.c.recovery).where(
            device_heads.c.merchant_id == request.merchant_id, device_heads.c.device_id == request.device_id
        )
        with self._readers.engine.connect() as connection, connection.begin():
            kept = connection.scalar(query)
        if not kept:
            raise Refusal("no_sealed_key")
        try:
            box = reseal_database_key(
                kept, self._state.seal_key, request.public_key, profile_id=request.profile_id
            )
        except (SealBroken, ValueError) as broken:
            raise Refusal("no_sealed_key") from broken
        return KeyAnswer(box)
